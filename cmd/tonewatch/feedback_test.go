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

	"github.com/google/go-cmp/cmp"

	"tonewatch/configs"
	"tonewatch/monitor"
	"tonewatch/monitor/store"
)

// marked is a configuration with a store in which two stories of one alert, and
// one of a rule that is gone since, were called wrong.
func markedStore(t *testing.T) (config, db string) {
	t.Helper()
	folder := t.TempDir()
	config, db = filepath.Join(folder, "tonewatch.yaml"), filepath.Join(folder, "tonewatch.db")
	must(t, os.WriteFile(config, fmt.Appendf(nil, "store: {path: %q}\nactors: [{name: Acme}]\nrules: [{name: turn, toward: ['*'], voice: outlets, shift: {by: 0.4}}]\n", db), 0o600))
	s, err := store.Open(t.Context(), store.Options{Path: db, Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	defer func() { must(t, s.Close()) }()
	fired := time.Date(2026, 3, 4, 13, 5, 7, 80e6, time.UTC)
	must(t, s.SyncActors(t.Context(), []string{"Acme"}, fired))
	for _, rule := range []string{"turn", "gone"} {
		e := monitor.Episode{Rule: rule, Actor: "Acme", Voice: monitor.OwnVoice, Phase: monitor.Firing, Since: fired, Fired: fired, Revision: 1}
		must(t, s.SaveDetection(t.Context(), "Acme", monitor.Detection{Moves: []monitor.Move{{After: e}}}))
	}
	for i, a := range []monitor.Act{
		{Episode: 1, Kind: monitor.ActWrong, Story: "Acme & co <grow>", Link: "https://e.org/1", Label: "neutral", Note: "a quote"},
		{Episode: 1, Kind: monitor.ActWrong, Story: "Another", Label: "positive"},
		{Episode: 1, Kind: monitor.ActAcknowledge},
		{Episode: 2, Kind: monitor.ActWrong, Label: "negative"},
	} {
		a.Ref, a.By, a.Actor = fmt.Sprint(i), "U1", "Acme"
		_, err := s.SaveAct(t.Context(), a, nil)
		must(t, err)
	}
	return config, db
}

func runMain(t *testing.T, args ...string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	code = Main(t.Context(), args, strings.NewReader(""), &o, &e)
	return code, o.String(), e.String()
}

func TestFeedbackExport(t *testing.T) {
	t.Parallel()
	path, db := markedStore(t)
	lines := []string{
		`{"rule":"turn","actor":"Acme","voice":"outlets","at":"2026-03-04T13:05:07Z","verdict":"wrong","note":"a quote","story":"Acme & co <grow>","link":"https://e.org/1","label":"neutral"}`,
		`{"rule":"turn","actor":"Acme","voice":"outlets","at":"2026-03-04T13:05:07Z","verdict":"wrong","note":"","story":"Another","label":"positive"}`,
		`{"rule":"gone","actor":"Acme","voice":"outlets","at":"2026-03-04T13:05:07Z","verdict":"wrong","note":"","label":"negative"}`,
	}
	want := strings.Join(lines, "\n") + "\n"
	for _, args := range [][]string{{"--config", path}, {"--store", db}, {"--store", db, "--jsonl"}} {
		code, out, errOut := runMain(t, append([]string{"feedback", "export"}, args...)...)
		if diff := cmp.Diff(want, out); diff != "" || code != 0 || errOut != "" {
			t.Errorf("%v: code %d, %s, (-want +got):\n%s", args, code, errOut, diff)
		}
	}
	if _, out, _ := runMain(t, "feedback", "export", "--store", db, "--json"); out != "["+strings.Join(lines, ",")+"]\n" {
		t.Errorf("JSON %s, want a list of the three", out)
	}
	if code, _, errOut := runMain(t, "feedback", "export", "--store", db+"x"); code != 1 || !strings.Contains(errOut, "is not there: run tonewatch first") {
		t.Errorf("code %d, %q; want that there is no store", code, errOut)
	}

	// What is exported is what tune reads; the rule that is gone apart.
	config, err := configs.Load(path)
	must(t, err)
	file := filepath.Join(t.TempDir(), "feedback.jsonl")
	must(t, os.WriteFile(file, []byte(strings.Join(lines[:2], "\n")), 0o600))
	read, err := readFeedback(file, config)
	must(t, err)
	if l := read[0].label; len(read) != 2 || l.Right || *l.Voice != monitor.OwnVoice || !l.At.Equal(time.Date(2026, 3, 4, 13, 5, 7, 0, time.UTC)) || read[0].Story != "Acme & co <grow>" {
		t.Errorf("read %+v", read)
	}
}

// Of one alert there is one label, from the file if it has one.
func TestStoredFeedbackCountsOnce(t *testing.T) {
	t.Parallel()
	path, db := markedStore(t)
	config, err := configs.Load(path)
	must(t, err)
	stored, err := storedFeedback(t.Context(), db)
	must(t, err)
	file := filepath.Join(t.TempDir(), "feedback.jsonl")
	must(t, os.WriteFile(file, []byte(`{"rule":"turn","actor":"Acme","at":"2026-03-04T13:05:07Z","verdict":"right"}`), 0o600))
	right, err := readFeedback(file, config)
	must(t, err)
	for name, c := range map[string]struct {
		labels []feedback
		want   []string
	}{"store alone": {nil, []string{"wrong"}}, "with a label of it": {right, []string{"right"}}} {
		var errOut bytes.Buffer
		var got []string
		for _, l := range withStored(c.labels, stored, config, &errOut) {
			got = append(got, l.Verdict)
		}
		if diff := cmp.Diff(c.want, got); diff != "" || errOut.String() != "left out: 1 marks in the store of rules or actors that the configuration has not\n" {
			t.Errorf("%s: %s, (-want +got):\n%s", name, errOut.String(), diff)
		}
	}
}

// A sharp turn that somebody called wrong: tune, on that store, counts it, and
// not when it is told to leave it out, or replays a file.
func TestTuneCountsStoredFeedback(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path, db := filepath.Join(folder, "tonewatch.yaml"), filepath.Join(folder, "tonewatch.db")
	must(t, os.WriteFile(path, fmt.Appendf(nil, "store: {path: %q}\nactors: [{name: Acme}]\nrules: [{name: turn, toward: [Acme], shift: {by: 0.3, stories: 4, outlets: 1, window: 24h, baseline: 14d}}]\n", db), 0o600))
	start := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	s, err := store.Open(t.Context(), store.Options{Path: db, Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	must(t, s.SyncFeeds(t.Context(), []monitor.Feed{{URL: "https://e.org/feed", Outlet: "E", Every: "@hourly"}}, start))
	must(t, s.SyncActors(t.Context(), []string{"Acme"}, start))
	fired := start.AddDate(0, 0, 40)
	for i := range 50 * 6 { // a story every four hours
		at := start.Add(time.Duration(i) * 4 * time.Hour)
		tone := 0.2 + 0.1*float64(i%3)
		if !at.Before(fired) && at.Before(fired.AddDate(0, 0, 2)) {
			tone = -0.8
		}
		article := monitor.Article{ID: int64(i + 1), Feed: 1, Key: fmt.Sprint(i), Outlet: "E", Title: fmt.Sprint("Story ", i), Published: at, Seen: at}
		_, _, err := s.SavePoll(t.Context(), monitor.Feed{ID: 1}, []monitor.Article{article})
		must(t, err)
		must(t, s.SaveRead(t.Context(), monitor.Read{
			Article: article, Text: fmt.Sprint("text ", i), Sketch: monitor.NewSketch("", "", "", fmt.Sprint("text ", i)), At: at,
			Readings: []monitor.Reading{{Actor: "Acme", Voice: monitor.AnyVoice, Outlet: "E", At: at, Tone: tone, Quotes: []monitor.Quote{}}},
		}))
	}
	e := monitor.Episode{Rule: "turn", Actor: "Acme", Voice: monitor.AnyVoice, Phase: monitor.Firing, Since: fired.Add(12 * time.Hour), Fired: fired.Add(12 * time.Hour), Revision: 1}
	must(t, s.SaveDetection(t.Context(), "Acme", monitor.Detection{Moves: []monitor.Move{{After: e}}}))
	_, err = s.SaveAct(t.Context(), monitor.Act{Ref: "1", Episode: 1, Actor: "Acme", Kind: monitor.ActWrong, Label: "neutral"}, nil)
	must(t, err)
	must(t, s.Close())
	for want, more := range map[string][]string{`"wrong":{"labels":1,"now":1,`: nil, `"wrong":{"labels":0,"now":0,`: {"--no-stored-feedback"}} {
		code, out, errOut := runMain(t, append([]string{"tune", "--config", path, "--alerts-per-week", "3", "--json"}, more...)...)
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("%v: code %d, %s\n%s\nwant %s", more, code, errOut, out, want)
		}
	}
}
