package encoder

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tonewatch/scoring"
)

func TestWindowsAsTrained(t *testing.T) {
	t.Parallel()
	p := testPieces(t)
	type plain struct {
		IDs   []int32
		Spans []span
		Core  [2]int
	}
	var cut tokens
	for _, c := range testCases[struct {
		Text         string
		Size, Stride int
		Windows      []plain
	}](t, "testdata/windows.jsonl.gz") {
		p.cut(c.Text, &cut)
		var got []plain
		for _, w := range p.windows(&cut, c.Size, c.Stride) {
			var spans []span
			for _, s := range w.spans {
				spans = append(spans, span{s.Start, s.End})
			}
			got = append(got, plain{w.ids, spans, w.core})
		}
		if diff := cmp.Diff(c.Windows, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("windows of %q, size %d, stride %d (-want +got):\n%s", c.Text, c.Size, c.Stride, diff)
		}
	}
}

func TestWindowsAnswerForEachTokenOnce(t *testing.T) {
	t.Parallel()
	p := testPieces(t)
	for n := range 60 {
		whole := tokens{ids: make([]int32, n), spans: make([]scoring.Span, n)}
		for i := range n {
			whole.ids[i] = int32(i)
		}
		var got []int32
		for _, w := range p.windows(&whole, 10, 6) {
			if len(w.ids) > 12 || len(w.spans) != len(w.ids)-2 {
				t.Errorf("%d tokens: a window of %d ids and %d spans", n, len(w.ids), len(w.spans))
			}
			got = append(got, w.ids[w.core[0]:w.core[1]]...)
		}
		if diff := cmp.Diff(whole.ids, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%d tokens: in cores (-want +got):\n%s", n, diff)
		}
	}
}
