package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"tonewatch/configs"
	"tonewatch/monitor"
)

func newSeries() *cobra.Command {
	c := &cobra.Command{Use: "series", Short: "Look at series"}
	c.AddCommand(newSeriesDetect())
	return c
}

func newSeriesDetect() *cobra.Command {
	var kind, budget string
	c := &cobra.Command{
		Use:   "detect --json",
		Short: "Detect shifts in a bare series from standard input",
		Long: `Takes {"t","y","outlet"} a line, t being RFC 3339 or a number and outlet
optional, and prints {"points":[{"index","t","size","sigma","since"}]}: index is
the line (from 0) at which the alarm was raised, with nothing later known; since
is the line from which the change is dated.

Kind drift finds changes of any length up to 30 lines, and what is out of all
proportion at once; it does not look at outlets. Kind shift holds the last 24
lines against the 672 before them, outlet by outlet, as a rule of the daemon
does. A budget of false alarms goes by t; where t is a number, a line is an hour.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return detectSeries(c, kind, budget)
		},
	}
	c.Flags().StringVar(&kind, "kind", "drift", "detector: drift or shift")
	c.Flags().StringVar(&budget, "false-alarms", "", `budget of kind drift, as in "1 per 90d" (default: a limit of 4 sigma)`)
	c.Flags().Bool("json", false, "print JSON (required)")
	_ = c.MarkFlagRequired("json") // unreachable: the flag was just added
	return c
}

type (
	observation struct {
		T      json.RawMessage `json:"t"`
		Y      *float64        `json:"y"`
		Outlet string          `json:"outlet"`
	}
	alarm struct {
		Index int             `json:"index"`
		T     json.RawMessage `json:"t"`
		Size  float64         `json:"size"`
		Sigma float64         `json:"sigma"`
		Since int             `json:"since"`
	}
)

func detectSeries(c *cobra.Command, kind, budget string) error {
	if kind != "drift" && kind != "shift" {
		return &usageError{fmt.Errorf("--kind %q is not known; there are drift and shift", kind)}
	}
	if budget != "" && kind != "drift" {
		return &usageError{fmt.Errorf("--false-alarms is only for --kind drift, not for %q", kind)}
	}
	wish, err := configs.ParseBudget(budget)
	if budget != "" && err != nil {
		return &usageError{fmt.Errorf(`--false-alarms %q: write it as in "1 per 90d"`, budget)}
	}
	observed, err := readSeries(c.InOrStdin())
	if err != nil {
		return err
	}
	var raised []alarm
	if kind == "shift" {
		raised = shifts(observed)
	} else {
		limit := bareLimit
		if budget != "" {
			limit = limitOf(wish, observed)
		}
		raised = drifts(observed, limit)
	}
	return json.NewEncoder(c.OutOrStdout()).Encode(map[string]any{"points": raised})
}

func readSeries(in io.Reader) (observed []observation, err error) {
	decoder := json.NewDecoder(in)
	for decoder.More() {
		var o observation
		if err := decoder.Decode(&o); err != nil {
			return nil, fmt.Errorf("line %d: %w", len(observed)+1, err)
		}
		if o.Y == nil || len(o.T) == 0 {
			return nil, fmt.Errorf("line %d: t and y are both needed", len(observed)+1)
		}
		observed = append(observed, o)
	}
	return observed, nil
}

// drifts runs the detector of bare series and restarts it at each change.
func drifts(observed []observation, limit float64) []alarm {
	raised := []alarm{}
	var d drift
	for i, o := range observed {
		d.add(*o.Y)
		if c := d.largest(limit); c.lines > 0 {
			since := i + 1 - c.lines
			raised = append(raised, alarm{Index: i, T: o.T, Size: c.size, Sigma: c.sigma, Since: since})
			d.restart(since)
		}
	}
	return raised
}

// limitOf turns a budget into sigma.
func limitOf(budget configs.Budget, observed []observation) float64 {
	return bareLimitFor(float64(budget.Per) / float64(spacing(observed)) / budget.Alarms)
}

// spacing is the median time between the first lines; an hour where t is a
// number.
func spacing(observed []observation) time.Duration {
	var last time.Time
	var gaps []time.Duration
	for _, o := range observed[:min(100, len(observed))] {
		var t time.Time
		if json.Unmarshal(o.T, &t) != nil {
			return time.Hour
		}
		if gap := t.Sub(last); !last.IsZero() && gap > 0 {
			gaps = append(gaps, gap)
		}
		last = t
	}
	if len(gaps) == 0 {
		return time.Hour
	}
	slices.Sort(gaps)
	return gaps[len(gaps)/2]
}

// A bare series has no scale and no stories: to kind shift each line is one
// observation, and the unit is the standard deviation of the first lines.
const (
	shiftWindow   = 24
	shiftBaseline = 28 * 24
	shiftScale    = 30
	shiftSigma    = 5
	shiftMost     = 50 // units; what is further off says no more
)

// shifts steps the daemon's own detector along the series, a line an hour.
func shifts(observed []observation) []alarm {
	rule := monitor.Rule{
		Name: "bare", Toward: []string{"*"}, Voice: monitor.AnyVoice,
		Shift:  &monitor.ShiftRule{Sigma: shiftSigma},
		Window: shiftWindow * time.Hour, Baseline: shiftBaseline * time.Hour,
		Stories: shiftWindow / 3, Outlets: 1, Rearm: 0.5,
	}
	raised := []alarm{}
	replay := monitor.NewReplay([]monitor.Rule{rule})
	centre, unit := scaleOf(observed)
	hour := time.Unix(0, 0).UTC()
	for i, o := range observed {
		reading := monitor.Reading{
			Actor: "series", Voice: monitor.AnyVoice, Outlet: o.Outlet, At: hour,
			Tone: min(shiftMost, max(-shiftMost, (*o.Y-centre)/unit)),
		}
		for _, e := range replay.Observe([]monitor.Reading{reading}, hour) {
			if e.Phase == monitor.Firing && i >= shiftScale {
				raised = append(raised, alarm{
					Index: i, T: o.T, Size: e.Last.Size * unit, Sigma: e.Last.Sigma(),
					Since: since(observed[:i+1], e.Last.Baseline*unit+centre),
				})
			}
		}
		hour = hour.Add(time.Hour)
	}
	return raised
}

// scaleOf is the mean and the standard deviation of the first lines, on which
// no alarm is raised.
func scaleOf(observed []observation) (centre, unit float64) {
	var first moments
	for _, o := range observed[:min(shiftScale, len(observed))] {
		first = first.add(*o.Y)
	}
	if first.m2 == 0 {
		return first.mean, 1
	}
	return first.mean, math.Sqrt(first.m2 / first.n)
}

// moments are a mean and the sum of squares about it (Welford 1962).
type moments struct{ n, mean, m2 float64 }

func (m moments) add(y float64) moments {
	n, d := m.n+1, y-m.mean
	mean := m.mean + d/n
	return moments{n, mean, m.m2 + d*(y-mean)}
}

// since dates a change: the line of the window from which on the mean differs
// most from the baseline for its number of lines, the maximum likelihood
// estimate for a change of a normal mean (Hinkley, 1970).
func since(observed []observation, baseline float64) int {
	best, from := 0.0, len(observed)-1
	sum := 0.0
	for k := len(observed) - 1; k >= max(0, len(observed)-shiftWindow); k-- {
		sum += *observed[k].Y - baseline
		if gain := sum * sum / float64(len(observed)-k); gain > best {
			best, from = gain, k
		}
	}
	return from
}
