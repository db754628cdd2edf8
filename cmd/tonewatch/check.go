package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"tonewatch/configs"
	"tonewatch/monitor/store"
	"tonewatch/scoring"
)

func newCheck() *cobra.Command {
	var path string
	var asJSON bool
	c := &cobra.Command{
		Use:   "check",
		Short: "Check a configuration: every mistake at once, with its line",
		Long: `Check a configuration without asking the network: every mistake at once, with
its line. A sound one also gets warnings, which fail nothing: of names that are
easily taken for another's or for a common word, of persons not said to be
persons, of rules that can hardly do what they are meant to, and, where the store
holds articles of the last seven days, of actors that none of them mentions.

It also says whether alerts in Slack have buttons, and for whom.

Of rules with a budget of false alarms it also shows the limit that the store
holds for each actor, or why there is none yet.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			report, err := checkConfig(c.Context(), path, time.Now())
			var problems configs.Problems
			if asJSON && (err == nil || errors.As(err, &problems)) {
				reply := checkReply{
					OK: err == nil, Problems: orNone(problems), Warnings: orNone(report.warnings),
					Notes: append([]string{}, report.notes...), Limits: append([]standing{}, report.limits...),
				}
				if err := json.NewEncoder(c.OutOrStdout()).Encode(reply); err != nil {
					return err
				}
			}
			if err != nil {
				return err
			}
			if asJSON {
				return nil
			}
			config := report.config
			fmt.Fprintf(c.OutOrStdout(), "%s is sound: %d feeds, %d actors, %d rules, %d routes, engine %s\n",
				path, len(config.Feeds), len(config.Actors), len(config.Rules), len(config.Routes), config.Scoring.Engine)
			for _, note := range report.notes {
				fmt.Fprintln(c.OutOrStdout(), note)
			}
			if len(report.warnings) > 0 {
				fmt.Fprintf(c.ErrOrStderr(), "Warnings: %d\n%s\n", len(report.warnings), report.warnings.Error())
			}
			return printLimits(c.OutOrStdout(), report.limits)
		},
	}
	configFlag(c, &path)
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

type checkReply struct {
	OK       bool             `json:"ok"`
	Problems configs.Problems `json:"problems"`
	Warnings configs.Problems `json:"warnings"`
	Notes    []string         `json:"notes"`
	Limits   []standing       `json:"limits"`
}

// orNone makes no problems a list, too.
func orNone(ps configs.Problems) configs.Problems {
	if ps == nil {
		return configs.Problems{}
	}
	return ps
}

// checked is what is found of a sound configuration.
type checked struct {
	config   *configs.Config
	warnings configs.Problems
	notes    []string
	limits   []standing
}

// checkConfig is all that can be known without asking the network.
func checkConfig(ctx context.Context, path string, now time.Time) (r checked, err error) {
	inspection, err := configs.Inspect(path)
	if err != nil {
		return r, err
	}
	r.config = inspection.Config
	if err := r.config.CheckRun(); err != nil {
		return r, err
	}
	actors, _ := actorsOf(r.config)
	finder, err := scoring.NewFinder(actors)
	if err != nil {
		return r, err
	}
	if err := warnUnmentioned(ctx, inspection, finder, now); err != nil {
		return r, err
	}
	if r.limits, err = standingLimits(ctx, inspection); err != nil {
		return r, err
	}
	r.warnings = inspection.Warnings()
	r.notes = slackNotes(r.config)
	return r, nil
}

// slackNotes say what alerts in Slack have, where any go there.
func slackNotes(c *configs.Config) []string {
	alerted := func(r configs.Route) bool { return r.Slack != "" }
	if !slices.ContainsFunc(slices.Collect(eachRoute(c.Routes)), alerted) {
		return nil
	}
	switch {
	case c.Slack.AppToken.IsZero():
		return []string{"Alerts in Slack have no buttons, and there is no /tonewatch: slack.app_token is not set"}
	case len(c.Slack.Users) == 0:
		return []string{"Everyone in the Slack workspace may acknowledge, snooze and mute: slack.users is not set"}
	default:
		return nil
	}
}

// recentDays is how far back articles are looked at for actors.
const recentDays = 7

// warnUnmentioned warns of actors that no recent article in the store mentions,
// as they are configured now. Without a store, or a recent article in it, there
// is nothing to say.
func warnUnmentioned(ctx context.Context, inspection *configs.Inspection, finder *scoring.Finder, now time.Time) error {
	config := inspection.Config
	if _, err := os.Stat(config.Store.Path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	mentioned := make(map[string]bool)
	articles := 0
	err := store.Recent(ctx, config.Store.Path, now.AddDate(0, 0, -recentDays), func(title, text string) bool {
		articles++
		for _, m := range finder.Find(title + "\n\n" + text) {
			mentioned[m.Actor] = true
		}
		return len(mentioned) < len(config.Actors)
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		inspection.Warn(&config.Store.Path, "", "articles cannot be looked at: %v", err)
		return nil
	}
	for i := range config.Actors {
		if name := &config.Actors[i].Name; articles > 0 && !mentioned[*name] {
			inspection.Warn(name, "write it as the news does, add aliases, or add feeds that tell of it",
				"%q is in none of the articles of the last %d days: %d looked at", *name, recentDays, articles)
		}
	}
	return nil
}
