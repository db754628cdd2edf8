package trial_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// daily is a stream as PELT sees it: the mean tone of each day that has stories.
type daily struct {
	Days  []int     `json:"days"`
	Means []float64 `json:"means"`
}

// pelt runs ruptures' PELT on the same streams, where TRIAL_PYTHON names a
// Python that has it. It looks at all of a stream at once, so it has no delay.
func pelt(b *testing.B, n int, rate float64) string {
	b.Helper()
	python := os.Getenv("TRIAL_PYTHON")
	if python == "" {
		return "| PELT, offline: not run, TRIAL_PYTHON names no Python with ruptures | | | | | | | | |"
	}
	var in bytes.Buffer
	for i := range n {
		a := newActor(uint64(i))
		var streams []daily
		lists := [][]story{a.stories(history+mixed, changes[0], history)} // what the change of mix is held against
		for _, c := range changes {
			lists = append(lists, a.stories(history+c.days(), c, history))
		}
		for _, list := range lists {
			var d daily
			for k := 0; k < len(list); {
				from, sum, first := list[k].at.Truncate(day), 0.0, k
				for ; k < len(list) && list[k].at.Before(from.Add(day)); k++ {
					sum += list[k].tone
				}
				d.Days = append(d.Days, int(from.Sub(begin)/day))
				d.Means = append(d.Means, sum/float64(k-first))
			}
			streams = append(streams, d)
		}
		if err := json.NewEncoder(&in).Encode(streams); err != nil {
			b.Fatal(err)
		}
	}
	c := exec.CommandContext(b.Context(), python, "pelt.py", fmt.Sprint(rate), fmt.Sprint(history), fmt.Sprint(quiet))
	c.Stdin, c.Stderr = &in, os.Stderr
	out, err := c.Output()
	if err != nil {
		b.Fatalf("%s pelt.py: %v", python, err)
	}
	var r struct {
		Penalty, Rate, Mix, Error float64
		Found                     []float64
	}
	if err := json.Unmarshal(out, &r); err != nil {
		b.Fatalf("pelt.py printed %q: %v", out, err)
	}
	var s strings.Builder
	fmt.Fprintf(&s, "| PELT, offline, penalty %.2f | %d | %.2f | %+.3f (%.3f) |", r.Penalty, n, r.Rate, r.Mix, r.Error)
	for c, part := range r.Found {
		if c != 0 && c != mixOnly {
			fmt.Fprintf(&s, " %.0f %% |", 100*part)
		}
	}
	return s.String()
}
