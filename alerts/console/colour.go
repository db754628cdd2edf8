package console

import (
	"tonewatch/alerts"
	"tonewatch/monitor"
)

// Escape sequences of ANSI X3.64 that every terminal knows.
const (
	Reset = "\x1b[0m"
	Bold  = "\x1b[1m"

	blue    = "\x1b[34m"
	yellow  = "\x1b[33m"
	magenta = "\x1b[35m"
	grey    = "\x1b[90m"
)

// Colour begins the colour of a direction, as in Slack: blue for colder (below
// 0), yellow for warmer.
func Colour(direction int) string {
	if direction < 0 {
		return blue
	}
	return yellow
}

// colour is that of an alert's state: of where tone goes, magenta for what is
// neither colder nor warmer, grey when over.
func colour(a alerts.Alert) string {
	switch lean := a.Lean(); {
	case a.Episode.Phase == monitor.Quiet:
		return grey
	case lean == 0:
		return magenta
	default:
		return Colour(lean)
	}
}
