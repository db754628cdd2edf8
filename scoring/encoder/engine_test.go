package encoder

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tonewatch/scoring"
	"tonewatch/scoring/scoretest"
)

// newTestEngine returns an engine of two threads with the fastest kernels.
func newTestEngine(tb testing.TB) *Engine {
	tb.Helper()
	e, err := New(Options{Threads: 2})
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

func TestEngine(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and not about concurrency")
	}
	t.Parallel()
	scoretest.Exercise(t, newTestEngine(t))
}

// golden is what train/golden.py wrote of the reference scorer.
type golden struct {
	Task   string
	Text   string
	Spans  [][2]int // code points
	IDs    []int32
	At     [][2]int
	Logits []float32

	Attributions []struct{ Source, Cue, Content [][2]int } // of a whole article
}

func readGolden(tb testing.TB) []golden {
	tb.Helper()
	rows := testCases[golden](tb, "testdata/golden.jsonl.gz")
	if len(rows) < 500 {
		tb.Fatalf("%d golden vectors, want at least 500", len(rows))
	}
	return rows
}

// goldenIDs returns the ids of n sentences with a marked target.
func goldenIDs(tb testing.TB, n int) [][]int32 {
	tb.Helper()
	var ids [][]int32
	for _, g := range readGolden(tb) {
		if g.Task == "tone" && len(g.IDs) < 128 && len(ids) < n {
			ids = append(ids, g.IDs)
		}
	}
	return ids
}

// byteSpan is a span of code points as one of bytes.
func byteSpan(text string, s [2]int) scoring.Span {
	starts := make([]int, 0, len(text)+1)
	for i := range text {
		starts = append(starts, i)
	}
	starts = append(starts, len(text))
	return scoring.Span{Start: starts[s[0]], End: starts[s[1]]}
}

// passage returns the tokens of a row, as the engine cuts them, and who judges
// them.
func (g *golden) passage(e *Engine) (passage, *judge) {
	var cut tokens
	e.pieces.cut(g.Text, &cut)
	var spans []scoring.Span
	for _, s := range g.Spans {
		spans = append(spans, byteSpan(g.Text, s))
	}
	marks, judge := e.header.Marks.Tone, &e.tone
	if g.Task == "direction" {
		marks, judge = e.header.Marks.Pair, &e.direction
	}
	return e.pieces.passage(&cut, spans, marks, e.header.Window.Passage), judge
}

// The reference goes through the same operations on float32 as the kernels do, so
// that a logit differs by the five places of the file. All the room above that is
// for what numpy cannot do as a processor does, to round product and sum at
// once: where that tells, once in 10^9 times, a code may fall to the other side.
func TestGoldenVectors(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and not about concurrency")
	}
	t.Parallel()
	const farthest, same = 1e-2, 0.995
	e := newTestEngine(t)
	w := <-e.free
	var asked, right int
	var worst float64
	for _, g := range readGolden(t) {
		if g.Task == "voices" {
			continue
		}
		p, judge := g.passage(e)
		if !slices.Equal(p.ids, g.IDs) || !slices.Equal(p.at, g.At) {
			t.Errorf("%q: ids %v at %v, want %v at %v", g.Text, p.ids, p.at, g.IDs, g.At)
			continue
		}
		logits := e.logits(w, judge, e.forward(w, [][]int32{p.ids}, e.Layers), p.at)
		asked++
		if slices.Index(logits, slices.Max(logits)) == slices.Index(g.Logits, slices.Max(g.Logits)) {
			right++
		}
		apart := 0.0
		for i, l := range logits {
			apart = max(apart, math.Abs(float64(l-g.Logits[i])))
		}
		if !(apart <= farthest) {
			t.Errorf("logits of %.40q are %v, want %v within %v", g.Text, logits, g.Logits, farthest)
		}
		worst = max(worst, apart)
	}
	t.Logf("%d vectors, %d of the same label, logits %.6f apart at most", asked, right, worst)
	if float64(right) < same*float64(asked) {
		t.Errorf("%d of %d labels are the reference's, want %v", right, asked, same)
	}
}

func TestGoldenVoices(t *testing.T) {
	t.Parallel()
	e := newTestEngine(t)
	for _, g := range readGolden(t) {
		if g.Task != "voices" {
			continue
		}
		var want []scoring.Attribution
		for _, a := range g.Attributions {
			w := scoring.Attribution{Source: stretch(g.Text, a.Source), Cue: stretch(g.Text, a.Cue)}
			for _, c := range a.Content {
				w.Content = append(w.Content, byteSpan(g.Text, c))
			}
			want = append(want, w)
		}
		got, err := e.Attribute(t.Context(), g.Text)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" || len(want) == 0 {
			t.Errorf("attributions in %.40q (-want +got):\n%s", g.Text, diff)
		}
	}
}

// stretch is the bytes from the first to the last of some spans of code points.
func stretch(text string, spans [][2]int) *scoring.Span {
	if len(spans) == 0 {
		return nil
	}
	s := byteSpan(text, [2]int{spans[0][0], spans[len(spans)-1][1]})
	return &s
}
