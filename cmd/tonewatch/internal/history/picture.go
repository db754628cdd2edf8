package history

import (
	"cmp"
	"fmt"
	"image/color"
	"io"
	"slices"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"tonewatch/monitor"
)

const (
	pictureWidth = 28 * vg.Centimeter
	rowHeight    = 6 * vg.Centimeter
	maxRows      = 40
	samples      = 800 // points of a row, at most
)

var (
	ink      = color.RGBA{40, 40, 40, 255}
	bandGrey = color.RGBA{225, 225, 225, 255}
	coldBlue = color.NRGBA{60, 130, 230, 110}
	warmGold = color.NRGBA{250, 180, 30, 110}
)

// PictureFormats are the endings of a file that [History.Draw] can draw.
func PictureFormats() []string { return []string{".svg", ".png"} }

// Draw draws a timeline, one row an actor, those with most episodes first and at
// most forty: the mean tone of each window as a line, what was expected of it,
// give or take the rule's standard errors, as a grey band, and the episodes as
// stripes, blue for colder and yellow for warmer. Window and sigma are those of
// the first shift rule that watches the actor, else a day against 28, and 3. The
// format is one of [PictureFormats]. Text is escaped.
func (h *History) Draw(out io.Writer, format string, rules []monitor.Rule, episodes []Episode) error {
	actors := slices.Clone(h.actors)
	told := make(map[string][]Episode)
	for _, e := range episodes {
		told[e.Actor] = append(told[e.Actor], e)
	}
	slices.SortStableFunc(actors, func(a, b string) int { return cmp.Compare(len(told[b]), len(told[a])) })
	actors = actors[:min(maxRows, len(actors))]

	rows := make([][]*plot.Plot, 0, len(actors))
	for _, actor := range actors {
		row, err := h.row(actor, yardstick(rules, actor), told[actor])
		if err != nil {
			return fmt.Errorf("draw %q: %w", actor, err)
		}
		rows = append(rows, []*plot.Plot{row})
	}
	height := max(1, vg.Length(len(rows))) * rowHeight
	canvas, err := newCanvas(format, height)
	if err != nil {
		return err
	}
	if len(rows) > 0 {
		tiles := draw.Tiles{Rows: len(rows), Cols: 1, PadY: vg.Millimeter * 3, PadLeft: vg.Millimeter * 3, PadRight: vg.Millimeter * 6, PadTop: vg.Millimeter * 3}
		for i, c := range plot.Align(rows, tiles, draw.New(canvas)) {
			rows[i][0].Draw(c[0])
		}
	}
	_, err = canvas.WriteTo(out)
	return err
}

type canvas interface {
	vg.CanvasSizer
	io.WriterTo
}

func newCanvas(format string, height vg.Length) (canvas, error) {
	switch format {
	case ".svg":
		return vgsvg.New(pictureWidth, height), nil
	case ".png":
		return vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(pictureWidth, height), vgimg.UseDPI(110))}, nil
	default:
		return nil, fmt.Errorf("picture format %q; there are: %v", format, PictureFormats())
	}
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

func (h *History) row(actor string, rule monitor.Rule, episodes []Episode) (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text = actor
	p.Title.TextStyle.XAlign = draw.XLeft
	p.Y.Label.Text = "tone"
	p.X.Tick.Marker = plot.TimeTicks{Format: "2 Jan 2006"}
	p.X.Min, p.X.Max = moment(h.From), moment(h.To.Add(time.Hour))

	lines, bands := h.sample(actor, rule)
	p.Y.Min, p.Y.Max = extent(lines, bands)
	for _, band := range bands {
		if err := fill(p, band, bandGrey); err != nil {
			return nil, err
		}
	}
	for _, e := range episodes {
		end := h.To
		if e.End != nil {
			end = *e.End
		}
		stripe := rectangle(moment(e.Start), moment(end), p.Y.Min, p.Y.Max)
		if err := fill(p, stripe, stripeColour(e)); err != nil {
			return nil, err
		}
	}
	for _, xys := range lines {
		line, err := plotter.NewLine(xys)
		if err != nil {
			return nil, err
		}
		line.Color = ink
		p.Add(line)
	}
	return p, name(p, episodes)
}

// name writes the rule and the size of each episode over its start, a lane lower
// where the label before it would be written over.
func name(p *plot.Plot, episodes []Episode) error {
	const lanes = 4
	letter, lane := (p.X.Max-p.X.Min)/170, (p.Y.Max-p.Y.Min)/14
	var free [lanes]float64 // from where on each lane is
	labels := plotter.XYLabels{}
	for _, e := range episodes {
		text, at := fmt.Sprintf("%s %+.2f", e.Rule, e.Size), moment(e.Start)
		in := 0
		for i := range free {
			if free[i] <= at {
				in = i
				break
			}
		}
		free[in] = at + letter*float64(len(text)+1)
		labels.XYs = append(labels.XYs, plotter.XY{X: at, Y: p.Y.Max - lane*float64(in)})
		labels.Labels = append(labels.Labels, text)
	}
	names, err := plotter.NewLabels(labels)
	if err != nil {
		return err
	}
	for i := range names.TextStyle {
		names.TextStyle[i].YAlign = draw.YTop
	}
	p.Add(names)
	return nil
}

// sample measures the rule's window along the history: the tone, and the band
// in which it was expected. Both are interrupted where nothing was published.
func (h *History) sample(actor string, rule monitor.Rule) (lines, bands []plotter.XYs) {
	series := monitor.NewSeries(nil)
	for _, r := range h.readings[actor] {
		series.Add(r)
	}
	step := max(time.Hour, h.To.Sub(h.From)/samples)
	var line, low, high plotter.XYs
	end := func() {
		if len(line) > 1 {
			slices.Reverse(high)
			lines, bands = append(lines, line), append(bands, append(low, high...))
		}
		line, low, high = nil, nil, nil
	}
	for at := h.From; !at.After(h.To); at = at.Add(step) {
		s := monitor.Measure(series, rule, at)
		if s.Stories == 0 || s.Before == 0 {
			end()
			continue
		}
		x, expected, reach := moment(at), s.Recent-s.Size, rule.Shift.Sigma*s.Error
		line = append(line, plotter.XY{X: x, Y: s.Recent})
		low = append(low, plotter.XY{X: x, Y: max(-1, expected-reach)})
		high = append(high, plotter.XY{X: x, Y: min(1, expected+reach)})
	}
	end()
	return lines, bands
}

// extent is the range of tone that a row shows.
func extent(groups ...[]plotter.XYs) (low, high float64) {
	low, high = -0.1, 0.1
	for _, group := range groups {
		for _, xys := range group {
			for _, p := range xys {
				low, high = min(low, p.Y), max(high, p.Y)
			}
		}
	}
	return low, high
}

func fill(p *plot.Plot, xys plotter.XYs, c color.Color) error {
	polygon, err := plotter.NewPolygon(xys)
	if err != nil {
		return err
	}
	polygon.Color = c
	polygon.Width = 0
	p.Add(polygon)
	return nil
}

func rectangle(left, right, low, high float64) plotter.XYs {
	return plotter.XYs{{X: left, Y: low}, {X: right, Y: low}, {X: right, Y: high}, {X: left, Y: high}}
}

func stripeColour(e Episode) color.Color {
	if e.Direction < 0 {
		return coldBlue
	}
	return warmGold
}

func moment(t time.Time) float64 { return float64(t.Unix()) }
