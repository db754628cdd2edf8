package monitor

import "math"

// LevelRule asks for mean tone beyond a line: below it where Below is set,
// above it otherwise. It is over when the tone is back by Rearm. It has no
// baseline: Size is the mean tone itself, and Sigma is not asked for.
type LevelRule struct {
	Line  float64
	Below bool
}

// level is the mean tone of the window. Nothing was expected.
func (w *rolling) level(s *Series) estimate {
	if w.measured {
		return w.last
	}
	var all Sum
	var e estimate
	for _, id := range s.byName {
		if o := w.recent[id]; o.N > 0 {
			all = all.Plus(o)
			e.Outlets++
		}
	}
	if all.N > 0 {
		n := float64(all.N)
		e.Stories, e.Recent, e.Size = all.N, all.Mean(), all.Mean()
		e.Error = math.Sqrt(max(minVariance, all.about(e.Recent)/max(1, n-1)) / n)
		e.free = max(1, n-1)
		e = e.scored()
	}
	w.measured, w.last = true, e
	return e
}

func (l LevelRule) judge(s Shift, rearm float64) (v Verdict, direction int) {
	direction = 1
	if l.Below {
		direction = -1
	}
	past := (s.Recent - l.Line) * float64(direction)
	switch {
	case past >= 0:
		return Beyond, direction
	case past <= -rearm:
		return Calm, direction
	default:
		return Between, direction
	}
}
