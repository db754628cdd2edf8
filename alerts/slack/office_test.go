package slack_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"tonewatch/alerts"
	"tonewatch/alerts/alertstest"
	"tonewatch/alerts/slack"
	"tonewatch/monitor"
	"tonewatch/monitor/store"
)

// logs is a log that may be read while it is written.
type logs struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// office is a workspace, a socket to it, and a desk. The store behind that is a
// book in memory or, end to end, SQLite with the steps TELL and DELIVER on its
// jobs.
type office struct {
	*fake
	t      *testing.T
	log    logs
	book   book
	store  *store.Store // nil: the book
	socket *slack.Socket
	key    string // of the alert
}

// book is a DeskStore in memory that knows one episode, the example unless set.
type book struct {
	mu      sync.Mutex
	episode *monitor.Episode
	done    []monitor.Act
	hush    []monitor.Silence
}

func (b *book) set(e monitor.Episode) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.episode = &e
}

var _ alerts.DeskStore = (*book)(nil)

func (b *book) EpisodeByKey(_ context.Context, key string) (monitor.Episode, bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := alertstest.Example().Episode
	if b.episode != nil {
		e = *b.episode
	}
	return e, key == alertstest.Example().Key, nil
}

func (b *book) SaveAct(_ context.Context, a monitor.Act, s *monitor.Silence) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done = append(b.done, a)
	if s != nil {
		b.hush = append(b.hush, *s)
	}
	return true, nil
}

func (b *book) Silences(context.Context, time.Time) ([]monitor.Silence, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.hush, nil
}

func (b *book) Status(context.Context, time.Time) (monitor.Status, error) {
	return monitor.Status{}, nil
}

func (b *book) Told(context.Context, time.Time) ([]monitor.Episode, error) { return nil, nil }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// newOffice has the example in the book, and its buttons taken.
func newOffice(t *testing.T, users ...string) *office {
	t.Helper()
	o := &office{fake: newFake(t), t: t, key: alertstest.Example().Key}
	log := slog.New(slog.NewTextHandler(&o.log, nil))
	o.open(o.client(log), &o.book, log, users)
	return o
}

// newWholeOffice has the example told to a channel, from a store of its own. The
// tests with one are not parallel: a store's jobs keep a core busy when races are
// looked for.
func newWholeOffice(t *testing.T, users ...string) *office {
	t.Helper()
	o := &office{fake: newFake(t), t: t}
	log := slog.New(slog.NewTextHandler(&o.log, nil))
	client := o.client(log)
	o.openStore(client, log)
	o.open(client, o.store, log, users)
	return o
}

func (o *office) client(log *slog.Logger) *slack.Client {
	return slack.New(slack.Options{
		Token: token, AppToken: appToken, Buttons: true, APIURL: o.GetAPIURL(), HTTPTimeout: time.Minute, Log: log,
	})
}

func (o *office) open(client *slack.Client, s alerts.DeskStore, log *slog.Logger, users []string) {
	t := o.t
	t.Helper()
	span := func(text string) (time.Duration, error) {
		if text, inDays := strings.CutSuffix(text, "d"); inDays {
			days, err := strconv.Atoi(text)
			return time.Duration(days) * 24 * time.Hour, err
		}
		return time.ParseDuration(text)
	}
	o.socket = client.Socket(slack.SocketOptions{Users: users, StoreWithin: time.Minute, Span: span, Desk: &alerts.Desk{
		Store: s, Rules: []monitor.Rule{alertstest.Example().Rule}, Actors: []string{"North Korea", "South Korea"}, Now: o.clock, Log: log,
		Measure: func(_ context.Context, actor string, _ time.Time) ([]string, error) {
			return []string{"sharp turn: silent toward " + actor}, nil
		},
	}})
	o.socket.Start(t.Context())
	t.Cleanup(func() { must(t, o.socket.Stop(context.WithoutCancel(t.Context()))) })
	until(t, "the socket", func() bool { return o.openedSockets() == 1 })
}

// openStore opens a store in which the example is told.
func (o *office) openStore(client *slack.Client, log *slog.Logger) {
	t := o.t
	t.Helper()
	var err error
	o.store, err = store.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "tonewatch.db"), Log: log})
	must(t, err)
	t.Cleanup(func() { must(t, o.store.Close()) })
	must(t, o.store.SyncActors(t.Context(), []string{"North Korea", "South Korea"}, o.clock()))
	nothing := func(context.Context, monitor.Job) error { return nil }
	teller := &alerts.Teller{Store: o.store, Routes: []alerts.Route{{Receiver: "slack:#desk-korea"}}, Log: log}
	deliverer := &alerts.Deliverer{
		Store: o.store, Rules: []monitor.Rule{alertstest.Example().Rule}, Now: time.Now, Log: log,
		Grace:     4 * time.Minute, // a busy machine is no lost answer
		Receivers: map[string]alerts.Receiver{"slack:#desk-korea": client.Channel("#desk-korea")},
	}
	must(t, o.store.Start(context.WithoutCancel(t.Context()), store.Steps{
		Poll: nothing, Read: nothing, Reread: nothing, Detect: nothing, Tell: teller.Tell, Deliver: deliverer.Deliver,
	}))
	t.Cleanup(func() { must(t, o.store.Stop(context.WithoutCancel(t.Context()))) })
	e := alertstest.Example().Episode
	e.ID = 0
	must(t, o.store.SaveDetection(t.Context(), e.Actor, monitor.Detection{Moves: []monitor.Move{{After: e}}}))
	until(t, "the alert", func() bool { return len(o.sent()) == 1 })
	var metadata struct {
		Payload struct{ Key string } `json:"event_payload"`
	}
	must(t, json.Unmarshal([]byte(o.sent()[0].form.Get("metadata")), &metadata))
	o.key = metadata.Payload.Key
	until(t, "the receipt", func() bool { // an act before it would be shown by the post itself
		idle, err := o.store.Idle(t.Context())
		return err == nil && idle
	})
}

// shown waits for the alert's message to hold a text.
func (o *office) shown(text string) {
	o.t.Helper()
	until(o.t, fmt.Sprintf("%q in the alert", text), func() bool {
		blocks := o.sent()[0].form.Get("blocks")
		return strings.Contains(blocks, text) && strings.Contains(blocks, `"user_id":"U0ANN0001"`)
	})
}

func (o *office) acts() []monitor.Act {
	o.t.Helper()
	if o.store == nil {
		o.book.mu.Lock()
		defer o.book.mu.Unlock()
		return slices.Clone(o.book.done)
	}
	acts, err := o.store.Acts(o.t.Context(), 1)
	must(o.t, err)
	return acts
}

func (o *office) silences() []monitor.Silence {
	o.t.Helper()
	if o.store == nil {
		o.book.mu.Lock()
		defer o.book.mu.Unlock()
		return slices.Clone(o.book.hush)
	}
	list, err := o.store.Silences(o.t.Context(), o.clock())
	must(o.t, err)
	return list
}

func (o *office) printsNoSecret() {
	o.t.Helper()
	for _, secret := range []string{token, appToken, "do-not-print"} {
		if strings.Contains(o.log.String(), secret) {
			o.t.Errorf("%q is in the log:\n%s", secret, o.log.String())
		}
	}
}
