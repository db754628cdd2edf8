package monitor_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/monitor"
)

// monday is hour zero of the tests.
var monday = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

func hour(h float64) time.Time { return monday.Add(time.Duration(h * float64(time.Hour))) }

// shiftRule looks at 6 hours against the 48 before, wants 3 stories of 2
// outlets, and lasts 2 hours before firing, 3 before ending.
func shiftRule() monitor.Rule {
	return monitor.Rule{
		Name: "turn", Toward: []string{"*"}, Voice: monitor.AnyVoice,
		Shift:  &monitor.ShiftRule{By: 0.3, Sigma: 3},
		Window: 6 * time.Hour, Baseline: 48 * time.Hour, Stories: 3, Outlets: 2,
		For: 2 * time.Hour, KeepFiringFor: 3 * time.Hour, Rearm: 0.1,
	}
}

// reading is a story of an outlet at an hour.
func reading(h float64, outlet string, tone float64) monitor.Reading {
	return monitor.Reading{
		Actor: "Acme", Voice: monitor.AnyVoice, Outlet: outlet, At: hour(h), Tone: tone,
		Story:  monitor.Story{Title: fmt.Sprintf("story of hour %g", h)},
		Quotes: []monitor.Quote{{Sentence: "Acme did.", End: 4, Tone: tone}},
	}
}

// hourly is two outlets publishing every hour of [from, to).
func hourly(from, to int, tone float64) (list []monitor.Reading) {
	for h := from; h < to; h++ {
		list = append(list, reading(float64(h), "Alpha", tone+0.05), reading(float64(h)+0.5, "Beta", tone-0.05))
	}
	return list
}

// life replays readings and writes down what receivers would hear.
func life(r monitor.Rule, readings []monitor.Reading) (heard []string) {
	replay := monitor.NewReplay([]monitor.Rule{r})
	for _, reading := range readings {
		for _, e := range replay.Observe([]monitor.Reading{reading}, reading.At) {
			what := string(e.Phase)
			if e.Worse == e.Revision {
				what = "worse"
			}
			heard = append(heard, fmt.Sprintf("%g %s %+d", moment(e).Sub(monday).Hours(), what, e.Direction))
		}
	}
	return heard
}

// moment is when the change came that an episode is told for.
func moment(e monitor.Episode) time.Time {
	if e.Worse == e.Revision {
		return e.Last.At
	}
	return e.Since
}

func TestEpisodeLife(t *testing.T) {
	t.Parallel()
	quiet := hourly(0, 60, 0.2)
	cases := []struct {
		name     string
		rule     func(*monitor.Rule)
		readings []monitor.Reading
		want     []string
	}{
		{name: "steady tone is never told", readings: hourly(0, 120, 0.2)},
		{
			name:     "a lasting shift fires after For and ends after KeepFiringFor",
			readings: join(quiet, hourly(60, 72, -0.6), hourly(72, 140, 0.2)),
			want:     []string{"65 firing -1", "75.5 easing -1", "78.5 quiet -1"},
		},
		{
			name:     "a shift upward has direction +1",
			readings: join(quiet, hourly(60, 70, 0.9)),
			want:     []string{"65 firing +1"},
		},
		{
			name:     "a shift shorter than For is never told",
			readings: join(quiet, hourly(60, 63, -0.3), hourly(63, 120, 0.3)),
		},
		{
			name:     "a gap neither fires nor resolves",
			readings: join(quiet, hourly(60, 68, -0.6), []monitor.Reading{reading(90, "Alpha", 0.2), reading(100, "Beta", 0.2)}),
			want:     []string{"65 firing -1"},
		},
		{
			name:     "one outlet alone is no evidence",
			readings: join(quiet, only(hourly(60, 80, -0.9), "Alpha")),
		},
		{
			name:     "backfill teaches the baseline and is no evidence",
			readings: join(quiet, backfill(hourly(60, 80, -0.9))),
		},
		{
			name:     "a shift that grows by the threshold once more is told as worse, once a step",
			readings: join(quiet, hourly(60, 69, -0.3), hourly(69, 90, -0.9)),
			want:     []string{"65 firing -1", "72 worse -1"},
		},
		{
			name:     "a shift that grows by less is not",
			readings: join(quiet, hourly(60, 72, -0.3), hourly(72, 84, -0.45)),
			want:     []string{"65 firing -1"},
		},
		{
			name: "a level grows worse by a quarter of what is left of the scale",
			rule: func(r *monitor.Rule) {
				r.Shift, r.Level, r.Baseline = nil, &monitor.LevelRule{Line: -0.2, Below: true}, 0
			},
			readings: join(quiet, hourly(60, 72, -0.3), hourly(72, 90, -0.55)),
			want:     []string{"66 firing -1", "76 worse -1"},
		},
		{
			name: "a level is told when crossed and ends beyond the hysteresis",
			rule: func(r *monitor.Rule) {
				r.Shift, r.Level, r.Baseline = nil, &monitor.LevelRule{Line: -0.3, Below: true}, 0
			},
			readings: join(quiet, hourly(60, 72, -0.6), hourly(72, 90, 0.2)),
			want:     []string{"65 firing -1", "74.5 easing -1", "77.5 quiet -1"},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := shiftRule()
			if c.rule != nil {
				c.rule(&r)
			}
			if diff := cmp.Diff(c.want, life(r, c.readings)); diff != "" {
				t.Errorf("told (-want +got):\n%s", diff)
			}
		})
	}
}

func join(lists ...[]monitor.Reading) (all []monitor.Reading) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

func only(list []monitor.Reading, outlet string) (kept []monitor.Reading) {
	for _, r := range list {
		if r.Outlet == outlet {
			kept = append(kept, r)
		}
	}
	return kept
}

func backfill(list []monitor.Reading) []monitor.Reading {
	for i := range list {
		list[i].Backfill = true
	}
	return list
}
