package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tonewatch/monitor"
	"tonewatch/monitor/store"
	"tonewatch/scoring"
	"tonewatch/scoring/bayes"
)

// scripted is an engine that judges a passage by the last word in it that it
// knows.
type scripted struct {
	hash  string
	words map[string]float64
}

var _ scoring.Scorer = scripted{}

func (s scripted) Engine() scoring.Engine {
	return scoring.Engine{Name: "scripted", Version: "v1", Hash: s.hash}
}

func (s scripted) Score(ctx context.Context, in []scoring.Passage) ([]scoring.Scores, error) {
	out := make([]scoring.Scores, len(in))
	for i, p := range in {
		var value float64
		for word := range strings.FieldsSeq(p.Text) {
			if v, ok := s.words[word]; ok {
				value = v
			}
		}
		tone := scoring.Tone{Negative: max(0, -value), Positive: max(0, value)}
		tone.Neutral = 1 - tone.Negative - tone.Positive
		for range p.Targets {
			out[i].Targets = append(out[i].Targets, tone)
		}
	}
	return out, ctx.Err()
}

func (scripted) Attribute(context.Context, string) ([]scoring.Attribution, error) {
	return nil, scoring.ErrUnsupported
}

// cool is of another scale than bayes: what that finds warm is cold to it.
func cool(hash string) scripted {
	return scripted{hash: hash, words: map[string]float64{"wonderful": -0.6, "lovely": -0.4, "terrible": 0.9}}
}

// desk is a store with the steps of one engine on it.
type desk struct {
	t      *testing.T
	path   string
	scorer scoring.Scorer
	at     time.Time // the clock; moved only while nothing runs
	logs   *bytes.Buffer
	s      *store.Store
	steps  store.Steps
}

// openDesk opens a file as the daemon does: with one feed and one actor.
func openDesk(t *testing.T, path string, scorer scoring.Scorer, at time.Time) *desk {
	t.Helper()
	d := &desk{t: t, path: path, scorer: scorer, at: at, logs: new(bytes.Buffer)}
	log := slog.New(slog.NewTextHandler(d.logs, nil))
	var err error
	d.s, err = store.Open(t.Context(), store.Options{
		Path: path, Log: log, Engine: scorer.Engine(), Now: func() time.Time { return d.at },
	})
	must(t, err)
	t.Cleanup(func() {
		if d.s != nil {
			mustClose(t, d.s)
		}
	})
	must(t, d.s.SyncFeeds(t.Context(), []monitor.Feed{{URL: "https://e.org/feed", Outlet: "Alpha", Every: "@every 8760h"}}, at))
	must(t, d.s.SyncActors(t.Context(), []string{"Acme"}, at))
	finder, err := scoring.NewFinder([]scoring.Actor{{Name: "Acme", Titles: []string{"steelmaker"}}})
	must(t, err)
	reader := &monitor.Reader{Store: d.s, Clean: func(text string) string { return text }, Language: func(string) string { return "" }, Finder: finder, Scorer: scorer, Log: slog.New(slog.DiscardHandler)}
	rereader := &monitor.Rereader{Store: d.s, Finder: finder, Scorer: scorer, Log: log}
	detector := &monitor.Detector{Store: d.s, Rules: []monitor.Rule{atOnce()}, Log: log}
	nothing := func(context.Context, monitor.Job) error { return nil }
	d.steps = store.Steps{Poll: nothing, Read: reader.Read, Reread: rereader.Reread, Detect: detector.Detect, Tell: nothing, Deliver: nothing}
	return d
}

// restart closes the file and opens it with another engine.
func (d *desk) restart(scorer scoring.Scorer) *desk {
	d.t.Helper()
	mustClose(d.t, d.s)
	d.s = nil
	return openDesk(d.t, d.path, scorer, d.at)
}

// publish keeps one story an hour, from one hour to before another, each in
// other words; the two outlets take turns.
func (d *desk) publish(from, to int, mood func(hour int) string) {
	d.t.Helper()
	f := theFeed(d.t, d.s)
	var articles []monitor.Article
	for i := from; i < to; i++ {
		articles = append(articles, monitor.Article{
			Feed: f.ID, Key: fmt.Sprint(i), Outlet: []string{"Alpha", "Beta"}[i%2], Title: fmt.Sprintf("Hour %d", i),
			Content:   fmt.Sprintf("On day %d at %d Acme had a %s time. It was seen by all who were there that day, and it will be told again.", i/24, i%24, mood(i)),
			Published: monday.Add(time.Duration(i) * time.Hour), Seen: monday.Add(time.Duration(i) * time.Hour),
		})
	}
	_, _, err := d.s.SavePoll(d.t.Context(), f, articles)
	must(d.t, err)
}

// quiet is a history of two moods that take turns, twice each.
func quiet(hour int) string { return []string{"wonderful", "lovely"}[hour/2%2] }

func (d *desk) start() { must(d.t, d.s.Start(context.WithoutCancel(d.t.Context()), d.steps)) }

func (d *desk) stop() { must(d.t, d.s.Stop(context.WithoutCancel(d.t.Context()))) }

// until sweeps until a query answers 1.
func (d *desk) until(query string) {
	d.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(2 * time.Millisecond) {
		made, err := d.s.Sweep(d.t.Context(), d.at)
		must(d.t, err)
		if made == 0 && ask[int](d.t, d.path, query) == 1 {
			return
		}
		if time.Now().After(deadline) {
			d.t.Fatalf("still not so after a minute: %s\n%s", query, ask[string](d.t, d.path,
				`SELECT coalesce(group_concat(kind || ' ' || state || ' ' || coalesce(errors, '')), '') FROM river_job WHERE state <> 'completed'`))
		}
	}
}

const (
	unfinished = ` state IN ('available', 'pending', 'running', 'retryable', 'scheduled')`
	idle       = `SELECT NOT EXISTS (SELECT 1 FROM river_job WHERE ` + unfinished + `)`
)

// settle works off everything that is due.
func (d *desk) settle() {
	d.t.Helper()
	d.start()
	d.until(idle)
	d.stop()
}

// check says what is wrong with the readings: of another engine, or not what
// the series adds up.
func (d *desk) check() {
	d.t.Helper()
	e := d.scorer.Engine()
	const tone, named = `CAST(round(tone * 1e6) AS INTEGER)`, `CAST(round(named * 1e6) AS INTEGER)`
	for query, want := range map[string]int{
		fmt.Sprintf(`SELECT count(*) FROM readings WHERE engine <> '%s %s %s'`, e.Name, e.Version, e.Hash): 0,
		`SELECT count(*) FROM (SELECT actor_id, at - at % 3600000 AS hour, voice, outlet, backfill,
				count(*) AS n, sum(` + tone + `) AS total, sum(` + tone + ` * ` + tone + `) AS squares, count(named) AS named_n,
				coalesce(sum(` + named + `), 0) AS named_total, coalesce(sum(` + named + ` * ` + named + `), 0) AS named_squares
				FROM readings GROUP BY 1, 2, 3, 4, 5) AS r
			FULL JOIN (SELECT * FROM series WHERE n <> 0 OR total <> 0 OR squares <> 0 OR named_n <> 0 OR named_total <> 0 OR named_squares <> 0) AS s
				USING (actor_id, hour, voice, outlet, backfill)
			WHERE r.n IS NOT s.n OR r.total <> s.total OR r.squares <> s.squares
				OR r.named_n IS NOT s.named_n OR r.named_total <> s.named_total OR r.named_squares <> s.named_squares`: 0,
		`SELECT count(*) FROM readings WHERE NOT coalesce(abs(named -
				(SELECT avg(value ->> 'tone') FROM json_each(quotes) WHERE value ->> 'kind' IN ('name', 'alias', 'surname'))) < 1e-6,
			named IS NULL AND NOT EXISTS (SELECT 1 FROM json_each(quotes) WHERE value ->> 'kind' IN ('name', 'alias', 'surname')))`: 0,
		`SELECT count(*) FROM river_job WHERE kind = 'reread' AND` + unfinished: 0,
	} {
		if got := ask[int](d.t, d.path, query); got != want {
			d.t.Errorf("%s = %d, want %d", query, got, want)
		}
	}
}

// ask asks the file, or changes it, beside whoever has it open.
func ask[T any](t *testing.T, path, query string) (answer T) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
	must(t, err)
	defer db.Close() //nolint:errcheck // the answer is there or the test has failed
	if err := db.QueryRowContext(t.Context(), query).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return answer
}

// told is how many changes receivers would have heard of.
func (d *desk) told() (n int) {
	d.t.Helper()
	fired, err := d.s.Fired(d.t.Context())
	must(d.t, err)
	for _, e := range fired {
		n += e.Revision
	}
	return n
}

func naive(t *testing.T) *bayes.Engine {
	t.Helper()
	e, err := bayes.New()
	must(t, err)
	return e
}

func file(t *testing.T) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "tonewatch.db")
}

// atOnce is the rule without a delay.
func atOnce() monitor.Rule {
	r := rule()
	r.For = 0
	return r
}
