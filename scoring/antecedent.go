package scoring

import "strings"

// antecedent returns the actor whom a pronoun at a place means, as last
// mentioned before it, if that is clear.
//
// Whom a sentence tells of before the pronoun comes first. There the subject of
// a clause is not meant by its object ("Putin received him"), but by the
// subject of what depends on it, even if others could be ("Trump said he"). Who
// says something is no one in it: neither "he" in `"Trump lost," he said`, nor
// in `"He lost," Trump said`.
func (a *antecedents) antecedent(word Span, pronoun string, quote int) (p person, ok bool) {
	switch {
	case quote == 0 && a.isTag(word):
		if anySuits(a.here, pronoun, 0) {
			return person{}, false
		}
	default:
		p, any, one := a.only(a.here, pronoun, quote, a.subjectOf(word))
		if any {
			return p, p.actor != nobody && (one || p.quote == quote && standsForSubject(word.Of(a.text)) && a.leads(p.span, word))
		}
		if quote != 0 && anySuits(a.here, pronoun, 0) {
			return person{}, false
		}
	}
	if a.back > reach {
		return person{}, false
	}
	p, _, one := a.only(a.before, pronoun, 0, Span{})
	return p, one && p.actor != nobody
}

// only returns the last of persons that a pronoun suits, whether there is any,
// and whether all are one. Those outside its quote do not count, nor does the
// one at except.
func (a *antecedents) only(persons []person, pronoun string, quote int, except Span) (last person, any, one bool) {
	one = true
	for _, p := range persons {
		if p.span == except || !p.suits(pronoun) || quote != 0 && p.quote != quote {
			continue
		}
		one = one && p.actor != nobody && (!any || p.actor == last.actor)
		last, any = p, true
	}
	return last, any, any && one
}

// anySuits reports whether a pronoun suits one of the persons in a quote, or
// outside of all if that is 0.
func anySuits(persons []person, pronoun string, quote int) bool {
	for _, p := range persons {
		if p.quote == quote && p.suits(pronoun) {
			return true
		}
	}
	return false
}

// isTag reports whether a pronoun tells who said what stands before it: ", he
// said", ", said he."
func (a *antecedents) isTag(word Span) bool {
	next, space := wordAfter(a.text, word.End)
	if !standsForSubject(word.Of(a.text)) {
		return false
	}
	if prev, gap := wordBefore(a.text, word.Start); isSpace(gap) && isSpeech(prev.Of(a.text)) {
		return strings.HasPrefix(space, ".") || strings.HasPrefix(space, ",")
	}
	before := strings.TrimRight(a.text[:word.Start], " ")
	return isSpace(space) && isSpeech(next.Of(a.text)) &&
		(strings.HasSuffix(before, ",") || strings.HasSuffix(before, `"`) || strings.HasSuffix(before, "”"))
}

// subjectOf returns the person who, as the subject of the clause in which the
// pronoun is an object, cannot be meant by it: Putin in "Putin received him".
// It is empty where there is none.
func (a *antecedents) subjectOf(word Span) Span {
	if len(a.here) == 0 || !a.isObject(word) {
		return Span{}
	}
	last := a.here[len(a.here)-1].span
	text := last.Of(a.text)
	if nominative(text) != "" && !standsForSubject(text) || possessiveLen(text, a.text[last.End:]) > 0 {
		return Span{}
	}
	clause := a.text[last.End:word.Start]
	if i := strings.LastIndex(clause, " who "); i >= 0 {
		clause = clause[i+len(" who "):]
	}
	speech := false
	n := 0
	for w := (words{text: clause}); w.next(); n++ {
		word := w.word.Of(clause)
		if speech || classOf(word).has(boundWord) {
			return Span{} // "Bush said the pictures moved him"
		}
		speech = isSpeech(word)
	}
	if n == 0 || strings.ContainsAny(clause, ",;:()\n") {
		return Span{}
	}
	return last
}

// standsForSubject reports whether a pronoun is one for a subject, or stands for it.
func standsForSubject(pronoun string) bool {
	switch strings.ToLower(pronoun) {
	case "he", "she", "himself", "herself":
		return true
	}
	return false
}

// isObject reports whether the pronoun at a place is an object.
func (a *antecedents) isObject(word Span) bool {
	switch strings.ToLower(word.Of(a.text)) {
	case "him":
		return true
	case "her":
		next, gap := wordAfter(a.text, word.End)
		c := classOf(next.Of(a.text))
		return !isSpace(gap) || c.has(openerWord) && !c.has(herWord)
	}
	return false
}

// leads reports whether a person is the subject of the clause that a pronoun
// stands in or depends on: Trump in "while Trump said he would".
func (a *antecedents) leads(p, word Span) bool {
	if strings.ContainsAny(a.text[p.End:word.Start], ";:()—–\"“”\n") || possessiveLen(p.Of(a.text), a.text[p.End:]) > 0 {
		return false
	}
	const most = 4 // words of a title
	for start, n := p.Start, 0; n < most; n++ {
		before, gap := wordBefore(a.text, start)
		text := before.Of(a.text)
		switch {
		case !joins(text, gap):
			return gap == ", " || opens(a.text, start)
		case !isCapital(text):
			return classOf(text).has(clauseWord)
		case !classOf(text).has(titleRole):
			return classOf(text).has(openerWord) && opens(a.text, before.Start)
		}
		start = before.Start
	}
	return false
}
