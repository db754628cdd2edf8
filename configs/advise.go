package configs

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// advise warns of names that are easily taken for another's, or for no name. It
// takes time in proportion to the phrases there are.
func (i *Inspection) advise() {
	phrases := phrasesOf(i.Config)
	i.personsWithoutKind()
	i.sharedTitles()
	i.equalButForCase(phrases)
	i.partsOfOthers(phrases)
	i.commonWords(phrases)
}

// phrase is a name or an alias of an actor.
type phrase struct {
	actor *Actor
	text  *string
	words []string // as spelled, without stops
}

func phrasesOf(c *Config) (list []phrase) {
	for i := range c.Actors {
		a := &c.Actors[i]
		list = append(list, phrase{a, &a.Name, split(a.Name)})
		for j := range a.Aliases {
			list = append(list, phrase{a, &a.Aliases[j], split(a.Aliases[j])})
		}
	}
	return list
}

// split gives the words of a phrase so that equal ones are found alike: without
// the stops of acronyms, and a hyphen being a space.
func split(text string) []string {
	return strings.FieldsFunc(strings.ReplaceAll(text, ".", ""), func(r rune) bool { return r == '-' || unicode.IsSpace(r) })
}

// folded is a key for phrases that differ in nothing but case.
func folded(words []string) string { return strings.ToLower(strings.Join(words, " ")) }

// holds says whether part is a run of whole.
func holds(whole, part []string) bool {
	for i := range len(whole) - len(part) + 1 {
		if slices.Equal(whole[i:i+len(part)], part) {
			return true
		}
	}
	return false
}

// cite is a phrase of the file as another line's warning names it.
func (i *Inspection) cite(field *string) string {
	return fmt.Sprintf("%s on line %d", i.file.quote(field), i.file.places[field].value.Line)
}

// personTitles are last words of titles that persons have, and few others.
const personTitles = ` activist actor actress admiral advocate ambassador analyst archbishop artist astronaut
	author banker baron billionaire bishop boss captain cardinal ceo chair chairman chairperson chairwoman chancellor
	chief coach colonel commander commissioner congressman congresswoman councillor czar dictator diplomat director
	duchess duke economist editor emir emperor envoy executive founder general goalkeeper governor heir heiress
	historian investor journalist judge justice king lawmaker lawyer leader lieutenant major manager marshal mayor
	minister monarch mp officer owner pastor physicist player pope premier president priest prince princess
	prisoner professor prosecutor queen rabbi rapper referee reverend scientist secretary senator sheriff singer
	speaker spokesman spokesperson spokeswoman striker sultan superintendent tycoon undersecretary whistleblower
	winner writer `

// personsWithoutKind warns of actors with a person's title that are not said to
// be persons.
func (i *Inspection) personsWithoutKind() {
	roles := strings.Fields(personTitles)
	for a := range i.Config.Actors {
		actor := &i.Config.Actors[a]
		for t := range actor.Titles {
			words := split(strings.ToLower(actor.Titles[t]))
			if actor.Kind != "" || len(words) == 0 || !slices.Contains(roles, words[len(words)-1]) {
				continue
			}
			i.Warn(&actor.Name, `add "kind: person", so that surname and pronouns are followed; or another kind, if it is no person`,
				"%s has a person's title, %s, and no kind", i.file.quote(&actor.Name), i.file.quote(&actor.Titles[t]))
			break
		}
	}
}

// sharedTitles warns of titles that an actor before has, too.
func (i *Inspection) sharedTitles() {
	type holder struct{ actor, title *string }
	first := make(map[string]holder)
	for a := range i.Config.Actors {
		actor := &i.Config.Actors[a]
		for t := range actor.Titles {
			title := &actor.Titles[t]
			key := folded(split(*title))
			before, taken := first[key]
			switch {
			case !taken:
				first[key] = holder{&actor.Name, title}
			case before.actor != &actor.Name:
				i.Warn(title, "it means the one whom a text has named last; a longer title tells them apart",
					"%s is a title of %s, too: %s", i.file.quote(title), i.file.quote(before.actor), i.cite(before.title))
			}
		}
	}
}

// equalButForCase warns of phrases that another actor's phrase before differs
// from in case only.
func (i *Inspection) equalButForCase(phrases []phrase) {
	first := make(map[string]phrase)
	for _, p := range phrases {
		key := folded(p.words)
		before, taken := first[key]
		switch {
		case !taken:
			first[key] = p
		case before.actor != p.actor && !slices.Equal(before.words, p.words): // equal ones are a mistake, which the finder tells
			i.Warn(p.text, "in capitals they look alike: write a longer name",
				"%s is another actor's but for its case: %s", i.file.quote(p.text), i.cite(before.text))
		}
	}
}

// partsOfOthers warns of aliases that stand inside another actor's phrases.
func (i *Inspection) partsOfOthers(phrases []phrase) {
	aliases := make(map[string][]phrase)
	for _, p := range phrases {
		if p.text != &p.actor.Name {
			key := strings.Join(p.words, " ")
			aliases[key] = append(aliases[key], p)
		}
	}
	inside := make(map[*string][]phrase)
	for _, whole := range phrases {
		n := len(whole.words)
		for from := range n {
			for to := from + 1; to <= n; to++ {
				if to-from == n {
					continue
				}
				for _, part := range aliases[strings.Join(whole.words[from:to], " ")] {
					if part.actor != whole.actor && !settled(part, whole) {
						inside[part.text] = append(inside[part.text], whole)
					}
				}
			}
		}
	}
	const most = 3 // are cited
	for _, p := range phrases {
		wholes := inside[p.text]
		if len(wholes) == 0 {
			continue
		}
		var cited []string
		for _, whole := range wholes[:min(most, len(wholes))] {
			cited = append(cited, i.cite(whole.text))
		}
		if more := len(wholes) - most; more > 0 {
			cited = append(cited, fmt.Sprintf("%d more", more))
		}
		name := i.file.quote(wholes[0].text)
		i.Warn(p.text, fmt.Sprintf("where it may mean %s write a longer name; for persons, give both \"kind: person\"; if it never does, add %s to \"not\"", name, name),
			"%s is a part of another actor's name: %s", i.file.quote(p.text), strings.Join(cited, ", "))
	}
}

// settled says whether the file deals with an alias that is a part of another
// actor's phrase: it is excluded there, or a surname, which persons are followed
// by.
func settled(part, whole phrase) bool {
	for _, not := range part.actor.Not {
		if words := split(not); holds(whole.words, words) && holds(words, part.words) {
			return true
		}
	}
	persons := part.actor.Kind == kindPerson && whole.actor.Kind == kindPerson
	return persons && holds(split(part.actor.Name), part.words)
}

// wordList is what [Inspection.commonWords] knows; it says itself how it was
// made.
//
//go:embed words.txt
var wordList string

// commonWords warns of phrases that a sentence may begin with, or a headline in
// capitals may hold, and not mean the actor.
func (i *Inspection) commonWords(phrases []phrase) {
	words := wordsOf(wordList)
	for _, p := range phrases {
		if len(p.words) != 1 || strings.Contains(*p.text, ".") || !words[strings.ToLower(p.words[0])] {
			continue
		}
		if slices.ContainsFunc(p.actor.Not, func(not string) bool { return holds(split(not), p.words) }) {
			continue
		}
		i.Warn(p.text, fmt.Sprintf("write a longer name, or add to \"not\" what else begins with %s", i.file.quote(p.text)),
			"%s is a common word, too", i.file.quote(p.text))
	}
}

// wordsOf reads a list of words; "#" begins a comment.
func wordsOf(list string) map[string]bool {
	words := make(map[string]bool)
	for line := range strings.Lines(list) {
		line, _, _ = strings.Cut(line, "#")
		for word := range strings.FieldsSeq(line) {
			words[word] = true
		}
	}
	return words
}
