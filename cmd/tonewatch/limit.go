package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"text/tabwriter"
	"time"

	"tonewatch/alerts"
	"tonewatch/configs"
	"tonewatch/monitor"
	"tonewatch/monitor/store"
)

// standing is the sigma at which a rule with a budget of false alarms now fires
// for one actor: one learnt from the actor's history, or the rule's own with the
// problem that there is.
type standing struct {
	Rule    string    `json:"rule"`
	Actor   string    `json:"actor"`
	Sigma   float64   `json:"sigma"`
	Days    int       `json:"days,omitempty"`   // of history it was learnt from
	Learned time.Time `json:"learned,omitzero"` // to when that goes
	Problem string    `json:"problem,omitempty"`

	budget monitor.Budget
}

// standingLimits are those of each rule with a budget for each of its actors. A
// budget that no history can be long enough for is warned of.
func standingLimits(ctx context.Context, inspection *configs.Inspection) (list []standing, err error) {
	config := inspection.Config
	var learnt map[string][]monitor.RuleLimit
	var none string // why there is no limit
	for i := range config.Rules {
		rule := ruleOf(config.Rules[i])
		if rule.Budget == (monitor.Budget{}) {
			continue
		}
		if none == "" { // the first rule that asks
			if learnt, none, err = learntLimits(ctx, inspection); err != nil {
				return nil, err
			}
		}
		warnUnlearnable(inspection, &config.Rules[i], rule)
		for _, actor := range config.Actors {
			if rule.Watches(actor.Name) {
				list = append(list, standingOf(rule, actor.Name, learnt[actor.Name], none))
			}
		}
	}
	return list, nil
}

// learntLimits are those in the store, by actor, and why one may not be among
// them.
func learntLimits(ctx context.Context, inspection *configs.Inspection) (limits map[string][]monitor.RuleLimit, none string, err error) {
	path := &inspection.Config.Store.Path
	if _, err := os.Stat(*path); errors.Is(err, fs.ErrNotExist) {
		return nil, "not yet learnt: there is no store yet", nil
	}
	limits, err = store.Learnt(ctx, *path)
	switch {
	case ctx.Err() != nil:
		return nil, "", ctx.Err()
	case err != nil:
		inspection.Warn(path, "", "limits cannot be looked at: %v", err)
		return nil, "not known", nil
	default:
		return limits, "not yet learnt: the daemon has not looked at this rule as it now is", nil
	}
}

func standingOf(rule monitor.Rule, actor string, limits []monitor.RuleLimit, none string) standing {
	s := standing{Rule: rule.Name, Actor: actor, Problem: none, budget: rule.Budget}
	_, s.Sigma = rule.Threshold()
	switch l := rule.Standing(limits); {
	case l == nil:
	case l.Problem != "":
		s.Problem = "not yet learnt: " + l.Problem
	default:
		s.Sigma, s.Days, s.Learned, s.Problem = l.Sigma, l.Days, l.Learned, ""
	}
	return s
}

// warnUnlearnable warns of a rule that looks back so far that history, of which a
// limit takes twice as much, can never be long enough.
func warnUnlearnable(inspection *configs.Inspection, c *configs.Rule, rule monitor.Rule) {
	most := min(monitor.BudgetHistory, time.Duration(inspection.Config.Store.Keep.Series))
	if need := 2 * rule.Reach(); need > most {
		inspection.Warn(c.Budget(), "shorten the baseline, or leave the budget out",
			"no limit is ever learnt: window and baseline need %v of history, and no more than %v is looked at",
			configs.Duration(need), configs.Duration(most))
	}
}

func printLimits(out io.Writer, limits []standing) error {
	if len(limits) == 0 {
		return nil
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nRULE\tACTOR\tFIRES AT SIGMA\tLIMIT")
	for _, l := range limits {
		from := l.Problem
		if from == "" {
			from = fmt.Sprintf("learnt from %d days to %s for %s", l.Days, l.Learned.Format("2 Jan 2006"), alerts.Allowed(l.budget))
		}
		fmt.Fprintf(w, "%s\t%s\t%.1f\t%s\n", l.Rule, l.Actor, l.Sigma, from)
	}
	return w.Flush()
}
