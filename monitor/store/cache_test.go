package store_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/monitor"
	"tonewatch/monitor/store"
	"tonewatch/scoring"
)

// newsroom is a store into which stories are written, and read again, without an
// engine, with one actor for each rule that is to be watched alone.
type newsroom struct {
	t      *testing.T
	path   string
	s      *store.Store
	n      int
	detect func(job monitor.Job)
}

var (
	formerEngine  = scoring.Engine{Name: "former"}
	presentEngine = scoring.Engine{Name: "present"}
)

func openNewsroom(t *testing.T, keep store.Keep, actors ...string) *newsroom {
	t.Helper()
	room := &newsroom{t: t, path: filepath.Join(t.TempDir(), "tonewatch.db")}
	room.open(keep)
	t.Cleanup(func() { mustClose(t, room.s) })
	must(t, room.s.SyncFeeds(t.Context(), []monitor.Feed{{URL: "https://e.org/feed", Outlet: "Example", Every: "@every 8760h"}}, monday))
	must(t, room.s.SyncActors(t.Context(), actors, monday))
	claim(t, room.s, monday)
	return room
}

func (room *newsroom) open(keep store.Keep) {
	room.t.Helper()
	var err error
	room.s, err = store.Open(room.t.Context(), store.Options{
		Path: room.path, Log: slog.New(slog.DiscardHandler), Engine: presentEngine, Keep: keep, Now: func() time.Time { return monday },
	})
	must(room.t, err)
}

// publish keeps an article with its readings, which an engine made, and returns
// the id of its story.
func (room *newsroom) publish(engine scoring.Engine, seen time.Time, readings ...monitor.Reading) int64 {
	room.t.Helper()
	room.n++
	article := monitor.Article{
		Feed: 1, Key: fmt.Sprint(room.n), Outlet: readings[0].Outlet, URL: fmt.Sprintf("https://e.org/%d", room.n),
		Title: fmt.Sprintf("Story %d", room.n), Summary: "Short.", Content: "Long.", Published: readings[0].At, Seen: seen,
	}
	_, _, err := room.s.SavePoll(room.t.Context(), monitor.Feed{ID: 1}, []monitor.Article{article})
	must(room.t, err)
	article.ID = int64(room.n)
	must(room.t, room.s.SaveRead(room.t.Context(), monitor.Read{
		Article: article, Text: "Acme did it.", Original: "Acme did it. Subscribe.", Sketch: monitor.NewSketch("", article.URL, "", article.Key), Engine: engine, Readings: readings, At: seen,
	}))
	id, err := room.s.StoryOf(room.t.Context(), monitor.NewSketch("", article.URL, "", article.Key), article.Published)
	must(room.t, err)
	return id
}

// allKinds are a rule of each kind, one of them with a budget and one that cools
// down.
func allKinds() []monitor.Rule {
	base := monitor.Rule{
		Toward: []string{"*"}, Voice: monitor.AnyVoice, Window: 6 * time.Hour, Baseline: 72 * time.Hour,
		Stories: 3, Outlets: 1, For: time.Hour, KeepFiringFor: time.Hour, Rearm: 0.1,
	}
	list := []monitor.Rule{base, base, base, base, base}
	list[0].Name, list[0].Shift, list[0].Budget = "shift", &monitor.ShiftRule{By: 0.2, Sigma: 1.5}, monitor.Budget{Alarms: 1, Per: 90 * 24 * time.Hour}
	list[1].Name, list[1].Level, list[1].CoolDown = "level", &monitor.LevelRule{Line: -0.1, Below: true}, 20*time.Hour
	list[2].Name, list[2].Drift, list[2].Window = "drift", &monitor.DriftRule{By: 0.1, Sigma: 2}, 72*time.Hour
	list[3].Name, list[3].Volume, list[3].Baseline = "volume", &monitor.VolumeRule{By: 0.5, Sigma: 2}, 14*24*time.Hour
	list[4].Name, list[4].Split = "split", &monitor.SplitRule{By: 0.1, Sigma: 1, Between: [2]monitor.Side{
		{Voice: monitor.AnyVoice, Outlets: []string{"Outlet 0", "Outlet 1"}}, {Voice: monitor.OwnVoice},
	}}
	return list
}

// A series kept in memory never changes an answer: whatever comes late, is
// judged anew or written by another process, and however often the daemon
// restarts, it detects what one without memory detects.
func TestAWarmDetectorIsAFreshOne(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and not about concurrency")
	}
	t.Parallel()
	for _, seed := range []uint64{1, 2} {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			log := slog.New(slog.DiscardHandler)
			warm, cold := openNewsroom(t, store.Keep{}, "Acme"), openNewsroom(t, store.Keep{}, "Acme")
			kept := &monitor.Detector{Store: warm.s, Rules: allKinds(), Log: log}
			warm.detect = func(job monitor.Job) { must(t, kept.Detect(t.Context(), job)) }
			cold.detect = func(job monitor.Job) {
				d := &monitor.Detector{Store: cold.s, Rules: allKinds(), Log: log}
				must(t, d.Detect(t.Context(), job))
			}
			rooms := []*newsroom{warm, cold}
			r := rand.New(rand.NewPCG(seed, 7))
			var stale []int64
			var changes int
			for _, reading := range history(seed)[:400] {
				now := reading.At
				readings := voices(reading, r)
				engine := presentEngine
				if r.IntN(6) == 0 {
					engine = formerEngine
				}
				for _, room := range rooms {
					id := room.publish(engine, now, readings...)
					if room == warm && engine == formerEngine {
						stale = append(stale, id)
					}
				}
				// Stories of the former engine are judged anew, a while later, some to
				// no reading at all.
				if len(stale) > 0 && r.IntN(3) == 0 {
					for _, id := range stale {
						again := []monitor.Reading{}
						if r.IntN(4) > 0 {
							again = voices(reading, r)
						}
						for _, room := range rooms {
							_, err := room.s.SaveReread(t.Context(), id, again)
							must(t, err)
						}
					}
					stale = nil
				}
				if r.IntN(50) == 0 { // a restart, with and without its memory
					mustClose(t, warm.s)
					warm.open(store.Keep{})
					kept.Store = warm.s
					if r.IntN(2) == 0 {
						kept = &monitor.Detector{Store: warm.s, Rules: allKinds(), Log: log}
					}
				}
				if r.IntN(3) == 0 {
					continue // much at once
				}
				job := monitor.Job{Subject: 1, Attempt: 1, Now: now}
				warm.detect(job)
				cold.detect(job)
				want, got := state(t, cold.path), state(t, warm.path)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("at %v (-fresh +warm):\n%s", now, diff)
				}
				changes++
			}
			told := ask[string](t, warm.path, `SELECT group_concat(rule || ' ' || n, ', ') FROM (SELECT rule, count(*) AS n FROM episodes WHERE revision > 0 GROUP BY rule)`)
			t.Logf("%d detections; episodes: %s", changes, told)
			if n := ask[int](t, warm.path, `SELECT count(DISTINCT rule) FROM episodes WHERE revision > 0`); n < 3 {
				t.Errorf("episodes of only %d kinds; the history proves little", n)
			}
		})
	}
}

// voices gives a reading in the outlet's own voice, too, and sometimes moves it
// into the past.
func voices(reading monitor.Reading, r *rand.Rand) []monitor.Reading {
	if r.IntN(5) == 0 {
		reading.At = reading.At.Add(-time.Duration(r.IntN(100)) * time.Hour)
	}
	reading.Tone += 0.2 * (r.Float64() - 0.5)
	own := reading
	own.Voice = monitor.OwnVoice
	return []monitor.Reading{reading, own}
}

// state is all that a detection keeps.
func state(t *testing.T, path string) string {
	t.Helper()
	return ask[string](t, path, `SELECT coalesce((SELECT group_concat(phase || ' ' || revision || ' ' || body, char(10)) FROM episodes), '') ||
		(SELECT group_concat(deadline_at, ' ') FROM actors) || coalesce((SELECT group_concat(rule || wording || body, ' ') FROM limits), '')`)
}

// Detections of one actor at the same time do not get in each other's way.
func TestDetectionsSideBySide(t *testing.T) {
	t.Parallel()
	room := openNewsroom(t, store.Keep{}, "Acme")
	never := allKinds()
	for i := range never {
		never[i].Stories = 1_000_000
	}
	d := &monitor.Detector{Store: room.s, Rules: never, Log: slog.New(slog.DiscardHandler)}
	readings := history(3)[:40]
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			for _, reading := range readings {
				if err := d.Detect(t.Context(), monitor.Job{Subject: 1, Attempt: 1, Now: reading.At}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for _, reading := range readings {
		room.publish(presentEngine, reading.At, reading)
	}
	all.Wait()
	if n := ask[int](t, room.path, `SELECT count(*) FROM episodes`); n != 0 {
		t.Errorf("%d episodes without evidence", n)
	}
}

// A detector that was pointed at another file, or an older copy of its own, does
// not believe its memory.
func TestAnOlderFileIsNoticed(t *testing.T) {
	t.Parallel()
	room := openNewsroom(t, store.Keep{}, "Acme")
	readings := history(1)[:60]
	for _, reading := range readings[:30] {
		room.publish(presentEngine, reading.At, reading)
	}
	older := filepath.Join(t.TempDir(), "older.db")
	must(t, room.s.CopyTo(t.Context(), older))
	for _, reading := range readings[30:] {
		room.publish(presentEngine, reading.At, reading)
	}
	now := readings[59].At
	log := slog.New(slog.DiscardHandler)
	rules := []monitor.Rule{{
		Name: "any tone", Toward: []string{"*"}, Voice: monitor.AnyVoice, Level: &monitor.LevelRule{Line: -2}, Window: 100 * time.Hour, Stories: 1, Outlets: 1,
	}}
	d := &monitor.Detector{Store: room.s, Rules: rules, Log: log}
	must(t, d.Detect(t.Context(), monitor.Job{Subject: 1, Attempt: 1, Now: now}))
	stories := func(path string) int {
		return ask[int](t, path, `SELECT body ->> '$.last.stories' FROM episodes`)
	}
	if n := stories(room.path); n != 60 {
		t.Fatalf("%d stories measured, want 60", n)
	}
	copied := &newsroom{t: t, path: older}
	copied.open(store.Keep{})
	defer mustClose(t, copied.s)
	d.Store = copied.s
	must(t, d.Detect(t.Context(), monitor.Job{Subject: 1, Attempt: 1, Now: now}))
	if n := stories(older); n != 30 {
		t.Errorf("%d stories measured in the older file, want 30", n)
	}
}

// Buckets are given once each, until they change again.
func TestBucketsTellWhatHasChanged(t *testing.T) {
	t.Parallel()
	room := openNewsroom(t, store.Keep{}, "Acme", "Brick")
	at := monday.Add(5 * time.Hour)
	reading := func(actor, outlet string, tone float64) monitor.Reading {
		return monitor.Reading{Actor: actor, Voice: monitor.AnyVoice, Outlet: outlet, At: at.Add(7 * time.Minute), Tone: tone, Named: new(tone)}
	}
	bucket := func(outlet string, tones ...float64) monitor.Bucket {
		b := monitor.Bucket{Hour: at, Voice: monitor.AnyVoice, Outlet: outlet}
		for _, tone := range tones {
			b.Sum, b.Named = b.Add(tone), b.Named.Add(tone)
		}
		return b
	}
	var newest int64
	expect := func(when string, after int64, want ...monitor.Bucket) {
		t.Helper()
		got, n, err := room.s.Buckets(context.WithoutCancel(t.Context()), "Acme", monday, after)
		must(t, err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", when, diff)
		}
		if n < newest {
			t.Errorf("%s: the newest change is %d, after %d", when, n, newest)
		}
		newest = n
	}
	expect("at first", 0)
	one := room.publish(formerEngine, at, reading("Acme", "Alpha", 0.5))
	room.publish(presentEngine, at, reading("Acme", "Beta", -0.25), reading("Brick", "Beta", 1))
	expect("all", 0, bucket("Alpha", 0.5), bucket("Beta", -0.25))
	expect("nothing new", newest)
	room.publish(presentEngine, at, reading("Brick", "Beta", 1))
	expect("another actor's", newest)
	room.publish(presentEngine, at, reading("Acme", "Beta", 0.1))
	before := newest
	expect("one more", newest, bucket("Beta", -0.25, 0.1))
	expect("one more, asked again", before, bucket("Beta", -0.25, 0.1))
	_, err := room.s.SaveReread(t.Context(), one, nil)
	must(t, err)
	expect("one taken out", newest, bucket("Alpha"))
	expect("all that is left", 0, bucket("Beta", -0.25, 0.1))
}
