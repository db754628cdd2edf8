package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"

	"github.com/spf13/cobra"

	"tonewatch/configs"
	"tonewatch/monitor"
	"tonewatch/monitor/extract"
	"tonewatch/scoring"
)

// spotter finds the configured actors in single articles.
type spotter struct {
	finder *scoring.Finder
	actors []string // names
	engine string   // that the configuration asks for
}

// newSpotter reads the configuration at path.
func newSpotter(path string) (s spotter, err error) {
	config, err := configs.LoadWithoutSecrets(path)
	if err != nil {
		return s, err
	}
	actors, names := actorsOf(config)
	s = spotter{actors: names, engine: config.Scoring.Engine}
	s.finder, err = scoring.NewFinder(actors)
	return s, err
}

// judge also judges the tone toward them.
type judge struct {
	spotter
	scorer scoring.Scorer
}

// newJudge reads the configuration at path; engine is "" for the one in it.
func newJudge(path, engine string) (j judge, err error) {
	s, err := newSpotter(path)
	if err != nil {
		return j, err
	}
	return s.judge(engine)
}

// judge adds an engine, "" for the configured one.
func (s spotter) judge(engine string) (judge, error) {
	scorer, err := newScorer(cmp.Or(engine, s.engine))
	return judge{s, scorer}, err
}

func (j judge) read(c *cobra.Command, a article) ([]scoring.Opinion, error) {
	return scoring.Read(c.Context(), j.finder, j.scorer, a.clean)
}

// article is a text as it was given, and without wire furniture, which is what
// mentions and opinions point into.
type article struct{ text, clean string }

// readArticle reads the file that args name, or standard input.
func readArticle(c *cobra.Command, args []string) (a article, err error) {
	if a.text, err = readText(c.InOrStdin(), args); err != nil {
		return a, err
	}
	a.clean = extract.Furniture(a.text)
	return a, nil
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

// places tells where a part of the clean text, which is not empty, stands in the
// text as it was given.
func (a article) places() func(scoring.Span) span {
	points := newCodePoints(a.text)
	origin := newOrigin(a.text, a.clean)
	return func(s scoring.Span) span {
		return points.span(scoring.Span{Start: origin.of(s.Start), End: origin.of(s.End-1) + 1})
	}
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

// voiceName is a voice as a reader is told it.
func voiceName(voice string) string {
	if voice == monitor.OwnVoice {
		return "(the outlet)"
	}
	return voice
}
