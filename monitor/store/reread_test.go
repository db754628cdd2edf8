package store_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/monitor"
)

func TestANewEngineReadsAllStoriesAgain(t *testing.T) {
	t.Parallel()
	d := openDesk(t, file(t), naive(t), monday.Add(30*time.Hour))
	f := theFeed(t, d.s)
	d.publish(0, 6, quiet)
	d.settle()
	for i, a := range []monitor.Article{
		{Key: "copy", Outlet: "Gamma", Title: "The same elsewhere", Content: "On day 0 at 3 Acme had a lovely time."},
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
		`msg="the engine has changed: stories are to be read again" stories=8 engine="scripted v1 2"`,
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
	buckets, err := d.s.Buckets(t.Context(), "Acme", monday)
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
