package monitor_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"tonewatch/monitor"
	"tonewatch/scoring"
)

// zigzag judges the mentions of a passage by their number, now cold, now warm.
type zigzag struct{}

var _ scoring.Scorer = zigzag{}

func (zigzag) Engine() scoring.Engine { return scoring.Engine{Name: "zigzag"} }

func (zigzag) Score(_ context.Context, in []scoring.Passage) ([]scoring.Scores, error) {
	out := make([]scoring.Scores, len(in))
	for i, p := range in {
		for n := range p.Targets {
			value := float64((n*37)%100) / 100
			tone := scoring.Tone{Positive: value, Neutral: 1 - value}
			if n%2 == 1 {
				tone = scoring.Tone{Negative: value, Neutral: 1 - value}
			}
			out[i].Targets = append(out[i].Targets, tone)
		}
	}
	return out, nil
}

func (zigzag) Attribute(context.Context, string) ([]scoring.Attribution, error) {
	return nil, scoring.ErrUnsupported
}

func judged(t *testing.T, text string) (readings []monitor.Reading, mentions int) {
	t.Helper()
	finder, err := scoring.NewFinder([]scoring.Actor{{Name: "Acme", Titles: []string{"steelmaker"}}})
	if err != nil {
		t.Fatal(err)
	}
	readings, mentions, err = monitor.Judge(t.Context(), finder, zigzag{}, monitor.Article{Title: text}, text)
	if err != nil {
		t.Fatal(err)
	}
	if len(readings) != 2 {
		t.Fatalf("%d readings, want 2", len(readings))
	}
	return readings, mentions
}

// A page without full stops is one sentence, of which every mention would keep all.
func TestQuotesOfALongSentenceAreNextToTheirMention(t *testing.T) {
	t.Parallel()
	for name, filler := range map[string]string{
		"words":      "and then they went on ",
		"no spaces":  strings.Repeat("x", 1200) + " ",
		"wide runes": strings.Repeat("語", 700) + " ",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := strings.Repeat(filler+"Acme did "+filler+filler, 200)
			readings, mentions := judged(t, text)
			if mentions != 200 {
				t.Errorf("%d mentions, want 200", mentions)
			}
			for _, r := range readings {
				for _, q := range r.Quotes {
					if len(q.Sentence) > 500+len("Acme")+500 {
						t.Errorf("a quote of %d bytes", len(q.Sentence))
					}
					if !utf8.ValidString(q.Sentence) || text[q.At:q.At+len(q.Sentence)] != q.Sentence || q.Sentence[q.Start:q.End] != "Acme" {
						t.Errorf("quote %q at %d with the mention at %d to %d", q.Sentence, q.At, q.Start, q.End)
					}
					if name == "words" && (len(q.Sentence) < 900 || strings.Trim(q.Sentence, " ") != q.Sentence ||
						q.At > 0 && text[q.At-1] != ' ' || text[q.At+len(q.Sentence)] != ' ') {
						t.Errorf("quote %q is not cut between words next to its mention", q.Sentence)
					}
				}
			}
		})
	}
}

// What is kept of many quotes is what evidence asks for: the coldest and the
// warmest, with a name and without.
func TestAStoryKeepsItsStrongestQuotes(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 8, 10, 11, 300} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			text := strings.Repeat("Acme fell and the steelmaker rose and ", n)
			finder, err := scoring.NewFinder([]scoring.Actor{{Name: "Acme", Titles: []string{"steelmaker"}}})
			if err != nil {
				t.Fatal(err)
			}
			opinions, err := scoring.Read(t.Context(), finder, zigzag{}, text)
			if err != nil {
				t.Fatal(err)
			}
			all := monitor.Readings(text, opinions)
			kept, _ := judged(t, text)
			for i, r := range kept {
				if r.Tone != all[i].Tone || *r.Named != *all[i].Named {
					t.Errorf("tone %v, by name %v; want those of all mentions, %v and %v", r.Tone, *r.Named, all[i].Tone, *all[i].Named)
				}
				if len(r.Quotes) != min(20, 2*n) {
					t.Errorf("%d quotes of %d kept, want %d", len(r.Quotes), 2*n, min(20, 2*n))
				}
				if !slices.IsSortedFunc(r.Quotes, func(a, b monitor.Quote) int { return a.At + a.Start - b.At - b.Start }) {
					t.Error("quotes are not in the order of the text")
				}
				for _, named := range []bool{false, true} {
					for _, direction := range []float64{-1, 1} {
						if got, want := r.Strongest(named, direction), all[i].Strongest(named, direction); got != want {
							t.Errorf("strongest quote %+v, want %+v", got, want)
						}
					}
				}
			}
		})
	}
}
