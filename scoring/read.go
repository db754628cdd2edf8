package scoring

import (
	"context"
	"errors"
	"fmt"
)

// Opinion is a mention with the tone toward it and the voice that the tone is
// in.
type Opinion struct {
	Mention
	Sentence Span   // where the mention stands
	Voice    string // "" for the outlet's narration, else an actor's name, else the source's words
	Tone     Tone
}

// Read returns the opinions in a clean text, one a mention, in order. All
// sentences with a mention go to s in one call. With an engine that attributes
// nothing, the whole text is the outlet's narration.
func Read(ctx context.Context, f *Finder, s Scorer, text string) ([]Opinion, error) {
	mentions := f.Find(text)
	if len(mentions) == 0 {
		return nil, nil
	}
	attributions, err := s.Attribute(ctx, text)
	if err != nil && !errors.Is(err, ErrUnsupported) {
		return nil, fmt.Errorf("attribute text of %d bytes: %w", len(text), err)
	}
	opinions, passages := prepare(text, mentions, attributions, f.persons)
	scores, err := s.Score(ctx, passages)
	if err != nil {
		return nil, fmt.Errorf("score %d sentences: %w", len(passages), err)
	}
	rest := opinions
	for _, score := range scores {
		for i, tone := range score.Targets {
			rest[i].Tone = tone
		}
		rest = rest[len(score.Targets):]
	}
	return opinions, nil
}

// prepare returns the opinions on mentions without their tones, and the
// sentences to score, whose targets are those mentions in the same order.
func prepare(text string, mentions []Mention, attributions []Attribution, persons map[string]bool) ([]Opinion, []Passage) {
	sentences := Sentences(text)
	v := voices{ahead: quotes(text, sentences, mentions, attributions, persons)}
	opinions := make([]Opinion, 0, len(mentions))
	var passages []Passage
	for _, s := range join(sentences, mentions) {
		p := Passage{Text: s.Of(text)}
		for len(mentions) > 0 && mentions[0].Span.End <= s.End {
			m := mentions[0]
			mentions = mentions[1:]
			opinions = append(opinions, Opinion{Mention: m, Sentence: s, Voice: v.at(m.Span)})
			p.Targets = append(p.Targets, Span{m.Span.Start - s.Start, m.Span.End - s.Start})
		}
		if len(p.Targets) > 0 {
			passages = append(passages, p)
		}
	}
	return opinions, passages
}

// join returns sentences with those joined that a mention stands across, as a
// name with a stop in it may ("Yahoo! Japan").
func join(sentences []Span, mentions []Mention) []Span {
	var joined []Span
	for _, s := range sentences {
		for len(mentions) > 0 && mentions[0].Span.End <= s.Start {
			mentions = mentions[1:]
		}
		if len(mentions) > 0 && mentions[0].Span.Start < s.Start {
			joined[len(joined)-1].End = s.End
		} else {
			joined = append(joined, s)
		}
	}
	return joined
}
