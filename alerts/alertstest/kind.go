package alertstest

import (
	"time"

	"tonewatch/alerts"
	"tonewatch/monitor"
)

// This file holds an alert of each kind of rule beside the shift of [Example],
// as it has just begun to fire.

// budget puts the example's rule under a budget.
func budget(a *alerts.Alert, l monitor.Limit) {
	a.Rule.Budget = monitor.Budget{Alarms: 1, Per: 90 * 24 * time.Hour}
	a.Episode.Limit = &l
}

// rule makes the example an alert of another rule, with what it measured.
func rule(r monitor.Rule, s monitor.Shift, c monitor.Chart) alerts.Alert {
	return with(func(a *alerts.Alert) {
		r.Toward, r.Voice, r.Stories = []string{"*"}, monitor.AnyVoice, 8
		s.At = fired
		a.Rule, a.Episode.Rule = r, r.Name
		a.Episode.Last, a.Episode.Peak, a.Episode.Chart = s, s, c
		if s.Size > 0 {
			a.Episode.Direction = 1
		}
	})
}

func level() alerts.Alert {
	return rule(monitor.Rule{
		Name: "harsh", Level: &monitor.LevelRule{Line: -0.4, Below: true},
		Window: 72 * time.Hour, Outlets: 3, Rearm: 0.1,
	}, monitor.Shift{Recent: -0.52, Size: -0.52, Error: 0.1, Stories: 12, Outlets: 5},
		chart(8*time.Hour, -0.4, []float64{-0.31, -0.35, -0.2, -0.44, -0.6, -0.58, -0.71, -0.66, -0.69}))
}

func drift() alerts.Alert {
	return rule(monitor.Rule{
		Name: "slow chill", Drift: &monitor.DriftRule{By: 0.1, Sigma: 4},
		Window: 14 * 24 * time.Hour, Baseline: 28 * 24 * time.Hour, Outlets: 3, Rearm: 0.05,
	}, monitor.Shift{
		Recent: -0.02, Baseline: 0.17, Size: -0.18, Mix: -0.01, Error: 0.035, Score: -5.1, Dispersion: 1.2,
		Stories: 61, Outlets: 9, Before: 140, Since: fired.AddDate(0, 0, -10),
	}, chart(48*time.Hour, 0.17, []float64{0.18, 0.16, 0.2, 0.15, 0.19, 0.11, 0.04, 0.01, -0.05, -0.08}))
}

func volume() alerts.Alert {
	return rule(monitor.Rule{
		Name: "in the spotlight", Volume: &monitor.VolumeRule{By: 1, Sigma: 4},
		Window: 24 * time.Hour, Baseline: 28 * 24 * time.Hour, Rearm: 0.5,
	}, monitor.Shift{
		Size: 2.42, Error: 0.45, Score: 5.3, Dispersion: 2.6, Stories: 41, Outlets: 9, Before: 340, Expected: 12,
	}, chart(24*time.Hour, 12, []float64{11, 13, 12, 15, 9, 0, 12, 41}))
}

func fewer() alerts.Alert {
	return rule(monitor.Rule{
		Name: "out of sight", Volume: &monitor.VolumeRule{By: 0.6, Sigma: 2.5, Fewer: true},
		Window: 24 * time.Hour, Baseline: 28 * 24 * time.Hour, Rearm: 0.3,
	}, monitor.Shift{
		Size: -0.84, Error: 0.2, Score: -3.1, Dispersion: 1.1, Stories: 2, Outlets: 1, Before: 340, Expected: 12.4,
	}, chart(24*time.Hour, 12.4, []float64{11, 13, 12, 15, 9, 14, 6, 2}))
}

// calm is a volume that is nearly as expected.
func calm(a *alerts.Alert) {
	ease(a)
	a.Episode.Last = monitor.Shift{
		Size: 0.17, Error: 0.3, Score: 0.6, Dispersion: 2.6, Stories: 14, Outlets: 6, Before: 340, Expected: 12,
	}
}

func split() alerts.Alert {
	return rule(monitor.Rule{
		Name:   "out of step",
		Split:  &monitor.SplitRule{By: 0.3, Sigma: 3, Between: [2]monitor.Side{{Voice: monitor.OwnVoice}, {Voice: "South Korea"}}},
		Window: 72 * time.Hour, Baseline: 28 * 24 * time.Hour, Outlets: 1, Rearm: 0.15,
	}, monitor.Shift{
		Recent: -0.3, Baseline: 0.05, Size: -0.35, Error: 0.09, Score: -3.9, Stories: 31, Outlets: 7, Before: 260,
	}, chart(24*time.Hour, 0, []float64{0.2, 0.16, 0.2, 0.18, 0.21, -0.05, -0.2, -0.22}, []float64{0.1, 0.14, 0.2, 0.12, 0.09, 0.11, 0.1, 0.08}))
}
