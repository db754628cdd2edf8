package monitor

import (
	"slices"
	"time"
)

// Rule is what an operator calls a change worth telling. Exactly one of the
// kinds is set.
type Rule struct {
	Name   string
	Toward []string // actors by name; a single "*" is every actor
	Voice  string   // [AnyVoice], [OwnVoice] or a holder's name
	Named  bool     // only mentions by name count, see [Reading.Named]

	Shift  *ShiftRule
	Level  *LevelRule
	Drift  *DriftRule
	Volume *VolumeRule
	Split  *SplitRule

	Window   time.Duration // the stories under test; whole hours, of a drift whole days
	Baseline time.Duration // the stories before them
	Stories  int           // fewest stories in the window, and in the baseline
	Outlets  int           // fewest outlets in the window

	For           time.Duration // how long it must last before it is told
	KeepFiringFor time.Duration // how long it must be over before that is told
	CoolDown      time.Duration // from the end of an episode to the next that is told
	Rearm         float64       // hysteresis in the unit of the kind's By, see the kinds
	Budget        Budget        // zero: none; else what is learnt from it stands in for Sigma
}

// ShiftRule asks for a change against the actor's own baseline: at least By
// tone points and Sigma standard errors. It is over when the size falls under
// Rearm.
type ShiftRule struct {
	By    float64
	Sigma float64
}

// Watches says whether the rule looks at an actor.
func (r Rule) Watches(actor string) bool {
	return slices.Contains(r.Toward, "*") || slices.Contains(r.Toward, actor)
}

// asksForFewer says whether the rule finds too few stories.
func (r Rule) asksForFewer() bool { return r.Volume != nil && r.Volume.Fewer }

// Reach is how far back the rule looks.
func (r Rule) Reach() time.Duration {
	return time.Duration(r.window()+r.baseline()) * time.Hour
}

// window is in hours: at least one, and of a drift whole days.
func (r Rule) window() int {
	hours := max(1, int(r.Window/time.Hour))
	if r.Drift != nil {
		hours = (hours + 23) / 24 * 24
	}
	return hours
}

// baseline is in hours. A level has none.
func (r Rule) baseline() int {
	if r.Level != nil {
		return 0
	}
	return int(r.Baseline / time.Hour)
}

// Hears says whether the rule counts a voice.
func (r Rule) Hears(voice string) bool {
	return slices.ContainsFunc(r.sides(), func(s Side) bool { return s.Voice == voice })
}

// sides are those whose words the rule counts: two of a split, one otherwise.
func (r Rule) sides() []Side {
	if r.Split != nil {
		return r.Split.Between[:]
	}
	return []Side{{Voice: r.Voice}}
}

// scope is what the rule looks at of one side.
func (r Rule) scope(side Side) scope {
	c := scope{
		voice: side.Voice, outlets: side.Outlets, named: r.Named,
		window: r.window(), baseline: r.baseline(),
	}
	switch {
	case r.Level != nil:
		c.grain = bare
	case r.Drift != nil:
		c.grain = daily
	case r.Volume != nil:
		c.grain = hourly
	}
	return c
}

// Value is what the rule looks at: the size of the shift, or the level itself.
func (r Rule) Value(s Shift) float64 {
	if r.Level != nil {
		return s.Recent
	}
	return s.Size
}

// Threshold is the size and the sigma that a rule asks for, By and Sigma of its
// kind; both are 0 of a level, which asks for neither.
func (r Rule) Threshold() (by, sigma float64) {
	switch {
	case r.Shift != nil:
		return r.Shift.By, r.Shift.Sigma
	case r.Drift != nil:
		return r.Drift.By, r.Drift.Sigma
	case r.Volume != nil:
		return r.Volume.By, r.Volume.Sigma
	case r.Split != nil:
		return r.Split.By, r.Split.Sigma
	default:
		return 0, 0
	}
}

// Growth is by how much the value must grow beyond what was told for the episode
// to be told as worse: By once more, since people are called again, and less is
// reached by nearly every episode while its window fills. Where the scale ends it
// is a part of what is left: half beyond the By of too few stories, a quarter
// beyond the line of a level, which an episode can go four times at most. 0 is
// never.
func (r Rule) Growth() float64 {
	if r.Level != nil {
		if r.Level.Below {
			return (1 + r.Level.Line) / 4
		}
		return (1 - r.Level.Line) / 4
	}
	by, _ := r.Threshold()
	if r.asksForFewer() {
		return (1 - by) / 2
	}
	return by
}

// Verdict is what a rule says of a measured shift.
type Verdict int

// The verdicts. Between is neither: the hysteresis between firing and over.
const (
	Unknown Verdict = iota // too little evidence: neither fires nor resolves
	Calm
	Between
	Beyond
)

// Judge holds a shift against the rule. Direction is -1 for colder (of a
// volume: fewer), +1 for warmer (more).
func (r Rule) Judge(s Shift) (v Verdict, direction int) {
	if r.Level == nil && (s.Before < r.Stories || s.Before == 0) {
		return Unknown, 0
	}
	if r.Volume != nil {
		return r.Volume.judge(s, r) // few stories are no gap there but the finding
	}
	if s.Stories < r.Stories || s.Outlets < r.Outlets || s.Stories == 0 {
		return Unknown, 0
	}
	switch {
	case r.Level != nil:
		return r.Level.judge(s, r.Rearm)
	case r.Drift != nil:
		return r.judgeSize(s, r.Drift.By, r.Drift.Sigma)
	case r.Split != nil:
		return r.judgeSize(s, r.Split.By, r.Split.Sigma)
	default:
		return r.judgeSize(s, r.Shift.By, r.Shift.Sigma)
	}
}

func (r Rule) judgeSize(s Shift, by, limit float64) (v Verdict, direction int) {
	direction = 1
	if s.Size < 0 {
		direction = -1
	}
	size, sigma := s.Size*float64(direction), s.Sigma()*float64(direction)
	switch {
	case size >= by && sigma >= limit:
		return Beyond, direction
	case size < r.Rearm:
		return Calm, direction
	default:
		return Between, direction
	}
}
