package alerts

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"tonewatch/monitor"
)

// OwnVoice is how a [Match] asks for the outlets' own narration, which an
// episode writes as [monitor.OwnVoice].
const OwnVoice = monitor.OutletVoices

// Route is a node in a tree of routes, which is gone through as Alertmanager's.
// An episode that a route matches goes on to its children; where none of these
// matches, it is told as the route says. Of siblings the first that matches has
// it, and after one that says Continue the next that does, too.
//
// A route says everything itself: what it has from its parent was filled in when
// the configuration was read.
type Route struct {
	Match    Match
	Receiver string        // a receiver's name: "slack:#desk-korea", "console"
	Mention  []string      // see [Way]
	Group    []Label       // what episodes of one group have in common
	Repeat   time.Duration // see [Way]
	Mute     []MuteTime    // when nothing new is told
	Continue bool
	Routes   []Route // the children
}

// Match chooses episodes: each of its patterns has to match, and nil matches all.
// Patterns are made by [Names].
type Match struct {
	Actor *regexp.Regexp
	Rule  *regexp.Regexp
	Voice *regexp.Regexp // of [monitor.AnyVoice], [OwnVoice] or a holder's name
}

// Names is the pattern of a list of names, one of which has to be matched in
// whole: each is a name as it is written or, after "=~", a regular expression in
// the syntax of [regexp]. No names are nil, which matches all.
func Names(list ...string) (*regexp.Regexp, error) {
	if len(list) == 0 {
		return nil, nil //nolint:nilnil // nil is a pattern like any other
	}
	parts := make([]string, len(list))
	for i, name := range list {
		pattern, is := strings.CutPrefix(name, "=~")
		if !is {
			pattern = regexp.QuoteMeta(name)
		} else if _, err := regexp.Compile(pattern); err != nil {
			return nil, err
		}
		parts[i] = "(?:" + pattern + ")"
	}
	return regexp.Compile(`\A(?:` + strings.Join(parts, "|") + `)\z`)
}

// matches says whether the episode is one of those chosen.
func (m Match) matches(e monitor.Episode) bool {
	one := func(p *regexp.Regexp, name string) bool { return p == nil || p.MatchString(name) }
	return one(m.Actor, e.Actor) && one(m.Rule, e.Rule) && one(m.Voice, e.VoiceName())
}

// Label is what episodes can have in common.
type Label string

// The labels.
const (
	ByActor Label = "actor"
	ByRule  Label = "rule"
	ByVoice Label = "voice"
)

// group is what the episode has in common with those of its group: the same text
// for all of them, and for none else.
func (r Route) group(e monitor.Episode) string {
	var parts []string
	for _, label := range r.Group {
		value := e.Actor
		switch label {
		case ByRule:
			value = e.Rule
		case ByVoice:
			value = e.VoiceName()
		}
		parts = append(parts, string(label)+"="+strconv.Quote(value))
	}
	return strings.Join(parts, " ")
}

// Way is how one receiver is to hear of an episode.
type Way struct {
	Receiver string
	Mention  []string      // whom to call when it first fires, as the receiver names them
	Group    string        // episodes with the same one share a thread; empty: each has its own message
	Repeat   time.Duration // how often an episode that goes on is told again; 0: never
	Until    time.Time     // nothing new is told before, by a mute time; zero: at once
}

// Ways are how an episode is to be told at a time, one a receiver: the first
// route that leads to it counts.
func Ways(routes []Route, e monitor.Episode, at time.Time) []Way {
	var ways []Way
	for _, r := range chosen(routes, e) {
		if slices.ContainsFunc(ways, func(w Way) bool { return w.Receiver == r.Receiver }) {
			continue
		}
		ways = append(ways, Way{
			Receiver: r.Receiver, Mention: r.Mention, Group: r.group(e), Repeat: r.Repeat, Until: MutedUntil(r.Mute, at),
		})
	}
	return ways
}

// Receivers are those of [Ways].
func Receivers(routes []Route, e monitor.Episode) []string {
	var names []string
	for _, w := range Ways(routes, e, time.Time{}) {
		names = append(names, w.Receiver)
	}
	return names
}

// chosen are the routes that have the episode, in order.
func chosen(routes []Route, e monitor.Episode) (list []Route) {
	for _, r := range routes {
		if !r.Match.matches(e) {
			continue
		}
		below := chosen(r.Routes, e)
		if below == nil {
			below = []Route{r}
		}
		list = append(list, below...)
		if !r.Continue {
			break
		}
	}
	return list
}
