package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"tonewatch/alerts"
	"tonewatch/alerts/slack"
	"tonewatch/configs"
	"tonewatch/monitor"
	"tonewatch/monitor/store"
)

func newDoctor() *cobra.Command {
	var path string
	var asJSON, online bool
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Look at configuration, store and Slack, and say how to mend what is wrong",
		Long: `Look at everything that telling takes: the configuration, the store with the
messages that could not be told, and, where a route or the notes lead to Slack, the
token, its scopes, the bot in each channel, and the socket for buttons. Nothing is posted and
nothing changed; a running daemon is not disturbed.

Each line is ok, warn or fail, with how to mend it; exit 1 when any fails.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			found := examine(c.Context(), path, online)
			var err error
			if asJSON {
				err = json.NewEncoder(c.OutOrStdout()).Encode(found)
			} else {
				printFindings(c.OutOrStdout(), found)
			}
			for _, f := range found {
				if f.State == slack.StateFail && err == nil {
					err = errSilent
				}
			}
			return err
		},
	}
	configFlag(c, &path)
	c.Flags().BoolVar(&online, "online", false, "fetch every feed, too")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func printFindings(out io.Writer, found []slack.Finding) {
	for _, f := range found {
		fmt.Fprintf(out, "%-4s  %s: %s\n", f.State, f.Check, f.Text)
		if f.Mend != "" {
			fmt.Fprintf(out, "      %s\n", f.Mend)
		}
	}
}

// examine looks at one thing after the other; without a configuration there is
// no other.
func examine(ctx context.Context, path string, online bool) []slack.Finding {
	report, err := checkConfig(ctx, path, time.Now())
	if err != nil {
		return []slack.Finding{{Check: "configuration", State: slack.StateFail, Text: err.Error()}}
	}
	found := []slack.Finding{{Check: "configuration", State: slack.StateOK, Text: fmt.Sprintf("%s is sound", path)}}
	if n := len(report.warnings); n > 0 {
		found[0] = slack.Finding{
			Check: "configuration", State: slack.StateWarn, Text: fmt.Sprintf("%s is sound, with %d warnings", path, n),
			Mend: fmt.Sprintf("see them with: tonewatch check --config %q", path),
		}
	}
	c := report.config
	found = append(found, examineStore(ctx, c.Store.Path)...)
	if channels := channelsOf(c); len(channels) > 0 {
		found = append(found, workspaceOf(c, slog.New(slog.DiscardHandler)).Examine(ctx, channels)...)
	}
	if online {
		found = append(found, examineFeeds(ctx, c)...)
	}
	return found
}

func examineStore(ctx context.Context, path string) []slack.Finding {
	f := slack.Finding{Check: "store", State: slack.StateOK}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		f.Text = fmt.Sprintf("%q is not there yet: run makes it", path)
		return []slack.Finding{f}
	}
	e, err := store.Examine(ctx, path)
	switch {
	case err != nil:
		f.State, f.Text, f.Mend = slack.StateFail, err.Error(), "check that the file may be read, and that store.path is a file of tonewatch's"
		return []slack.Finding{f}
	case e.Schema > e.Newest:
		f.State, f.Text = slack.StateFail, fmt.Sprintf("%q is of a newer release: its schema is %d, this one knows %d", path, e.Schema, e.Newest)
		f.Mend = "run that release"
	case e.Schema < e.Newest:
		f.Text = fmt.Sprintf("%q can be read; run brings its schema from %d to %d", path, e.Schema, e.Newest)
	default:
		f.Text = fmt.Sprintf("%q can be read", path)
	}
	found := []slack.Finding{f}
	for _, t := range e.Troubles {
		about := ""
		if t.Actor != "" {
			about = fmt.Sprintf("%s, rule %s, ", t.Actor, t.Rule)
		}
		found = append(found, slack.Finding{
			Check: "message", State: slack.StateWarn, Text: alerts.Clean(about+"to "+t.Receiver+": "+t.Problem, 600),
			Mend: "it is tried again by itself, and when the daemon is started anew",
		})
	}
	return found
}

// examineFeeds fetches each feed as POLL does, some at once.
func examineFeeds(ctx context.Context, c *configs.Config) []slack.Finding {
	fetcher := fetcherOf(c, nil, time.Now, slog.New(slog.DiscardHandler))
	defer fetcher.Close()
	found := make([]slack.Finding, len(c.Feeds))
	var work errgroup.Group
	work.SetLimit(feedsAtOnce)
	for i, feed := range c.Feeds {
		work.Go(func() error {
			f := slack.Finding{Check: "feed " + monitor.Redact(feed.URL), State: slack.StateOK}
			fetched, err := fetcher.Feed(ctx, feed.URL, monitor.Known{})
			switch {
			case err != nil:
				f.State, f.Text, f.Mend = slack.StateFail, alerts.Clean(err.Error(), 600), "check the address in a browser; tonewatch feeds parse shows what is made of a file"
			case len(fetched.Document.Items) == 0:
				f.State, f.Text = slack.StateWarn, "it has no items"
			default:
				f.Text = fmt.Sprintf("%d items", len(fetched.Document.Items))
			}
			found[i] = f
			return nil
		})
	}
	_ = work.Wait() // none returns an error
	return found
}

const feedsAtOnce = 8
