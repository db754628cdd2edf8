package monitor

import "slices"

// What is believed of bursts before any window was seen: that they add this
// part of the variance of independent stories, as firmly as after this many
// windows.
const (
	burstPrior   = 0.5
	burstWindows = 4
)

// burst is by how much more the mean residuals of windows scatter than they
// would if stories were independent. Stories come in bursts about one event
// and share its tone, so a window of forty is not forty observations.
//
// It is the variance between windows in a model of random effects, estimated
// from the baseline's own windows of the length under test by the moments of
// Paule and Mandel (1982), and never below 0. The outlets' means come from the
// same windows, which takes degrees of freedom from each. The windows lie on a
// fixed grid, so it is learnt anew only once a window's length.
type burst struct {
	known      bool
	begin, end int     // hours since 1970: what the grid's whole windows span
	variance   float64 // tau squared
	windows    float64 // that it was learnt from
}

// windows is what bursts are learnt with, a scratch for all scopes of a series.
type windows struct {
	outlets []Sum // by id: over all windows
	stories []int // by outlet id: of one window
	spreads []spread
}

// spread is how far off one window was.
type spread struct {
	square   float64 // of its mean residual
	variance float64 // that independent stories would give it
}

// update learns the windows of a scope where they have changed.
func (b *burst) update(w *rolling, s *Series) {
	length := w.scope.window
	if w.scope.grain == daily {
		length = 24
	}
	begin := int(floorDiv(int64(w.begin+length-1), int64(length))) * length
	end := int(floorDiv(int64(w.from), int64(length))) * length
	if b.known && b.begin == begin && b.end == end {
		return
	}
	b.known, b.begin, b.end = true, begin, end
	m := &s.windows
	m.clear(len(s.outlets))
	each(s.voices[w.scope.voice], 0, begin, end, func(c *cell) {
		if w.counts[c.outlet] {
			m.outlets[c.outlet] = m.outlets[c.outlet].Plus(c.sum(w.scope.named))
		}
	})
	within := newBaseline(m.outlets, s.byName).Within
	free := m.spread(w, s, length, within)
	b.variance, b.windows = betweenWindows(m.spreads, free), float64(len(m.spreads))
}

// add is what bursts add to the variance of a mean: found by the windows, and
// the nearer to what was believed before the fewer they are. Independent is the
// variance without, and share by how much days cancel out within the mean.
func (b *burst) add(independent, share float64) (variance, free float64) {
	variance = (b.windows*b.variance*share + burstWindows*burstPrior*independent) / (b.windows + burstWindows)
	return variance, max(1, b.windows-1+burstWindows)
}

func (m *windows) clear(outlets int) {
	m.outlets = slices.Grow(m.outlets[:0], outlets)[:outlets]
	m.stories = slices.Grow(m.stories[:0], outlets)[:outlets]
	m.spreads = m.spreads[:0]
	clear(m.outlets)
}

// spread measures the windows of a scope one by one and returns the degrees of
// freedom that the outlets' means leave them.
func (m *windows) spread(w *rolling, s *Series, length int, within float64) (free float64) {
	cells := s.voices[w.scope.voice]
	i := from(cells, w.burst.begin)
	for end := w.burst.begin + length; end <= w.burst.end; end += length {
		clear(m.stories)
		var all Sum
		for ; i < len(cells) && cells[i].hour < end; i++ {
			if c := &cells[i]; w.counts[c.outlet] {
				sum := c.sum(w.scope.named)
				all = all.Plus(sum)
				m.stories[c.outlet] += sum.N
			}
		}
		if all.N == 0 {
			continue
		}
		n, residual, own := float64(all.N), all.total(), 0.0
		for _, id := range s.byName {
			if k := float64(m.stories[id]); k > 0 {
				residual -= k * m.outlets[id].Mean()
				own += k * k / float64(m.outlets[id].N)
			}
		}
		if left := 1 - own/n; left > 1e-9 { // else all its outlets spoke in no other
			free += left
			m.spreads = append(m.spreads, spread{residual * residual / (n * n), within / n})
		}
	}
	return free
}

// betweenWindows is the variance that makes the windows' squared residuals,
// each over the variance it then has, add up to their degrees of freedom. The
// sum falls and is convex, so Newton's steps from 0 never go past it.
func betweenWindows(spreads []spread, free float64) (tau float64) {
	for range 20 {
		excess, slope := -free, 0.0
		for _, w := range spreads {
			v := w.variance + tau
			excess += w.square / v
			slope += w.square / (v * v)
		}
		if excess <= 1e-6*free {
			break
		}
		tau += excess / slope
	}
	return tau
}
