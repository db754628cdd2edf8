package scoring

import "strings"

// exclusions are the parts of a text that [Actor.Not] denies to an actor, in
// order of their start.
type exclusions map[int][]Span

// cover reports whether s overlaps an exclusion of actor that does not lie
// within it. Calls must come in order of the starts of s: what ends before one
// is forgotten.
func (e exclusions) cover(actor int, s Span) bool {
	if len(e) == 0 {
		return false
	}
	spans := e[actor]
	for len(spans) > 0 && spans[0].End <= s.Start {
		spans = spans[1:]
		e[actor] = spans
	}
	for _, x := range spans {
		if x.Start >= s.End {
			break
		}
		if x.End > s.Start && !s.Holds(x) {
			return true
		}
	}
	return false
}

// isLookalike reports whether p, a name of actor, is, as the words around it
// tell, part of a longer one, a word of every day, or another's.
func (r *resolver) isLookalike(actor int, p *phrase, span Span) bool {
	if r.isInLonger(span) {
		return true
	}
	c := p.class
	if p.words > 1 {
		name := span.Of(r.text) // perhaps one word there: "Jong-un"
		if strings.Contains(name, " ") {
			return false
		}
		c = classOf(name)
	}
	if c.has(commonWord) && r.isOrdinary(span, c) {
		return true
	}
	if r.actors[actor].kind == ActorPerson {
		return false
	}
	return !r.adjoins(span.Start) && r.hasGivenName(span) || c.has(homonymWord) && r.isHomonym(actor, span)
}

// isInLonger reports whether the words around a name make it part of another:
// "Trump Tower", "Bank of China".
func (r *resolver) isInLonger(span Span) bool {
	return r.hasApostrophe(span.End) && r.goesOnBehind(span) || r.hasHead(span) || !r.adjoins(span.Start) && r.hasFront(span)
}

// hasApostrophe reports whether an apostrophe, or a rune that starts with the
// same byte, stands at a place.
func (r *resolver) hasApostrophe(at int) bool {
	return at < len(r.text) && (r.text[at] == '\'' || r.text[at] == "’"[0])
}

// goesOnBehind reports whether the word of a name goes on behind an apostrophe:
// "Xi'an".
func (r *resolver) goesOnBehind(span Span) bool {
	word, gap := r.wordAfter(span.End)
	if gap != "'" && gap != "’" || !isSmall(word.Of(r.text)) {
		return false
	}
	switch word.Of(r.text) {
	case "s", "d", "ll", "re", "ve", "m", "t":
		return false
	}
	return true
}

// hasHead reports whether the last word of a longer name follows: at once, or
// at the end of a row of capitalised words.
func (r *resolver) hasHead(span Span) bool {
	heading := r.lines.at(r.text, span.Start) != prose
	at := span.End
	for n := range 4 {
		word, c := r.after(at)
		if !isSpace(r.text[at:word.Start]) {
			return false
		}
		capital := isCapital(word.Of(r.text))
		if heading && c.has(weakHead) {
			return false
		}
		if c.has(headWord) && (capital || n == 0 && c.has(smallHead)) {
			return true
		}
		if heading || !capital {
			return false
		}
		at = word.End
	}
	return false
}

// hasFront reports whether the first words of a longer name stand before.
func (r *resolver) hasFront(span Span) bool {
	word, gap := r.wordBefore(span.Start)
	if !isSpace(gap) || word.Start < r.end {
		return false
	}
	front := word.Of(r.text)
	if !isSmall(front) {
		return classOf(front).has(frontWord)
	}
	first, gap := r.wordBefore(word.Start)
	return isSpace(gap) && isCapital(first.Of(r.text)) && classOf(front).has(phrasePart) &&
		classOfPhrase(first.Of(r.text), front).has(frontWord)
}

// isOrdinary reports whether a name that is a word of every day, of class c, is
// that in a headline: "APPLE HARVEST RUINED", "LET US KEEP IT", "Rebels Target
// Capital".
func (r *resolver) isOrdinary(span Span, c class) bool {
	word, gap := r.wordBefore(span.Start)
	switch r.lines.at(r.text, span.Start) {
	case prose:
		return false
	case titled:
		before := word.Of(r.text)
		return c.has(actVerb) && isSpace(gap) && isCapital(before) && !seldomName(before)
	}
	if isSpace(gap) {
		before := word.Of(r.text)
		if before == "AND" && word.Start-1 == r.end && r.end > 0 {
			return false // "BOEING AND APPLE"
		}
		if !classOf(before).has(jointWord) {
			return true
		}
	}
	if possessiveLen(span.Of(r.text), r.text[span.End:]) > 0 {
		return false
	}
	word, gap = r.wordAfter(span.End)
	after := word.Of(r.text)
	return isSpace(gap) && after != "TO" && after != "AND" && !classOf(after).has(actVerb|titleRole|bodyWord)
}

// isMonth reports whether a name that is a month's too is that, or the verb:
// "in May", "May 5", "May I".
func (r *resolver) isMonth(span Span) bool {
	if !classOf(span.Of(r.text)).has(dateWord) {
		return false
	}
	word, gap := r.wordAfter(span.End)
	if after := word.Of(r.text); after != "" && isSpace(gap) && (after[0] <= '9' || classOf(after).has(determinerWord|subjectWord)) {
		return true
	}
	word, gap = r.wordBefore(span.Start)
	return (isSpace(gap) || isHyphen(gap)) && classOf(word.Of(r.text)).has(seasonWord)
}

// hasGivenName reports whether a given name before a name makes it the surname of
// somebody: "Michael Jordan".
func (r *resolver) hasGivenName(span Span) bool {
	word, gap := r.wordBefore(span.Start)
	before := word.Of(r.text)
	return isSpace(gap) && isCapital(before) && word.Start >= r.end && classOf(before).has(givenName) && !opens(r.text, word.Start)
}

// isHomonym reports whether a name of actor, one that something else has too,
// means that, as Georgia the American state: by what the text is about, or the
// words beside the name.
func (r *resolver) isHomonym(actor int, span Span) bool {
	h := tables().homonyms[titleCase(span.Of(r.text))]
	if h.kind != r.actors[actor].kind {
		return false
	}
	other, known := r.homonyms[actor]
	if !known {
		other = h.isOther(r.text)
		put(&r.homonyms, actor, other)
	}
	if h.kind == ActorCountry {
		return other || r.isOtherPlace(h, span)
	}
	next, gap := r.wordAfter(span.End)
	if isSpace(gap) && isSmall(next.Of(r.text)) && classOf(next.Of(r.text)).has(actVerb) {
		return false // "Amazon announced"
	}
	return other
}

// isOtherPlace reports whether the words beside the name of a country make it
// that of another place: "Atlanta, Georgia", "Georgia Power".
func (r *resolver) isOtherPlace(h homonym, span Span) bool {
	word, gap := r.wordBefore(span.Start)
	if before := word.Of(r.text); gap == ", " && isCapital(before) && word.Start >= r.end {
		return !h.own[strings.ToLower(before)] && !classOf(before).has(countryWord)
	}
	word, gap = r.wordAfter(span.End)
	after := word.Of(r.text)
	if !isSpace(gap) || !isCapital(after) || classOf(after).has(dateWord) || r.lines.at(r.text, span.Start) != prose {
		return false
	}
	return h.other[strings.ToLower(after)] || !classOf(after).has(titleRole)
}

// isOther reports whether a text tells of the other one alone.
func (h homonym) isOther(text string) bool {
	other := false
	for w := (words{text: text}); w.next(); {
		word := strings.ToLower(w.word.Of(text))
		if h.own[word] {
			return false
		}
		other = other || h.other[word]
	}
	return other
}
