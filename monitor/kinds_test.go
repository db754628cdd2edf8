package monitor_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/monitor"
)

// turn is the hour at which twoSides may turn.
const turn = 240

// twoSides is Alpha and Beta against Gamma and Delta, each with a story an hour
// until some hours after turn.
func twoSides(first, second func(h int) float64) (list []monitor.Reading) {
	for h := range turn + 10 {
		wave := 0.1 * float64(h%5-2)
		for i, outlet := range []string{"Alpha", "Beta", "Gamma", "Delta"} {
			tone := first(h)
			if i >= 2 {
				tone = second(h)
			}
			list = append(list, reading(float64(h)+float64(i)/10, outlet, tone+wave))
		}
	}
	return list
}

func steady(tone float64) func(int) float64 { return func(int) float64 { return tone } }

func turning(before, after float64) func(int) float64 {
	return func(h int) float64 {
		if h < turn {
			return before
		}
		return after
	}
}

func splitRule() monitor.Rule {
	r := shiftRule()
	r.Shift, r.For, r.Window, r.Baseline = nil, 0, 12*time.Hour, 10*24*time.Hour
	r.Split = &monitor.SplitRule{By: 0.3, Sigma: 3, Between: [2]monitor.Side{
		{Voice: monitor.AnyVoice, Outlets: []string{"Alpha", "Beta"}},
		{Voice: monitor.AnyVoice, Outlets: []string{"Gamma", "Delta"}},
	}}
	return r
}

func TestSplit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		readings  []monitor.Reading
		want      bool
		direction int
	}{
		{name: "sides that always differed are no split", readings: twoSides(steady(0.5), steady(-0.5))},
		{name: "nor are sides that move together", readings: twoSides(turning(0.5, 0), turning(-0.2, -0.7))},
		{name: "the first side grows colder", readings: twoSides(turning(0.5, -0.3), steady(0.5)), want: true, direction: -1},
		{name: "the second side grows colder", readings: twoSides(steady(0.5), turning(0.5, -0.3)), want: true, direction: +1},
		{name: "one side silent is no evidence", readings: only(twoSides(turning(0.5, -0.3), steady(0.5)), "Alpha")},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			told := episodesOf(splitRule(), c.readings)
			if !c.want {
				if len(told) > 0 {
					t.Errorf("told %+v", told)
				}
				return
			}
			told = slices.DeleteFunc(told, func(e monitor.Episode) bool { return e.Worse > 0 })
			if len(told) != 1 || told[0].Direction != c.direction {
				t.Fatalf("told %+v, want one episode of direction %+d", told, c.direction)
			}
			last := told[0].Last
			near(t, "recent-baseline", last.Recent-last.Baseline, last.Size+last.Mix, 1e-9)
			moved := "Alpha Beta"
			if c.direction > 0 {
				moved = "Gamma Delta"
			}
			if first := told[0].Evidence[0]; !strings.Contains(moved, first.Outlet) || first.Moved*float64(c.direction) <= 0 {
				t.Errorf("first evidence %+v, want a story of %s that moved the split its way", first, moved)
			}
		})
	}
}

func episodesOf(r monitor.Rule, readings []monitor.Reading) (told []monitor.Episode) {
	replay := monitor.NewReplay([]monitor.Rule{r})
	for _, reading := range readings {
		told = append(told, replay.Observe([]monitor.Reading{reading}, reading.At)...)
	}
	return told
}

func driftRule() monitor.Rule {
	r := usual()[2]
	r.Stories, r.Outlets, r.For, r.Rearm = 12, 3, 0, 0.05
	return r
}

// creep is 20 stories a day about 0.1, and from a day on colder by a little.
func creep(days, start int, by float64) []monitor.Reading {
	rng := rand.New(rand.NewPCG(3, 3))
	list := calm(9, days, 20)
	for i := range list {
		if list[i].Voice != monitor.AnyVoice {
			continue
		}
		list[i].Tone = 0.1 + 0.2*rng.NormFloat64()
		if day := int(list[i].At.Sub(monday).Hours()) / 24; day >= start {
			list[i].Tone -= by
		}
		list[i].Tone = max(-1, min(1, list[i].Tone))
	}
	return slices.DeleteFunc(list, func(r monitor.Reading) bool { return r.Voice != monitor.AnyVoice })
}

func TestDrift(t *testing.T) {
	t.Parallel()
	const start = 50
	if told := episodesOf(driftRule(), creep(140, 140, 0)); len(told) > 0 {
		t.Errorf("with nothing happening told %+v", told[0])
	}
	readings := creep(75, start, 0.12)
	day := usual()[0]
	day.Shift = &monitor.ShiftRule{By: 0.25, Sigma: 3}
	if told := episodesOf(day, readings); len(told) > 0 {
		t.Fatal("a shift of a day shows it too, which proves nothing of drift")
	}
	told := episodesOf(driftRule(), readings)
	if len(told) == 0 || told[0].Phase != monitor.Firing || told[0].Direction != -1 {
		t.Fatalf("told %+v, want a drift to colder", told)
	}
	fired := told[0]
	delay := fired.Fired.Sub(hour(start*24)).Hours() / 24
	dated := fired.Last.Since.Sub(hour(start*24)).Hours() / 24
	if delay < 0 || delay > 10 || dated < -3 || dated > 3 {
		t.Errorf("fired %.1f days after the change and dated it %+.1f days off; want within 10 and 3", delay, dated)
	}
	near(t, "size", fired.Last.Size, -0.12, 0.06)
	for _, e := range fired.Evidence {
		if e.At.Before(fired.Last.Since) || e.Moved > 0 {
			t.Errorf("evidence %+v is from before %v or speaks against", e, fired.Last.Since)
		}
	}
}

func TestCoolDown(t *testing.T) {
	t.Parallel()
	r := shiftRule()
	turn := join(hourly(0, 60, 0.2), hourly(60, 67, -0.6), hourly(67, 125, 0.2), hourly(125, 145, -0.6))
	warm := life(r, turn)
	want := []string{"65 firing -1", "71 easing -1", "74 quiet -1", "130 firing -1"}
	if diff := cmp.Diff(want, warm); diff != "" {
		t.Fatalf("without a cool-down told (-want +got):\n%s", diff)
	}
	r.CoolDown = 60*time.Hour + 15*time.Minute
	want[3] = "134.25 firing -1" // by the clock alone, between two stories
	if diff := cmp.Diff(want, life(r, turn)); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

func TestEvidenceOfAVolumeIsWhatIsPrintedMost(t *testing.T) {
	t.Parallel()
	readings := weekly(45, func(h int) int {
		if h >= 44*24 {
			return 2
		}
		return 0
	})
	for i := range readings {
		readings[i].Story.Copies = i % 7
	}
	told := episodesOf(volumeRule(false), readings)
	if len(told) == 0 {
		t.Fatal("nothing told")
	}
	order := slices.IsSortedFunc(told[0].Evidence, func(a, b monitor.Evidence) int {
		if a.Copies != b.Copies {
			return b.Copies - a.Copies
		}
		return b.At.Compare(a.At)
	})
	if e := told[0].Evidence; !order || len(e) == 0 || e[0].Copies != 6 || e[0].Moved <= 0 {
		t.Errorf("evidence %+v, want the stories with most copies first", e)
	}
}

// What rolls on must be what adding up all buckets gives.
func TestMeasureIsTheSumOfTheBuckets(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(11, 1))
	s, r := monitor.NewSeries(nil), usual()[0]
	for n, reading := range news(5, 50) {
		switch rng.IntN(40) {
		case 0: // corrected: a bucket is gone, or another's
			buckets := slices.Collect(s.Buckets())
			if len(buckets) > 0 {
				b := buckets[rng.IntN(len(buckets))]
				b.Sum, b.Named = monitor.Sum{}.Add(rng.Float64()), monitor.Sum{}
				if rng.IntN(2) == 0 {
					b.Sum = monitor.Sum{}
				}
				s.Put(b)
			}
		case 1:
			s.Drop(reading.At.Add(-29*24*time.Hour - 13*time.Hour))
		}
		s.Add(reading)
		at := reading.At.Add(time.Duration(rng.IntN(3000)-600) * time.Minute) // back in time, too
		got := monitor.Measure(s, r, at)
		end := at.Truncate(time.Hour).Add(time.Hour)
		begin := end.Add(-r.Window)
		before := s.Outlets(monitor.View{Voice: r.Voice, Backfill: true}, begin.Add(-r.Baseline), begin)
		b := monitor.NewBaseline(before)
		var all monitor.Sum
		var expected float64
		recent := s.Outlets(monitor.View{Voice: r.Voice}, begin, end)
		for _, o := range recent {
			var own monitor.Sum
			for _, p := range before {
				if p.Outlet == o.Outlet {
					own = p.Sum
				}
			}
			tone, _ := b.Expect(own)
			all = all.Plus(o.Sum)
			expected += tone * float64(o.N)
		}
		if got.Stories != all.N || got.Outlets != len(recent) || got.Before != b.Stories {
			t.Fatalf("reading %d: %d stories of %d outlets against %d, want %d of %d against %d", n, got.Stories, got.Outlets, got.Before, all.N, len(recent), b.Stories)
		}
		near(t, fmt.Sprintf("reading %d: recent", n), got.Recent, all.Mean(), 1e-9)
		if all.N > 0 {
			near(t, fmt.Sprintf("reading %d: size", n), got.Size, all.Mean()-expected/float64(all.N), 1e-9)
		}
	}
}

// Many actors in one replay hear what each would hear in its own.
func TestReplayKeepsActorsApart(t *testing.T) {
	t.Parallel()
	rules := kinds()
	var all []monitor.Reading
	want := make(map[string][]string)
	line := func(e monitor.Episode) string {
		return fmt.Sprintf("%s %s %s %+d %.6f", e.Since.Format(time.RFC3339), e.Rule, e.Phase, e.Direction, e.Last.Size)
	}
	for i := range 6 {
		actor := fmt.Sprint("actor ", i)
		list := news(uint64(20+i), 45)
		replay := monitor.NewReplay(rules)
		slices.SortStableFunc(list, func(a, b monitor.Reading) int { return a.At.Compare(b.At) })
		for j := range list {
			list[j].Actor = actor
			for _, e := range replay.Observe(list[j:j+1], list[j].At) {
				want[actor] = append(want[actor], line(e))
			}
		}
		for _, e := range replay.Advance(hour(50 * 24)) {
			want[actor] = append(want[actor], line(e))
		}
		all = append(all, list...)
	}
	slices.SortStableFunc(all, func(a, b monitor.Reading) int { return a.At.Compare(b.At) })
	got := make(map[string][]string)
	replay := monitor.NewReplay(rules)
	var told []monitor.Episode
	for j := range all {
		told = append(told, replay.Observe(all[j:j+1], all[j].At)...)
	}
	told = append(told, replay.Advance(hour(50*24))...)
	if !slices.IsSortedFunc(told, func(a, b monitor.Episode) int { return moment(a).Compare(moment(b)) }) {
		t.Error("episodes are not told in the order of time")
	}
	for _, e := range told {
		got[e.Actor] = append(got[e.Actor], line(e))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("told (-apart +together):\n%.2000s", diff)
	}
}

// Outlets that came once and went must not stay in memory, nor in an answer.
func TestDropForgetsOutletsThatHaveGone(t *testing.T) {
	t.Parallel()
	kept, whole := monitor.NewSeries(nil), monitor.NewSeries(nil)
	for h := range 100 * 24 {
		r := reading(float64(h), fmt.Sprint("outlet ", h/4), 0.1*float64(h%7))
		kept.Add(r)
		whole.Add(r)
		if h%24 == 0 {
			kept.Drop(r.At.Add(-43 * 24 * time.Hour))
		}
		for _, rule := range usual() {
			if h%100 != 99 {
				break
			}
			if diff := cmp.Diff(monitor.Measure(whole, rule, r.At), monitor.Measure(kept, rule, r.At)); diff != "" {
				t.Fatalf("%s at hour %d (-whole +dropped):\n%s", rule.Name, h, diff)
			}
		}
	}
	if n := len(slices.Collect(kept.Buckets())); n != 44*24 {
		t.Errorf("%d buckets are left, want those of 44 days, %d", n, 44*24)
	}
}
