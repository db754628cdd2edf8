package scoring_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tonewatch/scoring"
	"tonewatch/scoring/bayes"
)

func TestExplainWeighsEachWord(t *testing.T) {
	t.Parallel()
	engine, err := bayes.New()
	if err != nil {
		t.Fatal(err)
	}
	text := "The minister called Ana Duarte a terrible, awful liar — twice."
	target := scoring.Span{Start: strings.Index(text, "Ana"), End: strings.Index(text, " a terrible")}
	tone, weights, err := scoring.Explain(t.Context(), engine, text, target)
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	var coldest scoring.Weight
	for _, w := range weights {
		words = append(words, w.Word.Of(text))
		if w.Moved < coldest.Moved {
			coldest = w
		}
	}
	if diff := cmp.Diff([]string{"The", "minister", "called", "a", "terrible", "awful", "liar", "twice"}, words); diff != "" {
		t.Errorf("words weighed (-want +got):\n%s", diff)
	}
	if got := coldest.Word.Of(text); got != "terrible" && got != "awful" {
		t.Errorf("coldest word is %q, want one of the two that scold", got)
	}
	without, err := engine.Score(t.Context(), []scoring.Passage{{
		Text:    strings.Replace(text, coldest.Word.Of(text), "", 1),
		Targets: []scoring.Span{target},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := coldest.Moved, tone.Value()-without[0].Targets[0].Value(); math.Abs(got-want) > 1e-9 {
		t.Errorf("%q moved %v, want the tone's own change %v", coldest.Word.Of(text), got, want)
	}
}

func TestExplainKeepsTheTarget(t *testing.T) {
	t.Parallel()
	text := "Well, in Rome Ana Duarte won. Good."
	seen := &recorder{}
	if _, _, err := scoring.Explain(t.Context(), seen, text, scoring.Span{Start: 14, End: 24}); err != nil {
		t.Fatal(err)
	}
	for _, p := range seen.passages {
		if got := p.Targets[0].Of(p.Text); got != "Ana Duarte" {
			t.Errorf("target in %q is %q, want it kept", p.Text, got)
		}
	}
	if got, want := len(seen.passages), 1+5; got != want {
		t.Errorf("%d passages scored, want %d: the whole and one a word", got, want)
	}
}

func TestExplainWrapsTheEnginesError(t *testing.T) {
	t.Parallel()
	_, _, err := scoring.Explain(t.Context(), &recorder{}, "Ana won", scoring.Span{Start: 0, End: 99})
	if err == nil || !strings.Contains(err.Error(), "explain a text of 0 words: target 0: span [0,99)") {
		t.Errorf("error %v, want it to name the words and the span", err)
	}
}

// recorder keeps what it is asked and finds all of it neutral.
type recorder struct{ passages []scoring.Passage }

func (*recorder) Engine() scoring.Engine { return scoring.Engine{Name: "recorder"} }

func (r *recorder) Score(_ context.Context, in []scoring.Passage) ([]scoring.Scores, error) {
	out := make([]scoring.Scores, len(in))
	for i, p := range in {
		if err := p.Check(); err != nil {
			return nil, err
		}
		out[i].Targets = make([]scoring.Tone, len(p.Targets))
	}
	r.passages = append(r.passages, in...)
	return out, nil
}

func (*recorder) Attribute(context.Context, string) ([]scoring.Attribution, error) {
	return nil, errors.ErrUnsupported
}
