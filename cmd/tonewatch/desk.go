package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"tonewatch/alerts"
	"tonewatch/alerts/slack"
	"tonewatch/configs"
	"tonewatch/monitor"
	"tonewatch/monitor/store"
)

// workspaceOf is the connection to Slack.
func workspaceOf(c *configs.Config, log *slog.Logger) *slack.Client {
	return slack.New(slack.Options{
		Token: c.Slack.Token.Reveal(), AppToken: c.Slack.AppToken.Reveal(), Buttons: !c.Slack.AppToken.IsZero(),
		APIURL: c.Slack.APIURL, Log: log.With("component", "slack"),
	})
}

// socketOf takes buttons and commands; nil without an app token.
func socketOf(c *configs.Config, s *store.Store, rules []monitor.Rule, now func() time.Time, log *slog.Logger) *slack.Socket {
	if c.Slack.AppToken.IsZero() {
		return nil
	}
	_, names := actorsOf(c)
	span := func(text string) (time.Duration, error) {
		d, err := configs.ParseDuration(text)
		return time.Duration(d), err
	}
	return workspaceOf(c, log).Socket(slack.SocketOptions{Users: c.Slack.Users, Span: span, Desk: &alerts.Desk{
		Store: s, Rules: rules, Actors: names, Now: now, Measure: measures(s, rules), Log: log.With("component", "desk"),
	}})
}

// measures says of each rule that watches an actor what `explain --rules` says,
// from the store and the limits that DETECT has learnt.
func measures(s *store.Store, rules []monitor.Rule) func(context.Context, string, time.Time) ([]string, error) {
	return func(ctx context.Context, actor string, at time.Time) (lines []string, err error) {
		buckets, _, err := s.Buckets(ctx, actor, at.Add(-monitor.History(rules)), 0)
		if err != nil {
			return nil, err
		}
		limits, err := s.Limits(ctx, actor)
		if err != nil {
			return nil, err
		}
		missed, err := s.Missed(ctx, at.Add(-monitor.History(rules)), at.Truncate(time.Hour))
		if err != nil {
			return nil, err
		}
		series := monitor.NewSeries(buckets)
		series.Missed(missed)
		for _, rule := range rules {
			if rule.Watches(actor) {
				r := measuredBy(rule, rule.Standing(limits), actor, series, at)
				lines = append(lines, fmt.Sprintf("%s: %s", r.Rule, r.words()))
			}
		}
		if lines == nil {
			lines = []string{"no rule watches it"}
		}
		return lines, nil
	}
}
