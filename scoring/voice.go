package scoring

import (
	"slices"
	"sort"
	"strings"
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
func quotes(text string, mentions []Mention, attributions []Attribution) []quote {
	var quotes []quote
	for _, a := range attributions {
		if a.Source == nil {
			continue
		}
		voice := voiceOf(*a.Source, text, mentions)
		for _, c := range a.Content {
			quotes = append(quotes, quote{c, voice})
		}
	}
	slices.SortStableFunc(quotes, func(p, q quote) int { return p.content.Start - q.content.Start })
	return quotes
}

// voiceOf returns the actor that a source refers to, or else the source's
// words. The actor is the one mentioned at its end ("U.S. President Donald
// Trump", "he"), or at its start before a comma ("Kim, who rules the country"),
// or the state whose body it is ("the South Korean military"). "Trump's lawyer"
// is not Trump, nor is "a woman from South Korea" that country.
func voiceOf(source Span, text string, mentions []Mention) string {
	voice := strings.Join(strings.Fields(source.Of(text)), " ")
	first := sort.Search(len(mentions), func(i int) bool { return mentions[i].Span.Start >= source.Start })
	for _, m := range mentions[first:] {
		switch {
		case m.Span.End > source.End:
			return voice
		case m.Span.End == source.End:
			if isFarther(text, Span{source.Start, m.Span.Start}) {
				return voice
			}
			return m.Actor
		case m.Kind == KindMetonym && isBody(text[m.Span.End:source.End]):
			voice = m.Actor
		case m.Span.Start == source.Start && text[m.Span.End] == ',':
			voice = m.Actor
		}
	}
	return voice
}

// isFarther reports whether the words of a source before a mention at its end
// make the mention somebody's, or a place: "a spokesman for".
func isFarther(text string, before Span) bool {
	word, gap := wordBefore(text[:before.End], before.End)
	if isSpace(gap) && word.Of(text) == "the" {
		word, gap = wordBefore(text[:word.Start], word.Start)
	}
	return isSpace(gap) && word.Start >= before.Start && classOf(word.Of(text)).has(farWord)
}

// isBody reports whether words, behind a state's adjective or capital, are a
// body of it.
func isBody(words string) bool {
	last, _ := wordBefore(words, len(words))
	if classOf(last.Of(words)).has(bodyWord) {
		return strings.IndexByte(words, ',') < 0
	}
	first, gap := wordBefore(words, last.Start)
	return isSpace(gap) && classOfPhrase(first.Of(words), last.Of(words)).has(bodyWord) // "state media"
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
