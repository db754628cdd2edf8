package configs

import (
	"slices"
	"time"
)

// doubtRules warns of rules that are allowed and can hardly do what they are
// meant to.
func (i *Inspection) doubtRules() {
	for r := range i.Config.Rules {
		rule := &i.Config.Rules[r]
		i.partsOfHours(rule)
		i.scarceAlarms(rule)
		if v := rule.Volume; v != nil && v.Baseline < Duration(4*week) {
			i.Warn(&v.Baseline, "write 28d or more",
				"%v are too few weeks to learn the rhythm of the week from", v.Baseline)
		}
		if rule.Split != nil {
			i.doubtSplit(rule)
		}
	}
	i.doubtRoutes()
	i.doubtWebhooks()
}

// partsOfHours warns of spans that cannot be kept to: series are counted by the
// hour, drifts by the day.
func (i *Inspection) partsOfHours(r *Rule) {
	unit, name := time.Hour, "hours"
	if r.Drift != nil {
		unit, name = day, "days"
	}
	window, baseline := r.spans()
	for _, span := range []*Duration{window, baseline} {
		if span != nil && time.Duration(*span)%unit != 0 {
			i.Warn(span, "", "%v is no whole number of %s, which stories are counted by", *span, name)
		}
	}
}

// rarest is the time between two false alarms beyond which some months of
// history can hardly tell a limit.
const rarest = year

// scarceAlarms warns of budgets that the history of an actor cannot show to be
// kept.
func (i *Inspection) scarceAlarms(r *Rule) {
	b := r.Budget()
	if b == nil || *b == (Budget{}) {
		return
	}
	if b.between() > rarest.Hours() {
		i.Warn(b, `write "1 per 1y" or more`,
			"%v is less than one false alarm a year: months of history can hardly tell the limit for it", *b)
	}
}

// doubtSplit warns of sides that overlap or cannot be heard.
func (i *Inspection) doubtSplit(r *Rule) {
	sides := r.Split.Between
	var known []string
	for f := range i.Config.Feeds {
		known = append(known, i.Config.Feeds[f].Outlet)
	}
	for s := range sides {
		for o := range sides[s].Outlets {
			outlet := &sides[s].Outlets[o]
			if len(known) > 0 && !slices.Contains(known, *outlet) {
				i.Warn(outlet, i.file.suggest(*outlet, known), "%s is the outlet of no feed", i.file.quote(outlet))
			}
			if s == 1 && sides[0].Voice == sides[1].Voice && slices.Contains(sides[0].Outlets, *outlet) {
				i.Warn(outlet, "", "%s is on both sides: its stories part from nobody", i.file.quote(outlet))
			}
		}
	}
	if r.Voice != AnyVoice && sides[0].Voice != r.Voice && sides[1].Voice != r.Voice {
		i.Warn(&r.Voice, "leave it out, or take the voices out of the sides", "%s is not heard: both sides have a voice of their own", i.file.quote(&r.Voice))
	}
}
