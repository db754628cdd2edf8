// Package scoretest is the suite that every engine passes. An engine's own
// tests call [Exercise]; how good its tones are is not the suite's business.
package scoretest

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tonewatch/scoring"
)

const (
	sumError   = 1e-9 // how far probabilities may miss a sum of 1
	batchError = 1e-4 // how far scores may differ with the passages beside them
)

// Exercise holds s to the contract of [scoring.Scorer].
func Exercise(t *testing.T, s scoring.Scorer) {
	t.Run("names itself", func(t *testing.T) {
		if e := s.Engine(); e.Name == "" || e.Version == "" || e.Hash == "" {
			t.Errorf("Engine() = %+v, want no empty field", e)
		}
		if got, want := s.Engine(), s.Engine(); got != want {
			t.Errorf("Engine() = %+v, then %+v", want, got)
		}
	})
	t.Run("scores each passage as if alone", func(t *testing.T) { scoresEach(t, s) })
	t.Run("scores nothing as nothing", func(t *testing.T) { scoresNothing(t, s) })
	t.Run("blank text is neutral", func(t *testing.T) { blankIsNeutral(t, s) })
	t.Run("hostile text has tones", func(t *testing.T) { hostileText(t, s) })
	t.Run("refuses spans outside the text", func(t *testing.T) { refusesSpans(t, s) })
	t.Run("a cancelled context is an error", func(t *testing.T) { obeysContext(t, s) })
	t.Run("concurrent use changes nothing", func(t *testing.T) { concurrent(t, s) })
	t.Run("pairs have directions or are unsupported", func(t *testing.T) { pairs(t, s) })
	t.Run("attributions lie in the text or are unsupported", func(t *testing.T) { attributions(t, s) })
}

// passages returns sentences of every sort: praise, blame, neither, without a
// target, beyond ASCII.
func passages() []scoring.Passage {
	return []scoring.Passage{
		passage("The senator called the mayor a brave and excellent leader.", "senator", "mayor"),
		passage("Critics say the company's worst spill killed thousands of birds.", "company"),
		passage("The committee meets on Tuesday.", "committee"),
		passage("Nobody is looked for here."),
		passage("Ana Müller thanked “Le Café” — warmly.", "Ana Müller", "Le Café"),
	}
}

// passage returns text with targets at their first places in it.
func passage(text string, targets ...string) scoring.Passage {
	p := scoring.Passage{Text: text}
	for _, target := range targets {
		at := strings.Index(text, target)
		p.Targets = append(p.Targets, scoring.Span{Start: at, End: at + len(target)})
	}
	return p
}

// score returns the scores of in and fails unless they are well formed.
func score(t *testing.T, s scoring.Scorer, in []scoring.Passage) []scoring.Scores {
	t.Helper()
	out, err := s.Score(t.Context(), in)
	if err != nil {
		t.Fatalf("Score: %v", err)
	}
	if len(out) != len(in) {
		t.Fatalf("Score returned %d results for %d passages", len(out), len(in))
	}
	for i := range out {
		if got, want := len(out[i].Targets), len(in[i].Targets); got != want {
			t.Fatalf("passage %d has %d tones for %d targets", i, got, want)
		}
		if got, want := len(out[i].Pairs), len(in[i].Pairs); got != want {
			t.Fatalf("passage %d has %d directions for %d pairs", i, got, want)
		}
		for _, tone := range out[i].Targets {
			checkSum(t, i, tone.Negative, tone.Neutral, tone.Positive)
			if v := tone.Value(); v < -1 || v > 1 {
				t.Errorf("passage %d: Value() = %v, want it in [-1, 1]", i, v)
			}
		}
		for _, d := range out[i].Pairs {
			checkSum(t, i, d[:]...)
		}
	}
	return out
}

// checkSum fails unless probabilities are in [0, 1] and sum to 1.
func checkSum(t *testing.T, passage int, probabilities ...float64) {
	t.Helper()
	sum := 0.0
	for _, p := range probabilities {
		if p < 0 || p > 1 || math.IsNaN(p) {
			t.Errorf("passage %d: probabilities %v, want each in [0, 1]", passage, probabilities)
		}
		sum += p
	}
	if math.Abs(sum-1) > sumError {
		t.Errorf("passage %d: probabilities %v sum to %v, want 1", passage, probabilities, sum)
	}
}

func scoresEach(t *testing.T, s scoring.Scorer) {
	in := passages()
	together := score(t, s, in)
	for i := range in {
		alone := score(t, s, in[i:i+1])
		if diff := cmp.Diff(alone[0], together[i], cmpopts.EquateApprox(0, batchError)); diff != "" {
			t.Errorf("passage %d alone (-) and among others (+):\n%s", i, diff)
		}
	}
	if diff := cmp.Diff(together, score(t, s, in)); diff != "" {
		t.Errorf("the same passages scored twice:\n%s", diff)
	}
	if cmp.Equal(together[0].Targets[0], together[1].Targets[0]) {
		t.Errorf("praise and blame both score %+v", together[0].Targets[0])
	}
}

func scoresNothing(t *testing.T, s scoring.Scorer) {
	score(t, s, nil)
	score(t, s, []scoring.Passage{{}, {Text: "No target."}})
}

func blankIsNeutral(t *testing.T, s scoring.Scorer) {
	for _, text := range []string{"", " ", "\n\n\t\n", "\u00a0"} {
		in := scoring.Passage{Text: text, Targets: []scoring.Span{{}, {Start: len(text), End: len(text)}}}
		for i, tone := range score(t, s, []scoring.Passage{in})[0].Targets {
			if tone.Label() != scoring.Neutral {
				t.Errorf("text %q, target %d: tone %+v is %s, want neutral", text, i, tone, tone.Label())
			}
		}
	}
}

func hostileText(t *testing.T, s scoring.Scorer) {
	long := strings.Repeat("terrible wonderful ", 5_000)
	word := strings.Repeat("a", 200_000)
	broken := "\xff\xfeThe mayor\xc3 \x00\xed\xa0\x80 lied\xf0\x9f"
	for _, text := range []string{long, word, broken} {
		score(t, s, []scoring.Passage{{Text: text, Targets: []scoring.Span{
			{Start: 0, End: 1},
			{Start: 5, End: 9},
			{Start: len(text) / 2, End: len(text)/2 + 3},
			{Start: len(text) - 1, End: len(text)},
			{Start: 0, End: len(text)},
			{Start: 7, End: 7},
		}}})
	}
}

func refusesSpans(t *testing.T, s scoring.Scorer) {
	for name, test := range map[string]struct {
		span scoring.Span
		want string
	}{
		"past the end":     {scoring.Span{Start: 2, End: 99}, "passage 1: target 1: span [2,99) outside a text of 9 bytes"},
		"before the start": {scoring.Span{Start: -1, End: 3}, "passage 1: target 1: span [-1,3) outside a text of 9 bytes"},
		"end before start": {scoring.Span{Start: 5, End: 3}, "passage 1: target 1: span [5,3) outside a text of 9 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.Score(t.Context(), []scoring.Passage{
				passage("The mayor spoke.", "mayor"),
				{Text: "The mayor", Targets: []scoring.Span{{Start: 4, End: 9}, test.span}},
			})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
}

func obeysContext(t *testing.T, s scoring.Scorer) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Score(ctx, passages()); !errors.Is(err, context.Canceled) {
		t.Errorf("Score: error %v, want %v", err, context.Canceled)
	}
	if _, err := s.Attribute(ctx, "Trump said so."); !errors.Is(err, context.Canceled) && !errors.Is(err, scoring.ErrUnsupported) {
		t.Errorf("Attribute: error %v, want %v", err, context.Canceled)
	}
}

func concurrent(t *testing.T, s scoring.Scorer) {
	want := score(t, s, passages())
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 4 {
				got, err := s.Score(t.Context(), passages())
				if err != nil {
					t.Errorf("Score: %v", err)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("alone (-) and concurrently (+):\n%s", diff)
				}
			}
		})
	}
	group.Wait()
}

func pairs(t *testing.T, s scoring.Scorer) {
	in := passage("The senator called the mayor a brave and excellent leader.", "senator", "mayor")
	in.Pairs = []scoring.Pair{{P: in.Targets[0], Q: in.Targets[1]}, {P: in.Targets[1], Q: in.Targets[0]}}
	_, err := s.Score(t.Context(), []scoring.Passage{in})
	if errors.Is(err, scoring.ErrUnsupported) {
		checkUnsupported(t, s, err)
		return
	}
	score(t, s, []scoring.Passage{in})

	in.Pairs[1].Q = scoring.Span{Start: 1, End: 1000}
	_, err = s.Score(t.Context(), []scoring.Passage{in})
	if want := "passage 0: pair 1: span [1,1000) outside a text of 58 bytes"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want one with %q", err, want)
	}
}

func attributions(t *testing.T, s scoring.Scorer) {
	for _, text := range []string{
		"",
		"Officials met on Tuesday.",
		"\"We will see,\" Ana Müller said. Berlin urged calm, according to “Le Café”.\n\nShe denied it.",
		"\"\"''“”said \xff\" said said, \"",
	} {
		got, err := s.Attribute(t.Context(), text)
		if errors.Is(err, scoring.ErrUnsupported) {
			checkUnsupported(t, s, err)
			continue
		}
		if err != nil {
			t.Errorf("Attribute(%q): %v", text, err)
		}
		start := 0
		for i, a := range got {
			if len(a.Content) == 0 || a.Content[0].Start < start {
				t.Errorf("Attribute(%q): content %v of attribution %d, want one from %d on", text, a.Content, i, start)
				continue
			}
			start = a.Content[0].Start
			spans := slices.Clone(a.Content)
			for _, span := range []*scoring.Span{a.Source, a.Cue} {
				if span != nil {
					spans = append(spans, *span)
				}
			}
			if err := (scoring.Passage{Text: text, Targets: spans}).Check(); err != nil {
				t.Errorf("Attribute(%q): attribution %d: %v", text, i, err)
			}
		}
	}
}

// checkUnsupported fails unless err says which engine cannot do it.
func checkUnsupported(t *testing.T, s scoring.Scorer, err error) {
	t.Helper()
	if !strings.Contains(err.Error(), s.Engine().Name) {
		t.Errorf("error %q, want the engine's name %q in it", err, s.Engine().Name)
	}
}
