package alerts_test

import (
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"tonewatch/alerts"
	"tonewatch/alerts/alertstest"
	"tonewatch/monitor"
)

func TestChart(t *testing.T) {
	t.Parallel()
	got, ok := alertstest.Example().Chart()
	want := alerts.Chart{
		Title: "Tone toward North Korea, by day", Unit: "tone",
		Labels: []string{"25 Feb", "26 Feb", "28 Feb", "1 Mar", "2 Mar", "3 Mar", "4 Mar"},
		Lines: []alerts.Line{
			{Name: "tone", Values: []float64{0.21, 0.15, 0.12, 0.19, 0.17, 0.05, -0.23}},
			{Name: "baseline", Flat: true, Values: []float64{0.18, 0.18, 0.18, 0.18, 0.18, 0.18, 0.18}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" || !ok {
		t.Errorf("chart, %v (-want +got):\n%s", ok, diff)
	}
	if got, want := got.Bars(got.Lines[0]), "█▇▇█▇▅▁"; got != want {
		t.Errorf("bars %q, want %q", got, want)
	}
}

func TestChartSpoken(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"colder": "Tone toward North Korea, by day, from 25 Feb to 4 Mar; tone between minus 0.23 and plus 0.21, at last minus 0.23; baseline plus 0.18.",
		"level":  "Tone toward North Korea, every 8 h, from 1 Mar 22:00 to 4 Mar 14:00; tone between minus 0.71 and minus 0.31, at last minus 0.69; line minus 0.40.",
		"volume": "Stories about North Korea, by day, from 25 Feb to 4 Mar; stories between 0 and 41, at last 41; expected 12.",
		"split": "Tone toward North Korea, by day, from 25 Feb to 4 Mar; the outlets between minus 0.22 and plus 0.21, at last minus 0.22; " +
			"South Korea between plus 0.08 and plus 0.14, at last plus 0.08.",
	}
	for _, c := range alertstest.Cases() {
		if chart, _ := c.Alert.Chart(); want[c.Name] != "" && chart.Spoken() != want[c.Name] {
			t.Errorf("%s:\n got %q\nwant %q", c.Name, chart.Spoken(), want[c.Name])
		}
	}
}

func TestNoChart(t *testing.T) {
	t.Parallel()
	one := alertstest.Example()
	one.Episode.Chart.Points = one.Episode.Chart.Points[:1]
	var split alerts.Alert
	for _, c := range alertstest.Cases() {
		if c.Name == "split" {
			split = c.Alert
		}
	}
	split.Rule = alertstest.Example().Rule // what was a split is a shift now
	for name, a := range map[string]alerts.Alert{"of one point": one, "of another kind of rule": split} {
		if c, ok := a.Chart(); ok {
			t.Errorf("%s: a chart %+v", name, c)
		}
	}
}

// TestChartFitsADrawing holds every chart to what Slack takes.
func TestChartFitsADrawing(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	long := strings.Repeat("Ministry of Silence ", 20)
	for _, c := range alertstest.Cases() {
		a := c.Alert
		a.Episode.Actor = long
		if a.Rule.Split != nil {
			a.Rule.Split = &monitor.SplitRule{Between: [2]monitor.Side{{Voice: long + "1"}, {Voice: long + "2"}}}
		}
		for _, span := range []time.Duration{time.Hour, 7 * time.Hour, day, 14 * day, 37 * day} {
			for i := range a.Episode.Chart.Points {
				a.Episode.Chart.Points[i].At = a.Episode.Fired.Add(time.Duration(i) * span)
			}
			a.Episode.Chart.Span = span
			chart, ok := a.Chart()
			if !ok {
				if c.Name != "no-chart" {
					t.Errorf("%s: no chart", c.Name)
				}
				continue
			}
			texts := append([]string{chart.Lines[0].Name, chart.Lines[1].Name}, chart.Labels...)
			seen := make(map[string]bool)
			for _, text := range texts {
				if n := utf8.RuneCountInString(text); n == 0 || n > 20 || seen[text] {
					t.Errorf("%s, points of %v: name %q, want 1 to 20 characters and no two alike", c.Name, span, text)
				}
				seen[text] = true
			}
			if n := utf8.RuneCountInString(chart.Title); n > 50 {
				t.Errorf("%s: title of %d characters, want at most 50: %q", c.Name, n, chart.Title)
			}
			for _, l := range chart.Lines {
				for _, v := range l.Values {
					if math.IsNaN(v) || len(l.Values) != len(chart.Labels) {
						t.Errorf("%s: values %v for %d labels", c.Name, l.Values, len(chart.Labels))
					}
				}
			}
		}
	}
}
