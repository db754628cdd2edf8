package store_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/monitor"
	"tonewatch/monitor/store"
)

// What upkeep of former releases left behind is mended: originals of texts that
// are gone, and alerts under heads that are.
func TestWhatUpkeepLeftIsMended(t *testing.T) {
	t.Parallel()
	path := file(t)
	must(t, store.MigrateTo(t.Context(), path, 12))
	for _, statement := range []string{
		`INSERT INTO feeds (id, url, outlet, every, critical, active, next_at) VALUES (1, 'https://e.org/feed', 'Example', '@hourly', 0, 1, 0)`,
		`INSERT INTO articles (id, feed_id, key, outlet, title, summary, content, url, published_at, seen_at, backfill, read_at, text, original)
			VALUES (1, 1, 'a', 'Example', '', '', '', '', 1, 1, 0, 1, '', 'left behind'), (2, 1, 'b', 'Example', '', '', '', '', 1, 1, 0, 1, 'text', 'text, and more')`,
		`UPDATE upkeep SET article_id = 1`,
		`INSERT INTO actors (id, name, active) VALUES (1, 'Acme', 1)`,
		`INSERT INTO episodes (id, rule, actor_id, voice, phase, revision, version, changed_at, body) VALUES (1, 'turn', 1, 'any', 'firing', 1, 1, 1, '{"revision":1}')`,
		`INSERT INTO deliveries (id, kind, episode_id, receiver, news, key, thread_id, ts)
			VALUES (2, 'alert', 1, 'console', '', 'k2', 1, '17.2'), (3, 'reply', 1, 'console', 'worse', 'k3', 1, ''), (4, 'reply', 1, 'console', 'still', 'k4', 2, '')`,
	} {
		ask[int](t, path, statement+` RETURNING 1`)
	}
	s := mustOpen(t, path)
	defer mustClose(t, s)
	if got := ask[string](t, path, `SELECT group_concat(original) FROM (SELECT original FROM articles ORDER BY id)`); got != ",text, and more" {
		t.Errorf("originals %q, want only that of the text that is kept", got)
	}
	if got := ask[string](t, path, `SELECT group_concat(id || ' in ' || thread_id) FROM (SELECT * FROM deliveries ORDER BY id)`); got != "2 in 0,4 in 2" {
		t.Errorf("threads %q, want the alert in none and no reply to the head that is gone", got)
	}
	status, err := s.Status(t.Context(), monday)
	must(t, err)
	if status.Outbox.Told != 1 {
		t.Errorf("%d messages were told, want 1", status.Outbox.Told)
	}
}

// Sums of a release that kept fractions become those that readings add up to
// now, to the last digit; turned back and forth they stay.
func TestSumsBecomeWhole(t *testing.T) {
	t.Parallel()
	path := file(t)
	must(t, store.MigrateTo(t.Context(), path, 3))
	ask[int](t, path, `INSERT INTO actors (id, name, active) VALUES (1, 'Acme', 1) RETURNING 1`)
	ask[int](t, path, `INSERT INTO series (actor_id, hour, voice, outlet, backfill, n, total, squares) VALUES (1, 0, 'any', 'gone', 0, 3, 0.1, 0.2) RETURNING 1`)
	db, err := sql.Open("sqlite", "file:"+path)
	must(t, err)
	defer db.Close() //nolint:errcheck // only written to below, and checked there
	db.SetMaxOpenConns(1)
	exec := func(statement string, args ...any) {
		t.Helper()
		_, err := db.ExecContext(t.Context(), statement, args...)
		must(t, err)
	}
	exec(`BEGIN`)
	want := make(map[string]monitor.Bucket)
	r := rand.New(rand.NewPCG(5, 5))
	for id := 1; id <= 2000; id++ {
		reading := monitor.Reading{
			Actor: "Acme", Voice: monitor.AnyVoice, Outlet: fmt.Sprintf("Outlet %d", r.IntN(3)), Backfill: r.IntN(5) == 0,
			At: monday.Add(time.Duration(r.IntN(3600*10)) * time.Second), Tone: 2*r.Float64() - 1,
		}
		switch r.IntN(4) { // hard cases: halves of a millionth, and nothing
		case 0:
			reading.Tone = float64(r.IntN(2001)-1000)/1e3 + 5e-7
		case 1:
			reading.Tone = 0
		}
		if r.IntN(2) == 0 {
			reading.Named = new(-reading.Tone)
		}
		exec(`INSERT INTO stories (id, fingerprint, at, title, url) VALUES (?, ?, 0, '', '')`, id, fmt.Sprint(id))
		exec(`INSERT INTO readings (story_id, actor_id, voice, outlet, at, tone, named, backfill, engine, quotes)
			VALUES (?, 1, ?, ?, ?, ?, ?, ?, 'e', '[]')`,
			id, reading.Voice, reading.Outlet, reading.At.UnixMilli(), reading.Tone, reading.Named, reading.Backfill)
		key := fmt.Sprint(reading.At.Truncate(time.Hour), reading.Outlet, reading.Backfill)
		b := want[key]
		b.Hour, b.Voice, b.Outlet, b.Backfill = reading.At.Truncate(time.Hour), reading.Voice, reading.Outlet, reading.Backfill
		b.Sum = b.Add(reading.Tone)
		if reading.Named != nil {
			b.Named = b.Named.Add(*reading.Named)
		}
		want[key] = b
	}
	exec(`COMMIT`)
	for _, when := range []string{"first", "again"} {
		s := mustOpen(t, path)
		buckets, newest, err := s.Buckets(t.Context(), "Acme", time.UnixMilli(0), 0)
		must(t, err)
		got := make(map[string]monitor.Bucket)
		for _, b := range buckets {
			got[fmt.Sprint(b.Hour, b.Outlet, b.Backfill)] = b
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-readings +series):\n%s", when, diff)
		}
		if newest == 0 {
			t.Errorf("%s: what was migrated counts as no change", when)
		}
		status, err := s.Status(t.Context(), monday)
		must(t, err)
		if status.Stories != 2000 || status.Readings != 2000 || status.Articles != 0 {
			t.Errorf("%s: status = %d stories, %d readings, %d articles made; want 2000, 2000, 0", when, status.Stories, status.Readings, status.Articles)
		}
		mustClose(t, s)
		must(t, store.MigrateTo(t.Context(), path, 3))
	}
}
