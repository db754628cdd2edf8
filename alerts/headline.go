package alerts

import (
	"fmt"
	"strconv"
	"strings"

	"tonewatch/monitor"
)

// maxSubject keeps a long actor's or voice's name from pushing the figures out
// of a headline, maxSide that of one of two sides. What still does not fit into
// maxHeadline, the most that Slack takes, is cut.
const (
	maxHeadline = 150

	maxSubject = 36
	maxSide    = 22
)

// kind is what a rule asks for.
type kind int

const (
	shift kind = iota
	level
	drift
	volume
	split
)

// kind goes by the rule, or where that is gone by what the shift holds; a split
// without its rule is told as the shift that it is the difference of two of.
func (a Alert) kind() kind {
	r, last := a.Rule, a.Episode.Last
	switch {
	case r.Shift != nil:
		return shift
	case r.Level != nil:
		return level
	case r.Drift != nil:
		return drift
	case r.Volume != nil:
		return volume
	case r.Split != nil:
		return split
	case last.Expected > 0:
		return volume
	case !last.Since.IsZero():
		return drift
	default:
		return shift
	}
}

// gone says whether the rule is no longer configured.
func (a Alert) gone() bool {
	r := a.Rule
	return r.Shift == nil && r.Level == nil && r.Drift == nil && r.Volume == nil && r.Split == nil
}

func (a Alert) says(w wording) string { return a.subject() + ": " + a.what(w) }

func (a Alert) subject() string { return Clean(a.Episode.Actor, maxSubject) }

// what happened, without saying to whom.
func (a Alert) what(w wording) string {
	if a.Episode.Withdrawn {
		return "closed after " + a.lasted(w) + ", as no configured rule watches it any more"
	}
	switch a.kind() {
	case level:
		return "tone " + a.voiced() + a.saysLevel(w, *a.Rule.Level)
	case volume:
		return a.saysVolume(w)
	case split:
		return a.saysSplit(w)
	default:
		return "tone " + a.voiced() + a.saysShift(w)
	}
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

// saysShift is of a shift or a drift.
func (a Alert) saysShift(w wording) string {
	e := a.Episode
	now, peak := figuresOf(e.Last), figuresOf(e.Peak)
	atPeak := "at its peak " + w.signed(peak.size)
	noun := "shift"
	if a.kind() == drift {
		noun = "drift"
	}
	switch e.Phase {
	case monitor.Quiet:
		verb := "settled"
		if e.Direction < 0 {
			verb = "recovered"
		}
		return w.aside(verb+" after "+a.lasted(w), atPeak, "")
	case monitor.Easing:
		return w.aside("is easing back", noun+" now "+w.signed(now.size)+", "+atPeak, "")
	}
	from := w.from(now.expected(), now.now)
	if noun == "drift" {
		since := ""
		if !e.Last.Since.IsZero() {
			since = " since " + date(e.Last.Since)
		}
		return w.aside("has drifted "+points(now.size)+" "+a.way()+since, from, "")
	}
	verb := "rose"
	if e.Direction < 0 {
		verb = "fell"
	}
	return w.aside(verb+" by "+points(now.size), from, a.over(w, "in "))
}

func (a Alert) saysLevel(w wording, r monitor.LevelRule) string {
	e := a.Episode
	line := w.signed(hundredths(r.Line))
	back := "below "
	if r.Below {
		back = "above "
	}
	at := "at " + w.signed(hundredths(e.Last.Recent))
	switch e.Phase {
	case monitor.Quiet:
		return "back " + back + line + " after " + a.lasted(w)
	case monitor.Easing:
		return w.aside("is easing back", at+", line "+line, "")
	default:
		return w.aside(at, "line "+line, a.over(w, "over "))
	}
}

func (a Alert) saysVolume(w wording) string {
	e := a.Episode
	expected := roughly(e.Last.Expected) + " expected"
	atPeak := fmt.Sprintf("peak %d", e.Peak.Stories)
	if e.Direction < 0 {
		atPeak = fmt.Sprintf("low %d", e.Peak.Stories)
	}
	now := strings.TrimRight(strconv.Itoa(e.Last.Stories)+" "+a.over(w, "in "), " ")
	switch e.Phase {
	case monitor.Quiet:
		return w.aside("stories "+a.voiced()+"are back to normal after "+a.lasted(w), now+", "+atPeak, "")
	case monitor.Easing:
		return w.aside("stories "+a.voiced()+"are easing back", now+", "+expected+", "+atPeak, "")
	}
	count := number(e.Last.Stories, "story", "stories")
	switch {
	case e.Last.Stories == 0:
		count = "no story"
	case e.Direction < 0:
		count = "only " + count
	}
	return strings.TrimRight(count+" "+a.voiced()+a.over(w, "in "), " ") + ", " + expected
}

func (a Alert) saysSplit(w wording) string {
	e := a.Episode
	sides := a.Rule.Split.Between
	both := side(sides[0], maxSide) + " and " + side(sides[1], maxSide)
	now, peak := points(hundredths(e.Last.Size)), points(hundredths(e.Peak.Size))
	switch e.Phase {
	case monitor.Quiet:
		return w.aside(both+" are in step again after "+a.lasted(w), "peak "+peak, "")
	case monitor.Easing:
		return w.aside(both+" are closing the gap", "now "+now+", peak "+peak, "")
	default:
		return both + " part ways, the former turning " + now + " " + strings.TrimRight(a.way()+" "+a.over(w, "in "), " ")
	}
}

// side names one of the two that a split compares.
func side(s monitor.Side, most int) string {
	outlets := strings.Join(s.Outlets, ", ")
	switch {
	case s.Voice == monitor.AnyVoice && outlets == "":
		return "all voices"
	case s.Voice == monitor.AnyVoice:
		return Clean(outlets, most)
	case s.Voice == monitor.OwnVoice && outlets == "":
		return "the outlets"
	case s.Voice == monitor.OwnVoice:
		return Clean("narration of "+outlets, most)
	case outlets == "":
		return Clean(s.Voice, most)
	default:
		return Clean(s.Voice+" in "+outlets, most)
	}
}

// way is where tone has gone.
func (a Alert) way() string {
	if a.Episode.Direction < 0 {
		return "colder"
	}
	return "warmer"
}

// lasted is how long an episode that is over was known to be on.
func (a Alert) lasted(w wording) string { return w.span(a.Episode.Ended.Sub(a.Episode.Fired)) }

// over names the rule's window; empty when the rule is gone.
func (a Alert) over(w wording, preposition string) string {
	if a.Rule.Window == 0 {
		return ""
	}
	return preposition + w.span(a.Rule.Window)
}
