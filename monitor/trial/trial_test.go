package trial_test

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"tonewatch/monitor"
)

const (
	history = 98  // days before the change or the watch: fourteen weeks
	settled = 14  // of them, the last, in which the detectors look already
	quiet   = 120 // days in which nothing happens
	horizon = 28  // days in which a change is to be found
	mixed   = 7   // of a change of mix; the weekly peers' baseline has followed by then
)

// changed is when the history ends.
var changed = begin.Add(history * day)

// changes are what may happen; the first is nothing.
const mixOnly = 4

var changes = []change{
	{name: "nothing"},
	{name: "step 0.1", step: 0.1},
	{name: "step 0.2", step: 0.2},
	{name: "step 0.4", step: 0.4},
	{name: "mix only", mix: 6},
	{name: "events x2", more: 2},
	{name: "gap 0.4", gap: 0.4},
}

// days is how long the stream goes on after the history.
func (c change) days() int {
	switch c {
	case changes[0]:
		return quiet
	case changes[mixOnly]:
		return mixed
	}
	return horizon
}

// watched is what became of one actor: detectors by change, peers by change and
// line.
type watched struct {
	limits []monitor.Limit
	ours   [][]alarms   // by rule and change
	peers  [][][]alarms // by peer, change and line
}

var peerNames = []string{"24 h against 7 days' means", "24 h against 7 days' stories", "Welford z"}

// watchActor runs everything on one actor.
func watchActor(number uint64) watched {
	a := newActor(number)
	w := watched{peers: make([][][]alarms, len(peerNames))}
	streams := make([][]story, len(changes))
	for i, c := range changes {
		streams[i] = a.stories(history+c.days(), c, history)
	}
	from := changed.Add(-settled * day)
	before := streams[0][:since(streams[0], from)]
	past, series := monitor.NewSeries(nil), monitor.NewSeries(nil)
	for _, x := range before {
		past.Add(x.reading())
	}
	for _, x := range streams[0][:since(streams[0], changed)] {
		series.Add(x.reading())
	}
	buckets := slices.Collect(past.Buckets())
	for _, r := range rules(a) {
		limit := monitor.Limit{Problem: "no budget"}
		if r.Budget != (monitor.Budget{}) {
			limit = monitor.LearnLimit(r, series, changed)
		}
		w.limits = append(w.limits, limit)
		var found []alarms
		for _, list := range streams {
			found = append(found, watch(r.Under(limit), buckets, list[len(before):], from))
		}
		w.ours = append(w.ours, found)
	}
	for i := range peerNames {
		for _, list := range streams {
			peers := []peer{weekly{}, weekly{ofStories: true}, new(welford)}
			w.peers[i] = append(w.peers[i], run(peers[i], list))
		}
	}
	return w
}

// since is the index of the first story at or after a time.
func since(list []story, at time.Time) int {
	i, _ := slices.BinarySearchFunc(list, at, func(s story, at time.Time) int { return s.at.Compare(at) })
	return i
}

// actors is how many are simulated; TRIAL_ACTORS is for a quick look.
func actors() int {
	if n, err := strconv.Atoi(os.Getenv("TRIAL_ACTORS")); err == nil && n > 0 {
		return n
	}
	return 1000
}

// watchAll simulates actors in parallel; each depends on its number alone.
func watchAll(n int) []watched {
	list := make([]watched, n)
	var wg sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				list[i] = watchActor(uint64(i))
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
	return list
}

// row is one detector in the table.
type row struct {
	name     string
	actors   int
	rate     float64   // false alarms an actor and year
	mix      float64   // alarms an actor that a change of mix adds to those of the same days without
	mixError float64   // standard error of mix
	found    []float64 // by change: part of the actors with an alarm
	delay    []float64 // by change: median days; actors without an alarm count as never
	alarmed  []float64 // by change: alarms an actor
}

func rowOf(name string, n int, of func(i, change int) alarms) row {
	r := row{name: name, actors: n}
	for c := range changes {
		var count, found int
		var delays []time.Duration
		for i := range n {
			a := of(i, c)
			count += a.count
			if a.count > 0 {
				found++
				delays = append(delays, a.first.Sub(changed))
			}
		}
		slices.Sort(delays)
		median := -1.0
		if len(delays) > n/2 {
			median = delays[n/2].Hours() / 24
		}
		r.found = append(r.found, float64(found)/float64(n))
		r.delay = append(r.delay, median)
		r.alarmed = append(r.alarmed, float64(count)/float64(n))
	}
	r.rate = r.alarmed[0] * 365 / quiet
	// By the difference, actor by actor: up to their outlets the stories are the same.
	var added, squares float64
	for i := range n {
		d := float64(of(i, mixOnly).early - of(i, 0).early)
		added, squares = added+d, squares+d*d
	}
	r.mix = added / float64(n)
	r.mixError = math.Sqrt((squares/float64(n) - r.mix*r.mix) / float64(n))
	return r
}

func (r row) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "| %s | %d | %.2f | %+.3f (%.3f) |", r.name, r.actors, r.rate, r.mix, r.mixError)
	for c := range changes {
		if c == 0 || c == mixOnly {
			continue
		}
		delay := "-"
		if r.delay[c] >= 0 {
			delay = fmt.Sprintf("%.1f d", r.delay[c])
		}
		fmt.Fprintf(&b, " %.0f %%, %s |", 100*r.found[c], delay)
	}
	return b.String()
}

const header = "| detector | actors | false alarms a year | added by mix | step 0.1 | step 0.2 | step 0.4 | events x2 | gap 0.4 |\n|---|---|---|---|---|---|---|---|---|\n"

// ourRows are those of our rules, over the actors whose limit was learnt.
func ourRows(all []watched) (rows []row) {
	for k, r := range rules(newActor(0)) {
		learnt := all
		if r.Level == nil {
			learnt = slices.DeleteFunc(slices.Clone(all), func(w watched) bool { return w.limits[k].Problem != "" })
		}
		rows = append(rows, rowOf(r.Name, len(learnt), func(i, c int) alarms { return learnt[i].ours[k][c] }))
	}
	return rows
}

// peerRow is a peer's at a line.
func peerRow(all []watched, p, line int) row {
	name := fmt.Sprintf("%s, at %.2f", peerNames[p], lines[line])
	return rowOf(name, len(all), func(i, c int) alarms { return all[i].peers[p][c][line] })
}

// equal is the lowest line at which a peer has no more false alarms than a rate.
func equal(all []watched, p int, rate float64) row {
	for line := range lines {
		if r := peerRow(all, p, line); r.rate <= rate {
			return r
		}
	}
	return peerRow(all, p, len(lines)-1)
}

// used is the part of the budget that a rate of false alarms is.
func used(rate float64) float64 {
	return rate / (365 * budget.Alarms * float64(day) / float64(budget.Per))
}

// usedBySize is what a rule used of its budget, by stories a day of the actor.
func usedBySize(all []watched, rule int) string {
	var b strings.Builder
	least := 0.0
	for _, most := range []float64{5, 10, 20, 40, math.Inf(1)} {
		var n, count int
		for i, w := range all {
			if rate := newActor(uint64(i)).rate; rate >= least && rate < most && w.limits[rule].Problem == "" {
				n++
				count += w.ours[rule][0].count
			}
		}
		if n > 0 {
			fmt.Fprintf(&b, ", %.2f from %g stories a day (%d)", used(float64(count)/float64(n)*365/quiet), least, n)
		}
		least = most
	}
	return b.String()
}

// BenchmarkTrial prints the table of README.md.
func BenchmarkTrial(b *testing.B) {
	if testing.Short() {
		b.Skip("-short")
	}
	for b.Loop() {
		start := time.Now()
		all := watchAll(actors())
		fmt.Print(header)
		rows := ourRows(all)
		for _, r := range rows {
			fmt.Println(r)
		}
		for p := range peerNames {
			fmt.Println(peerRow(all, p, lineAt(2)))
		}
		for _, r := range rows[:2] {
			fmt.Printf("| at the false alarms of %s: | | | | | | | | |\n", r.name)
			for p := range peerNames {
				fmt.Println(equal(all, p, r.rate))
			}
			fmt.Println(pelt(b, len(all), r.rate))
		}
		for k, r := range rules(newActor(0))[:4] {
			fmt.Printf("%s kept its budget: %.2f of what was asked%s\n", r.Name, used(rows[k].rate), usedBySize(all, k))
		}
		b.ReportMetric(time.Since(start).Seconds(), "s/trial")
	}
}
