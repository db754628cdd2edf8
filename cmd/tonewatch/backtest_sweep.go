package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"tonewatch/cmd/tonewatch/internal/history"
	"tonewatch/configs"
)

// maxVariants bounds a sweep: each is a replay.
const maxVariants = 1000

// variant is one combination of a sweep.
type variant struct {
	changes []configs.Change
	setting history.Setting
}

// variants are every combination of the values to try, the last key varying
// fastest.
func (o *backtestOptions) variants() ([]variant, error) {
	if len(o.sweep) == 0 {
		return nil, nil
	}
	combinations := [][]configs.Change{nil}
	for _, flag := range o.sweep {
		key, values, _ := strings.Cut(flag, "=")
		if key == "" || values == "" {
			return nil, &usageError{fmt.Errorf("--sweep %q: write KEY=VALUE,VALUE, as in shift.by=0.2,0.3", flag)}
		}
		var next [][]configs.Change
		for _, changes := range combinations {
			for value := range strings.SplitSeq(values, ",") {
				next = append(next, append(slices.Clone(changes), configs.Change{Key: key, Value: strings.TrimSpace(value)}))
			}
		}
		if combinations = next; len(combinations) > maxVariants {
			return nil, &usageError{fmt.Errorf("--sweep: more than %d combinations", maxVariants)}
		}
	}
	list := make([]variant, len(combinations))
	for i, changes := range combinations {
		config, err := configs.LoadWith(o.source.config, changes)
		if err != nil {
			return nil, sweepError(changes, err)
		}
		list[i] = variant{changes, settingOf(config)}
		list[i].setting.Bare = true
	}
	return list, nil
}

// sweepError blames the command line, not the file, which is sound.
func sweepError(changes []configs.Change, err error) error {
	message := err.Error()
	var problems configs.Problems
	if errors.As(err, &problems) {
		message = problems[0].Message
	}
	var set []string
	for _, change := range changes {
		set = append(set, change.Key+"="+change.Value)
	}
	return &usageError{fmt.Errorf("--sweep %s: %s", strings.Join(set, " "), message)}
}

// sweepRow is what one combination finds.
type sweepRow struct {
	Set      map[string]string `json:"set"`
	Episodes int               `json:"episodes"`
	ADay     float64           `json:"alerts_a_day"` // over all receivers
	Size     float64           `json:"median_size"`  // of the episodes, without sign
	Missed   *int              `json:"missed,omitempty"`

	values []string
}

func (o *backtestOptions) runSweep(c *cobra.Command, past *history.History, variants []variant, expected *history.Expectations) error {
	settings := make([]history.Setting, len(variants))
	for i, v := range variants {
		settings[i] = v.setting
	}
	found, err := replay(c, past, settings...)
	if err != nil {
		return err
	}
	rows := make([]sweepRow, len(variants))
	for i, v := range variants {
		row := &rows[i]
		*row = sweepRow{Set: make(map[string]string), Episodes: len(found[i]), Size: medianSize(found[i])}
		for _, change := range v.changes {
			row.Set[change.Key] = change.Value
			row.values = append(row.values, change.Value)
		}
		for _, ch := range history.Channels(found[i], past.Days()) {
			row.ADay += ch.ADay
		}
		if o.expect != "" {
			row.Missed = new(len(expected.Missed(found[i])))
		}
	}
	if o.json {
		return json.NewEncoder(c.OutOrStdout()).Encode(map[string]any{"sweep": rows})
	}
	return printSweep(c.OutOrStdout(), variants[0].changes, rows)
}

func printSweep(out io.Writer, keys []configs.Change, rows []sweepRow) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, key := range keys {
		fmt.Fprintf(w, "%s\t", key.Key)
	}
	fmt.Fprint(w, "EPISODES\tALERTS A DAY\tMEDIAN SIZE")
	if rows[0].Missed != nil {
		fmt.Fprint(w, "\tMISSED")
	}
	fmt.Fprintln(w)
	for _, row := range rows {
		fmt.Fprintf(w, "%s\t%d\t%.3f\t%.2f", strings.Join(row.values, "\t"), row.Episodes, row.ADay, row.Size)
		if row.Missed != nil {
			fmt.Fprintf(w, "\t%d", *row.Missed)
		}
		fmt.Fprintln(w)
	}
	return w.Flush()
}

// medianSize is 0 for no episodes.
func medianSize(episodes []history.Episode) float64 {
	if len(episodes) == 0 {
		return 0
	}
	sizes := make([]float64, len(episodes))
	for i, e := range episodes {
		sizes[i] = math.Abs(e.Size)
	}
	slices.Sort(sizes)
	n := len(sizes)
	return (sizes[(n-1)/2] + sizes[n/2]) / 2
}
