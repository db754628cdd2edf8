package monitor_test

import (
	"math"
	"testing"
	"time"

	"tonewatch/monitor"
)

// measured adds readings to a series and measures it as shiftRule does.
func measured(readings []monitor.Reading, at time.Time) monitor.Shift {
	s := monitor.NewSeries(nil)
	for _, r := range readings {
		s.Add(r)
	}
	return monitor.Measure(s, shiftRule(), at)
}

func TestMeasureSplitsToneFromMix(t *testing.T) {
	t.Parallel()
	warm := func(h float64) monitor.Reading { return reading(h, "Friendly", 0.6) }
	cold := func(h float64) monitor.Reading { return reading(h, "Critical", -0.4) }
	var before []monitor.Reading
	for h := 0.0; h < 48; h++ {
		before = append(before, warm(h), warm(h+0.2), warm(h+0.4), cold(h+0.6))
	}
	var mix, tone []monitor.Reading
	for h := 48.0; h < 54; h++ {
		mix = append(mix, warm(h), cold(h+0.2), cold(h+0.4), cold(h+0.6))
		tone = append(tone, reading(h, "Friendly", 0.1), reading(h+0.2, "Friendly", 0.1),
			reading(h+0.4, "Friendly", 0.1), reading(h+0.6, "Critical", -0.9))
	}
	t.Run("other outlets speak", func(t *testing.T) {
		t.Parallel()
		got := measured(join(before, mix), hour(53.9))
		near(t, "size", got.Size, 0, 0.02)
		near(t, "mix", got.Mix, -0.5, 0.02)
		near(t, "recent-baseline", got.Recent-got.Baseline, got.Size+got.Mix, 1e-9)
	})
	t.Run("the same outlets turn", func(t *testing.T) {
		t.Parallel()
		got := measured(join(before, tone), hour(53.9))
		near(t, "size", got.Size, -0.5, 0.02)
		near(t, "mix", got.Mix, 0, 0.02)
		if got.Sigma() > -10 {
			t.Errorf("sigma = %.1f, want a clear shift", got.Sigma())
		}
		if got.Stories != 24 || got.Outlets != 2 || got.Before != 192 {
			t.Errorf("evidence = %d stories of %d outlets against %d, want 24 of 2 against 192", got.Stories, got.Outlets, got.Before)
		}
	})
}

func TestMeasureBelievesFewStoriesLittle(t *testing.T) {
	t.Parallel()
	before := hourly(0, 48, 0.2)
	few := measured(join(before, []monitor.Reading{reading(49, "Alpha", -0.5), reading(50, "Beta", -0.5)}), hour(53.9))
	many := measured(join(before, hourly(48, 54, -0.5)), hour(53.9))
	near(t, "size of few", few.Size, many.Size, 0.05)
	if few.Error < 2*many.Error {
		t.Errorf("error of 2 stories = %.3f, of 12 = %.3f; want the first at least twice as large", few.Error, many.Error)
	}
}

func TestExpectShrinksOutlets(t *testing.T) {
	t.Parallel()
	sum := func(tones ...float64) (s monitor.Sum) {
		for _, tone := range tones {
			s = s.Add(tone)
		}
		return s
	}
	many := monitor.Sum{}
	for i := range 100 {
		many = many.Plus(sum(-0.5 + 0.1*float64(i%3-1)))
	}
	b := monitor.NewBaseline([]monitor.OutletSum{
		{Outlet: "four", Sum: sum(0.2, 0.3, 0.1, 0.2)}, {Outlet: "often", Sum: many},
		{Outlet: "once", Sum: sum(0.9)}, {Outlet: "twice", Sum: sum(0.1, 0.3)},
	})
	often, _ := b.Expect(many)
	once, onceVariance := b.Expect(sum(0.9))
	never, neverVariance := b.Expect(monitor.Sum{})
	near(t, "an outlet of a hundred stories", often, -0.5, 0.02)
	if once <= never || once >= 0.9 {
		t.Errorf("an outlet of one story is expected at %.2f, want between the unknown outlet's %.2f and its own 0.9", once, never)
	}
	if onceVariance >= neverVariance {
		t.Errorf("variance of an outlet seen once = %.3f, never = %.3f; want it smaller", onceVariance, neverVariance)
	}
}

func TestMeasureOfNothing(t *testing.T) {
	t.Parallel()
	for name, readings := range map[string][]monitor.Reading{
		"no readings": nil, "only old ones": hourly(0, 10, 0.5), "only recent ones": hourly(48, 54, 0.5),
	} {
		got := measured(readings, hour(53.9))
		for _, v := range []float64{got.Size, got.Mix, got.Error, got.Sigma(), got.Recent, got.Baseline} {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Errorf("%s: %+v holds a number that is none", name, got)
			}
		}
	}
}

// The order in which readings come must not matter, nor when.
func TestSeriesIsOrderFree(t *testing.T) {
	t.Parallel()
	readings := hourly(0, 54, 0.1)
	forward := measured(readings, hour(53.9))
	var backward []monitor.Reading
	for i := len(readings) - 1; i >= 0; i-- {
		backward = append(backward, readings[i])
	}
	if got := measured(backward, hour(53.9)); math.Abs(got.Size-forward.Size) > 1e-12 || got.Stories != forward.Stories {
		t.Errorf("backward %+v, forward %+v", got, forward)
	}
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.Abs(got-want) > within {
		t.Errorf("%s = %.4f, want %.4f +- %g", what, got, want, within)
	}
}
