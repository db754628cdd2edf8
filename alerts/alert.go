package alerts

import (
	"fmt"
	"strings"

	"tonewatch/monitor"
)

// Alert is what is told: an episode as it stands, the rule it lives under and
// the key by which its message is known. The rule may be without its thresholds
// when an operator has removed it since; what is left is told all the same.
type Alert struct {
	Episode monitor.Episode
	Rule    monitor.Rule
	Key     string
}

// maxSubject keeps a long actor's or voice's name from pushing the figures out
// of a headline.
const maxSubject = 36

// Headline says in one line what happened, at most 150 characters:
//
//	▼ North Korea: tone fell by 0.41 (+0.18 → −0.23) in 24 h
//	▽ North Korea: tone is easing back (shift now −0.08, at its peak −0.41)
//	✓ North Korea: tone recovered after 9 h (at its peak −0.41)
//
// The first of the two tones in brackets is what the same outlets were expected
// to print, so that the three figures add up.
func (a Alert) Headline() string { return a.mark() + " " + a.says(printed) }

// Spoken says the headline and the evidence in short, in words that read well
// aloud. It is all that a notification or a screen reader may give.
func (a Alert) Spoken() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s. %s from %s.", a.says(aloud),
		number(a.Episode.Last.Stories, "story", "stories"), number(a.Episode.Last.Outlets, "outlet", "outlets"))
	if stories, _ := a.Stories(1); len(stories) > 0 {
		fmt.Fprintf(&b, " Most moving: “%s”", stories[0].Title)
		if outlet := Clean(a.Episode.Evidence[0].Outlet, maxName); outlet != "" {
			b.WriteString(", " + outlet)
		}
		b.WriteString(".")
	}
	fmt.Fprintf(&b, " Rule: %s.", Clean(a.Episode.Rule, maxName))
	return b.String()
}

// Legend is how to read the fields, and the alert's key.
func (a Alert) Legend() string {
	text := "Tone runs from −1 (hostile) to +1 (friendly); a story counts once, however often it is printed."
	if a.Rule.Level == nil {
		text = "Tone runs from −1 (hostile) to +1 (friendly). Now = baseline + mix effect + size: " +
			"the mix effect only comes from other outlets publishing, the size is tone itself. Sigma is size in standard errors."
	}
	return text + " Key " + Clean(a.Key, maxName)
}

func (a Alert) mark() string {
	colder := a.Episode.Direction < 0
	switch a.Episode.Phase {
	case monitor.Quiet:
		return "✓"
	case monitor.Easing:
		if colder {
			return "▽"
		}
		return "△"
	default:
		if colder {
			return "▼"
		}
		return "▲"
	}
}

func (a Alert) says(w wording) string {
	subject := Clean(a.Episode.Actor, maxSubject) + ": tone " + a.voiced()
	if a.Rule.Level != nil {
		return subject + a.level(w, *a.Rule.Level)
	}
	return subject + a.shift(w)
}

// voiced names whose tone it is where a rule asks for one voice.
func (a Alert) voiced() string {
	switch a.Episode.Voice {
	case monitor.AnyVoice:
		return ""
	case monitor.OwnVoice:
		return "of the outlets themselves "
	default:
		return "voiced by " + Clean(a.Episode.Voice, maxSubject) + " "
	}
}

func (a Alert) shift(w wording) string {
	e := a.Episode
	now, peak := figuresOf(e.Last), figuresOf(e.Peak)
	atPeak := "at its peak " + w.signed(peak.size)
	switch e.Phase {
	case monitor.Quiet:
		verb := "settled"
		if e.Direction < 0 {
			verb = "recovered"
		}
		return w.aside(verb+" after "+w.span(e.Ended.Sub(e.Fired)), atPeak, "")
	case monitor.Easing:
		return w.aside("is easing back", "shift now "+w.signed(now.size)+", "+atPeak, "")
	default:
		verb := "rose"
		if e.Direction < 0 {
			verb = "fell"
		}
		return w.aside(verb+" by "+points(now.size), w.from(now.expected(), now.now), a.over(w, "in "))
	}
}

func (a Alert) level(w wording, r monitor.LevelRule) string {
	e := a.Episode
	line := w.signed(hundredths(r.Line))
	back := "below "
	if r.Below {
		back = "above "
	}
	at := "at " + w.signed(hundredths(e.Last.Recent))
	switch e.Phase {
	case monitor.Quiet:
		return "back " + back + line + " after " + w.span(e.Ended.Sub(e.Fired))
	case monitor.Easing:
		return w.aside("is easing back", at+", line "+line, "")
	default:
		return w.aside(at, "line "+line, a.over(w, "over "))
	}
}

// over names the rule's window; empty when the rule is gone.
func (a Alert) over(w wording, preposition string) string {
	if a.Rule.Window == 0 {
		return ""
	}
	return preposition + w.span(a.Rule.Window)
}
