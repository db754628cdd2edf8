package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"tonewatch/cmd/tonewatch/internal/history"
	"tonewatch/configs"
	"tonewatch/monitor"
	"tonewatch/monitor/store"
)

// pastSource is where history comes from, as the command line says.
type pastSource struct {
	config, articles, readings, store string
	from, to                          string
}

const sourceHelp = `
History is one of
  the readings in the store of the configuration, or of --store FILE
  --articles  lines {"published" or "date","title","text","link","outlet"}, which
              are judged first
  --readings  lines {"t","actor","voice","outlet","tone","named","backfill","title",
              "url","copies","quotes"} as --save-readings keeps them; only t, actor
              and tone must be there. Voice is "any" (the default), "" for the
              outlet's own narration, or a holder's name. A story has one line an
              actor and voice, and one in the voice "any".
Both files are JSON lines, may be gzipped (.gz), and need not be in order.
`

func (s *pastSource) flags(c *cobra.Command) {
	configFlag(c, &s.config)
	f := c.Flags()
	f.StringVar(&s.articles, "articles", "", "replay a `file` of articles")
	f.StringVar(&s.readings, "readings", "", "replay a `file` of readings")
	f.StringVar(&s.store, "store", "", "replay a store `file`; default that of the configuration")
	f.StringVar(&s.from, "from", "", "leave out what is before this `time` (RFC 3339 or YYYY-MM-DD)")
	f.StringVar(&s.to, "to", "", "leave out what is from this `time` on")
	c.MarkFlagsMutuallyExclusive("articles", "readings", "store")
}

// history reads the past as a configuration sees it: readings toward its actors.
func (s *pastSource) history(ctx context.Context, config *configs.Config, errOut io.Writer) (*history.History, error) {
	from, to, err := s.bounds()
	if err != nil {
		return nil, err
	}
	readings, err := s.read(ctx, config, from, to, errOut)
	if err != nil {
		return nil, err
	}
	_, names := actorsOf(config)
	var strangers []string
	left := 0
	readings = slices.DeleteFunc(readings, func(r monitor.Reading) bool {
		if r.At.Before(from) || !to.IsZero() && !r.At.Before(to) {
			return true
		}
		if slices.Contains(names, r.Actor) {
			return false
		}
		if left++; !slices.Contains(strangers, r.Actor) {
			strangers = append(strangers, r.Actor)
		}
		return true
	})
	if left > 0 {
		fmt.Fprintf(errOut, "left out: %d readings toward %d actors that the configuration has not, as %q\n", left, len(strangers), strangers[0])
	}
	if len(readings) == 0 {
		fmt.Fprintln(errOut, "the history has no story about an actor of the configuration"+s.within())
	}
	past := history.New(readings)
	if path := s.storePath(config); path != "" {
		past.Missed, err = store.AllMissed(ctx, path, from, to)
	}
	return past, err
}

// within says which part of history is looked at, if it is not all of it.
func (s *pastSource) within() (text string) {
	if s.from != "" {
		text += " from " + s.from
	}
	if s.to != "" {
		text += " to " + s.to
	}
	return text
}

func (s *pastSource) bounds() (from, to time.Time, err error) {
	for _, b := range []struct {
		flag, text string
		at         *time.Time
	}{{"--from", s.from, &from}, {"--to", s.to, &to}} {
		if b.text == "" {
			continue
		}
		if *b.at, err = history.ParseTime(b.text); err != nil {
			return from, to, &usageError{fmt.Errorf("%s: %w", b.flag, err)}
		}
	}
	if s.from != "" && s.to != "" && !from.Before(to) {
		return from, to, &usageError{fmt.Errorf("--from %s is not before --to %s: no time is between them", s.from, s.to)}
	}
	return from, to, nil
}

func (s *pastSource) read(ctx context.Context, config *configs.Config, from, to time.Time, errOut io.Writer) ([]monitor.Reading, error) {
	switch {
	case s.articles != "":
		return readArticles(ctx, config, s.articles, errOut)
	case s.readings != "":
		readings, err := history.ReadFile(s.readings)
		if err != nil {
			return nil, fmt.Errorf("readings %q: %w", s.readings, err)
		}
		return readings, nil
	}
	path := s.storePath(config)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("store %q is not there: run tonewatch first, or replay --articles or --readings", path)
	}
	var readings []monitor.Reading
	for r, err := range store.AllReadings(ctx, path, from, to) {
		if err != nil {
			return nil, err
		}
		readings = append(readings, r)
	}
	return readings, nil
}

// storePath is the store that history comes from; empty where it comes from a file.
func (s *pastSource) storePath(config *configs.Config) string {
	switch {
	case s.articles != "", s.readings != "":
		return ""
	case s.store != "":
		return s.store
	default:
		return config.Store.Path
	}
}

// judgesAlike says whether two configurations make the same readings of articles.
func judgesAlike(a, b *configs.Config) bool {
	actors, _ := actorsOf(a)
	others, _ := actorsOf(b)
	return a.Scoring.Engine == b.Scoring.Engine && reflect.DeepEqual(actors, others)
}

// newProgress draws on a terminal only.
func newProgress(w io.Writer, n int, what string) *progressbar.ProgressBar {
	return progressbar.NewOptions(n,
		progressbar.OptionSetWriter(w), progressbar.OptionSetVisibility(isTerminal(w)),
		progressbar.OptionSetDescription(what), progressbar.OptionShowCount(), progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish())
}
