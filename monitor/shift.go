package monitor

import (
	"math"
	"time"
)

// Shift is recent tone against expected tone, for one actor and one voice.
// Tones are in [-1, 1], so Size and Mix are in [-2, 2].
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
}

// Sigma is Size in standard errors; 0 where there is no evidence.
func (s Shift) Sigma() float64 {
	if s.Error == 0 {
		return 0
	}
	return s.Size / s.Error
}

// Measure compares a rule's window that ends at a time with the baseline before
// it. Recent minus Baseline is Size plus Mix: the tone that moved, and the tone
// that only seems to, because other outlets speak. Windows are whole hours: the
// hour in progress counts as a part of the window.
func Measure(s *Series, r Rule, at time.Time) Shift {
	from, to := window(at, r.Window)
	b := NewBaseline(s.Outlets(r.view(true), from.Add(-r.Baseline), from))
	recent := s.Outlets(r.view(false), from, to)

	shift := Shift{At: at.UTC(), Baseline: b.Mean, Outlets: len(recent), Before: b.Stories}
	var all Sum
	var expected, spread float64
	for _, o := range recent {
		tone, _ := b.Expect(o.Outlet)
		all = all.Plus(o.Sum)
		expected += float64(o.N) * tone
		spread += o.about(tone)
	}
	if all.N == 0 {
		return shift
	}
	n := float64(all.N)
	shift.Stories = all.N
	shift.Recent = all.Mean()
	shift.Size = (all.Total - expected) / n
	shift.Mix = expected/n - b.Mean
	shift.Error = math.Sqrt(residualVariance(spread, n, shift.Size, b)/n + expectedVariance(recent, n, b))
	return shift
}

// window is the span of whole hours that ends with the hour in progress.
func window(at time.Time, span time.Duration) (from, to time.Time) {
	to = at.UTC().Truncate(time.Hour).Add(time.Hour)
	return to.Add(-span), to
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

// expectedVariance is how uncertain the mean of the expectations is.
func expectedVariance(recent []OutletSum, n float64, b Baseline) float64 {
	var sum float64
	for _, o := range recent {
		_, variance := b.Expect(o.Outlet)
		share := float64(o.N) / n
		sum += share * share * variance
	}
	return sum
}
