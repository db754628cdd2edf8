package monitor

import (
	"cmp"
	"slices"
	"time"
)

// AnyVoice is the voice under which a story counts once, whoever speaks in it.
const AnyVoice = "any"

// OwnVoice is the outlet's own narration.
const OwnVoice = ""

// Sum holds the sufficient statistics of a set of tones: how many, their sum
// and the sum of their squares. Sums add, so any window is an addition.
type Sum struct {
	N       int
	Total   float64
	Squares float64
}

// Add counts one more tone.
func (s Sum) Add(tone float64) Sum { return Sum{s.N + 1, s.Total + tone, s.Squares + tone*tone} }

// Plus joins two sets.
func (s Sum) Plus(o Sum) Sum { return Sum{s.N + o.N, s.Total + o.Total, s.Squares + o.Squares} }

// Mean is 0 for an empty set.
func (s Sum) Mean() float64 {
	if s.N == 0 {
		return 0
	}
	return s.Total / float64(s.N)
}

// about is the sum of squared distances from a value.
func (s Sum) about(value float64) float64 {
	return max(0, s.Squares-2*value*s.Total+float64(s.N)*value*value)
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

// Series is one actor's tone in time: buckets in order of hour.
type Series struct{ buckets []Bucket }

// NewSeries takes the buckets over, in any order.
func NewSeries(buckets []Bucket) *Series {
	slices.SortFunc(buckets, compareBuckets)
	return &Series{buckets}
}

// Add counts a reading in the bucket it belongs to, however late it comes.
func (s *Series) Add(r Reading) {
	b := Bucket{Hour: r.At.UTC().Truncate(time.Hour), Voice: r.Voice, Outlet: r.Outlet, Backfill: r.Backfill}
	i, found := slices.BinarySearchFunc(s.buckets, b, compareBuckets)
	if !found {
		s.buckets = slices.Insert(s.buckets, i, b)
	}
	s.buckets[i].Sum = s.buckets[i].Add(r.Tone)
	if r.Named != nil {
		s.buckets[i].Named = s.buckets[i].Named.Add(*r.Named)
	}
}

// Drop forgets what lies before a time, for a replay that runs for years.
func (s *Series) Drop(before time.Time) {
	i, _ := slices.BinarySearchFunc(s.buckets, before, func(b Bucket, t time.Time) int { return b.Hour.Compare(t) })
	s.buckets = s.buckets[i:]
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

// Outlets adds up the buckets of [from, to) by outlet, in order of name, so that
// sums of sums are the same wherever they are taken. An outlet of which nothing
// counts is not among them. It costs O(log n) plus the buckets in range.
func (s *Series) Outlets(v View, from, to time.Time) []OutletSum {
	at := make(map[string]int)
	var sums []OutletSum
	i, _ := slices.BinarySearchFunc(s.buckets, from, func(b Bucket, t time.Time) int { return b.Hour.Compare(t) })
	for _, b := range s.buckets[i:] {
		if !b.Hour.Before(to) {
			break
		}
		sum := b.Sum
		if v.Named {
			sum = b.Named
		}
		if b.Voice != v.Voice || b.Backfill && !v.Backfill || sum.N == 0 {
			continue
		}
		k, ok := at[b.Outlet]
		if !ok {
			k = len(sums)
			at[b.Outlet] = k
			sums = append(sums, OutletSum{Outlet: b.Outlet})
		}
		sums[k].Sum = sums[k].Plus(sum)
	}
	slices.SortFunc(sums, func(a, b OutletSum) int { return cmp.Compare(a.Outlet, b.Outlet) })
	return sums
}

func compareBuckets(a, b Bucket) int {
	return cmp.Or(
		a.Hour.Compare(b.Hour),
		cmp.Compare(a.Voice, b.Voice),
		cmp.Compare(a.Outlet, b.Outlet),
		compareBool(a.Backfill, b.Backfill),
	)
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
