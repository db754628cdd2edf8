package store_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/monitor"
	"tonewatch/monitor/store"
)

func TestANewEngineReadsAllStoriesAgain(t *testing.T) {
	t.Parallel()
	d := openDesk(t, file(t), naive(t), monday.Add(30*time.Hour))
	f := theFeed(t, d.s)
	d.publish(0, 6, quiet)
	d.settle()
	for i, a := range []monitor.Article{
		{Key: "copy", Outlet: "Gamma", Title: "The same elsewhere", Content: "On day 0 at 3 Acme had a lovely time. It was seen by all who were there that day, and it will be told again."},
		{Key: "old", Outlet: "Gamma", Title: "Found in the archive", Content: "Acme had a lovely year.", Backfill: true},
		{Key: "gone", Outlet: "Gamma", Title: "Withdrawn", Content: "Acme had a wonderful week."},
		{Key: "other", Outlet: "Gamma", Title: "Weather", Content: "It rained."},
	} {
		a.Feed, a.Published, a.Seen = f.ID, monday.Add(time.Duration(10+i)*time.Hour), monday
		_, _, err := d.s.SavePoll(t.Context(), f, []monitor.Article{a})
		must(t, err)
		d.settle() // one after the other: the copy is the one that comes later
	}
	d.check()
	const stories = `SELECT group_concat(line, char(10)) FROM (SELECT stories.id || ' ' || title || ' ' || stories.at || ' copies ' || copies || ' ' || voice || ' ' ||
		outlet || ' ' || readings.at || ' ' || backfill AS line FROM stories JOIN readings ON story_id = stories.id ORDER BY stories.id, voice)`
	want := strings.Split(ask[string](t, d.path, stories), "\n")
	ask[int](t, d.path, `UPDATE articles SET text = '' WHERE key = 'gone' RETURNING 1`)

	d = d.restart(cool("2"))
	d.settle()
	d.check()
	got := strings.Split(ask[string](t, d.path, stories), "\n")
	if len(want) != 16 { // 8 stories in two voices
		t.Fatalf("%d lines, want 16:\n%s", len(want), strings.Join(want, "\n"))
	}
	if diff := cmp.Diff(want[:14], got); diff != "" {
		t.Errorf("stories and readings (-before +after):\n%s", diff)
	}
	for query, want := range map[string]int{
		`SELECT count(*) FROM readings WHERE abs(tone - -0.6) < 1e-9`:                                                                          8, // hours 0, 1, 4, 5
		`SELECT count(*) FROM readings WHERE abs(tone - -0.4) < 1e-9`:                                                                          6, // hours 2, 3, archive
		`SELECT count(*) FROM readings JOIN stories ON stories.id = story_id WHERE title = 'Withdrawn'`:                                        0,
		`SELECT count(*) FROM stories WHERE copies = 1 AND title = 'Hour 3'`:                                                                   1,
		`SELECT count(*) FROM readings WHERE quotes ->> '$[0].tone' = tone AND quotes ->> '$[0].sentence' LIKE '%Acme had a%' AND tone <> 0.0`: 14,
	} {
		if got := ask[int](t, d.path, query); got != want {
			t.Errorf("%s = %d, want %d", query, got, want)
		}
	}
	for _, line := range []string{
		`msg="readings of another engine or release: stories are to be read again" stories=8 engine="scripted v1 2"`,
		`msg="story loses its readings" article="" problem="its text is gone"`,
		`msg="all stories are read again" engine=scripted`,
	} {
		if n := strings.Count(d.logs.String(), line); n != 1 {
			t.Errorf("logged %d times, want once: %s\n%s", n, line, d.logs)
		}
	}

	before := ask[int](t, d.path, `SELECT max(id) FROM river_job`)
	d = d.restart(cool("2"))
	d.start()
	d.until(idle)
	d.stop()
	query := fmt.Sprintf(`SELECT count(*) FROM river_job WHERE kind = 'reread' AND id > %d`, before)
	if n := ask[int](t, d.path, query); n != 0 || strings.Contains(d.logs.String(), "engine") {
		t.Errorf("under the same engine %d stories were given out again; log: %s", n, d.logs)
	}
}

// While stories wait to be read again new ones are read, and nothing is told of
// what is only a change of scale; afterwards shifts are told as ever.
func TestAChangeOfScaleIsNoShift(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and not about concurrency")
	}
	t.Parallel()
	d := openDesk(t, file(t), naive(t), monday.Add(60*time.Hour))
	d.publish(0, 60, quiet)
	d.settle()

	d = d.restart(cool("2"))
	reread, detect := d.steps.Reread, d.steps.Detect
	gate := make(chan struct{})
	d.steps.Reread = func(ctx context.Context, j monitor.Job) error {
		<-gate
		return reread(ctx, j)
	}
	var mu sync.Mutex
	var detections int
	d.steps.Detect = func(ctx context.Context, j monitor.Job) error {
		mu.Lock()
		detections++
		mu.Unlock()
		return detect(ctx, j)
	}
	d.at = monday.Add(64 * time.Hour)
	d.publish(60, 64, quiet)
	d.start()
	d.until(`SELECT NOT EXISTS (SELECT 1 FROM river_job WHERE kind IN ('read', 'detect') AND` + unfinished + `)`)
	mixed := mixture(t, d)
	if e := monitor.Step(atOnce(), monitor.Episode{Phase: monitor.Quiet}, mixed, d.at); e.Phase != monitor.Firing {
		t.Fatalf("two scales in one series give phase %q, want firing; the test proves nothing", e.Phase)
	}
	if due := ask[int64](t, d.path, `SELECT deadline_at FROM actors`); due != d.at.Add(time.Minute).UnixMilli() {
		t.Errorf("DETECT is due again at %v, want a minute after %v", time.UnixMilli(due).UTC(), d.at)
	}
	if attempts := ask[int](t, d.path, `SELECT max(attempt) FROM river_job WHERE kind = 'detect'`); attempts != 1 {
		t.Errorf("a detection that waits used %d tries", attempts)
	}
	if n := d.told(); n != 0 {
		t.Errorf("%d changes told on two scales", n)
	}

	close(gate)
	d.until(idle)
	d.stop()
	d.check()
	mu.Lock()
	waited := detections
	mu.Unlock()
	d.at = d.at.Add(time.Minute)
	d.settle()
	if detections == waited {
		t.Error("the actor was not detected again after its stories were")
	}
	if n := d.told(); n != 0 {
		t.Errorf("%d changes told of a quiet history under an engine of another scale", n)
	}
	if due := ask[int64](t, d.path, `SELECT deadline_at FROM actors`); due != 0 {
		t.Errorf("DETECT still waits, until %v", time.UnixMilli(due).UTC())
	}

	d.at = monday.Add(69 * time.Hour)
	d.publish(64, 69, func(int) string { return "terrible" }) // 0.9 in the new engine's eyes
	d.settle()
	if n := d.told(); n != 1 {
		t.Errorf("%d changes told of a true shift, want 1", n)
	}
	d.check()
}

// mixture is the series as it stands.
func mixture(t *testing.T, d *desk) *monitor.Series {
	t.Helper()
	buckets, _, err := d.s.Buckets(t.Context(), "Acme", monday, 0)
	must(t, err)
	return monitor.NewSeries(buckets)
}

// The newest stories come first, whichever engine judged them.
func TestTheNewestStoriesAreReadAgainFirst(t *testing.T) {
	t.Parallel()
	d := openDesk(t, file(t), cool("1"), monday.Add(20*time.Hour))
	d.publish(0, 8, quiet)
	d.settle()

	// The next engine comes as far as three stories, and reads two new ones.
	d = d.restart(cool("2"))
	d.publish(8, 10, quiet)
	reread := d.steps.Reread
	third := make(chan struct{})
	calls := 0
	d.steps.Reread = func(ctx context.Context, j monitor.Job) error {
		if calls++; calls > 3 {
			if calls == 4 {
				close(third)
			}
			<-ctx.Done()
			return ctx.Err()
		}
		return reread(ctx, j)
	}
	d.start()
	d.until(`SELECT NOT EXISTS (SELECT 1 FROM river_job WHERE kind = 'read' AND` + unfinished + `)`)
	receive(t, third)
	ended, end := context.WithCancel(context.WithoutCancel(t.Context()))
	end()
	must(t, d.s.Stop(ended))
	ask[int](t, d.path, `DELETE FROM river_job WHERE kind = 'reread' RETURNING 1`) // only the sweep is to decide on the order

	d = d.restart(cool("3"))
	reread = d.steps.Reread
	var order []string
	d.steps.Reread = func(ctx context.Context, j monitor.Job) error {
		order = append(order, ask[string](t, d.path, fmt.Sprintf(`SELECT title FROM stories WHERE id = %d`, j.Subject)))
		return reread(ctx, j)
	}
	d.settle()
	d.check()
	var want []string
	for i := 9; i >= 0; i-- {
		want = append(want, fmt.Sprintf("Hour %d", i))
	}
	if diff := cmp.Diff(want, order); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

// What a process leaves that dies while it reads stories again is finished by
// the next one, each story once.
func TestRereadingSurvivesADeath(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and not about concurrency")
	}
	t.Parallel()
	d := openDesk(t, file(t), naive(t), monday.Add(14*time.Hour))
	d.publish(0, 14, quiet)
	d.settle()
	stories := ask[int](t, d.path, `SELECT count(*) FROM readings`)

	d = d.restart(cool("2"))
	reread := d.steps.Reread
	folder := t.TempDir()
	var left []string
	calls := 0
	leave := func(when string) {
		path := filepath.Join(folder, fmt.Sprintf("%s-%d.db", when, calls))
		if err := d.s.CopyTo(context.WithoutCancel(t.Context()), path); err != nil {
			t.Error(err)
		}
		left = append(left, path)
	}
	d.steps.Reread = func(ctx context.Context, j monitor.Job) error {
		if calls++; calls%5 == 2 {
			leave("before")
			defer leave("after")
		}
		return reread(ctx, j)
	}
	d.settle()
	d.check()
	if len(left) != 6 {
		t.Fatalf("%d deaths, want 6", len(left))
	}
	for _, path := range left {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".db"), func(t *testing.T) {
			t.Parallel()
			d := openDesk(t, path, cool("2"), d.at)
			if n := ask[int](t, path, `SELECT count(DISTINCT engine) FROM readings`); n != 2 {
				t.Fatalf("the dead process left readings of %d engines, want 2", n)
			}
			d.settle()
			d.check()
			if n := ask[int](t, path, `SELECT count(*) FROM readings`); n != stories {
				t.Errorf("%d readings, want %d", n, stories)
			}
		})
	}
}

// A file of a release that did not keep what is named is read again, and then
// knows it; so a rule for named mentions has a past to hold the news against.
func TestReadingsOfAFormerReleaseAreReadAgain(t *testing.T) {
	t.Parallel()
	path := file(t)
	must(t, store.MigrateTo(t.Context(), path, 2))
	e := cool("1").Engine()
	hour := fmt.Sprint(monday.Add(3 * time.Hour).UnixMilli())
	for _, statement := range []string{
		`INSERT INTO feeds (id, url, outlet, every, critical, active, next_at) VALUES (1, 'https://e.org/feed', 'Alpha', '@every 8760h', 0, 1, 0)`,
		`INSERT INTO actors (id, name, active) VALUES (1, 'Acme', 1)`,
		`INSERT INTO stories (id, fingerprint, at, title, url) VALUES (1, 'f', ` + hour + `, 'Steel', 'https://e.org/1')`,
		`INSERT INTO articles (feed_id, key, outlet, url, title, summary, content, published_at, seen_at, backfill, read_at, text, story_id)
			VALUES (1, 'k', 'Alpha', 'https://e.org/1', 'Steel', '', '', ` + hour + `, 0, 0, 1, 'Acme had a lovely time. The steelmaker had a terrible day.', 1)`,
		`INSERT INTO readings (story_id, actor_id, voice, outlet, at, tone, backfill, engine, quotes)
			SELECT 1, 1, value, 'Alpha', ` + hour + `, 0.25, 0, '` + e.Name + ` ` + e.Version + ` ` + e.Hash + `',
				'[{"sentence":"Acme had a lovely time.","at":7,"start":0,"end":4,"voice":"","tone":-0.4}]' FROM json_each('["", "any"]')`,
		`INSERT INTO series (actor_id, hour, voice, outlet, backfill, n, total, squares)
			SELECT 1, ` + hour + `, value, 'Alpha', 0, 1, 0.25, 0.0625 FROM json_each('["", "any"]')`,
	} {
		ask[int](t, path, statement+` RETURNING 1`)
	}

	d := openDesk(t, path, cool("1"), monday.Add(4*time.Hour))
	d.settle()
	d.check()
	if got := ask[string](t, path, `SELECT group_concat(voice || ' ' || tone || ' ' || named || ' ' || (quotes ->> '$[1].kind'), ', ') FROM readings ORDER BY voice`); got != " 0.25 -0.4 title, any 0.25 -0.4 title" {
		t.Errorf("readings (voice, tone, by name, kind) = %q", got)
	}
	const line = `msg="readings of another engine or release: stories are to be read again" stories=1`
	if n := strings.Count(d.logs.String(), line); n != 1 {
		t.Errorf("logged %d times, want once: %s\n%s", n, line, d.logs)
	}
}

// What is named is kept apart, in readings and in sums, and goes with them.
func TestTheNamedAreKeptApart(t *testing.T) {
	t.Parallel()
	d := openDesk(t, file(t), cool("1"), monday.Add(4*time.Hour))
	f := theFeed(t, d.s)
	var articles []monitor.Article
	for i, text := range []string{
		"Acme had a wonderful time. The steelmaker had a terrible day.",
		"Acme had a lovely time.",
	} {
		articles = append(articles, monitor.Article{
			Feed: f.ID, Key: fmt.Sprint(i), Outlet: "Alpha", Title: fmt.Sprintf("Part %d", i), Content: text,
			Published: monday.Add(time.Hour), Seen: monday.Add(time.Hour),
		})
	}
	_, _, err := d.s.SavePoll(t.Context(), f, articles)
	must(t, err)
	d.settle()
	d.check()
	sums := func() monitor.Bucket {
		t.Helper()
		buckets, _, err := d.s.Buckets(t.Context(), "Acme", monday, 0)
		must(t, err)
		for _, b := range buckets {
			if b.Voice == monitor.AnyVoice {
				return b
			}
		}
		return monitor.Bucket{}
	}
	want := monitor.Bucket{
		Hour: monday.Add(time.Hour), Voice: monitor.AnyVoice, Outlet: "Alpha",
		Sum:   monitor.Sum{}.Add(0.15).Add(-0.4),
		Named: monitor.Sum{}.Add(-0.6).Add(-0.4),
	}
	if diff := cmp.Diff(want, sums()); diff != "" {
		t.Errorf("sums (-want +got):\n%s", diff)
	}
	readings, err := d.s.Readings(t.Context(), "Acme", monitor.AnyVoice, monday, d.at)
	must(t, err)
	var kinds []string
	for _, r := range readings {
		for _, q := range r.Quotes {
			kinds = append(kinds, fmt.Sprintf("%s of %.2f", q.Kind, *r.Named))
			if q.Sure <= 0 || q.Sure > 1 {
				t.Errorf("%s is %.2f sure, want above 0 and at most 1", q.Kind, q.Sure)
			}
		}
	}
	slices.Sort(kinds)
	if diff := cmp.Diff([]string{"name of -0.40", "name of -0.60", "title of -0.60"}, kinds); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}

	ask[int](t, d.path, `UPDATE articles SET text = '' WHERE key = '0' RETURNING 1`)
	d = d.restart(cool("2"))
	d.settle()
	d.check()
	want.Sum, want.Named = monitor.Sum{}.Add(-0.4), monitor.Sum{}.Add(-0.4)
	if diff := cmp.Diff(want, sums()); diff != "" {
		t.Errorf("sums without the story that is gone (-want +got):\n%s", diff)
	}
}
