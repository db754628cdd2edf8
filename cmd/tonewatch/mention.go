package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"tonewatch/alerts"
	"tonewatch/scoring"
)

// found is a mention and the reason for it. Offsets count code points of the
// text as it was given.
type found struct {
	Actor string       `json:"actor"`
	Kind  scoring.Kind `json:"kind"`
	Sure  float64      `json:"sure"`
	part
	From *part `json:"from,omitempty"` // the mention that it leans on
}

// part is a part of a text.
type part struct {
	Text string `json:"text"`
	span
}

// find lists the mentions in an article, of one actor or, for "", of all.
func (s spotter) find(a article, toward string) []found {
	place := a.places()
	var list []found
	for _, m := range s.finder.Find(a.clean) {
		if toward != "" && m.Actor != toward {
			continue
		}
		list = append(list, found{
			Actor: m.Actor, Kind: m.Kind, Sure: m.Sure,
			part: part{m.Span.Of(a.clean), place(m.Span)}, From: a.leansOn(m, place),
		})
	}
	return list
}

// leansOn returns the mention that m leans on, nil where there is none.
func (a article) leansOn(m scoring.Mention, place func(scoring.Span) span) *part {
	if m.From == (scoring.Span{}) {
		return nil
	}
	return &part{m.From.Of(a.clean), place(m.From)}
}

func encodeMentions(out io.Writer, mentions []found) error {
	encoder := newEncoder(out)
	for _, m := range mentions {
		if err := encoder.Encode(m); err != nil {
			return err
		}
	}
	return nil
}

func printMentions(out io.Writer, mentions []found) error {
	const longest = 40 // of what is shown, in characters
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "AT\tMENTION\tACTOR\tKIND\tSURE")
	for _, m := range mentions {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%.2f", m.Start, alerts.Clean(m.Text, longest), m.Actor, m.Kind, m.Sure)
		if m.From != nil {
			fmt.Fprintf(w, "\tleans on %q at %d", alerts.Clean(m.From.Text, longest), m.From.Start)
		}
		fmt.Fprintln(w)
	}
	return w.Flush()
}
