package history

import (
	"cmp"
	"slices"
	"time"
)

// Label is what someone made of an alert.
type Label struct {
	Rule, Actor string
	Voice       *string // nil: any
	At          time.Time
	Right       bool // false: the alert was wrong
}

// near is how far from its episode a label may be: an episode begins at another
// time under other thresholds.
const near = 24 * time.Hour

// On says whether the label is of an episode.
func (l Label) On(e Episode) bool {
	to := l.At.Add(near)
	return l.Rule == e.Rule && l.Actor == e.Actor && (l.Voice == nil || *l.Voice == e.Voice) && e.openWithin(l.At.Add(-near), &to)
}

// Option is one way to set a rule, and what would have come of it.
type Option struct {
	Episodes []Episode
	Change   int // how far it is from the present setting; 0 is that setting
}

// merit is what speaks for an option, the weightiest first. Merits add.
type merit struct {
	right   int // labels called right that have an episode
	wrong   int // labels called wrong that have one, negative
	kept    int // episodes that the present setting has, too
	changed int // negative
}

func (m merit) plus(o merit) merit {
	return merit{m.right + o.right, m.wrong + o.wrong, m.kept + o.kept, m.changed + o.changed}
}

func (m merit) compare(o merit) int {
	return cmp.Or(cmp.Compare(m.right, o.right), cmp.Compare(m.wrong, o.wrong), cmp.Compare(m.kept, o.kept), cmp.Compare(m.changed, o.changed))
}

func meritOf(o Option, present []Episode, labels []Label) merit {
	m := merit{changed: -o.Change}
	for _, l := range labels {
		switch has := slices.ContainsFunc(o.Episodes, l.On); {
		case has && l.Right:
			m.right++
		case has:
			m.wrong--
		}
	}
	for _, d := range Diff(present, o.Episodes) {
		if d.Old != nil && d.New != nil {
			m.kept++
		}
	}
	return m
}

// Choose takes one option of each rule, so that there are at most so many
// episodes in all. Of all such choices it takes the one that keeps most alerts
// labelled right; among those the one that keeps fewest labelled wrong; then
// most of the present episodes; then the least change. It is exact: a knapsack
// with one item of each class, solved by counts (Kellerer, Pferschy and
// Pisinger, Knapsack Problems, 2004, chapter 11). Each rule's options begin with
// the present setting. Not ok means that no choice is quiet enough.
func Choose(rules [][]Option, labels []Label, most int) (chosen []int, ok bool) {
	type plan struct {
		merit
		chosen []int
	}
	plans := map[int]plan{0: {}} // by episodes so far
	for _, options := range rules {
		next := make(map[int]plan)
		for i, o := range options {
			m := meritOf(o, options[0].Episodes, labels)
			for used, p := range plans {
				n := used + len(o.Episodes)
				if n > most {
					continue
				}
				candidate := plan{p.plus(m), append(slices.Clone(p.chosen), i)}
				if best, ok := next[n]; !ok || cmp.Or(candidate.compare(best.merit), slices.Compare(best.chosen, candidate.chosen)) > 0 {
					next[n] = candidate
				}
			}
		}
		plans = next
	}
	var best plan
	for n := range most + 1 {
		if p, has := plans[n]; has && (!ok || p.compare(best.merit) > 0) {
			best, ok = p, true
		}
	}
	return best.chosen, ok
}
