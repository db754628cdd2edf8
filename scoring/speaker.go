package scoring

import (
	"cmp"
	"slices"
	"sort"
	"strings"
)

// speaker is a source of a text and whose voice it is.
type speaker struct {
	source Span
	voice  string
	actor  bool // voice is an actor's name, not the source's words
}

// sourcesOf are the sources of attributions, in order and each once.
func sourcesOf(attributions []Attribution) []Span {
	var sources []Span
	for _, a := range attributions {
		if a.Source != nil {
			sources = append(sources, *a.Source)
		}
	}
	slices.SortFunc(sources, func(a, b Span) int { return cmp.Or(a.Start-b.Start, a.End-b.End) })
	return slices.Compact(sources)
}

// speakers returns the voices of the sources of a text, which are in order. Those
// in the first person are left out: whoever speaks around them is meant.
func speakers(text string, mentions []Mention, sources []Span, persons map[string]bool) map[Span]string {
	voices := make(map[Span]string, len(sources))
	var last speaker
	for _, source := range sources {
		s := speakerOf(source, text, mentions)
		switch pronoun := strings.ToLower(s.voice); {
		case s.actor:
		case isFirstPerson(s.voice):
			continue
		case isThirdPerson(pronoun) && last.answers(pronoun, source, text, persons):
			s.voice, s.actor = last.voice, last.actor
		}
		voices[source], last = s.voice, s
	}
	return voices
}

// answers reports whether a pronoun as the next source means s again: the one who
// spoke last, no farther back than the paragraph before. Whom he and she mean
// among actors the [Finder] knows better.
func (s speaker) answers(pronoun string, next Span, text string, persons map[string]bool) bool {
	switch between := text[min(s.source.End, next.Start):next.Start]; {
	case s.voice == "", strings.Count(between, "\n\n") > 1, isThirdPerson(strings.ToLower(s.voice)):
		return false
	case pronoun == "it" || pronoun == "its":
		return !s.actor || !persons[s.voice]
	case nominative(pronoun) != "":
		return !s.actor && isSomeone(s.voice)
	default:
		return !s.actor
	}
}

// isSomeone reports whether the words of a source are a person: a role or a given
// name is among them.
func isSomeone(words string) bool {
	for word := range strings.FieldsSeq(words) {
		if classOf(strings.Trim(word, ",.")).has(personRole | titleRole | givenName) {
			return true
		}
	}
	return false
}

// isFirstPerson minds the case: "US" is a country.
func isFirstPerson(word string) bool {
	switch word {
	case "I", "me", "my", "My", "we", "We", "us", "our", "Our":
		return true
	}
	return false
}

func isThirdPerson(pronoun string) bool {
	return nominative(pronoun) != "" || pronoun == "it" || pronoun == "its" || pronoun == "they" || pronoun == "their"
}

// speakerOf is the actor that a source refers to, or else the source's words. The
// actor is the one mentioned at its end ("U.S. President Donald Trump", "he"), or
// at its start before more on it ("Kim, who rules the country", "Kim on Saturday"),
// or the state whose body it is ("the South Korean military"), or the one before it
// ("Kim, [who]"). "Trump's lawyer" is not Trump, nor is "a woman from South Korea"
// that country.
func speakerOf(source Span, text string, mentions []Mention) speaker {
	first := sort.Search(len(mentions), func(i int) bool { return mentions[i].Span.End > source.Start })
	last := first + sort.Search(len(mentions)-first, func(i int) bool { return mentions[first+i].Span.Start >= source.End })
	words := trimmed(source, text, mentions[first:last])
	s := speaker{source: source, voice: strings.Join(strings.Fields(words.Of(text)), " ")}
	is := func(actor string) speaker { return speaker{source, actor, true} }
	for first < last && mentions[first].Span.Start < words.Start {
		first++
	}
	if isRelative(s.voice) && first > 0 {
		if m := mentions[first-1]; isAside(text[m.Span.End:max(words.Start, m.Span.End)]) {
			return is(m.Actor)
		}
	}
	for _, m := range mentions[first:] {
		switch {
		case m.Span.End > words.End:
			return s
		case m.Span.End == words.End:
			if isFarther(text, Span{words.Start, m.Span.Start}) {
				return s
			}
			return is(m.Actor)
		case m.Span.Start == words.Start && isFollowed(text, m.Span.End):
			return is(m.Actor)
		case m.Kind == KindMetonym && isBody(text[m.Span.End:words.End]):
			s = is(m.Actor)
		}
	}
	return s
}

// isFollowed reports whether what comes behind a mention that opens a source says
// more of it, rather than what it has or is part of: a clause, a preposition.
func isFollowed(text string, at int) bool {
	word, gap := wordAfter(text, at)
	return gap == ", " || isSpace(gap) && (word.Of(text) == "on" || classOf(word.Of(text)).has(farWord))
}

// trimmed is a source without a preposition before it ("according to KCNA") and,
// behind a mention, without a possessive ("KCNA's").
func trimmed(source Span, text string, mentions []Mention) Span {
	for _, preposition := range []string{"to ", "by ", "from "} {
		if words := source.Of(text); len(words) > len(preposition) && strings.EqualFold(words[:len(preposition)], preposition) {
			source.Start += len(preposition)
		}
	}
	for _, possessive := range []string{"'s", "’s"} {
		end := source.End - len(possessive)
		if strings.HasSuffix(source.Of(text), possessive) && slices.ContainsFunc(mentions, func(m Mention) bool { return m.Span.End == end }) {
			source.End = end
		}
	}
	return source
}

func isRelative(word string) bool { return word == "who" || word == "which" }

// isAside reports whether what lies between a name and a relative pronoun lets
// that mean the name.
func isAside(between string) bool { return isSpace(strings.TrimPrefix(between, ",")) }

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
