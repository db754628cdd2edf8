package alerts

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tonewatch/monitor"
)

// What the answers below look back to, and how much of it they show.
const (
	recently   = 24 * time.Hour
	explained  = 5 // stories
	mostListed = 20
)

// Status says how tonewatch is doing: what it reads, what is still to be told,
// what is silenced, and what goes on.
func (d *Desk) Status(ctx context.Context) (Note, error) {
	at := d.Now()
	s, err := d.Store.Status(ctx, at)
	if err != nil {
		return Note{}, err
	}
	silences, err := d.Store.Silences(ctx, at)
	if err != nil {
		return Note{}, err
	}
	var failing int
	var open []monitor.Episode
	for _, f := range s.Feeds {
		if f.Failures > 0 {
			failing++
		}
	}
	for _, a := range s.Actors {
		open = append(open, a.Open...)
	}
	n := Note{At: at, Title: "Status"}
	n.say("Feeds: %d, of which %d failing", len(s.Feeds), failing)
	n.say("Read: %s, %d waiting to be read", number(s.Articles, "article", "articles"), s.Unread)
	n.say("Messages: %d told, %d to be told or brought up to date, %d given up", s.Outbox.Told, s.Outbox.Unsent, s.Outbox.Dead)
	for _, silence := range silences[:min(len(silences), mostListed)] {
		n.say("Silenced: %s", spoken(silence))
	}
	n.list(d, open)
	if len(open) == 0 {
		n.say("No shift is going on")
	}
	return n, nil
}

// Actor says what goes on with an actor, and what was told of it in the last day.
func (d *Desk) Actor(ctx context.Context, name string) (Note, error) {
	name, err := d.actor(name)
	if err != nil {
		return Note{}, err
	}
	at := d.Now()
	told, err := d.Store.Told(ctx, at.Add(-recently))
	if err != nil {
		return Note{}, err
	}
	silences, err := d.Store.Silences(ctx, at)
	if err != nil {
		return Note{}, err
	}
	n := Note{At: at, Title: name}
	for _, silence := range silences {
		if silence.Actor == name {
			n.say("Silenced: %s", spoken(silence))
		}
	}
	var its []monitor.Episode
	for _, e := range told {
		if e.Actor == name {
			its = append(its, e)
		}
	}
	n.list(d, its)
	if len(its) == 0 {
		n.say("Nothing was told of it in the last 24 h")
	}
	return n, nil
}

// Digest is what was told in the last day, and what goes on.
func (d *Desk) Digest(ctx context.Context) (Note, error) {
	at := d.Now()
	told, err := d.Store.Told(ctx, at.Add(-recently))
	if err != nil {
		return Note{}, err
	}
	n := Note{At: at, Title: "The last 24 hours"}
	n.list(d, told)
	if len(told) == 0 {
		n.say("No shift, and none going on")
	}
	return n, nil
}

// Explain says why an alert was told: what its rule asks and what was measured,
// and the stories that moved it most.
func (d *Desk) Explain(ctx context.Context, key string) (Note, error) {
	a, err := d.Alert(ctx, key)
	if err != nil {
		return Note{}, err
	}
	n := Note{At: d.Now(), Title: a.Headline()}
	for _, f := range a.Fields() {
		n.say("%s: %s", f.Name, f.Value)
	}
	stories, more := a.Stories(explained)
	for _, s := range stories {
		n.say("“%s” (%s)", s.Title, s.Source)
	}
	if more > 0 {
		n.say("+%d more", more)
	}
	n.say("%s", a.Legend())
	n.say("%s", a.Message().Foot())
	return n, nil
}

// Why explains an alert by its key, or says of every rule what it measures of an
// actor.
func (d *Desk) Why(ctx context.Context, of string) (Note, error) {
	n, err := d.Explain(ctx, of)
	if !errors.Is(err, ErrUnknownAlert) {
		return n, err
	}
	name, err := d.actor(of)
	if err != nil {
		return Note{}, err
	}
	n = Note{At: d.Now(), Title: name}
	lines, err := d.Measure(ctx, name, n.At)
	for _, line := range lines {
		n.say("%s", line)
	}
	return n, err
}

// say adds a line. What it holds is made safe to show.
func (n *Note) say(format string, args ...any) {
	n.Lines = append(n.Lines, Clean(fmt.Sprintf(format, args...), maxSaid))
}

const maxSaid = 500

// list adds the headlines of episodes, the newest of very many.
func (n *Note) list(d *Desk, episodes []monitor.Episode) {
	if left := len(episodes) - mostListed; left > 0 {
		n.say("%d older ones are left out", left)
		episodes = episodes[left:]
	}
	for _, e := range episodes {
		n.say("%s", newAlert(e, d.Rules).Headline())
	}
}

func spoken(s monitor.Silence) string {
	what := s.Actor
	if what == "" {
		what = "every actor"
	}
	if s.Rule != "" {
		what += ", rule " + s.Rule
	}
	if s.Voice != "" && s.Voice != monitor.AnyVoice {
		what += ", voice " + s.Voice
	}
	return what + ", until " + clock(s.Ends)
}
