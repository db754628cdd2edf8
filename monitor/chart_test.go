package monitor_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/monitor"
)

// points are those of a chart in words: the hour of the end, values, stories.
func points(c monitor.Chart) (list []string) {
	for _, p := range c.Points {
		var values []float64
		for _, v := range p.Values {
			values = append(values, math.Round(v*100)/100)
		}
		list = append(list, fmt.Sprintf("%g %v %d", p.At.Sub(monday).Hours(), values, p.Stories))
	}
	return list
}

// fires is the first episode that a rule tells of.
func fires(t *testing.T, r monitor.Rule, readings []monitor.Reading) monitor.Episode {
	t.Helper()
	told := episodesOf(r, readings)
	if len(told) == 0 || told[0].Phase != monitor.Firing {
		t.Fatalf("told %+v, want an episode that fires", told)
	}
	return told[0]
}

func TestChartOfAShift(t *testing.T) {
	t.Parallel()
	readings := append(backfill(hourly(0, 6, 0.2)), hourly(6, 30, 0.4)...)
	readings = append(readings, hourly(39, 50, 0.4)...) // a gap of more than a point
	readings = append(readings, hourly(50, 56, -0.5)...)
	c := fires(t, shiftRule(), readings).Chart
	want := []string{
		"8 [0.27] 12", // in part backfill
		"14 [0.4] 12", "20 [0.4] 12", "26 [0.4] 12", "32 [0.4] 8", "44 [0.4] 10", "50 [0.4] 12", "56 [-0.5] 11",
	}
	if diff := cmp.Diff(want, points(c)); diff != "" {
		t.Errorf("points (-want +got):\n%s", diff)
	}
	if c.Span != 6*time.Hour {
		t.Errorf("a point covers %v, want the window of 6 h", c.Span)
	}
	if want := (8*0.2 + 70*0.4) / 78; math.Abs(c.Baseline-want) > 1e-6 {
		t.Errorf("baseline %g, want %g, the mean of its 78 stories, backfill and all", c.Baseline, want)
	}
}

func TestChartSpan(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for window, want := range map[time.Duration]time.Duration{
		time.Hour: time.Hour, 12 * time.Hour: 12 * time.Hour, day: day, 3 * day: day, 10 * day: day,
		14 * day: 2 * day, 30 * day: 3 * day,
	} {
		r := monitor.Rule{
			Name: "turn", Toward: []string{"*"}, Voice: monitor.AnyVoice, Shift: &monitor.ShiftRule{By: 0.05, Sigma: 0.1},
			Window: window, Baseline: 30 * day, Stories: 1, Outlets: 1,
		}
		var readings []monitor.Reading
		for h := 0; h < 64*24; h++ {
			tone := 0.5
			if h >= 62*24 {
				tone = -0.9
			}
			readings = append(readings, reading(float64(h), "Alpha", tone))
		}
		c := fires(t, r, readings).Chart
		most := min(20, int((window+r.Baseline)/want))
		if c.Span != want || len(c.Points) != most {
			t.Errorf("window %v: %d points of %v, want %d of %v", window, len(c.Points), c.Span, most, want)
		}
	}
}

func TestChartOfASplitHasTwoLines(t *testing.T) {
	t.Parallel()
	c := fires(t, splitRule(), twoSides(turning(0.5, -0.3), steady(0.1))).Chart
	first, last := c.Points[0], c.Points[len(c.Points)-1]
	if len(c.Points) != 20 || len(first.Values) != 2 || math.Abs(first.Values[0]-0.5) > 0.05 || math.Abs(first.Values[1]-0.1) > 0.05 {
		t.Errorf("%d points, the first %+v, want 20 from +0.5 and +0.1", len(c.Points), first)
	}
	if last.Values[0] > 0.3 || math.Abs(last.Values[1]-0.1) > 0.1 {
		t.Errorf("last point %+v, want the first side fallen, the second as it was", last)
	}
}

func TestChartOfAVolumeKeepsEmptyPoints(t *testing.T) {
	t.Parallel()
	r := monitor.Rule{
		Name: "spotlight", Toward: []string{"*"}, Voice: monitor.AnyVoice, Volume: &monitor.VolumeRule{By: 1, Sigma: 3},
		Window: 24 * time.Hour, Baseline: 14 * 24 * time.Hour, Stories: 3, Outlets: 1, Rearm: 0.5,
	}
	readings := backfill([]monitor.Reading{reading(1, "Alpha", 0)})
	for d := range 20 {
		if d == 10 {
			continue
		}
		for i := range 3 {
			readings = append(readings, reading(float64(24*d+8+i), "Alpha", 0.1))
		}
	}
	for i := range 20 {
		readings = append(readings, reading(24*20+float64(i)/2, "Alpha", 0.1))
	}
	c := fires(t, r, readings).Chart
	got := points(c)
	want := map[int]string{0: "149 [3] 3", 5: "269 [0] 0", 14: "485 [12] 12"} // day 10 is empty
	for i, point := range want {
		if len(got) != 15 || got[i] != point {
			t.Fatalf("points %q, want 15 and number %d to be %q", got, i, point)
		}
	}
	if want := 13 * 3.0 / 14; math.Abs(c.Baseline-want) > 1e-9 {
		t.Errorf("expected %g a day, want %g", c.Baseline, want)
	}
}

func TestChartOfALevelSpreadsItsWindow(t *testing.T) {
	t.Parallel()
	r := monitor.Rule{
		Name: "harsh", Toward: []string{"*"}, Voice: monitor.AnyVoice, Level: &monitor.LevelRule{Line: -0.4, Below: true},
		Window: 72 * time.Hour, Stories: 10, Outlets: 2, Rearm: 0.1,
	}
	c := fires(t, r, append(hourly(0, 100, -0.2), hourly(100, 200, -0.9)...)).Chart
	if c.Span != 8*time.Hour || len(c.Points) != 9 || c.Baseline != -0.4 {
		t.Errorf("%d points of %v against %v, want 9 of 8 h against the line at -0.4", len(c.Points), c.Span, c.Baseline)
	}
}

func TestChartIsDrawnAnewWhenItIsOver(t *testing.T) {
	t.Parallel()
	readings := append(hourly(0, 50, 0.4), hourly(50, 58, -0.5)...)
	told := episodesOf(shiftRule(), append(readings, hourly(58, 90, 0.4)...))
	if len(told) < 3 || told[len(told)-1].Phase != monitor.Quiet {
		t.Fatalf("told %d, want an episode that ends", len(told))
	}
	first, last := told[0].Chart.Points, told[len(told)-1].Chart.Points
	if diff := cmp.Diff(first[len(first)-1].At, last[len(last)-1].At); diff == "" {
		t.Error("the chart ends where it ended when the episode fired")
	}
}
