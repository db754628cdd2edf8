package scoring

import (
	"context"
	"errors"
	"fmt"
)

// ErrUnsupported is the error, wrapped with the engine and the ability, of a
// [Scorer] asked for something that it cannot do.
var ErrUnsupported = errors.New("unsupported by this engine")

// Engine identifies what made a score, so that scores of different scales are
// never mixed: two engines are the same if all fields are equal.
type Engine struct {
	Name    string // how the configuration calls it: "bayes"
	Version string // of the code
	Hash    string // of the weights, hexadecimal
}

// Pair asks for the tone between two targets of one passage.
type Pair struct{ P, Q Span }

// Passage is a text to score, usually one sentence. Spans are offsets into
// Text.
type Passage struct {
	Text    string
	Targets []Span
	Pairs   []Pair
}

// Check returns an error that names the first span of p outside its text.
func (p Passage) Check() error {
	check := func(s Span) error {
		if s.Start < 0 || s.End < s.Start || len(p.Text) < s.End {
			return fmt.Errorf("span [%d,%d) outside a text of %d bytes", s.Start, s.End, len(p.Text))
		}
		return nil
	}
	for i, s := range p.Targets {
		if err := check(s); err != nil {
			return fmt.Errorf("target %d: %w", i, err)
		}
	}
	for i, pair := range p.Pairs {
		if err := errors.Join(check(pair.P), check(pair.Q)); err != nil {
			return fmt.Errorf("pair %d: %w", i, err)
		}
	}
	return nil
}

// Scores is what a [Scorer] makes of one [Passage]: one tone a target and one
// direction a pair, in order.
type Scores struct {
	Targets []Tone
	Pairs   []Direction
}

// Scorer is an engine that judges tone. Its methods are safe for concurrent
// use, and give the same answer to the same question.
type Scorer interface {
	// Engine says what the scores are made with.
	Engine() Engine

	// Score returns one result a passage, in order. A span outside its text
	// is an error that names the passage and the span; so is a cancelled
	// context; an engine without directions answers pairs with
	// [ErrUnsupported].
	Score(ctx context.Context, in []Passage) ([]Scores, error)

	// Attribute returns the attributions in a whole article, in the order of
	// their content, or [ErrUnsupported].
	Attribute(ctx context.Context, text string) ([]Attribution, error)
}
