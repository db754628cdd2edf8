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
		"colder":      "▼ North Korea: tone fell by 0.39 (+0.16 → −0.23) in 24 h",
		"warmer":      "▲ North Korea: tone rose by 0.33 (−0.02 → +0.31) in 24 h",
		"easing":      "▽ North Korea: tone is easing back (shift now −0.08, at its peak −0.39)",
		"over":        "✓ North Korea: tone recovered after 9 h (at its peak −0.39)",
		"level":       "▼ North Korea: tone at −0.52 (line −0.40) over 3 d",
		"level-over":  "✓ North Korea: tone back above −0.40 after 9 h",
		"one-voice":   "▼ North Korea: tone voiced by South Korea fell by 0.39 (+0.16 → −0.23) in 24 h",
		"own-voice":   "▼ North Korea: tone of the outlets themselves fell by 0.39 (+0.16 → −0.23) in 24 h",
		"no-evidence": "▼ North Korea: tone fell by 0.39 (+0.16 → −0.23) in 24 h",
		"rule-gone":   "✓ North Korea: tone recovered after 9 h (at its peak −0.39)",
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
		"level":  "North Korea: tone at minus 0.52, line minus 0.40, over 3 days. 12 stories from 5 outlets." + evidence + " Rule: harsh.",
	}
	for _, c := range alertstest.Cases() {
		got := c.Alert.Spoken()
		if w, ok := want[c.Name]; ok && got != w {
			t.Errorf("%s:\n got %q\nwant %q", c.Name, got, w)
		}
		if strings.ContainsAny(got, "+−→▼▲▽△✓σ") {
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
			{Name: "Size", Value: "−0.39 (fires at 0.25, ends below 0.10)"},
			{Name: "Sigma", Value: "4.2 (fires at 3.0)"},
			{Name: "Stories", Value: "12 (at least 8)"},
			{Name: "Outlets", Value: "5 (at least 3)"},
			{Name: "Fired", Value: "4 Mar 2026 13:05 UTC"},
			{Name: "Rule", Value: "sharp turn: 24 h against 28 d before, any voice"},
		},
		"level-over": {
			{Name: "Now", Value: "−0.21 (fires below −0.40, ends above −0.30)"},
			{Name: "Stories", Value: "12 (at least 8)"},
			{Name: "Outlets", Value: "5 (at least 3)"},
			{Name: "Peak", Value: "−0.52"},
			{Name: "Fired", Value: "4 Mar 2026 13:05 UTC, for 9 h"},
			{Name: "Rule", Value: "harsh: mean of 3 d, any voice"},
		},
		"rule-gone": {
			{Name: "Now", Value: "+0.10"},
			{Name: "Baseline", Value: "+0.18 over 140 stories"},
			{Name: "Mix effect", Value: "0.00"},
			{Name: "Size", Value: "−0.08"},
			{Name: "Sigma", Value: "0.9"},
			{Name: "Stories", Value: "10"},
			{Name: "Outlets", Value: "4"},
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
