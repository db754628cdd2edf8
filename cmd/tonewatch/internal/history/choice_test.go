package history_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tonewatch/cmd/tonewatch/internal/history"
)

// value is what a choice is worth, the weightiest first, as Choose documents it.
func value(rules [][]history.Option, labels []history.Label, chosen []int) (v [4]int, episodes int) {
	for i, at := range chosen {
		o, present := rules[i][at], rules[i][0].Episodes
		episodes += len(o.Episodes)
		for _, l := range labels {
			switch {
			case !slices.ContainsFunc(o.Episodes, l.On):
			case l.Right:
				v[0]++
			default:
				v[1]--
			}
		}
		for _, d := range history.Diff(present, o.Episodes) {
			if d.Old != nil && d.New != nil {
				v[2]++
			}
		}
		v[3] -= o.Change
	}
	return v, episodes
}

// No choice at all is better than the one chosen: every one is tried.
func TestChooseIsTheBest(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	var some, none int
	for range 200 {
		var rules [][]history.Option
		var labels []history.Label
		for r := range 3 {
			name := string(rune('a' + r))
			var options []history.Option
			for change := range 4 {
				var episodes []history.Episode
				for day := range 12 {
					if random.IntN(4) == 0 {
						at := start.AddDate(0, 0, 3*day)
						end := at.Add(time.Hour)
						episodes = append(episodes, history.Episode{Rule: name, Actor: "A", Start: at, End: &end})
					}
				}
				options = append(options, history.Option{Episodes: episodes, Change: change})
			}
			rules = append(rules, options)
			for range 4 {
				labels = append(labels, history.Label{Rule: name, Actor: "A", At: start.AddDate(0, 0, 3*random.IntN(12)), Right: random.IntN(2) == 0})
			}
		}
		most := random.IntN(12)
		var best [4]int
		var found bool
		for i := range 64 {
			v, n := value(rules, labels, []int{i / 16, i / 4 % 4, i % 4})
			if n <= most && (!found || slices.Compare(v[:], best[:]) > 0) {
				best, found = v, true
			}
		}
		chosen, ok := history.Choose(rules, labels, most)
		if ok != found {
			t.Fatalf("chosen: %v, possible: %v", ok, found)
		}
		if !ok {
			none++
			continue
		}
		some++
		if got, n := value(rules, labels, chosen); n > most || got != best {
			t.Fatalf("chose %v: worth %v with %d episodes of %d; the best is worth %v", chosen, got, n, most, best)
		}
	}
	if some < 50 || none < 5 {
		t.Errorf("%d choices and %d times none: the test shows little", some, none)
	}
}
