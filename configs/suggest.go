package configs

import (
	"fmt"
	"slices"
	"strings"
)

// many says that there are too many problems for anyone to read hints, which
// cost more than the problems do.
func (f *file) many() bool { return len(f.problems) > 200 }

// suggest is the hint for a word that is none of the known ones: the nearest
// one, or all of them where they are few.
func (f *file) suggest(word string, known []string) string {
	if f.many() {
		return ""
	}
	if best, ok := nearest(word, known); ok {
		return fmt.Sprintf("did you mean %q?", best)
	}
	if n := len(known); n == 0 || n > 16 {
		return ""
	}
	return "known: " + strings.Join(known, ", ")
}

// nearest returns the known word that is the fewest slips of the pen away,
// letter case not counted, if these are at most a third of the word.
func nearest(word string, known []string) (best string, ok bool) {
	w := []rune(strings.ToLower(word))
	if len(w) > 100 {
		return "", false // nobody mistypes that much, and the cost is quadratic
	}
	least := (len(w) + 2) / 3
	for _, k := range known {
		if d := slips(w, []rune(strings.ToLower(k)), least); d < least || d == least && !ok {
			best, least, ok = k, d, true
		}
	}
	return best, ok
}

// slips is the optimal string alignment distance: characters to insert, delete,
// replace, or swap with their neighbour. It returns limit+1 as soon as that is
// the least it can be.
func slips(a, b []rune, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		if slices.Min(row) > limit {
			return limit + 1
		}
		before, last, row = last, row, before
	}
	return min(last[len(b)], limit+1)
}
