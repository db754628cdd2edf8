package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tonewatch/cmd/tonewatch/internal/history"
	"tonewatch/configs"
	"tonewatch/monitor"
)

func newTune() *cobra.Command {
	var o tuneOptions
	c := &cobra.Command{
		Use:   "tune --alerts-per-week N",
		Short: "Propose thresholds for a wished number of alerts a week, from history and feedback",
		Long: `Replay history under many thresholds of each rule, and propose those that give
at most so many alerts a week in all. Among them the choice keeps as many alerts
labelled right as can be, then as few labelled wrong, then as many of those that
are told today, and then changes as little as it can.

It prints a YAML patch, the changed keys alone, for your own hand: nothing is
changed. Above it, as comments, stands what would have been missed and gained.
` + sourceHelp + `
  --feedback FILE.jsonl
      what people made of alerts, a line each:
        {"rule","actor","voice","at","verdict":"right" or "wrong","note"}
      "at" is within a day of the alert, or of what should have been one; voice
      and note may be left out.
On a store, what people marked with "Wrong tone" in Slack counts as well; see
feedback export.

Tried are, of shift, drift, volume and split, 7 values of "by" from half to three
times its own, each with 10 of "sigma" from 1.5 below its own to 4 above; of a
rule with false_alarms, spans from a quarter to four times its own; of level, 13
lines within 0.3 of its own. That is a replay of the history for each; rearm stays
as it is where it is written out, else it follows "by".`,
		Args: cobra.NoArgs,
		RunE: o.run,
	}
	o.source.flags(c)
	f := c.Flags()
	f.StringVar(&o.feedback, "feedback", "", "`file` of labelled alerts, JSON lines")
	f.BoolVar(&o.noStored, "no-stored-feedback", false, "leave out what people marked in Slack, which the store holds")
	f.Float64Var(&o.wish, "alerts-per-week", 0, "at most so many `alerts` a week, over all rules (required)")
	f.BoolVar(&o.json, "json", false, "print JSON")
	_ = c.MarkFlagRequired("alerts-per-week") // unreachable: the flag was just added
	return c
}

type tuneOptions struct {
	source   pastSource
	feedback string
	noStored bool
	wish     float64
	json     bool
}

// A history should reach beyond what the rules look back to by this much: the
// alerts a week are guessed from it. Less than a week is no ground at all.
const (
	enoughDays = 28
	leastDays  = 7
)

func (o *tuneOptions) run(c *cobra.Command, _ []string) error {
	if math.IsNaN(o.wish) || o.wish < 0 || o.wish > 10_000 {
		return &usageError{fmt.Errorf("--alerts-per-week %v: must be from 0 to 10000", o.wish)}
	}
	config, err := configs.LoadWithoutSecrets(o.source.config)
	if err != nil {
		return err
	}
	if len(config.Rules) == 0 {
		return fmt.Errorf("configuration %q: no rules to tune", o.source.config)
	}
	labels, err := readFeedback(o.feedback, config)
	if err != nil {
		return err
	}
	past, err := o.source.history(c.Context(), config, c.ErrOrStderr())
	if err != nil {
		return err
	}
	if path := o.source.storePath(config); path != "" && !o.noStored {
		stored, err := storedFeedback(c.Context(), path)
		if err != nil {
			return err
		}
		labels = withStored(labels, stored, config, c.ErrOrStderr())
	}
	if past.Days() < leastDays {
		return fmt.Errorf("the history of %.1f days is too short to count alerts a week: it takes %d days, better %.0f", past.Days(), leastDays, wantDays(config))
	}
	if past.Days() < wantDays(config) {
		fmt.Fprintf(c.ErrOrStderr(), "the history of %.0f days is short for these rules: take the alerts a week for a guess; %.0f days would do\n", past.Days(), wantDays(config))
	}
	rules, err := o.options(c, config, past)
	if err != nil {
		return err
	}
	proposal, err := o.choose(rules, labels, past.Days()/7)
	if err != nil {
		return err
	}
	if proposal.Patch, err = patch(config, proposal.Changes); err != nil {
		return err
	}
	if o.json {
		return json.NewEncoder(c.OutOrStdout()).Encode(proposal)
	}
	return proposal.print(c.OutOrStdout())
}

func wantDays(config *configs.Config) float64 {
	var reach time.Duration
	for _, r := range rulesOf(config) {
		reach = max(reach, r.Reach())
	}
	return enoughDays + reach.Hours()/24
}

// tried is one way to set a rule.
type tried struct {
	changes []configs.Change
	history.Option
}

// options replays the history under every way to set each rule. A way that makes
// no sound configuration is left out; the present one always does.
func (o *tuneOptions) options(c *cobra.Command, config *configs.Config, past *history.History) ([][]tried, error) {
	rules := make([][]tried, len(config.Rules))
	var settings []history.Setting
	for i, r := range config.Rules {
		for _, way := range ways(r) {
			set, err := configs.LoadWith(o.source.config, way.changes)
			var problems configs.Problems
			if errors.As(err, &problems) && way.Change > 0 {
				continue
			}
			if err != nil {
				return nil, err
			}
			s := settingOf(set)
			s.Rules, s.Bare = []monitor.Rule{s.Rules[i]}, true
			settings, rules[i] = append(settings, s), append(rules[i], way)
		}
	}
	found, err := replay(c, past, settings...)
	if err != nil {
		return nil, err
	}
	for i := range rules {
		for j := range rules[i] {
			rules[i][j].Episodes = slices.DeleteFunc(found[0], func(e history.Episode) bool { return len(e.Receivers) == 0 })
			found = found[1:]
		}
	}
	return rules, nil
}

// proposal is what tune says.
type proposal struct {
	Wish     float64           `json:"alerts_a_week_wished"`
	Now      float64           `json:"alerts_a_week_now"`
	Then     float64           `json:"alerts_a_week"`
	Weeks    float64           `json:"weeks"`
	Right    labelCount        `json:"right"`
	Wrong    labelCount        `json:"wrong"`
	Changes  []proposedChange  `json:"changes"`
	Missed   []labelledEpisode `json:"missed"` // told today alone
	Gained   []labelledEpisode `json:"gained"` // told under the proposal alone
	Patch    string            `json:"patch"`
	labelled []feedback
}

// labelCount counts labels, and those of them that have an alert.
type labelCount struct {
	Labels int `json:"labels"`
	Now    int `json:"now"`
	Then   int `json:"then"`
}

type proposedChange struct {
	Rule string `json:"rule"`
	Key  string `json:"key"`
	From string `json:"from"`
	To   string `json:"to"`
}

type labelledEpisode struct {
	history.Episode
	Verdict string `json:"verdict,omitempty"`
	Note    string `json:"note,omitempty"`
}

func (o *tuneOptions) choose(rules [][]tried, labelled []feedback, weeks float64) (*proposal, error) {
	options := make([][]history.Option, len(rules))
	var quietest int
	for i, ways := range rules {
		fewest := math.MaxInt
		for _, way := range ways {
			options[i] = append(options[i], way.Option)
			fewest = min(fewest, len(way.Episodes))
		}
		quietest += fewest
	}
	labels := make([]history.Label, len(labelled))
	for i, l := range labelled {
		labels[i] = l.label
	}
	chosen, ok := history.Choose(options, labels, int(o.wish*weeks+1e-9))
	if !ok {
		return nil, fmt.Errorf("no thresholds tried are that quiet: %.2f alerts a week is the least; wish for more, or raise stories, outlets or for", float64(quietest)/weeks)
	}
	p := &proposal{Wish: o.wish, Weeks: weeks, Changes: []proposedChange{}, Missed: []labelledEpisode{}, Gained: []labelledEpisode{}, labelled: labelled}
	var before, after []history.Episode
	for i, ways := range rules {
		way := ways[chosen[i]]
		before, after = append(before, ways[0].Episodes...), append(after, way.Episodes...)
		for j, change := range way.changes {
			if from := ways[0].changes[j].Value; from != change.Value {
				p.Changes = append(p.Changes, proposedChange{change.Rule, change.Key, from, change.Value})
			}
		}
	}
	p.Now, p.Then = float64(len(before))/weeks, float64(len(after))/weeks
	p.count(before, after)
	return p, nil
}

// count says what becomes of the labels, and what is missed and gained.
func (p *proposal) count(before, after []history.Episode) {
	inOrder := func(a, b history.Episode) int { return a.Start.Compare(b.Start) }
	slices.SortStableFunc(before, inOrder)
	slices.SortStableFunc(after, inOrder)
	for _, l := range p.labelled {
		n := &p.Wrong
		if l.label.Right {
			n = &p.Right
		}
		n.Labels++
		if slices.ContainsFunc(before, l.label.On) {
			n.Now++
		}
		if slices.ContainsFunc(after, l.label.On) {
			n.Then++
		}
	}
	for _, d := range history.Diff(before, after) {
		switch {
		case d.New == nil:
			p.Missed = append(p.Missed, p.label(*d.Old))
		case d.Old == nil:
			p.Gained = append(p.Gained, p.label(*d.New))
		}
	}
}

// label puts what people made of it to an episode.
func (p *proposal) label(e history.Episode) labelledEpisode {
	labelled := labelledEpisode{Episode: e}
	for _, l := range p.labelled {
		if l.label.On(e) {
			labelled.Verdict, labelled.Note = l.Verdict, strings.TrimSpace(l.Note)
		}
	}
	return labelled
}
