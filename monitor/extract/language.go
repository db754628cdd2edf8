package extract

import (
	"strings"
	"unicode"

	"github.com/RadhiFadlillah/whatlanggo"
)

const (
	// Shorter texts are not told apart: a headline of names has no language.
	minLetters = 120
	// English text has a common word in every three or four; others, among
	// their own words of the same letters, in every ten at most.
	minCommon = 0.15
	// A text is in the language of its beginning, in bytes; the longest real
	// articles end before.
	maxSample = 64 << 10
)

// common are the most frequent English words.
var common = wordSet(`a about after all also an and any are as at be been but by can could did do for from had has
have he her his how if in into is it its more no not of on one or other out over said she should so some than that
the their them then there they this to up was we were what when which who will with would you`)

// Language is the language of a text that is surely not English, by its English
// name such as "German"; it is empty for English and where it cannot be told:
// for texts of few letters, or of a mixture.
func Language(text string) string {
	text = strings.ToValidUTF8(text[:min(len(text), maxSample)], "")
	letters, latin := 0, 0
	for _, r := range text {
		if unicode.IsLetter(r) {
			letters++
		}
		if unicode.Is(unicode.Latin, r) {
			latin++
		}
	}
	if letters < minLetters {
		return ""
	}
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) })
	known := 0
	for _, word := range words {
		if common[word] {
			known++
		}
	}
	if float64(known) >= minCommon*float64(len(words)) {
		return ""
	}
	found := whatlanggo.Detect(text)
	// Which of the languages of another script it is does not matter much.
	if found.Lang == whatlanggo.Eng || !found.IsReliable() && 2*latin > letters {
		return ""
	}
	return found.Lang.String()
}

func wordSet(text string) map[string]bool {
	set := make(map[string]bool)
	for _, word := range strings.Fields(text) {
		set[word] = true
	}
	return set
}
