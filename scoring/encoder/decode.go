package encoder

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// leastContent is the fewest tokens of a content: of single ones, few are
// anybody's words.
const leastContent = 2

// adjoining is what speaks for a source and a cue that nothing parts ("Seoul
// said"), in logits.
const adjoining = 3

// across is what speaks against a source or a cue for each blank line between it
// and the content, in logits.
const across = 2

// keepNear takes that off the scores of none and of each candidate.
func keepNear(scores []float32, content [2]int, candidates [][2]int, edges []edge) {
	for i, c := range candidates {
		scores[1+i] -= across * float32(blankLines(edges, content, c))
	}
}

// blankLines counts those between two spans of a window with such edges.
func blankLines(edges []edge, a, b [2]int) int {
	if b[0] < a[0] {
		a, b = b, a
	}
	n := 0
	for t := a[1]; t <= b[0]; t++ {
		if edges[t-1] == paragraph {
			n++
		}
	}
	return n
}

// pair returns the numbers of the source and of the cue that together fit a
// content best, -1 for none, from the scores of none and of each.
func pair(ofSource, ofCue []float32, sources, cues [][2]int) (int, int) {
	s, c, top := -1, -1, float32(math.Inf(-1))
	for i, a := range ofSource {
		for j, b := range ofCue {
			both := a + b
			if i > 0 && j > 0 && gap(sources[i-1], cues[j-1]) <= 0 {
				both += adjoining
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
