package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"tonewatch/cmd/tonewatch/internal/demo"
	"tonewatch/configs"
	"tonewatch/monitor"
	"tonewatch/monitor/store"
)

// demoStep is by how much the demo's clock jumps.
const demoStep = time.Hour

func newDemo() *cobra.Command {
	var o demoOptions
	c := &cobra.Command{
		Use:   "demo",
		Short: "Watch a bundled fortnight of news, without network or account",
		Long: `Serves two weeks of invented news from a dozen invented outlets on this machine
and runs the whole of tonewatch on them: it polls the feeds, reads the pages,
keeps the series, detects and tells, with article time as the clock. Nothing
leaves this machine; what it writes goes to a temporary folder.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			o.out, o.progress = c.OutOrStdout(), c.ErrOrStderr()
			return runDemo(c.Context(), o)
		},
	}
	c.Flags().BoolVar(&o.exit, "exit", false, "end when the fortnight is over")
	c.Flags().BoolVar(&o.slack, "slack-fake", false, "post to a bundled fake of Slack and print the messages as JSON")
	c.Flags().StringVar(&o.listen, "listen", "127.0.0.1:0", "`address` for health and metrics")
	c.Flags().BoolVar(&o.verbose, "verbose", false, "log every step")
	return c
}

type demoOptions struct {
	exit, slack, verbose bool
	listen               string
	out, progress        io.Writer
}

// runDemo is the daemon on a bundled world: the publisher and the clock are
// ours, everything else is what run uses.
func runDemo(ctx context.Context, o demoOptions) (err error) {
	folder, err := os.MkdirTemp("", "tonewatch-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()

	var clock demoClock
	clock.set(demo.Start())
	publisher, err := demo.NewPublisher(clock.now)
	if err != nil {
		return err
	}
	news, err := serveLocally(ctx, publisher.Handler())
	if err != nil {
		return err
	}
	defer news.close()

	bar := newProgress(o.progress, int(demo.End().Sub(demo.Start())/demoStep)+1, "watching")
	out := &aroundBar{out: o.out, clear: func() { _ = bar.Clear() }}
	var slackAPI string
	if o.slack {
		slack, err := serveLocally(ctx, demo.NewFakeSlack(out, clock.now))
		if err != nil {
			return err
		}
		defer slack.close()
		slackAPI = slack.url + "/api/"
	}
	config, err := demoConfig(folder, news.url, slackAPI, o.listen)
	if err != nil {
		return err
	}

	d, err := startDaemon(ctx, config, daemonOptions{Out: out, Log: o.logger(), Now: clock.now})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.stop()) }()

	fmt.Fprintf(o.out, "A fortnight of news about %d actors from %d outlets, served at %s\n\n", len(config.Actors), len(config.Feeds), news.url)
	if err := d.playDemo(ctx, &clock, bar); ctx.Err() != nil {
		return nil // the user has seen enough
	} else if err != nil {
		return err
	}
	if err := demoSummary(ctx, o.out, d.store, config); err != nil {
		return err
	}
	d.refresh(ctx, clock.now())
	fmt.Fprintf(o.out, "\nHealth:   %s/health\nMetrics:  %s/metrics\nFeeds:    %s/%s/feed.xml\n", d.url, d.url, news.url, "meridian")
	if o.exit {
		return nil
	}
	fmt.Fprintln(o.out, "\nStill serving these. Ctrl-C ends the demo.")
	<-ctx.Done()
	return nil
}

func (o demoOptions) logger() *slog.Logger {
	level := slog.LevelWarn
	if o.verbose {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(o.progress, &slog.HandlerOptions{Level: level}))
}

// playDemo moves the clock through the fortnight and works off what falls due.
func (d *daemon) playDemo(ctx context.Context, clock *demoClock, bar *progressbar.ProgressBar) error {
	for at := demo.Start(); !at.After(demo.End()); at = at.Add(demoStep) {
		clock.set(at)
		if err := d.settle(ctx, at); err != nil {
			return err
		}
		_ = bar.Add(1)
	}
	_ = bar.Finish() // a progress bar that cannot be drawn harms nobody
	return nil
}

// settle works off everything that is due at a time.
func (d *daemon) settle(ctx context.Context, at time.Time) error {
	const pause = 5 * time.Millisecond
	for {
		some, err := d.sweep(ctx, at)
		if err != nil {
			return err
		}
		idle, err := d.store.Idle(ctx)
		if err != nil {
			return err
		}
		if idle && !some {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// demoConfig writes the bundled configuration to a file and loads it as any
// other.
func demoConfig(folder, news, slackAPI, listen string) (*configs.Config, error) {
	text, err := demo.Config(news, slackAPI)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(folder, "demo.yaml")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return nil, err
	}
	config, err := configs.Load(path)
	if err != nil {
		return nil, err
	}
	config.Store.Path = filepath.Join(folder, "tonewatch.db")
	config.HTTP.Listen = listen
	return config, config.CheckRun()
}

// demoSummary says what was told, beside what a careful reader would have told.
func demoSummary(ctx context.Context, out io.Writer, kept interface {
	Status(context.Context, time.Time) (monitor.Status, error)
	Fired(context.Context) ([]monitor.Episode, error)
}, config *configs.Config) error {
	status, err := kept.Status(ctx, demo.End())
	if err != nil {
		return err
	}
	fired, err := kept.Fired(ctx)
	if err != nil {
		return err
	}
	told := make(map[string]int)
	for _, e := range fired {
		told[e.Actor]++
	}
	fmt.Fprintf(out, "\n%d articles, %d stories, %d readings, %s.\n\n", status.Articles, status.Stories, status.Readings, countAlerts(len(fired)))
	var readings []monitor.Reading
	for r, err := range store.AllReadings(ctx, config.Store.Path, demo.Start(), demo.End()) {
		if err != nil {
			return err
		}
		readings = append(readings, r)
	}
	rule := rulesOf(config)[0]
	for _, s := range demo.Scenarios() {
		verdict := "as it should be"
		if (told[s.Actor] > 0) != s.Shift {
			verdict = "wrong"
		}
		fmt.Fprintf(out, "  %-16s %-9s %-16s %s\n", s.Actor, countAlerts(told[s.Actor]), verdict, s.Story)
		fmt.Fprintf(out, "  %-16s %s\n", "", mostTempting(rule, s.Actor, readings, demo.Start(), demo.End()).words())
	}
	return nil
}

func countAlerts(n int) string {
	switch n {
	case 0:
		return "no alert"
	case 1:
		return "1 alert"
	default:
		return fmt.Sprintf("%d alerts", n)
	}
}

// demoClock is article time.
type demoClock struct{ at atomic.Pointer[time.Time] }

func (c *demoClock) set(at time.Time) { c.at.Store(&at) }

func (c *demoClock) now() time.Time { return *c.at.Load() }

// aroundBar takes the progress bar away before something is printed; it is
// drawn again at its next step.
type aroundBar struct {
	out   io.Writer
	clear func()
}

func (w *aroundBar) Write(p []byte) (int, error) {
	w.clear()
	return w.out.Write(p)
}

// local is a server on a free port of this machine.
type local struct {
	url   string
	close func()
}

func serveLocally(ctx context.Context, h http.Handler) (local, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return local{}, err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener) // its end is close's doing
	}()
	return local{"http://" + listener.Addr().String(), func() {
		_ = server.Close()
		<-done
	}}, nil
}
