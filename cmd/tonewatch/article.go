package main

import (
	"github.com/spf13/cobra"

	"tonewatch/configs"
	"tonewatch/monitor"
	"tonewatch/monitor/extract"
	"tonewatch/scoring"
)

// judge is what judges single articles toward the configured actors.
type judge struct {
	scorer scoring.Scorer
	finder *scoring.Finder
	actors []string
}

// newJudge reads the configuration at path; engine is "" for the one in it.
func newJudge(path, engine string) (j judge, err error) {
	config, err := configs.Load(path)
	if err != nil {
		return j, err
	}
	if engine == "" {
		engine = config.Scoring.Engine
	}
	if j.scorer, err = newScorer(engine); err != nil {
		return j, err
	}
	actors, names := actorsOf(config)
	j.actors = names
	j.finder, err = scoring.NewFinder(actors)
	return j, err
}

// judged is one article and the opinions in it.
type judged struct {
	text     string // as it was given
	clean    string // without wire furniture; what opinions point into
	opinions []scoring.Opinion
}

// read judges the article in the file that args name, or on standard input.
func (j judge) read(c *cobra.Command, args []string) (a judged, err error) {
	if a.text, err = readText(c.InOrStdin(), args); err != nil {
		return a, err
	}
	a.clean = extract.Furniture(a.text)
	a.opinions, err = scoring.Read(c.Context(), j.finder, j.scorer, a.clean)
	return a, err
}

// voiceName is a voice as a reader is told it.
func voiceName(voice string) string {
	if voice == monitor.OwnVoice {
		return "(the outlet)"
	}
	return voice
}
