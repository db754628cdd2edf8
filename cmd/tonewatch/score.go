package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"tonewatch/configs"
	"tonewatch/monitor"
	"tonewatch/scoring"
)

func newScore() *cobra.Command {
	var path, engine string
	var asJSON, lines bool
	c := &cobra.Command{
		Use:   "score [FILE]",
		Short: "Score an article toward the configured actors, or marked targets line by line",
		Long: `Score an article toward the configured actors:

  tonewatch score --config tonewatch.yaml [--json] [FILE]

reads plain text from FILE or standard input and prints a reading for every
actor and voice. Or score marked targets, one JSON object a line:

  tonewatch score --jsonl [--engine NAME] < LINES

takes {"id","text","targets":[{"start","end"}],"pairs":[{"p":{...},"q":{...}}]}
and prints {"id","targets":[{"label","p":[neg,neu,pos],"tone"}],"pairs":[...]}.
Offsets count Unicode code points, half open.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if lines {
				return scoreLines(c, engine)
			}
			return scoreArticle(c, path, engine, args, asJSON)
		},
	}
	configFlag(c, &path)
	c.Flags().StringVar(&engine, "engine", "", "scoring `engine`; default that of the configuration, or the first there is")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().BoolVar(&lines, "jsonl", false, "score marked targets from standard input, line by line")
	c.MarkFlagsMutuallyExclusive("json", "jsonl")
	return c
}

// The contract of score --jsonl.
type (
	scoreLine struct {
		ID      json.RawMessage `json:"id,omitempty"`
		Text    string          `json:"text"`
		Targets []span          `json:"targets"`
		Pairs   []struct {
			P span `json:"p"`
			Q span `json:"q"`
		} `json:"pairs"`
	}
	scoreReply struct {
		ID      json.RawMessage  `json:"id,omitempty"`
		Targets []targetReply    `json:"targets"`
		Pairs   []directionReply `json:"pairs,omitempty"`
	}
	targetReply struct {
		Label string     `json:"label"`
		P     [3]float64 `json:"p"`
		Tone  float64    `json:"tone"`
	}
	directionReply struct {
		Label string     `json:"label"`
		P     [5]float64 `json:"p"`
	}
)

func scoreLines(c *cobra.Command, engine string) error {
	if engine == "" {
		engine = configs.Engines()[0]
	}
	scorer, err := newScorer(engine)
	if err != nil {
		return err
	}
	return jsonLines(c.Context(), c.InOrStdin(), c.OutOrStdout(), func(line []byte) (any, error) {
		return scoreOne(c.Context(), scorer, line)
	})
}

func scoreOne(ctx context.Context, scorer scoring.Scorer, line []byte) (any, error) {
	var ask scoreLine
	if err := json.Unmarshal(line, &ask); err != nil {
		return nil, err
	}
	points := newCodePoints(ask.Text)
	passage := scoring.Passage{Text: ask.Text}
	for i, t := range ask.Targets {
		s, err := points.bytes(t)
		if err != nil {
			return nil, fmt.Errorf("target %d: %w", i, err)
		}
		passage.Targets = append(passage.Targets, s)
	}
	for i, pair := range ask.Pairs {
		p, err := points.bytes(pair.P)
		if err != nil {
			return nil, fmt.Errorf("pair %d: p: %w", i, err)
		}
		q, err := points.bytes(pair.Q)
		if err != nil {
			return nil, fmt.Errorf("pair %d: q: %w", i, err)
		}
		passage.Pairs = append(passage.Pairs, scoring.Pair{P: p, Q: q})
	}
	scores, err := scorer.Score(ctx, []scoring.Passage{passage})
	if err != nil {
		return nil, err
	}
	reply := scoreReply{ID: ask.ID, Targets: []targetReply{}}
	for _, t := range scores[0].Targets {
		reply.Targets = append(reply.Targets, targetReply{
			Label: string(t.Label()), P: [3]float64{t.Negative, t.Neutral, t.Positive}, Tone: t.Value(),
		})
	}
	for _, d := range scores[0].Pairs {
		reply.Pairs = append(reply.Pairs, directionReply{Label: string(d.Label()), P: d})
	}
	return reply, nil
}

// The contract of score --config --json.
type (
	articleReply struct {
		Engine   string         `json:"engine"`
		Readings []readingReply `json:"readings"`
	}
	readingReply struct {
		Actor    string         `json:"actor"`
		Voice    string         `json:"voice"`
		Tone     float64        `json:"tone"`
		Mentions []mentionReply `json:"mentions"`
	}
	mentionReply struct {
		Sentence string  `json:"sentence"`
		span             // of the mention, in the text as given
		Tone     float64 `json:"tone"`
		Voice    string  `json:"voice"`
	}
)

func scoreArticle(c *cobra.Command, path, engine string, args []string, asJSON bool) error {
	j, err := newJudge(path, engine)
	if err != nil {
		return err
	}
	a, err := j.read(c, args)
	if err != nil {
		return err
	}
	readings := monitor.Readings(a.clean, a.opinions)
	if !asJSON {
		return printReadings(c.OutOrStdout(), readings)
	}
	encoder := json.NewEncoder(c.OutOrStdout())
	encoder.SetEscapeHTML(false)
	return encoder.Encode(articleReply{
		Engine:   strings.TrimSpace(j.scorer.Engine().Name + " " + j.scorer.Engine().Version),
		Readings: replyReadings(a.text, a.clean, readings),
	})
}

func readText(in io.Reader, args []string) (string, error) {
	if len(args) == 1 && args[0] != "-" {
		f, err := os.Open(args[0])
		if err != nil {
			return "", err
		}
		defer f.Close() //nolint:errcheck // only read
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, maxLine+1))
	if err == nil && len(text) > maxLine {
		err = fmt.Errorf("text is longer than %d bytes", maxLine)
	}
	return strings.ToValidUTF8(string(text), "\uFFFD"), err
}

// replyReadings gives mentions their place in the text as it was given, which
// still has the furniture that was cleaned out before scoring.
func replyReadings(text, clean string, readings []monitor.Reading) []readingReply {
	points := newCodePoints(text)
	origin := newOrigin(text, clean)
	replies := []readingReply{}
	for _, r := range readings {
		if r.Voice == monitor.AnyVoice {
			continue // the sum of the others
		}
		reply := readingReply{Actor: r.Actor, Voice: r.Voice, Tone: r.Tone, Mentions: []mentionReply{}}
		for _, q := range r.Quotes {
			at := origin.of(q.At)
			reply.Mentions = append(reply.Mentions, mentionReply{
				Sentence: q.Sentence, Tone: q.Tone, Voice: q.Voice,
				span: points.span(scoring.Span{Start: at + q.Start, End: at + q.End}),
			})
		}
		replies = append(replies, reply)
	}
	return replies
}

// origin maps offsets in a cleaned text to the text it was cleaned from.
// Cleaning only takes away, so every line of the one stands, in order, within
// the other.
type origin struct{ clean, text []int } // where each line begins in both

func newOrigin(text, clean string) origin {
	var o origin
	var at, from int
	for line := range strings.Lines(clean) {
		if found := strings.Index(text[from:], strings.TrimRight(line, "\n")); found >= 0 {
			from += found
			o.clean = append(o.clean, at)
			o.text = append(o.text, from)
		}
		at += len(line)
	}
	return o
}

func (o origin) of(offset int) int {
	i := sort.SearchInts(o.clean, offset+1) - 1
	if i < 0 {
		return offset // unreachable: the first line begins at 0
	}
	return o.text[i] + offset - o.clean[i]
}

func printReadings(out io.Writer, readings []monitor.Reading) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "TONE\tACTOR\tVOICE\tMENTIONS")
	for _, r := range readings {
		if r.Voice == monitor.AnyVoice {
			continue
		}
		fmt.Fprintf(w, "%+.2f\t%s\t%s\t%d\n", r.Tone, r.Actor, voiceName(r.Voice), len(r.Quotes))
	}
	return w.Flush()
}
