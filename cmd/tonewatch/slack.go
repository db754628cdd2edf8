package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v4"

	"tonewatch/alerts"
	"tonewatch/alerts/slack"
	"tonewatch/configs"
)

func newSlack() *cobra.Command {
	c := &cobra.Command{Use: "slack", Short: "Set up the Slack app, and try it"}
	c.AddCommand(newSlackManifest(), newSlackTest())
	return c
}

func newSlackManifest() *cobra.Command {
	var name string
	var asJSON bool
	c := &cobra.Command{
		Use:   "manifest",
		Short: "Print the manifest from which Slack makes the app",
		Long: `Print the manifest from which Slack makes the app, in YAML: at
https://api.slack.com/apps choose "Create New App", "From a manifest". It asks for
no more scopes than tonewatch uses, and turns Socket Mode, buttons and /tonewatch
on. Then install the app, take the bot token (xoxb-...) for slack.token, and under
Basic Information make an app-level token (xapp-...) with the scope
connections:write for slack.app_token.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			manifest := slack.Manifest(name)
			if asJSON {
				encoder := newEncoder(c.OutOrStdout())
				encoder.SetIndent("", "  ")
				return encoder.Encode(manifest)
			}
			text, err := yaml.Marshal(manifest)
			if err != nil {
				return err
			}
			_, err = c.OutOrStdout().Write(text)
			return err
		},
	}
	c.Flags().StringVar(&name, "name", "tonewatch", "the app's `name`")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// testPost is what became of a test message.
type testPost struct {
	Channel string `json:"channel"`
	OK      bool   `json:"ok"`
	Error   string `json:"error,omitempty"`
}

func newSlackTest() *cobra.Command {
	var path string
	var asJSON bool
	c := &cobra.Command{
		Use:   "test [CHANNEL...]",
		Short: "Post a test message to each channel of the routes and the notes, or to those given",
		Args:  cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, channels []string) error {
			config, err := configs.Load(path)
			if err != nil {
				return err
			}
			if len(channels) == 0 {
				channels = channelsOf(config)
			}
			switch {
			case len(channels) == 0:
				return errors.New("neither routes nor notes lead to a channel: name one, as '#desk'")
			case config.Slack.Token.IsZero():
				return errors.New("slack.token is not set: set it (as ${SLACK_BOT_TOKEN}), or slack.token_file")
			}
			failed := false
			for _, p := range postTests(c.Context(), config, channels) {
				failed = failed || !p.OK
				switch {
				case asJSON:
					if err := json.NewEncoder(c.OutOrStdout()).Encode(p); err != nil {
						return err
					}
				case p.OK:
					fmt.Fprintf(c.OutOrStdout(), "ok    %s\n", p.Channel)
				default:
					fmt.Fprintf(c.OutOrStdout(), "fail  %s: %s\n", p.Channel, p.Error)
				}
			}
			if failed {
				return errSilent
			}
			return nil
		},
	}
	configFlag(c, &path)
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON lines")
	return c
}

func postTests(ctx context.Context, config *configs.Config, channels []string) (list []testPost) {
	workspace := workspaceOf(config, slog.New(slog.DiscardHandler))
	for _, channel := range channels {
		note := &alerts.Note{At: time.Now(), Title: "A test from tonewatch", Lines: []string{"Alerts that are routed here will look better than this."}}
		p := testPost{Channel: channel, OK: true}
		if _, err := workspace.Channel(channel).Post(ctx, alerts.Message{Key: rand.Text(), Note: note}); err != nil {
			p.OK, p.Error = false, err.Error()
		}
		list = append(list, p)
	}
	return list
}

// channelsOf are those that routes and notes lead to, each once.
func channelsOf(c *configs.Config) (names []string) {
	add := func(name string) {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for r := range eachRoute(c.Routes) {
		add(r.Slack)
	}
	if c.Tell.Notes != nil {
		add(c.Tell.Notes.Slack)
	}
	return names
}
