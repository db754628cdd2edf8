package monitor

import (
	"slices"
	"time"
)

// Phase is where an episode stands in its life.
type Phase string

// The phases. An episode in Quiet is over, or has not begun.
const (
	Quiet   Phase = "quiet"
	Pending Phase = "pending"
	Firing  Phase = "firing"
	Easing  Phase = "easing"
)

// Episode is the life of one shift under one rule toward one actor.
//
//	        beyond      beyond for [Rule.For], cooled down
//	quiet ----------> pending ------------------------------> firing <----+
//	  ^                  |                                      |         |
//	  |   not beyond     |                                 calm |         | not calm
//	  +------------------+                                      v         |
//	  +------------------------------------------------------ easing -----+
//	              calm for [Rule.KeepFiringFor]
//
// It is withdrawn from any phase when the configuration has no place for it.
//
// While it fires, and the peak grows by a [Rule.Growth] since it was last told, it
// is told as worse; the phase stays.
//
// A verdict of Unknown, which is a gap in the data, changes nothing. A shift in
// the other direction counts as calm: it ends this episode and may begin the
// next, which is not told before [Rule.CoolDown] has passed since the end.
type Episode struct {
	ID    int64  `json:"id,omitempty"` // 0 until stored
	Rule  string `json:"rule"`
	Actor string `json:"actor"`
	Voice string `json:"voice"`

	Phase     Phase     `json:"phase"`
	Direction int       `json:"direction"` // -1 colder, +1 warmer
	Start     time.Time `json:"start"`     // when it became pending
	Since     time.Time `json:"since"`     // when the present phase began
	Fired     time.Time `json:"fired,omitzero"`
	Ended     time.Time `json:"ended,omitzero"`
	Previous  time.Time `json:"previous,omitzero"` // when the one before it under the rule ended
	Last      Shift     `json:"last"`              // as last measured with enough evidence
	Peak      Shift     `json:"peak"`              // the largest while it lasted
	// Evidence is what moved the shift when it last began to fire or grew worse.
	Evidence []Evidence `json:"evidence,omitempty"`
	// Chart is how it went up to the last change that receivers are told of.
	Chart Chart `json:"chart,omitzero"`
	// Limit is what stood in for the rule's sigma when it last began to fire,
	// nil without a budget.
	Limit *Limit `json:"limit,omitempty"`
	// Marked is the rule's value at the peak when receivers were last told how far
	// it has gone: when it fired, or had grown worse.
	Marked float64 `json:"marked,omitempty"`
	// Revision counts the changes that receivers are told of; 0: none yet.
	Revision int `json:"revision"`
	// Worse is the revision that told of a growth, Driven the one that told of
	// other stories behind it; 0: none yet. Both are of the last such.
	Worse  int `json:"worse,omitempty"`
	Driven int `json:"driven,omitempty"`
	// Withdrawn says that it did not end by itself, see [Episode.Withdraw].
	Withdrawn bool `json:"withdrawn,omitempty"`
	// Version counts the times it was stored; a second writer is refused.
	Version int `json:"-"`
}

// Open says whether the episode is still to be stepped.
func (e Episode) Open() bool { return e.Phase != Quiet }

// Due is when, after a time, the episode may move without a new story; zero
// when only a story can move it.
func (e Episode) Due(r Rule, now time.Time) (due time.Time) {
	switch e.Phase {
	case Pending:
		due = e.fires(r)
	case Easing:
		due = e.Since.Add(r.KeepFiringFor)
	}
	if !due.After(now) {
		due = time.Time{}
	}
	if r.asksForFewer() {
		// Silence makes no readings, so the clock must look.
		if next := now.UTC().Truncate(time.Hour).Add(time.Hour); due.IsZero() || next.Before(due) {
			due = next
		}
	}
	return due
}

// fires is when a pending episode may fire at the earliest.
func (e Episode) fires(r Rule) time.Time {
	due := e.Since.Add(r.For)
	if cooled := e.Previous.Add(r.CoolDown); !e.Previous.IsZero() && cooled.After(due) {
		return cooled
	}
	return due
}

// Step is the one detector of tonewatch: daemon, backtest and tests call it.
// It measures the series as it stands at a time, holds the result against the
// rule and moves the episode. It is pure. Of an episode given in Quiet only its
// rule, actor and voice count, and when it ended.
func Step(r Rule, e Episode, s *Series, at time.Time) Episode {
	return e.follow(r, Measure(s, r, at), at)
}

// follow moves the episode by what was measured.
func (e Episode) follow(r Rule, shift Shift, at time.Time) Episode {
	verdict, direction := r.Judge(shift)
	if verdict == Unknown {
		return e
	}
	same := e.Phase == Quiet || direction == e.Direction
	if !same {
		verdict = Calm
	}
	if e.Open() {
		e.Last = shift
		if d := float64(e.Direction); r.Value(shift)*d > r.Value(e.Peak)*d {
			e.Peak = shift
		}
	}
	switch e.Phase {
	case Quiet:
		if verdict == Beyond {
			e = Episode{
				Rule: e.Rule, Actor: e.Actor, Voice: e.Voice, Phase: Pending,
				Direction: direction, Start: shift.At, Since: shift.At, Previous: e.Ended, Last: shift, Peak: shift,
			}
			return e.fireWhenDue(r, at)
		}
	case Pending:
		if verdict != Beyond {
			return Episode{ID: e.ID, Version: e.Version, Rule: e.Rule, Actor: e.Actor, Voice: e.Voice, Phase: Quiet, Ended: e.Previous}
		}
		return e.fireWhenDue(r, at)
	case Firing:
		if verdict == Calm {
			e.enter(Easing, at)
			return e.endWhenDue(r, at)
		}
		return e.worsen(r)
	case Easing:
		if verdict != Calm {
			e.enter(Firing, at)
			return e
		}
		return e.endWhenDue(r, at)
	}
	return e
}

// worsen tells of a peak that has grown by a step since receivers were last told
// how far it has gone.
func (e Episode) worsen(r Rule) Episode {
	if e.Marked == 0 { // kept by a release that did not mark
		e.Marked = r.Value(e.Peak)
	}
	step, d := r.Growth(), float64(e.Direction)
	if step > 0 && (r.Value(e.Peak)-e.Marked)*d >= step {
		e.Revision++
		e.Marked, e.Worse = r.Value(e.Peak), e.Revision
	}
	return e
}

func (e Episode) fireWhenDue(r Rule, at time.Time) Episode {
	if !at.Before(e.fires(r)) {
		e.enter(Firing, at)
		e.Fired, e.Marked = e.Since, r.Value(e.Peak)
	}
	return e
}

func (e Episode) endWhenDue(r Rule, at time.Time) Episode {
	if !at.Before(e.Since.Add(r.KeepFiringFor)) {
		e.enter(Quiet, at)
		e.Ended = e.Since
	}
	return e
}

// Owned says whether one of the rules, for a tracked actor, steps the episode.
func (e Episode) Owned(rules []Rule, actors []string) bool {
	return slices.Contains(actors, e.Actor) && slices.ContainsFunc(rules, func(r Rule) bool {
		return r.Name == e.Rule && r.Voice == e.Voice && r.Watches(e.Actor)
	})
}

// Withdraw ends an episode that nothing steps any more, as its rule or its actor
// is no longer configured, or the rule hears another voice. Who was told that it
// fires is told; what became of the shift is not known.
func (e Episode) Withdraw(at time.Time) Episode {
	if e.Revision == 0 {
		e.Phase = Quiet
		return e
	}
	e.enter(Quiet, at)
	e.Ended, e.Withdrawn = e.Since, true
	return e
}

// enter begins a phase that receivers are told of.
func (e *Episode) enter(p Phase, at time.Time) {
	e.Phase, e.Since = p, at.UTC()
	e.Revision++
}
