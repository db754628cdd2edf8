package scoring

import (
	"slices"
	"strings"
)

// bearer is whom a surname means at a place in a text: the one whom the text
// named last in full.
type bearer struct {
	actor int // or nobody
	full  Span
}

// isSurname reports whether p, a phrase of actor, may mean others who bear the
// name: a surname, or an alias of one word.
func (r *resolver) isSurname(p *phrase, actor int) bool {
	a := &r.actors[actor]
	return a.family != 0 && (p.kind == KindSurname || p.spelling == a.surname || p.kind == KindAlias && p.words == 1)
}

// surname adds the mention if the matches, which have one span, are surnames
// and the text makes clear whose.
//
// A surname means whom the text named last in full, be it an actor or not;
// before that, the actor whose title stands before it, whose alias it is, or
// who alone bears it. Of several it is the one whom the text goes on to name
// first, or else the only one with a title, as a head of state is known by
// surname alone. "Mr" and "Mrs" must agree.
func (r *resolver) surname(here []match) bool {
	number, alias := r.familyOf(here)
	if number == 0 {
		return false
	}
	span := here[0].span
	if r.isMonth(span) || r.isInLonger(span) || r.isOfKin(span) {
		return false
	}
	if r.isNamesake(span, r.actors[here[0].actors[0]].eastern) {
		put(&r.bearers, number, bearer{actor: nobody})
		return false
	}
	title, pronoun := r.titleBefore(span.Start)
	last, known := r.bearers[number]
	if actor, ok := r.holder(number, title); ok && (!known || last.actor != actor) {
		last, known = bearer{actor: actor}, true
		put(&r.bearers, number, last)
	}
	if !known {
		last.actor = r.likeliest(number, alias, title != "", span)
	}
	if (last.actor >= 0 || !known) && pronoun != "" && !r.agrees(last.actor, pronoun) {
		last = bearer{actor: r.families[number].suited(pronoun)}
		if last.actor == none {
			put(&r.bearers, number, bearer{actor: nobody})
		}
	}
	if last.actor < 0 || r.excluded.cover(last.actor, span) {
		return false
	}
	kind := KindSurname
	if i := slices.IndexFunc(here, func(m match) bool {
		return m.kind != KindSurname && m.kind.Named() && slices.Contains(m.actors, last.actor)
	}); i >= 0 {
		kind = here[i].kind
	}
	r.add(last.actor, kind, span, last.full)
	return true
}

// likeliest returns whom a surname, the alias of an actor or of nobody, means
// before the text has named one in full; below 0 if that is not clear.
func (r *resolver) likeliest(number, alias int, titled bool, span Span) int {
	family := &r.families[number]
	later, named := r.next(number)
	switch {
	case alias != nobody:
		return alias
	case !titled && !named && r.isCommonSurname(span):
		return nobody
	case family.only >= 0:
		return family.only
	case named:
		return later
	}
	return family.chief
}

// agrees reports whether a pronoun can be an actor's.
func (r *resolver) agrees(actor int, pronoun string) bool {
	return actor >= 0 && (r.actors[actor].pronoun == "" || r.actors[actor].pronoun == pronoun)
}

// familyOf returns the family whose surname the matches are, 0 if they are none,
// and the actor whose alias or whole name that is, or nobody.
func (r *resolver) familyOf(here []match) (family, alias int) {
	alias = nobody
	for _, m := range here {
		if !m.kind.Named() || !r.isSurname(m.phrase, m.actors[0]) {
			continue
		}
		family = r.actors[m.actors[0]].family
		if m.kind != KindSurname {
			alias = m.actors[0]
		}
	}
	return family, alias
}

// next returns whom of a family the rest of the text named first in full, when
// that was first asked.
func (r *resolver) next(family int) (actor int, ok bool) {
	if r.ahead == nil {
		r.ahead = make(map[int]int)
		for _, m := range r.found {
			if m.kind != KindName && m.kind != KindAlias {
				continue
			}
			for _, actor := range m.actors {
				f := r.actors[actor].family
				if _, ok := r.ahead[f]; !ok && !r.isSurname(m.phrase, actor) {
					r.ahead[f] = actor
				}
			}
		}
	}
	actor, ok = r.ahead[family]
	return actor, ok
}

// isCommonSurname reports whether a surname that nobody in the text bears in
// full may be a word of every day: a month, or where a capital says nothing.
func (r *resolver) isCommonSurname(span Span) bool {
	c := classOf(span.Of(r.text))
	return c.has(dateWord) || c.has(commonWord) &&
		(opens(r.text, span.Start) || r.lines.at(r.text, span.Start) != prose)
}

// isNamesake reports whether the words beside a surname make it the full name
// of somebody who is no actor.
func (r *resolver) isNamesake(span Span, eastern bool) bool {
	return r.hasSuffix(span) || r.isGivenBefore(span) || eastern && r.isGivenBehind(span)
}

// hasSuffix reports whether what follows a name makes it another's: "Donald
// Trump Jr".
func (r *resolver) hasSuffix(span Span) bool {
	word, gap := r.wordAfter(span.End)
	return (isSpace(gap) || gap == ", ") && isSuffix(word.Of(r.text))
}

// isGivenBefore reports whether the word before a surname is a given name, and
// the two so no actor's, or a longer match would have been found.
func (r *resolver) isGivenBefore(span Span) bool {
	word, gap := r.wordBefore(span.Start)
	text := word.Of(r.text)
	if word.Start < r.end || !isCapital(text) || !joins(text, gap) {
		return false
	}
	if isAcronym(text) {
		return tables().byName[strings.ReplaceAll(text, ".", "")] == nil // "George H.W. Bush", not "U.S."
	}
	if gap[0] == '.' {
		return false // "Gen. Powell"
	}
	c := classOf(text)
	heading := r.lines.at(r.text, word.Start) != prose
	if heading || opens(r.text, word.Start) {
		if c.has(givenName) {
			return true
		}
		if heading || seldomName(text) {
			return false
		}
	}
	title, _ := r.titleBefore(span.Start)
	return title == "" && !isLoud(text) && !c.has(dateWord|attributeWord)
}

// isGivenBehind reports whether the word behind a surname that comes first in a
// name is a given name: "Kim Yong Chol". In a headline, where "Kim Meets Trump"
// has the same capitals, it is when it can be nothing else, or when the text
// goes on to name that person.
func (r *resolver) isGivenBehind(span Span) bool {
	word, gap := r.wordAfter(span.End)
	text := word.Of(r.text)
	c := classOf(text)
	if !isSpace(gap) || !isCapital(text) || isLoud(text) || c.has(dateWord|titleRole) {
		return false
	}
	return r.lines.at(r.text, span.Start) == prose || c.has(syllableWord) || r.recurs(Span{span.Start, word.End})
}

// recurs reports whether the words of a headline come again soon below it.
func (r *resolver) recurs(words Span) bool {
	const soon = 1000 // bytes
	below := r.text[r.lines.end:min(r.lines.end+soon, len(r.text))]
	return strings.Contains(below, words.Of(r.text)+" ")
}

// isOfKin reports whether what follows a surname makes it someone who belongs
// to its bearer: "Kim's younger sister".
func (r *resolver) isOfKin(span Span) bool {
	n := possessiveLen(span.Of(r.text), r.text[span.End:])
	if n == 0 {
		return false
	}
	last, at := "", span.End+n
	for range 4 {
		word, gap := r.wordAfter(at)
		text := word.Of(r.text)
		if !isSmall(text) || !isSpace(gap) && (last == "" || !isHyphen(gap)) {
			return false
		}
		c := classOf(text)
		if c.has(kinRole) || last != "" && c.has(phrasePart) && classOfPhrase(last, text).has(kinRole) {
			return true
		}
		last, at = text, word.End
	}
	return false
}

// titleBefore returns the last word of the title that ends before a place in
// the text, and the pronoun that it admits: "Chairman" and "he" before "Kim" in
// "Chairman Kim". Both are empty where there is none.
func (r *resolver) titleBefore(at int) (title, pronoun string) {
	const most = 3 // words of a title
	var phrase []string
	for len(phrase) < most {
		word, gap := r.wordBefore(at)
		text := word.Of(r.text)
		if text == "" || !joins(text, gap) && (len(phrase) == 0 || !isHyphen(gap)) {
			break
		}
		c := classOf(text)
		if phrase == nil && c.has(titleRole) {
			return text, c.rolePronoun()
		}
		if !c.has(phrasePart) {
			break
		}
		phrase = append([]string{text}, phrase...)
		if c = classOfPhrase(phrase...); c.has(titleRole) {
			return phrase[len(phrase)-1], c.rolePronoun()
		}
		at = word.Start
	}
	return "", ""
}
