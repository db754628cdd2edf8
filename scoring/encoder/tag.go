package encoder

import (
	"math"
	"slices"
)

// What the encoder looks for in an article, in the order of its logits.
const (
	source = iota
	cue
	content
	kinds
)

// The tags of a token, for each kind, in the order of their logits.
const (
	outside = iota
	begin
	inside
	tagsOfKind
)

// tagsEach is how many logits a token has.
const tagsEach = kinds * tagsOfKind

// lean is what is put on the tags of a kind, in logits, beside what training
// made of them: on beginning, on going on, and on ending before a next word
// rather than at punctuation. Chosen on the dev split; half as much and twice
// as much do nearly as well.
var lean = [kinds]struct{ begin, inside, end float64 }{
	source:  {inside: 1},
	cue:     {begin: 1},
	content: {end: -1},
}

// tagSpans returns the spans of tokens of each kind: those of the most likely
// tags (Viterbi 1967) from the logits of a window, tokens x kinds x tags. No span
// cuts a word or goes across a blank line, no source holds a cue, and the begin and
// the end token of the window are in none. edges are those of the tokens without
// these two; that of the first is not looked at, since a window may begin anywhere,
// or end.
func tagSpans(tags []float32, edges []edge) [kinds][][2]int {
	var found [kinds][][2]int
	for kind := range kinds {
		found[kind] = ofKind(kind, tags, edges)
	}
	for i := range found[source] {
		for _, c := range found[cue] {
			found[source][i] = without(found[source][i], c)
		}
	}
	return found
}

// without is what a span has before another that begins in it, or after one that
// it begins in.
func without(s, other [2]int) [2]int {
	switch {
	case s[0] < other[0] && other[0] < s[1]:
		s[1] = other[0]
	case other[0] <= s[0] && s[0] < other[1] && other[1] < s[1]:
		s[0] = other[1]
	}
	return s
}

// ofKind returns the spans of one kind.
func ofKind(kind int, tags []float32, edges []edge) [][2]int {
	never, l := math.Inf(-1), lean[kind]
	last := len(tags)/tagsEach - 1
	best := [tagsOfKind]float64{outside: 0, begin: never, inside: never}
	came := make([][tagsOfKind]int, last) // of each token and tag: the tag before it
	ended := func(edge edge) (float64, int) {
		open := begin
		if best[inside] > best[begin] {
			open = inside
		}
		switch score := best[open]; edge {
		case within:
			return never, open
		case between:
			return score + l.end, open
		default:
			return score, open
		}
	}
	for t := 1; t < last; t++ {
		logits := tags[t*tagsEach+kind*tagsOfKind:]
		edge := pointed
		if t > 1 {
			edge = edges[t-1]
		}
		score, open := ended(edge)
		from := outside
		if score > best[outside] {
			from = open
		} else {
			score = best[outside]
		}
		going := best[open]
		if edge == paragraph {
			going = never
		}
		came[t] = [tagsOfKind]int{from, from, open}
		best = [tagsOfKind]float64{
			outside: score + float64(logits[outside]),
			begin:   score + (float64(logits[begin]) + l.begin),
			inside:  going + (float64(logits[inside]) + l.inside),
		}
		if edge == within {
			best[begin] = never
		}
	}
	if score, open := ended(pointed); score > best[outside] {
		return backFrom(came, open)
	}
	return backFrom(came, outside)
}

// backFrom goes back from the last tag to those before it, and returns the spans
// that they make.
func backFrom(came [][tagsOfKind]int, tag int) [][2]int {
	var spans [][2]int
	end := 0 // of the span that is open, 0 for none
	for t := len(came) - 1; t > 0; t-- {
		if tag != outside && end == 0 {
			end = t + 1
		}
		if tag == begin {
			spans = append(spans, [2]int{t, end})
			end = 0
		}
		tag = came[t][tag]
	}
	slices.Reverse(spans)
	return spans
}
