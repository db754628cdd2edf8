package main

import (
	"iter"
	"log/slog"
	"regexp"
	"time"

	"tonewatch/alerts"
	"tonewatch/alerts/slack"
	"tonewatch/alerts/webhook"
	"tonewatch/configs"
)

// receiverOf is the name by which alerts know the receiver of a route.
func receiverOf(r configs.Route) string {
	switch {
	case r.Slack != "":
		return "slack:" + r.Slack
	case r.Webhook != "":
		return "webhook:" + r.Webhook
	default:
		return "console"
	}
}

// eachRoute goes through a tree of routes, a route before its children.
func eachRoute(routes []configs.Route) iter.Seq[configs.Route] {
	return func(yield func(configs.Route) bool) {
		for _, r := range routes {
			if !yield(r) {
				return
			}
			for below := range eachRoute(r.Routes) {
				if !yield(below) {
					return
				}
			}
		}
	}
}

func webhookOf(c *configs.Config, name string, log *slog.Logger) alerts.Receiver {
	for _, w := range c.Webhooks {
		switch {
		case w.Name != name:
		case w.Format == configs.SlackFormat:
			return slack.NewIncoming(slack.IncomingOptions{Name: name, URL: w.URL.Reveal(), Log: log.With("component", "slack")})
		default:
			return webhook.New(webhook.Options{Name: name, URL: w.URL.Reveal(), Secret: w.Secret.Reveal(), UserAgent: "tonewatch/" + version()})
		}
	}
	panic("no webhook " + name) // unreachable: the configuration was checked
}

// treeOf turns routes, and those below them, into those of alerts.
func treeOf(c *configs.Config, list []configs.Route) []alerts.Route {
	var routes []alerts.Route
	for _, r := range list {
		route := alerts.Route{
			Match:    alerts.Match{Actor: namesOf(r.Match.Actor), Rule: namesOf(r.Match.Rule), Voice: namesOf(r.Match.Voice)},
			Receiver: receiverOf(r), Mention: r.Mention, Repeat: time.Duration(r.Repeat), Continue: r.Continue,
			Routes: treeOf(c, r.Routes),
		}
		for _, label := range r.Group {
			route.Group = append(route.Group, alerts.Label(label))
		}
		for _, name := range r.Mute {
			route.Mute = append(route.Mute, muteOf(c, name))
		}
		routes = append(routes, route)
	}
	return routes
}

func namesOf(list configs.Names) *regexp.Regexp {
	pattern, err := alerts.Names(list...)
	if err != nil {
		panic(err) // unreachable: the configuration was checked
	}
	return pattern
}

func muteOf(c *configs.Config, name string) (mute alerts.MuteTime) {
	for _, m := range c.MuteTimes {
		if m.Name != name {
			continue
		}
		zone, err := time.LoadLocation(m.Zone)
		if err != nil {
			panic(err) // unreachable, unless the machine lost its zones since the configuration was checked
		}
		mute = alerts.MuteTime{Name: name, From: time.Duration(m.From), To: time.Duration(m.To), Zone: zone}
		for _, d := range m.Days {
			mute.Days = append(mute.Days, time.Weekday(d))
		}
	}
	return mute
}
