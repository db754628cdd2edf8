package encoder

import (
	"cmp"
	"slices"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/unicode/rangetable"

	"tonewatch/scoring"
)

// role is what a character does to the words of a text.
type role uint8

const (
	letter  role = iota // is part of a word; so are symbols, and what is not known
	space               // parts words
	apart               // is a word by itself: punctuation
	han                 // is a word by itself once decomposed: Chinese
	accent              // is dropped after decomposition
	dropped             // is dropped before it: controls, formats, private use
	beyond              // is not ASCII
)

// characters knows Unicode as it was to the tokenizer that the weights were
// trained with, whose categories and decompositions are of two past versions:
// what came later is a letter that does not combine and has no parts.
type characters struct {
	ascii    [256]role
	assigned *unicode.RangeTable // by Unicode 8.0, that of the categories
	composed *unicode.RangeTable // by Unicode 9.0, that of the decompositions
}

func newCharacters() characters {
	c := characters{assigned: rangetable.Assigned("8.0.0"), composed: rangetable.Assigned("9.0.0")}
	for b := range c.ascii {
		switch r := rune(b); {
		case r >= utf8.RuneSelf:
			c.ascii[b] = beyond
		case r == ' ', r == '\t', r == '\n', r == '\r':
			c.ascii[b] = space
		case unicode.IsControl(r):
			c.ascii[b] = dropped
		case unicode.IsPunct(r), unicode.IsSymbol(r):
			c.ascii[b] = apart
		}
	}
	return c
}

// role returns the role of r, which beyond ASCII follows its category.
func (c *characters) role(r rune) role {
	switch {
	case r < utf8.RuneSelf:
		return c.ascii[r]
	case r == utf8.RuneError:
		return dropped
	case isHan(r):
		return han
	case !unicode.Is(c.assigned, r):
		return letter
	}
	switch r { // whose category has changed since
	case 0x166d, 0x111c9:
		return apart
	case 0x1734:
		return accent
	case 0x1885, 0x1886, 0xa9bd:
		return letter
	}
	switch {
	case unicode.IsLetter(r):
		return letter
	case unicode.IsPunct(r):
		return apart
	case unicode.Is(unicode.Mn, r):
		return accent
	case unicode.Is(unicode.Z, r):
		return space
	case unicode.Is(unicode.C, r):
		return dropped
	}
	return letter
}

// isHan reports whether r counts as Chinese. That one range starts at 2b920
// where its block does at 2b820 is a slip that the weights were trained with.
func isHan(r rune) bool {
	return 0x3400 <= r && r <= 0x4dbf || 0x4e00 <= r && r <= 0x9fff || 0xf900 <= r && r <= 0xfaff ||
		0x20000 <= r && r <= 0x2a6df || 0x2a700 <= r && r <= 0x2b81f || 0x2b920 <= r && r <= 0x2ceaf || 0x2f800 <= r && r <= 0x2fa1f
}

// cutAny appends the pieces of the words from start on, of any characters, up
// to a space or punctuation of ASCII, and returns where that is.
func (p *pieces) cutAny(t *tokens, start int) (end int) {
	for end = start; end < len(t.text); {
		r, size := utf8.DecodeRuneInString(t.text[end:])
		at := scoring.Span{Start: end, End: end + size}
		role := p.characters.role(r)
		if r < utf8.RuneSelf && (role == space || role == apart) {
			break
		}
		switch role {
		case dropped:
		case space:
			p.settle(t)
			p.endWord(t)
		case han:
			p.settle(t)
			p.endWord(t)
			p.decompose(t, r, at)
			p.endWord(t)
		default:
			p.decompose(t, r, at)
		}
		end += size
	}
	p.settle(t)
	p.endWord(t)
	return end
}

// decompose takes in the canonical decomposition of r, which lies at at.
func (p *pieces) decompose(t *tokens, r rune, at scoring.Span) {
	const first, last, vowels, finals = 0xac00, 0xd7a3, 21, 28 // Hangul syllables
	if first <= r && r <= last {
		r -= first
		p.place(t, mark{rune: 0x1100 + r/finals/vowels, at: at})
		p.place(t, mark{rune: 0x1161 + r/finals%vowels, at: at, added: true})
		if r%finals > 0 {
			p.place(t, mark{rune: 0x11a7 + r%finals, at: at, added: true})
		}
		return
	}
	var whole [utf8.UTFMax]byte
	parts := whole[:utf8.EncodeRune(whole[:], r)]
	if !unicode.Is(p.characters.composed, r) {
		p.place(t, mark{rune: r, at: at})
		return
	}
	if d := norm.NFD.Properties(parts).Decomposition(); d != nil {
		parts = d
	}
	for i := 0; i < len(parts); {
		r, size := utf8.DecodeRune(parts[i:])
		p.place(t, mark{rune: r, class: norm.NFD.Properties(parts[i:]).CCC(), at: at, added: i > 0})
		i += size
	}
}

// mark is a part of a decomposed character: one that combines with the starter
// before it, or if class is 0 a starter.
type mark struct {
	rune  rune
	class uint8 // canonical combining class
	at    scoring.Span
	added bool // behind another part of the same character
}

// place reads a starter; a mark waits for those that follow the same starter.
func (p *pieces) place(t *tokens, m mark) {
	if m.class > 0 {
		t.marks = append(t.marks, m)
		return
	}
	p.settle(t)
	t.last = m.at
	p.read(t, m.rune, m.at)
}

// settle reads the marks that wait, in canonical order. The tokenizer puts
// marks in order but leaves their places behind: the first is where the first
// was before, whichever it is now. It shows in the few that are no accents.
func (p *pieces) settle(t *tokens) {
	if slices.ContainsFunc(t.marks, func(m mark) bool { return p.characters.role(m.rune) != accent }) {
		t.places = t.places[:0]
		for _, m := range t.marks {
			if !m.added {
				t.places = append(t.places, m.at)
			}
		}
		slices.SortStableFunc(t.marks, func(m, n mark) int { return cmp.Compare(m.class, n.class) })
		next := 0
		for _, m := range t.marks {
			if !m.added {
				t.last = t.places[next]
				next++
			}
			p.read(t, m.rune, t.last)
		}
	}
	t.marks = t.marks[:0]
}

// read adds a character at at to the word, or is a word with it, or drops it.
func (p *pieces) read(t *tokens, r rune, at scoring.Span) {
	switch p.characters.role(r) {
	case accent:
	case apart:
		p.endWord(t)
		t.word.add(r, at)
		p.endWord(t)
	default:
		t.word.add(unicode.ToLower(r), at)
	}
}

// add adds a character that stands for what lies at at in the text.
func (w *word) add(r rune, at scoring.Span) {
	if w.length == 0 {
		w.start = at.Start
	}
	w.end = at.End
	w.length++
	if w.length > longestWord {
		return
	}
	w.letters = utf8.AppendRune(w.letters, r)
	for len(w.at) < len(w.letters) {
		w.at = append(w.at, at)
	}
}
