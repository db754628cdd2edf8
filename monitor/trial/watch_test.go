package trial_test

import (
	"slices"
	"time"

	"tonewatch/monitor"
)

// alarms is what one detector did along one stream after its history.
type alarms struct {
	count int
	early int       // in the days that a change of mix is watched
	first time.Time // zero: none
}

// noted counts an alarm since the history.
func (a *alarms) noted(at time.Time) {
	if at.Before(changed) {
		return
	}
	if a.count++; a.count == 1 {
		a.first = at
	}
	if at.Before(changed.Add(mixed * day)) {
		a.early++
	}
}

// budget is what ours are asked to keep.
var budget = monitor.Budget{Alarms: 1, Per: 90 * day}

// rules are one of each kind, as an operator would write them who wants to
// hear of small changes: the limit is the budget's, not By's.
func rules(a actor) []monitor.Rule {
	base := monitor.Rule{
		Toward: []string{"*"}, Voice: monitor.AnyVoice, Window: day, Baseline: 28 * day, Stories: 8, Outlets: 3,
		For: 30 * time.Minute, KeepFiringFor: time.Hour, Budget: budget,
	}
	shift, drift, volume, split, level := base, base, base, base, base
	shift.Name, shift.Shift, shift.Rearm = "shift", &monitor.ShiftRule{By: 0.05, Sigma: 3}, 0.025
	drift.Name, drift.Drift, drift.Rearm = "drift", &monitor.DriftRule{By: 0.05, Sigma: 3}, 0.025
	drift.Window = 14 * day
	volume.Name, volume.Volume, volume.Rearm, volume.Outlets = "volume", &monitor.VolumeRule{By: 0.5, Sigma: 3}, 0.25, 1
	half := len(a.means) / 2
	split.Name, split.Split, split.Rearm = "split", &monitor.SplitRule{By: 0.05, Sigma: 3, Between: [2]monitor.Side{
		{Voice: monitor.AnyVoice, Outlets: outletNames[:half]}, {Voice: monitor.AnyVoice, Outlets: outletNames[half:]},
	}}, 0.025
	split.Window, split.Outlets = 3*day, 1
	level.Name, level.Level, level.Rearm, level.Budget = "level", &monitor.LevelRule{Line: a.tonePoints() + 0.25}, 0.05, monitor.Budget{}
	return []monitor.Rule{shift, drift, volume, split, level}
}

// watch steps a rule along a stream as the daemon does: whenever a story has
// come, and when a deadline passes. What is open at the end of the history is no
// alarm of later, so it begins before that end.
func watch(r monitor.Rule, past []monitor.Bucket, list []story, from time.Time) (a alarms) {
	s := monitor.NewSeries(slices.Clone(past))
	e := monitor.Episode{Phase: monitor.Quiet}
	step := func(at time.Time) {
		before := e.Fired
		e = monitor.Step(r, e, s, at)
		if !e.Fired.IsZero() && !e.Fired.Equal(before) {
			a.noted(at)
		}
	}
	last := from
	for _, x := range list {
		for due := e.Due(r, last); !due.IsZero() && due.Before(x.at); due = e.Due(r, due) {
			step(due)
		}
		s.Add(x.reading())
		step(x.at)
		last = x.at
	}
	return a
}

// tonePoints is the actor's mean tone.
func (a actor) tonePoints() (mean float64) {
	for i, m := range a.means {
		mean += a.shares[i] * m * (1 - zeros)
	}
	return mean
}
