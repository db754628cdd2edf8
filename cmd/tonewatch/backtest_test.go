package main

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tonewatch/monitor"
	"tonewatch/monitor/store"
)

// The store of the configuration is the history where no other is given, and a
// process may have it open. What is kept of it gives the same, and explain says
// why the rule fired or did not.
func TestBacktestReplaysTheStore(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path, db := filepath.Join(folder, "tonewatch.yaml"), filepath.Join(folder, "tonewatch.db")
	must(t, os.WriteFile(path, fmt.Appendf(nil, `
store: {path: %q}
actors: [{name: Acme}]
rules: [{name: turn, toward: [Acme], shift: {by: 0.4, baseline: 10d, stories: 3, outlets: 1}}]
`, db), 0o600))
	begin := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	s, err := store.Open(t.Context(), store.Options{Path: db, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return begin.AddDate(0, 1, 0) }})
	must(t, err)
	defer func() { must(t, s.Close()) }()
	must(t, s.SyncFeeds(t.Context(), []monitor.Feed{{URL: "https://e.org/feed", Outlet: "E", Every: "@hourly"}}, begin))
	must(t, s.SyncActors(t.Context(), []string{"Acme"}, begin))
	for i := range 56 {
		at := begin.Add(time.Duration(i) * 6 * time.Hour)
		tone := 0.3 + 0.01*float64(i%5)
		if i >= 48 {
			tone = -0.6
		}
		article := monitor.Article{ID: int64(i + 1), Feed: 1, Key: fmt.Sprint(i), Outlet: "E", Title: fmt.Sprint("Story ", i), Published: at, Seen: at}
		_, _, err := s.SavePoll(t.Context(), monitor.Feed{ID: 1}, []monitor.Article{article})
		must(t, err)
		must(t, s.SaveRead(t.Context(), monitor.Read{
			Article: article, Sketch: monitor.NewSketch("", "", "", article.Key), At: at,
			Readings: []monitor.Reading{{
				Actor: "Acme", Voice: monitor.AnyVoice, Outlet: "E", At: at, Tone: tone,
				Quotes: []monitor.Quote{{Sentence: "Acme did.", End: 4, Tone: tone}},
			}},
		}))
	}
	run := func(command string, args ...string) string {
		t.Helper()
		var out, errOut bytes.Buffer
		if code := Main(t.Context(), append([]string{command, "--config", path, "--json"}, args...), nil, &out, &errOut); code != exitOK {
			t.Fatalf("%v: exit code %d: %s", args, code, errOut.String())
		}
		return out.String()
	}
	say := func(args ...string) string { return run("backtest", args...) }
	kept := filepath.Join(folder, "kept.jsonl")
	stored := say("--save-readings", kept)
	if !strings.Contains(stored, `"rule":"turn","actor":"Acme","voice":"any","direction":-1`) || strings.Count(stored, `"rule"`) != 1 {
		t.Errorf("one episode was to be found: %s", stored)
	}
	if again := say("--readings", kept); again != stored {
		t.Errorf("kept readings give\n%s\nthe store gave\n%s", again, stored)
	}
	if named := say("--store", db, "--to", "2026-03-10"); !strings.HasPrefix(named, `{"episodes":[],`) {
		t.Errorf("nothing was to be found before the turn: %s", named)
	}
	for at, want := range map[string]string{
		"": `"verdict":"unknown"`, // now, long after
		begin.Add(55 * 6 * time.Hour).Format(time.RFC3339): `"rule":"turn","actor":"Acme","verdict":"fires"`,
		begin.AddDate(0, 0, 11).Format(time.DateOnly):      `"verdict":"silent"`,
		begin.AddDate(0, 0, -1).Format(time.DateOnly):      `"short":[{"name":"stories"`,
	} {
		if why := run("explain", "--rules", "--at="+at); !strings.Contains(why, want) {
			t.Errorf("explain --rules --at %q gave %s, want %s", at, why, want)
		}
	}
}
