package alerts

import (
	"fmt"
	"math"
	"strings"

	"tonewatch/monitor"
)

// spokenRows is how many alerts of a digest are read out.
const spokenRows = 5

// Row is one alert of a digest; no part of it is empty.
type Row struct {
	Actor   string
	What    string // with the mark of its state
	Size    string
	Sigma   string
	Stories string
}

// Columns are the headings of a digest's rows.
func Columns() Row { return Row{"Actor", "What", "Size", "Sigma", "Stories"} }

func (a Alert) row() Row {
	s := a.Episode.Last
	row := Row{
		Actor: a.subject(), What: clip(a.mark()+" "+a.what(printed), maxHeadline),
		Size: printed.signed(hundredths(a.Rule.Value(s))), Sigma: fmt.Sprintf("%.1f", math.Abs(s.Sigma())),
		Stories: fmt.Sprint(s.Stories),
	}
	switch a.kind() {
	case volume:
		row.Size = percent(s.Size)
	case level:
		row.Sigma = "–"
	}
	if row.Actor == "" {
		row.Actor = "–"
	}
	return row
}

// Headline says how many alerts the digest stands for.
func (d Digest) Headline() string {
	over := 0
	for _, a := range d.Alerts {
		if a.Episode.Phase == monitor.Quiet {
			over++
		}
	}
	text := number(len(d.Alerts), "alert", "alerts") + " since " + moment(d.Since)
	if over > 0 {
		text += fmt.Sprintf(", %d of them over", over)
	}
	return text
}

// Rows are the alerts, at most so many, and how many more there are.
func (d Digest) Rows(most int) (shown []Row, more int) {
	n := min(most, len(d.Alerts))
	for _, a := range d.Alerts[:n] {
		shown = append(shown, a.row())
	}
	return shown, len(d.Alerts) - n
}

// Spoken is the digest in words that read well aloud.
func (d Digest) Spoken() string {
	var b strings.Builder
	b.WriteString(d.Headline() + ".")
	n := min(spokenRows, len(d.Alerts))
	for _, a := range d.Alerts[:n] {
		b.WriteString(" " + a.says(aloud) + ".")
	}
	if more := len(d.Alerts) - n; more > 0 {
		fmt.Fprintf(&b, " And %d more.", more)
	}
	return b.String()
}
