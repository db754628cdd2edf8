package configs

import (
	"fmt"
	"math"
	"slices"
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
		f.kindOf(c, r)
	}
}

// kindOf checks what a rule asks for.
func (f *file) kindOf(c *Config, r *Rule) {
	var keys []string
	first := ""
	for _, k := range []struct {
		key     string
		field   any
		written bool
		check   func(*Rule)
	}{
		{"shift", &r.Shift, r.Shift != nil, f.shift},
		{"level", &r.Level, r.Level != nil, f.level},
		{"drift", &r.Drift, r.Drift != nil, f.drift},
		{"volume", &r.Volume, r.Volume != nil, f.volume},
		{"split", &r.Split, r.Split != nil, func(r *Rule) { f.split(c, r) }},
	} {
		keys = append(keys, k.key)
		switch {
		case f.absent(k.field):
		case first != "":
			f.wrong(k.field, "make it two rules", "cannot stand beside %q", first)
		default:
			first = k.key
		}
		if k.written {
			k.check(r)
		}
	}
	if first == "" {
		f.require(r, &r.Shift, keys...)
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

// contrast is what those kinds of rules have in common that hold a window
// against a baseline.
type contrast struct {
	by, sigma        *float64
	window, baseline *Duration
}

// contrast checks a kind that is told when its size is at least By, of which most
// is the largest that makes sense.
func (f *file) contrast(r *Rule, kind any, c contrast, most float64) {
	if f.require(kind, c.by, "by") {
		f.must(*c.by > 0 && *c.by <= most, c.by, fmt.Sprintf("above 0 and at most %v", most))
	}
	f.must(*c.sigma >= 0, c.sigma, "0 or more")
	f.must(*c.window > 0, c.window, "longer than 0")
	f.must(*c.baseline >= *c.window, c.baseline, fmt.Sprintf("at least the window, %v", *c.window))
	f.must(*c.window <= *c.baseline || !f.absent(c.baseline), c.window, fmt.Sprintf("at most the baseline, %v", *c.baseline))
	if f.absent(&r.Rearm) {
		r.Rearm = *c.by / 2
	} else if f.sound(c.by) {
		f.must(r.Rearm > 0 && r.Rearm < *c.by, &r.Rearm, fmt.Sprintf(`above 0 and below "by", %v`, *c.by))
	}
}

// mostTone is the farthest that a tone can move.
const mostTone = 2

func (f *file) shift(r *Rule) {
	s := r.Shift
	f.contrast(r, s, contrast{&s.By, &s.Sigma, &s.Window, &s.Baseline}, mostTone)
	f.atLeastOne(&s.Stories, &s.Outlets)
}

func (f *file) drift(r *Rule) {
	d := r.Drift
	f.contrast(r, d, contrast{&d.By, &d.Sigma, &d.Window, &d.Baseline}, mostTone)
	f.must(d.Window >= Duration(day), &d.Window, "1d or longer")
	f.atLeastOne(&d.Stories, &d.Outlets)
}

func (f *file) volume(r *Rule) {
	v := r.Volume
	most := 1000.0
	if v.Fewer {
		most = 1 // there cannot be fewer than none
	}
	f.contrast(r, v, contrast{&v.By, &v.Sigma, &v.Window, &v.Baseline}, most)
	f.atLeastOne(&v.Stories)
}

func (f *file) split(c *Config, r *Rule) {
	s := r.Split
	f.sides(c, r)
	f.contrast(r, s, contrast{&s.By, &s.Sigma, &s.Window, &s.Baseline}, mostTone)
	f.atLeastOne(&s.Stories, &s.Outlets)
}

func (f *file) level(r *Rule) {
	l := r.Level
	f.must(l.Window > 0, &l.Window, "longer than 0")
	f.atLeastOne(&l.Stories, &l.Outlets)
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

func (f *file) atLeastOne(counts ...*int) {
	for _, n := range counts {
		f.must(*n >= 1, n, "1 or more")
	}
}
