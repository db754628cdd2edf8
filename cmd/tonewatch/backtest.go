package main

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"tonewatch/alerts"
	"tonewatch/configs"
	"tonewatch/monitor"
	"tonewatch/monitor/extract"
	"tonewatch/scoring"
)

func newBacktest() *cobra.Command {
	var path, file string
	var asJSON bool
	c := &cobra.Command{
		Use:   "backtest --articles FILE.jsonl[.gz]",
		Short: "Replay articles through the rules, without network: what would have been told",
		Long: `Takes {"published" or "date","title","text","link","outlet"} a line, replays
them in order of time through READ, DETECT and the routes, and prints the
episodes. The detector is the daemon's own.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			config, err := configs.Load(path)
			if err != nil {
				return err
			}
			articles, err := readArticles(file)
			if err != nil {
				return fmt.Errorf("articles %q: %w", file, err)
			}
			began := time.Now()
			episodes, err := backtest(c.Context(), config, articles, c.ErrOrStderr())
			if err != nil {
				return err
			}
			took := time.Since(began)
			fmt.Fprintf(c.ErrOrStderr(), "%d articles in %v: %.0f a second\n",
				len(articles), took.Round(time.Millisecond), float64(len(articles))/took.Seconds())
			if asJSON {
				return json.NewEncoder(c.OutOrStdout()).Encode(map[string]any{"episodes": episodes})
			}
			return printEpisodes(c.OutOrStdout(), episodes)
		},
	}
	configFlag(c, &path)
	c.Flags().StringVar(&file, "articles", "", "`file` of articles, JSON lines, may be gzipped (required)")
	_ = c.MarkFlagRequired("articles") // unreachable: the flag was just added
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// pastArticle is one line of the file.
type pastArticle struct {
	Published string `json:"published"`
	Date      string `json:"date"`
	Title     string `json:"title"`
	Text      string `json:"text"`
	Link      string `json:"link"`
	Outlet    string `json:"outlet"`

	at          time.Time
	body        string
	fingerprint string
	readings    []monitor.Reading
}

// pastEpisode is one line of the answer. Size and sigma are those of the peak.
type pastEpisode struct {
	Rule      string             `json:"rule"`
	Actor     string             `json:"actor"`
	Voice     string             `json:"voice"`
	Start     time.Time          `json:"start"` // when it was told
	End       *time.Time         `json:"end"`   // null: still open when the articles ended
	Size      float64            `json:"size"`
	Sigma     float64            `json:"sigma"`
	Stories   int                `json:"stories"`
	Receivers []string           `json:"receivers"`
	Evidence  []monitor.Evidence `json:"evidence"`
}

// readArticles reads the file and puts it in order of time.
func readArticles(path string) (articles []*pastArticle, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	var in io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			return nil, err
		}
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 64<<10), maxLine)
	for n := 1; lines.Scan(); n++ {
		var a pastArticle
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if a.at, err = parsePast(cmp.Or(a.Published, a.Date)); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		articles = append(articles, &a)
	}
	slices.SortStableFunc(articles, func(a, b *pastArticle) int { return a.at.Compare(b.at) })
	return articles, lines.Err()
}

func parsePast(s string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", time.DateOnly} {
		if at, err := time.Parse(layout, s); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("time %q is neither RFC 3339 nor YYYY-MM-DD", s)
}

func backtest(ctx context.Context, c *configs.Config, articles []*pastArticle, progress io.Writer) ([]pastEpisode, error) {
	if err := judgePast(ctx, c, articles, progress); err != nil {
		return nil, err
	}
	routes, _ := routesOf(c, io.Discard, newLogger(io.Discard, c.Log))
	replay := monitor.NewReplay(rulesOf(c))
	book := ledger{routes: routes, open: make(map[ledgerKey]int), episodes: []pastEpisode{}} // none is a list too
	for len(articles) > 0 {
		at := articles[0].at
		var readings []monitor.Reading
		for len(articles) > 0 && articles[0].at.Equal(at) {
			readings = append(readings, articles[0].readings...)
			articles = articles[1:]
		}
		book.note(replay.Observe(readings, at))
	}
	return book.episodes, nil
}

// judgePast does READ's work on all cores: clean, tell copies, find, score.
func judgePast(ctx context.Context, c *configs.Config, articles []*pastArticle, progress io.Writer) error {
	actors, _ := actorsOf(c)
	finder, err := scoring.NewFinder(actors)
	if err != nil {
		return err
	}
	scorer, err := newScorer(c.Scoring.Engine)
	if err != nil {
		return err
	}
	bar := newProgress(progress, len(articles), "reading")
	defer bar.Finish() //nolint:errcheck // a progress bar that cannot be drawn harms nobody
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	told := make(map[string]time.Time) // fingerprint -> when first printed
	for _, a := range articles {
		a.body = cmp.Or(monitor.Body(extract.Furniture(a.Text), a.Title), a.Title)
		a.fingerprint = monitor.Fingerprint(a.body)
		if first, ok := told[a.fingerprint]; ok && a.at.Sub(first) <= monitor.StoryWindow {
			_ = bar.Add(1)
			continue // a copy
		}
		told[a.fingerprint] = a.at
		group.Go(func() (err error) {
			article := monitor.Article{Outlet: cmp.Or(a.Outlet, "(unknown)"), URL: a.Link, Title: a.Title, Published: a.at}
			a.readings, err = monitor.Judge(ctx, finder, scorer, article, a.body)
			_ = bar.Add(1)
			return err
		})
	}
	return group.Wait()
}

// newProgress draws on a terminal only.
func newProgress(w io.Writer, n int, what string) *progressbar.ProgressBar {
	return progressbar.NewOptions(n,
		progressbar.OptionSetWriter(w), progressbar.OptionSetVisibility(isTerminal(w)),
		progressbar.OptionSetDescription(what), progressbar.OptionShowCount(), progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish())
}

// ledger writes down episodes as receivers would have heard of them.
type ledger struct {
	routes   []alerts.Route
	episodes []pastEpisode
	open     map[ledgerKey]int // index into episodes
}

type ledgerKey struct{ rule, actor, voice string }

func (l *ledger) note(told []monitor.Episode) {
	for _, e := range told {
		key := ledgerKey{e.Rule, e.Actor, e.Voice}
		i, ok := l.open[key]
		if !ok {
			i = len(l.episodes)
			l.episodes = append(l.episodes, pastEpisode{
				Rule: e.Rule, Actor: e.Actor, Voice: e.Voice, Start: e.Fired,
				Receivers: alerts.Receivers(l.routes, e), Evidence: e.Evidence,
			})
			l.open[key] = i
		}
		past := &l.episodes[i]
		past.Size, past.Sigma, past.Stories = e.Peak.Size, e.Peak.Sigma(), e.Peak.Stories
		if e.Phase == monitor.Quiet {
			past.End = &e.Ended
			delete(l.open, key)
		}
	}
}

func printEpisodes(out io.Writer, episodes []pastEpisode) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "START\tEND\tACTOR\tRULE\tSIZE\tSIGMA\tSTORIES")
	for _, e := range episodes {
		end := "open"
		if e.End != nil {
			end = e.End.Format("2006-01-02 15:04")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%+.2f\t%+.1f\t%d\n",
			e.Start.Format("2006-01-02 15:04"), end, e.Actor, e.Rule, e.Size, e.Sigma, e.Stories)
	}
	return w.Flush()
}
