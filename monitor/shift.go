package monitor

import (
	"math"
	"time"
)

// Shift is what a rule measured, for one actor and one voice: recent tone
// against expected tone, unless the kind of the rule says otherwise. Tones are
// in [-1, 1], so Size and Mix are in [-2, 2].
type Shift struct {
	At       time.Time `json:"at"`
	Recent   float64   `json:"recent"`   // mean tone of the window's stories
	Baseline float64   `json:"baseline"` // mean tone of the stories before it
	Size     float64   `json:"size"`     // tone effect: mean of tone minus expected tone
	Mix      float64   `json:"mix"`      // mix effect: what a change of outlets alone moved
	Error    float64   `json:"error"`    // standard error of Size
	Stories  int       `json:"stories"`  // in the window
	Outlets  int       `json:"outlets"`  // in the window
	Before   int       `json:"before"`   // stories in the baseline

	Score      float64   `json:"sigma"`                // see [Shift.Sigma]
	Dispersion float64   `json:"dispersion,omitempty"` // at least 1: what bursts made of the variance
	Expected   float64   `json:"expected,omitempty"`   // of a volume: the stories expected
	Missed     int       `json:"missed,omitempty"`     // of a volume: hours of the window in which nobody watched
	Since      time.Time `json:"since,omitzero"`       // of a drift: the day from which the change is dated
}

// Sigma is Size in standard errors, signed, as a quantile of the normal
// distribution: 3 is as rare as 3 sigma, however few the stories. It is 0 where
// there is no evidence.
func (s Shift) Sigma() float64 { return s.Score }

// Interval holds the true Size in 95 of 100 cases.
func (s Shift) Interval() (low, high float64) {
	const reach = 1.959964
	return s.Size - reach*s.Error, s.Size + reach*s.Error
}

// Measure looks at a series as a rule does, at a time. Windows are whole hours:
// the hour in progress counts as a part of the window. After the first time it
// costs what has changed since the last, not the window.
func Measure(s *Series, r Rule, at time.Time) Shift {
	shift := r.estimate(s, at).Shift
	shift.At = at.UTC()
	return shift
}

func (r Rule) estimate(s *Series, at time.Time) estimate {
	switch {
	case r.Drift != nil:
		return s.roll(r.scope(Side{Voice: r.Voice}), at).drift(s, r)
	case r.Volume != nil:
		return s.roll(r.scope(Side{Voice: r.Voice}), at).volume(s, at)
	case r.Split != nil:
		a := s.roll(r.scope(r.Split.Between[0]), at).shift(s)
		b := s.roll(r.scope(r.Split.Between[1]), at).shift(s)
		return split(a, b)
	case r.Level != nil:
		return s.roll(r.scope(Side{Voice: r.Voice}), at).level(s)
	default:
		return s.roll(r.scope(Side{Voice: r.Voice}), at).shift(s)
	}
}

// estimate is a shift with the degrees of freedom of its error.
type estimate struct {
	Shift
	free float64
}

// scored turns size and error into Sigma.
func (e estimate) scored() estimate {
	if e.Error > 0 {
		e.Score = normal(e.Size/e.Error, e.free)
	}
	return e
}

// normal turns a value of Student's t with so many degrees of freedom into the
// quantile of the normal distribution that is as rare (Wallace, 1959; right to
// 0.02 at five degrees and more).
func normal(t, free float64) float64 {
	z := math.Sqrt(free*math.Log1p(t*t/free)) * (8*free + 1) / (8*free + 3)
	return math.Copysign(z, t)
}

// shift is the window against the baseline before it. Recent minus Baseline is
// Size plus Mix: the tone that moved, and the tone that only seems to, because
// other outlets speak.
//
// The variance of Size is that of so many independent stories, plus what bursts
// add, plus the uncertainty of what was expected. Its degrees of freedom are
// those of its parts (Welch, 1947; Satterthwaite, 1946).
func (w *rolling) shift(s *Series) estimate {
	if w.measured {
		return w.last
	}
	b := w.baseline
	var all Sum
	var e estimate
	var expected, spread, doubt float64
	for _, id := range s.byName {
		o := w.recent[id]
		if o.N == 0 {
			continue
		}
		n, x := float64(o.N), w.expected[id]
		all = all.Plus(o)
		e.Outlets++
		expected += n * x.tone
		spread += o.about(x.tone)
		doubt += n * n * x.variance
	}
	e.Baseline, e.Before = b.Mean, b.Stories
	if all.N > 0 {
		n := float64(all.N)
		e.Stories, e.Recent = all.N, all.Mean()
		e.Size = (all.total() - expected) / n
		e.Mix = expected/n - b.Mean
		e = e.with(w.margin(residualVariance(spread, n, e.Size, b)/n, 1, doubt/(n*n), e.Stories)).scored()
	}
	w.measured, w.last = true, e
	return e
}

// margin is the variance of a size with its degrees of freedom, and what it
// would be if stories did not come in bursts.
type margin struct{ variance, free, calm float64 }

// margin adds up the variance of so many independent stories, what bursts add to
// it, see [burst.add], and the variance of the expectation.
func (w *rolling) margin(independent, share, doubt float64, stories int) margin {
	bursts, free := w.burst.add(independent, share)
	calm := independent + doubt
	variance := calm + bursts
	inside := float64(max(1, w.baseline.free()+stories-1))
	return margin{variance, variance * variance / (calm*calm/inside + bursts*bursts/free), calm}
}

// with gives an estimate its error.
func (e estimate) with(m margin) estimate {
	e.Error, e.Dispersion, e.free = math.Sqrt(m.variance), m.variance/m.calm, m.free
	return e
}

// residualVariance is the scatter of the window's own residuals, never taken
// to be smaller than the scatter that the baseline shows: a few stories that
// happen to agree prove little.
func residualVariance(spread, n, size float64, b Baseline) float64 {
	if n < 2 {
		return b.Within
	}
	return max(b.Within, (spread-n*size*size)/(n-1))
}
