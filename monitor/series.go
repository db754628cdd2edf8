package monitor

import (
	"cmp"
	"iter"
	"maps"
	"math"
	"slices"
	"time"
)

// AnyVoice is the voice under which a story counts once, whoever speaks in it.
const AnyVoice = "any"

// OwnVoice is the outlet's own narration.
const OwnVoice = ""

// millionths is the grain of a stored tone. Whole numbers add up to the same
// sum in every order, so a window is the same however it was reached.
const millionths = 1e6

// Sum holds the sufficient statistics of a set of tones. Sums add, so any
// window is an addition, and they can be taken off again without a trace.
//
// Tones are in [-1, 1]. A bare series in units of its own may reach +-100; a
// sum then overflows at 900 tones of that size.
type Sum struct {
	N       int
	Total   int64 // millionths of a tone point
	Squares int64 // of the tones in millionths
}

// Add counts one more tone.
func (s Sum) Add(tone float64) Sum {
	grains := int64(math.Round(tone * millionths))
	return Sum{s.N + 1, s.Total + grains, s.Squares + grains*grains}
}

// Plus joins two sets.
func (s Sum) Plus(o Sum) Sum { return Sum{s.N + o.N, s.Total + o.Total, s.Squares + o.Squares} }

// Minus takes a part out of a set.
func (s Sum) Minus(o Sum) Sum { return Sum{s.N - o.N, s.Total - o.Total, s.Squares - o.Squares} }

// Mean is 0 for an empty set.
func (s Sum) Mean() float64 {
	if s.N == 0 {
		return 0
	}
	return s.total() / float64(s.N)
}

// total is the sum in tone points.
func (s Sum) total() float64 { return float64(s.Total) / millionths }

// about is the sum of squared distances from a value.
func (s Sum) about(value float64) float64 {
	squares := float64(s.Squares) / (millionths * millionths)
	return max(0, squares-2*value*s.total()+float64(s.N)*value*value)
}

// Bucket holds the readings of one outlet in one hour, toward one actor in one
// voice. Backfill is kept apart: it teaches the baseline and is never evidence.
type Bucket struct {
	Hour     time.Time
	Voice    string
	Outlet   string
	Backfill bool
	Sum          // of their tones
	Named    Sum // of their tones by name alone, see [Reading.Named]
}

// Series is one actor's tone in time. Its buckets are all it knows, and the hours
// in which nobody watched: what else it holds, sums that roll on with the windows
// of the rules, only saves work.
// So every answer depends on these and the time asked alone, not on how
// either was reached. It is not safe for concurrent use.
type Series struct {
	voices  map[string][]cell
	outlets []string       // by id, in order of coming
	ids     map[string]int // of outlets
	byName  []int          // ids in order of name, the order of every sum of fractions
	missed  []int          // hours in which nobody watched, in order
	rolled  []*rolling
	windows windows // scratch
}

// cell is a bucket within its voice; cells are in order of hour.
type cell struct {
	hour     int // since 1970
	outlet   int // id
	backfill bool
	all      Sum
	named    Sum
}

// NewSeries takes buckets in any order.
func NewSeries(buckets []Bucket) *Series {
	s := &Series{voices: make(map[string][]cell), ids: make(map[string]int)}
	slices.SortFunc(buckets, func(a, b Bucket) int {
		return cmp.Or(a.Hour.Compare(b.Hour), cmp.Compare(a.Outlet, b.Outlet))
	})
	for _, b := range buckets {
		s.Put(b)
	}
	return s
}

// Add counts a reading in the bucket it belongs to, however late it comes.
func (s *Series) Add(r Reading) {
	c := cell{hour: hourOf(r.At), outlet: s.id(r.Outlet), backfill: r.Backfill, all: Sum{}.Add(r.Tone)}
	if r.Named != nil {
		c.named = c.named.Add(*r.Named)
	}
	old := s.cell(r.Voice, &c)
	s.change(r.Voice, old, c.all, c.named)
}

// Put sets the bucket of an hour, voice and outlet to what it holds now. One
// that holds nothing is taken out.
func (s *Series) Put(b Bucket) {
	c := cell{hour: hourOf(b.Hour), outlet: s.id(b.Outlet), backfill: b.Backfill}
	old := s.cell(b.Voice, &c)
	s.change(b.Voice, old, b.Minus(old.all), b.Named.Minus(old.named))
}

// cell finds the place of a cell, or makes it.
func (s *Series) cell(voice string, c *cell) *cell {
	cells := s.voices[voice]
	i := from(cells, c.hour)
	for ; i < len(cells) && cells[i].hour == c.hour; i++ {
		if o := &cells[i]; o.outlet == c.outlet && o.backfill == c.backfill {
			return o
		}
	}
	cells = slices.Insert(cells, i, cell{hour: c.hour, outlet: c.outlet, backfill: c.backfill})
	s.voices[voice] = cells
	return &cells[i]
}

// change adds to a cell, and to every rolling sum that it is part of.
func (s *Series) change(voice string, c *cell, all, named Sum) {
	c.all, c.named = c.all.Plus(all), c.named.Plus(named)
	delta := cell{c.hour, c.outlet, c.backfill, all, named}
	for _, w := range s.rolled {
		if w.scope.voice == voice {
			w.take(&delta)
		}
	}
	if c.all.N == 0 && c.named.N == 0 {
		s.voices[voice] = slices.DeleteFunc(s.voices[voice], func(o cell) bool { return o.all.N == 0 && o.named.N == 0 })
	}
}

// id numbers outlets.
func (s *Series) id(outlet string) int {
	if id, ok := s.ids[outlet]; ok {
		return id
	}
	id := len(s.outlets)
	s.outlets = append(s.outlets, outlet)
	s.ids[outlet] = id
	i, _ := slices.BinarySearchFunc(s.byName, outlet, func(id int, name string) int { return cmp.Compare(s.outlets[id], name) })
	s.byName = slices.Insert(s.byName, i, id)
	for _, w := range s.rolled {
		w.meet(outlet)
	}
	return id
}

// Drop forgets what lies before a time. Answers stay the same for windows and
// baselines that do not reach there.
func (s *Series) Drop(before time.Time) {
	first := hourOf(before.Add(time.Hour - 1))
	seen, live := make([]bool, len(s.outlets)), 0
	for voice, cells := range s.voices {
		cells = cells[from(cells, first):]
		if len(cells) == 0 {
			delete(s.voices, voice)
			continue
		}
		s.voices[voice] = cells
		for i := range cells {
			if id := cells[i].outlet; !seen[id] {
				seen[id] = true
				live++
			}
		}
	}
	for _, w := range s.rolled {
		if w.begin < first {
			w.known = false
		}
	}
	if len(s.outlets) > 2*live+8 { // mostly outlets that have gone
		missed := s.missed
		*s = *NewSeries(slices.Collect(s.Buckets()))
		s.missed = missed
	}
}

// Missed says in which hours nobody watched, in any order, in the place of what was
// said before. Few stories then prove nothing.
func (s *Series) Missed(hours []time.Time) {
	s.missed = s.missed[:0]
	for _, at := range hours {
		s.missed = append(s.missed, hourOf(at))
	}
	slices.Sort(s.missed)
}

// missedIn counts the hours of [begin, end) in which nobody watched.
func (s *Series) missedIn(begin, end int) int {
	i, _ := slices.BinarySearch(s.missed, begin)
	j, _ := slices.BinarySearch(s.missed, end)
	return j - i
}

// Buckets are all of the series: voice after voice, each in order of hour.
func (s *Series) Buckets() iter.Seq[Bucket] {
	return func(yield func(Bucket) bool) {
		for _, voice := range slices.Sorted(maps.Keys(s.voices)) {
			for _, c := range s.voices[voice] {
				hour := time.Unix(int64(c.hour)*3600, 0).UTC()
				if !yield(Bucket{hour, voice, s.outlets[c.outlet], c.backfill, c.all, c.named}) {
					return
				}
			}
		}
	}
}

// OutletSum is what one outlet contributes to a window.
type OutletSum struct {
	Outlet string
	Sum
}

// View says which readings of a series count.
type View struct {
	Voice    string
	Named    bool // by name alone, see [Reading.Named]
	Backfill bool // those that are backfill, too
}

// Outlets adds up the buckets of [from, to) by outlet, in order of name. An
// outlet of which nothing counts is not among them. It costs the buckets in
// range; [Measure] does not need it.
func (s *Series) Outlets(v View, begin, end time.Time) []OutletSum {
	sums := make([]Sum, len(s.outlets))
	last := hourOf(end.Add(time.Hour - 1))
	cells := s.voices[v.Voice]
	for i := from(cells, hourOf(begin.Add(time.Hour-1))); i < len(cells) && cells[i].hour < last; i++ {
		if c := &cells[i]; v.Backfill || !c.backfill {
			sums[c.outlet] = sums[c.outlet].Plus(c.sum(v.Named))
		}
	}
	var list []OutletSum
	for _, id := range s.byName {
		if sums[id].N > 0 {
			list = append(list, OutletSum{s.outlets[id], sums[id]})
		}
	}
	return list
}

func (c *cell) sum(named bool) Sum {
	if named {
		return c.named
	}
	return c.all
}

// from is the index of the first cell at or after an hour.
func from(cells []cell, hour int) int {
	// By hand: every step comes by here.
	low, high := 0, len(cells)
	for low < high {
		if middle := (low + high) / 2; cells[middle].hour < hour {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

// hourOf counts hours since 1970.
func hourOf(at time.Time) int {
	return int(floorDiv(at.Unix(), 3600))
}

// floorDiv divides toward minus infinity, as a calendar before 1970 asks for.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}
