package alerts

import (
	"fmt"
	"math"

	"tonewatch/monitor"
)

// Field is one labelled figure of an alert.
type Field struct{ Name, Value string }

// Fields are the figures behind the headline, as last measured, each with what
// the rule asks of it; ten at most.
func (a Alert) Fields() []Field {
	e, s := a.Episode, a.Episode.Last
	f := figuresOf(s)
	fields := []Field{{"Now", printed.signed(f.now) + a.line()}}
	if s.Before > 0 {
		fields = append(fields, Field{"Baseline", printed.signed(f.baseline) + " over " + number(s.Before, "story", "stories")})
	}
	if a.Rule.Level == nil {
		fields = append(fields,
			Field{"Mix effect", printed.signed(f.mix)},
			Field{"Size", printed.signed(f.size) + a.by()},
			Field{"Sigma", fmt.Sprintf("%.1f", math.Abs(s.Sigma())) + a.sigma()})
	}
	fields = append(fields,
		Field{"Stories", fmt.Sprint(s.Stories) + atLeast(a.Rule.Stories)},
		Field{"Outlets", fmt.Sprint(s.Outlets) + atLeast(a.Rule.Outlets)})
	if e.Phase != monitor.Firing {
		fields = append(fields, Field{"Peak", a.peak()})
	}
	if !e.Fired.IsZero() {
		fields = append(fields, Field{"Fired", a.fired()})
	}
	return append(fields, Field{"Rule", a.rule()})
}

// line says where a level rule fires and ends.
func (a Alert) line() string {
	r := a.Rule.Level
	if r == nil {
		return ""
	}
	fires, ends, at := "above", "below", r.Line-a.Rule.Rearm
	if r.Below {
		fires, ends, at = "below", "above", r.Line+a.Rule.Rearm
	}
	return fmt.Sprintf(" (fires %s %s, ends %s %s)",
		fires, printed.signed(hundredths(r.Line)), ends, printed.signed(hundredths(at)))
}

// by says at which size a shift rule fires and ends.
func (a Alert) by() string {
	if a.Rule.Shift == nil {
		return ""
	}
	return fmt.Sprintf(" (fires at %s, ends below %s)",
		points(hundredths(a.Rule.Shift.By)), points(hundredths(a.Rule.Rearm)))
}

func (a Alert) sigma() string {
	if a.Rule.Shift == nil {
		return ""
	}
	return fmt.Sprintf(" (fires at %.1f)", a.Rule.Shift.Sigma)
}

func atLeast(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" (at least %d)", n)
}

func (a Alert) peak() string { return printed.signed(hundredths(a.Rule.Value(a.Episode.Peak))) }

func (a Alert) fired() string {
	e := a.Episode
	if e.Phase != monitor.Quiet {
		return moment(e.Fired)
	}
	return moment(e.Fired) + ", for " + printed.span(e.Ended.Sub(e.Fired))
}

// rule names the rule, what it compares and whose voice it hears.
func (a Alert) rule() string {
	voice := "any voice"
	switch a.Episode.Voice {
	case monitor.AnyVoice:
	case monitor.OwnVoice:
		voice = "the outlets’ own voice"
	default:
		voice = "voice of " + Clean(a.Episode.Voice, maxName)
	}
	if a.Rule.Named {
		voice += ", only mentions by name"
	}
	name := Clean(a.Episode.Rule, maxName)
	switch r := a.Rule; {
	case r.Level != nil:
		return fmt.Sprintf("%s: mean of %s, %s", name, printed.span(r.Window), voice)
	case r.Shift != nil:
		return fmt.Sprintf("%s: %s against %s before, %s", name, printed.span(r.Window), printed.span(r.Baseline), voice)
	default:
		return fmt.Sprintf("%s (no longer configured), %s", name, voice)
	}
}

// figures are a shift in hundredths of a tone point, rounded so that what is
// printed adds up: now = baseline + mix + size. The mix takes the rounding.
type figures struct{ now, baseline, mix, size int }

func figuresOf(s monitor.Shift) figures {
	f := figures{now: hundredths(s.Recent), baseline: hundredths(s.Baseline), size: hundredths(s.Size)}
	f.mix = f.now - f.baseline - f.size
	return f
}

// expected is the tone that the window's outlets were expected to print.
func (f figures) expected() int { return f.now - f.size }
