package console

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// Marks around what stands out. They are of the private use area, which
// [alerts.Clean] leaves in no text, and take no room on a line.
const (
	markOn  = '\uE000'
	markOff = '\uE001'
)

func strong(s string) string { return string(markOn) + s + string(markOff) }

// target marks the mention that a sentence is shown for, also without colours.
func target(s string) string { return "[" + strong(s) + "]" }

// page is an alert in the making: lines with a bar at their left.
type page struct {
	text    strings.Builder
	width   int    // of a line in cells, the bar and its space among them
	bar     string // with its colour
	on, off string // what the marks become; empty without colours
	marked  bool   // the line before ended inside marks
}

// wrap breaks text into lines at its spaces, and inside words that are longer
// than a line. The first line begins with first, the others with rest, both of
// the same width.
func (p *page) wrap(first, rest, text string) {
	room := p.width - 2 - cells(first)
	indent, line, used := first, "", 0
	flush := func() {
		p.line(indent + line)
		indent, line, used = rest, "", 0
	}
	for word := range strings.FieldsSeq(text) {
		if used > 0 && used+1+cells(word) > room {
			flush()
		}
		if used > 0 {
			line, used = line+" ", used+1
		}
		for _, r := range word {
			if used+cell(r) > room {
				flush()
			}
			line, used = line+string(r), used+cell(r)
		}
	}
	flush()
}

// line writes one line, with marks resolved and none left open at its end.
func (p *page) line(s string) {
	p.text.WriteString(p.bar)
	if s != "" {
		p.text.WriteByte(' ')
	}
	if p.marked {
		p.text.WriteString(p.on)
	}
	for _, r := range strings.TrimRight(s, " ") {
		switch r {
		case markOn:
			p.marked = true
			p.text.WriteString(p.on)
		case markOff:
			p.marked = false
			p.text.WriteString(p.off)
		default:
			p.text.WriteRune(r)
		}
	}
	if p.marked {
		p.text.WriteString(p.off)
	}
	p.text.WriteByte('\n')
}

// cells is how wide text is on a terminal.
func cells(s string) int {
	n := 0
	for _, r := range s {
		n += cell(r)
	}
	return n
}

// cell is how wide a character is: nothing for marks, two for those of East
// Asia (Unicode Standard Annex 11).
func cell(r rune) int {
	switch k := width.LookupRune(r).Kind(); {
	case r == markOn || r == markOff || unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case k == width.EastAsianWide || k == width.EastAsianFullwidth:
		return 2
	default:
		return 1
	}
}
