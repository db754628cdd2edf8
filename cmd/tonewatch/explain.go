package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tonewatch/scoring"
)

func newExplain() *cobra.Command {
	var path, engine, toward string
	var asJSON bool
	c := &cobra.Command{
		Use:   "explain [FILE]",
		Short: "Show which words moved the tone of each mention in an article",
		Long: `Show which words moved the tone of each mention in an article:

  tonewatch explain --config tonewatch.yaml [--toward ACTOR] [--json] [FILE]

reads plain text from FILE or standard input. A word's weight is how much the
tone changes when that word alone is left out: +0.40 made the sentence warmer by
0.40. Words work together, so weights do not add up to the tone, and of two that
say the same each may weigh nothing.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return explainArticle(c, path, engine, toward, args, asJSON)
		},
	}
	configFlag(c, &path)
	c.Flags().StringVar(&engine, "engine", "", "scoring `engine`; default that of the configuration")
	c.Flags().StringVar(&toward, "toward", "", "only mentions of this `actor`")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON, one line a mention")
	return c
}

// explanation is one mention and what moved its tone; offsets count code
// points of the sentence.
type explanation struct {
	Actor    string  `json:"actor"`
	Voice    string  `json:"voice"`
	Tone     float64 `json:"tone"`
	Sentence string  `json:"sentence"`
	span
	Words []wordReply `json:"words"`

	target  scoring.Span
	weights []scoring.Weight
}

type wordReply struct {
	Word string `json:"word"`
	span
	Moved float64 `json:"moved"`
}

func explainArticle(c *cobra.Command, path, engine, toward string, args []string, asJSON bool) error {
	j, err := newJudge(path, engine)
	if err != nil {
		return err
	}
	if toward != "" && !slices.Contains(j.actors, toward) {
		return &usageError{fmt.Errorf("toward %q: no such actor; there are: %s", toward, strings.Join(j.actors, ", "))}
	}
	a, err := j.read(c, args)
	if err != nil {
		return err
	}
	show := printer(c.OutOrStdout(), asJSON)
	for _, o := range a.opinions {
		if toward != "" && o.Actor != toward {
			continue
		}
		e, err := explainOne(c.Context(), j.scorer, a.clean, o)
		if err != nil {
			return err
		}
		if err := show(e); err != nil {
			return err
		}
	}
	return nil
}

func explainOne(ctx context.Context, scorer scoring.Scorer, text string, o scoring.Opinion) (explanation, error) {
	sentence := o.Sentence.Of(text)
	target := scoring.Span{Start: o.Span.Start - o.Sentence.Start, End: o.Span.End - o.Sentence.Start}
	tone, weights, err := scoring.Explain(ctx, scorer, sentence, target)
	if err != nil {
		return explanation{}, err
	}
	points := newCodePoints(sentence)
	e := explanation{
		Actor: o.Actor, Voice: o.Voice, Tone: tone.Value(), Sentence: sentence, span: points.span(target),
		Words: []wordReply{}, target: target, weights: weights,
	}
	for _, w := range weights {
		e.Words = append(e.Words, wordReply{Word: w.Word.Of(sentence), span: points.span(w.Word), Moved: w.Moved})
	}
	return e, nil
}

// printer prints explanations as lines of JSON or for a reader.
func printer(out io.Writer, asJSON bool) func(explanation) error {
	if asJSON {
		encoder := json.NewEncoder(out)
		encoder.SetEscapeHTML(false)
		return func(e explanation) error { return encoder.Encode(e) }
	}
	coloured := colours(out)
	return func(e explanation) error {
		_, err := fmt.Fprintf(out, "%+.2f  %s -> %s\n  %s\n\n", e.Tone, voiceName(e.Voice), e.Actor, e.marked(coloured))
		return err
	}
}

// Weights below faint are not shown; from heavy on a word is bold. A reader
// without colours gets the numbers instead.
const (
	faint = 0.05
	heavy = 0.3
)

// marked is the sentence with its target in brackets and its heavy words in
// the colours of alerts, blue for colder and yellow for warmer, or with their
// weights behind them.
func (e explanation) marked(coloured bool) string {
	var b strings.Builder
	at := 0
	put := func(s scoring.Span, before, after string) {
		b.WriteString(printable(e.Sentence[at:s.Start]) + before + printable(s.Of(e.Sentence)) + after)
		at = s.End
	}
	bracket := func() { put(e.target, "[", "]") }
	shown := false
	for _, w := range e.weights {
		if !shown && w.Word.Start >= e.target.End {
			bracket()
			shown = true
		}
		switch {
		case math.Abs(w.Moved) < faint:
		case coloured:
			put(w.Word, paint(w.Moved), "\x1b[0m")
		default:
			put(w.Word, "", fmt.Sprintf("{%+.2f}", w.Moved))
		}
	}
	if !shown {
		bracket()
	}
	return b.String() + printable(e.Sentence[at:])
}

func paint(moved float64) string {
	colour := "\x1b[33m"
	if moved < 0 {
		colour = "\x1b[34m"
	}
	if math.Abs(moved) >= heavy {
		return "\x1b[1m" + colour
	}
	return colour
}

// printable keeps an article's own control characters from the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return ' '
		}
		return r
	}, s)
}
