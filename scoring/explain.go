package scoring

import (
	"context"
	"fmt"
	"unicode"
	"unicode/utf8"
)

// Weight is how far one word moved the tone toward a target.
type Weight struct {
	Word  Span
	Moved float64 // tone with the word less tone without it, from -2 to 2
}

// Explain returns the tone of text toward target and, in order, the weight of
// every word outside the target: the change in tone when that word alone is
// left out (erasure: Li, Monroe, Jurafsky, "Understanding neural networks
// through representation erasure", 2016). It is honest about single words
// only: of two that say the same, each may weigh nothing, and a sentence
// without a word may be none that anybody would write.
//
// One call of s scores all, a passage a word: the cost is that of as many
// sentences as the text has words.
func Explain(ctx context.Context, s Scorer, text string, target Span) (Tone, []Weight, error) {
	passages := []Passage{{Text: text, Targets: []Span{target}}}
	var weights []Weight
	w := words{text: text}
	for w.next() {
		if w.word.Start < target.End && target.Start < w.word.End {
			continue
		}
		weights = append(weights, Weight{Word: w.word})
		passages = append(passages, without(text, w.word, target))
	}
	scores, err := s.Score(ctx, passages)
	if err != nil {
		return Tone{}, nil, fmt.Errorf("explain a text of %d words: %w", len(weights), err)
	}
	whole := scores[0].Targets[0]
	for i := range weights {
		weights[i].Moved = whole.Value() - scores[i+1].Targets[0].Value()
	}
	return whole, weights, nil
}

// without leaves a word and the space behind it out of text.
func without(text string, word, target Span) Passage {
	end := word.End
	if r, size := utf8.DecodeRuneInString(text[end:]); unicode.IsSpace(r) {
		end += size
	}
	if target.Start >= word.End {
		end = min(end, target.Start)
		target = Span{target.Start - (end - word.Start), target.End - (end - word.Start)}
	}
	return Passage{Text: text[:word.Start] + text[end:], Targets: []Span{target}}
}
