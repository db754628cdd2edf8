package scoring

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// words steps through the words of a text. A word is a run of letters, digits
// and what joins them in names ("AT&T", "Disney+"); an acronym with stops
// ("U.S.") is one word; in scripts that set no spaces each character is one.
// Hyphens and apostrophes part words, so that "Trump-era" and "Trump's" hold
// the word "Trump".
type words struct {
	text string
	word Span // the current word
	gap  Span // what parts it from the word before
}

// next moves to the next word and reports whether there is one.
func (w *words) next() bool {
	w.gap.Start = w.word.End
	if w.isInitial() {
		w.gap.Start++ // "John F. Kennedy" has the gaps of "John F Kennedy"
	}
	for at := w.word.End; at < len(w.text); {
		r, size := utf8.DecodeRuneInString(w.text[at:])
		if isAlnum(r) {
			w.gap.End = at
			w.word = Span{at, at + wordLen(w.text[at:], r, size)}
			return true
		}
		at += size
	}
	return false
}

// isInitial reports whether the current word is one capital before a stop.
func (w *words) isInitial() bool {
	if w.word.End == len(w.text) || w.text[w.word.End] != '.' {
		return false
	}
	r, size := utf8.DecodeRuneInString(w.text[w.word.Start:])
	return size == w.word.End-w.word.Start && unicode.IsUpper(r)
}

// wordLen returns the length in bytes of the word that starts text with the
// rune first, of size bytes.
func wordLen(text string, first rune, size int) int {
	if isUnspaced(first) {
		return size
	}
	if n := acronymLen(text); n > 0 {
		return n
	}
	end := size
	for end < len(text) {
		r, size := utf8.DecodeRuneInString(text[end:])
		next, _ := utf8.DecodeRuneInString(text[end+size:])
		switch {
		case isUnspaced(r):
			return end
		case isAlnum(r):
		case r == '&' && isAlnum(next): // AT&T
		case r == '+' && !isAlnum(next): // Disney+
		case r < utf8.RuneSelf:
			return end
		case unicode.Is(unicode.M, r): // accents
		case unicode.Is(unicode.Cf, r) && isAlnum(next): // soft hyphens
		default:
			return end
		}
		end += size
	}
	return end
}

// acronymLen returns the length of the acronym with stops that starts text:
// two or more single letters, each but perhaps the last with its stop. It is 0
// if there is none.
func acronymLen(text string) int {
	end, letters := 0, 0
	for {
		r, size := utf8.DecodeRuneInString(text[end:])
		if !unicode.IsLetter(r) || isUnspaced(r) {
			break
		}
		after, _ := utf8.DecodeRuneInString(text[end+size:])
		if after == '.' {
			size++
		} else if isAlnum(after) {
			break // the first letter of a longer word
		}
		end, letters = end+size, letters+1
		if after != '.' {
			break
		}
	}
	if letters < 2 {
		return 0
	}
	return end
}

// isAlnum reports whether r can begin a word.
func isAlnum(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// isUnspaced reports whether r belongs to a script that sets no spaces between
// words, or glues its particles to the names, as Korean does.
func isUnspaced(r rune) bool {
	return r >= 0x0e00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul,
		unicode.Thai, unicode.Lao, unicode.Myanmar, unicode.Khmer)
}

// appendSpelling appends word to dst as words are compared: composed, without
// the stops of an acronym and without invisible characters.
func appendSpelling(dst []byte, word string) []byte {
	start := len(dst)
	for i := range len(word) {
		c := word[i]
		if c >= utf8.RuneSelf {
			return norm.NFC.AppendString(dst[:start], strings.Map(visible, word))
		}
		if c != '.' {
			dst = append(dst, c)
		}
	}
	return dst
}

// visible drops what [appendSpelling] leaves out.
func visible(r rune) rune {
	if r == '.' || unicode.Is(unicode.Cf, r) {
		return -1
	}
	return r
}

// capitals returns the spelling of word in capitals, in buf if there is room.
func capitals(buf []byte, word string) []byte {
	buf = appendSpelling(buf[:0], word)
	for i, c := range buf {
		if c >= utf8.RuneSelf {
			return bytes.ToUpper(buf)
		}
		if 'a' <= c && c <= 'z' {
			buf[i] = c - 'a' + 'A'
		}
	}
	return buf
}

// normalGap returns what parts two words so that gaps compare equal: white
// space as one space, or as a line break if it holds a blank line; a hyphen as
// a space; apostrophes straight; nothing invisible.
func normalGap(gap string) string {
	if gap == " " || isHyphen(gap) {
		return " "
	}
	var b strings.Builder
	for rest := gap; rest != ""; {
		trimmed := strings.TrimLeftFunc(rest, unicode.IsSpace)
		if space := rest[:len(rest)-len(trimmed)]; isBlankLine(space) {
			b.WriteByte('\n')
		} else if space != "" {
			b.WriteByte(' ')
		}
		r, size := utf8.DecodeRuneInString(trimmed)
		switch {
		case r == '’', r == '‘':
			b.WriteByte('\'')
		case !unicode.Is(unicode.Cf, r):
			b.WriteString(trimmed[:size])
		}
		rest = trimmed[size:]
	}
	return b.String()
}

// isHyphen reports whether gap is a hyphen, breaking or not.
func isHyphen(gap string) bool { return gap == "-" || gap == "\u2010" || gap == "\u2011" }
