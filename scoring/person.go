package scoring

import "strings"

// person is someone whom a pronoun can mean.
type person struct {
	actor   int    // or nobody
	pronoun string // "he", "she", or "" for either
	span    Span
	quote   int // the quotation that it stands in, 0 for none
}

// suits reports whether a pronoun can mean p.
func (p person) suits(pronoun string) bool { return p.pronoun == "" || p.pronoun == pronoun }

// walker steps through the words of a sentence for the persons in it.
type walker struct {
	*antecedents
	words
	sentence
	silent  bool // the mentions are known, and no pronoun means an actor
	heading bool
	name    []string // of capitalised words, to use again
	noun    int      // words since an article or the like, 0 where none is open
	last    string   // the last word, if small
}

// walk notes the persons in a sentence, and unless silent adds its mentions and
// those by pronoun.
func (a *antecedents) walk(s sentence, silent bool) {
	w := walker{antecedents: a, words: words{text: a.text[:s.span.End]}, sentence: s, silent: silent}
	w.word = Span{s.span.Start, s.span.Start}
	w.heading = a.lines.at(a.text, s.span.Start) != prose
	l := tables()
	for w.next() {
		for len(w.aside) > 0 && w.aside[0].End <= w.word.Start {
			w.aside = w.aside[1:]
		}
		word := w.word.Of(a.text)
		switch c := l.class(w.hash, word); {
		case len(w.named) > 0 && w.named[0].Span.Start <= w.word.Start:
			w.mention()
		case len(w.aside) > 0 && w.aside[0].Start <= w.word.Start:
		case nominative(word) != "":
			w.pronoun(word)
		case isCapital(word) && (!opens(a.text, w.word.Start) || !seldomName(word)):
			w.capital()
		default:
			w.small(word, c)
		}
	}
	if !silent {
		a.mentions = append(a.mentions, w.named...)
	}
	a.turn()
}

// other notes a person at a place who is no actor.
func (w *walker) other(pronoun string, span Span) {
	w.meet(person{nobody, pronoun, span, w.quotes.at(span.Start)})
}

// mention passes over the next mention.
func (w *walker) mention() {
	m, actor := w.named[0], w.who[0]
	w.named, w.who = w.named[1:], w.who[1:]
	if !w.silent {
		w.mentions = append(w.mentions, m)
	}
	if p := &w.actors[actor]; p.kind == ActorPerson && p.pronoun != "they" {
		if _, pronoun := w.titleBefore(m.Span.Start); pronoun != "" && w.pronounOf(actor) == "" {
			put(&w.pronouns, actor, pronoun)
		}
		w.meet(person{actor, w.pronounOf(actor), m.Span, w.quotes.at(m.Span.Start)})
	}
	w.word, w.noun, w.last = m.Span, 0, ""
}

// pronoun resolves the pronoun that is the current word.
func (w *walker) pronoun(word string) {
	w.noun, w.last = 0, ""
	if !standsForSubject(word) {
		w.noun = 1 // "his lawyer"
	}
	next, gap := wordAfter(w.text, w.word.End)
	switch {
	case isSpace(gap) && classOf(next.Of(w.text)).has(honourWord): // "Her Majesty"
	case w.silent:
		w.other(nominative(word), w.word)
	default:
		w.resolve(w.word)
	}
}

// leadsToName reports whether word, which ends at a place, stands directly
// before an actor's name.
func (w *walker) leadsToName(word string, at int) bool {
	if len(w.named) == 0 || !w.named[0].Kind.Named() {
		return false
	}
	start := w.named[0].Span.Start
	return start > at && joins(word, w.text[at:start])
}

// capital passes over a row of capitalised words, and notes whom it names.
func (w *walker) capital() {
	text := w.text
	row, opening := w.word, opens(text, w.word.Start)
	w.name = append(w.name[:0], row.Of(text))
	name := w.name
	for {
		last := &name[len(name)-1]
		word, gap := wordAfter(text, row.End)
		if !joins(*last, gap) && !isHyphen(gap) || len(w.named) > 0 && word.Start >= w.named[0].Span.Start {
			break
		}
		next := word.Of(text)
		if !isCapital(next) {
			after, gap := wordAfter(text, word.End)
			if !isParticle(next) || !isSpace(gap) || !isCapital(after.Of(text)) {
				break
			}
		}
		row.End = word.End
		if isHyphen(gap) {
			*last += "-" + next
		} else {
			name = append(name, next)
		}
	}
	if !w.leadsToName(name[len(name)-1], row.End) {
		if pronoun, ok := w.personOf(name, opening); ok {
			w.other(pronoun, row)
		}
	}
	w.word, w.name, w.noun, w.last = row, name, 0, ""
}

// personOf reports whether a row of capitalised words is a person, as given
// names, roles, words that persons are not called by, and what the text told
// before make likely; and if so, the pronoun.
func (w *walker) personOf(name []string, opening bool) (pronoun string, ok bool) {
	last := name[len(name)-1]
	titled := false
	for i, word := range name {
		c := classOf(word)
		if c.has(titleRole | personRole) {
			titled, pronoun = true, c.rolePronoun()
			continue
		}
		if i == len(name)-1 || !titled && !c.has(givenName) {
			continue
		}
		if isThing(last) {
			return "", false // "George Washington University"
		}
		if pronoun == "" {
			pronoun = c.givenPronoun()
		}
		put(&w.surnames, last, pronoun)
		return pronoun, true
	}
	if known, ok := w.surnames[last]; ok {
		if pronoun == "" {
			pronoun = known
		}
		return pronoun, true
	}
	if titled {
		return pronoun, len(name) > 1 || !opening
	}
	if !w.mayBePerson(name, opening) {
		return "", false
	}
	if len(name) > 1 {
		put(&w.surnames, last, "")
	}
	return "", true
}

// mayBePerson reports whether nothing speaks against a row of capitalised words
// being a person of whom nothing is known.
func (w *walker) mayBePerson(name []string, opening bool) bool {
	if w.heading || w.last != "" && classOf(w.last).has(siteWord) {
		return false // "in Des Moines"
	}
	for _, word := range name {
		if isThing(word) || isLoud(word) || endsIn(word, "ism") || classOf(word).has(countryWord|dateWord) {
			return false
		}
	}
	if len(name) > 1 || !opening {
		return true
	}
	one := strings.TrimSuffix(name[0], "s")
	return !seldomName(name[0]) && !classOf(one).has(personRole)
}

// isThing reports whether a word in a name makes it no person.
func isThing(word string) bool { return classOf(word).has(thingWord | headWord) }

// small looks for a person at a word that is no name: a role with an article
// or the like before it, or someone "who".
func (w *walker) small(word string, c class) {
	switch {
	case c.has(determinerWord):
		w.noun = 1
		if w.isApposed() || classOf(w.last).has(beingWord) {
			w.noun = 0 // "Trump, the leader", "as the leader"
		}
	case w.noun > 0:
		w.noun++
		w.role(word, c)
	}
	w.last = word
}

// role notes the person whom a word in a noun group means, and ends the group
// with it.
func (w *walker) role(word string, c class) {
	const most = 5 // words of a group before its noun, and one
	text := w.text
	if c.has(phrasePart) {
		c |= classOfPhrase(w.last, word)
	}
	next, gap := wordAfter(text, w.word.End)
	after := next.Of(text)
	switch {
	case w.noun > most:
	case !c.has(personRole):
		if !isSpace(gap) || after != "who" {
			return
		}
		w.other("", w.word)
	case isSpace(gap) && isSmall(after) && classOf(after).has(personRole):
		return // "the press secretary"
	case possessiveLen(word, text[w.word.End:]) > 0:
	case (gap == ", " || isSpace(gap)) && isCapital(after) && !classOf(after).has(dateWord): // "his lawyer, Rudy Giuliani"
	default:
		w.other(c.rolePronoun(), w.word)
	}
	w.noun = 0
}

// isApposed reports whether the word goes with the person before it: the
// article in "Trump, the leader".
func (w *walker) isApposed() bool {
	n := len(w.here)
	return n > 0 && w.text[w.here[n-1].span.End:w.word.Start] == ", "
}
