package monitor

import "math"

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
	Outlets int
	Mean    float64 // of the actor over all outlets, each story once
	Within  float64 // variance of stories about their outlet's mean
	Between float64 // variance of the outlets' true means
	centre  float64 // where outlets are shrunk to
}

// NewBaseline learns from the sums of the outlets, in order of name.
func NewBaseline(outlets []OutletSum) Baseline {
	sums, order := make([]Sum, len(outlets)), make([]int, len(outlets))
	for i, o := range outlets {
		sums[i], order[i] = o.Sum, i
	}
	return newBaseline(sums, order)
}

// newBaseline learns from the sums of the outlets in an order; those of which
// nothing counts say nothing.
func newBaseline(sums []Sum, order []int) Baseline {
	var all Sum
	var b Baseline
	var inside float64
	for _, i := range order {
		if o := sums[i]; o.N > 0 {
			all = all.Plus(o)
			inside += o.about(o.Mean())
			b.Outlets++
		}
	}
	b.Stories, b.Mean = all.N, all.Mean()
	b.Within = minVariance
	if free := b.free(); free > 0 {
		b.Within = max(minVariance, inside/float64(free))
	}
	b.Between = b.between(sums, order)
	b.centre = b.weighted(sums, order)
	return b
}

// free is the degrees of freedom of Within.
func (b Baseline) free() int { return b.Stories - b.Outlets }

// between estimates how far the outlets' true means lie apart.
func (b Baseline) between(sums []Sum, order []int) float64 {
	if b.Outlets < 2 {
		return 0
	}
	var q, squares float64
	for _, i := range order {
		o := sums[i]
		d := o.Mean() - b.Mean
		q += float64(o.N) * d * d
		squares += float64(o.N) * float64(o.N)
	}
	n := float64(b.Stories)
	return max(0, (q-b.Within*float64(b.Outlets-1))/(n-squares/n))
}

// weighted is the mean of the outlets, each with the weight that its own
// uncertainty leaves it.
func (b Baseline) weighted(sums []Sum, order []int) float64 {
	var sum, weights float64
	for _, i := range order {
		if o := sums[i]; o.N > 0 {
			w := 1 / (b.Between + b.Within/float64(o.N))
			sum += w * o.Mean()
			weights += w
		}
	}
	if weights == 0 {
		return 0
	}
	return sum / weights
}

// Expect is the expected tone of a story of an outlet of which the baseline
// holds these stories, with the variance of that expectation. An outlet never
// seen is expected to be like the others.
func (b Baseline) Expect(own Sum) (tone, variance float64) {
	e := b.expect(own)
	return e.tone, e.variance
}

func (b Baseline) expect(own Sum) expectation {
	trust := 0.0
	if own.N > 0 && b.Between > 0 {
		trust = b.Between / (b.Between + b.Within/float64(own.N))
	}
	return expectation{
		tone:     b.centre + trust*(own.Mean()-b.centre),
		variance: b.Between*(1-trust) + b.Within/math.Max(1, float64(b.Stories)),
	}
}

// alone is the same for a drift, which holds an outlet to its own stories and
// to nothing else where it has any. Shrinkage errs toward the actor's mean, so
// where it is the colder outlets that come to publish more its errors add up,
// and over days of stories they soon outgrow what it saves.
func (b Baseline) alone(own Sum) expectation {
	if own.N == 0 {
		return b.expect(own)
	}
	return expectation{tone: own.Mean(), variance: b.Within / float64(own.N)}
}
