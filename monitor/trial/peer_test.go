package trial_test

import (
	"math"
	"slices"
	"time"
)

// lines are the thresholds at which a peer is run at once, so that one can be
// chosen afterwards that has the false alarms of another detector.
var lines = func() (list []float64) {
	for k := range 120 {
		list = append(list, 0.25*math.Pow(1.035, float64(k)))
	}
	return list
}()

// peer is a detector as others run it: it says by how many of its standard
// deviations the tone of the last 24 hours is off, after each story.
type peer interface {
	off(at time.Time, today sums, days []sums) float64
}

// sums add up tones, and their squares, from the first story on.
type sums struct{ n, total, squares float64 }

func (s sums) minus(o sums) sums {
	return sums{s.n - o.n, s.total - o.total, s.squares - o.squares}
}

func (s sums) mean() float64 { return s.total / s.n }

func (s sums) deviation() float64 {
	return math.Sqrt(max(0, s.squares-s.total*s.mean()) / max(1, s.n-1))
}

// weekly is a mean of 24 hours against the mean and the standard deviation of
// the seven days before them: of the seven days' means, or of their stories.
type weekly struct{ ofStories bool }

func (p weekly) off(_ time.Time, today sums, days []sums) float64 {
	var stories, means sums
	for _, d := range days {
		stories = sums{stories.n + d.n, stories.total + d.total, stories.squares + d.squares}
		if d.n > 0 {
			means = sums{means.n + 1, means.total + d.mean(), means.squares + d.mean()*d.mean()}
		}
	}
	of := means
	if p.ofStories {
		of = stories
	}
	if of.n < 2 || of.deviation() == 0 {
		return 0
	}
	return (today.mean() - stories.mean()) / of.deviation()
}

// welford is worldmonitor's: the mean and the variance of all samples there
// ever were, and a z-score from the tenth sample on. A sample is the mean of 24
// hours, once an hour that has a story.
type welford struct {
	all  sums
	last time.Time
}

func (p *welford) off(at time.Time, today sums, _ []sums) (z float64) {
	x := today.mean()
	if p.all.n >= 10 && p.all.deviation() > 0 {
		z = (x - p.all.mean()) / p.all.deviation()
	}
	if hour := at.Truncate(time.Hour); !hour.Equal(p.last) {
		p.all = sums{p.all.n + 1, p.all.total + x, p.all.squares + x*x}
		p.last = hour
	}
	return z
}

// run gives the alarms after the history at each of the lines. An alarm is over
// when tone is back by half.
func run(p peer, list []story) []alarms {
	found := make([]alarms, len(lines))
	on := make([]bool, len(lines))
	upTo := make([]sums, len(list)+1)
	for i, s := range list {
		upTo[i+1] = sums{upTo[i].n + 1, upTo[i].total + s.tone, upTo[i].squares + s.tone*s.tone}
	}
	var edges [9]int // the first story of the last 24 hours, of the 24 before, ..
	days := make([]sums, 7)
	for i := range list {
		at := list[i].at
		for k := range edges {
			for list[edges[k]].at.Before(at.Add(-day * time.Duration(k+1))) {
				edges[k]++
			}
		}
		for k := range days {
			days[k] = upTo[edges[k]].minus(upTo[edges[k+1]])
		}
		z := math.Abs(p.off(at, upTo[i+1].minus(upTo[edges[0]]), days))
		for k, line := range lines {
			switch {
			case z >= line && !on[k]:
				on[k] = true
				found[k].noted(at)
			case z < line/2:
				on[k] = false
			}
		}
	}
	return found
}

// lineAt is the index of the first line at or above a threshold.
func lineAt(threshold float64) int {
	i, _ := slices.BinarySearch(lines, threshold)
	return min(i, len(lines)-1)
}
