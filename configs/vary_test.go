package configs_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tonewatch/configs"
)

const varied = `
actors: [{name: Acme}, {name: Krone}]
rules:
  - name: one
    toward: [Acme]
    shift: &evidence {by: 0.4, stories: 3}
    for: 1h
  - name: two
    toward: [Krone]
    shift: *evidence
  - name: three
    toward: ["*"]
    level: {below: ${LINE:--0.5}}
slack: {token: ${TOKEN:-none}}
`

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tonewatch.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A change reaches the rules that have its key's section, or the one it names,
// and what is derived follows it.
func TestLoadWith(t *testing.T) {
	t.Parallel()
	path := write(t, varied)
	c, err := configs.LoadWith(path, []configs.Change{
		{Key: "shift.by", Value: "0.6"},
		{Rule: "two", Key: "shift.window", Value: "2d"},
		{Rule: "two", Key: "shift.false_alarms", Value: "1 per 90d"},
		{Key: "keep_firing_for", Value: "90m"},
		{Rule: "three", Key: "level.below", Value: "-0.25"},
	})
	if err != nil {
		t.Fatal(err)
	}
	one, two, three := c.Rules[0], c.Rules[1], c.Rules[2]
	if one.Shift.By != 0.6 || two.Shift.By != 0.6 || one.Rearm != 0.3 || one.Shift.Stories != 3 {
		t.Errorf("one is %+v, two is %+v", one.Shift, two.Shift)
	}
	if one.Shift.Window != configs.Duration(24*time.Hour) || two.Shift.Window != configs.Duration(48*time.Hour) {
		t.Errorf("the window of rule two alone was to change: %v, %v", one.Shift.Window, two.Shift.Window)
	}
	if two.Shift.FalseAlarms.Alarms != 1 || one.Shift.FalseAlarms.Alarms != 0 {
		t.Errorf("the budget of rule two alone was to change: %v, %v", one.Shift.FalseAlarms, two.Shift.FalseAlarms)
	}
	for _, r := range c.Rules {
		if r.KeepFiringFor != configs.Duration(90*time.Minute) {
			t.Errorf("%s: keep_firing_for is %v", r.Name, r.KeepFiringFor)
		}
	}
	if one.For != configs.Duration(time.Hour) || *three.Level.Below != -0.25 {
		t.Errorf("for is %v, level is %v", one.For, *three.Level.Below)
	}
	same, err := configs.LoadWith(path, nil)
	if err != nil || same.Rules[0].Shift.By != 0.4 {
		t.Errorf("without changes: %+v, %v", same.Rules[0].Shift, err)
	}
}

func TestLoadWithTellsWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	path := write(t, varied)
	for _, c := range []struct {
		change  configs.Change
		problem bool
		want    string
	}{
		{configs.Change{Key: "shift.by", Value: "7"}, true, `"by" must be above 0 and at most 2, not "7"`},
		{configs.Change{Key: "shift.window", Value: "soon"}, true, `"window" must be a duration like "90m", "24h" or "28d", not "soon"`},
		{configs.Change{Key: "shift.be", Value: "1"}, true, `unknown key "be"`},
		{configs.Change{Key: "toward", Value: "Acme"}, true, `"toward" must be a list, not "Acme"`},
		{configs.Change{Key: "drift.by", Value: "1"}, false, `configuration "` + path + `": no rule to set "drift.by" of`},
		{configs.Change{Rule: "four", Key: "for", Value: "1h"}, false, `configuration "` + path + `": no rule to set "for" of`},
	} {
		_, err := configs.LoadWith(path, []configs.Change{c.change})
		var problems configs.Problems
		got := ""
		if errors.As(err, &problems) {
			got = problems[0].Message
		} else if err != nil {
			got = err.Error()
		}
		if got != c.want || c.problem != (problems != nil) {
			t.Errorf("%+v: %q, want %q", c.change, got, c.want)
		}
	}
}
