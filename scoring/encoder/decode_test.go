package encoder

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tonewatch/scoring"
)

// decodeCase is an article's windows with their logits, what was asked of
// their joiners and answered, and what came of it.
type decodeCase struct {
	Windows []struct {
		Spans []span
		Core  [2]int
		Edges []int
		Tags  []float32
		Found [kinds][][2]int
		Joins []joinCase
	}
	Want []struct{ Source, Cue, Content []span }
}

type joinCase struct {
	Kind             int
	Content          [2]int
	Others           [][2]int
	Scores           []float32
	Distances, Ranks []int
}

func TestTagSpansAsTrained(t *testing.T) {
	t.Parallel()
	for n, c := range testCases[decodeCase](t, "testdata/decode.jsonl.gz") {
		for i, w := range c.Windows {
			if diff := cmp.Diff(w.Found, tagSpans(w.Tags, edgesOf(w.Edges)), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("case %d: window %d (-want +got):\n%s", n, i, diff)
			}
		}
	}
}

// What is said in each window, by the joins that training answered, must merge
// to what training made of them.
func TestAttributionsAsTrained(t *testing.T) {
	t.Parallel()
	for n, c := range testCases[decodeCase](t, "testdata/decode.jsonl.gz") {
		windows, found := make([]window, len(c.Windows)), make([]heard, len(c.Windows))
		for i, w := range c.Windows {
			win := window{spans: spansOf(w.Spans), core: w.Core, edges: edgesOf(w.Edges)}
			windows[i] = win
			for _, s := range w.Found[content] {
				found[i].contents = append(found[i].contents, *win.span(s))
			}
			for joins := w.Joins; len(joins) > 0; joins = joins[2:] {
				found[i].said = append(found[i].said, joined(t, &win, joins[source], joins[cue]))
			}
		}
		var want []scoring.Attribution
		for _, a := range c.Want {
			want = append(want, scoring.Attribution{Source: only(a.Source), Cue: only(a.Cue), Content: spansOf(a.Content)})
		}
		if diff := cmp.Diff(want, merge(stitch(windows, found))); diff != "" {
			t.Errorf("case %d (-want +got):\n%s", n, diff)
		}
	}
}

// joined is what a content is joined to; distances and ranks must be those of
// training.
func joined(t *testing.T, w *window, ofSource, ofCue joinCase) said {
	t.Helper()
	for _, j := range []joinCase{ofSource, ofCue} {
		if diff := cmp.Diff(j.Ranks, ranks(j.Content, j.Others, 3, nil), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("ranks (-want +got):\n%s", diff)
		}
		for i, other := range j.Others {
			if got := distance(j.Content, other, 16); got != j.Distances[i] {
				t.Errorf("distance from %v to %v is %d, want %d", j.Content, other, got, j.Distances[i])
			}
		}
	}
	s := said{content: *w.span(ofSource.Content)}
	keepNear(ofSource.Scores, ofSource.Content, ofSource.Others, w.edges)
	keepNear(ofCue.Scores, ofCue.Content, ofCue.Others, w.edges)
	source, cue := pair(ofSource.Scores, ofCue.Scores, ofSource.Others, ofCue.Others)
	if source >= 0 {
		s.source = w.span(ofSource.Others[source])
	}
	if cue >= 0 {
		s.cue = w.span(ofCue.Others[cue])
	}
	return s
}

// only returns the only span, if there is one.
func only(spans []span) *scoring.Span {
	if len(spans) == 0 {
		return nil
	}
	return &spansOf(spans)[0]
}

func TestDistance(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		other [2]int
		want  int
	}{
		{"overlap before", [2]int{8, 11}, 0},
		{"beside before", [2]int{8, 10}, 1},
		{"one between", [2]int{7, 9}, 2},
		{"the furthest bucket before", [2]int{-900, -899}, 7},
		{"overlap after", [2]int{12, 30}, 8},
		{"beside after", [2]int{20, 21}, 9},
		{"the furthest bucket after", [2]int{900, 901}, 15},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := distance([2]int{10, 20}, test.other, 16); got != test.want {
				t.Errorf("distance to %v: got %d, want %d", test.other, got, test.want)
			}
		})
	}
}

func TestRanks(t *testing.T) {
	t.Parallel()
	others := [][2]int{{30, 31}, {5, 9}, {21, 24}, {12, 13}, {21, 23}, {12, 13}}
	got := ranks([2]int{10, 20}, others, 5, make([]int, 9))
	if diff := cmp.Diff([]int{4, 2, 4, 0, 3, 1}, got); diff != "" {
		t.Errorf("ranks (-want +got):\n%s", diff)
	}
}
