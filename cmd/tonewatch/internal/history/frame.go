package history

import (
	"math"
	"strconv"
	"time"

	svg "github.com/ajstarks/svgo/float"
)

// The picture in pixels: from left to right, and from the top of a row down.
const (
	pictureWidth = 1060
	plotLeft     = 60
	plotRight    = pictureWidth - 30

	rowHeight  = 245
	titleBase  = 18
	lanes      = 3 // of labels, between the title and the plot
	laneHeight = 13
	plotTop    = titleBase + lanes*laneHeight + 10
	plotBottom = rowHeight - 26
)

const day = 24 * time.Hour

// A frame places times and tones in the plot of one row, and draws its axes.
type frame struct {
	from, to  time.Time
	low, high float64 // tone
	top       float64 // of the row, pixels
}

func (f frame) x(at time.Time) float64 {
	return plotLeft + (plotRight-plotLeft)*float64(at.Sub(f.from))/float64(f.to.Sub(f.from))
}

func (f frame) y(tone float64) float64 {
	return f.top + plotBottom - (plotBottom-plotTop)*(tone-f.low)/(f.high-f.low)
}

func (f frame) place(at []time.Time, tones []float64) (xs, ys []float64) {
	for i := range at {
		xs, ys = append(xs, f.x(at[i])), append(ys, f.y(tones[i]))
	}
	return xs, ys
}

// draw draws both axes, with dates (UTC) under the one and tones left of the other.
func (f frame) draw(canvas *svg.SVG) {
	const tick = 4
	bottom := f.top + plotBottom
	canvas.Group(`stroke="#8c8c8c"`)
	canvas.Line(plotLeft, f.top+plotTop, plotLeft, bottom)
	canvas.Line(plotLeft, bottom, plotRight, bottom)
	dates, layout := dateTicks(f.from, f.to)
	for _, at := range dates {
		canvas.Line(f.x(at), bottom, f.x(at), bottom+tick)
	}
	tones := toneTicks(f.low, f.high)
	for _, tone := range tones {
		canvas.Line(plotLeft-tick, f.y(tone), plotLeft, f.y(tone))
	}
	canvas.Gend()
	for _, at := range dates {
		canvas.Text(f.x(at), bottom+tick+12, at.Format(layout), `text-anchor="middle"`)
	}
	for _, tone := range tones {
		canvas.Text(plotLeft-tick-3, f.y(tone)+4, strconv.FormatFloat(tone, 'f', 2, 64), `text-anchor="end"`)
	}
	middle := f.top + (plotTop+plotBottom)/2
	canvas.TranslateRotate(16, middle, -90)
	canvas.Text(0, 0, "tone", `text-anchor="middle"`)
	canvas.Gend()
}

// dateTicks are at most eleven round times, and the layout to write them in: hours
// and days, from Mondays on where there are weeks, and else the first of months.
func dateTicks(from, to time.Time) (ticks []time.Time, layout string) {
	const most = 10
	from = from.UTC()
	for _, step := range []time.Duration{time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, day, 2 * day, 7 * day, 14 * day} {
		if to.Sub(from) > most*step {
			continue
		}
		for at := from.Add(step - 1).Truncate(step); !at.After(to); at = at.Add(step) {
			ticks = append(ticks, at)
		}
		if step < day {
			return ticks, "2 Jan 15:04"
		}
		return ticks, "2 Jan 2006"
	}
	months := 1 + int(to.Sub(from)/(30*day))/most
	for at := time.Date(from.Year(), 1, 1, 0, 0, 0, 0, time.UTC); !at.After(to); at = at.AddDate(0, months, 0) {
		if !at.Before(from) {
			ticks = append(ticks, at)
		}
	}
	return ticks, "2 Jan 2006"
}

// toneTicks are at most nine multiples of a round step.
func toneTicks(low, high float64) []float64 {
	const most = 8
	step := 0.05
	for _, wider := range []float64{0.1, 0.25} {
		if high-low > most*step {
			step = wider
		}
	}
	var ticks []float64
	for i := math.Ceil(low / step); i <= math.Floor(high/step); i++ {
		ticks = append(ticks, i*step+0) // + 0: no negative zero
	}
	return ticks
}
