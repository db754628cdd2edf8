package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"tonewatch/configs"
	"tonewatch/scoring"
)

func newCheck() *cobra.Command {
	var path string
	var asJSON bool
	c := &cobra.Command{
		Use:   "check",
		Short: "Check a configuration: every mistake at once, with its line",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			config, err := checkConfig(path)
			var problems configs.Problems
			if asJSON && (err == nil || errors.As(err, &problems)) {
				if problems == nil {
					problems = configs.Problems{}
				}
				if err := json.NewEncoder(c.OutOrStdout()).Encode(map[string]any{"ok": err == nil, "problems": problems}); err != nil {
					return err
				}
			}
			if err != nil {
				return err
			}
			if !asJSON {
				fmt.Fprintf(c.OutOrStdout(), "%s is sound: %d feeds, %d actors, %d rules, %d routes, engine %s\n",
					path, len(config.Feeds), len(config.Actors), len(config.Rules), len(config.Routes), config.Scoring.Engine)
			}
			return nil
		},
	}
	configFlag(c, &path)
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// checkConfig is all that can be known without asking the network.
func checkConfig(path string) (*configs.Config, error) {
	config, err := configs.Load(path)
	if err != nil {
		return nil, err
	}
	if err := config.CheckRun(); err != nil {
		return nil, err
	}
	actors, _ := actorsOf(config)
	_, err = scoring.NewFinder(actors)
	return config, err
}
