package scoring

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// maxWords bounds the words of a phrase, and so the work at each word of a
// text.
const maxWords = 32

// trie holds the phrases of all actors, word by word. Words are numbered by
// their capitals, so that a text's words are compared as numbers; how their
// letters may differ in case is checked where a phrase ends. So is what parts
// two words, which is a step of its own unless it is a space.
type trie struct {
	actors  []string // names
	words   vocabulary
	gaps    map[string]int32 // what parts words, normalised: number, below 0
	edges   edges
	phrases []phrase // from 1
}

// phrase is one way to refer to an actor, or not to. Actors that share it, as
// a title or a surname, share one phrase, so that it costs a text the same
// however many they are.
type phrase struct {
	kind     Kind
	spelling string // its words, parted by spaces
	actors   []int  // in order
	next     int32  // another phrase that ends at the same node, 0 if none
}

// match is a phrase found in a text.
type match struct {
	*phrase
	span Span
}

func newTrie(actors []Actor) (*trie, error) {
	t := &trie{
		words:   newVocabulary(),
		gaps:    make(map[string]int32),
		edges:   newEdges(),
		phrases: make([]phrase, 1),
	}
	var errs []error
	for i, a := range actors {
		t.actors = append(t.actors, a.Name)
		if a.Name == "" {
			errs = append(errs, fmt.Errorf("actor %d has no name", i+1))
			continue
		}
		add := func(kind Kind, texts ...string) {
			for _, text := range texts {
				if err := t.add(i, kind, text); err != nil {
					errs = append(errs, fmt.Errorf("actor %q: %s %q %w", a.Name, kind, text, err))
				}
			}
		}
		add(KindName, a.Name)
		add(KindAlias, a.Aliases...)
		add(KindTitle, a.Titles...)
		add(kindNot, a.Not...)
		for _, d := range derive(a) {
			// What clashes with the operator's own phrases yields to them.
			_ = t.add(i, d.kind, d.text)
		}
	}
	return t, errors.Join(errs...)
}

// add enters one phrase of an actor. Calls must come in order of the actors.
func (t *trie) add(actor int, kind Kind, text string) error {
	text = strings.Join(strings.Fields(text), " ")
	var spellings []string
	end := &edge{to: root}
	for w := (words{text: text}); w.next(); {
		if gap := string(appendGap(nil, w.gap.Of(text))); gap != " " && end.to != root {
			if t.gaps[gap] == 0 {
				t.gaps[gap] = -int32(len(t.gaps) + 1)
			}
			end = t.edges.add(end.to, t.gaps[gap])
		}
		end = t.edges.add(end.to, t.words.add(w.hash, w.word.Of(text)))
		s := spelling(w.word.Of(text))
		if kind == KindTitle && strings.ToUpper(s) != s {
			s = strings.ToLower(s)
		}
		spellings = append(spellings, s)
	}
	if len(spellings) == 0 {
		return errors.New("has no word in it")
	}
	if len(spellings) > maxWords {
		return fmt.Errorf("has %d words, at most %d are allowed", len(spellings), maxWords)
	}
	return t.end(&end.phrase, phrase{kind: kind, spelling: strings.Join(spellings, " "), actors: []int{actor}})
}

// end enters p, a phrase of one actor, among those that end where it does; at is
// the first of them.
func (t *trie) end(at *int32, p phrase) error {
	var shared *phrase
	for n := *at; n != 0; n = t.phrases[n].next {
		other := &t.phrases[n]
		if other.spelling != p.spelling {
			continue
		}
		if err := t.clash(p, *other); err != nil {
			return err
		}
		if other.kind == p.kind {
			shared = other
		}
	}
	if shared != nil {
		if shared.last() != p.last() {
			shared.actors = append(shared.actors, p.last())
		}
		return nil
	}
	// What is spelled closer to the capitals in the text comes first: "US"
	// means the one called so rather than the one called "Us".
	for *at != 0 && t.phrases[*at].capitals() >= p.capitals() {
		at = &t.phrases[*at].next
	}
	p.next = *at
	*at = int32(len(t.phrases))
	t.phrases = append(t.phrases, p)
	return nil
}

// clash returns why p, of one actor, and an equally spelled phrase cannot stand
// together.
func (t *trie) clash(p, other phrase) error {
	always := func(k Kind) bool { return k == KindName || k == KindAlias }
	switch {
	case p.last() != other.last() && always(p.kind) && always(other.kind):
		return fmt.Errorf("already means actor %q", t.actors[other.last()])
	case p.last() == other.last() && p.kind == kindNot && other.kind != kindNot:
		return fmt.Errorf("excludes the actor's own %s", other.kind)
	}
	return nil
}

// search returns all phrases in text, in order of their start and then of
// their end, and apart from them the exclusions. A text without a phrase costs
// no memory.
func (t *trie) search(text string) (found []match, excluded exclusions) {
	word, hash := firstWord(text, 0)
	for word.Len() > 0 {
		if n := t.words.number(hash, word.Of(text)); n != 0 {
			e := t.edges.find(root, n)
			for w := (words{text: text, word: word}); e.to != 0; e = t.step(e.to, &w) {
				if e.phrase != 0 {
					found, excluded = t.ending(e.phrase, text, Span{word.Start, w.word.End}, found, excluded)
				}
			}
		}
		word, hash = firstWord(text, word.End)
	}
	return found, excluded
}

// ending appends the phrases from the n-th on that span spells.
func (t *trie) ending(n int32, text string, span Span, found []match, excluded exclusions) ([]match, exclusions) {
	for ; n != 0; n = t.phrases[n].next {
		p := &t.phrases[n]
		if span.Of(text) != p.spelling && !p.spells(text, span.Start) {
			continue
		}
		if p.kind != kindNot {
			if len(found) == cap(found) {
				found = slices.Grow(found, len(found)+1)
			}
			found = append(found, match{p, span})
			continue
		}
		if excluded == nil {
			excluded = make(exclusions)
		}
		for _, actor := range p.actors {
			excluded[actor] = append(excluded[actor], span)
		}
	}
	return found, excluded
}

// step moves w to the next word and returns the edge for it from node, or no
// edge.
func (t *trie) step(node int32, w *words) edge {
	w.next()
	word := t.words.number(w.hash, w.word.Of(w.text))
	if word == 0 {
		return edge{}
	}
	if gap := w.gap.Of(w.text); gap != " " {
		var buf [32]byte
		if key := appendGap(buf[:0], gap); string(key) != " " {
			node = t.edges.find(node, t.gaps[string(key)]).to
		}
	}
	return t.edges.find(node, word)
}

// spells reports whether the case of the words from start on, which are those
// of p, suits it. After a hyphen any does.
func (p *phrase) spells(text string, start int) bool {
	w := words{text: text, word: Span{start, start}}
	for want := range strings.SplitSeq(p.spelling, " ") {
		w.next()
		if w.word.Start > start && isHyphen(w.gap.Of(text)) {
			continue
		}
		if !suits(w.word.Of(text), want) {
			return false
		}
	}
	return true
}

// last returns the last of the actors.
func (p *phrase) last() int { return p.actors[len(p.actors)-1] }

// capitals returns the number of capital letters in p.
func (p phrase) capitals() int {
	n := 0
	for _, r := range p.spelling {
		if unicode.IsUpper(r) {
			n++
		}
	}
	return n
}
