package monitor

import (
	"cmp"
	"container/heap"
	"slices"
	"time"
)

// Replay runs readings through the rules in memory, in the order of time: the
// same [Step] as the daemon's, without clock or database. Its memory is the
// rules' reach per actor, however long the history, or [BudgetHistory] where a
// rule has a budget.
type Replay struct {
	rules  []Rule
	actors map[string]*replayed
	missed []time.Time
	due    deadlines
}

// replayed is one actor's state.
type replayed struct {
	name     string
	rules    []Rule
	limits   []RuleLimit
	series   *Series
	readings []Reading // of the longest window, in the order they came
	episodes []Episode // open, or ended last under their rule
	due      time.Time // zero: not before the next reading
	place    int       // among the deadlines; -1: none
	kept     time.Time // from when on nothing is forgotten yet
}

// NewReplay starts with no history.
func NewReplay(rules []Rule) *Replay {
	return &Replay{rules: rules, actors: make(map[string]*replayed)}
}

// Missed says in which hours of the history nobody watched. It comes before the
// first reading.
func (p *Replay) Missed(hours []time.Time) { p.missed = hours }

// Observe takes readings that became known at a time, all at once, and returns
// the episodes that receivers would be told of. Times must not go back.
func (p *Replay) Observe(readings []Reading, at time.Time) []Episode {
	told := p.Advance(at)
	var touched []*replayed
	for _, r := range readings {
		a := p.actor(r.Actor)
		if !slices.Contains(touched, a) {
			touched = append(touched, a)
		}
		if slices.ContainsFunc(a.rules, func(rule Rule) bool { return rule.Hears(r.Voice) }) {
			a.series.Add(r)
			a.readings = append(a.readings, r)
		}
	}
	slices.SortFunc(touched, func(a, b *replayed) int { return cmp.Compare(a.name, b.name) })
	for _, a := range touched {
		a.forget(at)
		told = append(told, p.step(a, at)...)
	}
	return told
}

// Advance lets deadlines pass up to a time in which nothing was published.
func (p *Replay) Advance(to time.Time) (told []Episode) {
	for len(p.due) > 0 && p.due[0].due.Before(to) {
		told = append(told, p.step(p.due[0], p.due[0].due)...)
	}
	return told
}

// Standing are an actor's episodes as they stand: those that are open, and the
// last that has ended of each rule.
func (p *Replay) Standing(actor string) []Episode {
	a, ok := p.actors[actor]
	if !ok {
		return nil
	}
	return slices.Clone(a.episodes)
}

func (p *Replay) actor(name string) *replayed {
	a, ok := p.actors[name]
	if !ok {
		a = &replayed{name: name, rules: watching(p.rules, name), series: NewSeries(nil), place: -1}
		a.series.Missed(p.missed)
		p.actors[name] = a
	}
	return a
}

func (p *Replay) step(a *replayed, at time.Time) (told []Episode) {
	if unlearnt(a.rules, a.limits, at) {
		a.limits = learn(a.rules, a.limits, a.series, at)
	}
	moves, due := stepAll(a.rules, a.limits, a.name, a.episodes, a.series, at)
	p.due.set(a, due)
	_ = explain(moves, a.series, a.window) // a window in memory does not fail
	for _, m := range moves {
		a.note(m.After)
		if m.Told() {
			told = append(told, m.After)
		}
	}
	return told
}

// note keeps an episode in the place of the one before it under its rule.
func (a *replayed) note(e Episode) {
	a.episodes = slices.DeleteFunc(a.episodes, func(o Episode) bool { return o.Rule == e.Rule && o.Voice == e.Voice })
	if e.Open() || !e.Ended.IsZero() {
		a.episodes = append(a.episodes, e)
	}
}

// window gives the readings in one voice within [from, to), as a store would.
func (a *replayed) window(voice string, from, to time.Time) (list []Reading, _ error) {
	for _, r := range a.readings {
		if r.Voice == voice && !r.At.Before(from) && r.At.Before(to) {
			list = append(list, r)
		}
	}
	slices.SortStableFunc(list, func(a, b Reading) int { return a.At.Compare(b.At) })
	return list, nil
}

// forget drops, once a day, what no rule can reach any more.
func (a *replayed) forget(at time.Time) {
	const pause = 24 * time.Hour
	if at.Before(a.kept.Add(pause)) {
		return
	}
	a.kept = at
	a.series.Drop(at.Add(-History(a.rules)))
	var longest time.Duration
	for _, r := range a.rules {
		longest = max(longest, time.Duration(r.window())*time.Hour)
	}
	oldest := at.Add(-longest - time.Hour)
	a.readings = slices.DeleteFunc(a.readings, func(r Reading) bool { return r.At.Before(oldest) })
}

// deadlines is a heap of the actors that are due, the next first.
type deadlines []*replayed

// set makes an actor due at a time, or takes it out where that is zero.
func (d *deadlines) set(a *replayed, due time.Time) {
	a.due = due
	switch {
	case due.IsZero() && a.place >= 0:
		heap.Remove(d, a.place)
	case due.IsZero():
	case a.place < 0:
		heap.Push(d, a)
	default:
		heap.Fix(d, a.place)
	}
}

func (d deadlines) Len() int { return len(d) }

func (d deadlines) Less(i, j int) bool {
	if !d[i].due.Equal(d[j].due) {
		return d[i].due.Before(d[j].due)
	}
	return d[i].name < d[j].name
}

func (d deadlines) Swap(i, j int) {
	d[i], d[j] = d[j], d[i]
	d[i].place, d[j].place = i, j
}

// Push implements [heap.Interface].
func (d *deadlines) Push(x any) {
	a := x.(*replayed)
	a.place = len(*d)
	*d = append(*d, a)
}

// Pop implements [heap.Interface].
func (d *deadlines) Pop() any {
	last := len(*d) - 1
	a := (*d)[last]
	*d = (*d)[:last]
	a.place = -1
	return a
}
