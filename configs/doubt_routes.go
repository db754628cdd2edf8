package configs

import (
	"fmt"
	"slices"
)

// doubtRoutes warns of alerts that go another way than it may look.
func (i *Inspection) doubtRoutes() {
	c := i.Config
	var all []topic
	for r := range c.Rules {
		rule := &c.Rules[r]
		for a := range c.Actors {
			if name := c.Actors[a].Name; slices.Contains(rule.Toward, AllActors) || slices.Contains(rule.Toward, name) {
				all = append(all, topic{name, rule.Name, rule.Voice})
			}
		}
	}
	if len(all) == 0 {
		return
	}
	if lost := i.doubtSiblings(c.Routes, all); len(lost) > 0 {
		i.Warn(&c.Routes, "add a last route without a match",
			"%v goes nowhere: no route matches%s", lost[0], andMore(len(lost)-1))
	}
}

// doubtWebhooks says what goes missing on a lesser way into Slack.
func (i *Inspection) doubtWebhooks() {
	for w := range i.Config.Webhooks {
		if format := &i.Config.Webhooks[w].Format; *format == SlackFormat {
			i.Warn(format, "give the app a bot token, slack.token, and route to the channel to have all of these",
				"through a webhook of Slack's no message is edited, none has buttons or a thread, and one may come twice after a failure")
		}
	}
}

// topic is what alerts can be about.
type topic struct{ actor, rule, voice string }

func (t topic) String() string { return fmt.Sprintf("%q toward %q", t.rule, t.actor) }

func andMore(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", nor does one match %d more", n)
}

// doubtSiblings follows topics through a list of routes, and returns those that
// none of them matches. It warns of a route that nothing comes to, and of one that
// goes without some of what it matches because a route before it does not say
// whether it continues: before there was such a key, all did.
func (i *Inspection) doubtSiblings(routes []Route, topics []topic) (lost []topic) {
	taken := make(map[topic]*Route) // by which route before
	matched := make(map[topic]bool)
	for r := range routes {
		route := &routes[r]
		match := route.Match.topics(topics)
		var come []topic
		var missed *topic
		for t := range match {
			topic := match[t]
			matched[topic] = true
			if by := taken[topic]; by == nil {
				come = append(come, topic)
			} else if missed == nil && i.file.absent(&by.Continue) {
				missed = &match[t]
			}
		}
		switch {
		case len(match) > 0 && len(come) == 0:
			i.Warn(route, "write continue: true in the former, or take this one away",
				"nothing comes to this route: the one on line %d has it all", i.line(taken[match[0]]))
		case missed != nil:
			i.Warn(route, "write continue: true there to tell both, continue: false if it is meant so",
				"%v does not come to this route: the one on line %d has it", *missed, i.line(taken[*missed]))
		}
		if !route.Continue {
			for _, topic := range come {
				taken[topic] = route
			}
		}
		i.doubtSiblings(route.Routes, come)
	}
	for _, topic := range topics {
		if !matched[topic] {
			lost = append(lost, topic)
		}
	}
	return lost
}

func (i *Inspection) line(route *Route) int { return i.file.places[route].value.Line }

// topics are those of some that are picked.
func (m Match) topics(of []topic) (picked []topic) {
	actor, rule, voice := m.Actor.picker(), m.Rule.picker(), m.Voice.picker()
	for _, t := range of {
		if actor(t.actor) && rule(t.rule) && voice(t.voice) {
			picked = append(picked, t)
		}
	}
	return picked
}
