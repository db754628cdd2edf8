package slack

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"testing"

	"tonewatch/alerts"
	"tonewatch/alerts/alertstest"
)

// counted are the pixels of some colour.
func counted(t *testing.T, m image.Image, hue color.RGBA) (n int) {
	t.Helper()
	pixels, ok := m.(*image.RGBA)
	if !ok {
		t.Fatalf("a picture %T", m)
	}
	for y := range pictureHeight {
		for x := range pictureWidth {
			if pixels.RGBAAt(x, y) == hue {
				n++
			}
		}
	}
	return n
}

// TestPaint looks for the lines of every kind of chart where they have to be.
// With TONEWATCH_PICTURES set it leaves the pictures in that folder.
func TestPaint(t *testing.T) {
	t.Parallel()
	for _, c := range alertstest.Cases() {
		chart, ok := c.Alert.Chart()
		if !ok || c.Alert.Episode.Revision > 1 || c.Alert.Rule.Shift != nil && c.Name != "colder" {
			continue // another of the kind
		}
		data, err := paint(chart)
		if err != nil {
			t.Fatal(err)
		}
		if folder := os.Getenv("TONEWATCH_PICTURES"); folder != "" {
			if err := os.WriteFile(folder+"/"+c.Name+".png", data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		picture, err := png.Decode(bytes.NewReader(data))
		if err != nil || len(data) > 20_000 {
			t.Fatalf("%s: %d bytes, %v", c.Name, len(data), err)
		}
		for i, l := range chart.Lines {
			hue := hues[i]
			if l.Flat {
				hue = flatHue
			}
			if n := counted(t, picture, hue); n < 1000 {
				t.Errorf("%s: %d pixels of line %q, want at least 1,000", c.Name, n, l.Name)
			}
		}
	}
}

func TestPaintOfEqualValues(t *testing.T) {
	t.Parallel()
	data, err := paint(alerts.Chart{Labels: []string{"a", "b"}, Unit: "tone", Lines: []alerts.Line{{Name: "平壌", Values: []float64{0.2, 0.2}}}})
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil || counted(t, picture, hues[0]) < 1000 {
		t.Errorf("no line of equal values (%v)", err)
	}
}
