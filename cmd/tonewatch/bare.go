package main

import "math"

// The detector of bare series. Its numbers were chosen once, with the series of
// monitor/trial in view, and are the same for every series.
const (
	bareLimit  = 4.0  // sigma
	bareWindow = 30   // lines that a change may have lasted when it is found
	bareBefore = 60   // lines before, that it is held against
	bareLong   = 1000 // lines in the long run
	bareLeast  = 20   // lines, before which nothing is found
	bareUsual  = 3.0  // sigma in the long run, below which a change is usual
	bareHeavy  = 10   // degrees of freedom that a line adds, see [drift.sigma]
)

// drift is the daemon's rule of that name for a series that is nothing but
// numbers: a CUSUM of the generalised likelihood ratio with its look back limited
// to a window (Lai 1998; Xie, Moustakides and Xie 2022), which restarts from each
// change that it finds. It differs where such a series does:
//   - it has no day blocks, so neighbours are taken to depend on each other as in
//     an autoregression of order one, whose coefficient is that of the lines
//     before; a series that wanders so shows little that is unusual;
//   - nothing bounds a line, so a few count as Student's t, not as normal;
//   - what is new against the last lines may be usual in the long run (a series
//     with a daily rhythm), so it must be rare there, too.
//
// Sums are taken from the first line on, of differences from it, so a line costs
// the same however long the series is.
type drift struct {
	first   float64
	sums    []float64 // upTo[i]: of the first i lines
	squares []float64
	pairs   []float64 // of products of neighbours
	last    float64
	begin   int // line of the last change
}

// jump is a change: its lines up to the present, its size and its sigma.
type jump struct {
	lines       int
	size, sigma float64
}

func (d *drift) add(y float64) {
	n := len(d.sums)
	if n == 0 {
		d.first = y
		d.sums, d.squares, d.pairs = []float64{0}, []float64{0}, []float64{0}
		n = 1
	}
	y -= d.first
	d.sums = append(d.sums, d.sums[n-1]+y)
	d.squares = append(d.squares, d.squares[n-1]+y*y)
	d.pairs = append(d.pairs, d.pairs[n-1]+y*d.last)
	d.last = y
}

// restart makes a line the first of what is normal from now on.
func (d *drift) restart(line int) { d.begin = line }

// largest is the change of the last lines that is the least likely to be none,
// if any reaches a limit.
func (d *drift) largest(limit float64) (best jump) {
	end := len(d.sums) - 1
	best.sigma = limit
	for k := 1; k <= min(bareWindow, end-d.begin-bareLeast); k++ {
		from := end - k
		size, sigma := d.sigma(max(d.begin, from-bareBefore), from, end)
		if sigma < best.sigma {
			continue
		}
		if _, usual := d.sigma(max(0, from-bareLong), from, end); usual < bareUsual {
			continue
		}
		best = jump{k, size, sigma}
	}
	best.sigma = math.Copysign(best.sigma, best.size)
	return best
}

// sigma holds the mean of the lines [from, end) against that of [begin, from),
// and says how rare the difference is, as a quantile of the normal distribution.
func (d *drift) sigma(begin, from, end int) (size, sigma float64) {
	n, k := float64(from-begin), float64(end-from)
	mean := (d.sums[from] - d.sums[begin]) / n
	size = (d.sums[end]-d.sums[from])/k - mean
	spread := max(0, d.squares[from]-d.squares[begin]-n*mean*mean)

	// Lag one over lag zero; the first line's neighbour lies before.
	pairs := d.pairs[from] - d.pairs[begin+1]
	pairs -= mean * (d.sums[from] - d.sums[begin+1] + d.sums[from-1] - d.sums[begin])
	pairs += (n - 1) * mean * mean
	depends := 0.0
	if spread > 0 {
		depends = pairs / spread * n / (n + 5) // five lines that do not
	}
	depends = min(0.98, max(0, depends+1/n)) // its bias in n lines

	const grain = 1e-6 // of the values: what a constant series may tremble by
	variance := max(spread/(n-1), math.Pow(grain*(math.Abs(mean+d.first)+grain), 2))
	t := math.Abs(size) / math.Sqrt(variance*(meanVariance(k, depends)+meanVariance(n, depends)))
	free := max(2, n*(1-depends)/(1+depends)-1)
	free = 1 / (1/free + 1/(bareHeavy*k))
	// The normal quantile as rare as t (Wallace 1959).
	return size, math.Sqrt(free*math.Log1p(t*t/free)) * (8*free + 1) / (8*free + 3)
}

// meanVariance is the variance of the mean of n lines, in variances of one, where
// neighbours have a correlation.
func meanVariance(n, correlation float64) float64 {
	r := 1 - correlation
	return (1+correlation)/r/n - 2*correlation*(1-math.Pow(correlation, n))/(n*n*r*r)
}

// bareLimitFor is the limit that white noise passes once in so many lines, fitted
// to a simulation from 300 to 70,000 lines: 4 is once in 14,000. Where neighbours
// depend on each other in another way than assumed, alarms are more frequent.
func bareLimitFor(lines float64) float64 {
	const at3, slope = 6.4, 0.91 // logarithm of the lines at a limit of 3, by half its square
	return math.Sqrt(max(2.5*2.5, 9+2*(math.Log(lines)-at3)/slope))
}
