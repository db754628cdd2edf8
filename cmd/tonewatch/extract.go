package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"tonewatch/monitor/extract"
	"tonewatch/monitor/parse"
)

func newExtract() *cobra.Command {
	c := &cobra.Command{
		Use:   "extract --jsonl",
		Short: "Extract the article from HTML files, as READ does",
		Long: `Takes {"path","url"} a line, path being an HTML file and url where it came
from, and prints {"path","error","title","text"}.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return jsonLines(c.Context(), c.InOrStdin(), c.OutOrStdout(), extractOne)
		},
	}
	jsonlFlag(c)
	return c
}

func extractOne(line []byte) (any, error) {
	var ask struct {
		Path string `json:"path"`
		URL  string `json:"url"`
	}
	if err := json.Unmarshal(line, &ask); err != nil {
		return nil, err
	}
	reply := struct {
		Path  string `json:"path"`
		Error string `json:"error"`
		Title string `json:"title"`
		Text  string `json:"text"`
	}{Path: ask.Path}
	page, err := readFile(ask.Path)
	if err == nil {
		var text extract.Text
		text, err = extract.Page(parse.Page(page, ""), ask.URL)
		reply.Title, reply.Text = text.Title, extract.Furniture(text.Body)
	}
	if err != nil {
		reply.Error = err.Error()
	}
	return reply, nil
}

// readFile reads a file that is not absurdly large.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(f, maxLine+1))
	if err == nil && len(data) > maxLine {
		err = fmt.Errorf("%q is larger than %d bytes", path, maxLine)
	}
	return data, errors.Join(err, f.Close())
}
