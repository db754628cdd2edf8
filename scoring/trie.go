package scoring

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxWords bounds the words of a phrase, and so the work at each word of a
// text.
const maxWords = 32

// trie holds the phrases of all actors, word by word. Words are numbered by
// their capitals, so that a text's words are compared as numbers; how their
// letters may differ in case is checked where a phrase ends.
type trie struct {
	actors []string       // names
	words  map[string]int // capitals: number
	gaps   map[string]int // what may part two words, normalised: number, from 1
	steps  map[step]int   // the edges, from node 0
	ends   [][]phrase     // by node: the phrases that end there
}

// step is an edge's start and label. The first word of a phrase has gap 0.
type step struct{ node, gap, word int }

// phrase is one way to refer to an actor, or not to.
type phrase struct {
	actor int
	kind  Kind
	words []string // as spelled
}

// match is a phrase found in a text.
type match struct {
	actor int
	kind  Kind
	span  Span
}

func newTrie(actors []Actor) (*trie, error) {
	t := &trie{
		words: make(map[string]int),
		gaps:  make(map[string]int),
		steps: make(map[step]int),
		ends:  make([][]phrase, 1),
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
	}
	for _, end := range t.ends {
		// What is spelled closer to the capitals in the text comes first: "US"
		// means the one called so rather than the one called "Us".
		slices.SortStableFunc(end, func(p, q phrase) int { return q.capitals() - p.capitals() })
	}
	return t, errors.Join(errs...)
}

// add enters one phrase.
func (t *trie) add(actor int, kind Kind, text string) error {
	text = strings.Join(strings.Fields(text), " ")
	p := phrase{actor: actor, kind: kind}
	node := 0
	for w := (words{text: text}); w.next(); {
		s := step{node: node, word: number(t.words, string(capitals(nil, w.word.Of(text))))}
		if node != 0 {
			s.gap = number(t.gaps, normalGap(w.gap.Of(text)))
		}
		to, ok := t.steps[s]
		if !ok {
			to = len(t.ends)
			t.steps[s] = to
			t.ends = append(t.ends, nil)
		}
		node = to
		spelling := string(appendSpelling(nil, w.word.Of(text)))
		if kind == KindTitle && strings.ToUpper(spelling) != spelling {
			spelling = strings.ToLower(spelling)
		}
		p.words = append(p.words, spelling)
	}
	if len(p.words) == 0 {
		return errors.New("has no word in it")
	}
	if len(p.words) > maxWords {
		return fmt.Errorf("has %d words, at most %d are allowed", len(p.words), maxWords)
	}
	for _, other := range t.ends[node] {
		if slices.Equal(other.words, p.words) {
			if err := t.clash(p, other); err != nil {
				return err
			}
		}
	}
	t.ends[node] = append(t.ends[node], p)
	return nil
}

// clash returns why p and an equally spelled phrase cannot stand together.
func (t *trie) clash(p, other phrase) error {
	always := func(k Kind) bool { return k == KindName || k == KindAlias }
	switch {
	case p.actor != other.actor && always(p.kind) && always(other.kind):
		return fmt.Errorf("already means actor %q", t.actors[other.actor])
	case p.actor == other.actor && p.kind == kindNot && other.kind != kindNot:
		return fmt.Errorf("excludes the actor's own %s", other.kind)
	}
	return nil
}

// token is a word of a text that stands in some phrase.
type token struct {
	span   Span
	word   int
	gap    int  // between it and the token before, 0 if no phrase goes on here
	hyphen bool // the gap is a hyphen
}

// tokens returns the words of text that stand in some phrase.
func (t *trie) tokens(text string) []token {
	var tokens []token
	var key []byte
	linked := false
	for w := (words{text: text}); w.next(); {
		key = capitals(key, w.word.Of(text))
		n, ok := t.words[string(key)]
		if ok {
			next := token{span: w.word, word: n}
			if linked {
				gap := w.gap.Of(text)
				next.gap, next.hyphen = t.gaps[normalGap(gap)], isHyphen(gap)
			}
			tokens = append(tokens, next)
		}
		linked = ok
	}
	return tokens
}

// search returns all phrases in text, in order of their start and then of
// their end, and apart from them the exclusions.
func (t *trie) search(text string) ([]match, exclusions) {
	var found []match
	excluded := make(exclusions)
	tokens := t.tokens(text)
	for i, first := range tokens {
		node := t.steps[step{word: first.word}]
		for j := i; node != 0; {
			for _, p := range t.ends[node] {
				if !p.spells(text, tokens[i:j+1]) {
					continue
				}
				span := Span{first.span.Start, tokens[j].span.End}
				if p.kind == kindNot {
					excluded[p.actor] = append(excluded[p.actor], span)
				} else {
					found = append(found, match{p.actor, p.kind, span})
				}
			}
			j++
			if j == len(tokens) || tokens[j].gap == 0 {
				break
			}
			node = t.steps[step{node, tokens[j].gap, tokens[j].word}]
		}
	}
	return found, excluded
}

// spells reports whether the case of tokens, which have the words of p, suits
// it.
func (p phrase) spells(text string, tokens []token) bool {
	for i, token := range tokens {
		if i > 0 && token.hyphen {
			continue
		}
		got := token.span.Of(text)
		if got != p.words[i] && !suits(string(appendSpelling(nil, got)), p.words[i]) {
			return false
		}
	}
	return true
}

// suits reports whether got has the letters of want, or their capitals.
func suits(got, want string) bool {
	for _, w := range want {
		g, size := utf8.DecodeRuneInString(got)
		if g != w && g != unicode.ToUpper(w) {
			return false
		}
		got = got[size:]
	}
	return got == ""
}

// capitals returns the number of capital letters in p.
func (p phrase) capitals() int {
	n := 0
	for _, w := range p.words {
		for _, r := range w {
			if unicode.IsUpper(r) {
				n++
			}
		}
	}
	return n
}

// number returns the number of key in numbers, from 1, a new one if need be.
func number(numbers map[string]int, key string) int {
	n, ok := numbers[key]
	if !ok {
		n = len(numbers) + 1
		numbers[key] = n
	}
	return n
}
