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
	words    int    // their number
	class    class  // of the last of them
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
	p := phrase{kind: kind, actors: []int{actor}}
	var spellings []string
	end := &edge{to: root}
	for w := (words{text: text}); w.next(); {
		if gap := string(appendGap(nil, w.gap.Of(text))); gap != " " && end.to != root {
			if t.gaps[gap] == 0 {
				t.gaps[gap] = -int32(len(t.gaps) + 1)
			}
			end = t.edges.add(end.to, t.gaps[gap])
		}
		word := w.word.Of(text)
		end = t.edges.add(end.to, t.words.add(w.hash, word))
		p.class = tables().class(w.hash, word)
		s := spelling(word)
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
	p.spelling, p.words = strings.Join(spellings, " "), len(spellings)
	return t.end(&end.phrase, p)
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

// matches are the phrases found in a text, in order of their start and then of
// their end, and apart from them the exclusions.
type matches struct {
	found    []match
	excluded exclusions
}

// search adds all phrases in text to m. A text without a phrase costs no
// memory.
func (t *trie) search(text string, m *matches) {
	word, hash := firstWord(text, 0)
	number := t.words.number(hash, word.Of(text))
	for word.Len() > 0 {
		last, n := word, number
		word, hash = firstWord(text, last.End)
		number = t.words.number(hash, word.Of(text))
		if n == 0 {
			continue
		}
		start, next, to := last.Start, word, number
		for e := t.edges.find(root, n); e.to != 0; {
			if e.phrase != 0 {
				t.ending(e.phrase, text, Span{start, last.End}, m)
			}
			if to == 0 {
				break
			}
			node := e.to
			if text[last.End:next.Start] != " " {
				node = t.across(node, text, last, next)
			}
			if e = t.edges.find(node, to); e.to != 0 {
				last = next
				next, hash = firstWord(text, last.End)
				to = t.words.number(hash, next.Of(text))
			}
		}
	}
}

// ending adds the phrases from the n-th on that span spells to m.
func (t *trie) ending(n int32, text string, span Span, m *matches) {
	for n != 0 {
		p := &t.phrases[n]
		n = p.next
		if span.Of(text) != p.spelling && !p.spells(text, span.Start) {
			continue
		}
		if p.kind != kindNot {
			if len(m.found) == cap(m.found) {
				m.found = slices.Grow(m.found, len(m.found)+1)
			}
			m.found = append(m.found, match{p, span})
			continue
		}
		if m.excluded == nil {
			m.excluded = make(exclusions)
		}
		for _, actor := range p.actors {
			m.excluded[actor] = append(m.excluded[actor], span)
		}
	}
}

// across returns the node that what parts a word from the next leads to from
// node.
func (t *trie) across(node int32, text string, word, next Span) int32 {
	var buf [32]byte
	gap := appendGap(buf[:0], gapOf(text, word, next).Of(text))
	if string(gap) == " " {
		return node
	}
	return t.edges.find(node, t.gaps[string(gap)]).to
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
