package encoder

import (
	"sort"
	"unicode/utf8"

	"tonewatch/scoring"
)

// covering returns the tokens [first, last) that overlap s, which lies in the
// text; or the nearest one if none do, where s is white space or characters
// that are dropped. An empty text has none: 0, 0.
func (t *tokens) covering(s scoring.Span) (first, last int) {
	first = sort.Search(len(t.spans), func(i int) bool { return t.spans[i].End > s.Start })
	last = first + sort.Search(len(t.spans)-first, func(i int) bool { return t.spans[first+i].Start >= s.End })
	switch {
	case first < last || len(t.spans) == 0:
		return first, last
	case first == 0:
		return 0, 1
	}
	left := t.spans[first-1].End
	if first < len(t.spans) {
		// As far as code points tell: bytes would favour the side of ASCII.
		before := utf8.RuneCountInString(t.text[left:s.Start])
		after := utf8.RuneCountInString(t.text[s.End:t.spans[first].Start])
		if after < before {
			return first, first + 1
		}
	}
	first = sort.Search(first, func(i int) bool { return t.spans[i].End >= left })
	return first, first + 1
}

// passage is what the encoder sees of a text: ids with begin and end, and
// where each span asked for went, as tokens [first, last) of ids. That is
// [0, 1), the begin token, where the text has none.
type passage struct {
	ids []int32
	at  [][2]int
}

// passage returns t with marks[i] before and after spans[i]; a space, a
// character that is no mark and a shorter marks mark nothing. Tokens above
// limit, marks included, are left out, except around the first span; a span
// outside what is left moves to the nearest token there.
func (p *pieces) passage(t *tokens, spans []scoring.Span, marks string, limit int) passage {
	type stretch struct{ first, last, opened int }
	stretches := make([]stretch, len(spans))
	for i, s := range spans {
		stretches[i].first, stretches[i].last = t.covering(s)
	}
	room := max(0, limit-2-2*len(spans))
	low, high := 0, min(len(t.ids), room)
	if len(t.ids) > room && len(spans) > 0 {
		middle := (stretches[0].first + stretches[0].last) / 2
		low = min(max(0, middle-room/2), len(t.ids)-room)
		high = low + room
	}
	made := passage{ids: make([]int32, 0, 2+2*len(spans)+high-low), at: make([][2]int, len(spans))}
	made.ids = append(made.ids, p.begin)
	for i := range stretches {
		s := &stretches[i]
		s.first = min(max(s.first, low), high-1)
		s.last = min(max(s.last, s.first+1), high)
		made.at[i] = [2]int{0, 1}
	}
	set := func(i int) {
		if i < len(marks) {
			if id, ok := p.marks[marks[i]]; ok {
				made.ids = append(made.ids, id)
			}
		}
	}
	for n := low; low < high && n <= high; n++ {
		for i := len(stretches) - 1; i >= 0; i-- {
			if stretches[i].last == n {
				made.at[i] = [2]int{stretches[i].opened, len(made.ids)}
				set(i)
			}
		}
		for i := range stretches {
			if stretches[i].first == n {
				set(i)
				stretches[i].opened = len(made.ids)
			}
		}
		if n < high {
			made.ids = append(made.ids, t.ids[n])
		}
	}
	made.ids = append(made.ids, p.end)
	return made
}
