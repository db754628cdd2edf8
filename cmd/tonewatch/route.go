package main

import (
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"tonewatch/alerts"
	"tonewatch/cmd/tonewatch/internal/history"
	"tonewatch/configs"
	"tonewatch/monitor"
	"tonewatch/monitor/store"
)

func newRoute() *cobra.Command {
	c := &cobra.Command{Use: "route", Short: "Try out who is told"}
	c.AddCommand(newRouteTest())
	return c
}

type routeOptions struct {
	path               string
	actor, rule, voice string
	at                 string
	expect             []string
	json               bool
}

func newRouteTest() *cobra.Command {
	var o routeOptions
	c := &cobra.Command{
		Use:   "test",
		Short: "Show who would be told of an alert, and how; exit 1 when others are expected",
		Long: `Show who would be told of an alert that fires at a time: the receivers, in order,
with whom each calls, what shares a thread there, how often the alert is told again,
and until when it is muted; and the silences in the store that match it.

With --expect, once for each receiver, the command fails where others would be told,
or not all of them: "#desk" for a channel, "webhook:name", "console", or "none".`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return o.run(c, time.Now()) },
	}
	configFlag(c, &o.path)
	c.Flags().StringVar(&o.actor, "actor", "", "`name` of the actor; required")
	c.Flags().StringVar(&o.rule, "rule", "", "`name` of the rule; required")
	c.Flags().StringVar(&o.voice, "voice", "", "`name` of the voice; default the rule's")
	c.Flags().StringVar(&o.at, "at", "", "`time` when it fires, as 2026-03-04T22:30:00+01:00; default now")
	c.Flags().StringArrayVar(&o.expect, "expect", nil, "`receiver` that has to be told; may be given again")
	c.Flags().BoolVar(&o.json, "json", false, "print JSON")
	return c
}

// routed is the answer of a test.
type routed struct {
	Actor    string            `json:"actor"`
	Rule     string            `json:"rule"`
	Voice    string            `json:"voice"`
	At       time.Time         `json:"at"`
	Ways     []way             `json:"ways"`
	Silenced time.Time         `json:"silenced_until,omitzero"`
	Silences []monitor.Silence `json:"silences"` // that match then
}

type way struct {
	Receiver string    `json:"receiver"`
	Mention  []string  `json:"mention"`
	Group    string    `json:"group,omitempty"`
	Repeat   string    `json:"repeat,omitempty"`
	Muted    time.Time `json:"muted_until,omitzero"`
}

func (o *routeOptions) run(c *cobra.Command, now time.Time) error {
	config, err := configs.LoadWithoutSecrets(o.path)
	if err != nil {
		return err
	}
	episode, at, err := o.episode(config, now)
	if err != nil {
		return err
	}
	silences, err := store.Silences(c.Context(), config.Store.Path, at)
	if err != nil {
		return err
	}
	r := routeTest(config, episode, at, silences)
	if o.json {
		err = newEncoder(c.OutOrStdout()).Encode(r)
	} else {
		err = r.print(c.OutOrStdout())
	}
	if err != nil {
		return err
	}
	return o.compare(r.Ways)
}

// episode is what the flags describe, as it fires.
func (o *routeOptions) episode(config *configs.Config, now time.Time) (e monitor.Episode, at time.Time, err error) {
	if o.actor == "" || o.rule == "" {
		return e, at, &usageError{fmt.Errorf("give --actor and --rule: an alert has both")}
	}
	if err := topicKnown(config, o.actor, o.rule, o.voice); err != nil {
		return e, at, err
	}
	at = now
	if o.at != "" {
		if at, err = history.ParseTime(o.at); err != nil {
			return e, at, &usageError{fmt.Errorf("--at: %w", err)}
		}
	}
	voice := o.voice
	if i := slices.IndexFunc(config.Rules, func(r configs.Rule) bool { return r.Name == o.rule }); voice == "" {
		voice = config.Rules[i].Voice
	}
	e = monitor.Episode{Actor: o.actor, Rule: o.rule, Voice: voiceOf(voice), Phase: monitor.Firing, Fired: at}
	return e, at, nil
}

func routeTest(config *configs.Config, e monitor.Episode, at time.Time, silences []monitor.Silence) routed {
	routes, _ := routesOf(config, io.Discard, slog.New(slog.DiscardHandler))
	r := routed{
		Actor: e.Actor, Rule: e.Rule, Voice: e.VoiceName(), At: at.UTC(), Ways: []way{},
		Silenced: monitor.Silenced(silences, e, at), Silences: []monitor.Silence{},
	}
	for _, w := range alerts.Ways(routes, e, at) {
		found := way{Receiver: w.Receiver, Mention: append([]string{}, w.Mention...), Group: w.Group, Muted: w.Until}
		if w.Repeat > 0 {
			found.Repeat = configs.Duration(w.Repeat).String()
		}
		r.Ways = append(r.Ways, found)
	}
	for _, s := range silences {
		if s.Matches(e) && !at.Before(s.Starts) {
			r.Silences = append(r.Silences, s)
		}
	}
	return r
}

func (r routed) print(out io.Writer) error {
	fmt.Fprintf(out, "%s, rule %s, voice %s, at %s\n\n", r.Actor, r.Rule, r.Voice, moment(r.At))
	if len(r.Ways) == 0 {
		fmt.Fprintln(out, "no route matches: nobody is told")
	} else {
		w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "RECEIVER\tMENTION\tGROUP\tREPEAT\tMUTED UNTIL")
		for _, way := range r.Ways {
			muted := ""
			if !way.Muted.IsZero() {
				muted = moment(way.Muted)
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", way.Receiver, orDash(strings.Join(way.Mention, " ")), orDash(way.Group), orDash(way.Repeat), orDash(muted))
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	if len(r.Silences) == 0 {
		return nil
	}
	fmt.Fprintf(out, "\nsilenced until %s:\n", moment(r.Silenced))
	return printSilences(out, r.Silences)
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// compare fails where other receivers than those expected are told.
func (o *routeOptions) compare(ways []way) error {
	if len(o.expect) == 0 {
		return nil
	}
	var told, want []string
	for _, w := range ways {
		told = append(told, w.Receiver)
	}
	for _, name := range o.expect {
		if strings.HasPrefix(name, "#") {
			name = "slack:" + name
		}
		if name != "none" {
			want = append(want, name)
		}
	}
	slices.Sort(told)
	slices.Sort(want)
	if !slices.Equal(told, slices.Compact(want)) {
		return fmt.Errorf("told are %s, expected were %s", namesOrNone(told), namesOrNone(want))
	}
	return nil
}

func namesOrNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
