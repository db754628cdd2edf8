package scoring

import (
	"embed"
	"slices"
	"strings"
	"sync"
)

// What the files hold, how they were made and under what licence stands in
// tables/README.md.
//
//go:embed tables/*.tsv
var tableFiles embed.FS

// lexicon is what the finder knows about the world beyond its actors.
type lexicon struct {
	words    vocabulary
	classes  []class                 // by number of the word; none for number 0
	phrases  map[string]class        // those of several words, in small letters
	byName   map[string]*country     // by each of its names, as spelled
	surnames map[string]surname      // that come first in a name, as spelled
	holders  map[string][]longerName // longer names by each part of them, in whole words
	homonyms map[string]homonym      // by name, as spelled
}

// country is a state and the phrases that can mean it.
type country struct {
	names    []string // its name and others: "Russia", "Russian Federation"
	capitals []string
	seats    []string // of its government, for which they stand: "Kremlin"
	demonyms []string // adjectives: "Russian"
}

// surname says whether a surname is a given name in English too: of "Kim Jong
// Un" Kim is the surname, of "Kim Campbell" not.
type surname struct{ either bool }

// longerName is a name that may hold an actor's without meaning it: "New
// Mexico", "South Sudan".
type longerName struct {
	words string
	of    *country // whose name it is, if any: a part of it may mean that one
}

// homonym is a name that something else has too, and the words that tell in a
// text which it means.
type homonym struct {
	kind       ActorKind       // of whoever the first words tell
	own, other map[string]bool // in small letters
}

// class is a set of the kinds of words in the tables. Case does not count.
type class uint64

// The kinds of words. The files say what they are.
const (
	openerWord class = 1 << iota
	attributeWord
	thingWord
	commonWord
	dateWord
	seasonWord
	determinerWord
	subjectWord
	jointWord
	clauseWord
	boundWord
	honourWord
	adverbWord
	otherWord
	lesserWord
	beingWord
	siteWord
	herWord
	farWord
	syllableWord
	homonymWord

	placeWord
	partyWord
	visitWord
	asideWord
	stanceWord
	beforeFrom
	beforeTo
	beforeFor
	beforeOn

	bodyWord
	betweenWord
	headWord
	weakHead
	smallHead // written small: "family"
	frontWord

	titleRole  // may stand before a surname: "Senator Clinton"
	personRole // means someone by itself: "a senator said he"
	kinRole    // means someone who is someone's: "Kim's sister"
	heRole
	sheRole

	givenName
	heName
	sheName
	countryWord // in what a country is called by, or the plural of that

	actVerb  // makes of a capital before it a government that does it
	uponVerb // of a capital behind it one that it is done to
	bareVerb // without an ending, as no singular subject has it

	phrasePart // in a phrase of several words
)

// tables returns the lexicon, which is read once and never changes.
var tables = sync.OnceValue(readTables)

// classOf returns what the tables say of a word.
func classOf(word string) class {
	h := hashOf(word)
	return tables().class(h.sum(), word)
}

// class returns what the tables say of a word whose hash is h.
func (l *lexicon) class(h uint32, word string) class { return l.classes[l.words.number(h, word)] }

// classOfPhrase returns what the tables say of words, parted by a space or a
// hyphen.
func classOfPhrase(words ...string) class {
	return tables().phrases[strings.ToLower(strings.Join(words, " "))]
}

// has reports whether c has one of the kinds.
func (c class) has(kinds class) bool { return c&kinds != 0 }

// rolePronoun returns the pronoun that a word for a person admits, "" for
// either.
func (c class) rolePronoun() string { return pronounOf(c.has(heRole), c.has(sheRole)) }

// givenPronoun returns the pronoun that a given name tells, "" for either.
func (c class) givenPronoun() string { return pronounOf(c.has(heName), c.has(sheName)) }

func pronounOf(he, she bool) string {
	switch {
	case he && !she:
		return "he"
	case she && !he:
		return "she"
	}
	return ""
}

func readTables() *lexicon {
	l := &lexicon{
		words:    newVocabulary(),
		classes:  make([]class, 1),
		phrases:  make(map[string]class),
		byName:   make(map[string]*country),
		surnames: make(map[string]surname),
		holders:  make(map[string][]longerName),
		homonyms: make(map[string]homonym),
	}
	kinds := kindsOfWords()
	classOfKinds := func(field string) (c class) {
		for _, kind := range list(field) {
			c |= kinds[kind]
		}
		return c
	}
	l.readCountries()
	for _, row := range tableRows("surnames.tsv") {
		l.surnames[row[0]] = surname{either: len(row) > 1}
	}
	for _, row := range tableRows("given.tsv") {
		l.add(givenName|map[string]class{"he": heName, "she": sheName}[row[1]], row[0])
	}
	for _, row := range tableRows("roles.tsv") {
		l.add(map[string]class{"he": heRole, "she": sheRole}[row[2]]|classOfKinds(row[1]), row[0])
	}
	for _, row := range tableRows("verbs.tsv") {
		verb, other := row[0], list(row[1])
		use := classOfKinds(row[2])
		l.add(use, append(forms(verb), other...)...)
		if !slices.Contains(other, verb) {
			l.add(bareVerb, verb)
		}
	}
	for _, row := range tableRows("homonyms.tsv") {
		l.add(homonymWord, row[0])
		l.homonyms[row[0]] = homonym{ActorKind(row[1]), smallSet(row[2]), smallSet(row[3])}
	}
	for _, name := range []string{"bodies.tsv", "capitals.tsv", "longer.tsv", "words.tsv"} {
		for _, row := range tableRows(name) {
			switch kind, word := row[0], row[1]; {
			case kind == "name":
				l.addLonger(longerName{words: word})
			case kind == "head" && isSmall(word):
				l.add(headWord|smallHead, word)
			default:
				l.add(kinds[kind], word)
			}
		}
	}
	return l
}

func (l *lexicon) readCountries() {
	for _, row := range tableRows("countries.tsv") {
		c := &country{
			names:    append([]string{row[0]}, list(row[1])...),
			capitals: list(row[2]),
			seats:    list(row[3]),
			demonyms: list(row[4]),
		}
		for _, name := range c.names {
			l.byName[name] = c
		}
		for _, words := range slices.Concat(c.names, c.demonyms) {
			l.addLonger(longerName{words, c})
		}
		for _, words := range slices.Concat(c.names, c.capitals, c.seats, c.demonyms) {
			for word := range strings.FieldsSeq(words) {
				l.add(countryWord, word, word+"s")
			}
		}
	}
}

// add enters words and phrases of a class.
func (l *lexicon) add(c class, phrases ...string) {
	for _, phrase := range phrases {
		if parts := strings.FieldsFunc(phrase, func(r rune) bool { return r == ' ' || r == '-' }); len(parts) > 1 {
			l.phrases[strings.ToLower(strings.Join(parts, " "))] |= c
			l.add(phrasePart, parts...)
		}
		h := hashOf(phrase)
		n := l.words.add(h.sum(), phrase)
		for int(n) >= len(l.classes) {
			l.classes = append(l.classes, 0)
		}
		l.classes[n] |= c
	}
}

// addLonger enters a longer name by each of its parts.
func (l *lexicon) addLonger(name longerName) {
	words := strings.Fields(name.words)
	for n := 1; n < len(words); n++ {
		for i := range len(words) - n + 1 {
			part := strings.Join(words[i:i+n], " ")
			l.holders[part] = append(l.holders[part], name)
		}
	}
}

// kindsOfWords returns the kinds of words as the files call them.
func kindsOfWords() map[string]class {
	return map[string]class{
		"opener": openerWord, "attribute": attributeWord, "thing": thingWord, "common": commonWord, "date": dateWord,
		"season": seasonWord, "determiner": determinerWord, "subject": subjectWord, "joint": jointWord,
		"clause": clauseWord, "bound": boundWord, "honour": honourWord, "adverb": adverbWord, "other": otherWord,
		"lesser": lesserWord, "being": beingWord, "site": siteWord, "her": herWord, "far": farWord, "syllable": syllableWord,
		"place": placeWord, "party": partyWord, "visit": visitWord, "aside": asideWord, "stance": stanceWord,
		"before from": beforeFrom, "before to": beforeTo, "before for": beforeFor, "before on": beforeOn,
		"body": bodyWord, "between": betweenWord, "head": headWord, "weak": headWord | weakHead, "front": frontWord,
		"title": titleRole, "person": personRole, "kin": kinRole, "act": actVerb, "upon": uponVerb,
	}
}

// forms returns a verb and its regular forms.
func forms(verb string) []string {
	stem, ending := verb, "s"
	switch last := verb[len(verb)-1]; {
	case last == 'y' && !strings.ContainsRune("aeou", rune(verb[len(verb)-2])):
		return []string{verb, verb[:len(verb)-1] + "ies", verb[:len(verb)-1] + "ied", verb + "ing"}
	case last == 'e':
		stem = verb[:len(verb)-1]
	case last == 's', last == 'x', strings.HasSuffix(verb, "sh"), strings.HasSuffix(verb, "ch"):
		ending = "es"
	}
	return []string{verb, verb + ending, stem + "ed", stem + "ing"}
}

// tableRows returns the fields of each line of a file of tables. The files are
// part of the program: a test, not the reader, checks them.
func tableRows(name string) [][]string {
	content, err := tableFiles.ReadFile("tables/" + name)
	if err != nil {
		panic(err) // no such file was embedded
	}
	var rows [][]string
	for line := range strings.Lines(string(content)) {
		if line = strings.TrimSuffix(line, "\n"); line != "" && line[0] != '#' {
			rows = append(rows, strings.Split(line, "\t"))
		}
	}
	return rows
}

// list returns the parts of a field.
func list(field string) []string {
	if field == "" {
		return nil
	}
	return strings.Split(field, ";")
}

// smallSet returns the parts of a field as a set, in small letters.
func smallSet(field string) map[string]bool {
	set := make(map[string]bool)
	for _, part := range list(field) {
		set[strings.ToLower(part)] = true
	}
	return set
}
