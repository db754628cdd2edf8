// Package history replays what was published through rules: what would have
// been told, when, and to whom. The detector is the daemon's own.
//
// Read history.go for readings in order of time, file.go for the file they are
// kept in, run.go for the replay, and then what is made of its episodes:
// difference.go sets two replays side by side, expectation.go holds one against
// what was to happen, choice.go chooses among many, picture.go and frame.go draw.
//
// Limits: a history is kept in memory, about 300 bytes a reading without its
// quotes. A reading counts as known from the time its story was published; the
// daemon knows it a poll later.
package history

import (
	"iter"
	"maps"
	"slices"
	"time"

	"tonewatch/monitor"
)

// History is readings in order of time, by actor.
type History struct {
	From, To time.Time   // of the first reading and the last
	Size     int         // readings
	Missed   []time.Time // hours in which nobody watched, where that is known
	actors   []string
	readings map[string][]monitor.Reading
}

// New takes readings in any order; those of one actor and time stay in theirs.
func New(readings []monitor.Reading) *History {
	h := &History{Size: len(readings), readings: make(map[string][]monitor.Reading)}
	counts := make(map[string]int)
	for _, r := range readings {
		counts[r.Actor]++
	}
	h.actors = slices.Sorted(maps.Keys(counts))
	for _, name := range h.actors {
		h.readings[name] = make([]monitor.Reading, 0, counts[name])
	}
	for _, r := range readings {
		h.readings[r.Actor] = append(h.readings[r.Actor], r)
	}
	inOrder := func(a, b monitor.Reading) int { return a.At.Compare(b.At) }
	for _, list := range h.readings {
		if !slices.IsSortedFunc(list, inOrder) {
			slices.SortStableFunc(list, inOrder)
		}
		if first := list[0].At; h.From.IsZero() || first.Before(h.From) {
			h.From = first
		}
		if last := list[len(list)-1].At; last.After(h.To) {
			h.To = last
		}
	}
	return h
}

// Days is how long the history is, in days; part of one counts as a part.
func (h *History) Days() float64 { return h.To.Sub(h.From).Hours() / 24 }

// Readings are all of them, in order of actor, then of time.
func (h *History) Readings() iter.Seq[monitor.Reading] {
	return func(yield func(monitor.Reading) bool) {
		for _, actor := range h.actors {
			for _, r := range h.readings[actor] {
				if !yield(r) {
					return
				}
			}
		}
	}
}
