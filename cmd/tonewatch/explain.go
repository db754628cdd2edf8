package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tonewatch/alerts"
	"tonewatch/alerts/console"
	"tonewatch/scoring"
)

func newExplain() *cobra.Command {
	var o explainOptions
	c := &cobra.Command{
		Use:   "explain [FILE]",
		Short: "Show whom an article means and which words moved the tone, or why rules are silent",
		Long: `Show where an article mentions which actor and why, and then which words moved
the tone of each mention:

  tonewatch explain --config tonewatch.yaml [--toward ACTOR] [--mentions] [--json] [FILE]

reads plain text from FILE or standard input. With --mentions no tone is judged,
which is fast. A mention's reason is its kind: name, alias, surname, title,
pronoun or metonym (a capital for its government), how sure that is, and the
mention before it that it leans on. Offsets count the characters of the text.

A word's weight is how much the tone changes when that word alone is left out:
+0.40 made the sentence warmer by 0.40. Words work together, so weights do not
add up to the tone, and of two that say the same each may weigh nothing.

With --rules it takes no article but the store of the configuration, and says of
every rule and actor what was measured at a time (default: now), how much of it is
tone and how much another mix of outlets, and which of the rule's conditions are
not met.`,
		Args: cobra.MaximumNArgs(1),
		RunE: o.run,
	}
	configFlag(c, &o.path)
	c.Flags().StringVar(&o.engine, "engine", "", "scoring `engine`; default that of the configuration")
	c.Flags().StringVar(&o.toward, "toward", "", "only mentions of this `actor`")
	c.Flags().BoolVar(&o.mentions, "mentions", false, "only list the mentions, without an engine")
	c.Flags().BoolVar(&o.json, "json", false, "print JSON, one line a mention")
	c.Flags().BoolVar(&o.rules, "rules", false, "say what each rule measures in the store, and why it fires or not")
	c.Flags().StringVar(&o.at, "at", "", "with --rules: the `time` to look at (RFC 3339 or YYYY-MM-DD)")
	c.MarkFlagsMutuallyExclusive("mentions", "engine", "rules")
	return c
}

type explainOptions struct {
	path, engine, toward, at string
	mentions, rules, json    bool
}

// explanation is one mention and what moved its tone. Offsets count code points
// of the sentence, but those of From of the text as it was given.
type explanation struct {
	Actor    string       `json:"actor"`
	Kind     scoring.Kind `json:"kind"`
	Sure     float64      `json:"sure"`
	From     *part        `json:"from,omitempty"`
	Voice    string       `json:"voice"`
	Tone     float64      `json:"tone"`
	Sentence string       `json:"sentence"`
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

func (o *explainOptions) run(c *cobra.Command, args []string) error {
	s, err := newSpotter(o.path)
	if err != nil {
		return err
	}
	if o.toward != "" && !slices.Contains(s.actors, o.toward) {
		return &usageError{fmt.Errorf("toward %q: no such actor; there are: %s", o.toward, strings.Join(s.actors, ", "))}
	}
	switch {
	case o.rules && len(args) > 0:
		return &usageError{fmt.Errorf("--rules looks into the store and takes no article: leave %q out", args[0])}
	case o.rules:
		return o.explainRules(c, time.Now().UTC())
	case o.at != "":
		return &usageError{errors.New("--at goes with --rules")}
	}
	j := judge{spotter: s}
	if !o.mentions {
		if j, err = s.judge(o.engine); err != nil {
			return err
		}
	}
	a, err := readArticle(c, args)
	if err != nil {
		return err
	}
	mentions := s.find(a, o.toward)
	switch {
	case len(mentions) == 0:
		fmt.Fprintln(c.ErrOrStderr(), "no mention")
		return nil
	case o.mentions && o.json:
		return encodeMentions(c.OutOrStdout(), mentions)
	case !o.json:
		if err := printMentions(c.OutOrStdout(), mentions); err != nil || o.mentions {
			return err
		}
		fmt.Fprintln(c.OutOrStdout())
	}
	return o.explain(c, j, a)
}

// explain explains the mentions in an article, one by one.
func (o *explainOptions) explain(c *cobra.Command, j judge, a article) error {
	opinions, err := j.read(c, a)
	if err != nil {
		return err
	}
	place := a.places()
	show := printer(c.OutOrStdout(), o.json)
	for _, opinion := range opinions {
		if o.toward != "" && opinion.Actor != o.toward {
			continue
		}
		e, err := explainOne(c.Context(), j.scorer, a.clean, opinion)
		if err != nil {
			return err
		}
		e.From = a.leansOn(opinion.Mention, place)
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
		Actor: o.Actor, Kind: o.Kind, Sure: o.Sure, Voice: o.Voice, Tone: tone.Value(),
		Sentence: sentence, span: points.span(target),
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
		encoder := newEncoder(out)
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
		b.WriteString(alerts.Visible(e.Sentence[at:s.Start]) + before + alerts.Visible(s.Of(e.Sentence)) + after)
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
			put(w.Word, paint(w.Moved), console.Reset)
		default:
			put(w.Word, "", fmt.Sprintf("{%+.2f}", w.Moved))
		}
	}
	if !shown {
		bracket()
	}
	return b.String() + alerts.Visible(e.Sentence[at:])
}

func paint(moved float64) string {
	direction := 1
	if moved < 0 {
		direction = -1
	}
	colour := console.Colour(direction)
	if math.Abs(moved) >= heavy {
		return console.Bold + colour
	}
	return colour
}
