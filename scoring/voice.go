package scoring

import (
	"slices"
	"sort"
)

// Attribution is a part of a text that is somebody's words rather than the
// outlet's: in `"We will see," Trump said` the source is "Trump", the cue
// "said", the content the quote.
type Attribution struct {
	// Source is who holds the content, nil where the text does not say.
	Source *Span

	// Cue is the verb or phrase that attributes, nil where there is none.
	Cue *Span

	// Content is what the source says, in order; in several spans where the
	// source interrupts it.
	Content []Span
}

// quote is one content of an attribution and whose voice it is.
type quote struct {
	content Span
	voice   string
}

// quotes returns the contents whose source the text tells, in order of their
// start.
func quotes(text string, sentences []Span, mentions []Mention, attributions []Attribution, persons map[string]bool) []quote {
	voices := speakers(text, mentions, attributions, persons)
	var quotes []quote
	for _, a := range attributions {
		if a.Source == nil {
			continue
		}
		voice, ok := voices[*a.Source]
		if !ok {
			continue
		}
		for _, c := range resumed(a, sentences) {
			quotes = append(quotes, quote{c, voice})
		}
	}
	slices.SortStableFunc(quotes, func(p, q quote) int { return p.content.Start - q.content.Start })
	return quotes
}

// resumed returns the contents of an attribution with a source. One that goes on in
// the sentence that its source interrupts goes on to the end of it: of "Terms are
// not enough, it said; unless there is an end to it, ties will suffer" an engine may
// miss the last clause.
func resumed(a Attribution, sentences []Span) []Span {
	n := sort.Search(len(sentences), func(i int) bool { return sentences[i].End > a.Source.Start })
	if n == len(sentences) {
		return a.Content
	}
	s := sentences[n]
	before := func(c Span) bool { return s.Start < c.End && c.End <= a.Source.Start }
	after := func(c Span) bool { return a.Source.End <= c.Start && c.Start < s.End }
	last := -1
	for i, c := range a.Content {
		if after(c) {
			last = i
		}
	}
	if last < 0 || !slices.ContainsFunc(a.Content, before) {
		return a.Content
	}
	contents := slices.Clone(a.Content)
	contents[last].End = max(contents[last].End, s.End)
	return contents
}

// voices tells whose voice parts of a text are in, from its start to its end.
type voices struct {
	ahead []quote // that start later than what was asked last
	open  []quote // that started and may hold what is asked next
}

// at returns the voice of the smallest quote around s, "" where there is none.
// Calls must come in the order of the text.
func (v *voices) at(s Span) string {
	for len(v.ahead) > 0 && v.ahead[0].content.Start <= s.Start {
		v.open = append(v.open, v.ahead[0])
		v.ahead = v.ahead[1:]
	}
	v.open = slices.DeleteFunc(v.open, func(q quote) bool { return q.content.End < s.End })
	if len(v.open) == 0 {
		return ""
	}
	return slices.MinFunc(v.open, func(p, q quote) int { return p.content.Len() - q.content.Len() }).voice
}
