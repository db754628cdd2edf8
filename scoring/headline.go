package scoring

import (
	"strings"
	"unicode"
)

// style is how a line of text uses capitals.
type style int

const (
	prose   style = iota // a capital marks a name, or where a sentence starts
	titled               // "Trump Meets Kim in Singapore"
	shouted              // "TRUMP MEETS KIM"
)

// lines tells the style of the lines of a text. Questions must come in its
// order, so that each line is looked at once.
type lines struct {
	end   int // of the line asked for last
	style style
}

// at returns the style of the line at a place in text.
func (l *lines) at(text string, place int) style {
	if place >= l.end {
		l.read(text, place)
	}
	return l.style
}

// read looks at the line at a place in text.
func (l *lines) read(text string, place int) {
	start := strings.LastIndexByte(text[:place], '\n') + 1
	l.end = len(text)
	if n := strings.IndexByte(text[place:], '\n'); n >= 0 {
		l.end = place + n + 1
	}
	l.style = styleOf(text[start:l.end])
}

// styleOf returns the style of a line. In title case all words but the little
// ones are capitalised, in a long line perhaps but one. No more is read than
// it takes to tell prose, nor more words than a headline has.
func styleOf(line string) style {
	const most = 50
	big, loud, small := 0, 0, 0
	last := 0
	for w := (words{text: line}); big < most && w.next(); last = w.word.End {
		word := w.word.Of(line)
		switch {
		case isCapital(word):
			big++
			if !strings.ContainsFunc(word, unicode.IsLower) {
				loud++
			}
		case isSmall(word) && len(word) > 1 && !isHyphen(line[last:w.word.Start]) && !isSmallWord(word):
			if small++; small > 1 {
				return prose
			}
		}
	}
	switch {
	case small == 0 && big > 2 && loud == big:
		return shouted
	case small == 0 && big > 1, big > 6:
		return titled
	}
	return prose
}
