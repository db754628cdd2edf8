package encoder

import (
	"math/rand/v2"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"tonewatch/scoring"
)

func TestPassageAsTrained(t *testing.T) {
	t.Parallel()
	p := testPieces(t)
	var cut tokens
	for i, c := range testCases[struct {
		Text  string
		Spans []span
		Marks string
		Limit int
		IDs   []int32
		At    [][2]int
	}](t, "testdata/passages.jsonl.gz") {
		p.cut(c.Text, &cut)
		got := p.passage(&cut, spansOf(c.Spans), c.Marks, c.Limit)
		if diff := cmp.Diff(c.IDs, got.ids); diff != "" {
			t.Errorf("case %d, %+q: ids (-want +got):\n%s", i, c.Text, diff)
		}
		if diff := cmp.Diff(c.At, got.at); diff != "" {
			t.Errorf("case %d, %+q: at (-want +got):\n%s", i, c.Text, diff)
		}
	}
}

// slowCovering is what covering must say, in the words of its comment.
func slowCovering(t *tokens, s scoring.Span) (first, last int) {
	first = -1
	for i, token := range t.spans {
		if token.Start < s.End && s.Start < token.End {
			if first < 0 {
				first = i
			}
			last = i + 1
		}
	}
	if first >= 0 || len(t.spans) == 0 {
		return max(first, 0), last
	}
	nearest := len(t.text) + 1
	for i, token := range t.spans {
		gap := utf8.RuneCountInString(t.text[min(token.End, s.Start):s.Start])
		if token.Start >= s.End {
			gap = utf8.RuneCountInString(t.text[s.End:token.Start])
		}
		if gap < nearest {
			nearest, first = gap, i
		}
	}
	return first, first + 1
}

func TestCovering(t *testing.T) {
	t.Parallel()
	p := testPieces(t)
	random := rand.New(rand.NewPCG(1, 2))
	alphabet := []rune("aé !한\u3000\u200b\u00a0\u0301中")
	var cut tokens
	for range 20_000 {
		runes := make([]rune, random.IntN(12))
		for i := range runes {
			runes[i] = alphabet[random.IntN(len(alphabet))]
		}
		text := string(runes)
		start := len(string(runes[:random.IntN(len(runes)+1)]))
		s := scoring.Span{Start: start, End: start + len(string([]rune(text[start:])[:random.IntN(utf8.RuneCountInString(text[start:])+1)]))}
		p.cut(text, &cut)
		first, last := cut.covering(s)
		if wantFirst, wantLast := slowCovering(&cut, s); first != wantFirst || last != wantLast {
			t.Fatalf("covering(%v) of %+q: got [%d,%d), want [%d,%d)", s, text, first, last, wantFirst, wantLast)
		}
	}
}

func FuzzPassage(f *testing.F) {
	p := testPieces(f)
	f.Add("Trump praised Kim.", 0, 5, 14, 17, "@#", 256)
	f.Add("", 0, 0, 0, 0, "*", 8)
	f.Add("  \u200b한국 \xff", 1, 2, 5, 9, " #", 7)
	f.Add("a b c d e f g h i j", 6, 7, 0, 1, "*", 9)
	var cut tokens
	f.Fuzz(func(t *testing.T, text string, a, b, c, d int, marks string, limit int) {
		ends := []int{a, b, c, d}
		for i, end := range ends {
			ends[i] = int(uint(end) % uint(len(text)+1))
		}
		spans := []scoring.Span{
			{Start: min(ends[0], ends[1]), End: max(ends[0], ends[1])},
			{Start: min(ends[2], ends[3]), End: max(ends[2], ends[3])},
		}
		limit = int(uint(limit) % 512)
		p.cut(text, &cut)
		got := p.passage(&cut, spans, marks, limit)
		if most := max(limit, 2); len(got.ids) > most {
			t.Errorf("%d ids, want at most %d", len(got.ids), most)
		}
		if got.ids[0] != p.begin || got.ids[len(got.ids)-1] != p.end || slices.Contains(got.ids[1:len(got.ids)-1], p.end) {
			t.Errorf("ids %v do not begin and end once", got.ids)
		}
		for i, at := range got.at {
			if at[0] < 0 || at[1] <= at[0] || at[1] > len(got.ids) {
				t.Errorf("span %d at %v of %d ids", i, at, len(got.ids))
			}
		}
	})
}
