package monitor

import (
	"slices"
	"time"
)

// Rule is what an operator calls a change worth telling. Exactly one of Shift
// and Level is set.
type Rule struct {
	Name   string
	Toward []string // actors by name; a single "*" is every actor
	Voice  string   // [AnyVoice], [OwnVoice] or a holder's name
	Named  bool     // only mentions by name count, see [Reading.Named]

	Shift *ShiftRule
	Level *LevelRule

	Window   time.Duration // the stories under test
	Baseline time.Duration // the stories before them
	Stories  int           // fewest stories in the window, and in the baseline
	Outlets  int           // fewest outlets in the window

	For           time.Duration // how long it must last before it is told
	KeepFiringFor time.Duration // how long it must be over before that is told
	Rearm         float64       // tone points; hysteresis, see the two kinds
}

// ShiftRule asks for a change against the actor's own baseline: at least By
// tone points and Sigma standard errors. It is over when the size falls under
// Rearm.
type ShiftRule struct {
	By    float64
	Sigma float64
}

// LevelRule asks for mean tone beyond a line: below it where Below is set,
// above it otherwise. It is over when the tone is back by Rearm.
type LevelRule struct {
	Line  float64
	Below bool
}

// Watches says whether the rule looks at an actor.
func (r Rule) Watches(actor string) bool {
	return slices.Contains(r.Toward, "*") || slices.Contains(r.Toward, actor)
}

// Reach is how far back the rule looks.
func (r Rule) Reach() time.Duration { return r.Window + r.Baseline }

// view is what of a series the rule looks at.
func (r Rule) view(backfill bool) View {
	return View{Voice: r.Voice, Named: r.Named, Backfill: backfill}
}

// Value is what the rule looks at: the size of the shift, or the level itself.
func (r Rule) Value(s Shift) float64 {
	if r.Level != nil {
		return s.Recent
	}
	return s.Size
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

// Judge holds a shift against the rule. Direction is -1 for colder, +1 for
// warmer.
func (r Rule) Judge(s Shift) (v Verdict, direction int) {
	if s.Stories < r.Stories || s.Outlets < r.Outlets {
		return Unknown, 0
	}
	if r.Level != nil {
		return r.judgeLevel(s)
	}
	if s.Before < r.Stories {
		return Unknown, 0
	}
	direction = 1
	if s.Size < 0 {
		direction = -1
	}
	size, sigma := s.Size*float64(direction), s.Sigma()*float64(direction)
	switch {
	case size >= r.Shift.By && sigma >= r.Shift.Sigma:
		return Beyond, direction
	case size < r.Rearm:
		return Calm, direction
	default:
		return Between, direction
	}
}

func (r Rule) judgeLevel(s Shift) (v Verdict, direction int) {
	direction = 1
	if r.Level.Below {
		direction = -1
	}
	past := (s.Recent - r.Level.Line) * float64(direction)
	switch {
	case past >= 0:
		return Beyond, direction
	case past <= -r.Rearm:
		return Calm, direction
	default:
		return Between, direction
	}
}
