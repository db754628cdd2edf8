package scoring_test

import (
	"os"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"tonewatch/scoring"
)

func TestSentences(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		text string // sentences parted by "|", which is taken out first
	}{
		{"stops", "One. |Two! |Three? |Four?! |Five"},
		{"nothing", ""},
		{"white space around", " \n One.  |Two. \t"},
		{"line break is a space", "North\nKorea spoke.\n|The world\nlistened."},
		{"blank line", "A headline without a stop\n\n|The first words\r\n\r\n|and more\n \t\n|and more\u2029|and more"},
		{"small letter goes on", "It is approx. five. |He asked: is it? and left."},
		{"decimals and addresses", "It rose 3.5 percent to $1.2m. |See example.org for more."},
		{"titles", "Gen. Kim met Mr. Moon, Sen. Graham and Lt. Col. Vindman on St. George Street."},
		{"titles in capitals", "GEN. KIM AND DR. LEE MEET"},
		{"initials", "George W. Bush met John F. Kennedy. |J. K. Rowling did not."},
		{"acronym before a name", "U.S. President Donald Trump and U.N. envoys met."},
		{"acronym that ends", "He left the U.S. |The president stayed. |It was 5 p.m. |He slept."},
		{"acronym before an initial", "The U.S. A. Smith knew is gone."},
		{"companies", "Apple Inc. Chief Executive Tim Cook left Apple Inc. |He was tired."},
		{"months and numbers", "On Sept. 11 and Jan. 6 he was No. 1. |Nobody was No. 2."},
		{"abbreviation and no word", "He said no. |Trump sat. |Kim was ill. |Trump left."},
		{"stop within quotes", "\"We will win.\" |He left. |“Never again.” |They cheered. |(So they say.) |He left."},
		{"quote that goes on", "\"Really?\" he asked. |“Stop!” she cried."},
		{"quote after quote", "'One.' |\"Two.\" |«Three.» |“Four.”"},
		{"stop behind quotes", "He called it \"final\". |They went."},
		{"ellipsis", "We wait... and wait… and wait. . . and wait... |Then we go… |Home."},
		{"ellipsis first", "… The end.\n\n|... The beginning."},
		{"dash", "He is gone. |— The end."},
		{"list", "1. The first of them. |2. The second. |It was 2019. |It was over."},
		{"wide stops", "特朗普说。|金正恩说！|真的？|是"},
		{"degree", "A Ph.D. student with an M.Sc. degree wrote. |It was good."},
		{"capitals", "HE LEFT THE U.S. |THE PRESIDENT STAYED. |MR. KIM LEFT."},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var want []string
			for s := range strings.SplitSeq(test.text, "|") {
				if s = strings.TrimSpace(s); s != "" {
					want = append(want, s)
				}
			}
			text := strings.ReplaceAll(test.text, "|", "")
			var got []string
			for _, s := range scoring.Sentences(text) {
				got = append(got, s.Of(text))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("sentences of %q (-want +got):\n%s", text, diff)
			}
		})
	}
}

// TestSentencesRepeats splits what would take hours if a stop looked back to
// the start of its sentence.
func TestSentencesRepeats(t *testing.T) {
	t.Parallel()
	const n = 500_000
	text := strings.Repeat(" ", n) + strings.Repeat("A. ", n)
	got := scoring.Sentences(text)
	if diff := cmp.Diff([]scoring.Span{{Start: n, End: len(text) - 1}}, got); diff != "" {
		t.Errorf("sentences (-want +got):\n%s", diff)
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
