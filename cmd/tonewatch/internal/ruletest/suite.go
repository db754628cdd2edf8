// Package ruletest runs tests of rules: made-up stories in shorthand, and the
// phases and episodes that are to come of them at given times. The detector is
// the daemon's own.
//
// Read suite.go for the file, tones.go for the shorthand, run.go for how a test
// is run, and verdict.go for what is said of it.
//
// Limits: a file holds at most a million stories. A rule counts the input in its
// own voice; every story calls its actor by name.
package ruletest

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"tonewatch/configs"
	"tonewatch/monitor"
)

// Suite is a file of tests. Its rules are those of a configuration, or its own.
type Suite struct {
	Config string         `yaml:"config"` // path, relative to the file
	Rules  []configs.Rule `yaml:"rules"`
	Tests  []Test         `yaml:"tests"`

	path  string
	sheet *configs.Sheet
}

// Test is a stream of stories, and what is to come of it.
type Test struct {
	Name     string           `yaml:"name"`
	Start    string           `yaml:"start"`    // RFC 3339 or a date; default 2026-01-01, a Thursday
	Interval configs.Duration `yaml:"interval"` // default 1h
	Input    []Input          `yaml:"input"`
	Expect   []Expectation    `yaml:"expect"`
	Episodes []Episode        `yaml:"episodes"` // exactly these, where the key is there

	start    time.Time
	readings []monitor.Reading // in order of time
	end      time.Time
	exact    bool
	at       string
}

// Input is the stories of one outlet toward one actor in one voice.
type Input struct {
	Actor    string `yaml:"actor"`
	Voice    string `yaml:"voice"` // any (the default), outlets or a holder's name
	Outlet   string `yaml:"outlet"`
	Tones    string `yaml:"tones"`    // see [parseTones]
	Backfill bool   `yaml:"backfill"` // as what a feed held when it was first polled
}

// Expectation is how a rule is to stand toward an actor at a time, given as the
// time since the start. What is published at that time has been seen.
type Expectation struct {
	At        configs.Duration `yaml:"at"`
	Actor     string           `yaml:"actor"`
	Rule      string           `yaml:"rule"`
	Phase     string           `yaml:"phase"`
	Direction string           `yaml:"direction"` // default: either

	direction int
	at        string
}

// Episode is one that is told: from its first firing to its end.
type Episode struct {
	Rule      string           `yaml:"rule"`
	Actor     string           `yaml:"actor"`
	Direction string           `yaml:"direction"` // default: either
	Start     configs.Duration `yaml:"start"`
	End       configs.Duration `yaml:"end"` // absent: it is still open when the input ends

	direction int
	open      bool
	at        string
}

const (
	defaultStart    = "2026-01-01"
	defaultInterval = configs.Duration(time.Hour)
	maxStories      = 1_000_000
)

// Read reads a file. What is wrong with it is told by [Suite.Check]; the error is
// only of a file that cannot be read.
func Read(path string) (*Suite, error) {
	s := &Suite{path: path}
	sheet, err := configs.ReadSheet(path, s)
	s.sheet = sheet
	return s, err
}

// CheckRules checks the suite's own rules and fills in their defaults. Whoever
// the input names is an actor.
func (s *Suite) CheckRules() {
	var names []string
	for _, t := range s.Tests {
		for _, in := range t.Input {
			for _, name := range []string{in.Actor, in.Voice} {
				if name != "" && name != configs.AnyVoice && name != configs.OutletVoices && !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
		}
	}
	s.sheet.Rules(s.Rules, names)
}

// Check says what is wrong with the file, given the names that rules and actors
// bear, as [configs.Problems]; no actors are any actors.
func (s *Suite) Check(rules, actors []string) error {
	if !s.sheet.Has(&s.Rules) {
		s.sheet.Need(s, &s.Config, "config", "rules")
	} else if s.sheet.Has(&s.Config) {
		s.sheet.Wrong(&s.Rules, "", `cannot stand beside "config"`)
	}
	if s.sheet.Need(s, &s.Tests, "tests") && len(s.Tests) == 0 {
		s.sheet.Wrong(&s.Tests, "", "is empty")
	}
	stories := maxStories
	for i := range s.Tests {
		s.check(&s.Tests[i], rules, actors, &stories)
	}
	return s.sheet.Err()
}

func (s *Suite) check(t *Test, rules, actors []string, stories *int) {
	s.sheet.Need(t, &t.Name, "name")
	t.at, t.exact = s.sheet.At(t), s.sheet.Has(&t.Episodes)
	if !s.sheet.Has(&t.Start) {
		t.Start = defaultStart
	}
	if !s.sheet.Has(&t.Interval) {
		t.Interval = defaultInterval
	}
	if t.Interval < configs.Duration(time.Second) {
		s.sheet.Wrong(&t.Interval, "", "must be a second or longer")
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, t.Start); err == nil {
			t.start = at.UTC()
		}
	}
	if t.start.IsZero() {
		s.sheet.Wrong(&t.Start, `write "2026-01-01", or "2026-01-01T06:00:00Z"`, "must be a time")
	}
	t.end = t.start
	s.sheet.Need(t, &t.Input, "input")
	for i := range t.Input {
		s.checkInput(t, &t.Input[i], actors, stories)
	}
	slices.SortStableFunc(t.readings, func(a, b monitor.Reading) int { return a.At.Compare(b.At) })
	for i := range t.Expect {
		s.checkExpectation(t, &t.Expect[i], rules, actors)
	}
	slices.SortStableFunc(t.Expect, func(a, b Expectation) int { return cmp.Compare(a.At, b.At) })
	for i := range t.Episodes {
		s.checkEpisode(&t.Episodes[i], rules, actors)
	}
	if len(t.Expect) == 0 && !t.exact {
		s.sheet.Wrong(t, `add "expect", or "episodes: []" for none`, "expects nothing")
	}
}

func (s *Suite) checkInput(t *Test, in *Input, actors []string, stories *int) {
	s.actor(in, &in.Actor, actors)
	s.sheet.Need(in, &in.Outlet, "outlet")
	if !s.sheet.Need(in, &in.Tones, "tones") {
		return
	}
	intervals, err := parseTones(in.Tones, stories)
	if err != nil {
		s.sheet.Wrong(&in.Tones, `write "0.1x48 _x6 0.1+0.01x10", or "0.1*3x48" for three stories each time`, "%s", err)
		return
	}
	voice := in.Voice
	switch voice {
	case "":
		voice = monitor.AnyVoice
	case configs.OutletVoices:
		voice = monitor.OwnVoice
	}
	at := t.start
	for _, of := range intervals {
		for range of.stories {
			t.readings = append(t.readings, monitor.Reading{
				Actor: in.Actor, Voice: voice, Outlet: in.Outlet, At: at,
				Tone: of.tone, Named: new(of.tone), Backfill: in.Backfill,
				Story: monitor.Story{Title: fmt.Sprintf("%s on %s: %.2f", in.Outlet, in.Actor, of.tone)},
			})
		}
		at = at.Add(time.Duration(t.Interval))
	}
	if at.After(t.end) {
		t.end = at
	}
}

func (s *Suite) checkExpectation(t *Test, e *Expectation, rules, actors []string) {
	e.at = s.sheet.At(e)
	s.sheet.Need(e, &e.At, "at")
	s.actor(e, &e.Actor, actors)
	s.rule(e, &e.Rule, rules)
	if s.sheet.Need(e, &e.Phase, "phase") {
		s.sheet.OneOf(&e.Phase, string(monitor.Quiet), string(monitor.Pending), string(monitor.Firing), string(monitor.Easing))
	}
	e.direction = s.direction(&e.Direction)
	if at := t.start.Add(time.Duration(e.At)); at.After(t.end) {
		t.end = at
	}
}

func (s *Suite) checkEpisode(e *Episode, rules, actors []string) {
	e.at = s.sheet.At(e)
	s.actor(e, &e.Actor, actors)
	s.rule(e, &e.Rule, rules)
	s.sheet.Need(e, &e.Start, "start")
	e.open = !s.sheet.Has(&e.End)
	if !e.open && e.End < e.Start {
		s.sheet.Wrong(&e.End, "", "is before its start")
	}
	e.direction = s.direction(&e.Direction)
}

func (s *Suite) actor(owner any, name *string, actors []string) {
	if s.sheet.Need(owner, name, "actor") && len(actors) > 0 {
		s.sheet.OneOf(name, actors...)
	}
}

func (s *Suite) rule(owner any, name *string, rules []string) {
	if s.sheet.Need(owner, name, "rule") {
		s.sheet.OneOf(name, rules...)
	}
}

func (s *Suite) direction(word *string) int {
	s.sheet.OneOf(word, "colder", "warmer", "fewer", "more", "")
	switch *word {
	case "colder", "fewer":
		return -1
	case "warmer", "more":
		return +1
	default:
		return 0
	}
}
