package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
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
		Sentence string       `json:"sentence"`
		span                  // of the mention, in the text as given
		Kind     scoring.Kind `json:"kind"`
		Sure     float64      `json:"sure"`
		Tone     float64      `json:"tone"`
		Voice    string       `json:"voice"`
	}
)

func scoreArticle(c *cobra.Command, path, engine string, args []string, asJSON bool) error {
	j, err := newJudge(path, engine)
	if err != nil {
		return err
	}
	a, err := readArticle(c, args)
	if err != nil {
		return err
	}
	opinions, err := j.read(c, a)
	if err != nil {
		return err
	}
	readings := monitor.Readings(a.clean, opinions)
	if !asJSON {
		return printReadings(c.OutOrStdout(), readings)
	}
	return newEncoder(c.OutOrStdout()).Encode(articleReply{
		Engine:   strings.TrimSpace(j.scorer.Engine().Name + " " + j.scorer.Engine().Version),
		Readings: replyReadings(a, readings),
	})
}

// replyReadings gives mentions their place in the text as it was given, which
// still has the furniture that was cleaned out before scoring.
func replyReadings(a article, readings []monitor.Reading) []readingReply {
	place := a.places()
	replies := []readingReply{}
	for _, r := range readings {
		if r.Voice == monitor.AnyVoice {
			continue // the sum of the others
		}
		reply := readingReply{Actor: r.Actor, Voice: r.Voice, Tone: r.Tone, Mentions: []mentionReply{}}
		for _, q := range r.Quotes {
			reply.Mentions = append(reply.Mentions, mentionReply{
				Sentence: q.Sentence, Kind: q.Kind, Sure: q.Sure, Tone: q.Tone, Voice: q.Voice,
				span: place(scoring.Span{Start: q.At + q.Start, End: q.At + q.End}),
			})
		}
		replies = append(replies, reply)
	}
	return replies
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
