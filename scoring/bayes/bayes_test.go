package bayes_test

import (
	"math"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/cdipaolo/sentiment"
	"github.com/google/go-cmp/cmp"

	"tonewatch/scoring"
	"tonewatch/scoring/bayes"
	"tonewatch/scoring/scoretest"
)

func newEngine(tb testing.TB) *bayes.Engine {
	tb.Helper()
	e, err := bayes.New()
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

// tone returns the tone of text toward its first byte.
func tone(tb testing.TB, e *bayes.Engine, text string) scoring.Tone {
	tb.Helper()
	scores, err := e.Score(tb.Context(), []scoring.Passage{{Text: text, Targets: []scoring.Span{{Start: 0, End: 1}}}})
	if err != nil {
		tb.Fatal(err)
	}
	return scores[0].Targets[0]
}

func TestEngine(t *testing.T) {
	t.Parallel()
	e := newEngine(t)
	models, err := sentiment.Restore()
	if err != nil {
		t.Fatal(err)
	}
	goml := models[sentiment.English]

	t.Run("keeps the contract", func(t *testing.T) { scoretest.Exercise(t, e) })

	t.Run("agrees with goml where goml does not underflow", func(t *testing.T) {
		for _, text := range []string{
			"an excellent and touching film",
			"the worst spill in years",
			"lawsuit over toxic spill widens",
			"shares surge on record profit",
			"zzyzx",
		} {
			class, p := goml.Probability(text)
			want := (2*p - 1) * (2*float64(class) - 1)
			if got := tone(t, e, text).Value(); math.Abs(got-want) > 1e-9 {
				t.Errorf("tone of %q is %v, want %v", text, got, want)
			}
		}
	})

	t.Run("grades long text where goml underflows", func(t *testing.T) {
		text := strings.Repeat("terrible excellent terrible film ", 200)
		if _, p := goml.Probability(text); !math.IsNaN(p) {
			t.Fatalf("goml gives %v, want it to underflow", p)
		}
		if got := tone(t, e, text); got.Label() != scoring.Negative || got.Value() > -0.99 {
			t.Errorf("tone %+v, want it negative beyond doubt", got)
		}
	})

	t.Run("text without a known word is neutral", func(t *testing.T) {
		for _, text := range []string{"12,500", "— ! …", "zzyzx qqxq"} {
			if got, want := tone(t, e, text), (scoring.Tone{Neutral: 1}); got != want {
				t.Errorf("tone of %q is %+v, want %+v", text, got, want)
			}
		}
	})

	t.Run("white space does not matter", func(t *testing.T) {
		if diff := cmp.Diff(tone(t, e, "an excellent film"), tone(t, e, " an\nexcellent \u00a0 film\t")); diff != "" {
			t.Error(diff)
		}
	})

	t.Run("all targets of a passage get one tone", func(t *testing.T) {
		scores, err := e.Score(t.Context(), []scoring.Passage{{
			Text:    "Ada saved Bob",
			Targets: []scoring.Span{{Start: 0, End: 3}, {Start: 10, End: 13}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		if got := scores[0].Targets; got[0] != got[1] {
			t.Errorf("tones %+v and %+v, want one", got[0], got[1])
		}
	})

	t.Run("says what it cannot do", func(t *testing.T) {
		_, err := e.Score(t.Context(), []scoring.Passage{{}, {Text: "Ada saved Bob", Pairs: []scoring.Pair{{}}}})
		if want := "bayes: passage 1: direction of pairs: unsupported by this engine"; err == nil || err.Error() != want {
			t.Errorf("error %v, want %q", err, want)
		}
		_, err = e.Attribute(t.Context(), "Ada said so.")
		if want := "bayes: attributions: unsupported by this engine"; err == nil || err.Error() != want {
			t.Errorf("error %v, want %q", err, want)
		}
	})

	t.Run("has the version of its module", func(t *testing.T) {
		mod, err := os.ReadFile("../../go.mod")
		if err != nil {
			t.Fatal(err)
		}
		found := regexp.MustCompile(`github\.com/cdipaolo/sentiment (\S+)`).FindSubmatch(mod)
		if found == nil {
			t.Fatal("go.mod does not require github.com/cdipaolo/sentiment")
		}
		if got, want := e.Engine().Version, string(found[1]); got != want {
			t.Errorf("version %q, want go.mod's %q", got, want)
		}
	})
}

func BenchmarkScore(b *testing.B) {
	e := newEngine(b)
	text := "North Korea has meanwhile gone back to firing missiles, two more of short range within a day by the look of it."
	in := []scoring.Passage{{Text: text, Targets: []scoring.Span{{Start: 0, End: 11}}}}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := e.Score(b.Context(), in); err != nil {
			b.Fatal(err)
		}
	}
}
