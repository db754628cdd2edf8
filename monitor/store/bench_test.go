package store_test

import (
	"database/sql"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"tonewatch/monitor"
	"tonewatch/monitor/store"
)

// benchStore holds a month of series toward so many actors, of so many stories a
// day each, from twenty outlets in two voices.
func benchStore(b *testing.B, actors, stories int, keep store.Keep) (s *store.Store, path string, now time.Time) {
	b.Helper()
	path = filepath.Join(b.TempDir(), "bench.db")
	s, err := store.Open(b.Context(), store.Options{Path: path, Keep: keep, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return monday }})
	check(b, err)
	b.Cleanup(func() { check(b, s.Close()) })
	var names []string
	for i := range actors {
		names = append(names, fmt.Sprintf("Actor %d", i))
	}
	check(b, s.SyncActors(b.Context(), names, monday))
	db := direct(b, path)
	defer db.Close() //nolint:errcheck // its last commit was checked
	r := rand.New(rand.NewPCG(1, 1))
	exec(b, db, `BEGIN`)
	for actor := range actors {
		for range 30 * stories {
			hour := monday.Add(-time.Duration(r.IntN(30*24)) * time.Hour).UnixMilli()
			tone := r.IntN(2_000_001) - 1_000_000
			outlet := r.IntN(20)
			for _, voice := range []string{monitor.AnyVoice, monitor.OwnVoice} {
				exec(b, db, `INSERT INTO series VALUES (?, ?, ?, ?, 0, 1, ?, ?, 0, 0, 0, 1)
					ON CONFLICT DO UPDATE SET n = n + 1, total = total + excluded.total, squares = squares + excluded.squares`,
					actor+1, hour, voice, fmt.Sprintf("Outlet %d", outlet), tone, tone*tone)
			}
		}
	}
	exec(b, db, `COMMIT`)
	return s, path, monday
}

func direct(b *testing.B, path string) *sql.DB {
	b.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)&_pragma=synchronous(0)")
	check(b, err)
	db.SetMaxOpenConns(1)
	return db
}

func exec(b *testing.B, db *sql.DB, statement string, args ...any) {
	b.Helper()
	_, err := db.ExecContext(b.Context(), statement, args...)
	check(b, err)
}

func check(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// twenty are rules that share their windows, as rules of one configuration do.
func twenty() (rules []monitor.Rule) {
	for i := range 20 {
		r := monitor.Rule{
			Name: fmt.Sprintf("rule %d", i), Toward: []string{"*"}, Voice: monitor.AnyVoice,
			Shift: &monitor.ShiftRule{By: 1.5, Sigma: 3 + float64(i)/10}, Window: day, Baseline: 28 * day, Stories: 8, Outlets: 3,
		}
		rules = append(rules, r)
	}
	return rules
}

// BenchmarkDetect is one DETECT of twenty rules over 28 days of 20 outlets with
// its commit to disk: with the series in memory and one bucket changed, and with
// a fresh detector.
func BenchmarkDetect(b *testing.B) {
	for _, stories := range []int{10, 200} {
		s, path, now := benchStore(b, 1, stories, store.Keep{})
		db := direct(b, path)
		defer db.Close() //nolint:errcheck // its commits were checked
		change := func() {
			exec(b, db, `UPDATE actors SET changed = changed + 1`)
			exec(b, db, `UPDATE series SET n = n + 1, changed = (SELECT changed FROM actors WHERE id = 1)
				WHERE actor_id = 1 AND voice = 'any' AND hour = (SELECT max(hour) FROM series)`)
		}
		detector := func() *monitor.Detector {
			return &monitor.Detector{Store: s, Rules: twenty(), Log: slog.New(slog.DiscardHandler)}
		}
		job := monitor.Job{Subject: 1, Attempt: 1, Now: now}
		b.Run(fmt.Sprintf("warm, %d stories a day", stories), func(b *testing.B) {
			d := detector()
			check(b, d.Detect(b.Context(), job))
			for b.Loop() {
				b.StopTimer()
				change()
				b.StartTimer()
				check(b, d.Detect(b.Context(), job))
			}
		})
		b.Run(fmt.Sprintf("cold, %d stories a day", stories), func(b *testing.B) {
			for b.Loop() {
				check(b, detector().Detect(b.Context(), job))
			}
		})
	}
}

// BenchmarkDetectAll is a DETECT of each of a thousand actors, of ten stories a
// day, under twenty rules: with all series in memory. It reports the memory that
// those take.
func BenchmarkDetectAll(b *testing.B) {
	const actors = 1000
	s, _, now := benchStore(b, actors, 10, store.Keep{})
	d := &monitor.Detector{Store: s, Rules: twenty(), Log: slog.New(slog.DiscardHandler)}
	all := func() {
		for i := range actors {
			check(b, d.Detect(b.Context(), monitor.Job{Subject: int64(i + 1), Attempt: 1, Now: now}))
		}
	}
	before := heap()
	all()
	held := heap() - before
	for b.Loop() {
		all()
	}
	b.ReportMetric(held/actors, "B/actor")
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/actors, "µs/actor")
}

func heap() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// BenchmarkUpkeep merges a month of a hundred actors into days, and then drops it.
func BenchmarkUpkeep(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		s, _, now := benchStore(b, 100, 10, store.Keep{Hours: 100 * day, Series: 300 * day})
		b.StartTimer()
		var transactions int
		for _, later := range []time.Duration{100 * day, 400 * day} {
			for done := false; !done; transactions++ {
				var err error
				done, err = s.Tend(b.Context(), now.Add(later), 1)
				check(b, err)
			}
		}
		b.ReportMetric(float64(transactions), "transactions")
	}
}
