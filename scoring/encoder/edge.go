package encoder

import (
	"strings"
	"unicode/utf8"
)

// edge is what parts a token of a text from the one before it.
type edge uint8

const (
	within    edge = iota // nothing: both are of one word
	between               // two words meet
	pointed               // there is punctuation, or the text begins
	paragraph             // a blank line
)

const (
	// punctuation is the pieces that are no words; others are too rare to matter.
	punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~“”‘’–—…"

	// links is the punctuation that makes one word of two it touches: "U.S.",
	// "1,600", "re-elected".
	links = ".,-/&"
)

// edges returns the edge before each token.
func (p *pieces) edges(t *tokens) []edge {
	made := make([]edge, len(t.ids))
	for i := range made {
		made[i] = p.edge(t, i)
	}
	return made
}

func (p *pieces) edge(t *tokens, i int) edge {
	switch {
	case i == 0:
		return pointed
	case t.touches(i) && p.isWord(t, i-1) && p.isWord(t, i), p.isLink(t, i), p.isLink(t, i-1), p.endsInitial(t, i):
		return within
	case !t.touches(i) && strings.Count(t.text[t.spans[i-1].End:t.spans[i].Start], "\n") > 1:
		return paragraph
	case p.isWord(t, i) && (p.isWord(t, i-1) || p.endsInitial(t, i-1)):
		return between
	}
	return pointed
}

// touches reports whether nothing parts token i from the one before it.
func (t *tokens) touches(i int) bool {
	return 0 < i && i < len(t.ids) && t.spans[i].Start <= t.spans[i-1].End
}

// isWord reports whether token i, if there is one, is a word or part of one.
func (p *pieces) isWord(t *tokens, i int) bool {
	return 0 <= i && i < len(t.ids) && p.points[t.ids[i]] == 0
}

func (p *pieces) isLink(t *tokens, i int) bool {
	point := p.points[t.ids[i]]
	return point != 0 && strings.ContainsRune(links, point) &&
		t.touches(i) && p.isWord(t, i-1) && t.touches(i+1) && p.isWord(t, i+1)
}

// endsInitial reports whether token i is the stop of a letter by itself, as that
// of an initial and the last of an acronym are.
func (p *pieces) endsInitial(t *tokens, i int) bool {
	return p.points[t.ids[i]] == '.' && t.touches(i) && p.isWord(t, i-1) && utf8.RuneCountInString(t.spans[i-1].Of(t.text)) == 1 &&
		(!t.touches(i-1) || !p.isWord(t, i-2))
}
