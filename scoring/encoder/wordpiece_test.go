package encoder

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tonewatch/scoring"
)

// testPieces returns the pieces of the vocabulary that the cases are made with.
func testPieces(tb testing.TB) *pieces {
	tb.Helper()
	p, err := readPieces()
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

var readPieces = sync.OnceValues(func() (*pieces, error) {
	text, err := unzip("testdata/vocabulary.txt.gz")
	if err != nil {
		return nil, err
	}
	return newPieces(strings.Split(strings.TrimSuffix(text, "\n"), "\n"))
})

func unzip(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close() //nolint:errcheck // only read
	z, err := gzip.NewReader(f)
	if err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	text, err := io.ReadAll(z)
	return string(text), err
}

// testCases reads a file of cases, one a line of JSON.
func testCases[T any](tb testing.TB, path string) []T {
	tb.Helper()
	text, err := unzip(path)
	if err != nil {
		tb.Fatal(err)
	}
	var cases []T
	for line := range strings.Lines(text) {
		var c T
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			tb.Fatalf("%s: line %d: %v", path, len(cases)+1, err)
		}
		cases = append(cases, c)
	}
	if len(cases) == 0 {
		tb.Fatalf("%s: no cases", path)
	}
	return cases
}

// span is a span as cases spell it.
type span [2]int

func spansOf(pairs []span) []scoring.Span {
	spans := make([]scoring.Span, len(pairs))
	for i, s := range pairs {
		spans[i] = scoring.Span{Start: s[0], End: s[1]}
	}
	return spans
}

func edgesOf(numbers []int) []edge {
	edges := make([]edge, len(numbers))
	for i, n := range numbers {
		edges[i] = edge(n)
	}
	return edges
}

func TestNewPieces(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name       string
		vocabulary string
		want       string
	}{
		{"as BERT spells them", "[PAD] [UNK] [CLS] [SEP] * @ #", ""},
		{"as MPNet spells them", "<s> <pad> </s> [UNK] * @ #", ""},
		{"names all that is missing", "<s> </s> [UNK] * ##@ #", "vocabulary of 6 pieces: lacks [PAD] or <pad>, @"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if _, err := newPieces(strings.Fields(test.vocabulary)); err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got error %q, want %q", got, test.want)
			}
		})
	}
}

func TestCutAsTrained(t *testing.T) {
	t.Parallel()
	p := testPieces(t)
	var got tokens
	for i, c := range testCases[struct {
		Text  string
		IDs   []int32
		Spans []span
		Edges []int
	}](t, "testdata/pieces.jsonl.gz") {
		p.cut(c.Text, &got)
		if diff := cmp.Diff(c.IDs, got.ids, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("case %d, %+q: ids (-want +got):\n%s", i, c.Text, diff)
		}
		if diff := cmp.Diff(spansOf(c.Spans), got.spans, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("case %d, %+q: spans (-want +got):\n%s", i, c.Text, diff)
		}
		if diff := cmp.Diff(edgesOf(c.Edges), p.edges(&got), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("case %d, %+q: edges (-want +got):\n%s", i, c.Text, diff)
		}
	}
}

// What each character of Unicode does between two letters.
func TestCutKnowsEachCharacter(t *testing.T) {
	t.Parallel()
	p, err := newPieces(strings.Fields("[CLS] [SEP] [PAD] [UNK] * @ # a b ab"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := unzip("testdata/characters.txt.gz")
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[int]string{1: "word", 2: "space", 3: "apart"}
	checked := rune(0)
	var got tokens
	for line := range strings.Lines(text) {
		var first, last rune
		var want string
		if _, err := fmt.Sscanf(line, "%x %x %s", &first, &last, &want); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		for r := first; r <= last; r++ {
			if !utf8.ValidRune(r) {
				continue
			}
			checked++
			p.cut("a"+string(r)+"b", &got)
			kind := kinds[len(got.ids)]
			if kind == "word" && got.ids[0] == p.heads.ids["ab"] {
				kind = "dropped"
			}
			if kind != want {
				t.Errorf("%U is %s, want %s", r, kind, want)
			}
		}
	}
	if want := utf8.MaxRune + 1 - 0x800; checked != want {
		t.Errorf("checked %d characters, want %d", checked, want)
	}
}

// show spells tokens with the words of the vocabulary and of the text.
func show(p *pieces, t *tokens, text string) string {
	spell := map[int32]string{p.unknown: "?"}
	for word, id := range p.heads.ids {
		if id != p.unknown {
			spell[id] = word
		}
	}
	for word, id := range p.tails.ids {
		spell[id] = "##" + word
	}
	var b strings.Builder
	for i, id := range t.ids {
		fmt.Fprintf(&b, "%s=%+q ", spell[id], t.spans[i].Of(text))
	}
	return strings.TrimSpace(b.String())
}

func TestCut(t *testing.T) {
	t.Parallel()
	p := testPieces(t)
	for _, test := range []struct{ name, text, want string }{
		{"words, punctuation, pieces", "Kim, unhappily", `kim="Kim" ,="," un="un" ##ha="ha" ##pp="pp" ##ily="ily"`},
		{"no control token from text", "[SEP]", `[="[" sep="SEP" ]="]"`},
		{"an accent goes", "Zoe\u0301 Zoë!", `zoe="Zoe" zoe="Zo\u00eb" !="!"`},
		{"invalid bytes are dropped", "a\xffb \xc3(", `ab="a\xffb" (="("`},
		{"a cut character is dropped", "kim\xe2\x80", `kim="kim"`},
		{"Korean falls apart into letters", "한", `ᄒ="\ud55c" ##ᅡ="\ud55c" ##ᆫ="\ud55c"`},
		{"a word too long is unknown", strings.Repeat("a", 101) + " a", `?="` + strings.Repeat("a", 101) + `" a="a"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got tokens
			p.cut(test.text, &got)
			if diff := cmp.Diff(test.want, show(p, &got, test.text)); diff != "" {
				t.Errorf("cut(%q) (-want +got):\n%s", test.text, diff)
			}
		})
	}
}

// An invalid byte is as a replacement character at its place.
func TestCutInvalidAsReplacement(t *testing.T) {
	t.Parallel()
	p := testPieces(t)
	const invalid, valid = "un\xffhappy Zo\xe2\x80e \x80 \xf0\x9f", "un\ufffdhappy Zo\ufffd\ufffde \ufffd \ufffd\ufffd"
	var got, want tokens
	p.cut(invalid, &got)
	p.cut(valid, &want)
	if diff := cmp.Diff(want.ids, got.ids); diff != "" {
		t.Errorf("ids (-want +got):\n%s", diff)
	}
	for i := range want.spans {
		if got, want := strings.ToValidUTF8(got.spans[i].Of(invalid), ""), strings.ReplaceAll(want.spans[i].Of(valid), "\ufffd", ""); got != want {
			t.Errorf("token %d stands for %q, want %q", i, got, want)
		}
	}
}

func TestCutAgainAllocatesNothing(t *testing.T) {
	p := testPieces(t)
	const text = "Donald Trump met Kim Jong Un’s sister, “a fine café”, in Zoe\u0301's 한국 😀 hotel \U0001d15e\u0301."
	var into tokens
	if got := testing.AllocsPerRun(10, func() { p.cut(text, &into) }); got != 0 {
		t.Errorf("got %v allocations, want none", got)
	}
}

// Megabytes of what is hard would take minutes, were any of it quadratic.
func TestCutLongTexts(t *testing.T) {
	t.Parallel()
	p := testPieces(t)
	for _, test := range []struct {
		name   string
		text   string
		tokens int
	}{
		{"one word", strings.Repeat("a", 5<<20), 1},
		{"one word beyond ASCII", strings.Repeat("é", 5<<19), 1},
		{"punctuation", strings.Repeat("!", 1<<20), 1 << 20},
		{"accents", "a" + strings.Repeat("\u0301\u0323", 1<<19), 1},
		{"accents out of order with a mark that stays", "a" + strings.Repeat("\u0301\u0323", 1<<18) + "\u302e", 1},
		{"words of unknown letters", strings.Repeat(strings.Repeat("\U0001e944", 50)+" ", 1<<13), 1 << 13},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got tokens
			p.cut(test.text, &got)
			if len(got.ids) != test.tokens {
				t.Errorf("got %d tokens, want %d", len(got.ids), test.tokens)
			}
		})
	}
}

func FuzzCut(f *testing.F) {
	p := testPieces(f)
	for _, text := range []string{
		"", "Trump praised Kim.", "Zoe\u0301\x00\xff", "\u0301\U0001d165\U0001d15e", "豈\u302e한국", "[SEP] ##ing", "a\u1df6\u0301\u00a0b", strings.Repeat("é", 101),
	} {
		f.Add(text)
	}
	var got tokens
	f.Fuzz(func(t *testing.T, text string) {
		p.cut(text, &got)
		if len(got.ids) != len(got.spans) {
			t.Fatalf("%d ids with %d spans", len(got.ids), len(got.spans))
		}
		last := scoring.Span{}
		for i, s := range got.spans {
			if id := got.ids[i]; id < 0 || int(id) >= len(p.heads.ids)+len(p.tails.ids) {
				t.Errorf("token %d has id %d", i, id)
			}
			if s.Start < last.Start || s.End < last.End || s.End <= s.Start || s.End > len(text) {
				t.Errorf("token %d at %v, after one at %v, in a text of %d bytes", i, s, last, len(text))
			}
			last = s
		}
	})
}

func BenchmarkCut(b *testing.B) {
	p := testPieces(b)
	sentences := []string{
		"Donald Trump arrived in Geneva on Tuesday for two days of talks with the foreign ministers of four countries.",
		"Investigators accused the prime minister’s office of hiding $1.2 million abroad, and “several” aides resigned.",
		"Far from a failure, Nora Kelly turned out a fine leader, unlike her untrustworthy, scandal-plagued predecessor.",
	}
	var into tokens
	for n := 0; b.Loop(); n++ {
		p.cut(sentences[n%len(sentences)], &into)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "sentences/s")
}
