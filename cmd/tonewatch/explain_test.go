package main

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"tonewatch/monitor"
	"tonewatch/monitor/store"
	"tonewatch/scoring"
)

// Rules are measured as of now, and a store without a story is said to be that.
func TestExplainRulesMeasuresNow(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path, db := filepath.Join(folder, "tonewatch.yaml"), filepath.Join(folder, "tonewatch.db")
	must(t, os.WriteFile(path, fmt.Appendf(nil, "store: {path: %q}\nactors: [{name: Acme}]\nrules: [{name: turn, toward: [Acme], shift: {by: 0.3}}]\n", db), 0o600))
	open, err := store.Open(t.Context(), store.Options{Path: db, Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	must(t, open.Close())
	line := func(at time.Time) string {
		return "Acme, rule \"turn\": unknown on " + at.UTC().Format("2 Jan 15:04") + ": no stories"
	}
	before := line(time.Now())
	code, out, errOut := runMain(t, "explain", "--rules", "--config", path)
	if code != 0 || !strings.HasPrefix(out, before) && !strings.HasPrefix(out, line(time.Now())) {
		t.Errorf("code %d, %q, want 0 and %q", code, out, before)
	}
	if want := "the history has no story about an actor of the configuration\n"; errOut != want {
		t.Errorf("it says %q, want %q", errOut, want)
	}
}

// The hours since the daemon stopped are missed, too.
func TestExplainRulesKnowsThatTheDaemonIsOff(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path, db := filepath.Join(folder, "tonewatch.yaml"), filepath.Join(folder, "tonewatch.db")
	must(t, os.WriteFile(path, fmt.Appendf(nil, "store: {path: %q}\nactors: [{name: Acme}]\nrules: [{name: silence, toward: [Acme], volume: {by: 0.5, fewer: true, window: 24h}}]\n", db), 0o600))
	s, err := store.Open(t.Context(), store.Options{Path: db, Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	at := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	must(t, s.SyncFeeds(t.Context(), []monitor.Feed{{URL: "https://a.org/feed", Every: "@hourly"}}, at))
	feeds, err := s.Feeds(t.Context())
	must(t, err)
	feed := feeds[0]
	feed.Tried, feed.Succeeded, feed.Next = at, at, at.Add(time.Hour)
	_, _, err = s.SavePoll(t.Context(), feed, nil)
	must(t, err)
	_, err = s.Sweep(t.Context(), at)
	must(t, err)
	must(t, s.Close())
	code, out, errOut := runMain(t, "explain", "--rules", "--json", "--config", path, "--at", at.Add(10*time.Hour).Format(time.RFC3339))
	if want := `"missed":9`; code != 0 || !strings.Contains(out, want) {
		t.Errorf("code %d, %s%s, want 0 and %s", code, out, errOut, want)
	}
}

// What an article would do to a terminal does not reach it.
func TestExplainPrintsNothingThatSteersATerminal(t *testing.T) {
	t.Parallel()
	const sentence = "Acme\x1b[31m is\twonderful,\nsays\u202e Brick\x08."
	spanOf := func(word string) scoring.Span {
		at := strings.Index(sentence, word)
		return scoring.Span{Start: at, End: at + len(word)}
	}
	e := explanation{Sentence: sentence, target: spanOf("Brick"), weights: []scoring.Weight{{Word: spanOf("wonderful"), Moved: 0.5}}}
	if diff := cmp.Diff("Acme[31m is wonderful{+0.50}, says [Brick].", e.marked(false)); diff != "" {
		t.Errorf("sentence (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff("Acme[31m is \x1b[1m\x1b[33mwonderful\x1b[0m, says [Brick].", e.marked(true)); diff != "" {
		t.Errorf("sentence in colours (-want +got):\n%s", diff)
	}

	var out strings.Builder
	mention := found{
		Actor: "Brick", Kind: scoring.KindTitle, Sure: 0.9,
		part: part{Text: "the\x1b[2J\nmason", span: span{Start: 7}}, From: &part{Text: "Br\u200bick"},
	}
	if err := printMentions(&out, []found{mention}); err != nil {
		t.Fatal(err)
	}
	const want = "AT  MENTION       ACTOR  KIND   SURE\n7   the[2J mason  Brick  title  0.90  leans on \"Brick\" at 0\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("mentions (-want +got):\n%s", diff)
	}
	if strings.ContainsFunc(strings.ReplaceAll(out.String(), "\n", ""), unicode.IsControl) {
		t.Errorf("control characters in %q", out.String())
	}
}
