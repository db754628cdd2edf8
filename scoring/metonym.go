package scoring

import "strings"

// metonym adds the mention if the matches, which have one span, are the
// capital of a country, the seat of its government or its adjective, and stand
// there for the government.
func (r *resolver) metonym(here []match) bool {
	for _, m := range here {
		var stands func(Span) bool
		switch m.kind {
		case kindCapital:
			stands = r.isGovernment
		case kindSeat:
			stands = r.isSeated
		case kindDemonym:
			stands = r.isOfState
		default:
			continue
		}
		// Of several countries, as the two Congos, it is not clear which.
		if len(m.actors) == 1 && !r.excluded.cover(m.actors[0], m.span) && !r.isInLonger(m.span) && stands(m.span) {
			r.add(m.actors[0], KindMetonym, m.span, Span{})
			return true
		}
	}
	return false
}

// isOfState reports whether a body of the state follows an adjective: "the
// Russian navy", "senior Chinese defence officials".
func (r *resolver) isOfState(span Span) bool {
	var next [5]string
	n, at, joint := 0, span.End, false
	for n < len(next) {
		word, gap := r.wordAfter(at)
		if !isSpace(gap) {
			break
		}
		text := word.Of(r.text)
		at = word.End
		if n == 0 && (text == "and" || joint && isCapital(text)) {
			joint = true // "American and South Korean troops"
			continue
		}
		next[n] = text
		n++
	}
	for rest := next[:n]; len(rest) > 0; {
		c, size := classOf(rest[0]), 1
		for n := 2; n <= min(len(rest), 3) && c.has(phrasePart) && !c.has(bodyWord); n++ {
			if phrase := classOfPhrase(rest[:n]...); phrase.has(bodyWord | betweenWord) {
				c, size = phrase, n // "law enforcement officials"
			}
		}
		if c.has(bodyWord) || !c.has(betweenWord) {
			return c.has(bodyWord)
		}
		rest = rest[size:]
	}
	return false
}

// isSeated reports whether a seat of government is not just a building: "the
// Kremlin denied it", not "in the Kremlin".
func (r *resolver) isSeated(span Span) bool {
	_, prev := r.beforePlace(span)
	return r.isGovernment(span) || !classOf(prev).has(placeWord|visitWord)
}

// beforePlace returns the word before a place and its article; its text is
// empty where something else than white space comes between.
func (r *resolver) beforePlace(span Span) (word Span, text string) {
	word, gap := r.wordBefore(span.Start)
	if isSpace(gap) && strings.EqualFold(word.Of(r.text), "the") {
		word, gap = r.wordBefore(word.Start)
	}
	if !isSpace(gap) {
		return word, ""
	}
	return word, word.Of(r.text)
}

// isGovernment reports whether the words around a capital make it a
// government: what does, says or is told something, has ties and a stance.
func (r *resolver) isGovernment(span Span) bool {
	before, prev := r.beforePlace(span)
	c := classOf(prev)
	if r.isPaired(span) || c.has(partyWord) {
		return true
	}
	if noun, gap := r.wordBefore(before.Start); isSpace(gap) && classOf(noun.Of(r.text)).has(behind(prev)) {
		return true // "support from Washington"
	}
	heading := r.lines.at(r.text, span.Start) != prose
	if heading && strings.EqualFold(prev, "to") && r.end > 0 && before.Start == r.end+1 {
		return true // "White House to Kremlin: ..."
	}
	return !c.has(placeWord) && (c.has(uponVerb) || r.acts(span, heading || strings.EqualFold(prev, "that")))
}

// behind returns the kind of words that make a government of a capital with a
// preposition between them.
func behind(preposition string) class {
	switch strings.ToLower(preposition) {
	case "from":
		return beforeFrom
	case "to":
		return beforeTo
	case "for":
		return beforeFor
	case "on":
		return beforeOn
	}
	return 0
}

// isPaired reports whether a capital goes on a list of governments: "Seoul and
// Tokyo", "between Moscow, Tehran and Beijing".
func (r *resolver) isPaired(span Span) bool {
	n := len(r.mentions)
	if n == 0 || r.mentions[n-1].Kind != KindMetonym {
		return false
	}
	switch r.text[r.mentions[n-1].Span.End:span.Start] {
	case " and ", " or ", ", ", ", and ", "-", "–", " AND ":
		return true
	}
	return false
}

// acts reports whether what follows a capital makes it somebody who acts: a
// verb, a clause on who it is, another that acts with it, a stance. A verb
// without an ending will do in a headline, and behind "that": "demands that
// Moscow withdraw".
func (r *resolver) acts(span Span, bare bool) bool {
	if n := possessiveLen(span.Of(r.text), r.text[span.End:]); n > 0 {
		word, gap := r.wordAfter(span.End + n)
		return isSpace(gap) && classOf(word.Of(r.text)).has(stanceWord)
	}
	heading := r.lines.at(r.text, span.Start) != prose
	at := span.End
	for range 4 {
		word, gap := r.wordAfter(at)
		text := word.Of(r.text)
		c := classOf(text)
		switch {
		case gap == ", ":
			return isSmall(text) && (c.has(asideWord) || c.has(actVerb) && endsIn(text, "ed"))
		case gap == ": ":
			return heading
		case !isSpace(gap):
			return false
		case c.has(actVerb) && (bare || !c.has(bareVerb)):
			return !r.isNoun(word)
		case heading && strings.EqualFold(text, "to") && at == span.End:
			return true
		case strings.EqualFold(text, "and") || strings.EqualFold(text, "or"):
			// "Seoul and Tokyo agreed": on to what Tokyo does.
			if word, gap = r.wordAfter(word.End); !isSpace(gap) || !isCapital(word.Of(r.text)) {
				return false
			}
			bare = true
		case !endsIn(text, "ly") && !c.has(adverbWord):
			return false
		}
		at = word.End
	}
	return false
}

// isNoun reports whether the third person of a verb is rather a plural: a verb
// follows, as in "Moscow protests grew".
func (r *resolver) isNoun(word Span) bool {
	next, gap := r.wordAfter(word.End)
	c := classOf(next.Of(r.text))
	return isSpace(gap) && c.has(actVerb) && !c.has(bareVerb) && strings.HasSuffix(word.Of(r.text), "s") && !isAuxiliary(word.Of(r.text))
}

// isAuxiliary reports whether a verb that ends in s goes before another.
func isAuxiliary(verb string) bool {
	switch verb {
	case "is", "was", "has", "does", "says", "gets", "keeps", "goes":
		return true
	}
	return false
}
