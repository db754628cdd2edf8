package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"tonewatch/cmd/tonewatch/internal/history"
	"tonewatch/configs"
)

// changed is an episode that two configurations tell differently.
type changed struct {
	Change string `json:"change"` // "-", "+" or "~"
	history.Difference
}

// compare replays the same past under another configuration, judged as that one
// judges.
func (o *backtestOptions) compare(c *cobra.Command, config *configs.Config, past *history.History, found []history.Episode) ([]changed, error) {
	other, err := configs.LoadWithoutSecrets(o.diff)
	if err != nil {
		return nil, err
	}
	if !judgesAlike(config, other) {
		if past, err = o.source.history(c.Context(), other, c.ErrOrStderr()); err != nil {
			return nil, err
		}
	}
	before, err := replay(c, past, settingOf(other))
	if err != nil {
		return nil, err
	}
	list := []changed{}
	same := 0
	for _, d := range history.Diff(before[0], found) {
		switch {
		case d.Same():
			same++
		case d.Moved():
			list = append(list, changed{"~", d})
		case d.New == nil:
			list = append(list, changed{"-", d})
		default:
			list = append(list, changed{"+", d})
		}
	}
	fmt.Fprintf(c.ErrOrStderr(), "%d episodes are told alike\n", same)
	return list, nil
}

func printDiff(out io.Writer, list []changed) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\tSTART\tEND\tACTOR\tRULE\tSIZE\tSIGMA\tSTORIES\tSTARTED")
	for _, d := range list {
		switch d.Change {
		case "-":
			fmt.Fprintf(w, "-\t%s\t\n", episodeRow(*d.Old))
		case "+":
			fmt.Fprintf(w, "+\t%s\t\n", episodeRow(*d.New))
		default:
			fmt.Fprintf(w, "~\t%s\t%s\n", episodeRow(*d.New), minute(d.Old.Start))
		}
	}
	return w.Flush()
}
