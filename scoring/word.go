package scoring

import (
	"math/bits"
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
	word Span   // the current word
	gap  Span   // what parts it from the word before
	hash uint32 // of its capitals
}

// next moves to the next word and reports whether there is one.
func (w *words) next() bool {
	word, hash := firstWord(w.text, w.word.End)
	w.gap = gapOf(w.text, w.word, word)
	w.word, w.hash = word, hash
	return word.Len() > 0
}

// gapOf returns what parts a word from the next.
func gapOf(text string, word, next Span) Span {
	gap := Span{word.End, next.Start}
	if gap.Len() > 0 && text[gap.Start] == '.' && isInitial(word.Of(text)) {
		gap.Start++ // "John F. Kennedy" has the gaps of "John F Kennedy"
	}
	return gap
}

// firstWord returns the first word of text from an offset on, an empty one if
// there is none, and its hash. Nearly all words are ASCII and end plainly: those
// are hashed in the pass that finds their end, and the others looked at again.
func firstWord(text string, at int) (Span, uint32) {
	for at < len(text) && byteSorts[text[at]] < plainByte {
		at++
	}
	if at < len(text) && text[at] >= utf8.RuneSelf {
		at = firstAlnum(text, at)
	}
	start := at
	var h hash
	at = h.addPlain(text, at)
	if at == len(text) || byteSorts[text[at]] == partsWords || text[at] == '.' && at-start > 1 {
		return Span{start, at}, h.sum()
	}
	r, size := utf8.DecodeRuneInString(text[start:])
	if n := wordLen(text[start:], r, size); n != at-start {
		at = start + n
		h = hashOf(text[start:at])
	}
	return Span{start, at}, h.sum()
}

// firstAlnum returns the place of the first rune from an offset on that can
// begin a word.
func firstAlnum(text string, at int) int {
	for at < len(text) && byteSorts[text[at]] != plainByte {
		r, size := utf8.DecodeRuneInString(text[at:])
		if isAlnum(r) {
			break
		}
		at += size
	}
	return at
}

// byteSort is what a byte tells of words by itself.
type byteSort uint8

const (
	partsWords byteSort = iota // as a space does
	joinsWords                 // may stand in a word, but not begin one
	plainByte                  // a letter or a digit in ASCII
	wideByte                   // of a rune that is not ASCII
)

// byteSorts holds the sort of each byte.
var byteSorts = func() (sorts [256]byteSort) {
	for c := range len(sorts) {
		r := rune(c)
		switch {
		case r >= utf8.RuneSelf:
			sorts[c] = wideByte
		case isAlnum(r):
			sorts[c] = plainByte
		case r == '&', r == '+', r == '.':
			sorts[c] = joinsWords
		}
	}
	return sorts
}()

// isPlain reports whether c is a letter or a digit in ASCII.
func isPlain(c byte) bool { return byteSorts[c] == plainByte }

// hash is the state of a hash over the capitals of a word. It takes eight bytes
// at a time, as in a text a byte at a time would cost more than all the rest.
type hash struct {
	state uint64
	chunk uint64 // what came after the last eight, the first in the lowest bits
	n     int    // bytes of chunk
}

// add adds the byte c, for a small letter its capital.
func (h *hash) add(c byte) {
	h.chunk |= uint64(c|smallBit) << (8 * h.n)
	if h.n++; h.n == 8 {
		h.state, h.chunk, h.n = mix(h.state, h.chunk), 0, 0
	}
}

// addPlain adds the plain bytes of text from an offset on and returns where they
// end. The hash must be new.
func (h *hash) addPlain(text string, at int) int {
	for at+8 <= len(text) {
		eight := eightBytes(text[at : at+8])
		n := plainPrefix(eight)
		eight |= smallBit * ones
		if n < 8 {
			h.chunk, h.n = eight&(1<<(8*n)-1), n
			return at + n
		}
		h.state = mix(h.state, eight)
		at += 8
	}
	for ; at < len(text) && isPlain(text[at]); at++ {
		h.add(text[at])
	}
	return at
}

// sum returns the hash.
func (h *hash) sum() uint32 { return uint32(mix(h.state, h.chunk)) }

// mix returns a state that depends on all bits of another and of a chunk.
func mix(state, chunk uint64) uint64 {
	high, low := bits.Mul64(state^chunk^0x9e3779b97f4a7c15, 0xa0761d6478bd642f)
	return high ^ low
}

// What tells the sorts of eight bytes at once: a one in each of them, the bit
// that makes a capital small, and the bit that no byte in ASCII has.
const (
	ones     = 0x0101010101010101
	smallBit = 0x20
	wideBit  = 0x80
)

// eightBytes returns the first eight bytes of text, the first in the lowest
// bits.
func eightBytes(text string) uint64 {
	_ = text[7]
	return uint64(text[0]) | uint64(text[1])<<8 | uint64(text[2])<<16 | uint64(text[3])<<24 |
		uint64(text[4])<<32 | uint64(text[5])<<40 | uint64(text[6])<<48 | uint64(text[7])<<56
}

// plainPrefix returns how many of eight bytes are plain before the first that is
// not.
func plainPrefix(eight uint64) int {
	low := eight &^ (wideBit * ones) // so that sums stay within their byte
	small := low | smallBit*ones
	letters := (small + (wideBit-'a')*ones) ^ (small + (wideBit-'z'-1)*ones)
	digits := (low + (wideBit-'0')*ones) ^ (low + (wideBit-'9'-1)*ones)
	plain := (letters | digits) &^ eight & (wideBit * ones)
	return bits.TrailingZeros64(plain^wideBit*ones) / 8
}

// hashOf returns the state after the capitals of word.
func hashOf(word string) hash {
	var h hash
	for i := 0; ; i++ {
		if i == len(word) {
			return h
		}
		if word[i] >= utf8.RuneSelf {
			break
		}
		if word[i] != '.' {
			h.add(word[i])
		}
	}
	h = hash{}
	var buf [64]byte
	for _, c := range capitals(buf[:0], word) {
		h.add(c)
	}
	return h
}

// isInitial reports whether word is one capital.
func isInitial(word string) bool {
	r, size := utf8.DecodeRuneInString(word)
	return size == len(word) && unicode.IsUpper(r)
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

// isAlnum reports whether r can begin a word. Dashes and curly quotes, which a
// text is full of, are told from letters by their block.
func isAlnum(r rune) bool {
	const first, last = 0x2000, 0x206f // General Punctuation
	return (r < first || r > last) && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// isUnspaced reports whether r belongs to a script that sets no spaces between
// words, or glues its particles to the names, as Korean does.
func isUnspaced(r rune) bool {
	return r >= 0x0e00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul,
		unicode.Thai, unicode.Lao, unicode.Myanmar, unicode.Khmer)
}

// spelling returns word as words are compared: composed, without the stops of
// an acronym and without invisible characters.
func spelling(word string) string { return strings.Map(audible, composed(word)) }

// audible drops what [spelling] leaves out.
func audible(r rune) rune {
	if r == '.' || r >= utf8.RuneSelf && unicode.Is(unicode.Cf, r) {
		return -1
	}
	return r
}

// composed returns word with its accents composed. Only a word that holds
// loose ones costs memory.
func composed(word string) string {
	if norm.NFC.QuickSpanString(word) == len(word) {
		return word
	}
	return norm.NFC.String(strings.Map(audible, word))
}

// capitals returns the spelling of word in capitals, in buf if there is room.
func capitals(buf []byte, word string) []byte {
	buf = buf[:0]
	for i := range len(word) {
		c := word[i]
		if c >= utf8.RuneSelf {
			return otherCapitals(buf, word)
		}
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		if c != '.' {
			buf = append(buf, c)
		}
	}
	return buf
}

// otherCapitals is [capitals] for a word that is not all ASCII.
func otherCapitals(buf []byte, word string) []byte {
	buf = buf[:0]
	for _, r := range composed(word) {
		if r = audible(r); r >= 0 {
			buf = utf8.AppendRune(buf, unicode.ToUpper(r))
		}
	}
	return buf
}

// suits reports whether word has the letters of the spelling want, or their
// capitals.
func suits(word, want string) bool {
	if word == want {
		return true
	}
	for _, r := range composed(word) {
		if audible(r) < 0 {
			continue
		}
		w, size := utf8.DecodeRuneInString(want)
		if r != w && r != unicode.ToUpper(w) {
			return false
		}
		want = want[size:]
	}
	return want == ""
}

// appendGap appends to dst what parts two words so that gaps compare equal:
// white space as one space, or as a line break if it holds a blank line; a
// hyphen as a space; apostrophes straight; nothing invisible.
func appendGap(dst []byte, gap string) []byte {
	if gap == " " || isHyphen(gap) {
		return append(dst, ' ')
	}
	for rest := gap; rest != ""; {
		trimmed := strings.TrimLeftFunc(rest, unicode.IsSpace)
		if space := rest[:len(rest)-len(trimmed)]; isBlankLine(space) {
			dst = append(dst, '\n')
		} else if space != "" {
			dst = append(dst, ' ')
		}
		r, size := utf8.DecodeRuneInString(trimmed)
		switch {
		case r == '’', r == '‘':
			dst = append(dst, '\'')
		case !unicode.Is(unicode.Cf, r):
			dst = append(dst, trimmed[:size]...)
		}
		rest = trimmed[size:]
	}
	return dst
}

// isHyphen reports whether gap is a hyphen, breaking or not.
func isHyphen(gap string) bool { return gap == "-" || gap == "\u2010" || gap == "\u2011" }
