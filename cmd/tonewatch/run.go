package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"tonewatch/alerts"
	"tonewatch/cmd/tonewatch/internal/web"
	"tonewatch/configs"
	"tonewatch/monitor"
	"tonewatch/monitor/extract"
	"tonewatch/monitor/store"
	"tonewatch/scoring"
)

const (
	sweepEvery   = 250 * time.Millisecond
	refreshEvery = 5 * time.Second
	// sweepWithin bounds one sweep, so that one which the store leaves hanging
	// ends before the health check takes the daemon for dead.
	sweepWithin = 2 * refreshEvery
	// stopWithin is how long running jobs may take to finish when the daemon
	// is told to stop; then they are handed back.
	stopWithin = 6 * time.Second
)

func newRun() *cobra.Command {
	var path string
	c := &cobra.Command{
		Use:   "run",
		Short: "Poll, read, detect and tell, until stopped",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			config, err := configs.Load(path)
			if err != nil {
				return err
			}
			if err := config.CheckRun(); err != nil {
				return err
			}
			log := newLogger(c.ErrOrStderr(), config.Log)
			d, err := startDaemon(c.Context(), config, daemonOptions{Out: c.OutOrStdout(), Log: log})
			if err != nil {
				return err
			}
			log.Info("running", "version", version(), "feeds", len(config.Feeds), "actors", len(config.Actors),
				"rules", len(config.Rules), "engine", d.engine.Name, "http", d.url)
			d.loop(c.Context())
			log.Info("stopping")
			return d.stop()
		},
	}
	configFlag(c, &path)
	return c
}

// daemonOptions are what differs between the daemon, the demo and the tests.
type daemonOptions struct {
	Out io.Writer
	Log *slog.Logger
	Now func() time.Time // nil: the wall clock
}

// daemon is a running tonewatch.
type daemon struct {
	store  *store.Store
	web    *web.Server
	engine scoring.Engine
	tells  *alerts.Deliverer
	url    string // where HTTP is served
	log    *slog.Logger
	now    func() time.Time

	stops []func(context.Context) error // in order of starting
}

// startDaemon puts the program together and starts it. It is one straight list:
// each part is made of those above it, and what must be stopped is noted right
// after it was started.
func startDaemon(ctx context.Context, c *configs.Config, o daemonOptions) (_ *daemon, err error) {
	d := &daemon{log: o.Log}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.stop())
		}
	}()
	now := o.Now
	if now == nil {
		now = time.Now
	}
	d.now = now

	actors, names := actorsOf(c)
	finder, err := scoring.NewFinder(actors)
	if err != nil {
		return nil, err
	}
	scorer, err := newScorer(c.Scoring.Engine)
	if err != nil {
		return nil, err
	}
	d.engine = scorer.Engine()
	warnSlow(scorer, o.Log)

	rules := rulesOf(c)
	if d.store, err = store.Open(ctx, store.Options{
		Path: c.Store.Path, Log: o.Log, Engine: d.engine, Keep: keepOf(c, rules), Now: now,
	}); err != nil {
		return nil, err
	}
	d.onStop(func(context.Context) error { return d.store.Close() })
	if err := d.store.SyncFeeds(ctx, feedsOf(c), now()); err != nil {
		return nil, err
	}
	if err := d.store.SyncActors(ctx, names, now()); err != nil {
		return nil, err
	}
	withdrawn, err := d.store.SyncEpisodes(ctx, rules, names, now())
	if err != nil {
		return nil, err
	}
	if withdrawn > 0 {
		o.Log.Info("episodes withdrawn that no configured rule watches any more", "episodes", withdrawn)
	}
	if err := d.store.SyncNotes(ctx, notesOf(c), now()); err != nil {
		return nil, err
	}

	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", c.HTTP.Listen)
	if err != nil {
		return nil, fmt.Errorf("http.listen %q: %w; give another address, or port 0 for any free one", c.HTTP.Listen, err)
	}
	d.url = "http://" + listener.Addr().String()
	d.web = web.New(web.Options{
		Status: func(ctx context.Context) (monitor.Status, error) { return d.store.Status(ctx, now()) },
		// Asked by refresh alone, when all is put together.
		Receivers: func() map[string]error { return d.tells.Troubles() },
		Every:     refreshEvery, Version: version(), Now: now, Log: o.Log.With("component", "web"),
	})
	server := web.NewHTTPServer(d.web.Handler())
	go d.serve(server, listener)
	d.onStop(server.Shutdown)

	fetcher := fetcherOf(c, d.store, now, o.Log)
	d.onStop(func(context.Context) error { fetcher.Close(); return nil })
	routes, receivers := routesOf(c, o.Out, o.Log)
	poller := &monitor.Poller{Store: d.store, Fetcher: fetcher, Log: o.Log.With("component", "poll")}
	reader := &monitor.Reader{
		Store: d.store, Fetcher: fetcher, Extract: extractPage, Canonical: extract.Canonical, Clean: extract.Furniture, Language: extract.Language,
		Finder: finder, Scorer: scorer, Log: o.Log.With("component", "read"),
	}
	rereader := &monitor.Rereader{Store: d.store, Finder: finder, Scorer: scorer, Log: o.Log.With("component", "reread")}
	detector := &monitor.Detector{Store: d.store, Rules: rules, Log: o.Log.With("component", "detect")}
	teller := &alerts.Teller{Store: d.store, Routes: routes, Storm: stormOf(c), Log: o.Log.With("component", "tell")}
	noter := &alerts.Noter{Store: d.store, Log: o.Log.With("component", "note")}
	d.tells = &alerts.Deliverer{
		Store: d.store, Receivers: receivers, Rules: rules, Engine: shortEngine(d.engine), Config: c.Hash(),
		Now: time.Now, Log: o.Log.With("component", "deliver"),
	}

	// Jobs outlive the signal that stops the daemon: they are given time to
	// finish.
	if err := d.store.Start(context.WithoutCancel(ctx), store.Steps{
		Poll: poller.Poll, Read: reader.Read, Reread: rereader.Reread,
		Detect: detector.Detect, Tell: teller.Tell, Deliver: d.tells.Deliver, Note: noter.Note,
	}); err != nil {
		return nil, err
	}
	d.onStop(d.store.Stop)
	if socket := socketOf(c, d.store, rules, now, o.Log); socket != nil {
		socket.Start(context.WithoutCancel(ctx))
		d.onStop(socket.Stop)
	}
	return d, nil
}

func extractPage(page []byte, url string) (string, error) {
	text, err := extract.Page(page, url)
	return text.Body, err
}

func (d *daemon) onStop(f func(context.Context) error) { d.stops = append(d.stops, f) }

// stop stops in reverse order what was started.
func (d *daemon) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	var errs []error
	for len(d.stops) > 0 {
		last := len(d.stops) - 1
		errs = append(errs, d.stops[last](ctx))
		d.stops = d.stops[:last]
	}
	return errors.Join(errs...)
}

func (d *daemon) serve(server *http.Server, listener net.Listener) {
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		d.log.Error("http server ended", "error", err)
	}
}

// loop sweeps what falls due, and beside that renews the health snapshot, until
// ctx ends. An error of the store is logged once and tried again: disks come back.
func (d *daemon) loop(ctx context.Context) {
	var snapshots sync.WaitGroup
	snapshots.Go(func() { d.watch(ctx) })
	defer snapshots.Wait()
	sweep := time.NewTicker(sweepEvery)
	defer sweep.Stop()
	var failing string
	for {
		select {
		case <-ctx.Done():
			return
		case at := <-sweep.C:
			_, err := d.sweep(ctx, at)
			failing = d.logOnce(failing, err)
		}
	}
}

// watch renews the health snapshot until ctx ends.
func (d *daemon) watch(ctx context.Context) {
	refresh := time.NewTicker(refreshEvery)
	defer refresh.Stop()
	for {
		d.refresh(ctx, d.now())
		select {
		case <-ctx.Done():
			return
		case <-refresh.C:
		}
	}
}

// sweep gives out all that is due, and says whether there was any. It beats
// whether or not the store answers: starting the daemon anew would mend no store.
func (d *daemon) sweep(ctx context.Context, now time.Time) (some bool, err error) {
	for {
		made, err := d.sweepOnce(ctx, now)
		d.web.Beat(web.Sweep, d.now())
		if err != nil || made == 0 {
			return some, err
		}
		some = true
	}
}

func (d *daemon) sweepOnce(ctx context.Context, now time.Time) (made int, err error) {
	ctx, cancel := context.WithTimeout(ctx, sweepWithin)
	defer cancel()
	return d.store.Sweep(ctx, now)
}

func (d *daemon) refresh(ctx context.Context, now time.Time) {
	if err := d.web.Refresh(ctx, now); err != nil && ctx.Err() == nil {
		d.log.Error("health snapshot", "error", err)
	}
}

func (d *daemon) logOnce(before string, err error) string {
	if err == nil || errors.Is(err, context.Canceled) {
		return ""
	}
	if err.Error() != before {
		d.log.Error("sweep", "error", err)
	}
	return err.Error()
}
