package main

import (
	"encoding/json"
	"time"

	"github.com/spf13/cobra"

	"tonewatch/monitor"
	"tonewatch/monitor/parse"
)

func newFeeds() *cobra.Command {
	c := &cobra.Command{Use: "feeds", Short: "Look at feeds"}
	c.AddCommand(newFeedsParse())
	return c
}

func newFeedsParse() *cobra.Command {
	c := &cobra.Command{
		Use:   "parse --jsonl",
		Short: "Parse feed files, as POLL does",
		Long: `Takes {"path","content_type","base"} a line and prints what tonewatch makes of
that file: {"path","error","title","link",...,"items":[...]}, text without
markup, times in RFC 3339.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return jsonLines(c.Context(), c.InOrStdin(), c.OutOrStdout(), parseOne)
		},
	}
	jsonlFlag(c)
	return c
}

// The contract of feeds parse. Times are RFC 3339, empty where the feed gives
// none that can be read.
type (
	documentReply struct {
		Path        string      `json:"path"`
		Error       string      `json:"error"`
		Title       string      `json:"title"`
		Link        string      `json:"link"`
		Description string      `json:"description"`
		Rights      string      `json:"rights"`
		Language    string      `json:"language"`
		Published   string      `json:"published"`
		Updated     string      `json:"updated"`
		Partial     bool        `json:"partial"`
		Items       []itemReply `json:"items"`
	}
	itemReply struct {
		Title     string `json:"title"`
		Link      string `json:"link"`
		ID        string `json:"id"`
		Published string `json:"published"`
		Updated   string `json:"updated"`
		Summary   string `json:"summary"`
		Content   string `json:"content"`
	}
)

func parseOne(line []byte) (any, error) {
	var ask struct {
		Path        string `json:"path"`
		ContentType string `json:"content_type"`
		Base        string `json:"base"`
	}
	if err := json.Unmarshal(line, &ask); err != nil {
		return nil, err
	}
	reply := documentReply{Path: ask.Path, Items: []itemReply{}}
	d, err := parseFile(ask.Path, ask.ContentType, ask.Base)
	if err != nil {
		reply.Error = err.Error() // is the answer
	}
	reply.Title, reply.Link, reply.Description = d.Title, d.Link, d.Description
	reply.Rights, reply.Language, reply.Partial = d.Rights, d.Language, d.Partial
	reply.Published, reply.Updated = stamp(d.Published), stamp(d.Updated)
	for _, it := range d.Items {
		reply.Items = append(reply.Items, itemReply{
			Title: it.Title, Link: it.Link, ID: it.ID, Published: stamp(it.Published), Updated: stamp(it.Updated),
			Summary: it.Summary, Content: it.Content,
		})
	}
	return reply, nil
}

func parseFile(path, contentType, base string) (monitor.Document, error) {
	body, err := readFile(path)
	if err != nil {
		return monitor.Document{}, err
	}
	d, _, err := parse.Feed(body, contentType, base)
	return d, err
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}
