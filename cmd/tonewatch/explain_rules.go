package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tonewatch/cmd/tonewatch/internal/history"
	"tonewatch/configs"
	"tonewatch/monitor"
	"tonewatch/monitor/store"
)

// reason is what a rule measured for an actor at a time, and so why it fires or
// stays silent.
type reason struct {
	Rule     string              `json:"rule"`
	Actor    string              `json:"actor"`
	Verdict  string              `json:"verdict"` // fires, silent or unknown
	Measured monitor.Shift       `json:"measured"`
	Short    []monitor.Condition `json:"short"` // the conditions that are not met
	Limit    *monitor.Limit      `json:"limit,omitempty"`

	tonal bool // the kind tells what tone moved from what the mix of outlets did
}

// explainRules says of every rule and actor what the store's history shows.
func (o *explainOptions) explainRules(c *cobra.Command, now time.Time) error {
	config, err := configs.LoadWithoutSecrets(o.path)
	if err != nil {
		return err
	}
	source := pastSource{config: o.path}
	past, err := source.history(c.Context(), config, c.ErrOrStderr())
	if err != nil {
		return err
	}
	at := now
	if o.at != "" {
		if at, err = history.ParseTime(o.at); err != nil {
			return &usageError{fmt.Errorf("--at: %w", err)}
		}
	}
	// Up to then, not to the last hour that was watched: the daemon may be off since.
	missed, err := store.AllMissed(c.Context(), source.storePath(config), time.Time{}, at.Truncate(time.Hour))
	if err != nil {
		return err
	}
	readings, rules := slices.Collect(past.Readings()), rulesOf(config)
	encoder := newEncoder(c.OutOrStdout())
	for _, actor := range config.Actors {
		if o.toward != "" && actor.Name != o.toward {
			continue
		}
		series := seriesOf(readings, actor.Name)
		series.Missed(missed)
		for _, rule := range rules {
			if !rule.Watches(actor.Name) {
				continue
			}
			r := reasonFor(rule, actor.Name, series, at)
			if o.json {
				err = encoder.Encode(r)
			} else {
				err = r.print(c.OutOrStdout())
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func seriesOf(readings []monitor.Reading, actor string) *monitor.Series {
	series := monitor.NewSeries(nil)
	for _, r := range readings {
		if r.Actor == actor {
			series.Add(r)
		}
	}
	return series
}

func reasonFor(rule monitor.Rule, actor string, s *monitor.Series, at time.Time) reason {
	if (rule.Budget == monitor.Budget{}) {
		return measuredBy(rule, nil, actor, s, at)
	}
	limit := monitor.LearnLimit(rule, s, at)
	return measuredBy(rule, &limit, actor, s, at)
}

// measuredBy is the reason under a limit, or without one.
func measuredBy(rule monitor.Rule, limit *monitor.Limit, actor string, s *monitor.Series, at time.Time) reason {
	r := reason{Rule: rule.Name, Actor: actor, Verdict: "silent", Limit: limit, Short: []monitor.Condition{}}
	if limit != nil {
		rule = rule.Under(*limit)
	}
	r.Measured = monitor.Measure(s, rule, at)
	r.tonal = rule.Level == nil && rule.Volume == nil
	switch verdict, _ := rule.Judge(r.Measured); verdict {
	case monitor.Beyond:
		r.Verdict = "fires"
	case monitor.Unknown:
		r.Verdict = "unknown"
	}
	for _, c := range rule.Conditions(r.Measured) {
		if !c.Met() {
			r.Short = append(r.Short, c)
		}
	}
	return r
}

// words says in a line what was measured and what is short.
func (r reason) words() string {
	m := r.Measured
	var b strings.Builder
	fmt.Fprintf(&b, "%s on %s", r.Verdict, m.At.Format("2 Jan 15:04"))
	switch {
	case m.Stories == 0:
		b.WriteString(": no stories")
	case r.tonal:
		fmt.Fprintf(&b, ": %+.2f after %+.2f, of which tone moved %+.2f and another mix of outlets %+.2f",
			m.Recent, m.Baseline, m.Size, m.Mix)
	case m.Expected > 0:
		fmt.Fprintf(&b, ": %d stories, %.1f expected", m.Stories, m.Expected)
	default:
		fmt.Fprintf(&b, ": tone %+.2f", m.Recent)
	}
	for i, c := range r.Short {
		b.WriteString([]string{"; short of the rule: ", ", "}[min(i, 1)])
		fmt.Fprintf(&b, "%s %s of %s", c.Name, figure(c.Got), figure(c.Asked))
	}
	if r.Limit != nil && r.Limit.Problem != "" {
		fmt.Fprintf(&b, "; budget not yet learnt: %s", r.Limit.Problem)
	}
	return b.String()
}

// figure prints a whole number without decimals.
func figure(x float64) string {
	if x == float64(int(x)) {
		return fmt.Sprint(int(x))
	}
	return fmt.Sprintf("%.2f", x)
}

func (r reason) print(out io.Writer) error {
	_, err := fmt.Fprintf(out, "%s, rule %q: %s\n", r.Actor, r.Rule, r.words())
	return err
}

// mostTempting is the reason at the hour in which the actor's tone looked most
// unlike its baseline, whatever it was that moved it.
func mostTempting(rule monitor.Rule, actor string, readings []monitor.Reading, from, to time.Time) reason {
	series := seriesOf(readings, actor)
	best := reasonFor(rule, actor, series, to)
	for at := from; at.Before(to); at = at.Add(time.Hour) {
		r := reasonFor(rule, actor, series, at)
		if r.Verdict != "unknown" && r.apparent() > best.apparent() {
			best = r
		}
	}
	return best
}

// apparent is by how much a plain mean would say that tone has moved.
func (r reason) apparent() float64 {
	if r.Verdict == "unknown" {
		return -1
	}
	d := r.Measured.Recent - r.Measured.Baseline
	return max(d, -d)
}
