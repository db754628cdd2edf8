package scoring

import (
	"slices"
	"strings"
)

// profile is what the finder knows of an actor beyond its phrases.
type profile struct {
	name    string
	kind    ActorKind
	pronoun string // of a person: "he", "she", "they", or "" for unknown
	surname string // of a person
	family  int    // the number of the surname, from 1; 0 where it is not followed
	eastern bool   // the surname comes first
	titles  []int  // their numbers
}

// family is who bears a surname. Of several, each field is nobody.
type family struct {
	only    int // who bears it alone
	he, she int // whom alone of them the pronoun suits
	chief   int // who alone of them has a title, as a head of state
}

// office is a title and what it is without whose it is.
type office struct {
	number int
	bare   string // as the trie spells it, in small letters
}

// register is what the finder knows of all actors together.
type register struct {
	actors   []profile
	families []family
	offices  map[string]office // by title, as the trie spells it in small letters
	titled   map[bearing]int   // who bears a surname and holds a title with the word
	persons  map[string]bool   // by name
}

// bearing is a surname's number and a word of a title, in small letters.
type bearing struct {
	family int
	title  string
}

func newRegister(actors []Actor) *register {
	r := &register{
		actors:   make([]profile, len(actors)),
		families: make([]family, 1),
		offices:  make(map[string]office),
		titled:   make(map[bearing]int),
		persons:  make(map[string]bool),
	}
	numbers := make(map[string]int) // surname: family
	for i, a := range actors {
		p := &r.actors[i]
		*p = profile{name: a.Name, kind: a.Kind, pronoun: a.Pronouns}
		p.surname, p.eastern = surnameOf(a.Name)
		r.persons[a.Name] = a.Kind == ActorPerson
		for _, title := range a.Titles {
			key := spelledSmall(title)
			o, ok := r.offices[key]
			if !ok {
				o = office{len(r.offices), spelledSmall(officeOf(title))}
				r.offices[key] = o
			}
			p.titles = append(p.titles, o.number)
		}
		if a.Kind == ActorPerson && p.pronoun == "" && !p.eastern {
			if given, _, more := strings.Cut(a.Name, " "); more {
				p.pronoun = classOf(given).givenPronoun()
			}
		}
		if a.Kind != ActorPerson && (a.Kind != "" || !slices.Contains(a.Aliases, p.surname)) {
			continue
		}
		p.family = numbers[p.surname]
		if p.family == 0 {
			p.family = len(r.families)
			numbers[p.surname] = p.family
			r.families = append(r.families, family{none, none, none, none})
		}
		r.families[p.family].add(i, p)
		for _, title := range a.Titles {
			for word := range strings.FieldsSeq(strings.ToLower(title)) {
				if b := (bearing{p.family, word}); r.titled[b] == 0 {
					r.titled[b] = i + 1
				}
			}
		}
	}
	return r
}

// none stands in a family for nobody so far.
const none = nobody - 1

// add adds an actor to a family.
func (f *family) add(actor int, p *profile) {
	join := func(who *int, does bool) {
		switch {
		case !does:
		case *who == none:
			*who = actor
		default:
			*who = nobody
		}
	}
	join(&f.only, true)
	join(&f.he, p.pronoun == "he" || p.pronoun == "")
	join(&f.she, p.pronoun == "she" || p.pronoun == "")
	join(&f.chief, len(p.titles) > 0)
}

// suited returns who alone of a family a pronoun suits, or nobody.
func (f *family) suited(pronoun string) int {
	if pronoun == "she" {
		return f.she
	}
	return f.he
}

// holder returns who bears a surname and holds a title with a word, if anyone.
func (r *register) holder(family int, word string) (actor int, ok bool) {
	if word == "" {
		return nobody, false
	}
	n := r.titled[bearing{family, strings.ToLower(word)}]
	return n - 1, n > 0
}

// derived is a phrase that follows from what an actor is.
type derived struct {
	kind Kind
	text string
}

// derive returns the phrases that follow from what a is: of a person the
// surname, of a title the office, of a country with [Actor.Expand] what stands
// for it, and the longer names that hold a phrase of a and mean another.
func derive(a Actor) []derived {
	var all []derived
	own := append([]string{a.Name}, a.Aliases...)
	if surname, _ := surnameOf(a.Name); a.Kind == ActorPerson && surname != a.Name && !slices.Contains(a.Not, surname) {
		all = append(all, derived{KindSurname, surname})
		own = append(own, surname)
	}
	for _, title := range a.Titles {
		all = append(all, derived{kindOffice, officeOf(title)})
	}
	home := tables().byName[a.Name]
	if home != nil && a.Kind == ActorCountry && a.Expand {
		for _, phrase := range home.capitals {
			all = append(all, derived{kindCapital, phrase})
		}
		for _, phrase := range home.seats {
			all = append(all, derived{kindSeat, phrase})
		}
		for _, phrase := range home.demonyms {
			all = append(all, derived{kindDemonym, phrase})
		}
		own = slices.Concat(own, home.capitals, home.seats, home.demonyms)
	}
	for _, phrase := range own {
		for _, longer := range tables().holders[phrase] {
			if longer.of == nil || longer.of != home {
				all = append(all, derived{kindNot, longer.words})
			}
		}
	}
	return all
}

// surnameOf returns the surname of a person, with the particles before it, and
// whether it comes first in the name. Of a name of one word it is that.
func surnameOf(name string) (surname string, first bool) {
	words := strings.Fields(name)
	for len(words) > 1 && isSuffix(words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	if len(words) < 2 {
		return name, false
	}
	if s, ok := tables().surnames[words[0]]; ok && len(words) <= 3 && (!s.either || areSyllables(words[1:])) {
		return words[0], true
	}
	from := len(words) - 1
	for from > 1 && isParticle(words[from-1]) {
		from--
	}
	return strings.Join(words[from:], " "), false
}

// areSyllables reports whether words can be the given name behind an East Asian
// surname that is a given name in English too: two of them, or one with a
// hyphen.
func areSyllables(words []string) bool {
	if len(words) == 1 {
		return strings.Contains(words[0], "-")
	}
	return !slices.ContainsFunc(words, func(word string) bool { return classOf(word).has(givenName) })
}

// isSuffix reports whether word goes behind a surname: "Jr".
func isSuffix(word string) bool {
	switch strings.TrimSuffix(word, ".") {
	case "Jr", "Sr", "JR", "SR", "Junior", "Senior", "JUNIOR", "SENIOR", "II", "III", "IV":
		return true
	}
	return false
}

// isParticle reports whether word goes before a surname and belongs to it.
func isParticle(word string) bool {
	switch strings.ToLower(word) {
	case "de", "da", "di", "do", "dos", "das", "du", "del", "della", "der", "den", "la", "le", "van", "von", "zu",
		"ter", "ten", "bin", "ibn", "al", "el":
		return true
	}
	return false
}

// officeOf returns a title without whose it is: "president" of "U.S. president",
// "the president" and "the former president". A title all in capitals letters is
// all office: "Supreme Leader".
func officeOf(title string) string {
	words := strings.Fields(title)
	whose := len(words) > 0 && !isCapital(words[len(words)-1])
	for len(words) > 1 && (words[0] == "the" || words[0] == "former" || whose && isCapital(words[0])) {
		words = words[1:]
	}
	return strings.ToLower(strings.Join(words, " "))
}

// spelledSmall returns a phrase as the trie spells it, in small letters.
func spelledSmall(phrase string) string {
	var spelled []string
	for w := (words{text: phrase}); w.next(); {
		spelled = append(spelled, spelling(w.word.Of(phrase)))
	}
	return strings.ToLower(strings.Join(spelled, " "))
}
