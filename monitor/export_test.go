package monitor

import "time"

// For the tests of what no exported call shows alone.
var (
	CountQuantile = countQuantile
	Normal        = normal
	Containment   = containment
)

// Rehearsed is what a rule measures in the stream that its limit is learnt from.
func Rehearsed(r Rule, s *Series, at time.Time) []Shift {
	return newPast(r, s, mondayOf(at)).rehearse(r).measured
}

// The bounds that are stated of a [Sketch].
const (
	MaxSketchBytes = 28 + 4*2*maxWords
	MaxSketchKeys  = maxKeys + 3
)

// Strongest is the quote that evidence shows of a reading.
func (r Reading) Strongest(named bool, direction float64) Quote { return r.quote(named, direction) }
