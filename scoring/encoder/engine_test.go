package encoder

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"math"
	"os"
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
	f, err := os.Open("testdata/golden.jsonl.gz")
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // only read
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	var rows []golden
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var g golden
		if err := json.Unmarshal(lines.Bytes(), &g); err != nil {
			tb.Fatal(err)
		}
		rows = append(rows, g)
	}
	if err := lines.Err(); err != nil {
		tb.Fatal(err)
	}
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

// Integer sums are exact, but the floats between them are rounded in another
// order than the reference's, and a code on the edge falls to one side here and
// to the other there; twelve layers make of that what the bounds below say, for
// any two implementations, and for two kernels of this one.
func TestGoldenVectors(t *testing.T) {
	t.Parallel()
	e := newTestEngine(t)
	w := <-e.free
	var asked, right, idsWrong int
	var worst, sum float64
	var logitsSeen int
	for _, g := range readGolden(t) {
		if g.Task == "voices" {
			continue
		}
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
		p := e.pieces.passage(&cut, spans, marks, e.header.Window.Passage)
		if !slices.Equal(p.ids, g.IDs) || !slices.Equal(p.at, g.At) {
			t.Errorf("%q: ids %v at %v, want %v at %v", g.Text, p.ids, p.at, g.IDs, g.At)
			idsWrong++
			continue
		}
		states := e.forward(w, [][]int32{p.ids}, e.Layers)
		logits := e.logits(w, judge, states, p.at)
		asked++
		if argmax(logits) == argmax(g.Logits) {
			right++
		}
		for i, l := range logits {
			apart := math.Abs(float64(l - g.Logits[i]))
			worst, sum, logitsSeen = max(worst, apart), sum+apart, logitsSeen+1
		}
	}
	t.Logf("%d vectors, %.2f%% same label, logits %.4f apart on average, %.4f at most", asked, 100*float64(right)/float64(asked), sum/float64(logitsSeen), worst)
	if float64(right) < 0.98*float64(asked) {
		t.Errorf("%d of %d labels are the reference's, want 98%%", right, asked)
	}
	if mean := sum / float64(logitsSeen); mean > 0.04 || worst > 0.5 {
		t.Errorf("logits stray by %v on average and %v at most, want 0.04 and 0.5", mean, worst)
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
		same := 0
		for _, w := range want {
			if slices.ContainsFunc(got, func(g scoring.Attribution) bool { return cmp.Equal(w, g) }) {
				same++
			}
		}
		if len(want) == 0 || 10*same < 7*max(len(want), len(got)) {
			t.Errorf("%d of %d attributions in %.40q are the reference's %d, want seven of ten:\n%s",
				same, len(got), g.Text, len(want), cmp.Diff(want, got))
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
