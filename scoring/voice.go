package scoring

import (
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
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
	sources := sourcesOf(attributions)
	voices := speakers(text, mentions, sources, persons)
	var quotes []quote
	for _, a := range attributions {
		if a.Source == nil {
			continue
		}
		voice, ok := voices[*a.Source]
		if !ok {
			continue
		}
		for _, c := range resumed(a, text, sentences, sources) {
			quotes = append(quotes, quote{c, voice})
		}
	}
	slices.SortStableFunc(quotes, func(p, q quote) int { return p.content.Start - q.content.Start })
	return quotes
}

// resumed returns the contents of an attribution with a source. One that goes on in
// the sentence that its source interrupts goes on to the end of it: of "Terms are
// not enough, it said; unless there is an end to it, ties will suffer" an engine may
// miss the last clause. It does not where a quotation ends there or another speaks.
func resumed(a Attribution, text string, sentences, sources []Span) []Span {
	n := sort.Search(len(sentences), func(i int) bool { return sentences[i].End > a.Source.Start })
	if n == len(sentences) {
		return a.Content
	}
	s := sentences[n]
	before := func(c Span) bool { return s.Start < c.End && c.End <= a.Source.Start }
	last := -1
	for i, c := range a.Content {
		if a.Source.End <= c.Start && c.Start < s.End {
			last = i
		}
	}
	if last < 0 || !slices.ContainsFunc(a.Content, before) || isQuotation(text, a.Content[last]) {
		return a.Content
	}
	end := a.Content[last].End
	if next := sort.Search(len(sources), func(i int) bool { return sources[i].Start >= end }); next < len(sources) && sources[next].Start < s.End {
		return a.Content
	}
	contents := slices.Clone(a.Content)
	contents[last].End = max(end, s.End)
	return contents
}

// isQuotation reports whether a content is one in marks, which are in it or around
// it, rather than words of the outlet's with marks in them.
func isQuotation(text string, content Span) bool {
	isMark := func(r rune) bool { return strings.ContainsRune("\"“”'‘’", r) }
	before, _ := utf8.DecodeLastRuneInString(text[:content.Start])
	after, _ := utf8.DecodeRuneInString(text[content.End:])
	words := strings.Trim(content.Of(text), ",.;:!? ")
	first, _ := utf8.DecodeRuneInString(words)
	last, _ := utf8.DecodeLastRuneInString(words)
	return (isMark(before) || isMark(first)) && (isMark(after) || isMark(last))
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
