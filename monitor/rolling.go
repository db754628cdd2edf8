package monitor

import (
	"slices"
	"time"
)

// scope is what a rolling sum looks at: whose words, and how far back. Spans
// are in hours.
type scope struct {
	voice    string
	outlets  []string // empty: all
	named    bool
	window   int
	baseline int
	grain    grain
}

// grain is how finely a scope keeps apart what lies in its window.
type grain int

const (
	whole  grain = iota // one sum an outlet
	bare                // the same, with nothing to compare it to
	daily               // the window is whole days, and each is kept apart
	hourly              // stories are counted by the hour, baseline and all
)

func (c scope) equal(o scope) bool {
	return c.window == o.window && c.baseline == o.baseline && c.grain == o.grain && c.named == o.named &&
		c.voice == o.voice && slices.Equal(c.outlets, o.outlets)
}

// rolling is the state of one scope of a series: the sums of its window
// [from, to) and of the baseline before it, [begin, from), outlet by outlet. It
// follows the clock and the readings by adding and taking off what crosses an
// edge. All sums are of whole numbers, so it stands where a fresh one would.
//
// What is learnt of the baseline is kept until the baseline changes, and what
// is measured until anything does. Slices are by outlet id.
type rolling struct {
	scope           scope
	known           bool   // false: nothing is summed up yet
	begin, from, to int    // hours since 1970
	edges           [3]int // where their cells were
	counts          []bool
	recent, before  []Sum
	days            []tally // daily: of the window, by outlet and day, a ring
	hours           []int32 // hourly: stories of baseline and window, a ring
	stories         int     // in the baseline, without backfill

	learnt   bool // false: baseline and expected are out of date
	baseline Baseline
	expected []expectation
	burst    burst
	rhythm   rhythm
	gathered bool     // false: earlier is out of date
	earlier  []suffix // daily: of the window without the present day
	suffixes []suffix // daily: of the window

	measured bool   // false: last is out of date
	asked    [2]int // drift: the evidence that last was asked to have
	last     estimate
}

// expectation is the expected tone of a story of one outlet.
type expectation struct{ tone, variance float64 }

// roll is the state of a scope at a time.
func (s *Series) roll(c scope, at time.Time) *rolling {
	w := s.rolling(c)
	to := hourOf(at) + 1
	if c.grain == daily {
		to = int(floorDiv(int64(to)+23, 24)) * 24
	}
	w.advance(s.voices[c.voice], to)
	if !w.learnt {
		w.learn(s)
	}
	return w
}

func (s *Series) rolling(c scope) *rolling {
	for _, w := range s.rolled {
		if w.scope.equal(c) {
			return w
		}
	}
	w := &rolling{scope: c}
	switch c.grain {
	case daily:
		w.earlier, w.suffixes = make([]suffix, c.window/24), make([]suffix, c.window/24)
	case hourly:
		w.hours = make([]int32, c.baseline+c.window)
	}
	for _, name := range s.outlets {
		w.meet(name)
	}
	s.rolled = append(s.rolled, w)
	return w
}

// meet makes room for one more outlet.
func (w *rolling) meet(outlet string) {
	w.counts = append(w.counts, len(w.scope.outlets) == 0 || slices.Contains(w.scope.outlets, outlet))
	w.recent = append(w.recent, Sum{})
	w.before = append(w.before, Sum{})
	w.expected = append(w.expected, expectation{})
	if w.scope.grain == daily {
		w.days = append(w.days, make([]tally, len(w.suffixes))...)
	}
	w.learnt, w.measured = false, false // an outlet never seen has an expectation too
}

// advance moves the edges on. Backward, or beyond all that it holds, it starts
// afresh.
func (w *rolling) advance(cells []cell, to int) {
	if w.known && to == w.to {
		return
	}
	start, begin := to-w.scope.window, to-w.scope.window-w.scope.baseline
	if !w.known || to < w.to || begin >= w.to {
		clear(w.recent)
		clear(w.before)
		clear(w.days)
		clear(w.hours)
		w.stories = 0
		w.known, w.burst.known = true, false
		w.begin, w.from, w.to = begin, begin, begin
	}
	w.edges[2] = each(cells, w.edges[2], w.to, to, w.enter)
	w.edges[1] = each(cells, w.edges[1], w.from, start, w.settle)
	w.edges[0] = each(cells, w.edges[0], w.begin, begin, w.leave)
	w.begin, w.from, w.to = begin, start, to
	w.learnt, w.measured = false, false
}

// each goes through the cells of some hours and returns where it came to. It
// is told where the first of them was when it last looked.
func each(cells []cell, i, begin, end int, do func(*cell)) int {
	if i > len(cells) || i > 0 && cells[i-1].hour >= begin || i < len(cells) && cells[i].hour < begin {
		i = from(cells, begin)
	}
	for ; i < len(cells) && cells[i].hour < end; i++ {
		do(&cells[i])
	}
	return i
}

// take counts a change of one cell.
func (w *rolling) take(delta *cell) {
	if !w.known || delta.hour < w.begin || delta.hour >= w.to {
		return
	}
	w.enter(delta)
	w.measured = false
	w.gathered = w.gathered && delta.hour >= w.to-24
	if delta.hour < w.from {
		w.settle(delta)
		w.burst.known = w.burst.known && (delta.hour < w.burst.begin || delta.hour >= w.burst.end)
		w.learnt = false
	}
}

// enter counts a cell in the window. Backfill is no evidence.
func (w *rolling) enter(c *cell) {
	if !w.counts[c.outlet] || c.backfill {
		return
	}
	sum := c.sum(w.scope.named)
	w.recent[c.outlet] = w.recent[c.outlet].Plus(sum)
	switch w.scope.grain {
	case daily:
		day := w.day(c)
		*day = day.plus(tally{int32(sum.N), sum.Total})
	case hourly:
		w.hours[ring(c.hour, len(w.hours))] += int32(sum.N)
	}
}

// settle takes a cell out of the window into the baseline.
func (w *rolling) settle(c *cell) {
	if !w.counts[c.outlet] {
		return
	}
	sum := c.sum(w.scope.named)
	w.before[c.outlet] = w.before[c.outlet].Plus(sum)
	if !c.backfill {
		w.stories += sum.N
		w.recent[c.outlet] = w.recent[c.outlet].Minus(sum)
		if w.scope.grain == daily {
			day := w.day(c)
			*day = day.plus(tally{-int32(sum.N), -sum.Total})
		}
	}
}

// leave takes a cell out of the baseline.
func (w *rolling) leave(c *cell) {
	if !w.counts[c.outlet] {
		return
	}
	sum := c.sum(w.scope.named)
	w.before[c.outlet] = w.before[c.outlet].Minus(sum)
	if !c.backfill {
		w.stories -= sum.N
		if w.scope.grain == hourly {
			w.hours[ring(c.hour, len(w.hours))] -= int32(sum.N)
		}
	}
}

// day is the sum of a cell's outlet and day.
func (w *rolling) day(c *cell) *tally {
	n := len(w.suffixes)
	return &w.days[c.outlet*n+ring(int(floorDiv(int64(c.hour), 24)), n)]
}

// ring is the place of a running number among n.
func ring(i, n int) int {
	return ((i % n) + n) % n
}

// learn brings what is known of the baseline up to date.
func (w *rolling) learn(s *Series) {
	w.learnt, w.measured, w.gathered = true, false, false
	switch w.scope.grain {
	case bare:
	case hourly:
		w.rhythm = w.newRhythm()
	default:
		w.baseline = newBaseline(w.before, s.byName)
		expect := w.baseline.expect
		if w.scope.grain == daily {
			expect = w.baseline.alone
		}
		for id, sum := range w.before {
			w.expected[id] = expect(sum)
		}
		w.burst.update(w, s)
	}
}
