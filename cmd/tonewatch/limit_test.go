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

	"tonewatch/configs"
	"tonewatch/monitor"
	"tonewatch/monitor/store"
)

// A check reads the limits beside a daemon that has the store open, and knows
// those of a rule that has changed since.
func TestCheckShowsTheLimitsThatStand(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path, db := filepath.Join(folder, "tonewatch.yaml"), filepath.Join(folder, "tonewatch.db")
	now := time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)
	const rules = "[{name: turn, toward: [Acme, Krone], shift: {by: 0.4, false_alarms: 1 per 90d}}, {name: frost, toward: ['*'], level: {below: -0.5}}]"
	expect := func(when, rules string, want ...string) {
		t.Helper()
		text := fmt.Sprintf("store: {path: %q}\nfeeds: [{url: 'https://e.org/feed'}]\nactors: [{name: Acme}, {name: Brick}, {name: Krone}]\nrules: %s\n", db, rules)
		must(t, os.WriteFile(path, []byte(text), 0o600))
		report, err := checkConfig(t.Context(), path, now)
		must(t, err)
		var out strings.Builder
		must(t, printLimits(&out, report.limits))
		var got []string
		for line := range strings.Lines(out.String()) {
			if line = strings.TrimSpace(line); line != "" {
				got = append(got, line)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", when, diff)
		}
	}
	expect("without a store", rules,
		"RULE  ACTOR  FIRES AT SIGMA  LIMIT",
		"turn  Acme   3.0             not yet learnt: there is no store yet",
		"turn  Krone  3.0             not yet learnt: there is no store yet")
	expect("without a budget", "[{name: turn, toward: ['*'], shift: {by: 0.4}}]")

	s, err := store.Open(t.Context(), store.Options{Path: db, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }})
	must(t, err)
	defer func() { must(t, s.Close()) }()
	must(t, s.SyncActors(t.Context(), []string{"Acme", "Krone"}, now))
	expect("before the daemon has looked", rules,
		"RULE  ACTOR  FIRES AT SIGMA  LIMIT",
		"turn  Acme   3.0             not yet learnt: the daemon has not looked at this rule as it now is",
		"turn  Krone  3.0             not yet learnt: the daemon has not looked at this rule as it now is")

	config, err := configs.Load(path)
	must(t, err)
	detector := &monitor.Detector{Store: s, Rules: rulesOf(config), Log: slog.New(slog.DiscardHandler)}
	for id := range int64(2) {
		must(t, detector.Detect(t.Context(), monitor.Job{Subject: 1 + id, Now: now}))
	}
	limits, err := s.Limits(t.Context(), "Acme")
	must(t, err)
	limits[0].Limit = monitor.Limit{Sigma: 3.42, Days: 84, Learned: time.Date(2026, 3, 16, 0, 0, 0, 0, time.UTC)}
	must(t, s.SaveDetection(t.Context(), "Acme", monitor.Detection{Limits: limits}))
	krone, err := s.Limits(t.Context(), "Krone")
	must(t, err)
	if krone[0].Limit.Problem == "" {
		t.Fatalf("a limit was learnt from nothing: %+v", krone[0])
	}
	expect("with history for one of two", rules,
		"RULE  ACTOR  FIRES AT SIGMA  LIMIT",
		"turn  Acme   3.4             learnt from 84 days to 16 Mar 2026 for 1 false alarm in 90 days",
		"turn  Krone  3.0             not yet learnt: "+krone[0].Limit.Problem)
	expect("with another rule of the same name", "[{name: turn, toward: [Acme], shift: {by: 0.5, sigma: 2, false_alarms: 1 per 90d}}]",
		"RULE  ACTOR  FIRES AT SIGMA  LIMIT",
		"turn  Acme   2.0             not yet learnt: the daemon has not looked at this rule as it now is")
}

func TestCheckWarnsOfALimitThatIsNeverLearnt(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "tonewatch.yaml")
	const text = `store: {path: %q, keep: {series: %s}}
feeds: [{url: 'https://e.org/feed'}]
actors: [{name: Acme}]
rules: [{name: turn, toward: ['*'], shift: {by: 0.4, false_alarms: 1 per 90d, baseline: %s}}]
`
	for _, c := range []struct{ series, baseline, want string }{
		{"5y", "90d", ""},
		{"5y", "91d", `4:68: no limit is ever learnt: window and baseline need 184d of history, and no more than 26w is looked at`},
		{"50d", "28d", `4:68: no limit is ever learnt: window and baseline need 58d of history, and no more than 50d is looked at`},
	} {
		must(t, os.WriteFile(path, fmt.Appendf(nil, text, filepath.Join(folder, "none.db"), c.series, c.baseline), 0o600))
		report, err := checkConfig(t.Context(), path, time.Now())
		must(t, err)
		var got []string
		for _, w := range report.warnings {
			got = append(got, strings.TrimPrefix(w.Error(), path+":"))
		}
		if strings.Join(got, "\n") != c.want {
			t.Errorf("baseline %s: %q, want %q", c.baseline, got, c.want)
		}
	}
}
