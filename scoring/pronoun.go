package scoring

import (
	"slices"
	"strings"
)

// withPronouns returns the mentions found, and among them the pronouns that
// mean actors. Only paragraphs that mention a person are looked at again.
//
// A pronoun means whom it can mean, if there is but one: of the persons before
// it in its sentence, or where there is none, in the sentence before it in the
// paragraph. What they are known by or called tells whom a pronoun suits;
// persons who are no actors count like the others. In a quote it means nobody
// who speaks there. See [antecedents.antecedent].
func (r *resolver) withPronouns() []Mention {
	if !r.people {
		return r.mentions
	}
	all, named, who := r.mentions, r.mentions, r.who
	r.mentions, r.lines = nil, lines{}
	aside := r.aside
	for start := 0; len(named) > 0; {
		end := paragraphEnd(r.text, start)
		n := 0
		for n < len(named) && named[n].Span.Start < end {
			n++
		}
		first := slices.IndexFunc(who[:n], r.isPerson)
		switch {
		case first >= 0 && hasPronoun(r.text[named[first].Span.End:end]):
			if r.mentions == nil {
				r.mentions = append(make([]Mention, 0, len(all)+len(named)/2), all[:len(all)-len(named)]...)
			}
			for len(aside) > 0 && aside[0].Start < start {
				aside = aside[1:]
			}
			r.pronounsIn(Span{start, end}, named[:n], who[:n], aside)
		case r.mentions != nil:
			r.mentions = append(r.mentions, named[:n]...)
		}
		named, who, start = named[n:], who[n:], end
	}
	if r.mentions == nil {
		return all
	}
	return r.mentions
}

// isPerson reports whether an actor is a person.
func (r *resolver) isPerson(actor int) bool { return r.actors[actor].kind == ActorPerson }

// paragraphEnd returns the end of the paragraph that starts at a place in text,
// with the white space behind it.
func paragraphEnd(text string, start int) int {
	for at := start; ; {
		n := strings.IndexByte(text[at:], '\n')
		if n < 0 {
			return len(text)
		}
		at += n
		size := spaceLen(text[at:])
		if isBlankLine(text[at : at+size]) {
			return at + size
		}
		at += size
	}
}

// nominative returns the nominative of a singular pronoun of the third person,
// "" for another word.
func nominative(word string) string {
	var buf [7]byte
	if len(word) < 2 || len(word) > len(buf) || word[0]|0x20 != 'h' && word[0]|0x20 != 's' {
		return ""
	}
	for i := range len(word) {
		buf[i] = word[i] | 0x20
	}
	switch string(buf[:len(word)]) {
	case "he", "him", "his", "himself":
		return "he"
	case "she", "her", "hers", "herself":
		return "she"
	}
	return ""
}

// hasPronoun reports whether text holds a singular pronoun of the third person.
func hasPronoun(text string) bool {
	for at := 0; at < len(text); at++ {
		start := at
		for at < len(text) && isPlain(text[at]) {
			at++
		}
		if nominative(text[start:at]) != "" {
			return true
		}
	}
	return false
}

// sentence is one with the mentions in it.
type sentence struct {
	span  Span
	named []Mention
	who   []int  // the actors of named
	aside []Span // titles with a name, which are no further persons
}

// pronounsIn adds the mentions of a paragraph, and those by pronoun.
func (r *resolver) pronounsIn(paragraph Span, named []Mention, who []int, aside []Span) {
	a := antecedents{resolver: r, quotes: quotationsIn(r.text, paragraph)}
	done := paragraph.Start
	for _, s := range Sentences(paragraph.Of(r.text)) {
		s = Span{max(s.Start+paragraph.Start, done), s.End + paragraph.Start}
		n := 0
		for n < len(named) && named[n].Span.Start < s.End {
			n++
		}
		for len(aside) > 0 && aside[0].End <= s.Start {
			aside = aside[1:]
		}
		if n > 0 {
			done = named[n-1].Span.End // a name may have a stop in it
			s.End = max(s.End, done)
		}
		if s.Start < s.End {
			a.read(sentence{s, named[:n], who[:n], aside})
		}
		named, who = named[n:], who[n:]
	}
}

// reach is how many sentences back a pronoun can mean someone.
const reach = 2

// antecedents resolves the pronouns of one paragraph.
type antecedents struct {
	*resolver
	quotes quotations
	here   []person   // in the sentence so far
	before []person   // in the last sentence that had any
	back   int        // how many sentences back that is
	passed []sentence // the last ones, if they were passed over; at most reach
	near   int        // in how many sentences to come a pronoun can mean an actor
}

// read adds the mentions in the next sentence. Only if it has a pronoun that can
// mean an actor are its words looked at, and those of the sentences before.
func (a *antecedents) read(s sentence) {
	people := slices.ContainsFunc(s.who, a.isPerson)
	if (people || a.near > 0) && hasPronoun(s.span.Of(a.text)) {
		for _, passed := range a.passed {
			a.walk(passed, true)
		}
		a.passed = a.passed[:0]
		known := len(a.mentions) + len(s.named)
		a.walk(s, false)
		people = people || len(a.mentions) > known
	} else {
		a.mentions = append(a.mentions, s.named...)
		if len(a.passed) == reach {
			a.passed = append(a.passed[:0], a.passed[1:]...)
			a.before = nil // out of reach
		}
		a.passed = append(a.passed, s)
	}
	a.near--
	if people {
		a.near = reach
	}
}

// meet notes a person. What it costs to ask whom a pronoun means is bounded by
// keeping the last ones only.
func (a *antecedents) meet(p person) {
	const most = 32 // persons whom a reader has in mind
	if len(a.here) == most {
		a.here = append(a.here[:0], a.here[most/2:]...)
	}
	a.here = append(a.here, p)
}

// turn goes on to the next sentence.
func (a *antecedents) turn() {
	a.back++
	if len(a.here) > 0 {
		a.before, a.here, a.back = a.here, a.before[:0], 1
	}
}

// resolve adds a mention if the pronoun at a place clearly means an actor. If
// it means somebody else, that is one more whom the next can mean.
func (a *antecedents) resolve(word Span) {
	pronoun, quote := nominative(word.Of(a.text)), a.quotes.at(word.Start)
	p, ok := a.antecedent(word, pronoun, quote)
	if !ok {
		a.learn(pronoun)
		a.meet(person{nobody, pronoun, word, quote})
		return
	}
	a.mentions = append(a.mentions, Mention{a.actors[p.actor].name, word, KindPronoun, KindPronoun.sure(), p.span})
	if a.pronounOf(p.actor) == "" {
		put(&a.pronouns, p.actor, pronoun)
		for i := range a.here {
			if a.here[i].actor == p.actor {
				a.here[i].pronoun = pronoun
			}
		}
	}
	a.meet(person{p.actor, pronoun, word, quote})
}

// pronounOf returns the pronoun of an actor, as known or else as the text tells.
func (a *antecedents) pronounOf(actor int) string {
	if p := a.actors[actor].pronoun; p != "" {
		return p
	}
	return a.pronouns[actor]
}

// learn takes a pronoun for that of the only person in the sentence whom it
// suits: of the nurse in "the nurse said she had quit".
func (a *antecedents) learn(pronoun string) {
	only := -1
	for i, p := range a.here {
		if p.suits(pronoun) {
			if only >= 0 {
				return
			}
			only = i
		}
	}
	if only >= 0 {
		a.here[only].pronoun = pronoun
	}
}
