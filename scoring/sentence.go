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
// between them; nothing else of the text is left out. It takes time in
// proportion to the text, whatever it is.
//
// A blank line ends a sentence, with a stop or without, so that a headline is
// one; a single line break does only before an item of a list. A stop ends a
// sentence together with the quotes and brackets that close behind it, if white
// space and no small letter follow, nor who said the quote ("Why?" Kim asked).
// After an abbreviation it takes more: a title ("Gen.") never ends a sentence;
// an initial, an acronym ("U.S.") or another abbreviation ("Inc.") does before
// a word that seldom is part of a name ("The"), but not in a headline. In doubt
// a sentence goes on. The rules are those of English news.
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
		if goesOnPlainly(text[at:]) && at > start {
			at++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[at:])
		switch {
		case unicode.IsSpace(r):
			size = spaceLen(text[at:])
			if at == start || partsLines(text[at:at+size], text[at+size:]) {
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

// goesOnPlainly reports whether text starts with a letter or the like in ASCII,
// or one space before such, where nothing ends: most bytes, which need no
// closer look.
func goesOnPlainly(text string) bool {
	c := text[0]
	if c == ' ' && len(text) > 1 {
		c = text[1]
	}
	return isPlain(c) || c == ',' || c == '-'
}

// endsSentence reports whether stop, one stop or more with the quotes that
// close behind it, parts the sentence before it from the text after it.
func endsSentence(before, stop, after string) bool {
	if before == "" || strings.HasSuffix(before, "(") || strings.HasSuffix(before, "[") {
		return false // "... and so on", "the [...] deal"
	}
	if r, _ := utf8.DecodeRuneInString(stop); isWideStop(r) {
		return true
	}
	space := spaceLen(after)
	if space == 0 {
		return false // "3.5", "example.org"
	}
	rest := strings.TrimLeftFunc(after[space:], func(r rune) bool { return isOpening(r) || unicode.IsSpace(r) })
	opening := after[space : len(after)-len(rest)]
	if goesOn(rest) {
		return false
	}
	if stop[0] != '.' || strings.ContainsAny(stop[1:], ".!?…") {
		last, _ := utf8.DecodeLastRuneInString(stop)
		return opening != "" || !isClosing(last) || !namesSpeaker(rest)
	}
	if isNumber(before) {
		return false // "1. The first of a list"
	}
	return endsAfter(lastWord(before), before, opening, rest)
}

// endsAfter reports whether one stop behind word, the last of what is before,
// parts it from rest, with opening between them.
func endsAfter(word, before, opening, rest string) bool {
	before = strings.TrimSuffix(before, word)
	switch endingOf(word) {
	case endsNever:
		return false
	case endsUnlessNumber:
		return !startsWith(rest, unicode.IsDigit)
	case endsUnlessTime:
		return endsTime(before, rest)
	case endsBeforeOpener:
		return isQuotes(opening) && startsSentence(before, rest)
	case endsAfterComma:
		return isQuotes(opening) && (endsPlace(before, rest) || startsSentence(before, rest))
	}
	return true
}

// goesOn reports whether text, behind a stop and white space, goes on with the
// sentence whatever the stop is.
func goesOn(text string) bool {
	r, size := utf8.DecodeRuneInString(text)
	if unicode.IsLower(r) {
		return !startsWith(text[size:], unicode.IsUpper) // "iPhone" may start one
	}
	return r == ',' || isStop(r) // ". . ."
}

// endsTime reports whether rest starts a sentence behind "p.m.". That may go on
// with a day or a zone ("5 p.m. Moscow time"), and with any name unless "at" or
// the like is before it ("a 5 p.m. Trump rally").
func endsTime(before, rest string) bool {
	next, tail := cutWord(rest)
	second, _ := cutWord(strings.TrimLeft(tail, " "))
	if next == "" || followsTime(next) || second == "time" || strings.HasPrefix(tail, ".") {
		return false
	}
	const longest = 16 // bytes of " around 12:30"
	hour := before[max(0, len(before)-longest):]
	if leadsTime(lastWord(strings.TrimRight(hour, "0123456789: "))) && !isHeadline(before, rest) {
		return true
	}
	return startsSentence(before, rest)
}

// startsSentence reports whether rest, behind an abbreviation, starts with a
// word that starts many sentences and few names.
func startsSentence(before, rest string) bool {
	word, tail := cutWord(rest)
	if strings.HasPrefix(tail, ".") || strings.HasPrefix(tail, "-") || isStart(before) {
		return false // "J. A. Smith", "J. In-ho", "A. The first"
	}
	switch word = titleCase(word); {
	case word == "The":
		return true
	case isOpener(word):
		return !isHeadline(before, rest)
	case isPlainOpener(word):
		return startsWith(strings.TrimLeft(tail, " "), unicode.IsLower) && !isHeadline(before, rest)
	}
	return false
}

// endsPlace reports whether rest starts a sentence behind a state that stands
// behind a comma: "Scranton, Pa."
func endsPlace(before, rest string) bool {
	next, tail := cutWord(rest)
	return strings.HasSuffix(before, ", ") && next != "" && !strings.HasPrefix(tail, ".") && !isHeadline(before, rest)
}

// isHeadline reports whether the words around an abbreviation all have
// capitals, but for those that a headline writes small.
func isHeadline(before, rest string) bool {
	const window = 40 // bytes on either side; prose has a small word in fewer
	if cut := len(before) - window; cut > 0 {
		_, before, _ = strings.Cut(before[cut:], " ")
	}
	line, _, _ := strings.Cut(rest[:min(len(rest), window)], "\n")
	for _, text := range []string{before, line} {
		for text != "" {
			word, tail := cutWord(text)
			if startsWith(word, unicode.IsLower) && !isSmallWord(word) {
				return false
			}
			_, size := utf8.DecodeRuneInString(tail)
			text = tail[size:]
		}
	}
	return true
}

// namesSpeaker reports whether text, behind a quote, starts with a name and a
// verb that tells whose words the quote is: "Kim Jong Un asked". A capital may
// as well start the next sentence: "Kim said he asked".
func namesSpeaker(text string) bool {
	const longest = 8 // words
	for range longest {
		word, tail := cutWord(text)
		if startsWith(word, unicode.IsLower) {
			next, _ := cutWord(strings.TrimLeft(tail, " "))
			return isSpeech(word) && !isSubject(next)
		}
		if word == "" || isOpener(word) {
			return false
		}
		text = strings.TrimPrefix(strings.TrimLeft(tail, ".-'’"), " ") // "Mr. Kim Jong-un"
	}
	return false
}

// cutWord parts text behind the letters that start it.
func cutWord(text string) (word, rest string) {
	rest = strings.TrimLeftFunc(text, unicode.IsLetter)
	return text[:len(text)-len(rest)], rest
}

// lastWord returns the letters and inner stops that end text; of a long run of
// them, the end.
func lastWord(text string) string {
	const longest = 24 // bytes, more than any abbreviation has
	text = text[max(0, len(text)-longest):]
	before := strings.TrimRightFunc(text, func(r rune) bool { return r == '.' || unicode.IsLetter(r) })
	return text[len(before):]
}

// isStart reports whether a sentence has no word so far, but a bracket or some
// quotes.
func isStart(before string) bool {
	const longest = 12 // bytes, lest a megabyte of brackets be read at each stop
	return len(before) <= longest && strings.TrimLeftFunc(before, isOpening) == ""
}

// isQuotes reports whether there are only quotes in what opens a sentence: "Fla.
// (AP) -" goes on.
func isQuotes(opening string) bool { return strings.Trim(opening, "\"'“‘«") == "" }

// startsWith reports whether the first character of text is one of class.
func startsWith(text string, class func(rune) bool) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return class(r)
}

// isNumber reports whether the sentence is nothing but a number so far.
func isNumber(sentence string) bool {
	sentence = strings.TrimSpace(sentence)
	return sentence != "" && len(sentence) <= 3 && strings.Trim(sentence, "0123456789") == ""
}

// partsLines reports whether white space parts the text before it from rest: a
// blank line does, and a line break before an item of a list.
func partsLines(space, rest string) bool {
	if isBlankLine(space) {
		return true
	}
	if !strings.Contains(space, "\n") {
		return false
	}
	mark, _, ok := strings.Cut(rest[:min(len(rest), 4)], " ")
	if !ok {
		return false
	}
	switch mark {
	case "-", "*", "•", "▪", "◦", "‣", "●", "■":
		return true
	}
	number := strings.TrimRight(mark, ".)")
	return number != mark && isNumber(number)
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
