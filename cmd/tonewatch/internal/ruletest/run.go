package ruletest

import (
	"time"

	"tonewatch/configs"
	"tonewatch/monitor"
)

// stage is a test while it runs.
type stage struct {
	test   *Test
	rules  map[string]monitor.Rule
	replay *monitor.Replay
	series map[string]*monitor.Series // by actor, to say what was measured
	told   []told
	open   map[key]int // into told

	verdict Verdict
}

// told is an episode as receivers heard of it.
type told struct {
	rule, actor string
	direction   int
	start, end  time.Time // end is zero while it is open
}

type key struct{ rule, actor string }

// Run runs every test under rules, in the order of the file.
func (s *Suite) Run(rules []monitor.Rule) []Verdict {
	byName := make(map[string]monitor.Rule)
	for _, r := range rules {
		byName[r.Name] = r
	}
	verdicts := make([]Verdict, len(s.Tests))
	for i := range s.Tests {
		stage := stage{
			test: &s.Tests[i], rules: byName, replay: monitor.NewReplay(rules),
			series: make(map[string]*monitor.Series), open: make(map[key]int),
			verdict: Verdict{File: s.path, At: s.Tests[i].at, Name: s.Tests[i].Name},
		}
		verdicts[i] = stage.run()
	}
	return verdicts
}

func (s *stage) run() Verdict {
	readings, expected := s.test.readings, s.test.Expect
	for len(readings) > 0 {
		at, n := readings[0].At, 1
		for n < len(readings) && readings[n].At.Equal(at) {
			n++
		}
		for len(expected) > 0 && s.test.time(expected[0].At).Before(at) {
			s.hold(expected[0])
			expected = expected[1:]
		}
		for _, r := range readings[:n] {
			s.seriesOf(r.Actor).Add(r)
		}
		s.note(s.replay.Observe(readings[:n], at))
		readings = readings[n:]
	}
	for _, e := range expected {
		s.hold(e)
	}
	s.pass(s.test.end)
	if s.test.exact {
		s.holdEpisodes()
	}
	s.verdict.Pass = len(s.verdict.Wrong) == 0
	return s.verdict
}

// pass lets deadlines pass up to a time and those at it.
func (s *stage) pass(at time.Time) { s.note(s.replay.Advance(at.Add(1))) }

// hold holds an expectation against how things stand at its time.
func (s *stage) hold(e Expectation) {
	at := s.test.time(e.At)
	s.pass(at)
	got := monitor.Episode{Phase: monitor.Quiet}
	for _, standing := range s.replay.Standing(e.Actor) {
		if standing.Rule == e.Rule && standing.Open() {
			got = standing
		}
	}
	if string(got.Phase) == e.Phase && (e.direction == 0 || e.direction == got.Direction) {
		return
	}
	rule := s.rules[e.Rule]
	s.verdict.Wrong = append(s.verdict.Wrong, Wrong{
		At: e.at, About: "at " + offset(e.At) + ", " + e.Actor + ", " + e.Rule,
		Want: []string{phrase(e.Phase, e.direction, rule)},
		Got:  []string{phrase(string(got.Phase), got.Direction, rule) + measured(monitor.Measure(s.seriesOf(e.Actor), rule, at))},
	})
}

func (s *stage) seriesOf(actor string) *monitor.Series {
	if s.series[actor] == nil {
		s.series[actor] = monitor.NewSeries(nil)
	}
	return s.series[actor]
}

func (s *stage) note(moved []monitor.Episode) {
	for _, e := range moved {
		k := key{e.Rule, e.Actor}
		i, ok := s.open[k]
		if !ok {
			i = len(s.told)
			s.open[k] = i
			s.told = append(s.told, told{rule: e.Rule, actor: e.Actor, direction: e.Direction, start: e.Fired})
		}
		if e.Phase == monitor.Quiet {
			s.told[i].end = e.Ended
			delete(s.open, k)
		}
	}
}

func (t *Test) time(since configs.Duration) time.Time { return t.start.Add(time.Duration(since)) }
