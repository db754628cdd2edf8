package scoring

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// wordBefore returns the word before a place in text and what parts it from
// there; the word is empty where there is none. An acronym is without its last
// stop.
func wordBefore(text string, at int) (word Span, gap string) {
	end := at
	for end > 0 && !isPlain(text[end-1]) {
		r, size := utf8.DecodeLastRuneInString(text[:end])
		if isLetterly(r) {
			break
		}
		end -= size
	}
	start := end
	for start > 0 {
		if isPlain(text[start-1]) {
			start--
			continue
		}
		r, size := utf8.DecodeLastRuneInString(text[:start])
		if !isLetterly(r) && (r != '.' || !endsInInitial(text[:start-size])) {
			break
		}
		start -= size
	}
	return Span{start, end}, text[end:at]
}

// isLetterly reports whether r is a letter, a digit, or an accent by itself.
func isLetterly(r rune) bool {
	return isAlnum(r) || r >= utf8.RuneSelf && unicode.Is(unicode.M, r)
}

// endsInInitial reports whether text ends with a letter by itself.
func endsInInitial(text string) bool {
	r, size := utf8.DecodeLastRuneInString(text)
	before, _ := utf8.DecodeLastRuneInString(text[:len(text)-size])
	return unicode.IsLetter(r) && !isAlnum(before)
}

// wordAfter returns the word after a place in text and what parts it from
// there; the word is empty where there is none.
func wordAfter(text string, at int) (word Span, gap string) {
	word, _ = firstWord(text, at)
	return word, text[at:word.Start]
}

// neighbour is the word beside a place in a text; an empty one is none known.
type neighbour struct {
	at    int
	word  Span
	class class // of a word after the place
}

// wordBefore is the function of the same name on the text, which remembers
// the last answer: several questions are asked about each name.
func (r *resolver) wordBefore(at int) (word Span, gap string) {
	if r.left.at != at || r.left.word.Len() == 0 {
		word, _ := wordBefore(r.text, at)
		r.left = neighbour{at: at, word: word}
	}
	return r.left.word, r.text[r.left.word.End:at]
}

// wordAfter is the same on the other side.
func (r *resolver) wordAfter(at int) (word Span, gap string) {
	word, _ = r.after(at)
	return word, r.text[at:word.Start]
}

// after returns the word after a place and its class. In a row of names it is
// the next phrase found, of which both are known.
func (r *resolver) after(at int) (Span, class) {
	if r.right.at != at || r.right.word.Len() == 0 {
		if m := r.found; len(m) > 0 && m[0].words == 1 && m[0].span.Start == at+1 && r.text[at] == ' ' {
			return m[0].span, m[0].class
		}
		word, hash := firstWord(r.text, at)
		r.right = neighbour{at, word, tables().class(hash, word.Of(r.text))}
	}
	return r.right.word, r.right.class
}

// adjoins reports whether one space parts a place from what was resolved last,
// so that the word before belongs to that and need not be looked at. Where it
// does not, that may be so as well.
func (r *resolver) adjoins(at int) bool { return at == r.end+1 && r.text[r.end] == ' ' }

// isSpace reports whether a gap between words is white space, short of a blank
// line.
func isSpace(gap string) bool { return gap == " " || isOtherSpace(gap) }

// isOtherSpace is [isSpace] for all but the one space that nearly all gaps are.
func isOtherSpace(gap string) bool {
	return gap != "" && spaceLen(gap) == len(gap) && !isBlankLine(gap)
}

// joins reports whether the gap behind word leaves it in one name or phrase
// with what follows: white space, behind an initial or "Mr" with a stop.
func joins(word, gap string) bool {
	rest, stop := strings.CutPrefix(gap, ".")
	return isSpace(rest) && (!stop || isAcronym(word) || endingOf(word) == endsNever)
}

// possessiveLen returns the length of the possessive ending that starts rest,
// behind a name: 's or, behind an s, the apostrophe alone.
func possessiveLen(name, rest string) int {
	mark := 1
	switch {
	case strings.HasPrefix(rest, "’"):
		mark = len("’")
	case !strings.HasPrefix(rest, "'"):
		return 0
	}
	rest = rest[mark:]
	next, _ := utf8.DecodeRuneInString(rest)
	if next == 's' || next == 'S' {
		if after, _ := utf8.DecodeRuneInString(rest[1:]); !isAlnum(after) {
			return mark + 1
		}
	}
	if last := name[len(name)-1]; !isAlnum(next) && (last == 's' || last == 'S') {
		return mark
	}
	return 0
}

// opens reports whether a sentence, a quote or a clause behind a colon or dash
// opens at a place in text, so that the capital of the word there says nothing.
func opens(text string, at int) bool {
	before := strings.TrimRightFunc(text[:at], unicode.IsSpace)
	if before == "" || isBlankLine(text[len(before):at]) {
		return true
	}
	r, size := utf8.DecodeLastRuneInString(before)
	if r == '.' {
		word := lastWord(before[:len(before)-size])
		return endingOf(word) != endsNever && !isAcronym(word)
	}
	return !isLetterly(r) && !strings.ContainsRune(",&-'’", r)
}

// isCapital reports whether word starts with a capital.
func isCapital(word string) bool {
	if word != "" && word[0] < utf8.RuneSelf {
		return word[0]-'A' < 26
	}
	return startsWith(word, unicode.IsUpper)
}

// isSmall reports whether word starts with a small letter.
func isSmall(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return unicode.IsLower(r)
}

// isLoud reports whether word is two letters or more, none of them small.
func isLoud(word string) bool { return len(word) > 1 && !strings.ContainsFunc(word, unicode.IsLower) }

// seldomName reports whether a word that opens a sentence is more likely a
// common word than a name.
func seldomName(word string) bool {
	c := classOf(word)
	if c.has(givenName) {
		return c.has(openerWord) // "Mohammed" and "Kelly" are names
	}
	return c.has(openerWord|placeWord|actVerb|uponVerb) || endsIn(word, "ly") || endsIn(word, "ing") || endsIn(word, "ed")
}

// endsIn reports whether word ends in an ending, in whatever case.
func endsIn(word, ending string) bool {
	n := len(word) - len(ending)
	return n >= 0 && strings.EqualFold(word[n:], ending)
}
