package history

import (
	"slices"
	"time"
)

// Difference is an episode of one replay beside that of another. Exactly one of
// the two may be nil: the other replay has it alone.
type Difference struct {
	Old *Episode `json:"old"`
	New *Episode `json:"new"`
}

// Moved says whether both have the episode and tell it at different times.
func (d Difference) Moved() bool {
	return d.Old != nil && d.New != nil && !d.Old.Start.Equal(d.New.Start)
}

// Same says whether both tell the episode at the same time.
func (d Difference) Same() bool { return d.Old != nil && d.New != nil && !d.Moved() }

func (d Difference) start() time.Time {
	if d.Old != nil {
		return d.Old.Start
	}
	return d.New.Start
}

// Diff pairs the episodes of two replays, each in order of time: two are one and
// the same where rule, actor, voice and direction are and they were open at a
// same time. The earliest are paired first, and the pairs are in order of time.
func Diff(before, after []Episode) []Difference {
	type kind struct {
		rule, actor, voice string
		direction          int
	}
	alike := make(map[kind][]int) // of after, not yet paired
	for j, e := range after {
		k := kind{e.Rule, e.Actor, e.Voice, e.Direction}
		alike[k] = append(alike[k], j)
	}
	var list []Difference
	paired := make([]bool, len(after))
	for i, e := range before {
		d := Difference{Old: &before[i]}
		k := kind{e.Rule, e.Actor, e.Voice, e.Direction}
		if n := slices.IndexFunc(alike[k], func(j int) bool { return e.openWithin(after[j].Start, after[j].End) }); n >= 0 {
			j := alike[k][n]
			d.New, paired[j] = &after[j], true
			alike[k] = slices.Delete(alike[k], n, n+1)
		}
		list = append(list, d)
	}
	for j := range after {
		if !paired[j] {
			list = append(list, Difference{New: &after[j]})
		}
	}
	slices.SortStableFunc(list, func(a, b Difference) int { return a.start().Compare(b.start()) })
	return list
}

// openWithin says whether an episode was open within [from, to]; nil is no end.
func (e Episode) openWithin(from time.Time, to *time.Time) bool {
	return (to == nil || !e.Start.After(*to)) && (e.End == nil || !e.End.Before(from))
}
