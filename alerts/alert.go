package alerts

import (
	"fmt"
	"strings"
	"time"

	"tonewatch/monitor"
)

// Alert is what is told: an episode as it stands, the rule it lives under and
// the key by which its message is known. The rule may be without its thresholds
// when an operator has removed it since; what is left is told all the same.
type Alert struct {
	Episode monitor.Episode
	Rule    monitor.Rule
	Key     string

	Remarks  []Remark  // what people did about it, oldest first
	Silenced time.Time // until when nothing new is told of it; zero: it is not silenced
	Mention  []string  // people and groups to call, as the receiver names them
	Page     string    // link to the episode's page; empty for none
	Engine   string    // what judged the tone: name, version and hash
	Config   string    // short hash of the configuration
}

// newAlert is of an episode, with its rule where that is still configured.
func newAlert(e monitor.Episode, rules []monitor.Rule) Alert {
	a := Alert{Episode: e, Rule: monitor.Rule{Name: e.Rule}}
	for _, r := range rules {
		if r.Name == e.Rule {
			a.Rule = r
		}
	}
	return a
}

// Headline says in one line what happened, at most 150 characters long:
//
//	▼ North Korea: tone fell by 0.41 (+0.18 → −0.23) in 24 h
//	▽ North Korea: tone is easing back (shift now −0.08, at its peak −0.41)
//	✓ North Korea: tone recovered after 9 h (at its peak −0.41)
//	■ North Korea: closed after 9 h, as no configured rule watches it any more
//	▼ North Korea: tone has drifted 0.18 colder since 3 March (+0.18 → 0.00)
//	▲ North Korea: 41 stories in 24 h, 12 expected
//	◆ North Korea: the outlets and South Korea part ways, the former turning 0.35 colder in 3 d
//
// The first of two tones in brackets is what the same outlets were expected to
// print, so that the three figures add up.
func (a Alert) Headline() string { return clip(a.mark()+" "+a.says(printed), maxHeadline) }

// Spoken says the headline and the evidence in short, in words that read well
// aloud. It is all that a notification or a screen reader may give.
func (a Alert) Spoken() string {
	var b strings.Builder
	b.WriteString(a.says(aloud) + ".")
	evidence := fmt.Sprintf("%s from %s",
		number(a.Episode.Last.Stories, "story", "stories"), number(a.Episode.Last.Outlets, "outlet", "outlets"))
	switch a.kind() {
	case volume: // has said how many
	case split:
		b.WriteString(" At least " + evidence + " on each side.")
	default:
		b.WriteString(" " + evidence + ".")
	}
	if stories, _ := a.Stories(1); len(stories) > 0 {
		fmt.Fprintf(&b, " Most moving: “%s”", stories[0].Title)
		if outlet := Clean(a.Episode.Evidence[0].Outlet, maxName); outlet != "" {
			b.WriteString(", " + outlet)
		}
		b.WriteString(".")
	}
	fmt.Fprintf(&b, " Rule: %s.", Clean(a.Episode.Rule, maxName))
	if until := a.Hushed(); until != "" {
		b.WriteString(" " + until + ".")
	}
	if n := len(a.Remarks); n > 0 {
		fmt.Fprintf(&b, " Last done about it: %s.", a.Remarks[n-1].Words(a.Episode.Fired))
	}
	return b.String()
}

// Hushed says until when nothing new is told of the episode; empty when it is
// not silenced, or over.
func (a Alert) Hushed() string {
	if a.Silenced.IsZero() || a.Episode.Phase == monitor.Quiet {
		return ""
	}
	return "Silenced until " + moment(a.Silenced)
}

// Link is the address of the episode's page, empty when it has none.
func (a Alert) Link() string { return link(a.Page) }

// Legend is how to read the fields.
func (a Alert) Legend() string {
	const scale = "Tone runs from −1 (hostile) to +1 (friendly)"
	const once = "a story counts once, however often it is printed."
	const sum = " Now = baseline + mix effect + size: the mix effect only comes from other outlets publishing, the size is "
	const sigma = " Sigma is size in standard errors."
	var text string
	switch a.kind() {
	case level:
		text = scale + "; " + once
	case drift:
		text = scale + "." + sum + "tone itself, on average since the day that shows it best." + sigma
	case volume:
		text = "Expected is what the same hours of the weeks before had; " + once +
			" Sigma says how unlikely the count is, as standard deviations of a normal distribution."
	case split:
		text = scale + ". Tones are the first side minus the second." + sum + "tone itself." + sigma
	default:
		text = scale + "." + sum + "tone itself." + sigma
	}
	return text
}

// origin is what the alert was made by, for who asks why it came.
func (a Alert) origin() string {
	text := "Rule " + Clean(a.Episode.Rule, maxName)
	if a.Engine != "" {
		text += " · engine " + Clean(a.Engine, maxName)
	}
	if a.Config != "" {
		text += " · config " + Clean(a.Config, maxName)
	}
	return text
}

// Lean is where tone toward the actor has gone: -1 colder, +1 warmer, and 0 where
// it is not that which moved, but the number of stories or two sides against each
// other.
func (a Alert) Lean() int {
	if k := a.kind(); k == volume || k == split {
		return 0
	}
	return a.Episode.Direction
}

func (a Alert) mark() string {
	easing := a.Episode.Phase == monitor.Easing
	marks := [2]string{"▲", "△"}
	switch {
	case a.Episode.Withdrawn:
		return "■"
	case a.Episode.Phase == monitor.Quiet:
		return "✓"
	case a.kind() == split:
		marks = [2]string{"◆", "◇"}
	case a.Episode.Direction < 0:
		marks = [2]string{"▼", "▽"}
	}
	if easing {
		return marks[1]
	}
	return marks[0]
}
