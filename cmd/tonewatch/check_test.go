package main

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/monitor"
	"tonewatch/monitor/store"
)

// The articles of the last week are searched for the actors as they are
// configured now, beside a process that has the store open.
func TestCheckWarnsOfActorsThatTheNewsDoesNotMention(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path, db := filepath.Join(folder, "tonewatch.yaml"), filepath.Join(folder, "tonewatch.db")
	now := time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)
	expect := func(when, actors string, want ...string) {
		t.Helper()
		text := fmt.Sprintf("store: {path: %q}\nfeeds: [{url: 'https://e.org/feed'}]\nrules: [{name: turn, toward: ['*'], shift: {by: 0.4}}]\nactors: %s\n", db, actors)
		must(t, os.WriteFile(path, []byte(text), 0o600))
		report, err := checkConfig(t.Context(), path, now)
		must(t, err)
		var got []string
		for _, w := range report.warnings {
			got = append(got, strings.TrimPrefix(w.Error(), path+":"))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", when, diff)
		}
	}
	const three = "[{name: Acme}, {name: Brick Ltd}, {name: Krone}]"
	expect("without a store", three)
	if _, err := os.Stat(db); !os.IsNotExist(err) {
		t.Fatalf("checking made a store: %v", err)
	}

	s, err := store.Open(t.Context(), store.Options{Path: db, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }})
	must(t, err)
	defer func() { must(t, s.Close()) }()
	expect("with an empty store", three)

	must(t, s.SyncFeeds(t.Context(), []monitor.Feed{{URL: "https://e.org/feed", Outlet: "E", Every: "@hourly"}}, now))
	for i, a := range []struct {
		days        int
		title, text string
	}{
		{20, "Krone", "Krone grew."},
		{8, "Krone again", "Krone shrank."},
		{6, "Acme", "It grew."},
		{1, "Weather", "Brick, they say, shrank."},
	} {
		at := now.AddDate(0, 0, -a.days)
		article := monitor.Article{ID: int64(i + 1), Feed: 1, Key: a.title, Outlet: "E", Title: a.title, Published: at, Seen: at}
		_, _, err := s.SavePoll(t.Context(), monitor.Feed{ID: 1}, []monitor.Article{article})
		must(t, err)
		must(t, s.SaveRead(t.Context(), monitor.Read{Article: article, Text: a.text, Sketch: monitor.NewSketch("", "", "", a.title), At: at}))
	}
	expect("with old and new articles", three,
		`4:31: "Brick Ltd" is in none of the articles of the last 7 days: 2 looked at`,
		`4:50: "Krone" is in none of the articles of the last 7 days: 2 looked at`)
	expect("with the alias that was missing", "[{name: Acme}, {name: Brick Ltd, aliases: [Brick]}]")
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
