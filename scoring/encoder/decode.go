package encoder

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// What the encoder looks for in an article, in the order of its logits.
const (
	source = iota
	cue
	content
	kinds
)

// tagSpans returns the spans of tokens of each kind, from the logits of a
// window, tokens x kinds x (outside, begin, inside). A span begins at an inside
// too if none is open. The begin and the end token of the window are in none.
func tagSpans(tags []float32) [kinds][][2]int {
	const outside, inside, tagsOfKind = 0, 2, 3
	const row = kinds * tagsOfKind
	var found [kinds][][2]int
	last := len(tags)/row - 1
	for kind := range kinds {
		open := 0 // where the open span begins; 0 for none
		for n := 1; n <= last; n++ {
			at := n*row + kind*tagsOfKind
			tag := argmax(tags[at : at+tagsOfKind])
			if open > 0 && (tag != inside || n == last) {
				found[kind] = append(found[kind], [2]int{open, n})
				open = 0
			}
			if open == 0 && tag != outside {
				open = n
			}
		}
	}
	return found
}

// argmax returns the first of the greatest scores.
func argmax(scores []float32) int {
	best := 0
	for i, score := range scores {
		if score > scores[best] {
			best = i
		}
	}
	return best
}

// leastContent is the fewest tokens of a content: of single ones, few are
// anybody's words.
const leastContent = 2

// beside is what speaks for a source and a cue that nothing parts ("Seoul
// said"), in logits.
const beside = 2

// pair returns the numbers of the source and of the cue that together fit a
// content best, -1 for none, from the scores of none and of each.
func pair(ofSource, ofCue []float32, sources, cues [][2]int) (int, int) {
	s, c, top := -1, -1, float32(math.Inf(-1))
	for i, a := range ofSource {
		for j, b := range ofCue {
			both := a + b
			if i > 0 && j > 0 && gap(sources[i-1], cues[j-1]) <= 0 {
				both += beside
			}
			if both > top {
				s, c, top = i-1, j-1, both
			}
		}
	}
	return s, c
}

// gap returns how many tokens lie between two spans; -1 if they overlap.
func gap(a, b [2]int) int { return max(a[0]-b[1], b[0]-a[1], -1) }

// distance returns the bucket, of reach, of the gap between a content and a
// candidate to be its source or cue: 0 if they overlap, then by powers of two;
// in the second half of the buckets for a candidate that comes after.
func distance(content, other [2]int, reach int) int {
	half := reach / 2
	bucket := min(bits.Len(uint(gap(content, other)+1)), half-1)
	if other[0] >= content[0] {
		bucket += half
	}
	return bucket
}

// ranks returns into, set to how many of the others are nearer to the content
// than each, up to ranks-1. Of two equally near, the first in the text is the
// nearer.
func ranks(content [2]int, others [][2]int, ranks int, into []int) []int {
	order := make([]int, len(others))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		a, b := others[i], others[j]
		return cmp.Or(cmp.Compare(gap(content, a), gap(content, b)), slices.Compare(a[:], b[:]), cmp.Compare(i, j))
	})
	into = slices.Grow(into[:0], len(others))[:len(others)]
	for rank, i := range order {
		into[i] = min(rank, ranks-1)
	}
	return into
}
