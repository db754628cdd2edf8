package scoretest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"tonewatch/scoring"
	"tonewatch/scoring/scoretest"
)

// counting is an engine that can do all that [scoring.Scorer] asks for, badly:
// it counts two words.
type counting struct{}

var _ scoring.Scorer = counting{}

func (counting) Engine() scoring.Engine {
	return scoring.Engine{Name: "counting", Version: "1", Hash: "none"}
}

func (counting) Score(ctx context.Context, in []scoring.Passage) ([]scoring.Scores, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("counting: %w", err)
	}
	out := make([]scoring.Scores, len(in))
	for i, p := range in {
		if err := p.Check(); err != nil {
			return nil, fmt.Errorf("counting: passage %d: %w", i, err)
		}
		good, bad := float64(strings.Count(p.Text, "excellent")), float64(strings.Count(p.Text, "worst"))
		sum := 1 + good + bad
		for range p.Targets {
			out[i].Targets = append(out[i].Targets, scoring.Tone{Negative: bad / sum, Neutral: 1 / sum, Positive: good / sum})
		}
		for range p.Pairs {
			out[i].Pairs = append(out[i].Pairs, scoring.Direction{1 / sum, good / sum, 0, bad / sum, 0})
		}
	}
	return out, nil
}

func (counting) Attribute(ctx context.Context, text string) ([]scoring.Attribution, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("counting: %w", err)
	}
	var out []scoring.Attribution
	for at := 0; ; {
		i := strings.Index(text[at:], " said")
		if i < 0 {
			return out, nil
		}
		content, cue := scoring.Span{Start: at, End: at + i}, scoring.Span{Start: at + i + 1, End: at + i + 5}
		out = append(out, scoring.Attribution{Cue: &cue, Content: []scoring.Span{content}})
		at = cue.End
	}
}

func TestExercise(t *testing.T) {
	t.Parallel()
	scoretest.Exercise(t, counting{})
}
