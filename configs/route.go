package configs

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// Route says where alerts go, and is a node in a tree as Alertmanager's: an alert
// that it matches goes on to its own routes, and is told here where none of them
// matches. Of the routes of one list the first that matches has the alert, and
// after one that says Continue the next that matches, too.
//
// At most one of Slack, Webhook and Console is set. A route within another that
// sets none has its parent's, and so it is with Mention, Group, Repeat and Mute
// where it leaves them out; [Load] fills them in.
type Route struct {
	Match Match `yaml:"match"`

	// Slack is a channel: "#name", or its ID as in "C0123456789".
	Slack string `yaml:"slack,omitempty"`

	// Webhook is the name of one of Config.Webhooks.
	Webhook string `yaml:"webhook,omitempty"`

	// Console prints to standard output.
	Console bool `yaml:"console,omitempty"`

	// Mention are those in Slack to be called when an episode first fires: IDs of
	// users and of user groups, "here", "channel" or "everyone". Default nobody.
	Mention []string `yaml:"mention"`

	// Group is what episodes that share a thread have in common: some of [Groups].
	// Default nothing: each has a message of its own.
	Group []string `yaml:"group"`

	// Repeat is how often an episode that goes on is told again: a minute or
	// longer. Default 0, never.
	Repeat Duration `yaml:"repeat"`

	// Mute are names of Config.MuteTimes in which nothing new is told.
	Mute []string `yaml:"mute"`

	// Continue lets the routes after this one have the alert, too. Default false.
	Continue bool `yaml:"continue"`

	// Routes are asked before this one.
	Routes []Route `yaml:"routes,omitempty"`
}

// Groups are the values that Route.Group may hold.
func Groups() []string { return []string{"actor", "rule", "voice"} }

// Match picks alerts; an empty field matches all.
type Match struct {
	Actor Names `yaml:"actor,omitempty"` // of actors
	Rule  Names `yaml:"rule,omitempty"`  // of rules
	Voice Names `yaml:"voice,omitempty"` // [OutletVoices] or an actor; [AnyVoice] is read as empty
}

// Names are some of the names that there are. One that begins with "=~" is a
// regular expression, which has to match a name in whole. A single one may stand
// without brackets.
type Names []string

// inShort implements [abbreviated].
func (n *Names) inShort() any {
	*n = make(Names, 1)
	return &(*n)[0]
}

// pattern is the regular expression in a name, if it is one.
func pattern(name string) (expression string, is bool) { return strings.CutPrefix(name, "=~") }

// picker says of a name whether n picks it, which was checked.
func (n Names) picker() func(name string) bool {
	var expressions []*regexp.Regexp
	for _, item := range n {
		if expression, is := pattern(item); is {
			if re, err := whole(expression); err == nil {
				expressions = append(expressions, re)
			}
		}
	}
	return func(name string) bool {
		return len(n) == 0 || slices.Contains(n, name) ||
			slices.ContainsFunc(expressions, func(re *regexp.Regexp) bool { return re.MatchString(name) })
	}
}

// whole is an expression that has to match a text in whole.
func whole(expression string) (*regexp.Regexp, error) {
	if _, err := regexp.Compile(expression); err != nil {
		return nil, err
	}
	return regexp.Compile(`\A(?:` + expression + `)\z`)
}

// routing is what the checks of routes look at.
type routing struct {
	c                   *Config
	rules, voices       []string
	webhooks, muteTimes []string
	actors              []string
}

func (f *file) routes(c *Config) {
	look := routing{c: c, voices: []string{AnyVoice, OutletVoices}}
	for i := range c.Actors {
		look.actors = append(look.actors, c.Actors[i].Name)
	}
	look.voices = append(look.voices, look.actors...)
	for i := range c.Rules {
		if r := &c.Rules[i]; f.sound(&r.Name) {
			look.rules = append(look.rules, r.Name)
		}
	}
	for i := range c.Webhooks {
		look.webhooks = append(look.webhooks, c.Webhooks[i].Name)
	}
	for i := range c.MuteTimes {
		look.muteTimes = append(look.muteTimes, c.MuteTimes[i].Name)
	}
	f.siblings(look, c.Routes, nil)
}

func (f *file) siblings(look routing, routes []Route, parent *Route) {
	for i := range routes {
		r := &routes[i]
		f.match(look, &r.Match)
		f.receiver(look, r, parent)
		f.manner(look, r)
		if parent != nil {
			f.inherit(r, parent)
		}
		f.siblings(look, r.Routes, r)
	}
}

func (f *file) match(look routing, m *Match) {
	f.names(m.Actor, &m.Actor, "actor", look.actors, func(name *string) { f.actorName(look.c, name) })
	f.names(m.Rule, &m.Rule, "rule", look.rules, func(name *string) {
		if !slices.Contains(look.rules, *name) && f.sound(name) {
			f.wrong(name, f.suggest(*name, look.rules), "names no rule: %s", f.quote(name))
		}
	})
	f.names(m.Voice, &m.Voice, "voice", look.voices, func(name *string) { f.voice(look.c, name) })
	if slices.Contains(m.Voice, AnyVoice) {
		m.Voice = nil
	}
}

// names checks a list of names, of which there is one kind.
func (f *file) names(list Names, field any, kind string, known []string, check func(name *string)) {
	if list != nil && len(list) == 0 {
		f.wrong(field, "leave the key out for all", "is empty")
	}
	for i := range list {
		item := &list[i]
		expression, is := pattern(*item)
		if !is {
			check(item)
			continue
		}
		re, err := whole(expression)
		switch {
		case err != nil && f.expanded(item):
			f.wrong(item, "", "is no regular expression: %s", f.quote(item))
		case err != nil:
			f.wrong(item, "", "is no regular expression: %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		case !slices.ContainsFunc(known, re.MatchString):
			f.wrong(item, "it has to match a name in whole", "matches no %s: %s", kind, f.quote(item))
		}
	}
}

// receiver checks the one place that a route leads to.
func (f *file) receiver(look routing, r, parent *Route) {
	first := ""
	for _, key := range []struct {
		name  string
		field any
	}{{"slack", &r.Slack}, {"webhook", &r.Webhook}, {"console", &r.Console}} {
		switch {
		case f.absent(key.field):
		case first != "":
			f.wrong(key.field, "make it two routes, the first with continue: true", "cannot stand beside %q", first)
		default:
			first = key.name
		}
	}
	switch first {
	case "slack":
		f.channel(look.c, &r.Slack)
	case "webhook":
		if !slices.Contains(look.webhooks, r.Webhook) {
			f.wrong(&r.Webhook, f.suggest(r.Webhook, look.webhooks), `names none of "webhooks": %s`, f.quote(&r.Webhook))
		}
	case "console":
		f.must(r.Console, &r.Console, "true where it is the receiver")
	default:
		if parent == nil {
			f.require(r, &r.Slack, "slack", "webhook", "console")
			return
		}
		r.Slack, r.Webhook, r.Console = parent.Slack, parent.Webhook, parent.Console
	}
}

// channelID is a channel as Slack itself calls it, memberID a user or a group.
var (
	channelID = regexp.MustCompile(`^[CGD][A-Z0-9]{8,}$`)
	memberID  = regexp.MustCompile(`^[UWS][A-Z0-9]{7,}$`)
)

// manner checks how a route tells.
func (f *file) manner(look routing, r *Route) {
	for i := range r.Mention {
		m := &r.Mention[i]
		all := []string{"here", "channel", "everyone"}
		f.must(slices.Contains(all, *m) || memberID.MatchString(*m), m, `the ID of a user or user group in Slack, "here", "channel" or "everyone"`)
		f.onceOnly(m, r.Mention[:i])
	}
	for i := range r.Group {
		f.oneOf(&r.Group[i], Groups()...)
		f.onceOnly(&r.Group[i], r.Group[:i])
	}
	f.must(r.Repeat == 0 || r.Repeat >= Duration(time.Minute), &r.Repeat, "a minute or longer, or 0 for never")
	for i := range r.Mute {
		name := &r.Mute[i]
		if !slices.Contains(look.muteTimes, *name) && f.sound(name) {
			f.wrong(name, f.suggest(*name, look.muteTimes), `names none of "mute_times": %s`, f.quote(name))
		}
		f.onceOnly(name, r.Mute[:i])
	}
}

func (f *file) onceOnly(item *string, before []string) {
	if slices.Contains(before, *item) {
		f.wrong(item, "", "names %s again", f.quote(item))
	}
}

// inherit gives a route what it leaves out and its parent has.
func (f *file) inherit(r, parent *Route) {
	if f.absent(&r.Mention) {
		r.Mention = parent.Mention
	}
	if f.absent(&r.Group) {
		r.Group = parent.Group
	}
	if f.absent(&r.Repeat) {
		r.Repeat = parent.Repeat
	}
	if f.absent(&r.Mute) {
		r.Mute = parent.Mute
	}
}
