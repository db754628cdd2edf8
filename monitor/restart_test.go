package monitor_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/monitor"
)

// kinds is one rule of each kind, easily moved.
func kinds() []monitor.Rule {
	rule := func(name string, change func(*monitor.Rule)) monitor.Rule {
		r := monitor.Rule{
			Name: name, Toward: []string{"*"}, Voice: monitor.AnyVoice,
			Window: 24 * time.Hour, Baseline: 14 * 24 * time.Hour, Stories: 5, Outlets: 2,
			For: 30 * time.Minute, KeepFiringFor: time.Hour, Rearm: 0.1,
		}
		change(&r)
		return r
	}
	return []monitor.Rule{
		rule("shift", func(r *monitor.Rule) { r.Shift = &monitor.ShiftRule{By: 0.2, Sigma: 2} }),
		rule("level", func(r *monitor.Rule) { r.Level = &monitor.LevelRule{Line: 0, Below: true} }),
		rule("drift", func(r *monitor.Rule) {
			r.Drift, r.Window = &monitor.DriftRule{By: 0.1, Sigma: 2}, 7*24*time.Hour
		}),
		rule("volume", func(r *monitor.Rule) { r.Volume, r.Rearm = &monitor.VolumeRule{By: 0.3, Sigma: 1.5}, 0.15 }),
		rule("silence", func(r *monitor.Rule) {
			r.Volume, r.Window, r.Stories = &monitor.VolumeRule{By: 0.5, Sigma: 1.5, Fewer: true}, 12*time.Hour, 3
		}),
		rule("split", func(r *monitor.Rule) {
			r.Split = &monitor.SplitRule{By: 0.2, Sigma: 2, Between: [2]monitor.Side{
				{Voice: monitor.AnyVoice, Outlets: []string{"outlet 0", "outlet 1", "outlet 2"}}, {Voice: "Acme"},
			}}
			r.CoolDown = 12 * time.Hour
		}),
		rule("named", func(r *monitor.Rule) { r.Shift, r.Named = &monitor.ShiftRule{By: 0.2, Sigma: 2}, true }),
	}
}

// news is a stream of bursts by some outlets in two voices, its tone and its
// volume moving from week to week; one reading in ten comes a day or more late.
func news(seed uint64, days int) (list []monitor.Reading) {
	rng := rand.New(rand.NewPCG(seed, 1))
	var tone, rate float64
	for h := range days * 24 {
		if h%(24*5) == 0 {
			tone, rate = rng.Float64()-0.5, []float64{0.15, 1, 2}[rng.IntN(3)]
		}
		for range int(rate * rng.ExpFloat64()) {
			at := float64(h) + rng.Float64()
			if rng.IntN(10) == 0 {
				at -= float64(rng.IntN(24 * 6))
			}
			o := rng.IntN(6)
			r := reading(at, fmt.Sprintf("outlet %d", o), max(-1, min(1, tone+0.1*float64(o)+0.3*rng.NormFloat64())))
			r.Backfill = h < 24*3 || rng.IntN(50) == 0
			r.Story.Copies = rng.IntN(4)
			if rng.IntN(3) == 0 {
				r.Tone = 0
			}
			if rng.IntN(2) == 0 {
				r.Named = new(r.Tone / 2)
			}
			if rng.IntN(2) == 0 {
				r.Voice = "Acme"
				r.Tone = -r.Tone
			}
			list = append(list, r)
		}
	}
	return list
}

// run steps rules along readings, one reading a step or several, with a look
// at the clock in between. Rebuild, asked before each step, says whether to go
// on from what a store would have kept: buckets and episodes as JSON.
func run(t *testing.T, rules []monitor.Rule, readings []monitor.Reading, seed uint64, rebuild func(int) bool) (steps []monitor.Episode) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 3)) // the times asked must not depend on rebuild
	series := monitor.NewSeries(nil)
	episodes := make([]monitor.Episode, len(rules))
	for i, r := range rules {
		episodes[i] = monitor.Episode{Rule: r.Name, Actor: "Acme", Voice: r.Voice, Phase: monitor.Quiet}
	}
	now := monday
	for n, r := range readings {
		series.Add(r)
		if r.At.After(now) {
			now = r.At
		}
		if rng.IntN(3) == 0 {
			now = now.Add(time.Duration(rng.IntN(90)) * time.Minute)
		}
		if rebuild(n) {
			series = again(series, rng.Uint64())
			episodes = through(t, episodes)
		} else {
			rng.Uint64()
		}
		for i, rule := range rules {
			before := episodes[i]
			episodes[i] = monitor.Step(rule, episodes[i], series, now)
			if episodes[i].Phase != before.Phase || episodes[i].Revision != before.Revision {
				steps = append(steps, episodes[i])
			}
		}
	}
	return steps
}

// again builds a series from the buckets of another, in any order.
func again(s *monitor.Series, seed uint64) *monitor.Series {
	buckets := slices.Collect(s.Buckets())
	rand.New(rand.NewPCG(seed, 4)).Shuffle(len(buckets), func(i, j int) { buckets[i], buckets[j] = buckets[j], buckets[i] })
	return monitor.NewSeries(buckets)
}

func through(t *testing.T, episodes []monitor.Episode) (restored []monitor.Episode) {
	t.Helper()
	text, err := json.Marshal(episodes)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &restored); err != nil {
		t.Fatal(err)
	}
	return restored
}

// Any cut of the stream and restart gives the same episodes, to the last bit.
func TestARestartChangesNothing(t *testing.T) {
	t.Parallel()
	rules := kinds()
	fired, worse := make(map[string]bool), make(map[string]bool)
	for seed := range uint64(4) {
		readings := news(seed, 60)
		want := run(t, rules, readings, seed, func(int) bool { return false })
		for _, e := range want {
			fired[e.Rule] = fired[e.Rule] || e.Phase == monitor.Quiet && e.Revision > 2
			worse[e.Rule] = worse[e.Rule] || e.Worse > 0
		}
		rng := rand.New(rand.NewPCG(seed, 2))
		for name, every := range map[string]int{"often": 4, "seldom": 100} {
			got := run(t, rules, readings, seed, func(int) bool { return rng.IntN(every) == 0 })
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("seed %d, restarted %s (-whole +restarted):\n%.3000s", seed, name, diff)
			}
		}
	}
	for _, r := range rules {
		if !worse[r.Name] && !r.Named { // which hears half of it
			t.Errorf("no episode of rule %q grew worse; the streams prove nothing of it", r.Name)
		}
		if !fired[r.Name] {
			t.Errorf("no episode of rule %q lived to its end; the streams prove nothing of it", r.Name)
		}
	}
}
