package alerts

import (
	"strings"
	"unicode/utf8"

	"tonewatch/monitor"
)

// How much of a story is shown, in runes. A sentence keeps what is next to the
// mention it is evidence for.
const (
	maxTitle  = 300
	maxName   = 80
	maxTarget = 60
	maxBefore = 140
	maxAfter  = 200
)

// Story is a piece of evidence, every text of it cleaned and cut to length.
type Story struct {
	Title  string // never empty
	Link   string // http or https; empty when there is no safe one
	Source string // outlet, tone, copies, and whose voice it is: "The Ledger · tone −0.62 · +3 copies in 2 outlets"

	// The sentence that speaks most for it, in three parts, its target in the
	// middle. Target is empty when the mark is lost; all are empty when the
	// sentence is.
	Before, Target, After string
}

// Stories are the pieces of evidence that moved the tone most, at most so many,
// and how many more there are.
func (a Alert) Stories(most int) (shown []Story, more int) {
	evidence := a.Episode.Evidence
	n := min(most, len(evidence))
	for _, e := range evidence[:n] {
		shown = append(shown, newStory(e))
	}
	return shown, len(evidence) - n
}

func newStory(e monitor.Evidence) Story {
	s := Story{Title: Clean(e.Title, maxTitle), Link: link(e.URL), Source: source(e)}
	if s.Title == "" {
		s.Title = "(no title)"
	}
	s.Before, s.Target, s.After = sentence(e.Quote)
	return s
}

func source(e monitor.Evidence) string {
	var parts []string
	if outlet := Clean(e.Outlet, maxName); outlet != "" {
		parts = append(parts, outlet)
	}
	parts = append(parts, "tone "+printed.signed(hundredths(e.Tone)))
	if e.Copies > 0 {
		copies := "+" + number(e.Copies, "copy", "copies")
		if e.Outlets > 1 {
			copies += " in " + number(e.Outlets, "outlet", "outlets")
		}
		parts = append(parts, copies)
	}
	if v := e.Quote.Voice; v != monitor.OwnVoice && v != monitor.AnyVoice {
		parts = append(parts, "voiced by "+Clean(v, maxName))
	}
	return strings.Join(parts, " · ")
}

// sentence splits a quote at its mention. Offsets that do not fit the sentence,
// as those of a text stored by another version may not, only lose the mark.
func sentence(q monitor.Quote) (before, target, after string) {
	text := q.Sentence
	if q.Start < 0 || q.Start >= q.End || q.End > len(text) || !boundary(text, q.Start) || !boundary(text, q.End) {
		return Clean(text, maxBefore+maxTarget+maxAfter), "", ""
	}
	before = clipFront(strings.TrimLeft(Visible(text[:q.Start]), " "), maxBefore)
	after = clip(strings.TrimRight(Visible(text[q.End:]), " "), maxAfter)
	return before, Clean(text[q.Start:q.End], maxTarget), after
}

func boundary(s string, i int) bool { return i == len(s) || utf8.RuneStart(s[i]) }

// clipFront cuts the beginning, so that at most so many runes are left.
func clipFront(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	runes := []rune(s)
	return "…" + strings.TrimLeft(string(runes[len(runes)-most+1:]), " ")
}
