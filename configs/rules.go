package configs

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
)

// defaultLevelRearm is Rule.Rearm of a level, in tone points.
const defaultLevelRearm = 0.05

func (f *file) rules(c *Config) {
	names := map[string]int{}
	for i := range c.Rules {
		r := &c.Rules[i]
		f.uniqueName(r, &r.Name, names)
		f.toward(c, r)
		f.voice(c, &r.Voice)
		f.oneOf(&r.Mentions, AllMentions, NamedMentions)
		if f.absent(&r.Level) {
			f.require(r, &r.Shift, "shift", "level")
		} else if !f.absent(&r.Shift) {
			f.wrong(&r.Level, "make it two rules", `cannot stand beside "shift"`)
		}
		if r.Shift != nil {
			f.shift(r)
		}
		if r.Level != nil {
			f.level(r)
		}
	}
}

func (f *file) toward(c *Config, r *Rule) {
	if !f.require(r, &r.Toward, "toward") {
		return
	}
	if len(r.Toward) == 0 {
		f.wrong(&r.Toward, `name actors, or write ["*"] for all`, "is empty")
	}
	named := map[string]bool{}
	for i := range r.Toward {
		item := &r.Toward[i]
		switch {
		case *item != AllActors:
			f.actorName(c, item)
		case len(r.Toward) > 1:
			f.wrong(item, `"*" is all of them`, "cannot stand beside other actors")
		}
		if named[*item] {
			f.wrong(item, "", "names %s again", f.quote(item))
		}
		named[*item] = true
	}
}

// actorName checks a reference to an actor, in whose place some other words may
// stand.
func (f *file) actorName(c *Config, name *string, others ...string) {
	if !f.tracked[*name] && !slices.Contains(others, *name) && f.sound(name) {
		f.wrong(name, f.actorHint(c, *name, others), "names no actor: %s", f.quote(name))
	}
}

// actorHint is what a name that no actor bears may mean.
func (f *file) actorHint(c *Config, name string, others []string) string {
	if f.many() {
		return ""
	}
	known := others
	for i := range c.Actors {
		a := &c.Actors[i]
		if !f.sound(&a.Name) {
			continue
		}
		known = append(known, a.Name)
		if slices.Contains(a.Aliases, name) {
			return fmt.Sprintf("it is an alias: write %q", a.Name)
		}
	}
	return f.suggest(name, known)
}

func (f *file) voice(c *Config, voice *string) {
	f.actorName(c, voice, AnyVoice, OutletVoices)
}

func (f *file) shift(r *Rule) {
	s := r.Shift
	if f.require(s, &s.By, "by") {
		f.must(s.By > 0 && s.By <= 2, &s.By, "above 0 and at most 2")
	}
	f.must(s.Sigma >= 0, &s.Sigma, "0 or more")
	f.evidence(&s.Window, &s.Stories, &s.Outlets)
	f.must(s.Baseline >= s.Window, &s.Baseline, fmt.Sprintf("at least the window, %v", s.Window))
	f.must(s.Window <= s.Baseline || !f.absent(&s.Baseline), &s.Window, fmt.Sprintf("at most the baseline, %v", s.Baseline))
	if f.absent(&r.Rearm) {
		r.Rearm = s.By / 2
	} else if f.sound(&s.By) {
		f.must(r.Rearm > 0 && r.Rearm < s.By, &r.Rearm, fmt.Sprintf(`above 0 and below "by", %v`, s.By))
	}
}

func (f *file) level(r *Rule) {
	l := r.Level
	f.evidence(&l.Window, &l.Stories, &l.Outlets)
	if f.absent(&r.Rearm) {
		r.Rearm = defaultLevelRearm
	}
	if f.absent(&l.Above) {
		f.require(l, &l.Below, "below", "above")
	} else if !f.absent(&l.Below) {
		f.wrong(&l.Above, "make it two rules", `cannot stand beside "below"`)
	}
	if l.Below != nil {
		f.turningPoint(&l.Below, *l.Below, 1-*l.Below, &r.Rearm)
	}
	if l.Above != nil {
		f.turningPoint(&l.Above, *l.Above, 1+*l.Above, &r.Rearm)
	}
}

// turningPoint checks the line of a level, and that tone can come back from it:
// room is what there is on its quiet side.
func (f *file) turningPoint(field **float64, line, room float64, rearm *float64) {
	f.must(math.Abs(line) <= 1, field, "from -1 to 1")
	if !f.sound(field) {
		return
	}
	fits := *rearm <= room+1e-9 // 1 - 0.9 is a little under 0.1
	if f.absent(rearm) {
		f.must(fits, field, "a line that tone can come back from")
	}
	f.must(*rearm >= 0 && fits, rearm, fmt.Sprintf("from 0 to %.4g, the end of the scale", room))
}

func (f *file) evidence(window *Duration, stories, outlets *int) {
	f.must(*window > 0, window, "longer than 0")
	f.must(*stories >= 1, stories, "1 or more")
	f.must(*outlets >= 1, outlets, "1 or more")
}

// channelID is a channel as Slack itself calls it.
var channelID = regexp.MustCompile(`^[CGD][A-Z0-9]{8,}$`)

func (f *file) routes(c *Config) {
	var rules []string
	for i := range c.Rules {
		if r := &c.Rules[i]; f.sound(&r.Name) {
			rules = append(rules, r.Name)
		}
	}
	for i := range c.Routes {
		r := &c.Routes[i]
		if !f.absent(&r.Match.Actor) {
			f.actorName(c, &r.Match.Actor)
		}
		if !f.absent(&r.Match.Rule) && !slices.Contains(rules, r.Match.Rule) && f.sound(&r.Match.Rule) {
			f.wrong(&r.Match.Rule, f.suggest(r.Match.Rule, rules), "names no rule: %s", f.quote(&r.Match.Rule))
		}
		if !f.absent(&r.Match.Voice) {
			f.voice(c, &r.Match.Voice)
		}
		if r.Match.Voice == AnyVoice {
			r.Match.Voice = ""
		}
		f.receiver(c, r)
	}
}

// receiver checks the one place that a route leads to.
func (f *file) receiver(c *Config, r *Route) {
	if f.absent(&r.Slack) {
		f.require(r, &r.Console, "slack", "console")
		f.must(r.Console, &r.Console, "true in a route without a channel")
		return
	}
	if r.Console {
		f.wrong(&r.Console, "make it two routes", `cannot stand beside "slack"`)
	}
	isChannel := strings.HasPrefix(r.Slack, "#") && len(r.Slack) > 1 || channelID.MatchString(r.Slack)
	f.must(isChannel, &r.Slack, `a channel like "#desk", or its ID`)
	t := &c.Slack
	none := t.Token.IsZero() && t.TokenFile == "" && !f.broken(&t.Token) && !f.broken(&t.TokenFile) && !f.broken(t)
	if none {
		const hint = "set slack.token (as ${SLACK_BOT_TOKEN}) or slack.token_file; to try without Slack, write console: true"
		f.wrong(&r.Slack, hint, "cannot be posted to: missing token")
	}
}
