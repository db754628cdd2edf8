package monitor

import (
	"maps"
	"slices"
	"time"
)

// Replay runs readings through the rules in memory, in the order of time: the
// same [Step] as the daemon's, without clock or database. Its memory is the
// rules' reach per actor, however long the history.
type Replay struct {
	rules  []Rule
	reach  time.Duration
	actors map[string]*replayed
}

// replayed is one actor's state.
type replayed struct {
	rules    []Rule
	series   *Series
	readings []Reading // of the longest window
	open     []Episode
	due      time.Time
}

// NewReplay starts with no history.
func NewReplay(rules []Rule) *Replay {
	return &Replay{rules: rules, reach: reach(rules), actors: make(map[string]*replayed)}
}

// Observe takes readings that became known at a time, all at once, and returns
// the episodes that receivers would be told of. Times must not go back.
func (p *Replay) Observe(readings []Reading, at time.Time) []Episode {
	told := p.Advance(at)
	touched := make(map[string]bool)
	for _, r := range readings {
		a := p.actor(r.Actor)
		a.series.Add(r)
		a.readings = append(a.readings, r)
		touched[r.Actor] = true
	}
	for _, name := range slices.Sorted(maps.Keys(touched)) {
		a := p.actors[name]
		a.forget(at, p.reach)
		told = append(told, a.step(name, at)...)
	}
	return told
}

// Advance lets deadlines pass up to a time in which nothing was published.
func (p *Replay) Advance(to time.Time) []Episode {
	var told []Episode
	for {
		var next string
		for _, name := range slices.Sorted(maps.Keys(p.actors)) {
			due := p.actors[name].due
			if !due.IsZero() && due.Before(to) && (next == "" || due.Before(p.actors[next].due)) {
				next = name
			}
		}
		if next == "" {
			return told
		}
		told = append(told, p.actors[next].step(next, p.actors[next].due)...)
	}
}

func (p *Replay) actor(name string) *replayed {
	a, ok := p.actors[name]
	if !ok {
		a = &replayed{rules: watching(p.rules, name), series: NewSeries(nil)}
		p.actors[name] = a
	}
	return a
}

func (a *replayed) step(name string, at time.Time) (told []Episode) {
	moves, due := stepAll(a.rules, name, a.open, a.series, at)
	a.due = due
	a.open = a.open[:0]
	_ = explain(moves, a.series, a.window) // a window in memory does not fail
	for _, m := range moves {
		if m.After.Open() {
			a.open = append(a.open, m.After)
		}
		if m.Told() {
			told = append(told, m.After)
		}
	}
	return told
}

// window gives the readings in one voice within [from, to), as a store would.
func (a *replayed) window(voice string, from, to time.Time) (list []Reading, _ error) {
	for _, r := range a.readings {
		if r.Voice == voice && !r.At.Before(from) && r.At.Before(to) {
			list = append(list, r)
		}
	}
	return list, nil
}

// forget drops what no rule can reach any more.
func (a *replayed) forget(at time.Time, reach time.Duration) {
	a.series.Drop(at.Add(-reach - time.Hour))
	var longest time.Duration
	for _, r := range a.rules {
		longest = max(longest, r.Window)
	}
	oldest := at.Add(-longest - time.Hour)
	a.readings = slices.DeleteFunc(a.readings, func(r Reading) bool { return r.At.Before(oldest) })
}
