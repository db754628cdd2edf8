package history

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"time"
	"unicode/utf8"

	svg "github.com/ajstarks/svgo/float"

	"tonewatch/monitor"
)

const (
	maxRows = 40
	samples = 800 // points of a row, at most

	coldBlue = `fill="#3c82e6" fill-opacity="0.43"`
	warmGold = `fill="#fab41e" fill-opacity="0.43"`
)

// Draw draws a timeline as SVG, one row an actor, those with most episodes first
// and at most forty: the mean tone of each window as a line, what was expected of
// it, give or take the rule's standard errors, as a grey band, and the episodes as
// stripes, blue for colder and yellow for warmer. Window and sigma are those of
// the first shift rule that watches the actor, else a day against 28, and 3. Text
// is escaped. An error is one of out.
func (h *History) Draw(out io.Writer, rules []monitor.Rule, episodes []Episode) error {
	actors := slices.Clone(h.actors)
	told := make(map[string][]Episode)
	for _, e := range episodes {
		told[e.Actor] = append(told[e.Actor], e)
	}
	slices.SortStableFunc(actors, func(a, b string) int { return cmp.Compare(len(told[b]), len(told[a])) })
	actors = actors[:min(maxRows, len(actors))]

	var drawn bytes.Buffer // svgo tells no error of a writer
	canvas := svg.New(&drawn)
	width, height := float64(pictureWidth), float64(rowHeight*max(1, len(actors)))
	canvas.Startview(width, height, 0, 0, width, height)
	canvas.Rect(0, 0, width, height, `fill="white"`)
	canvas.Group(`font-family="sans-serif"`, `font-size="11"`, `fill="#282828"`)
	for i, actor := range actors {
		h.row(canvas, float64(i*rowHeight), actor, yardstick(rules, actor), told[actor])
	}
	canvas.Gend()
	canvas.End()
	_, err := drawn.WriteTo(out)
	return err
}

// yardstick is the shift that a row is drawn by.
func yardstick(rules []monitor.Rule, actor string) monitor.Rule {
	for _, r := range rules {
		if r.Shift != nil && r.Watches(actor) {
			return r
		}
	}
	return monitor.Rule{
		Voice: monitor.AnyVoice, Shift: &monitor.ShiftRule{Sigma: 3},
		Window: 24 * time.Hour, Baseline: 28 * 24 * time.Hour,
	}
}

func (h *History) row(canvas *svg.SVG, top float64, actor string, rule monitor.Rule, episodes []Episode) {
	stretches := h.sample(actor, rule)
	f := frame{from: h.From, to: h.To.Add(time.Hour), top: top}
	f.low, f.high = extent(stretches)

	canvas.Text(plotLeft, top+titleBase, actor, `font-size="14"`)
	for _, s := range stretches {
		xs, ys := f.place(s.at, s.low)
		backXs, backYs := f.place(s.at, s.high)
		slices.Reverse(backXs)
		slices.Reverse(backYs)
		canvas.Polygon(append(xs, backXs...), append(ys, backYs...), `fill="#e1e1e1"`)
	}
	f.draw(canvas)
	for _, e := range episodes {
		end := h.To
		if e.End != nil {
			end = *e.End
		}
		colour := warmGold
		if e.Direction < 0 {
			colour = coldBlue
		}
		left := f.x(e.Start)
		canvas.Rect(left, top+plotTop, max(1, f.x(end)-left), plotBottom-plotTop, colour)
	}
	for _, s := range stretches {
		xs, ys := f.place(s.at, s.tone)
		canvas.Polyline(xs, ys, `fill="none"`, `stroke="#282828"`)
	}
	name(canvas, f, episodes)
}

// name writes the rule and the size of each episode above its start, a lane
// higher where the label before it would be written over.
func name(canvas *svg.SVG, f frame, episodes []Episode) {
	const letter = 7 // pixels, more than most are wide
	var free [lanes]float64
	for _, e := range episodes {
		text := fmt.Sprintf("%s %+.2f", e.Rule, e.Size)
		width := float64(letter * utf8.RuneCountInString(text))
		x := max(plotLeft, min(f.x(e.Start), plotRight-width))
		lane := slices.IndexFunc(free[:], func(from float64) bool { return from <= x })
		if lane < 0 { // all are taken: where least is written over
			lane = slices.Index(free[:], slices.Min(free[:]))
		}
		free[lane] = x + width + letter
		canvas.Text(x, f.top+plotTop-5-float64(lane)*laneHeight, text)
	}
}

// A stretch is a time without a gap: the mean tone at each moment, and the least
// and the most that was expected.
type stretch struct {
	at              []time.Time
	tone, low, high []float64 // -1 to 1
}

// sample measures the rule's window along the history. A stretch ends where
// nothing was published.
func (h *History) sample(actor string, rule monitor.Rule) []stretch {
	series := monitor.NewSeries(nil)
	for _, r := range h.readings[actor] {
		series.Add(r)
	}
	step := max(time.Hour, h.To.Sub(h.From)/samples)
	var stretches []stretch
	var now stretch
	end := func() {
		if len(now.at) > 1 {
			stretches = append(stretches, now)
		}
		now = stretch{}
	}
	for at := h.From; !at.After(h.To); at = at.Add(step) {
		s := monitor.Measure(series, rule, at)
		if s.Stories == 0 || s.Before == 0 {
			end()
			continue
		}
		expected, reach := s.Recent-s.Size, rule.Shift.Sigma*s.Error
		now.at = append(now.at, at)
		now.tone = append(now.tone, s.Recent)
		now.low = append(now.low, max(-1, expected-reach))
		now.high = append(now.high, min(1, expected+reach))
	}
	end()
	return stretches
}

// extent is the range of tone that a row shows.
func extent(stretches []stretch) (low, high float64) {
	low, high = -0.1, 0.1
	for _, s := range stretches {
		low = min(low, slices.Min(s.tone), slices.Min(s.low))
		high = max(high, slices.Max(s.tone), slices.Max(s.high))
	}
	return low, high
}
