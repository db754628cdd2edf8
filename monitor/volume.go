package monitor

import (
	"math"
	"time"
)

// VolumeRule asks for more stories than expected, or for fewer. By is relative:
// 1 is twice as many as expected, and 0.5 with Fewer is half. Size is stories
// over expected, minus 1; it is over when that falls under Rearm.
//
// What is expected is the mean of the same hours of the week in the baseline,
// held toward the mean of all hours by how much the hours of the week truly
// differ (credibility, Bühlmann and Straub 1970, which for counts is the
// gamma-Poisson prior). Stories come in bursts, so counts scatter like a
// negative binomial, with the dispersion that the baseline's own windows show.
// Sigma is the tail probability of the count, its own probability counted half
// (mid-P, Lancaster 1961), as a normal quantile.
//
// Backfill is not counted: it is what a feed still held, not what was published.
//
// Fewer is unknown while more than a tenth of the window's hours were not watched:
// a daemon that was off, or had no network, saw few stories of anything. What is
// missed of less, feeds mostly still show afterwards.
type VolumeRule struct {
	By    float64
	Sigma float64
	Fewer bool
}

// weekly is the longest rhythm of the news, in hours.
const weekly = 7 * 24

// What is believed of the scatter of counts before any window was seen: that it
// adds this part of the variance of chance alone, as firmly as after so many
// windows.
const (
	dispersionPrior   = 1.0
	dispersionWindows = 4
)

// rhythm is what the baseline tells of the counts to come.
type rhythm struct {
	stories    int     // counted in the part of the baseline that was watched
	expected   float64 // in the window
	dispersion float64 // of the count, with the doubt in expected: variance = mean + dispersion * mean^2
}

// volume holds the stories of the window against those expected by now: of the
// hour in progress only the part that has passed. A baseline of which less than
// half was watched expects nothing, which leaves Before at 0.
func (w *rolling) volume(s *Series, at time.Time) estimate {
	var all Sum
	var e estimate
	for _, id := range s.byName {
		if o := w.recent[id]; o.N > 0 {
			all = all.Plus(o)
			e.Outlets++
		}
	}
	e.Stories, e.Recent = all.N, all.Mean()
	e.Missed = s.missedIn(w.from, w.to-1) // the hour in progress is not over yet
	e.Before = w.rhythm.stories
	if e.Before == 0 {
		return e
	}
	passed := at.Sub(at.Truncate(time.Hour)).Hours()
	e.Expected = w.rhythm.expected * (float64(w.scope.window-1) + passed) / float64(w.scope.window)
	e.Expected = max(e.Expected, 1e-3) // a minute past the only hour
	x, scatter := float64(all.N), w.rhythm.dispersion
	e.Size = x/e.Expected - 1
	e.Error = math.Sqrt(max(1, x)+scatter*x*x) / e.Expected
	e.Dispersion = 1 + scatter*e.Expected
	e.Score = countQuantile(x, e.Expected, scatter)
	return e
}

// newRhythm learns from the hourly counts of the baseline.
func (w *rolling) newRhythm() rhythm {
	first := w.watched()
	if w.stories == 0 || 2*(w.from-first) < w.scope.baseline {
		return rhythm{}
	}
	length := w.scope.window
	phases, step := max(1, weekly/length), weekly
	if weeks := (w.from - first) / weekly; length > weekly || weeks < 2 {
		phases, step = 1, length // too short for a rhythm
	}
	var c counts
	own := phase{}
	for p := range phases {
		f := w.phase(p, length, step, first)
		if p == 0 {
			own = f
		}
		c = c.plus(f)
	}
	return c.rhythm(own, w.stories)
}

// watched is the first hour of the baseline that was watched. A story in its
// first day says that the watch is older.
func (w *rolling) watched() int {
	for hour := w.begin; hour < w.from; hour++ {
		if w.hours[ring(hour, len(w.hours))] == 0 {
			continue
		}
		if hour-w.begin < 24 {
			return w.begin
		}
		return hour
	}
	return w.from
}

// phase is the counts of the baseline's windows at one time of the week.
type phase struct {
	n             float64
	mean, squares float64 // squares: of the distances from the mean
}

// phase looks at the windows that end p windows before the present one, and
// whole steps before that.
func (w *rolling) phase(p, length, step, first int) (f phase) {
	for end := w.to - p*length; end-length >= first; end -= step {
		if end > w.from {
			continue // the window under test, or a part of it
		}
		stories := 0
		i := ring(end-length, len(w.hours))
		head := min(i+length, len(w.hours))
		for _, n := range w.hours[i:head] {
			stories += int(n)
		}
		for _, n := range w.hours[:i+length-head] {
			stories += int(n)
		}
		f.n++
		d := float64(stories) - f.mean
		f.mean += d / f.n
		f.squares += d * (float64(stories) - f.mean)
	}
	return f
}

// counts gathers the phases.
type counts struct {
	phases, n        float64
	total, means     float64 // of stories; of the phases' means
	meanSquares      float64 // of the phases' means
	squares          float64 // within phases
	free             float64 // of squares
	poisson, bursted float64 // what squares would be by chance alone; and what dispersion 1 adds
	each             float64 // of 1/n
}

func (c counts) plus(f phase) counts {
	if f.n == 0 {
		return c
	}
	c.phases++
	c.n += f.n
	c.total += f.n * f.mean
	c.means += f.mean
	c.meanSquares += f.mean * f.mean
	c.squares += f.squares
	c.free += f.n - 1
	c.poisson += (f.n - 1) * f.mean
	c.bursted += (f.n - 1) * f.mean * f.mean
	c.each += 1 / f.n
	return c
}

// rhythm expects a count in the phase of the present window.
func (c counts) rhythm(own phase, stories int) rhythm {
	const least = 1e-6 // a dispersion of 0 is the limit, Poisson
	if c.n == 0 {
		return rhythm{}
	}
	mean := max(c.total, 0.5) / c.n
	found := 0.0
	if c.bursted > 0 {
		found = max(0, (c.squares-c.poisson)/c.bursted)
	}
	scatter := max(least, (c.free*found+dispersionWindows*dispersionPrior/mean)/(c.free+dispersionWindows))

	// The variance of one count about its phase's mean, and of the phases'
	// true means about the mean of all.
	one := mean + scatter*mean*mean
	between := 0.0
	if c.phases > 1 {
		spread := (c.meanSquares - c.means*c.means/c.phases) / (c.phases - 1)
		between = max(0, spread-one*c.each/c.phases)
	}
	expected, doubt := mean, between+one/c.n
	if own.n > 0 && between > 0 {
		trust := between / (between + one/own.n)
		expected += trust * (own.mean - mean)
		doubt = between*(1-trust) + one/c.n
	}
	// Nothing in n windows is not nothing expected.
	expected = max(expected, 1/(1+c.n))
	return rhythm{stories, expected, scatter + doubt/(expected*expected)}
}

// countQuantile is the normal quantile as rare as a count of x where so many
// were expected, under a negative binomial with variance = mean + scatter *
// mean^2. It is the saddle-point approximation r* (Lugannani and Rice 1980;
// Barndorff-Nielsen 1986) for the mid-P of a lattice (Daniels 1987), which has
// no tail to underflow in. Its error is below 0.05 from a mean of 1 on.
func countQuantile(x, mean, scatter float64) float64 {
	const most = 38 // where a float's tail probability ends
	if x == 0 {
		return max(-most, lowQuantile(-math.Log1p(scatter*mean)/scatter-math.Ln2)) // half of P(0)
	}
	t := math.Log(x/mean) - math.Log1p(scatter*(x-mean)/(1+scatter*mean))
	deviance := x*math.Log(x/mean) - (x+1/scatter)*math.Log1p(scatter*(x-mean)/(1+scatter*mean))
	w := math.Copysign(math.Sqrt(2*max(0, deviance)), t)
	if math.Abs(w) < 1e-3 { // where it is 0/0: the middle of its neighbours
		step := 0.05 * min(x, math.Sqrt(x+scatter*x*x))
		return (countQuantile(x-step, mean, scatter) + countQuantile(x+step, mean, scatter)) / 2
	}
	u := 2 * math.Tanh(t/2) * math.Sqrt(x+scatter*x*x)
	return max(-most, min(most, w+math.Log(u/w)/w))
}

// lowQuantile is the normal quantile of a probability below a half, given as
// its logarithm.
func lowQuantile(log float64) float64 {
	if log > -30 {
		return math.Sqrt2 * math.Erfinv(2*math.Exp(log)-1)
	}
	square := -2 * log
	for range 4 { // Mills's ratio: the tail is the density over the quantile
		square = -2*log - math.Log(2*math.Pi*square)
	}
	return -math.Sqrt(square)
}

// mostMissed is how many hours of a rule's window may not have been watched for few
// stories in it to mean something.
func mostMissed(r Rule) float64 { return float64(r.window()) / 10 }

func (v VolumeRule) judge(s Shift, r Rule) (verdict Verdict, direction int) {
	direction = 1
	enough := s.Stories >= r.Stories && s.Outlets >= r.Outlets
	if v.Fewer {
		direction = -1
		if s.Expected < float64(r.Stories) || float64(s.Missed) > mostMissed(r) {
			return Unknown, 0
		}
		enough = true
	}
	size, sigma := s.Size*float64(direction), s.Score*float64(direction)
	switch {
	case enough && size >= v.By && sigma >= v.Sigma:
		return Beyond, direction
	case size < r.Rearm:
		return Calm, direction
	default:
		return Between, direction
	}
}
