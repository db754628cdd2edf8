package main

import (
	"context"
	"encoding/json"

	"github.com/spf13/cobra"

	"tonewatch/configs"
	"tonewatch/scoring"
)

func newVoices() *cobra.Command {
	var engine string
	c := &cobra.Command{
		Use:   "voices --jsonl",
		Short: "Find who says what: source, cue and content of every attribution",
		Long: `Takes {"id","text"} a line, text being a whole article, and prints
{"id","attributions":[{"source","cue","content"}]} with spans in code points. An
engine that knows no voices answers with an error.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			scorer, err := newScorer(engine)
			if err != nil {
				return err
			}
			return jsonLines(c.Context(), c.InOrStdin(), c.OutOrStdout(), func(line []byte) (any, error) {
				return attributeOne(c.Context(), scorer, line)
			})
		},
	}
	c.Flags().StringVar(&engine, "engine", configs.Engines()[0], "scoring `engine`")
	jsonlFlag(c)
	return c
}

type attributionReply struct {
	Source  *span  `json:"source"`
	Cue     *span  `json:"cue"`
	Content []span `json:"content"`
}

func attributeOne(ctx context.Context, scorer scoring.Scorer, line []byte) (any, error) {
	var ask struct {
		ID   json.RawMessage `json:"id"`
		Text string          `json:"text"`
	}
	if err := json.Unmarshal(line, &ask); err != nil {
		return nil, err
	}
	found, err := scorer.Attribute(ctx, ask.Text)
	if err != nil {
		return nil, err
	}
	points := newCodePoints(ask.Text)
	optional := func(s *scoring.Span) *span {
		if s == nil {
			return nil
		}
		p := points.span(*s)
		return &p
	}
	replies := []attributionReply{}
	for _, a := range found {
		reply := attributionReply{Source: optional(a.Source), Cue: optional(a.Cue), Content: []span{}}
		for _, s := range a.Content {
			reply.Content = append(reply.Content, points.span(s))
		}
		replies = append(replies, reply)
	}
	return map[string]any{"id": ask.ID, "attributions": replies}, nil
}
