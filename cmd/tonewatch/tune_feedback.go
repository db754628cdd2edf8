package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"tonewatch/cmd/tonewatch/internal/history"
	"tonewatch/configs"
)

// feedback is what someone made of an alert.
type feedback struct {
	Rule    string  `json:"rule"`
	Actor   string  `json:"actor"`
	Voice   *string `json:"voice"`
	At      string  `json:"at"`
	Verdict string  `json:"verdict"`
	Note    string  `json:"note"`

	// Of one that was given in Slack: the story whose tone is wrong, and what it
	// should be; empty for the whole alert.
	Story string `json:"story,omitempty"`
	Link  string `json:"link,omitempty"`
	Label string `json:"label,omitempty"`

	label history.Label
}

// readFeedback reads a file of labels, none where there is no file. A label must
// be of a rule and an actor of the configuration.
func readFeedback(path string, config *configs.Config) (list []feedback, err error) {
	if path == "" {
		return nil, nil
	}
	_, actors := actorsOf(config)
	err = history.EachLine(path, func(text []byte) (err error) {
		var l feedback
		strict := json.NewDecoder(bytes.NewReader(text))
		strict.DisallowUnknownFields()
		if err := strict.Decode(&l); err != nil {
			return err
		}
		switch {
		case l.Verdict != "right" && l.Verdict != "wrong":
			return fmt.Errorf(`verdict %q: write "right" or "wrong"`, l.Verdict)
		case !slices.ContainsFunc(config.Rules, func(r configs.Rule) bool { return r.Name == l.Rule }):
			return fmt.Errorf("rule %q is not in the configuration", l.Rule)
		case !slices.Contains(actors, l.Actor):
			return fmt.Errorf("actor %q is not in the configuration", l.Actor)
		}
		l.label = history.Label{Rule: l.Rule, Actor: l.Actor, Right: l.Verdict == "right"}
		if l.Voice != nil {
			l.label.Voice = new(voiceOf(*l.Voice))
		}
		l.label.At, err = history.ParseTime(l.At)
		list = append(list, l)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("feedback %q: %w", path, err)
	}
	return list, nil
}
