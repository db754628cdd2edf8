package scoring

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// isTitleAbbreviation reports whether word, which has a stop behind it, goes
// before a name and so never ends a sentence.
func isTitleAbbreviation(word string) bool {
	switch word {
	case "Mr", "Mrs", "Ms", "Mx", "Dr", "Prof", "Rev", "Fr", "Hon", "Messrs", "Mme", "Mlle",
		"Gen", "Lt", "Col", "Maj", "Capt", "Cmdr", "Cdr", "Sgt", "Cpl", "Pvt", "Adm", "Brig",
		"Sen", "Sens", "Rep", "Reps", "Gov", "Govs", "Pres", "Amb", "Supt", "Det", "Insp",
		"St", "Ste", "Mt", "Ft":
		return true
	}
	return false
}

// isAbbreviation reports whether word, which has a stop behind it, may stand
// within a sentence as well as at its end.
func isAbbreviation(word string) bool {
	switch word {
	case "Inc", "Corp", "Co", "Cos", "Ltd", "Bros", "Dept", "Assn", "Univ", "Ave", "Blvd", "Rd",
		"Jr", "Sr", "Esq", "No", "Nos", "Vol", "Art", "Sec", "Fig", "Eq", "vs", "etc", "al", "cf", "approx", "est",
		"Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep", "Sept", "Oct", "Nov", "Dec",
		"Mon", "Tue", "Tues", "Wed", "Thu", "Thurs", "Fri", "Sat", "Sun",
		"Ala", "Ariz", "Ark", "Calif", "Colo", "Conn", "Del", "Fla", "Ga", "Ill", "Ind", "Kan", "Ky", "La",
		"Md", "Mass", "Mich", "Minn", "Miss", "Mo", "Mont", "Neb", "Nev", "Okla", "Ore", "Pa", "Penn",
		"Tenn", "Tex", "Va", "Vt", "Wash", "Wis", "Wyo":
		return true
	}
	return false
}

// isAcronym reports whether word, which has a stop behind it, is an initial
// ("J") or short letters parted by stops ("U.S", "a.m", "Ph.D").
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
		"And", "But", "Or", "So", "Yet", "If", "When", "While", "As", "Since", "Because", "Although", "Though",
		"In", "On", "At", "By", "For", "From", "With", "Under", "After", "Before", "During", "Until", "Despite",
		"What", "Who", "Why", "How", "Where", "Which", "However", "Meanwhile", "Then", "Now", "Once", "Also",
		"Some", "Many", "Most", "Both", "Another", "Others", "Not", "According", "Asked", "Earlier", "Last":
		return true
	}
	return false
}

// titleCase returns word, if it is in capitals, with only the first of them.
func titleCase(word string) string {
	_, size := utf8.DecodeRuneInString(word)
	if size == len(word) || strings.ToUpper(word) != word {
		return word
	}
	return word[:size] + strings.ToLower(word[size:])
}
