package scoring

import "sync"

// Kind says by what a [Mention] refers to its actor.
type Kind string

// The kinds of mentions.
const (
	KindName    Kind = "name"
	KindAlias   Kind = "alias"
	KindSurname Kind = "surname" // of a person, by itself
	KindTitle   Kind = "title"   // in place of the name
	KindPronoun Kind = "pronoun" // he, she and their forms
	KindMetonym Kind = "metonym" // "Seoul" or "South Korean", for the government
)

// Named reports whether k is a name of the actor, rather than other words that
// stand for it.
func (k Kind) Named() bool { return k == KindName || k == KindAlias || k == KindSurname }

// sure returns [Mention.Sure] of the mentions of a kind.
func (k Kind) sure() float64 {
	switch k {
	case KindSurname, KindTitle, KindMetonym:
		return 0.98
	case KindPronoun:
		return 0.95
	}
	return 1
}

// The kinds of phrases that become mentions, if at all, of another kind.
const (
	kindNot     Kind = "not"     // [Actor.Not]
	kindOffice  Kind = "office"  // a title without whose it is
	kindCapital Kind = "capital" // of a country
	kindSeat    Kind = "seat"    // of its government
	kindDemonym Kind = "demonym" // its adjective
)

// Mention is a part of a text that refers to an actor.
type Mention struct {
	Actor string // the actor's name
	Span  Span   // without a possessive's 's
	Kind  Kind

	// Sure is how sure it is that a careful reader would agree, in (0, 1]: the
	// precision of the kind on the passages in testdata/mentions, rounded down:
	// 1 for names and aliases, 0.98 for surnames, titles and metonyms, 0.95 for
	// pronouns.
	Sure float64

	// From is the mention that this one leans on: the full name before a
	// surname, title or pronoun. It is zero where there is none.
	From Span
}

// MaxMentions is the most mentions that are looked for in one text. The longest
// articles have some hundreds; each costs an engine a sentence, and a hostile
// page of nothing but a name would keep it busy for hours.
const MaxMentions = 2000

// Finder finds mentions of actors in texts. It is safe for concurrent use.
//
// Its phrases stand in one trie of words, so that the cost of [Finder.Find] is
// that of the text: ten thousand actors cost what ten do.
type Finder struct {
	*register
	trie  *trie
	spare sync.Pool // of *work
}

// work is the memory that it takes to search a text besides what is returned.
// The next text uses it again.
type work struct {
	found []match
	who   []int
}

// NewFinder returns a finder of actors. An actor without a name, a phrase
// without a word or with too many, a phrase that names two actors, and one
// that an actor both has and excludes are errors; all are reported at once.
func NewFinder(actors []Actor) (*Finder, error) {
	t, err := newTrie(actors)
	if err != nil {
		return nil, err
	}
	return &Finder{register: newRegister(actors), trie: t}, nil
}

// Find returns the mentions in text, in order, the first [MaxMentions] of them;
// they do not overlap.
//
// A phrase is found where its words follow each other with the same marks
// between them; any white space is as good as another, short of a blank line,
// and so is a hyphen. A letter may be a capital where the phrase has a small
// one, never the other way round: "Apple" is found in "APPLE" and not in
// "apple", "US" not in "us". Only after a hyphen may it be small, as in
// "Jong-un", and in titles. "U.S." is the same word as "US".
//
// Where phrases overlap, the first wins, and of those that start together the
// longest that means an actor there. A phrase of an actor that overlaps one of
// its exclusions is passed over, unless the exclusion lies within it; and so is
// what is part of a longer name: "Trump Tower", "Bank of China".
//
// A surname, a title, a pronoun and a metonym are mentions only where the text
// makes clear whom they mean; the methods of the same names say when.
func (f *Finder) Find(text string) []Mention { return f.first(MaxMentions, text) }

// first is [Finder.Find] for so many mentions at most.
func (f *Finder) first(most int, text string) []Mention {
	w, _ := f.spare.Get().(*work)
	if w == nil {
		w = new(work)
	}
	defer f.spare.Put(w)
	m := matches{found: w.found}
	f.trie.search(text, &m)
	if len(m.found) == 0 {
		return nil
	}
	w.found = m.found[:0]
	if cap(w.who) < cap(m.found) {
		w.who = make([]int, 0, cap(m.found))
	}
	r := resolver{Finder: f, text: text, most: most, matches: m, who: w.who[:0]}
	for len(r.found) > 0 && len(r.mentions) < r.most {
		n := 1
		for n < len(r.found) && r.found[n].span.Start == r.found[0].span.Start {
			n++
		}
		here := r.found[:n]
		r.found = r.found[n:]
		if here[0].span.Start >= r.end {
			r.resolve(here)
		}
	}
	all := r.withPronouns()
	return all[:min(most, len(all))]
}

// resolver resolves the phrases found in one text, in its order. Its maps are
// made when first needed.
type resolver struct {
	*Finder
	text    string
	most    int // mentions
	matches     // that lie ahead
	lines   lines

	left  neighbour // the answers given last
	right neighbour

	mentions []Mention
	who      []int // the actors of mentions
	people   bool  // whether a person is among them
	end      int   // of what was resolved last

	last     int               // the number of the last mention by name, from 1, until it is noted in named
	named    map[int]int       // title: the number of the last mention by name of one who has it, from 1
	bearers  map[int]bearer    // family: whom the surname means
	ahead    map[int]int       // family: whom the rest of the text named first in full, when last asked
	holders  map[string]int    // office: the actor that the text named with it, or nobody
	gift     gift              // of the last office
	aside    []Span            // titles that go with a name, and so are no mentions
	homonyms map[int]bool      // actor: whether its name means another in this text
	pronouns map[int]string    // of actors of whom only the text tells
	surnames map[string]string // of other persons: their pronouns
}

// nobody stands in the place of an actor for someone who is none.
const nobody = -1

// resolve adds the mention that starts where all of here do, if one does.
func (r *resolver) resolve(here []match) {
	for len(here) > 0 {
		n := len(here) - 1
		for n > 0 && here[n-1].span.End == here[n].span.End {
			n--
		}
		if same := here[n:]; r.name(same) || r.surname(same) || r.title(same) || r.metonym(same) {
			return
		}
		here = here[:n]
	}
}

// name adds the mention if one of the matches, which have one span, is a name
// or an alias that nobody else bears.
func (r *resolver) name(here []match) bool {
	for _, m := range here {
		if m.kind != KindName && m.kind != KindAlias {
			continue
		}
		for _, actor := range m.actors {
			if r.isSurname(m.phrase, actor) || r.excluded.cover(actor, m.span) || r.isLookalike(actor, m.phrase, m.span) {
				continue
			}
			family := r.actors[actor].family
			if family != 0 && r.hasSuffix(m.span) && m.words < 3 {
				put(&r.bearers, family, bearer{actor: nobody}) // "Donald Trump Jr"
				return false
			}
			r.add(actor, m.kind, m.span, Span{})
			if family != 0 {
				put(&r.bearers, family, bearer{actor, m.span})
			}
			return true
		}
	}
	return false
}

// add adds a mention of an actor.
func (r *resolver) add(actor int, kind Kind, span, from Span) {
	if r.mentions == nil {
		r.mentions = make([]Mention, 0, min(len(r.found)+1, r.most))
	}
	r.mentions = append(r.mentions, Mention{r.actors[actor].name, span, kind, kind.sure(), from})
	r.who = append(r.who, actor)
	r.people = r.people || r.isPerson(actor)
	r.end = span.End
	if kind.Named() {
		if r.gift.office != "" && r.gift.name == span.Start {
			r.holders[r.gift.office] = actor
		}
		if r.last > 0 && r.who[r.last-1] != actor {
			r.note()
		}
		r.last = len(r.mentions)
	}
}

// note notes what titles the last mention by name is of. A name again and again
// is noted once: when another is named, or a title asks.
func (r *resolver) note() {
	if r.last == 0 {
		return
	}
	for _, title := range r.actors[r.who[r.last-1]].titles {
		put(&r.named, title, r.last)
	}
	r.last = 0
}

// put sets a value of a map that is made when first needed.
func put[K comparable, V any](m *map[K]V, key K, value V) {
	if *m == nil {
		*m = make(map[K]V)
	}
	(*m)[key] = value
}
