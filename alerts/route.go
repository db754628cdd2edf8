package alerts

import (
	"slices"

	"tonewatch/monitor"
)

// OwnVoice is how a [Match] asks for the outlets' own narration, which an
// episode writes as [monitor.OwnVoice]: the empty string matches every voice.
const OwnVoice = "outlets"

// Route sends the episodes that match to a receiver.
type Route struct {
	Match    Match
	Receiver string // a receiver's name: "slack:#desk-korea", "console"
}

// Match chooses episodes; an empty field matches all.
type Match struct {
	Actor string
	Rule  string
	Voice string // [monitor.AnyVoice], [OwnVoice] or a holder's name
}

// matches says whether the episode is one of those chosen.
func (m Match) matches(e monitor.Episode) bool {
	voice := e.Voice
	if voice == monitor.OwnVoice {
		voice = OwnVoice
	}
	return (m.Actor == "" || m.Actor == e.Actor) &&
		(m.Rule == "" || m.Rule == e.Rule) &&
		(m.Voice == "" || m.Voice == voice)
}

// Receivers are those of every route that matches, each once, in the order of
// the routes.
func Receivers(routes []Route, e monitor.Episode) []string {
	var names []string
	for _, r := range routes {
		if r.Match.matches(e) && !slices.Contains(names, r.Receiver) {
			names = append(names, r.Receiver)
		}
	}
	return names
}
