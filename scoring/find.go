package scoring

// Kind says by what a [Mention] refers to its actor.
type Kind string

// The kinds of mentions.
const (
	KindName    Kind = "name"
	KindAlias   Kind = "alias"
	KindSurname Kind = "surname"
	KindTitle   Kind = "title"
	KindPronoun Kind = "pronoun"
	KindMetonym Kind = "metonym"
)

// Named says whether a mention calls its actor by name.
func (k Kind) Named() bool { return k == KindName || k == KindAlias || k == KindSurname }

// kindNot marks the phrases of [Actor.Not]; no mention has it.
const kindNot Kind = "not"

// Mention is a part of a text that refers to an actor.
type Mention struct {
	Actor string // the actor's name
	Span  Span   // without a possessive's 's
	Kind  Kind
	Sure  float64 // how sure, in (0, 1]
	From  Span    // the mention that it leans on, zero where it leans on none
}

// Finder finds mentions of actors in texts. It is safe for concurrent use.
//
// Its phrases stand in one trie of words, so that the cost of [Finder.Find] is
// that of the text: ten thousand actors cost what ten do.
type Finder struct{ trie *trie }

// NewFinder returns a finder of actors. An actor without a name, a phrase
// without a word or with too many, a phrase that names two actors, and one
// that an actor both has and excludes are errors; all are reported at once.
func NewFinder(actors []Actor) (*Finder, error) {
	t, err := newTrie(actors)
	if err != nil {
		return nil, err
	}
	return &Finder{trie: t}, nil
}

// Find returns the mentions in text, in order; they do not overlap.
//
// A phrase is found where its words follow each other with the same marks
// between them; any white space is as good as another, short of a blank line,
// and so is a hyphen. A letter may be a capital where the phrase has a small
// one, never the other way round: "Apple" is found in "APPLE" and not in
// "apple", "US" not in "us". Only after a hyphen may it be small, as in
// "Jong-un", and in titles. "U.S." is the same word as "US".
//
// Where phrases overlap, the first wins, and of those that start together the
// longest. A phrase of an actor that overlaps one of its exclusions is passed
// over, unless the exclusion lies within it. A title refers to that actor
// among its holders that the text named last, and to none before.
func (f *Finder) Find(text string) []Mention {
	found, excluded := f.trie.search(text)
	var mentions []Mention
	named := make(map[int]int) // actor: the number of its last mention by name, from 1
	for next := 0; len(found) > 0; {
		n := 1
		for n < len(found) && found[n].span.Start == found[0].span.Start {
			n++
		}
		here := found[:n]
		found = found[n:]
		if here[0].span.Start < next {
			continue
		}
		m, ok := choose(here, excluded, named)
		if !ok {
			continue
		}
		next = m.span.End
		mention := Mention{Actor: f.trie.actors[m.actor], Span: m.span, Kind: m.kind, Sure: 1}
		if m.kind == KindTitle {
			mention.From = mentions[named[m.actor]-1].Span
		}
		mentions = append(mentions, mention)
		if m.kind != KindTitle {
			named[m.actor] = len(mentions)
		}
	}
	return mentions
}

// choose returns the best of the matches that start at one word.
func choose(here []match, excluded exclusions, named map[int]int) (best match, ok bool) {
	for _, m := range here {
		if m.kind == KindTitle && named[m.actor] == 0 || excluded.cover(m) {
			continue
		}
		switch {
		case !ok,
			m.span.End > best.span.End,
			m.span.End == best.span.End && best.kind == KindTitle && (m.kind != KindTitle || named[m.actor] > named[best.actor]):
			best, ok = m, true
		}
	}
	return best, ok
}

// exclusions are the parts of a text that [Actor.Not] denies to an actor, in
// order of their start.
type exclusions map[int][]Span

// cover reports whether m overlaps an exclusion of its actor that does not lie
// within m. Calls must come in order of the matches' start: what ends before
// one is forgotten.
func (e exclusions) cover(m match) bool {
	spans := e[m.actor]
	for len(spans) > 0 && spans[0].End <= m.span.Start {
		spans = spans[1:]
		e[m.actor] = spans
	}
	for _, x := range spans {
		if x.Start >= m.span.End {
			break
		}
		if x.End > m.span.Start && !m.span.Holds(x) {
			return true
		}
	}
	return false
}
