package slack

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"

	"tonewatch/alerts"
)

// The picture, in pixels: its size and the margins around the plot.
const (
	pictureWidth  = 800
	pictureHeight = 300
	marginLeft    = 56
	marginRight   = 20
	marginTop     = 34
	marginBottom  = 30
)

// letter is the width of a letter of the font.
const letter = 7

var (
	ink  = color.RGBA{0x33, 0x37, 0x3d, 0xff}
	grid = color.RGBA{0xdd, 0xdf, 0xe3, 0xff}
	// hues of lines, which the colour-blind tell apart, and the flat one.
	hues    = []color.RGBA{{0x1d, 0x6f, 0xb8, 0xff}, {0xd9, 0x73, 0x0d, 0xff}}
	flatHue = color.RGBA{0x8a, 0x8f, 0x98, 0xff}
)

// paint draws a chart as a PNG on white, with a legend above, the ends of its
// axis of values at the left and of its axis of time below.
func paint(c alerts.Chart) ([]byte, error) {
	p := picture{RGBA: image.NewRGBA(image.Rect(0, 0, pictureWidth, pictureHeight)), chart: c}
	draw.Draw(p.RGBA, p.Bounds(), image.White, image.Point{}, draw.Src)
	p.low, p.high = c.Ends()
	if p.low == p.high {
		p.low, p.high = p.low-1, p.high+1
	}
	room := (p.high - p.low) * 0.05
	p.low, p.high = p.low-room, p.high+room
	if c.Unit != "tone" {
		p.low = 0 // a count has a floor
	}
	for i := range 5 {
		v := p.low + (p.high-p.low)*float64(i)/4
		p.stroke(1, grid, point{marginLeft, p.y(v)}, point{pictureWidth - marginRight, p.y(v)})
		p.write(6, int(p.y(v))+4, p.value(v), ink)
	}
	x := marginLeft
	for i, l := range c.Lines {
		hue := hues[i%len(hues)]
		if l.Flat {
			hue = flatHue
		}
		var path []point
		for n, v := range l.Values {
			path = append(path, point{p.x(n), p.y(v)})
		}
		p.stroke(3, hue, path...)
		p.stroke(3, hue, point{float64(x), 18}, point{float64(x + 20), 18})
		p.write(x+26, 22, l.Name, ink)
		x += 26 + letter*(len([]rune(l.Name))+3)
	}
	first, last := c.Labels[0], c.Labels[len(c.Labels)-1]
	p.write(marginLeft, pictureHeight-10, first, ink)
	p.write(pictureWidth-marginRight-letter*len(last), pictureHeight-10, last, ink)
	var out bytes.Buffer
	err := png.Encode(&out, p.RGBA)
	return out.Bytes(), err
}

// picture is a chart in the making.
type picture struct {
	*image.RGBA
	chart     alerts.Chart
	low, high float64
}

type point struct{ x, y float64 }

func (p picture) x(n int) float64 {
	return marginLeft + float64(pictureWidth-marginLeft-marginRight)*float64(n)/float64(len(p.chart.Labels)-1)
}

func (p picture) y(v float64) float64 {
	return pictureHeight - marginBottom - (v-p.low)/(p.high-p.low)*(pictureHeight-marginTop-marginBottom)
}

// value is a mark at the axis. The font has no true minus.
func (p picture) value(v float64) string {
	if p.chart.Unit == "tone" {
		return fmt.Sprintf("%+.2f", v)
	}
	return fmt.Sprintf("%.0f", v)
}

// stroke draws a path with a pen so many pixels wide: a box a stretch, and a
// round dot at each end of one. All turn the same way, so that where they overlap
// nothing is taken out.
func (p picture) stroke(width float64, hue color.Color, path ...point) {
	z := vector.NewRasterizer(pictureWidth, pictureHeight)
	for i := 1; i < len(path); i++ {
		a, b := path[i-1], path[i]
		length := math.Hypot(b.x-a.x, b.y-a.y)
		dx, dy := (b.y-a.y)/length*width/2, (a.x-b.x)/length*width/2
		trace(z, point{a.x + dx, a.y + dy}, point{b.x + dx, b.y + dy}, point{b.x - dx, b.y - dy}, point{a.x - dx, a.y - dy})
	}
	if width > 1 {
		for _, c := range path {
			var round []point
			for i := range 12 {
				sin, cos := math.Sincos(float64(i) * math.Pi / 6)
				round = append(round, point{c.x + width*cos, c.y + width*sin})
			}
			trace(z, round...)
		}
	}
	z.Draw(p.RGBA, p.Bounds(), image.NewUniform(hue), image.Point{})
}

func trace(z *vector.Rasterizer, corners ...point) {
	for i, c := range corners {
		if i == 0 {
			z.MoveTo(float32(c.x), float32(c.y))
		} else {
			z.LineTo(float32(c.x), float32(c.y))
		}
	}
	z.ClosePath()
}

// write puts text with its left end on a base line. The font has Latin letters
// alone; others become a box.
func (p picture) write(x, y int, text string, hue color.Color) {
	d := font.Drawer{Dst: p.RGBA, Src: image.NewUniform(hue), Face: basicfont.Face7x13, Dot: fixed.P(x, y)}
	d.DrawString(text)
}
