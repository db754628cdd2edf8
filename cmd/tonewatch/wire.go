package main

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"tonewatch/alerts"
	"tonewatch/alerts/console"
	"tonewatch/configs"
	"tonewatch/monitor"
	"tonewatch/monitor/fetch"
	"tonewatch/monitor/parse"
	"tonewatch/monitor/store"
	"tonewatch/scoring"
	"tonewatch/scoring/bayes"
	"tonewatch/scoring/encoder"
)

// This file turns a configuration into the parts of the program, one function
// a part. A loaded configuration is known to be sound, so what fails here is
// the world, not the file.

func feedsOf(c *configs.Config) []monitor.Feed {
	feeds := make([]monitor.Feed, len(c.Feeds))
	for i, f := range c.Feeds {
		feeds[i] = monitor.Feed{URL: f.URL, Outlet: f.Outlet, Every: f.Every, Adaptive: f.Adaptive, Critical: f.Critical}
	}
	return feeds
}

func actorsOf(c *configs.Config) (actors []scoring.Actor, names []string) {
	for _, a := range c.Actors {
		actors = append(actors, scoring.Actor{
			Name: a.Name, Kind: scoring.ActorKind(a.Kind), Aliases: a.Aliases, Titles: a.Titles, Not: a.Not,
			Pronouns: a.Pronouns, Expand: a.Expand,
		})
		names = append(names, a.Name)
	}
	return actors, names
}

// newScorer builds an engine by its name in the configuration.
func newScorer(name string) (scoring.Scorer, error) {
	switch name {
	case "encoder":
		return encoder.New(encoder.Options{})
	case "bayes":
		return bayes.New()
	default:
		return nil, &usageError{fmt.Errorf("unknown engine %q; there is: %v", name, configs.Engines())}
	}
}

// shortEngine is an engine in few words: of its hash only the beginning.
func shortEngine(e scoring.Engine) string {
	return strings.TrimSpace(e.Name + " " + e.Version + " " + e.Hash[:min(7, len(e.Hash))])
}

// warnSlow says so where an engine has to do without vector instructions.
func warnSlow(s scoring.Scorer, log *slog.Logger) {
	if e, ok := s.(*encoder.Engine); ok && e.Kernels() == "portable" {
		log.Warn("no fast kernels for this processor: the encoder takes about a second a sentence, bayes would not", "engine", e.Engine().Name)
	}
}

func fetcherOf(c *configs.Config, rests fetch.Rests, now func() time.Time, log *slog.Logger) *fetch.Client {
	agent := "tonewatch/" + version()
	if c.Fetch.Contact != "" {
		agent += " (+" + c.Fetch.Contact + ")"
	}
	return fetch.New(fetch.Options{
		UserAgent:    agent,
		Timeout:      time.Duration(c.Fetch.Timeout),
		MaxFeedBytes: int64(c.Fetch.MaxFeedBytes),
		MaxPageBytes: int64(c.Fetch.MaxPageBytes),
		HostRequests: c.Fetch.HostRequests,
		HostPause:    time.Duration(c.Fetch.HostPause),
		Allow:        c.Fetch.Allow,
		Rests:        rests,
		Now:          now,
		Parse:        parse.Feed,
		Decode:       parse.Page,
		Logger:       log.With("component", "fetch"),
	})
}

func rulesOf(c *configs.Config) []monitor.Rule {
	rules := make([]monitor.Rule, len(c.Rules))
	for i, r := range c.Rules {
		rules[i] = ruleOf(r)
	}
	return rules
}

func ruleOf(c configs.Rule) monitor.Rule {
	r := monitor.Rule{
		Name: c.Name, Toward: c.Toward, Voice: voiceOf(c.Voice), Named: c.Mentions == configs.NamedMentions,
		For: time.Duration(c.For), KeepFiringFor: time.Duration(c.KeepFiringFor), CoolDown: time.Duration(c.CoolDown), Rearm: c.Rearm,
	}
	switch {
	case c.Shift != nil:
		s := c.Shift
		r.Shift = &monitor.ShiftRule{By: s.By, Sigma: s.Sigma}
		r.Budget, r.Window, r.Baseline = budgetOf(s.FalseAlarms), time.Duration(s.Window), time.Duration(s.Baseline)
		r.Stories, r.Outlets = s.Stories, s.Outlets
	case c.Level != nil:
		l := c.Level
		r.Level = levelOf(l)
		r.Window, r.Stories, r.Outlets = time.Duration(l.Window), l.Stories, l.Outlets
	case c.Drift != nil:
		d := c.Drift
		r.Drift = &monitor.DriftRule{By: d.By, Sigma: d.Sigma}
		r.Budget, r.Window, r.Baseline = budgetOf(d.FalseAlarms), time.Duration(d.Window), time.Duration(d.Baseline)
		r.Stories, r.Outlets = d.Stories, d.Outlets
	case c.Volume != nil:
		v := c.Volume
		r.Volume = &monitor.VolumeRule{By: v.By, Sigma: v.Sigma, Fewer: v.Fewer}
		r.Budget, r.Window, r.Baseline = budgetOf(v.FalseAlarms), time.Duration(v.Window), time.Duration(v.Baseline)
		r.Stories = v.Stories
	case c.Split != nil:
		s := c.Split
		r.Split = &monitor.SplitRule{By: s.By, Sigma: s.Sigma, Between: [2]monitor.Side{sideOf(s.Between[0]), sideOf(s.Between[1])}}
		r.Budget, r.Window, r.Baseline = budgetOf(s.FalseAlarms), time.Duration(s.Window), time.Duration(s.Baseline)
		r.Stories, r.Outlets = s.Stories, s.Outlets
	}
	return r
}

func levelOf(l *configs.Level) *monitor.LevelRule {
	if l.Below != nil {
		return &monitor.LevelRule{Line: *l.Below, Below: true}
	}
	return &monitor.LevelRule{Line: *l.Above}
}

// leastHours is how long series are kept by the hour whatever the rules are, so
// that a change of rules finds history.
const leastHours = 120 * 24 * time.Hour

func keepOf(c *configs.Config, rules []monitor.Rule) store.Keep {
	return store.Keep{
		Articles: time.Duration(c.Store.Keep.Articles),
		Series:   time.Duration(c.Store.Keep.Series),
		Hours:    max(leastHours, monitor.History(rules)),
	}
}

func budgetOf(b configs.Budget) monitor.Budget {
	return monitor.Budget{Alarms: b.Alarms, Per: time.Duration(b.Per)}
}

func sideOf(s configs.Side) monitor.Side {
	return monitor.Side{Voice: voiceOf(s.Voice), Outlets: s.Outlets}
}

func voiceOf(name string) string {
	switch name {
	case configs.AnyVoice:
		return monitor.AnyVoice
	case configs.OutletVoices:
		return monitor.OwnVoice
	default:
		return name
	}
}

func stormOf(c *configs.Config) alerts.Storm {
	return alerts.Storm{Alerts: c.Tell.Storm, Within: time.Duration(c.Tell.Within)}
}

func notesOf(c *configs.Config) (list []monitor.Note) {
	n := c.Tell.Notes
	if n == nil {
		return nil
	}
	for _, note := range []monitor.Note{{Name: alerts.QuietNote, Every: n.Quiet}, {Name: alerts.HeartbeatNote, Every: n.Heartbeat}} {
		if note.Every != "" {
			note.Receiver = receiverOf(configs.Route{Slack: n.Slack})
			list = append(list, note)
		}
	}
	return list
}

// routesOf also builds each receiver that a route or the notes name, once.
func routesOf(c *configs.Config, out io.Writer, log *slog.Logger) ([]alerts.Route, map[string]alerts.Receiver) {
	receivers := make(map[string]alerts.Receiver)
	workspace := workspaceOf(c, log)
	if n := c.Tell.Notes; n != nil && n.Slack != "" {
		receivers[receiverOf(configs.Route{Slack: n.Slack})] = workspace.Channel(n.Slack)
	} else if n != nil {
		receivers["console"] = console.New(console.Options{Out: out, Colour: colours(out)})
	}
	for r := range eachRoute(c.Routes) {
		name := receiverOf(r)
		if receivers[name] != nil {
			continue
		}
		switch {
		case r.Slack != "":
			receivers[name] = workspace.Channel(r.Slack)
		case r.Webhook != "":
			receivers[name] = webhookOf(c, r.Webhook, log)
		default:
			receivers[name] = console.New(console.Options{Out: out, Colour: colours(out)})
		}
	}
	return treeOf(c, c.Routes), receivers
}
