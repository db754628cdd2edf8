package scoring

import (
	"slices"
	"strings"
)

// title adds the mention if the matches, which have one span, are titles that
// stand there in place of an actor's name. Offices, and titles with a name
// behind them, only tell whose they are. A title that goes with the name of its
// actor is no mention, nor is a name in it: "U.S. President Donald Trump".
//
// A title means that actor among its holders whom the text named last, and
// none before it has named one; where the text has given the office to someone
// with the name behind it, it means that one, or nobody.
func (r *resolver) title(here []match) bool {
	number, title := 0, match{} // of the last mention that names a holder, and the title
	for _, m := range here {
		if m.kind != KindTitle && m.kind != kindOffice {
			continue
		}
		if name, ok := r.nameBehind(m.span); ok {
			if !r.isLesser(m.span) && holds(m, r.give(m, name)) && m.kind == KindTitle {
				r.end = m.span.End
				return true
			}
			continue
		}
		if m.kind == KindTitle {
			r.note()
			number, title = r.named[r.officeOf(m).number], m
		}
	}
	if number == 0 || r.isOthers(title) || r.isBeing(title.span) {
		return false
	}
	means := r.who[number-1]
	span := title.span
	if word, gap := r.wordBefore(span.Start); gap == " " && word.Start >= r.end && strings.EqualFold(word.Of(r.text), "the") {
		span.Start = word.Start
	}
	if r.isApposed(span) {
		r.aside = append(r.aside, span)
		r.end = span.End
		return true
	}
	from := r.mentions[number-1].Span
	if holder, ok := r.holders[r.officeOf(title).bare]; ok && holder != means {
		switch {
		case holder == nobody:
			return false
		case holds(title, holder):
			means, from = holder, Span{}
		}
	}
	if r.excluded.cover(means, title.span) {
		return false
	}
	r.add(means, KindTitle, span, from)
	return true
}

// holds reports whether a title or office is an actor's.
func holds(m match, actor int) bool {
	_, ok := slices.BinarySearch(m.actors, actor)
	return ok
}

// officeOf returns the office of a match that is one or a title.
func (r *resolver) officeOf(m match) office {
	if m.kind == kindOffice {
		return office{bare: m.spelling}
	}
	return r.offices[strings.ToLower(m.spelling)]
}

// gift is an office given to whom the name at a place will turn out to mean.
type gift struct {
	office string
	name   int
}

// give notes that the name behind an office or title holds it, and returns whom
// that seems to mean: an actor or nobody.
func (r *resolver) give(m match, name Span) (holder int) {
	holder = nobody
	for _, next := range r.found {
		if next.span.Start > name.Start {
			break
		}
		if next.span.Start < name.Start || !next.kind.Named() {
			continue
		}
		holder = next.actors[0]
		if len(next.actors) > 1 {
			holder, _ = r.holder(r.actors[holder].family, m.spelling[strings.LastIndexByte(m.spelling, ' ')+1:])
		}
	}
	r.gift = gift{r.officeOf(m).bare, name.Start}
	put(&r.holders, r.gift.office, nobody)
	r.aside = append(r.aside, m.span)
	return holder
}

// nameBehind returns the first word of the name that follows a title directly
// or in apposition: "President Macron", "the president, Emmanuel Macron".
func (r *resolver) nameBehind(span Span) (name Span, ok bool) {
	word, gap := r.wordAfter(span.End)
	text := word.Of(r.text)
	apposed := gap == ", "
	if !isCapital(text) || !apposed && !isSpace(gap) {
		return Span{}, false
	}
	for _, next := range r.found {
		if next.span.Start > word.Start {
			break
		}
		if next.span.Start == word.Start && next.kind.Named() {
			return word, !apposed || r.closes(next.span.End)
		}
	}
	if r.lines.at(r.text, span.Start) != prose {
		return word, classOf(text).has(givenName)
	}
	if classOf(text).has(dateWord | openerWord) {
		return Span{}, false
	}
	return word, !apposed || r.closes(r.nameEnd(word))
}

// nameEnd returns where the row of capitalised words ends that starts with word.
func (r *resolver) nameEnd(word Span) int {
	const most = 4 // words of a name
	end := word.End
	for range most {
		next, gap := r.wordAfter(end)
		if !joins(word.Of(r.text), gap) || !isCapital(next.Of(r.text)) {
			break
		}
		word, end = next, next.End
	}
	return end
}

// isOthers reports whether the words around a title make it another's, or no
// one's: "the vice president", "a former president", "the president of the
// club".
func (r *resolver) isOthers(m match) bool {
	rest := r.text[m.span.End:]
	if strings.HasPrefix(rest, "-elect") || strings.HasPrefix(rest, "-designate") {
		return true
	}
	bare := strings.TrimPrefix(m.spelling, "the ")
	if of, ok := strings.CutPrefix(rest, " of "); ok && bare == r.officeOf(m).bare {
		what, _ := wordAfter(of, 0)
		if !strings.HasSuffix(what.Of(of), "ing") { // "accused the president of lying"
			return true
		}
	}
	word, gap := r.wordBefore(m.span.Start)
	if word.Start < r.end || !isSpace(gap) && !isHyphen(gap) {
		return false
	}
	text := word.Of(r.text)
	return classOf(text).has(otherWord|lesserWord) || isCapital(text) && !strings.EqualFold(text, "the") && bare == m.spelling &&
		!opens(r.text, word.Start) && r.lines.at(r.text, word.Start) == prose // "French President"
}

// isLesser reports whether the word before a title makes it another one: "vice
// president", "former president".
func (r *resolver) isLesser(span Span) bool {
	word, gap := r.wordBefore(span.Start)
	return (isSpace(gap) || isHyphen(gap)) && classOf(word.Of(r.text)).has(lesserWord)
}

// isBeing reports whether a title without an article says what someone is, not
// who: "as president", "elected president".
func (r *resolver) isBeing(span Span) bool {
	word, gap := r.wordBefore(span.Start)
	first, _ := r.wordAfter(span.Start)
	return isSpace(gap) && classOf(word.Of(r.text)).has(beingWord) && !strings.EqualFold(first.Of(r.text), "the")
}

// isApposed reports whether a title goes with the name before it: "Trump, the
// U.S. president,".
func (r *resolver) isApposed(span Span) bool {
	const most = 40 // bytes between, room for "the 45th"
	n := len(r.mentions)
	if n == 0 || !r.mentions[n-1].Kind.Named() || span.Start-r.mentions[n-1].Span.End > most {
		return false
	}
	between, ok := strings.CutPrefix(r.text[r.mentions[n-1].Span.End:span.Start], ", ")
	return ok && !strings.ContainsAny(between, ",.;:\n") && r.closes(span.End)
}

// closes reports whether an apposition ends at a place in the text.
func (r *resolver) closes(at int) bool {
	rest := r.text[at:]
	return rest == "" || strings.IndexByte(",.;:)-", rest[0]) >= 0 || strings.HasPrefix(rest, " and ")
}
