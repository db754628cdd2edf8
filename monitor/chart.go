package monitor

import "time"

// mostPoints is how many points a chart has, the most that Slack draws.
const mostPoints = 20

// Chart is what a rule looks at, as it went up to a time: the window under test
// and the end of the baseline before it. Points where nothing was published are
// left out, except those of a volume, where that is a value.
type Chart struct {
	Span   time.Duration `json:"span"`             // that a point covers; whole hours
	Points []Point       `json:"points,omitempty"` // oldest first, at most 20
	// Baseline is a flat line to hold the points against: the mean tone of the
	// baseline; of a volume the stories expected in a point; of a level the line
	// that it may cross. It has no meaning for a split.
	Baseline float64 `json:"baseline"`
}

// Point is one span of a chart.
type Point struct {
	At time.Time `json:"at"` // its end
	// Values are the mean tone, of a split one a side; of a volume the number
	// of stories.
	Values  []float64 `json:"values"`
	Stories int       `json:"stories"` // behind the values
}

// chart draws an episode's rule as it was last measured. It looks at no more of
// the series than the rule does.
func chart(r Rule, e Episode, s *Series) Chart {
	span := r.span()
	c := Chart{Span: time.Duration(span) * time.Hour}
	var lines [][mostPoints]Sum
	var w *rolling
	for _, side := range r.sides() {
		w = s.roll(r.scope(side), e.Last.At)
		lines = append(lines, w.line(s, span))
	}
	switch {
	case r.Level != nil:
		c.Baseline = r.Level.Line
	case r.Volume != nil:
		c.Baseline = w.rhythm.expected * float64(span) / float64(w.scope.window)
	case r.Split == nil:
		c.Baseline = w.baseline.Mean
	}
	for i := range mostPoints {
		end := w.to - (mostPoints-1-i)*span
		if end-span < w.begin {
			continue // in part before what the rule looks at
		}
		p := Point{At: time.Unix(int64(end)*3600, 0).UTC()}
		for _, line := range lines {
			if line[i].N == 0 && (r.Volume == nil || len(c.Points) == 0) {
				break
			}
			p.Stories += line[i].N
			if r.Volume != nil {
				p.Values = append(p.Values, float64(line[i].N))
			} else {
				p.Values = append(p.Values, line[i].Mean())
			}
		}
		if len(p.Values) == len(lines) {
			c.Points = append(c.Points, p)
		}
	}
	return c
}

// span is how many hours a point of the rule's chart covers: a day, less where
// the window is shorter, and more where the window would take more than half of
// the points. A level, which has no baseline, spreads its window.
func (r Rule) span() int {
	const day, half = 24, mostPoints / 2
	window := r.window()
	hours := (window + half - 1) / half
	switch {
	case hours > day:
		return (hours + day - 1) / day * day
	case r.Level != nil:
		return hours
	default:
		return min(window, day)
	}
}

// line adds up the stories of each point. What is no evidence in the window is
// left out there.
func (w *rolling) line(s *Series, span int) (sums [mostPoints]Sum) {
	first := max(w.begin, w.to-mostPoints*span)
	cells := s.voices[w.scope.voice]
	for i := from(cells, first); i < len(cells) && cells[i].hour < w.to; i++ {
		c := &cells[i]
		if !w.counts[c.outlet] || c.backfill && (c.hour >= w.from || w.scope.grain == hourly) {
			continue
		}
		point := mostPoints - 1 - (w.to-1-c.hour)/span
		sums[point] = sums[point].Plus(c.sum(w.scope.named))
	}
	return sums
}
