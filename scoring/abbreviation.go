package scoring

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// ending says when a word with a stop behind it ends a sentence.
type ending int

const (
	endsAlways       ending = iota // no abbreviation
	endsNever                      // goes before something: "Gen.", "vs."
	endsUnlessNumber               // goes before a number: "No. 1", "Sept. 11"
	endsUnlessTime                 // goes before a day or a zone: "5 p.m. Friday"
	endsBeforeOpener               // stands anywhere: "U.S.", "Inc."
	endsAfterComma                 // so too, and ends what a comma parts: "Scranton, Pa."
)

// endingOf returns how word, which has a stop behind it, ends a sentence. In
// capitals it is what it is in small letters.
func endingOf(word string) ending {
	switch titleCase(word) {
	case "Mr", "Mrs", "Ms", "Mx", "Dr", "Prof", "Rev", "Fr", "Hon", "Messrs", "Mme", "Mlle",
		"Gen", "Lt", "Col", "Maj", "Capt", "Cmdr", "Cdr", "Sgt", "Cpl", "Pvt", "Pfc", "Spc", "Adm", "Brig",
		"Sen", "Sens", "Rep", "Reps", "Gov", "Govs", "Pres", "Sec", "Amb", "Atty", "Asst", "Assoc", "Dep",
		"Supt", "Det", "Insp",
		"vs", "Vs", "v", "cf", "viz", "approx", "a.k.a", "e.g", "i.e":
		return endsNever
	case "No", "Nos", "Vol", "Art", "Fig", "Eq", "Rs", "p", "pp", "c", "ca", "ft", "est",
		"Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep", "Sept", "Oct", "Nov", "Dec":
		return endsUnlessNumber
	case "a.m", "p.m":
		return endsUnlessTime
	case "Inc", "Corp", "Co", "Cos", "Ltd", "Bros", "Dept", "Assn", "Univ",
		"St", "Ste", "Mt", "Ft", "Ave", "Blvd", "Rd", "Jr", "Sr", "Esq", "Del",
		"Mon", "Tue", "Tues", "Wed", "Thu", "Thurs", "Fri", "Sat", "Sun":
		return endsBeforeOpener
	case "Ala", "Ariz", "Ark", "Calif", "Colo", "Conn", "Fla", "Ga", "Ill", "Ind", "Kan", "Ky", "La",
		"Md", "Mass", "Mich", "Minn", "Miss", "Mo", "Mont", "Neb", "Nev", "Okla", "Ore", "Pa", "Penn",
		"Tenn", "Tex", "Va", "Vt", "Wash", "Wis", "Wisc", "Wyo",
		"D.C", "N.C", "N.D", "N.H", "N.J", "N.M", "N.Y", "R.I", "S.C", "S.D", "W.Va", "B.C":
		return endsAfterComma
	}
	if isAcronym(word) {
		return endsBeforeOpener
	}
	return endsAlways
}

// isAcronym reports whether word, which has a stop behind it, is an initial
// ("J") or short letters parted by stops ("U.S", "Ph.D").
func isAcronym(word string) bool {
	if !strings.Contains(word, ".") {
		r, size := utf8.DecodeRuneInString(word)
		return size == len(word) && unicode.IsUpper(r)
	}
	for part := range strings.SplitSeq(word, ".") {
		if n := utf8.RuneCountInString(part); n == 0 || n > 2 {
			return false
		}
	}
	return true
}

// isOpener reports whether word starts many sentences and few names.
func isOpener(word string) bool {
	switch word {
	case "The", "A", "An", "This", "That", "These", "Those", "There", "Here",
		"I", "You", "He", "She", "It", "We", "They", "My", "Your", "His", "Her", "Its", "Our", "Their",
		"And", "But", "Or", "Nor", "So", "Yet", "If", "When", "While", "As", "Since", "Because", "Although", "Though",
		"In", "On", "At", "By", "For", "From", "With", "Without", "After", "Before", "During", "Until", "Despite", "Amid", "Among",
		"What", "Who", "Why", "How", "Where", "Which", "Whether", "However", "Meanwhile", "Then", "Now", "Once", "Also",
		"Some", "Many", "Both", "Several", "Another", "Others", "Nobody", "Nothing", "None", "No", "Not", "Even",
		"According", "Asked", "Earlier", "Later", "Last", "Instead", "Perhaps":
		return true
	}
	return false
}

// isPlainOpener reports whether word starts sentences, and names only in
// capitals: "U.S. Officials said", but "U.S. Under Secretary".
func isPlainOpener(word string) bool {
	switch word {
	case "Under", "Most", "More", "Only", "Such", "Each", "Every", "All", "Two", "Three", "Dozens", "Hundreds", "Thousands",
		"People", "Officials", "Police", "Authorities", "Investigators", "Prosecutors", "Lawmakers", "Lawyers",
		"Analysts", "Critics", "Experts", "Opponents", "Supporters", "Protesters", "Activists", "Reporters",
		"Residents", "Witnesses", "Relatives", "Voters", "Investors", "Researchers", "Scientists",
		"Shares", "Sales", "Prices", "Talks", "Negotiations", "Relations", "Tensions":
		return true
	}
	return false
}

// followsTime reports whether word, behind a time of the day, belongs to it: a
// day, a month or a zone.
func followsTime(word string) bool {
	switch word {
	case "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
		"Mon", "Tue", "Tues", "Wed", "Thu", "Thurs", "Fri", "Sat", "Sun",
		"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
		"Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep", "Sept", "Oct", "Nov", "Dec",
		"ET", "EST", "EDT", "CT", "CST", "CDT", "MT", "MST", "MDT", "PT", "PST", "PDT", "GMT", "UTC", "BST",
		"CET", "CEST", "IST", "MSK", "HKT", "SGT", "KST", "JST", "AEST", "AEDT", "Eastern", "Central", "Mountain", "Pacific":
		return true
	}
	return false
}

// leadsTime reports whether word goes before a time of the day that may end a
// sentence.
func leadsTime(word string) bool {
	switch word {
	case "at", "by", "around", "about", "before", "after", "until", "since", "from", "to":
		return true
	}
	return false
}

// isSmallWord reports whether word is written small in a headline whose other
// words have capitals.
func isSmallWord(word string) bool {
	switch word {
	case "a", "an", "the", "and", "but", "or", "nor", "for", "so", "yet", "as", "at", "by", "in", "of", "off", "on", "per",
		"to", "up", "v", "vs", "via", "with", "from", "into", "over", "than", "amid", "upon", "s", "al", "de", "el", "la", "van", "von":
		return true
	}
	return false
}

// isSpeech reports whether word is a verb that goes with a quote.
func isSpeech(word string) bool {
	switch word {
	case "said", "says", "asked", "asks", "wrote", "writes", "added", "adds", "told", "tells", "tweeted", "posted",
		"replied", "answered", "responded", "declared", "shouted", "cried", "yelled", "exclaimed", "wondered", "demanded",
		"continued", "quipped", "joked", "explained", "insisted", "warned", "recalled":
		return true
	}
	return false
}

// isSubject reports whether word starts what somebody says without a quote:
// "he said he would".
func isSubject(word string) bool {
	switch word {
	case "he", "she", "it", "they", "that", "there", "his", "their", "its":
		return true
	}
	return false
}

// titleCase returns word, if it is in capitals, with only the first of them.
func titleCase(word string) string {
	_, size := utf8.DecodeRuneInString(word)
	if size == len(word) || strings.ContainsFunc(word, func(r rune) bool { return r == '.' || !unicode.IsUpper(r) }) {
		return word
	}
	return word[:size] + strings.ToLower(word[size:])
}
