package main

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/spf13/cobra"

	"tonewatch/monitor"
)

func newSeries() *cobra.Command {
	c := &cobra.Command{Use: "series", Short: "Look at series"}
	c.AddCommand(newSeriesDetect())
	return c
}

// A bare series has no scale and no stories: each line is one observation, the
// last 24 are held against the 672 before them, and the unit is the standard
// deviation of the first 30 lines.
const (
	bareWindow   = 24
	bareBaseline = 28 * 24
	bareScale    = 30
	bareSigma    = 5
)

func newSeriesDetect() *cobra.Command {
	var kind, budget string
	c := &cobra.Command{
		Use:   "detect --json",
		Short: "Detect shifts in a bare series from standard input",
		Long: `Takes {"t","y","outlet"} a line, t being RFC 3339 or a number and outlet
optional, and prints {"points":[{"index","t","size","sigma","since"}]}: index is
the line (from 0) at which the alarm was raised, with nothing later known; since
is the line from which the change is dated.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if kind != "shift" {
				return fmt.Errorf("kind %q is not supported; there is: shift", kind)
			}
			if budget != "" {
				return fmt.Errorf("--false-alarms is not supported by kind %q", kind)
			}
			return detectSeries(c)
		},
	}
	c.Flags().StringVar(&kind, "kind", "shift", "detector")
	c.Flags().StringVar(&budget, "false-alarms", "", "budget, as in \"1 per 90d\"")
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

func detectSeries(c *cobra.Command) error {
	var observed []observation
	decoder := json.NewDecoder(c.InOrStdin())
	for decoder.More() {
		var o observation
		if err := decoder.Decode(&o); err != nil {
			return fmt.Errorf("line %d: %w", len(observed)+1, err)
		}
		if o.Y == nil || len(o.T) == 0 {
			return fmt.Errorf("line %d: t and y are both needed", len(observed)+1)
		}
		observed = append(observed, o)
	}
	return json.NewEncoder(c.OutOrStdout()).Encode(map[string]any{"points": alarms(observed)})
}

// alarms steps the daemon's own detector along the series, a line an hour.
func alarms(observed []observation) []alarm {
	rule := monitor.Rule{
		Name: "bare", Toward: []string{"*"}, Voice: monitor.AnyVoice,
		Shift:  &monitor.ShiftRule{Sigma: bareSigma},
		Window: bareWindow * time.Hour, Baseline: bareBaseline * time.Hour,
		Stories: bareWindow / 3, Outlets: 1, Rearm: 0.5,
	}
	raised := []alarm{}
	replay := monitor.NewReplay([]monitor.Rule{rule})
	centre, unit := scaleOf(observed)
	hour := time.Unix(0, 0).UTC()
	for i, o := range observed {
		reading := monitor.Reading{
			Actor: "series", Voice: monitor.AnyVoice, Outlet: o.Outlet, At: hour,
			Tone: (*o.Y - centre) / unit,
		}
		for _, e := range replay.Observe([]monitor.Reading{reading}, hour) {
			if e.Phase == monitor.Firing && i >= bareScale {
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
	var sum monitor.Sum
	for _, o := range observed[:min(bareScale, len(observed))] {
		sum = sum.Add(*o.Y)
	}
	centre = sum.Mean()
	unit = math.Sqrt(max(0, sum.Squares/float64(max(1, sum.N))-centre*centre))
	if unit == 0 {
		unit = 1
	}
	return centre, unit
}

// since dates a change: the line of the window from which on the mean differs
// most from the baseline for its number of lines, the maximum likelihood
// estimate for a change of a normal mean (Hinkley, 1970).
func since(observed []observation, baseline float64) int {
	best, from := 0.0, len(observed)-1
	var sum float64
	for k := len(observed) - 1; k >= max(0, len(observed)-bareWindow); k-- {
		sum += *observed[k].Y - baseline
		if gain := sum * sum / float64(len(observed)-k); gain > best {
			best, from = gain, k
		}
	}
	return from
}
