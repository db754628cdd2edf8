package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/user"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"tonewatch/alerts"
	"tonewatch/configs"
	"tonewatch/monitor"
	"tonewatch/monitor/store"
)

func newSilence() *cobra.Command {
	c := &cobra.Command{
		Use:   "silence",
		Short: "Keep alerts from being told for a time",
		Long: `Keep new alerts of an actor, a rule or a voice from being told for a time. What
was told already is kept up to date, and what still fires when the silence ends is
told then. A running daemon heeds a change at once; it need not run.`,
	}
	c.AddCommand(newSilenceAdd(), newSilenceList(), newSilenceExpire())
	return c
}

type silenceOptions struct {
	path    string
	silence monitor.Silence
	span    string
	json    bool
}

func newSilenceAdd() *cobra.Command {
	var o silenceOptions
	c := &cobra.Command{
		Use:   "add",
		Short: "Silence an actor, a rule, a voice, or what they have in common",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return o.add(c, time.Now()) },
	}
	configFlag(c, &o.path)
	c.Flags().StringVar(&o.silence.Actor, "actor", "", "only this `name`")
	c.Flags().StringVar(&o.silence.Rule, "rule", "", "only this `name`")
	c.Flags().StringVar(&o.silence.Voice, "voice", "", "only this `name`, outlets or any")
	c.Flags().StringVar(&o.span, "for", "", "how long, as 8h or 2d; required")
	c.Flags().StringVar(&o.silence.Comment, "comment", "", "why, in a `text` that those who wonder can read")
	c.Flags().StringVar(&o.silence.Author, "author", "", "who; default your `name` on this machine")
	c.Flags().BoolVar(&o.json, "json", false, "print the silence as JSON")
	return c
}

func (o *silenceOptions) add(c *cobra.Command, now time.Time) error {
	config, err := configs.LoadWithoutSecrets(o.path)
	if err != nil {
		return err
	}
	span, err := configs.ParseDuration(o.span)
	if err != nil || span == 0 {
		return &usageError{fmt.Errorf(`--for %q: say how long, as "8h" or "2d"`, o.span)}
	}
	s := &o.silence
	if err := topicKnown(config, s.Actor, s.Rule, s.Voice); err != nil {
		return err
	}
	s.Starts = now.UTC().Truncate(time.Millisecond) // as a store keeps it
	s.Ends = s.Starts.Add(time.Duration(span))
	if s.Author == "" {
		if me, err := user.Current(); err == nil {
			s.Author = me.Username
		}
	}
	if err := s.Check(); err != nil {
		return &usageError{err}
	}
	if err := store.Join(c.Context(), config.Store.Path, func(kept *store.Store) (err error) {
		s.ID, err = kept.AddSilence(c.Context(), *s)
		return err
	}); err != nil {
		return err
	}
	if o.json {
		return newEncoder(c.OutOrStdout()).Encode(s)
	}
	_, err = fmt.Fprintf(c.OutOrStdout(), "silence %d: %s until %s\n", s.ID, matched(*s), moment(s.Ends))
	return err
}

// topicKnown says whether the configuration has the actor, the rule and the voice
// that are given: a slip of the pen would silence or route nothing.
func topicKnown(config *configs.Config, actor, rule, voice string) error {
	var actors, rules []string
	for _, a := range config.Actors {
		actors = append(actors, a.Name)
	}
	for _, r := range config.Rules {
		rules = append(rules, r.Name)
	}
	for _, given := range []struct {
		flag, name string
		known      []string
	}{
		{"actor", actor, actors},
		{"rule", rule, rules},
		{"voice", voice, append([]string{configs.AnyVoice, configs.OutletVoices}, actors...)},
	} {
		if given.name != "" && !slices.Contains(given.known, given.name) {
			return &usageError{fmt.Errorf("--%s %q is not in the configuration; there is: %q", given.flag, given.name, given.known)}
		}
	}
	return nil
}

func newSilenceList() *cobra.Command {
	var o silenceOptions
	c := &cobra.Command{
		Use:   "list",
		Short: "List the silences that have not ended",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			config, err := configs.LoadWithoutSecrets(o.path)
			if err != nil {
				return err
			}
			list, err := store.Silences(c.Context(), config.Store.Path, time.Now())
			if err != nil {
				return err
			}
			if o.json {
				return json.NewEncoder(c.OutOrStdout()).Encode(append([]monitor.Silence{}, list...))
			}
			return printSilences(c.OutOrStdout(), list)
		},
	}
	configFlag(c, &o.path)
	c.Flags().BoolVar(&o.json, "json", false, "print JSON")
	return c
}

func printSilences(out io.Writer, list []monitor.Silence) error {
	if len(list) == 0 {
		_, err := fmt.Fprintln(out, "no silences")
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tSILENCED\tUNTIL\tBY\tCOMMENT")
	for _, s := range list {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\n", s.ID, matched(s), moment(s.Ends), shown(s.Author), shown(s.Comment))
	}
	return w.Flush()
}

// matched is what a silence is about.
func matched(s monitor.Silence) string {
	text := "every actor"
	if s.Actor != "" {
		text = shown(s.Actor)
	}
	if s.Rule != "" {
		text += ", rule " + shown(s.Rule)
	}
	if s.Voice != "" {
		text += ", voice " + shown(s.Voice)
	}
	return text
}

// shown is text from a store as a terminal may show it.
func shown(text string) string { return alerts.Clean(text, 500) }

// moment is a time to the minute.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

func newSilenceExpire() *cobra.Command {
	var path string
	c := &cobra.Command{
		Use:   "expire ID...",
		Short: "End silences now",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			ids := make([]int64, len(args))
			for i, arg := range args {
				id, err := strconv.ParseInt(arg, 10, 64)
				if err != nil {
					return &usageError{fmt.Errorf(`%q is no silence: give its number, see "tonewatch silence list"`, arg)}
				}
				ids[i] = id
			}
			config, err := configs.LoadWithoutSecrets(path)
			if err != nil {
				return err
			}
			return store.Join(c.Context(), config.Store.Path, func(kept *store.Store) error {
				return expireAll(c.Context(), kept, ids)
			})
		},
	}
	configFlag(c, &path)
	return c
}

// expireAll goes on where one of them is not there.
func expireAll(ctx context.Context, kept *store.Store, ids []int64) error {
	var errs []error
	for _, id := range ids {
		err := kept.ExpireSilence(ctx, id, time.Now())
		if errors.Is(err, store.ErrNoSilence) {
			err = fmt.Errorf(`%w; see "tonewatch silence list"`, err)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
