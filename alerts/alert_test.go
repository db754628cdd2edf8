package alerts_test

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"tonewatch/alerts"
	"tonewatch/alerts/alertstest"
	"tonewatch/monitor"
)

func TestHeadline(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"colder":          "▼ North Korea: tone fell by 0.39 (+0.16 → −0.23) in 24 h",
		"warmer":          "▲ North Korea: tone rose by 0.33 (−0.02 → +0.31) in 24 h",
		"easing":          "▽ North Korea: tone is easing back (shift now −0.08, at its peak −0.39)",
		"over":            "✓ North Korea: tone recovered after 9 h (at its peak −0.39)",
		"budget":          "▼ North Korea: tone fell by 0.39 (+0.16 → −0.23) in 24 h",
		"budget-unlearnt": "▼ North Korea: tone fell by 0.39 (+0.16 → −0.23) in 24 h",
		"level-easing":    "▽ North Korea: tone is easing back (at −0.28, line −0.40)",
		"drift":           "▼ North Korea: tone has drifted 0.18 colder since 22 February (+0.16 → −0.02)",
		"drift-easing":    "▽ North Korea: tone is easing back (drift now −0.08, at its peak −0.18)",
		"drift-over":      "✓ North Korea: tone recovered after 9 h (at its peak −0.18)",
		"volume":          "▲ North Korea: 41 stories in 24 h, 12 expected",
		"volume-easing":   "△ North Korea: stories are easing back (14 in 24 h, 12 expected, peak 41)",
		"volume-over":     "✓ North Korea: stories are back to normal after 9 h (14 in 24 h, peak 41)",
		"fewer":           "▼ North Korea: only 2 stories in 24 h, 12 expected",
		"fewer-over":      "✓ North Korea: stories are back to normal after 9 h (14 in 24 h, low 2)",
		"split":           "◆ North Korea: the outlets and South Korea part ways, the former turning 0.35 colder in 3 d",
		"split-easing":    "◇ North Korea: the outlets and South Korea are closing the gap (now 0.08, peak 0.35)",
		"split-over":      "✓ North Korea: the outlets and South Korea are in step again after 9 h (peak 0.35)",
		"level":           "▼ North Korea: tone at −0.52 (line −0.40) over 3 d",
		"level-over":      "✓ North Korea: tone back above −0.40 after 9 h",
		"one-voice":       "▼ North Korea: tone voiced by South Korea fell by 0.39 (+0.16 → −0.23) in 24 h",
		"own-voice":       "▼ North Korea: tone of the outlets themselves fell by 0.39 (+0.16 → −0.23) in 24 h",
		"no-evidence":     "▼ North Korea: tone fell by 0.39 (+0.16 → −0.23) in 24 h",
		"rule-gone":       "✓ North Korea: tone recovered after 9 h (at its peak −0.39)",
		"withdrawn":       "■ North Korea: closed after 9 h, as no configured rule watches it any more",
		"no-chart":        "▼ North Korea: tone fell by 0.39 (+0.16 → −0.23) in 24 h",
		"called":          "▼ North Korea: tone fell by 0.39 (+0.16 → −0.23) in 24 h",
		"signed":          "▼ North Korea: tone fell by 0.39 (+0.16 → −0.23) in 24 h",
		"remarked":        "▽ North Korea: tone is easing back (shift now −0.08, at its peak −0.39)",
		"remarked-over":   "✓ North Korea: tone recovered after 9 h (at its peak −0.39)",
	}
	got := make(map[string]string)
	for _, c := range alertstest.Cases() {
		got[c.Name] = c.Alert.Headline()
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("headlines (-want +got):\n%s", diff)
	}
}

func TestHeadlineWithoutItsRuleNamesNoWindow(t *testing.T) {
	t.Parallel()
	a := alertstest.Example()
	a.Rule = monitor.Rule{}
	if got, want := a.Headline(), "▼ North Korea: tone fell by 0.39 (+0.16 → −0.23)"; got != want {
		t.Errorf("headline %q, want %q", got, want)
	}
}

func TestHeadlineOfLongNamesKeepsTheFigures(t *testing.T) {
	t.Parallel()
	for _, c := range alertstest.Cases() {
		c.Alert.Episode.Actor = strings.Repeat("Ministry of Silence ", 20)
		c.Alert.Episode.Voice = strings.Repeat("Office of Whispers ", 20)
		if c.Alert.Rule.Split != nil {
			c.Alert.Rule.Split.Between = [2]monitor.Side{{Voice: c.Alert.Episode.Voice}, {Outlets: strings.Fields(c.Alert.Episode.Actor)}}
		}
		got := c.Alert.Headline()
		if n := utf8.RuneCountInString(got); n > 150 {
			t.Errorf("%s: %d characters, want at most 150: %q", c.Name, n, got)
		}
		if !strings.ContainsAny(got, "0123456789") {
			t.Errorf("%s: no figure left in %q", c.Name, got)
		}
	}
}

func TestSpoken(t *testing.T) {
	t.Parallel()
	const evidence = " Most moving: “Talks in Geneva collapse after two missiles fall into the sea”, The Ledger."
	want := map[string]string{
		"colder": "North Korea: tone fell by 0.39, from plus 0.16 to minus 0.23, in 24 hours. 12 stories from 5 outlets." + evidence + " Rule: sharp turn.",
		"easing": "North Korea: tone is easing back, shift now minus 0.08, at its peak minus 0.39. 10 stories from 4 outlets." + evidence + " Rule: sharp turn.",
		"over":   "North Korea: tone recovered after 9 hours, at its peak minus 0.39. 10 stories from 4 outlets." + evidence + " Rule: sharp turn.",
		"drift":  "North Korea: tone has drifted 0.18 colder since 22 February, from plus 0.16 to minus 0.02. 61 stories from 9 outlets." + evidence + " Rule: slow chill.",
		"volume": "North Korea: 41 stories in 24 hours, 12 expected." + evidence + " Rule: in the spotlight.",
		"split":  "North Korea: the outlets and South Korea part ways, the former turning 0.35 colder in 3 days. At least 31 stories from 7 outlets on each side." + evidence + " Rule: out of step.",
		"level":  "North Korea: tone at minus 0.52, line minus 0.40, over 3 days. 12 stories from 5 outlets." + evidence + " Rule: harsh.",
	}
	for _, c := range alertstest.Cases() {
		got := c.Alert.Spoken()
		if w, ok := want[c.Name]; ok && got != w {
			t.Errorf("%s:\n got %q\nwant %q", c.Name, got, w)
		}
		if strings.ContainsAny(got, "+−→▼▲▽△◆◇✓σ×%") {
			t.Errorf("%s: signs that do not read aloud in %q", c.Name, got)
		}
	}
}

func TestFields(t *testing.T) {
	t.Parallel()
	tests := map[string][]alerts.Field{
		"colder": {
			{Name: "Now", Value: "−0.23"},
			{Name: "Baseline", Value: "+0.18 over 140 stories"},
			{Name: "Mix effect", Value: "−0.02"},
			{Name: "Size", Value: "−0.39 (95% interval −0.57 to −0.21; fires at 0.25, ends below 0.10)"},
			{Name: "Sigma", Value: "4.2 (fires at 3.0)"},
			{Name: "Stories", Value: "12 from 5 outlets (at least 8 from 3)"},
			{Name: "Fired", Value: "4 Mar 2026 13:05 UTC"},
			{Name: "Rule", Value: "sharp turn: 24 h against 28 d before, any voice"},
		},
		"drift": {
			{Name: "Now", Value: "−0.02"},
			{Name: "Baseline", Value: "+0.17 over 140 stories"},
			{Name: "Mix effect", Value: "−0.01"},
			{Name: "Size", Value: "−0.18 (95% interval −0.25 to −0.11; fires at 0.10, ends below 0.05)"},
			{Name: "Sigma", Value: "5.1 (fires at 4.0)"},
			{Name: "Bursts", Value: "error widened ×1.1, as stories come in bursts"},
			{Name: "Stories", Value: "61 from 9 outlets (at least 8 from 3)"},
			{Name: "Fired", Value: "4 Mar 2026 13:05 UTC"},
			{Name: "Rule", Value: "slow chill: drift within 14 d, against 28 d before, any voice"},
		},
		"volume": {
			{Name: "Size", Value: "+242% (95% interval +154% to +330%; fires at 100%, ends below 50%)"},
			{Name: "Sigma", Value: "5.3 (fires at 4.0)"},
			{Name: "Bursts", Value: "error widened ×1.6, as stories come in bursts"},
			{Name: "Stories", Value: "41, 12 expected (at least 8)"},
			{Name: "Fired", Value: "4 Mar 2026 13:05 UTC"},
			{Name: "Rule", Value: "in the spotlight: stories of 24 h against the same hours in 28 d before, any voice"},
		},
		"fewer-over": {
			{Name: "Size", Value: "+17% (95% interval −42% to +76%; fires at 60%, ends below 30%)"},
			{Name: "Sigma", Value: "0.6 (fires at 2.5)"},
			{Name: "Bursts", Value: "error widened ×1.6, as stories come in bursts"},
			{Name: "Stories", Value: "14, 12 expected (at least 8 expected)"},
			{Name: "Peak", Value: "−84%, 2 stories"},
			{Name: "Fired", Value: "4 Mar 2026 13:05 UTC, for 9 h"},
			{Name: "Rule", Value: "out of sight: stories of 24 h against the same hours in 28 d before, any voice"},
		},
		"split": {
			{Name: "Now", Value: "−0.30"},
			{Name: "Baseline", Value: "+0.05 over 260 stories"},
			{Name: "Mix effect", Value: "0.00"},
			{Name: "Size", Value: "−0.35 (95% interval −0.53 to −0.17; fires at 0.30, ends below 0.15)"},
			{Name: "Sigma", Value: "3.9 (fires at 3.0)"},
			{Name: "Stories", Value: "31 from 7 outlets on the side with less (at least 8 from 1)"},
			{Name: "Fired", Value: "4 Mar 2026 13:05 UTC"},
			{Name: "Rule", Value: "out of step: the outlets minus South Korea, 3 d against 28 d before"},
		},
		"level-over": {
			{Name: "Now", Value: "−0.21 (fires below −0.40, ends above −0.30)"},
			{Name: "Stories", Value: "12 from 5 outlets (at least 8 from 3)"},
			{Name: "Peak", Value: "−0.52"},
			{Name: "Fired", Value: "4 Mar 2026 13:05 UTC, for 9 h"},
			{Name: "Rule", Value: "harsh: mean of 3 d, any voice"},
		},
		"rule-gone": {
			{Name: "Now", Value: "+0.10"},
			{Name: "Baseline", Value: "+0.18 over 140 stories"},
			{Name: "Mix effect", Value: "0.00"},
			{Name: "Size", Value: "−0.08 (95% interval −0.26 to +0.10)"},
			{Name: "Sigma", Value: "0.9"},
			{Name: "Stories", Value: "10 from 4 outlets"},
			{Name: "Peak", Value: "−0.39"},
			{Name: "Fired", Value: "4 Mar 2026 13:05 UTC, for 9 h"},
			{Name: "Rule", Value: "sharp turn (no longer configured), any voice"},
		},
	}
	for _, c := range alertstest.Cases() {
		got := c.Alert.Fields()
		if len(got) > 10 {
			t.Errorf("%s: %d fields, want at most 10", c.Name, len(got))
		}
		if want, ok := tests[c.Name]; ok {
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.Name, diff)
			}
		}
	}
}

func TestFieldsSayThatOnlyTheNamedCount(t *testing.T) {
	t.Parallel()
	a := alertstest.Example()
	a.Rule.Named = true
	fields := a.Fields()
	want := alerts.Field{Name: "Rule", Value: "sharp turn: 24 h against 28 d before, any voice, only mentions by name"}
	if got := fields[len(fields)-1]; got != want {
		t.Errorf("field %q, want %q", got, want)
	}
}

// The limit is the learnt one where there is one, and else says why not.
func TestSigmaSaysWhereItsLimitIsFrom(t *testing.T) {
	t.Parallel()
	year := monitor.Budget{Alarms: 2.5, Per: 365 * 24 * time.Hour}
	quarter := monitor.Budget{Alarms: 1, Per: 90 * 24 * time.Hour}
	for _, c := range []struct {
		name   string
		budget monitor.Budget
		limit  *monitor.Limit
		want   string
	}{
		{"no budget", monitor.Budget{}, nil, "4.2 (fires at 3.0)"},
		{"learnt", quarter, &monitor.Limit{Sigma: 3.42, Days: 84}, "4.2 (fires at 3.4, learnt from 84 days for 1 false alarm in 90 days)"},
		{"of more alarms", year, &monitor.Limit{Sigma: 2, Days: 1}, "4.2 (fires at 2.0, learnt from 1 day for 2.5 false alarms in 365 days)"},
		{"too little history", quarter, &monitor.Limit{Sigma: 3.4, Problem: "only 9 of 42 days of history"}, "4.2 (fires at 3.0; budget not yet learnt: only 9 of 42 days of history)"},
		{"a strange problem", quarter, &monitor.Limit{Problem: "a\nb\x1b[2J" + strings.Repeat("c", 200)}, "4.2 (fires at 3.0; budget not yet learnt: a b[2J" + strings.Repeat("c", 113) + "…)"},
		{"a budget given since", quarter, nil, "4.2 (fires at 3.0)"},
		{"a budget taken away since", monitor.Budget{}, &monitor.Limit{Sigma: 3.4, Days: 84}, "4.2 (fires at 3.0)"},
	} {
		a := alertstest.Example()
		a.Rule.Budget, a.Episode.Limit = c.budget, c.limit
		got := ""
		for _, f := range a.Fields() {
			if f.Name == "Sigma" {
				got = f.Value
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// What a shift holds tells its kind where the rule is no longer configured.
func TestHeadlineWithoutItsRuleIsOfItsKind(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"volume":      "▲ North Korea: 41 stories, 12 expected",
		"volume-over": "✓ North Korea: stories are back to normal after 9 h (14, peak 41)",
		"drift":       "▼ North Korea: tone has drifted 0.18 colder since 22 February (+0.16 → −0.02)",
		"split":       "▼ North Korea: tone fell by 0.35 (+0.05 → −0.30)",
	}
	for _, c := range alertstest.Cases() {
		c.Alert.Rule = monitor.Rule{}
		if got, known := c.Alert.Headline(), want[c.Name]; known != "" && got != known {
			t.Errorf("%s: %q, want %q", c.Name, got, known)
		}
		if fields := c.Alert.Fields(); !strings.Contains(fields[len(fields)-1].Value, "(no longer configured)") {
			t.Errorf("%s: the rule is %q, want it gone", c.Name, fields[len(fields)-1].Value)
		}
	}
}

func TestSidesHaveNames(t *testing.T) {
	t.Parallel()
	for want, side := range map[string]monitor.Side{
		"all voices":            {Voice: monitor.AnyVoice},
		"the outlets":           {Voice: monitor.OwnVoice},
		"South Korea":           {Voice: "South Korea"},
		"Meridian":              {Voice: monitor.AnyVoice, Outlets: []string{"Meridian"}},
		"Meridian, Ledger":      {Voice: monitor.AnyVoice, Outlets: []string{"Meridian", "Ledger"}},
		"narration of Meridian": {Voice: monitor.OwnVoice, Outlets: []string{"Meridian"}},
		"Kim in Meridian":       {Voice: "Kim", Outlets: []string{"Meridian"}},
	} {
		a := alertstest.Example()
		a.Rule = monitor.Rule{Split: &monitor.SplitRule{Between: [2]monitor.Side{side, {Voice: "Kim"}}}}
		if got := a.Headline(); !strings.Contains(got, ": "+want+" and Kim part ways") {
			t.Errorf("headline %q, want %q in it", got, want)
		}
	}
}

func TestOnlyToneLeans(t *testing.T) {
	t.Parallel()
	want := map[string]int{"colder": -1, "warmer": 1, "level": -1, "drift": -1, "volume": 0, "fewer": 0, "split": 0}
	for _, c := range alertstest.Cases() {
		if lean, known := want[c.Name]; known && c.Alert.Lean() != lean {
			t.Errorf("%s leans %d, want %d", c.Name, c.Alert.Lean(), lean)
		}
	}
}

func TestPrintedFiguresAddUp(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		s := monitor.Shift{
			Baseline: rng.Float64()*2 - 1, Size: rng.Float64()*2 - 1, Mix: rng.Float64()*0.4 - 0.2,
			Error: 0.1, Stories: 10, Outlets: 3, Before: 20,
		}
		s.Recent = s.Baseline + s.Mix + s.Size
		a := alertstest.Example()
		a.Episode.Last = s
		printed := make(map[string]float64)
		for _, f := range a.Fields() {
			number, _, _ := strings.Cut(strings.Replace(f.Value, "−", "-", 1), " ")
			if v, err := strconv.ParseFloat(number, 64); err == nil {
				printed[f.Name] = v
			}
		}
		sum := printed["Baseline"] + printed["Mix effect"] + printed["Size"]
		if math.Abs(printed["Now"]-sum) > 1e-9 {
			t.Fatalf("now %v is not the sum of baseline, mix effect and size: %v", printed["Now"], printed)
		}
		if math.Abs(printed["Mix effect"]-s.Mix) > 0.0151 {
			t.Fatalf("mix effect printed as %v is %v", printed["Mix effect"], s.Mix)
		}
	}
}

func TestDurationsAreReadable(t *testing.T) {
	t.Parallel()
	tests := map[time.Duration]string{
		20 * time.Second: "after under a minute",
		45 * time.Minute: "after 45 min",
		time.Hour:        "after 1 h",
		90 * time.Minute: "after 90 min",
		9*time.Hour + 4*time.Minute + 10*time.Second: "after 9 h",
		48 * time.Hour:                  "after 2 d",
		60 * time.Hour:                  "after 60 h",
		12*24*time.Hour + 7*time.Hour:   "after 12 d",
		-time.Minute:                    "after under a minute",
		time.Hour + 29*time.Second:      "after 1 h",
		4*24*time.Hour + 30*time.Second: "after 4 d",
		2*24*time.Hour + 10*time.Second: "after 2 d",
	}
	for d, want := range tests {
		a := alertstest.Example()
		a.Episode.Phase, a.Episode.Ended = monitor.Quiet, a.Episode.Fired.Add(d)
		if got := a.Headline(); !strings.Contains(got, want+" (") {
			t.Errorf("%v: %q, want %q in it", d, got, want)
		}
	}
}
