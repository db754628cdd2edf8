package monitor_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tonewatch/monitor"
)

// usual is one rule of each kind as an operator would write it.
func usual() []monitor.Rule {
	day := 24 * time.Hour
	rule := func(name string, window time.Duration) monitor.Rule {
		return monitor.Rule{
			Name: name, Toward: []string{"*"}, Voice: monitor.AnyVoice,
			Window: window, Baseline: 28 * day, Stories: 8, Outlets: 3, For: 30 * time.Minute, Rearm: 0.1,
		}
	}
	shift, level, drift, volume, split := rule("shift", day), rule("level", day), rule("drift", 14*day), rule("volume", day), rule("split", 3*day)
	shift.Shift = &monitor.ShiftRule{By: 0.25, Sigma: 3}
	level.Level = &monitor.LevelRule{Line: -0.5, Below: true}
	drift.Drift = &monitor.DriftRule{By: 0.1, Sigma: 4}
	volume.Volume = &monitor.VolumeRule{By: 1, Sigma: 4}
	split.Split = &monitor.SplitRule{By: 0.3, Sigma: 3, Between: [2]monitor.Side{{Voice: monitor.AnyVoice}, {Voice: monitor.OwnVoice}}}
	return []monitor.Rule{shift, level, drift, volume, split}
}

// calm is a stream without change: so many stories a day, spread over hours at
// random, by 30 outlets with means of their own, in the two voices that usual
// looks at.
func calm(seed uint64, days, daily int) (list []monitor.Reading) {
	rng := rand.New(rand.NewPCG(seed, 7))
	outlets := make([]string, 30)
	for i := range outlets {
		outlets[i] = fmt.Sprintf("outlet %d", i)
	}
	for i := range days * daily {
		o := rng.IntN(len(outlets))
		r := monitor.Reading{
			Actor: "Acme", Voice: monitor.AnyVoice, Outlet: outlets[o],
			At:   hour(float64(i) * 24 / float64(daily)),
			Tone: max(-1, min(1, 0.02*float64(o-15)+0.3*rng.NormFloat64())),
		}
		own := r
		own.Voice = monitor.OwnVoice
		list = append(list, r, own)
	}
	return list
}

// BenchmarkStep is what one step costs as time goes on: 70 stories a day of 30
// outlets in each of two voices, a full baseline, a step every five minutes. The
// stories are added, and dropped after 43 days, within the time measured.
func BenchmarkStep(b *testing.B) {
	for _, r := range usual() {
		b.Run(r.Name, func(b *testing.B) {
			s, news, at := monitor.NewSeries(nil), calm(1, 43, 70), monday
			span := 43 * 24 * time.Hour
			for i := range news {
				s.Add(news[i])
				news[i].At = news[i].At.Add(span)
			}
			at = at.Add(span)
			e := monitor.Episode{Rule: r.Name, Actor: "Acme", Voice: r.Voice, Phase: monitor.Quiet}
			next := 0
			b.ReportAllocs()
			for b.Loop() {
				at = at.Add(5 * time.Minute)
				for !news[next].At.After(at) {
					s.Add(news[next])
					news[next].At = news[next].At.Add(span)
					if next++; next == len(news) {
						next = 0
						s.Drop(at.Add(-span))
					}
				}
				monitor.Step(r, e, s, at)
			}
		})
	}
}

// BenchmarkDetectAll steps 20 rules, four of each kind and each with windows of
// its own, for 1,000 actors after a poll that brought a story to some of them.
func BenchmarkDetectAll(b *testing.B) {
	var rules []monitor.Rule
	for i := range 4 {
		for _, r := range usual() {
			r.Name = fmt.Sprint(r.Name, i)
			r.Window += time.Duration(i) * 24 * time.Hour
			rules = append(rules, r)
		}
	}
	type actor struct {
		series   *monitor.Series
		episodes []monitor.Episode
	}
	past := calm(1, 43, 20)
	at := monday.Add(43 * 24 * time.Hour)
	actors := make([]actor, 1000)
	for i := range actors {
		a := actor{series: monitor.NewSeries(nil)}
		for _, r := range past {
			a.series.Add(r)
		}
		for _, r := range rules {
			a.episodes = append(a.episodes, monitor.Episode{Rule: r.Name, Actor: "Acme", Voice: r.Voice, Phase: monitor.Quiet})
			monitor.Step(r, a.episodes[len(a.episodes)-1], a.series, at)
		}
		actors[i] = a
	}
	story := past[0]
	for _, every := range []int{1, 10} {
		b.Run(fmt.Sprintf("news of one in %d", every), func(b *testing.B) {
			for b.Loop() {
				at = at.Add(15 * time.Minute)
				story.At = at
				for n, a := range actors {
					if n%every == 0 {
						a.series.Add(story)
					}
					for i, r := range rules {
						a.episodes[i] = monitor.Step(r, a.episodes[i], a.series, at)
					}
				}
			}
		})
	}
}

// BenchmarkReplay runs a million readings of 50 actors, a year of the news,
// through five rules.
func BenchmarkReplay(b *testing.B) {
	const actors, days, daily = 50, 365, 27 // and two voices a story
	var news []monitor.Reading
	for i := range actors {
		list := calm(uint64(i), days, daily)
		for j := range list {
			list[j].Actor = fmt.Sprint("actor ", i)
		}
		news = append(news, list...)
	}
	slices.SortStableFunc(news, func(a, b monitor.Reading) int { return a.At.Compare(b.At) })
	for b.Loop() {
		replay := monitor.NewReplay(usual())
		told := 0
		for i := 0; i < len(news); {
			at, first := news[i].At, i
			for i < len(news) && news[i].At.Equal(at) {
				i++
			}
			told += len(replay.Observe(news[first:i], at))
		}
		b.ReportMetric(float64(len(news)), "readings")
		b.ReportMetric(float64(told), "told")
	}
}
