package scoring

import (
	"slices"
	"strings"
)

// quotations are the parts of a text between quotation marks, in order. One
// that goes on with the sentence around it, and so starts small, is none: in
// `left "with a smile on his face"` the words are still the narrator's.
type quotations []Span

// quotationsIn returns the quotations in a paragraph; one left open goes on to
// its end.
func quotationsIn(text string, paragraph Span) quotations {
	if text := paragraph.Of(text); strings.IndexByte(text, '"') < 0 && !strings.Contains(text, "“") {
		return nil
	}
	var quotes quotations
	open := -1
	shut := func(at int) {
		if open >= 0 && !continues(text[open:at]) {
			quotes = append(quotes, Span{open, at})
		}
		open = -1
	}
	for i, r := range paragraph.Of(text) {
		at := paragraph.Start + i
		switch {
		case r == '“', r == '"' && open < 0:
			open = at
		case r == '”', r == '"':
			shut(at)
		}
	}
	shut(paragraph.End)
	return quotes
}

// continues reports whether a quote, with the mark that opens it, goes on with the
// sentence around it.
func continues(quote string) bool {
	words := strings.TrimLeft(quote, "\"“")
	return isSmall(words) && !strings.HasSuffix(words, "!") && !strings.HasSuffix(words, "?")
}

// at returns the number of the quotation around a place, from 1, or 0.
func (q quotations) at(place int) int {
	n, found := slices.BinarySearchFunc(q, place, func(s Span, place int) int { return s.Start - place })
	if found {
		return n + 1
	}
	if n > 0 && place < q[n-1].End {
		return n
	}
	return 0
}
