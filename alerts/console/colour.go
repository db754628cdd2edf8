package console

import "tonewatch/monitor"

// Escape sequences of ANSI X3.64 that every terminal knows.
const (
	Reset = "\x1b[0m"
	Bold  = "\x1b[1m"

	blue   = "\x1b[34m"
	yellow = "\x1b[33m"
	grey   = "\x1b[90m"
)

// Colour begins the colour of a direction, as in Slack: blue for colder (below
// 0), yellow for warmer.
func Colour(direction int) string {
	if direction < 0 {
		return blue
	}
	return yellow
}

// colour is that of an episode's state: of its direction, grey when over.
func colour(e monitor.Episode) string {
	if e.Phase == monitor.Quiet {
		return grey
	}
	return Colour(e.Direction)
}
