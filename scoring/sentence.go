package scoring

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Span is a part of a text: byte offsets, half open.
type Span struct{ Start, End int }

// Of returns the part of text that s covers; s must lie within it.
func (s Span) Of(text string) string { return text[s.Start:s.End] }

// Len returns the length of s in bytes.
func (s Span) Len() int { return s.End - s.Start }

// Holds reports whether t lies within s.
func (s Span) Holds(t Span) bool { return s.Start <= t.Start && t.End <= s.End }

// Sentences returns the sentences of text in order, without the white space
// between them; nothing else of the text is left out.
//
// A blank line ends a sentence, with a stop or without, so that a headline is
// one; a single line break does not. A stop ends a sentence together with the
// quotes and brackets that close behind it, if white space and no small letter
// follow. After an abbreviation it takes more: a title ("Gen.") never ends a
// sentence; an initial, an acronym ("U.S.") or another abbreviation ("Inc.")
// does before a word that seldom is part of a name ("The"). The rules are those
// of English news.
func Sentences(text string) []Span {
	var sentences []Span
	start := 0
	cut := func(end int) {
		if s := trim(text, Span{start, end}); s.Start < s.End {
			sentences = append(sentences, s)
		}
		start = end
	}
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		switch {
		case unicode.IsSpace(r):
			size = spaceLen(text[at:])
			if at == start || isBlankLine(text[at:at+size]) {
				cut(at + size)
			}
		case isStop(r):
			size = stopLen(text[at:])
			if endsSentence(text[start:at], text[at:at+size], text[at+size:]) {
				cut(at + size)
			}
		}
		at += size
	}
	cut(len(text))
	return sentences
}

// endsSentence reports whether stop, one stop or more with the quotes that
// close behind it, parts the sentence before it from the text after it.
func endsSentence(before, stop, after string) bool {
	if before == "" {
		return false // "... and so on"
	}
	if r, _ := utf8.DecodeRuneInString(stop); isWideStop(r) {
		return true
	}
	space := spaceLen(after)
	if space == 0 {
		return false // "3.5", "example.org"
	}
	after = strings.TrimLeftFunc(after[space:], isOpening)
	next, _ := utf8.DecodeRuneInString(after)
	if unicode.IsLower(next) || isStop(next) || next == ',' {
		return false // `"Why?" he asked`, ". . ."
	}
	if strings.Count(stop, ".") != 1 || stop[0] != '.' {
		return true
	}
	if isNumber(before) {
		return false // "1. The first of a list"
	}
	word := lastWord(before)
	if isTitleAbbreviation(titleCase(word)) {
		return false
	}
	if isAcronym(word) || isAbbreviation(titleCase(word)) {
		return startsSentence(after)
	}
	return true
}

// startsSentence reports whether text starts with a word that starts many
// sentences and few names.
func startsSentence(text string) bool {
	end := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) })
	if end < 0 {
		end = len(text)
	}
	if strings.HasPrefix(text[end:], ".") {
		return false // an initial: "J. A. Smith"
	}
	return isOpener(titleCase(text[:end]))
}

// lastWord returns the letters and inner stops that end text; of a long run of
// them, the end.
func lastWord(text string) string {
	const longest = 24 // bytes, more than any abbreviation has
	text = text[max(0, len(text)-longest):]
	before := strings.TrimRightFunc(text, func(r rune) bool { return r == '.' || unicode.IsLetter(r) })
	return text[len(before):]
}

// isNumber reports whether the sentence is nothing but a number so far.
func isNumber(sentence string) bool {
	sentence = strings.TrimSpace(sentence)
	return sentence != "" && len(sentence) <= 3 && strings.Trim(sentence, "0123456789") == ""
}

// stopLen returns the length of the stops that start text and of the quotes
// and brackets that close among and behind them.
func stopLen(text string) int {
	return len(text) - len(strings.TrimLeftFunc(text, func(r rune) bool { return isStop(r) || isClosing(r) }))
}

// spaceLen returns the length of the white space that starts text.
func spaceLen(text string) int {
	return len(text) - len(strings.TrimLeftFunc(text, unicode.IsSpace))
}

// isBlankLine reports whether white space parts two paragraphs.
func isBlankLine(space string) bool {
	return strings.Count(space, "\n") > 1 || strings.Contains(space, "\u2029")
}

func isStop(r rune) bool     { return r == '.' || r == '!' || r == '?' || r == '…' || isWideStop(r) }
func isWideStop(r rune) bool { return r == '。' || r == '！' || r == '？' }
func isClosing(r rune) bool  { return strings.ContainsRune("\"'”’»)]}」』", r) }
func isOpening(r rune) bool  { return strings.ContainsRune("\"'“‘«([{「『-–—", r) }

// trim returns s without the white space at its ends.
func trim(text string, s Span) Span {
	rest := strings.TrimLeftFunc(s.Of(text), unicode.IsSpace)
	return Span{s.End - len(rest), s.End - len(rest) + len(strings.TrimRightFunc(rest, unicode.IsSpace))}
}
