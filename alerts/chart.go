package alerts

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// What a drawing has room for, in runes.
const (
	maxChartTitle = 50
	maxChartLabel = 20
)

// Chart is how tone, or the number of stories, went up to the last change that
// was told, ready to be drawn: every line has one value a label.
type Chart struct {
	Title  string   // at most 50 runes
	Labels []string // where each point ends, in UTC; no two alike, at most 20 runes each
	Unit   string   // of the values: "tone", "stories"
	Lines  []Line
}

// Line is one line of a chart.
type Line struct {
	Name   string // at most 20 runes; no two of a chart alike
	Values []float64
	Flat   bool // what the others are held against
}

// Chart is that of the episode; false when there are not two points to draw a
// line between.
func (a Alert) Chart() (Chart, bool) {
	drawn := a.Episode.Chart
	if len(drawn.Points) < 2 {
		return Chart{}, false
	}
	c := Chart{Unit: "tone", Lines: a.lines()}
	about := "Tone toward "
	if a.kind() == volume {
		c.Unit, about = "stories", "Stories about "
	}
	pace := ", by day"
	if drawn.Span != 24*time.Hour {
		pace = ", every " + printed.span(drawn.Span)
	}
	c.Title = about + Clean(a.Episode.Actor, maxChartTitle-len(about)-len([]rune(pace))) + pace
	for _, p := range drawn.Points {
		c.Labels = append(c.Labels, label(p.At, drawn.Span))
		for i, v := range p.Values[:min(len(p.Values), len(c.Lines))] {
			c.Lines[i].Values = append(c.Lines[i].Values, rounded(v))
		}
		if last := &c.Lines[len(c.Lines)-1]; last.Flat {
			last.Values = append(last.Values, rounded(drawn.Baseline))
		}
	}
	for _, l := range c.Lines {
		if len(l.Values) != len(c.Labels) { // stored under a rule of another kind
			return Chart{}, false
		}
	}
	return c, true
}

// lines are those of the chart, still without values.
func (a Alert) lines() []Line {
	flat := Line{Name: "baseline", Flat: true}
	switch a.kind() {
	case split:
		first, second := side(a.Rule.Split.Between[0], maxChartLabel), side(a.Rule.Split.Between[1], maxChartLabel)
		if first == second {
			first, second = "first side", "second side"
		}
		return []Line{{Name: first}, {Name: second}}
	case volume:
		flat.Name = "expected"
		return []Line{{Name: "stories"}, flat}
	case level:
		flat.Name = "line"
	}
	return []Line{{Name: "tone"}, flat}
}

func rounded(v float64) float64 { return math.Round(v*100)/100 + 0 } // + 0: no minus zero

// label says where a point ends: of whole days their last day, else the hour.
func label(end time.Time, span time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case span < day:
		return end.UTC().Format("2 Jan 15:04")
	case span <= 14*day:
		return end.UTC().Add(-time.Hour).Format("2 Jan")
	default: // twenty of them are most of a year, or more
		return end.UTC().Add(-time.Hour).Format("2 Jan 2006")
	}
}

// Spoken says what the chart shows, for who cannot see it.
func (c Chart) Spoken() string {
	parts := []string{fmt.Sprintf("%s, from %s to %s", c.Title, c.Labels[0], c.Labels[len(c.Labels)-1])}
	for _, l := range c.Lines {
		last := l.Values[len(l.Values)-1]
		if l.Flat {
			parts = append(parts, l.Name+" "+c.put(last))
			continue
		}
		low, high := ends(l)
		parts = append(parts, fmt.Sprintf("%s between %s and %s, at last %s", l.Name, c.put(low), c.put(high), c.put(last)))
	}
	return strings.Join(parts, "; ") + "."
}

func (c Chart) put(v float64) string {
	if c.Unit == "tone" {
		return aloud.signed(hundredths(v))
	}
	return roughly(v)
}

// Ends are the lowest and the highest value of all lines.
func (c Chart) Ends() (low, high float64) { return ends(c.Lines...) }

func ends(lines ...Line) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, l := range lines {
		low, high = min(low, slices.Min(l.Values)), max(high, slices.Max(l.Values))
	}
	return low, high
}

// Bars draws a line as one row of text, low to high as "▁" to "█", all lines of
// the chart to one scale.
func (c Chart) Bars(l Line) string {
	steps := []rune("▁▂▃▄▅▆▇█")
	low, high := c.Ends()
	var b strings.Builder
	for _, v := range l.Values {
		i := 0
		if high > low {
			i = int(math.Round((v - low) / (high - low) * float64(len(steps)-1)))
		}
		b.WriteRune(steps[i])
	}
	return b.String()
}
