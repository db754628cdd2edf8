package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"tonewatch/cmd/tonewatch/internal/history"
	"tonewatch/configs"
	"tonewatch/monitor"
	"tonewatch/monitor/store"
)

func newFeedback() *cobra.Command {
	c := &cobra.Command{Use: "feedback", Short: "What people made of alerts"}
	c.AddCommand(newFeedbackExport())
	return c
}

func newFeedbackExport() *cobra.Command {
	var config, path string
	var asJSON, asLines bool
	c := &cobra.Command{
		Use:   "export",
		Short: `Print every tone that people called wrong, as "tune --feedback" reads it`,
		Long: `Print what people marked with "Wrong tone" in Slack: a line each, oldest first,
  {"rule","actor","voice","at","verdict":"wrong","note","story","link","label"}
in the form that "tune --feedback" reads. "at" is when the alert fired, "story" and
"link" are the story whose tone is wrong, and "label" is what it should be. An
alert that was acknowledged is not said to be right.

tune reads the store's feedback by itself.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if path == "" {
				config, err := configs.LoadWithoutSecrets(config)
				if err != nil {
					return err
				}
				path = config.Store.Path
			}
			list, err := storedFeedback(c.Context(), path)
			if err != nil {
				return err
			}
			encoder := newEncoder(c.OutOrStdout())
			if asJSON {
				return encoder.Encode(list)
			}
			for _, f := range list {
				if err := encoder.Encode(f); err != nil {
					return err
				}
			}
			return nil
		},
	}
	configFlag(c, &config)
	c.Flags().StringVar(&path, "store", "", "read a store `file`; default that of the configuration")
	c.Flags().BoolVar(&asLines, "jsonl", false, "print JSON lines; the default")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON list")
	c.MarkFlagsMutuallyExclusive("json", "jsonl")
	return c
}

// storedFeedback is what a store holds of it.
func storedFeedback(ctx context.Context, path string) ([]feedback, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("store %q is not there: run tonewatch first", path)
	}
	list := []feedback{}
	err := store.Feedback(ctx, path, func(a monitor.Act, e monitor.Episode) bool {
		list = append(list, feedback{
			Rule: e.Rule, Actor: e.Actor, Voice: new(writtenVoice(e.Voice)), At: e.Fired.UTC().Format(time.RFC3339), Verdict: "wrong",
			Note: a.Note, Story: a.Story, Link: a.Link, Label: a.Label,
			label: history.Label{Rule: e.Rule, Actor: e.Actor, Voice: new(e.Voice), At: e.Fired},
		})
		return true
	})
	return list, err
}

// writtenVoice is a voice as the configuration writes it.
func writtenVoice(voice string) string {
	switch voice {
	case monitor.AnyVoice:
		return configs.AnyVoice
	case monitor.OwnVoice:
		return configs.OutletVoices
	default:
		return voice
	}
}

// withStored adds to labels what the store holds: one an alert, however many of
// its stories were marked, unless a label of it is there already. What is of a
// rule or an actor that the configuration has no longer is left out, and said.
func withStored(labels, stored []feedback, config *configs.Config, errOut io.Writer) []feedback {
	left := 0
	for _, s := range stored {
		same := func(l feedback) bool {
			return l.Rule == s.Rule && l.Actor == s.Actor && (l.label.Voice == nil || *l.label.Voice == *s.label.Voice) &&
				l.label.At.Truncate(time.Second).Equal(s.label.At.Truncate(time.Second))
		}
		switch {
		case !known(config, s.Rule, s.Actor):
			left++
		case !slices.ContainsFunc(labels, same):
			labels = append(labels, s)
		}
	}
	if left > 0 {
		fmt.Fprintf(errOut, "left out: %d marks in the store of rules or actors that the configuration has not\n", left)
	}
	return labels
}

func known(config *configs.Config, rule, actor string) bool {
	_, actors := actorsOf(config)
	return slices.Contains(actors, actor) && slices.ContainsFunc(config.Rules, func(r configs.Rule) bool { return r.Name == rule })
}
