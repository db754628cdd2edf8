package monitor

import (
	"math"
	"time"
)

// DriftRule asks for a change that came slowly, or so long ago that a shift's
// window no longer shows it: mean residuals of at least By tone points, and
// Sigma standard errors, over the last days up to the present one, for whichever
// number of days within the window shows it best. It is over when that mean
// falls under Rearm.
//
// The method is the CUSUM of the generalised likelihood ratio, its look back
// limited to a window (Lai 1998; Xie, Moustakides and Xie 2022), on whole days:
// stories within a day are not independent, days nearly are.
type DriftRule struct {
	By    float64
	Sigma float64
}

// tally is a [Sum] without squares.
type tally struct {
	n     int32
	total int64 // millionths
}

func (t tally) plus(o tally) tally { return tally{t.n + o.n, t.total + o.total} }

// suffix adds up the last days of a window.
type suffix struct {
	stories  int
	outlets  int
	total    int64   // millionths
	squares  float64 // sum of the squared numbers of stories a day
	expected float64 // sum of the expected tones
	doubt    float64 // sum of the squared numbers of stories an outlet, times its variance
}

// add counts more stories of an outlet that had some already.
func (f *suffix) add(more, had tally, x expectation) {
	if more.n == 0 {
		return
	}
	if had.n == 0 {
		f.outlets++
	}
	n, m := float64(more.n), float64(had.n)
	f.stories += int(more.n)
	f.total += more.total
	f.expected += n * x.tone
	f.doubt += n * (n + 2*m) * x.variance // (m+n)^2 - m^2
}

// drift is the largest standardised mean residual of the last days: those that
// hold the evidence the rule asks for, or all where none do. Days end with the
// present one.
func (w *rolling) drift(s *Series, r Rule) estimate {
	asked := [2]int{r.Stories, r.Outlets}
	if w.measured && w.asked == asked {
		return w.last
	}
	w.gather(s)
	last := len(w.suffixes) - 1
	within := w.scatter(s)
	most, since := 0.0, -1
	for k := range w.suffixes {
		f := &w.suffixes[k]
		if f.stories == 0 || k < last && (f.stories < r.Stories || f.outlets < r.Outlets) {
			continue
		}
		n, size := f.size()
		m := w.margin(within/n, f.squares/(n*n), f.doubt/(n*n), f.stories)
		var t float64
		if m.variance > 0 {
			t = math.Abs(size) / math.Sqrt(m.variance)
		}
		if since >= 0 && t <= most {
			continue // no score is above its t, and the logarithm is dear
		}
		if score := normal(t, m.free); since < 0 || score > most {
			most, since = score, k
		}
	}
	var best estimate
	if since >= 0 {
		best = w.since(since, within)
	}
	best.Baseline, best.Before = w.baseline.Mean, w.baseline.Stories
	w.measured, w.asked, w.last = true, asked, best
	return best
}

// gather adds up the days, from the present one back. Those before it are added
// up once a day, so a story costs no more than the outlets of its day.
func (w *rolling) gather(s *Series) {
	n := len(w.suffixes)
	today := ring(w.to/24-1, n)
	if !w.gathered {
		w.gathered = true
		clear(w.earlier)
		for _, id := range s.byName {
			var sum tally
			for k := 1; k < n; k++ {
				sum = sum.plus(w.days[id*n+ring(today-k, n)])
				w.earlier[k].add(sum, tally{}, w.expected[id])
			}
		}
	}
	copy(w.suffixes, w.earlier)
	for _, id := range s.byName {
		now := w.days[id*n+today]
		if now.n == 0 {
			continue
		}
		var sum tally
		w.suffixes[0].add(now, sum, w.expected[id])
		for k := 1; k < n; k++ {
			sum = sum.plus(w.days[id*n+ring(today-k, n)])
			w.suffixes[k].add(now, sum, w.expected[id])
		}
	}
	squares, before := 0.0, 0
	for k := range w.suffixes {
		f := &w.suffixes[k]
		day := float64(f.stories - before)
		squares += day * day
		f.squares, before = squares, f.stories
	}
}

// scatter is the variance of stories about what was expected of them.
func (w *rolling) scatter(s *Series) float64 {
	var spread float64
	for _, id := range s.byName {
		spread += w.recent[id].about(w.expected[id].tone)
	}
	all := &w.suffixes[len(w.suffixes)-1]
	n := float64(all.stories)
	if n == 0 {
		return w.baseline.Within
	}
	return residualVariance(spread, n, (float64(all.total)/millionths-all.expected)/n, w.baseline)
}

// size is the number of stories and their mean residual.
func (f *suffix) size() (n, size float64) {
	n = float64(f.stories)
	return n, (float64(f.total)/millionths - f.expected) / n
}

// since is the shift of the last k+1 days, which hold a story.
func (w *rolling) since(k int, within float64) estimate {
	f := &w.suffixes[k]
	n, size := f.size()
	e := estimate{Shift: Shift{
		Stories: f.stories, Outlets: f.outlets, Recent: float64(f.total) / millionths / n,
		Size: size, Mix: f.expected/n - w.baseline.Mean,
		Since: time.Unix(int64(w.to-24*(k+1))*3600, 0).UTC(),
	}}
	return e.with(w.margin(within/n, f.squares/(n*n), f.doubt/(n*n), f.stories)).scored()
}
