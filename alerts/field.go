package alerts

import (
	"fmt"
	"math"
	"strings"

	"tonewatch/monitor"
)

// Field is one labelled figure of an alert.
type Field struct{ Name, Value string }

// Fields are the figures behind the headline, as last measured, each with what
// the rule asks of it; ten at most.
func (a Alert) Fields() []Field {
	e := a.Episode
	var fields []Field
	if a.kind() != volume {
		fields = a.tones()
	}
	if a.kind() != level {
		fields = append(fields, Field{"Size", a.size()}, Field{"Sigma", a.sigma()})
	}
	if widened := math.Sqrt(e.Last.Dispersion); widened > 1.05 {
		fields = append(fields, Field{"Bursts", fmt.Sprintf("error widened ×%.1f, as stories come in bursts", widened)})
	}
	fields = append(fields, Field{"Stories", a.stories()})
	if e.Phase != monitor.Firing {
		fields = append(fields, Field{"Peak", a.peak()})
	}
	if !e.Fired.IsZero() {
		fields = append(fields, Field{"Fired", a.fired()})
	}
	return append(fields, Field{"Rule", a.rule()})
}

// tones are those that the size is the difference of.
func (a Alert) tones() []Field {
	s := a.Episode.Last
	f := figuresOf(s)
	fields := []Field{{"Now", printed.signed(f.now) + a.line()}}
	if s.Before > 0 {
		fields = append(fields, Field{"Baseline", printed.signed(f.baseline) + " over " + number(s.Before, "story", "stories")})
	}
	if a.kind() != level {
		fields = append(fields, Field{"Mix effect", printed.signed(f.mix)})
	}
	return fields
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

// size is with its interval, and at which the rule fires and ends.
func (a Alert) size() string {
	s := a.Episode.Last
	put := func(size float64) string { return printed.signed(hundredths(size)) }
	if a.kind() == volume {
		put = percent
	}
	var more []string
	low, high := s.Interval()
	if a.kind() == volume {
		low = max(low, -1) // there cannot be fewer than none
	}
	if low < high {
		more = append(more, "95% interval "+put(low)+" to "+put(high))
	}
	if by, _ := a.Rule.Threshold(); by != 0 {
		more = append(more, "fires at "+unsigned(put(by))+", ends below "+unsigned(put(a.Rule.Rearm)))
	}
	return put(s.Size) + brackets(more)
}

func unsigned(figure string) string { return strings.TrimLeft(figure, "+−") }

func brackets(remarks []string) string {
	if len(remarks) == 0 {
		return ""
	}
	return " (" + strings.Join(remarks, "; ") + ")"
}

// sigma is with the limit that the rule asks for, and where that comes from.
func (a Alert) sigma() string {
	value := fmt.Sprintf("%.1f", math.Abs(a.Episode.Last.Sigma()))
	by, own := a.Rule.Threshold()
	limit := a.Episode.Limit
	switch {
	case by == 0:
		return value
	case a.Rule.Budget == (monitor.Budget{}) || limit == nil:
		return value + fmt.Sprintf(" (fires at %.1f)", own)
	case limit.Problem != "":
		return value + fmt.Sprintf(" (fires at %.1f; budget not yet learnt: %s)", own, Clean(limit.Problem, maxProblem))
	default:
		return value + fmt.Sprintf(" (fires at %.1f, learnt from %s for %s)",
			limit.Sigma, number(limit.Days, "day", "days"), Allowed(a.Rule.Budget))
	}
}

// maxProblem is how much is shown of why a limit could not be learnt.
const maxProblem = 120

// Allowed puts a budget: "1 false alarm in 90 days".
func Allowed(b monitor.Budget) string {
	alarms := fmt.Sprintf("%g false alarms", b.Alarms)
	if b.Alarms == 1 {
		alarms = "1 false alarm"
	}
	return alarms + " in " + aloud.span(b.Per)
}

// stories are how many there are, and how many the rule asks for.
func (a Alert) stories() string {
	s := a.Episode.Last
	if a.kind() == volume {
		text := fmt.Sprintf("%d, %s expected", s.Stories, roughly(s.Expected))
		switch {
		case a.Rule.Stories == 0:
			return text
		case a.Episode.Direction < 0:
			return fmt.Sprintf("%s (at least %d expected)", text, a.Rule.Stories)
		default:
			return fmt.Sprintf("%s (at least %d)", text, a.Rule.Stories)
		}
	}
	text := fmt.Sprintf("%d from %s", s.Stories, number(s.Outlets, "outlet", "outlets"))
	if a.Rule.Stories == 0 {
		return text
	}
	if a.kind() == split {
		text += " on the side with less"
	}
	return fmt.Sprintf("%s (at least %d from %d)", text, a.Rule.Stories, a.Rule.Outlets)
}

func (a Alert) peak() string {
	peak := a.Episode.Peak
	if a.kind() == volume {
		return percent(peak.Size) + ", " + number(peak.Stories, "story", "stories")
	}
	return printed.signed(hundredths(a.Rule.Value(peak)))
}

func (a Alert) fired() string {
	e := a.Episode
	if e.Phase != monitor.Quiet {
		return moment(e.Fired)
	}
	return moment(e.Fired) + ", for " + a.lasted(printed)
}

// rule names the rule, what it compares and whose voice it hears.
func (a Alert) rule() string {
	r, name := a.Rule, Clean(a.Episode.Rule, maxName)
	window, baseline := printed.span(r.Window), printed.span(r.Baseline)
	switch k := a.kind(); {
	case a.gone():
		name += " (no longer configured)"
	case k == level:
		name += ": mean of " + window
	case k == shift:
		name += ": " + window + " against " + baseline + " before"
	case k == drift:
		name += ": drift within " + window + ", against " + baseline + " before"
	case k == volume:
		name += ": stories of " + window + " against the same hours in " + baseline + " before"
	case k == split:
		sides := r.Split.Between
		name += ": " + side(sides[0], maxSubject) + " minus " + side(sides[1], maxSubject) + ", " + window + " against " + baseline + " before"
	}
	if r.Split == nil {
		name += ", " + a.hears()
	}
	if r.Named {
		name += ", only mentions by name"
	}
	return name
}

// hears says whose voice counts.
func (a Alert) hears() string {
	switch a.Episode.Voice {
	case monitor.AnyVoice:
		return "any voice"
	case monitor.OwnVoice:
		return "the outlets’ own voice"
	default:
		return "voice of " + Clean(a.Episode.Voice, maxName)
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
