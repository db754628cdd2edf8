package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"tonewatch/cmd/tonewatch/internal/history"
	"tonewatch/configs"
)

func newBacktest() *cobra.Command {
	var o backtestOptions
	c := &cobra.Command{
		Use:   "backtest",
		Short: "Replay history through the rules, without network: what would have been told",
		Long: `Replay history through the rules and the routes, and print the episodes, each
with its size, sigma and stories at the peak, and how many alerts a day each
receiver would have got. The detector is the daemon's own; nothing is sent.
` + sourceHelp + `
  --sweep shift.by=0.2,0.3 --sweep shift.sigma=2,3,4
      one row for each combination, instead of episodes: any number, span or
      word of the rules that have the key ("for", "shift.window", "level.below")
  --diff OLD.yaml
      what another configuration would have told instead: - only the old one,
      + only this one, ~ both, but at another time
  --expect FILE.yaml
      exit 1 where something did not happen, or did that must not:
        expect: [{rule: turn, actor: A, from: 2026-03-14, to: 2026-03-15}]
        none:   [{actor: B, from: 2026-03-01, to: 2026-03-31}]
      An episode counts on the day on which it is told. "voice" and "direction"
      (colder, warmer, fewer, more) may be added; under "none" rule and actor may
      be left out. With --sweep, a column counts what is missed.
  --plot FILE.svg
      a timeline: tone, what was expected, and the episodes`,
		Args: cobra.NoArgs,
		RunE: o.run,
	}
	o.source.flags(c)
	f := c.Flags()
	f.StringVar(&o.save, "save-readings", "", "keep what was judged in `FILE.jsonl[.gz]`, for --readings")
	f.StringArrayVar(&o.sweep, "sweep", nil, "`KEY=VALUES` of the rules to try, repeatable")
	f.StringVar(&o.diff, "diff", "", "other configuration `file` to compare with")
	f.StringVar(&o.expect, "expect", "", "`file` of what must happen and what must not")
	f.StringVar(&o.plot, "plot", "", "draw a timeline into `FILE.svg`")
	f.BoolVar(&o.json, "json", false, "print JSON")
	c.MarkFlagsMutuallyExclusive("sweep", "diff")
	c.MarkFlagsMutuallyExclusive("sweep", "plot")
	return c
}

type backtestOptions struct {
	source                   pastSource
	save, diff, expect, plot string
	sweep                    []string
	json                     bool
}

// backtestReply is what is found, for a machine.
type backtestReply struct {
	Episodes []history.Episode `json:"episodes"`
	From     time.Time         `json:"from"`
	To       time.Time         `json:"to"`
	Channels []history.Channel `json:"channels"`
	Missed   []string          `json:"missed,omitempty"`
	Diff     []changed         `json:"diff,omitempty"`
}

func (o *backtestOptions) run(c *cobra.Command, _ []string) error {
	if o.plot != "" && filepath.Ext(o.plot) != ".svg" {
		return &usageError{fmt.Errorf("--plot %q: a picture is SVG: end the name in .svg", o.plot)}
	}
	config, err := configs.LoadWithoutSecrets(o.source.config)
	if err != nil {
		return err
	}
	variants, err := o.variants()
	if err != nil {
		return err
	}
	expected, err := o.expectations(config)
	if err != nil {
		return err
	}
	past, err := o.source.history(c.Context(), config, c.ErrOrStderr())
	if err != nil {
		return err
	}
	if o.save != "" {
		if err := history.WriteFile(o.save, past.Readings()); err != nil {
			return fmt.Errorf("save readings %q: %w", o.save, err)
		}
	}
	if len(variants) > 0 {
		return o.runSweep(c, past, variants, expected)
	}
	found, err := replay(c, past, settingOf(config))
	if err != nil {
		return err
	}
	reply := backtestReply{
		Episodes: append([]history.Episode{}, found[0]...), From: past.From, To: past.To, // none is a list, too
		Channels: history.Channels(found[0], past.Days()), Missed: expected.Missed(found[0]),
	}
	if err := o.drawPlot(past, config, reply.Episodes); err != nil {
		return err
	}
	if o.diff != "" {
		if reply.Diff, err = o.compare(c, config, past, reply.Episodes); err != nil {
			return err
		}
	}
	return o.answer(c, reply, past.Days())
}

// expectations are none without a file.
func (o *backtestOptions) expectations(config *configs.Config) (*history.Expectations, error) {
	if o.expect == "" {
		return &history.Expectations{}, nil
	}
	var rules []string
	for _, r := range config.Rules {
		rules = append(rules, r.Name)
	}
	_, actors := actorsOf(config)
	return history.ReadExpectations(o.expect, rules, actors)
}

func (o *backtestOptions) answer(c *cobra.Command, reply backtestReply, days float64) error {
	out := c.OutOrStdout()
	var err error
	switch {
	case o.json:
		err = json.NewEncoder(out).Encode(reply)
	case o.diff != "":
		err = printDiff(out, reply.Diff)
	default:
		err = errors.Join(printEpisodes(out, reply.Episodes), printChannels(out, reply.Channels, days))
	}
	if err != nil {
		return err
	}
	for _, missed := range reply.Missed {
		fmt.Fprintln(c.ErrOrStderr(), missed)
	}
	if len(reply.Missed) > 0 {
		return errSilent
	}
	return nil
}

// drawPlot draws into a file, if one is asked for.
func (o *backtestOptions) drawPlot(past *history.History, config *configs.Config, episodes []history.Episode) error {
	if o.plot == "" {
		return nil
	}
	var picture bytes.Buffer
	if err := past.Draw(&picture, rulesOf(config), episodes); err != nil {
		return fmt.Errorf("plot %q: %w", o.plot, err)
	}
	return os.WriteFile(o.plot, picture.Bytes(), 0o644)
}

func settingOf(config *configs.Config) history.Setting {
	routes, _ := routesOf(config, io.Discard, newLogger(io.Discard, config.Log))
	return history.Setting{Rules: rulesOf(config), Routes: routes}
}

// replay runs the past under each of some settings, and says how fast it was.
func replay(c *cobra.Command, past *history.History, settings ...history.Setting) ([][]history.Episode, error) {
	began := time.Now()
	total := past.Size * len(settings)
	bar := newProgress(c.ErrOrStderr(), total, "replaying")
	found, err := past.Run(c.Context(), settings, func(n int) { _ = bar.Add(n) })
	_ = bar.Finish() // a progress bar that cannot be drawn harms nobody
	if err != nil {
		return nil, err
	}
	took := time.Since(began)
	fmt.Fprintf(c.ErrOrStderr(), "%d readings replayed in %v: %.0f a second\n",
		total, took.Round(time.Millisecond), float64(total)/max(took.Seconds(), 1e-9))
	return found, nil
}

func printEpisodes(out io.Writer, episodes []history.Episode) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "START\tEND\tACTOR\tRULE\tSIZE\tSIGMA\tSTORIES")
	for _, e := range episodes {
		fmt.Fprintln(w, episodeRow(e))
	}
	return w.Flush()
}

func episodeRow(e history.Episode) string {
	end := "open"
	if e.End != nil {
		end = minute(*e.End)
	}
	return fmt.Sprintf("%s\t%s\t%s\t%s\t%+.2f\t%+.1f\t%d", minute(e.Start), end, e.Actor, e.Rule, e.Size, e.Sigma, e.Stories)
}

func minute(t time.Time) string { return t.Format("2006-01-02 15:04") }

func printChannels(out io.Writer, channels []history.Channel, days float64) error {
	fmt.Fprintf(out, "\n%.1f days\n", days)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "RECEIVER\tEPISODES\tA DAY\tBUSIEST DAY")
	for _, ch := range channels {
		fmt.Fprintf(w, "%s\t%d\t%.2f\t%d on %s\n", ch.Receiver, ch.Episodes, ch.ADay, ch.Most, ch.Busiest)
	}
	return w.Flush()
}
