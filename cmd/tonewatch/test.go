package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"tonewatch/cmd/tonewatch/internal/ruletest"
	"tonewatch/configs"
	"tonewatch/monitor"
)

func newTest() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "test FILE...",
		Short: "Test rules: made-up stories in, phases and episodes out",
		Long: `Test rules against stories made up in shorthand, as promtool tests Prometheus
rules. A file:

  config: tonewatch.yaml       # relative to this file; or "rules:" right here
  tests:
    - name: a sharp turn is told
      start: 2026-01-01        # default; offsets below count from here
      interval: 1h             # default
      input:
        - {actor: North Korea, outlet: Courier, tones: "0.1x720 -0.4x48 _x24"}
        - {actor: North Korea, outlet: Ledger, tones: "0.1*2x720 -0.4*2x48"}
      expect:                  # how a rule stands at a time
        - {at: 30d12h, actor: North Korea, rule: sharp turn, phase: firing, direction: colder}
      episodes:                # all that is told, exactly; [] for nothing
        - {rule: sharp turn, actor: North Korea, direction: colder, start: 30d9h, end: 34d}

Each word of "tones" is for one interval or more:
  0.1          one story of tone 0.1 (from -1 to 1)
  0.1x48       one in each of 48 intervals
  _x6          none for six intervals
  0.1+0.01x10  ten of 0.10, 0.11 ... 0.19; "-" counts down
  0.1*3x48     three stories in each of 48 intervals
Of input, "voice" is any (the default), outlets or a holder's name: a rule counts
that of its own voice. "backfill: true" is what a feed held when first polled. A
phase is quiet, pending, firing or easing; a direction colder, warmer, fewer or
more, or left out. An episode starts when it is told; without "end" it is still
open when the input ends.

Exit code 1 says that a test failed, 78 that a file is wrong.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, paths []string) error {
			verdicts, err := testRules(paths)
			if err != nil {
				return err
			}
			return answerVerdicts(c.OutOrStdout(), verdicts, asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// answerVerdicts prints verdicts, and fails where a test does.
func answerVerdicts(out io.Writer, verdicts []ruletest.Verdict, asJSON bool) error {
	failed := 0
	for _, v := range verdicts {
		if !v.Pass {
			failed++
		}
		if !asJSON {
			fmt.Fprintln(out, v)
		}
	}
	if asJSON {
		if err := json.NewEncoder(out).Encode(map[string]any{"tests": verdicts}); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(out, "%d passed, %d failed\n", len(verdicts)-failed, failed)
	}
	if failed > 0 {
		return errSilent
	}
	return nil
}

// testRules runs files of tests, after all of them have been found sound.
func testRules(paths []string) ([]ruletest.Verdict, error) {
	var all configs.Problems
	var verdicts []ruletest.Verdict
	for _, path := range paths {
		suite, err := ruletest.Read(path)
		if err != nil {
			return nil, err
		}
		rules, err := soundRules(suite, path)
		var problems configs.Problems
		if errors.As(err, &problems) {
			all = append(all, problems...)
			continue
		}
		if err != nil {
			return nil, err
		}
		verdicts = append(verdicts, suite.Run(rules)...)
	}
	if len(all) > 0 {
		return nil, all
	}
	return verdicts, nil
}

// soundRules are the rules that a suite tests, once nothing is wrong with it.
func soundRules(suite *ruletest.Suite, path string) (rules []monitor.Rule, err error) {
	config := &configs.Config{Rules: suite.Rules}
	if file := suite.Config; file == "" {
		suite.CheckRules()
	} else {
		if !filepath.IsAbs(file) {
			file = filepath.Join(filepath.Dir(path), file)
		}
		if config, err = configs.LoadWithoutSecrets(file); err != nil {
			return nil, err
		}
	}
	var names []string
	for _, r := range config.Rules {
		names = append(names, r.Name)
	}
	_, actors := actorsOf(config)
	if err := suite.Check(names, actors); err != nil {
		return nil, err
	}
	return rulesOf(config), nil
}
