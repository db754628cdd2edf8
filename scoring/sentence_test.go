package scoring_test

import (
	"os"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"tonewatch/scoring"
)

// TestSentences splits the texts of testdata/sentences.txt.
func TestSentences(t *testing.T) {
	t.Parallel()
	cases := sentenceCases(t)
	if len(cases) < 120 {
		t.Fatalf("%d texts were read, want at least 120", len(cases))
	}
	for _, marked := range cases {
		var want []string
		for s := range strings.SplitSeq(marked, "| ") {
			if s = strings.TrimSpace(s); s != "" {
				want = append(want, s)
			}
		}
		text := strings.ReplaceAll(marked, "| ", "")
		var got []string
		for _, s := range scoring.Sentences(text) {
			got = append(got, s.Of(text))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("sentences of %q (-want +got):\n%s", text, diff)
		}
	}
}

// sentenceCases returns texts with "| " between their sentences.
func sentenceCases(tb testing.TB) []string {
	tb.Helper()
	file, err := os.ReadFile("testdata/sentences.txt")
	if err != nil {
		tb.Fatal(err)
	}
	escapes := strings.NewReplacer(`\n`, "\n", `\r`, "\r", `\t`, "\t", `\u2029`, "\u2029")
	var cases []string
	for line := range strings.Lines(string(file)) {
		if line = strings.TrimSuffix(line, "\n"); line != "" && line[0] != '#' {
			cases = append(cases, escapes.Replace(line))
		}
	}
	return cases
}

// TestSentencesRepeats splits what would take hours if a stop looked back to
// the start of its sentence or ahead to its end.
func TestSentencesRepeats(t *testing.T) {
	t.Parallel()
	const n = 200_000
	for _, test := range []struct {
		name, head, unit string
		want             int // sentences
	}{
		{"initials behind white space", strings.Repeat(" ", n), "A. ", 1},
		{"initials behind brackets", strings.Repeat("(", n), "A. ", 1},
		{"stops", "A", ".", 1},
		{"stops and spaces", "A", " .", 1},
		{"stops and words", "", "a.A", 1},
		{"quotes", "A", "\"", 1},
		{"quotes and stops", "A", "\".", 1},
		{"questions before names", "", "Kim!\" ", n},
		{"questions before a speaker who never speaks", "", "Kim Jong Un Kim Jong Un Kim Jong?\" ", n},
		{"acronyms", "He", " U.S. Kim", 1},
		{"headlines", "He", " U.S. And", 1},
		{"times", "He", " sat at 5 p.m. Kim", n + 1},
		{"line breaks", "A", "\n-", 1},
		{"items", "A", "\n- A", n + 1},
		{"openings", "A.", " (", 1},
		{"one word", "A. ", "A", 1},
		{"one word of a speaker", "A?\" ", "A", 2},
		{"accents", "e", "\u0301", 1},
		{"broken text", "A", "\xff.", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := len(scoring.Sentences(test.head + strings.Repeat(test.unit, n))); got != test.want {
				t.Errorf("%d sentences, want %d", got, test.want)
			}
		})
	}
}

func FuzzSentences(f *testing.F) {
	f.Add("One. Two! \"Three?\" he asked... U.S. President J. K. Doe left.\n\nThe end")
	f.Add("\xff. \xc3\n\n\xe2\x80 A.\u2029。！\u00a0.")
	f.Add("1. A. B.C. D\r\n\r\n“.”’)]")
	f.Fuzz(func(t *testing.T, text string) {
		sentences := scoring.Sentences(text)
		edges := runeEdges(text)
		end := 0
		for _, s := range sentences {
			if s.End <= s.Start || !edges[s.Start] || !edges[s.End] {
				t.Fatalf("span %v of %q", s, text)
			}
			if s.Start < end || strings.TrimSpace(text[end:s.Start]) != "" {
				t.Fatalf("%q between sentences of %q", text[end:s.Start], text)
			}
			if got := s.Of(text); strings.TrimSpace(got) != got {
				t.Fatalf("sentence %q with white space at its ends", got)
			}
			end = s.End
		}
		if strings.TrimSpace(text[end:]) != "" {
			t.Fatalf("%q after the sentences of %q", text[end:], text)
		}
		if diff := cmp.Diff(sentences, scoring.Sentences(text)); diff != "" {
			t.Fatalf("split twice:\n%s", diff)
		}
	})
}

// runeEdges returns where the characters of text start, and its end.
func runeEdges(text string) map[int]bool {
	edges := map[int]bool{len(text): true}
	for at := range text {
		edges[at] = true
	}
	return edges
}

func BenchmarkSentences(b *testing.B) {
	text := article(b)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		scoring.Sentences(text)
	}
}

// article returns a long text of many copies of a story.
func article(tb testing.TB) string {
	tb.Helper()
	story, err := os.ReadFile("../testdata/stories/letter.txt")
	if err != nil {
		tb.Fatal(err)
	}
	return strings.Repeat(strings.TrimRightFunc(string(story), unicode.IsSpace)+"\n\n", 100)
}
