package alerts

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"tonewatch/monitor"
)

// TellStore keeps who is to be told of what.
type TellStore interface {
	Episode(ctx context.Context, id int64) (monitor.Episode, error)
	// Alerts are those of an episode, one a receiver.
	Alerts(ctx context.Context, episode int64) ([]monitor.Delivery, error)
	TellPlaces
	// Silences are those that have not ended at a time.
	Silences(ctx context.Context, at time.Time) ([]monitor.Silence, error)
	// SaveTold writes what was decided about an episode, gives to DELIVER what is to
	// change, keeps when to look again, and ends the job: all or nothing. A delivery
	// that is there already, alike in receiver, kind, episode, news and slot, is not
	// written again.
	SaveTold(ctx context.Context, e monitor.Episode, t monitor.Telling) error
}

// TellPlaces says what else a receiver shows, which is where an alert may go.
type TellPlaces interface {
	// Recent are the alerts made for a receiver since a time, oldest first, without
	// those held.
	Recent(ctx context.Context, receiver string, since time.Time) ([]monitor.Delivery, error)
	// Head is the alert whose thread a group shares in a receiver: the oldest with a
	// message of its own, or that may yet have one, whose episode is open; 0 for none.
	Head(ctx context.Context, receiver, group string) (int64, error)
}

// Storm is more alerts for one receiver than anybody reads: of those within a
// time the first few have a message each, the others are shown together in a
// [Digest]. It lasts as long as so many come within the time, and all of it goes
// into one digest. The zero value never is.
type Storm struct {
	Alerts int
	Within time.Duration
}

// Teller is the step TELL. It decides, by the routes and the silences, which
// messages there are to be of an episode:
//
//   - an alert for each receiver, which from then on is edited by itself;
//   - replies in its thread: that the episode has recovered, has grown worse (the
//     only one that calls people again), is driven by other stories, or still goes
//     on when the route wants to be reminded.
//
// A silenced episode, or one in the mute time of its route, is put off: nothing
// new is written until then, and what still holds is told after. An alert that
// would have been told is kept as held, so that one whose episode is over by then
// is never told. Episodes in a digest have no replies but of growing worse, and one
// that is withdrawn, see [monitor.Episode.Withdraw], has none: its alerts are edited.
type Teller struct {
	Store  TellStore
	Routes []Route
	Storm  Storm
	Log    *slog.Logger
}

// Tell decides about an episode, which is the job's subject. It may be repeated:
// news is told once. A receiver that was told before sees the change even when
// its route is gone since: it has a message to be brought up to date.
func (t *Teller) Tell(ctx context.Context, job monitor.Job) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("tell episode %d: %w", job.Subject, err)
		}
	}()
	e, err := t.Store.Episode(ctx, job.Subject)
	if err != nil {
		return err
	}
	telling, err := t.decide(ctx, e, job.Now)
	if err != nil {
		return err
	}
	return t.Store.SaveTold(ctx, e, telling)
}

func (t *Teller) decide(ctx context.Context, e monitor.Episode, now time.Time) (all monitor.Telling, err error) {
	silences, err := t.Store.Silences(ctx, now)
	if err != nil {
		return all, err
	}
	told, err := t.Store.Alerts(ctx, e.ID)
	if err != nil {
		return all, err
	}
	ways := Ways(t.Routes, e, now)
	if len(ways) == 0 {
		t.Log.Warn("no route matches", "episode", e.ID, "actor", e.Actor, "rule", e.Rule, "voice", e.Voice)
	}
	for _, way := range ways {
		d, known := monitor.Delivery{Kind: monitor.AlertDelivery, Episode: e.ID, Receiver: way.Receiver}, false
		for _, row := range told {
			if row.Receiver == way.Receiver {
				d, known = row, true
			}
		}
		way.Until = latest(way.Until, monitor.Silenced(silences, e, now))
		if err := t.along(ctx, way, e, d, known, now, &all); err != nil {
			return all, err
		}
	}
	return all, nil
}

// along decides for one receiver, whose alert is known or not.
func (t *Teller) along(ctx context.Context, way Way, e monitor.Episode, d monitor.Delivery, known bool, now time.Time, all *monitor.Telling) error {
	if way.Until.After(now) {
		if !known {
			d.Held = true
			all.New = append(all.New, d)
		}
		if e.Open() || known && !d.Held {
			all.Again = earliest(all.Again, way.Until)
		}
		return nil
	}
	if known && !d.Held {
		return t.reply(way, e, d, now, all)
	}
	if d.Held && !e.Open() || !known && e.Withdrawn {
		return nil // over before the silence was, or before it was told at all
	}
	if err := t.place(ctx, way, now, &d); err != nil {
		return err
	}
	body := frozen{Revision: e.Revision}
	if e.Phase == monitor.Firing {
		body.Mention = way.Mention
		all.Again = earliest(all.Again, next(way, now, now))
	}
	d.Made, d.Group, d.Body = now, way.Group, body.String()
	if d.Held {
		all.Release = append(all.Release, d)
	} else {
		all.New = append(all.New, d)
	}
	return nil
}

// place decides whether an alert has a message of its own, goes into the digest
// of a storm or into the thread of its group.
func (t *Teller) place(ctx context.Context, way Way, now time.Time, d *monitor.Delivery) (err error) {
	if t.Storm.Alerts > 0 {
		recent, err := t.Store.Recent(ctx, way.Receiver, now.Add(-t.Storm.Within))
		if err != nil {
			return err
		}
		if len(recent) >= t.Storm.Alerts {
			d.Digest = monitor.NewDigest
			for _, r := range recent {
				if r.Digest != 0 {
					d.Digest = r.Digest
				}
			}
			return nil
		}
	}
	if way.Group != "" {
		d.Thread, err = t.Store.Head(ctx, way.Receiver, way.Group)
	}
	return err
}

// reply writes what is new since the alert was made.
func (t *Teller) reply(way Way, e monitor.Episode, d monitor.Delivery, now time.Time, all *monitor.Telling) error {
	since, err := thaw(d.Body)
	if err != nil {
		return err
	}
	say := func(news News, slot int64, mention []string) {
		r := monitor.Delivery{
			Kind: monitor.ReplyDelivery, Episode: e.ID, Receiver: d.Receiver, News: string(news), Slot: slot, Made: now,
			Thread: d.ID, Body: frozen{Episode: &e, Mention: mention}.String(),
		}
		// A thread has no threads in it.
		if d.Thread != 0 {
			r.Thread = d.Thread
		} else if d.Digest != 0 {
			r.Thread = d.Digest
		}
		all.New = append(all.New, r)
	}
	firing, own := e.Phase == monitor.Firing, d.Digest == 0
	if firing && e.Worse > since.Revision {
		say(Worse, int64(e.Worse), way.Mention)
	}
	if firing && own && e.Driven > since.Revision {
		say(Driven, int64(e.Driven), nil)
	}
	if !e.Open() && !e.Withdrawn && own && e.Revision > since.Revision {
		say(Recovered, int64(e.Revision), nil)
	}
	if firing && own && way.Repeat > 0 {
		if n := int64(now.Sub(d.Made) / way.Repeat); n > 0 {
			say(Still, n, nil)
		}
		all.Again = earliest(all.Again, next(way, d.Made, now))
	}
	return nil
}

// next is when a receiver that was told first at made is reminded after now; zero
// for never.
func next(way Way, made, now time.Time) time.Time {
	if way.Repeat <= 0 {
		return time.Time{}
	}
	return made.Add((now.Sub(made)/way.Repeat + 1) * way.Repeat)
}

// earliest is the earlier of two times; zero is never.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
