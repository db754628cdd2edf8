package monitor

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// StoryWindow is how far apart two articles can be published and still print
// one story.
const StoryWindow = 72 * time.Hour

// When two texts print one story. Found on KCNA's reports of 2012 and on
// simulated copies; see the test of the measures.
const (
	// So many shingles must be shared, and such a part of the shorter text's.
	minShared, minContained = 40, 0.5
	// So many make a text that is not printed by chance, as "Page not found" is.
	minExact = 18
	// Less is enough under one headline or one address, which by themselves say
	// little: columns, bulletins and live pages keep theirs.
	minSharedNamed, minContainedNamed = 10, 0.3
	// An outlet that writes in set phrases fills one form with many events, often
	// under one headline; what it prints again of its own is nearly the same text.
	minContainedOwn, minContainedOwnNamed = 0.9, 0.7
	// Reports of one form, of markets, weather or ceremonies, share their words but
	// not their figures: of so many, such a part must be shared.
	minFigures, minFiguresShared = 4, 0.5
)

// SameStory says whether two texts print one story: the same words, or half of
// the shorter one's three-word shingles in the other (containment, after Broder,
// "On the resemblance and containment of documents", 1997), with its figures.
// It is a matter of the texts alone; their times are to be within [StoryWindow].
func SameStory(a, b Sketch) bool {
	named := a.title != 0 && a.title == b.title || a.url != 0 && a.url == b.url
	if a.exact == b.exact {
		return a.exact != 0 && (named || len(a.shingles) >= minExact)
	}
	shared, contained := containment(a, b)
	wantShared, wantContained := minShared, minContained
	switch own := a.outlet != 0 && a.outlet == b.outlet; {
	case named && (!own || a.url != 0 && a.url == b.url):
		wantShared, wantContained = minSharedNamed, minContainedNamed
	case named:
		wantContained = minContainedOwnNamed
	case own:
		wantContained = minContainedOwn
	}
	if shared < wantShared || contained < wantContained {
		return false
	}
	fewer := min(len(a.figures), len(b.figures))
	return fewer < minFigures || float64(common(a.figures, b.figures)) >= minFiguresShared*float64(fewer)
}

// containment is how many shingles two texts share, as far as samples of them tell,
// and which part these are of the shorter one's, in [0, 1].
func containment(a, b Sketch) (shared int, contained float64) {
	step := max(a.step, b.step)
	inA, inB := within(a.shingles, step), within(b.shingles, step)
	shared = common(inA, inB)
	return shared * int(step), float64(shared) / float64(max(1, min(len(inA), len(inB))))
}

// common counts what two ascending lists share.
func common(a, b []uint32) (n int) {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case a[0] > b[0]:
			b = b[1:]
		default:
			n, a, b = n+1, a[1:], b[1:]
		}
	}
	return n
}

const (
	// KeyDepth is how many sketches with a key are looked at, the newest: an
	// outlet's boilerplate is in all that it prints.
	KeyDepth = 64
	// maxSuspects is how many sketches are compared in full.
	maxSuspects = 16
)

// Suspects names the few sketches that are worth comparing in full, the most
// likely first, given those that have each of a sketch's keys. The rarer a key
// is, the more it says.
//
// So to find an article's story takes memory for at most 131 keys with [KeyDepth]
// sketches each, and for one of 16 sketches at a time: 200 KB and no more, however
// many stories there are; and time that grows as looking up a key in an index does.
func Suspects(byKey [][]int64) []int64 {
	weights := make(map[int64]float64)
	for _, ids := range byKey {
		for _, id := range ids {
			weights[id] += 1 / float64(len(ids))
		}
	}
	suspects := slices.SortedFunc(maps.Keys(weights), func(a, b int64) int {
		return cmp.Or(cmp.Compare(weights[b], weights[a]), cmp.Compare(a, b))
	})
	return suspects[:min(maxSuspects, len(suspects))]
}

// A Grouper tells stories apart in memory, as the store does in its file. Its
// zero value is ready. Articles come in order of time. It keeps all that it was
// told, about a kilobyte a story: it is for a history, not for a daemon.
type Grouper struct {
	told  []told
	byKey map[uint32][]int64 // indices into told, ascending
}

type told struct {
	sketch Sketch
	at     time.Time
}

// Story is the number of the story that an article published at a time prints,
// counted from 0, and whether it is the first to print it.
func (g *Grouper) Story(s Sketch, at time.Time) (story int, first bool) {
	keys := s.Keys()
	byKey := make([][]int64, 0, len(keys))
	for _, key := range keys {
		ids := g.byKey[key]
		byKey = append(byKey, ids[max(0, len(ids)-KeyDepth):])
	}
	for _, id := range Suspects(byKey) {
		if t := g.told[id]; at.Sub(t.at).Abs() <= StoryWindow && SameStory(s, t.sketch) {
			return int(id), false
		}
	}
	if g.byKey == nil {
		g.byKey = make(map[uint32][]int64)
	}
	for _, key := range keys {
		g.byKey[key] = append(g.byKey[key], int64(len(g.told)))
	}
	g.told = append(g.told, told{s, at})
	return len(g.told) - 1, true
}
