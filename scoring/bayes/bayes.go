// Package bayes is the baseline engine: the naive Bayes classifier of
// cdipaolo/sentiment, trained on film reviews, with the graded probabilities
// of cdipaolo/goml.
//
// It is untargeted: it weighs the words of a passage and gives every target in
// it the same tone. On news with marked targets its macro F1 is about 0.30,
// where always answering the commonest class makes 0.22. It is here to measure
// better engines against, and to alert only on change: plain news often reads
// positive to it ("annual" and "meeting" do in film reviews), its probability
// runs to 0 or 1 in long sentences, and it has no notion of neutral beyond
// doubt between the two.
//
// Limits: English; no directions between pairs; no attributions.
package bayes

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"strings"

	"github.com/cdipaolo/goml/text"
	"github.com/cdipaolo/sentiment"

	"tonewatch/scoring"
)

// version is that of the module that holds the model and its code.
const version = "v0.0.0-20200617002423-c697f64e7f10"

// Engine is the baseline engine. It is safe for concurrent use: nothing
// changes after [New], and goml guards its dictionary with a lock.
type Engine struct {
	model *text.NaiveBayes
	prior float64 // log odds of positive before any word is read
	hash  string
}

var _ scoring.Scorer = (*Engine)(nil)

// New unpacks the model that is built into the binary, which takes some tenths
// of a second.
func New() (*Engine, error) {
	// What sentiment.Restore does, with the bytes at hand to hash.
	weights, err := sentiment.Asset("model.json")
	if err != nil {
		return nil, fmt.Errorf("unpack the built-in model: %w", err)
	}
	models, err := sentiment.RestoreModels(weights)
	if err != nil {
		return nil, fmt.Errorf("parse the built-in model: %w", err)
	}
	model, ok := models[sentiment.English]
	if !ok {
		return nil, fmt.Errorf("parse the built-in model: no language %q in it", sentiment.English)
	}
	sum := sha256.Sum256(weights)
	e := &Engine{model: model, hash: hex.EncodeToString(sum[:])}
	e.prior = e.logOdds("")
	return e, nil
}

// Engine implements [scoring.Scorer].
func (e *Engine) Engine() scoring.Engine {
	return scoring.Engine{Name: "bayes", Version: version, Hash: e.hash}
}

// Score implements [scoring.Scorer]. All targets of a passage get the tone of
// the passage; text without a word that the model knows is neutral.
func (e *Engine) Score(ctx context.Context, in []scoring.Passage) ([]scoring.Scores, error) {
	out := make([]scoring.Scores, len(in))
	for i, p := range in {
		if err := p.Check(); err != nil {
			return nil, fmt.Errorf("bayes: passage %d: %w", i, err)
		}
		if len(p.Pairs) > 0 {
			return nil, fmt.Errorf("bayes: passage %d: direction of pairs: %w", i, scoring.ErrUnsupported)
		}
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("bayes: passage %d: %w", i, err)
		}
		tone := e.tone(p.Text)
		out[i].Targets = make([]scoring.Tone, len(p.Targets))
		for j := range p.Targets {
			out[i].Targets[j] = tone
		}
	}
	return out, nil
}

// Attribute implements [scoring.Scorer].
func (e *Engine) Attribute(context.Context, string) ([]scoring.Attribution, error) {
	return nil, fmt.Errorf("bayes: attributions: %w", scoring.ErrUnsupported)
}

// tone adds up the evidence of the words of text. goml would multiply their
// probabilities, which are about 1e-5 each, so that a long sentence ends in
// 0/0; words are independent in this model, and so the log odds of a text are
// the sum of what each word adds to the prior.
func (e *Engine) tone(text string) scoring.Tone {
	sum := e.prior
	for word := range strings.FieldsSeq(text) {
		sum += e.logOdds(word) - e.prior
	}
	value := 2/(1+math.Exp(-sum)) - 1
	return scoring.Tone{
		Negative: max(0, -value),
		Neutral:  1 - math.Abs(value),
		Positive: max(0, value),
	}
}

// logOdds returns the log odds of positive after one word; those of the prior
// for a word that the model does not know.
func (e *Engine) logOdds(word string) float64 {
	class, p := e.model.Probability(word)
	odds := math.Log(p / (1 - p))
	if class == 0 { // negative; 1 is positive
		return -odds
	}
	return odds
}
