package store_test

import (
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/monitor"
	"tonewatch/monitor/store"
)

// All readings come in order of time, toward every actor and in every voice,
// while another process has the store open.
func TestAllReadings(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tonewatch.db")
	day := func(n int) time.Time { return time.Date(2026, 3, n, 6, 0, 0, 0, time.UTC) }
	s, err := store.Open(t.Context(), store.Options{Path: path, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return day(20) }})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := s.SyncFeeds(t.Context(), []monitor.Feed{{URL: "https://e.org/feed", Outlet: "E", Every: "@hourly"}}, day(1)); err != nil {
		t.Fatal(err)
	}
	if err := s.SyncActors(t.Context(), []string{"Acme", "Krone"}, day(1)); err != nil {
		t.Fatal(err)
	}
	var want []monitor.Reading
	for i, n := range []int{9, 3, 5} { // read in another order than published
		article := monitor.Article{ID: int64(i + 1), Feed: 1, Key: string(rune('a' + i)), Outlet: "E", Title: "T", URL: "https://e.org/t", Published: day(n), Seen: day(19)}
		if _, _, err := s.SavePoll(t.Context(), monitor.Feed{ID: 1}, []monitor.Article{article}); err != nil {
			t.Fatal(err)
		}
		read := monitor.Read{Article: article, Text: "Text.", Sketch: monitor.NewSketch("", "", "", article.Key), At: day(19)}
		for _, actor := range []string{"Acme", "Krone"} {
			for _, voice := range []string{monitor.AnyVoice, monitor.OwnVoice} {
				read.Readings = append(read.Readings, monitor.Reading{
					Actor: actor, Voice: voice, Outlet: "E", At: day(n), Tone: 0.25, Named: new(-0.5), Backfill: n == 3,
					Quotes: []monitor.Quote{{Sentence: "Acme rose.", End: 4, Tone: 0.25}},
				})
			}
		}
		if err := s.SaveRead(t.Context(), read); err != nil {
			t.Fatal(err)
		}
		for _, r := range read.Readings {
			r.Story = monitor.Story{ID: int64(i + 1), Title: "T", URL: "https://e.org/t"}
			want = append(want, r)
		}
	}
	slices.SortStableFunc(want, func(a, b monitor.Reading) int { return a.At.Compare(b.At) })
	for name, bounds := range map[string][2]time.Time{"all": {}, "some": {day(5), day(9)}} {
		wanted := slices.DeleteFunc(slices.Clone(want), func(r monitor.Reading) bool {
			return r.At.Before(bounds[0]) || !bounds[1].IsZero() && !r.At.Before(bounds[1])
		})
		var got []monitor.Reading
		for r, err := range store.AllReadings(t.Context(), path, bounds[0], bounds[1]) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, r)
		}
		if diff := cmp.Diff(wanted, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for _, err := range store.AllReadings(t.Context(), path, time.Time{}, time.Time{}) {
		if err != nil {
			t.Error(err)
		}
		break // the file is closed all the same
	}
	for _, err := range store.AllReadings(t.Context(), path+".none", time.Time{}, time.Time{}) {
		if err == nil {
			t.Error("a store that is not there was read")
		}
	}
}
