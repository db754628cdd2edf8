package alerts

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"tonewatch/monitor"
)

// How long a silence may be, and how much a person may write.
const (
	minSilence = time.Minute
	maxSilence = 30 * 24 * time.Hour
	maxWords   = 500
)

// Refusal is an error that tells a person what cannot be done as asked, and what
// can. Any other error of a [Desk] is for the log.
type Refusal string

func (r Refusal) Error() string { return string(r) }

func refuse(format string, args ...any) error { return Refusal(fmt.Sprintf(format, args...)) }

// ErrUnknownAlert is the error of an act about an alert that is not kept.
const ErrUnknownAlert = Refusal("This alert is no longer kept.")

// DeskStore keeps what people do, and knows what they ask for.
type DeskStore interface {
	// EpisodeByKey is the episode of the message with a key; false for none.
	EpisodeByKey(ctx context.Context, key string) (monitor.Episode, bool, error)
	// SaveAct keeps an act once, with the silence that it asks for, and has the
	// episode's messages show it; false when it was kept before.
	SaveAct(ctx context.Context, a monitor.Act, s *monitor.Silence) (bool, error)
	Silences(ctx context.Context, at time.Time) ([]monitor.Silence, error)
	Status(ctx context.Context, at time.Time) (monitor.Status, error)
	// Told are the episodes told of that are open or have changed since a time.
	Told(ctx context.Context, since time.Time) ([]monitor.Episode, error)
}

// Desk takes what people do about alerts, and answers what they ask, whatever
// the receiver is that they speak through.
type Desk struct {
	Store  DeskStore
	Rules  []monitor.Rule
	Actors []string
	// Measure says of each rule what it measures of an actor, and what it is
	// short of; a line each.
	Measure func(ctx context.Context, actor string, at time.Time) ([]string, error)
	Now     func() time.Time
	Log     *slog.Logger
}

// Alert is the one with a key, as it stands. The error is [ErrUnknownAlert]
// where there is none.
func (d *Desk) Alert(ctx context.Context, key string) (Alert, error) {
	e, found, err := d.Store.EpisodeByKey(ctx, key)
	switch {
	case err != nil:
		return Alert{}, err
	case !found:
		return Alert{}, ErrUnknownAlert
	}
	a := newAlert(e, d.Rules)
	a.Key = key
	return a, nil
}

// Act keeps what a person did about the alert with a key. Of the act are given
// Ref, Kind, By and Name, and what goes with a wrong tone; span is for how long
// to snooze or mute. What was done before, by its Ref, is done. The error is
// [ErrUnknownAlert] where there is no such alert.
func (d *Desk) Act(ctx context.Context, key string, act monitor.Act, span time.Duration) error {
	a, err := d.Alert(ctx, key)
	if err != nil {
		return err
	}
	act.Episode, act.Actor = a.Episode.ID, a.Episode.Actor
	return d.save(ctx, act, a.Episode, span)
}

// Mute keeps anything new of an actor from being told for a span. Of the act are
// given Ref, By and Name. It returns the actor's name as it is configured.
func (d *Desk) Mute(ctx context.Context, actor string, act monitor.Act, span time.Duration) (name string, until time.Time, err error) {
	name, err = d.actor(actor)
	if err != nil {
		return "", time.Time{}, err
	}
	act.Kind, act.Actor = monitor.ActMute, name
	err = d.save(ctx, act, monitor.Episode{}, span)
	return name, d.until(span), err
}

func (d *Desk) until(span time.Duration) time.Time {
	return d.Now().UTC().Add(span).Truncate(time.Millisecond)
}

func (d *Desk) save(ctx context.Context, act monitor.Act, e monitor.Episode, span time.Duration) error {
	var silence *monitor.Silence
	act.At = d.Now().UTC().Truncate(time.Millisecond)
	switch act.Kind {
	case monitor.ActSnooze, monitor.ActMute:
		if span < minSilence || span > maxSilence {
			return refuse("For %v: take from 1m to 30d.", span)
		}
		act.Until = d.until(span)
		silence = &monitor.Silence{Actor: act.Actor, Starts: act.At, Ends: act.Until, Author: act.By, Comment: "muted"}
		if act.Kind == monitor.ActSnooze {
			silence.Rule, silence.Voice, silence.Comment = e.Rule, e.VoiceName(), "snoozed"
		}
	case monitor.ActWrong:
		if !slices.Contains(monitor.Labels(), act.Label) {
			return refuse("Label %q: take one of %s.", Clean(act.Label, maxName), strings.Join(monitor.Labels(), ", "))
		}
		act.Note = Clean(act.Note, maxWords)
	case monitor.ActAcknowledge:
	default:
		return refuse("%q: nothing of that kind can be done.", Clean(act.Kind, maxName))
	}
	fresh, err := d.Store.SaveAct(ctx, act, silence)
	if err == nil && fresh {
		d.Log.Info("act", "kind", act.Kind, "by", act.By, "actor", act.Actor, "episode", act.Episode)
	}
	return err
}

// actor is one of the configuration, whatever the case of its name.
func (d *Desk) actor(name string) (string, error) {
	for _, a := range d.Actors {
		if strings.EqualFold(a, strings.TrimSpace(name)) {
			return a, nil
		}
	}
	return "", refuse("No actor %q is tracked; there is: %s", Clean(name, maxName), Clean(strings.Join(d.Actors, ", "), maxWords))
}
