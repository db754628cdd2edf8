package monitor

import (
	"cmp"
	"math"
	"slices"
)

// minVariance keeps a handful of equal tones from claiming certainty: no
// engine measures the tone of a story finer than this (0.1 squared).
const minVariance = 0.01

// Baseline is what the tone of a new story was expected to be, given its
// outlet, before the window under test. Each outlet's mean is shrunk toward
// the actor's mean by empirical Bayes (one-way random effects; the variance
// between outlets by the method of moments of DerSimonian and Laird, 1986), so
// an outlet of two stories is hardly believed and one of a hundred is.
type Baseline struct {
	Stories int
	Mean    float64     // of the actor over all outlets, each story once
	Within  float64     // variance of stories about their outlet's mean
	Between float64     // variance of the outlets' true means
	centre  float64     // where outlets are shrunk to
	outlets []OutletSum // in order of name
}

// NewBaseline learns from the sums of the outlets, in order of name.
func NewBaseline(outlets []OutletSum) Baseline {
	var all Sum
	var inside float64
	for _, o := range outlets {
		all = all.Plus(o.Sum)
		inside += o.about(o.Mean())
	}
	b := Baseline{Stories: all.N, Mean: all.Mean(), outlets: outlets}
	b.Within = minVariance
	if free := all.N - len(outlets); free > 0 {
		b.Within = max(minVariance, inside/float64(free))
	}
	b.Between = between(outlets, all, b.Within)
	b.centre = b.weighted()
	return b
}

// between estimates how far the outlets' true means lie apart.
func between(outlets []OutletSum, all Sum, within float64) float64 {
	if len(outlets) < 2 {
		return 0
	}
	var q, squares float64
	for _, o := range outlets {
		d := o.Mean() - all.Mean()
		q += float64(o.N) * d * d
		squares += float64(o.N) * float64(o.N)
	}
	n := float64(all.N)
	return max(0, (q-within*float64(len(outlets)-1))/(n-squares/n))
}

// weighted is the mean of the outlets, each with the weight that its own
// uncertainty leaves it.
func (b Baseline) weighted() float64 {
	var sum, weights float64
	for _, o := range b.outlets {
		w := 1 / (b.Between + b.Within/float64(o.N))
		sum += w * o.Mean()
		weights += w
	}
	if weights == 0 {
		return 0
	}
	return sum / weights
}

// Expect is the expected tone of a story of an outlet, with the variance of
// that expectation. An outlet never seen is expected to be like the others.
func (b Baseline) Expect(outlet string) (tone, variance float64) {
	var o Sum
	if i, found := slices.BinarySearchFunc(b.outlets, outlet, func(o OutletSum, name string) int { return cmp.Compare(o.Outlet, name) }); found {
		o = b.outlets[i].Sum
	}
	trust := 0.0
	if o.N > 0 && b.Between > 0 {
		trust = b.Between / (b.Between + b.Within/float64(o.N))
	}
	tone = b.centre + trust*(o.Mean()-b.centre)
	variance = b.Between*(1-trust) + b.Within/math.Max(1, float64(b.Stories))
	return tone, variance
}
