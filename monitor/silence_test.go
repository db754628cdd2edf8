package monitor_test

import (
	"strings"
	"testing"
	"time"

	"tonewatch/monitor"
)

func TestSilenced(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	after := func(hours int) time.Time { return noon.Add(time.Duration(hours) * time.Hour) }
	turn := monitor.Episode{Actor: "Acme", Rule: "turn", Voice: monitor.AnyVoice}
	own := monitor.Episode{Actor: "Acme", Rule: "turn", Voice: monitor.OwnVoice}
	of := func(actor, rule, voice string, from, to int) monitor.Silence {
		return monitor.Silence{Actor: actor, Rule: rule, Voice: voice, Starts: after(from), Ends: after(to)}
	}
	for name, test := range map[string]struct {
		silences []monitor.Silence
		episode  monitor.Episode
		want     time.Time
	}{
		"without silences":                  {nil, turn, time.Time{}},
		"by actor":                          {[]monitor.Silence{of("Acme", "", "", -1, 3)}, turn, after(3)},
		"another actor":                     {[]monitor.Silence{of("Bolt", "", "", -1, 3)}, turn, time.Time{}},
		"by rule":                           {[]monitor.Silence{of("", "turn", "", -1, 3)}, turn, after(3)},
		"all that is named must match":      {[]monitor.Silence{of("Acme", "frost", "", -1, 3)}, turn, time.Time{}},
		"by voice":                          {[]monitor.Silence{of("", "", monitor.AnyVoice, -1, 3)}, turn, after(3)},
		"another voice":                     {[]monitor.Silence{of("", "", monitor.AnyVoice, -1, 3)}, own, time.Time{}},
		"the outlets' own voice":            {[]monitor.Silence{of("Acme", "turn", monitor.OutletVoices, -1, 3)}, own, after(3)},
		"it starts now":                     {[]monitor.Silence{of("Acme", "", "", 0, 3)}, turn, after(3)},
		"not yet":                           {[]monitor.Silence{of("Acme", "", "", 1, 3)}, turn, time.Time{}},
		"it ends now":                       {[]monitor.Silence{of("Acme", "", "", -1, 0)}, turn, time.Time{}},
		"the later end counts":              {[]monitor.Silence{of("Acme", "", "", -1, 3), of("", "turn", "", -1, 5), of("Acme", "", "", -1, 4)}, turn, after(5)},
		"one that follows carries on":       {[]monitor.Silence{of("Acme", "", "", 3, 6), of("Acme", "", "", -1, 3)}, turn, after(6)},
		"one that follows later does not":   {[]monitor.Silence{of("Acme", "", "", 4, 6), of("Acme", "", "", -1, 3)}, turn, after(3)},
		"what follows must match, too":      {[]monitor.Silence{of("Bolt", "", "", 3, 6), of("Acme", "", "", -1, 3)}, turn, after(3)},
		"case and spaces are parts of name": {[]monitor.Silence{of("acme", "", "", -1, 3)}, turn, time.Time{}},
	} {
		if got := monitor.Silenced(test.silences, test.episode, noon); !got.Equal(test.want) {
			t.Errorf("%s: silenced until %v, want %v", name, got, test.want)
		}
	}
}

func TestSilenceCheck(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	for want, s := range map[string]monitor.Silence{
		"": {Actor: "Acme", Starts: noon, Ends: noon.Add(time.Hour)},
		"a silence of everything: name an actor, a rule or a voice":                                                  {Starts: noon, Ends: noon.Add(time.Hour)},
		"a silence that ends at 2026-03-04T12:00:00Z, not after it starts at 2026-03-04T12:00:00Z: give a later end": {Rule: "turn", Starts: noon, Ends: noon},
		"a text of more than 500 characters: shorten it":                                                             {Voice: "any", Comment: strings.Repeat("é", 501), Starts: noon, Ends: noon.Add(time.Hour)},
	} {
		got := ""
		if err := s.Check(); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%+v: %q, want %q", s, got, want)
		}
	}
}
