package monitor_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/monitor"
)

// The saddle point against the sum of the probabilities.
func TestCountQuantile(t *testing.T) {
	t.Parallel()
	for _, mean := range []float64{1, 6, 40} {
		for _, scatter := range []float64{1e-6, 0.1, 0.5} {
			lower := 0.0
			for x := range 120 {
				p := math.Exp(logNegativeBinomial(x, mean, scatter))
				lower += p
				middle := lower - p/2
				if middle < 1e-9 || middle > 1-1e-9 {
					continue
				}
				want := math.Sqrt2 * math.Erfinv(2*middle-1)
				near(t, fmt.Sprintf("%d stories of %g, scatter %g", x, mean, scatter), monitor.CountQuantile(float64(x), mean, scatter), want, 0.07)
			}
		}
	}
	for _, x := range []float64{0, 1, 1e6} {
		if got := monitor.CountQuantile(x, 5000, 1e-6); math.Abs(got) != 38 {
			t.Errorf("%g stories of 5000: %g sigma, want the most there is, 38", x, got)
		}
	}
}

func logNegativeBinomial(x int, mean, scatter float64) float64 {
	r := 1 / scatter
	a, _ := math.Lgamma(float64(x) + r)
	b, _ := math.Lgamma(r)
	c, _ := math.Lgamma(float64(x) + 1)
	return a - b - c - r*math.Log1p(mean/r) + float64(x)*(math.Log(mean/r)-math.Log1p(mean/r))
}

// weekly is stories on the hour from nine to five, and on weekends only at
// noon, plus extra ones from an hour on.
func weekly(days int, extra func(h int) int) (list []monitor.Reading) {
	for h := range days * 24 {
		n := 0
		switch of := h % 24; {
		case h/24%7 < 5 && of >= 9 && of < 17:
			n = 2
		case h/24%7 >= 5 && of == 12:
			n = 3
		}
		for i := range max(0, n+extra(h)) {
			list = append(list, reading(float64(h)+float64(i)/100, fmt.Sprint("outlet ", i%4), 0))
		}
	}
	return list
}

// hours are those from one to before another.
func hours(from, to int) (list []time.Time) {
	for h := from; h < to; h++ {
		list = append(list, hour(float64(h)))
	}
	return list
}

func volumeRule(fewer bool) monitor.Rule {
	r := usual()[3]
	r.Volume = &monitor.VolumeRule{By: 0.8, Sigma: 3, Fewer: fewer}
	r.For, r.Rearm, r.Stories, r.Outlets = 0, 0.4, 4, 2
	if fewer {
		r.Volume.By = 0.6
	}
	return r
}

func TestVolume(t *testing.T) {
	t.Parallel()
	none := func(int) int { return 0 }
	burst := func(h int) int {
		if h >= 44*24 && h < 44*24+20 {
			return 2
		}
		return 0
	}
	hush := func(h int) int {
		if h >= 44*24 {
			return -9
		}
		return 0
	}
	for _, c := range []struct {
		name     string
		rule     monitor.Rule
		readings []monitor.Reading
		missed   []time.Time
		want     []string
	}{
		{name: "neither days nor nights nor weekends are news", rule: volumeRule(false), readings: weekly(70, none)},
		{name: "nor are they silence", rule: volumeRule(true), readings: weekly(70, none)},
		{
			name: "twice the stories are told", rule: volumeRule(false), readings: weekly(47, burst),
			want: []string{"d44h7 firing +1", "d45h16 quiet +1"},
		},
		{
			name: "silence is told by the clock", rule: volumeRule(true),
			readings: join(weekly(47, hush), []monitor.Reading{reading(47*24, "outlet 0", 0)}),
			want:     []string{"d44h15 firing -1"},
		},
		{
			name: "silence while nobody watched is not told", rule: volumeRule(true),
			readings: join(weekly(47, hush), []monitor.Reading{reading(47*24, "outlet 0", 0)}), missed: hours(44*24, 47*24),
		},
		{
			name: "nor is it until the window was watched again", rule: volumeRule(true), missed: hours(44*24+12, 44*24+15),
			readings: join(weekly(47, hush), []monitor.Reading{reading(47*24, "outlet 0", 0)}),
			want:     []string{"d45h12 firing -1"},
		},
		{
			name: "two hours are borne", rule: volumeRule(true), missed: hours(44*24+12, 44*24+14),
			readings: join(weekly(47, hush), []monitor.Reading{reading(47*24, "outlet 0", 0)}),
			want:     []string{"d44h15 firing -1"},
		},
		{
			name: "more stories than expected are so whoever watched", rule: volumeRule(false), readings: weekly(47, burst), missed: hours(44*24, 45*24),
			want: []string{"d44h7 firing +1", "d45h16 quiet +1"},
		},
		{name: "what a feed still held is not counted", rule: volumeRule(false), readings: join(weekly(44, none), backfill(weekly(46, burst)[len(weekly(44, none)):]))},
		{name: "a young series expects nothing", rule: volumeRule(false), readings: weekly(46, burst)[len(weekly(33, none)):]},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			replay := monitor.NewReplay([]monitor.Rule{c.rule})
			replay.Missed(c.missed)
			var got []string
			for _, r := range c.readings {
				for _, e := range replay.Observe([]monitor.Reading{r}, r.At) {
					if e.Worse == e.Revision {
						continue // its growth is not what is looked at here
					}
					h := int(e.Since.Sub(monday).Hours())
					got = append(got, fmt.Sprintf("d%dh%d %s %+d", h/24, h%24, e.Phase, e.Direction))
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("told (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("the hours of the week are expected", func(t *testing.T) {
		t.Parallel()
		s := monitor.NewSeries(nil)
		for _, r := range weekly(51, none) {
			s.Add(r)
		}
		for day, want := range map[int]float64{0: 16, 5: 3, 6: 3} {
			got := monitor.Measure(s, volumeRule(false), hour(float64((42+day)*24)).Add(24*time.Hour-time.Second))
			near(t, fmt.Sprintf("expected on day %d", day), got.Expected, want, 1)
			near(t, fmt.Sprintf("sigma on day %d", day), got.Sigma(), 0, 0.5)
		}
	})
}
