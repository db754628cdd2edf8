package alerts

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// wording is how numbers and times are put: printed for the eye, or aloud for
// screen readers and notifications, which make a hash of signs and units.
type wording bool

const (
	printed wording = false
	aloud   wording = true
)

// signed puts hundredths of a tone point: "+0.18", "−0.41"; aloud "plus 0.18".
// The minus is U+2212, as wide as the plus and never mistaken for a dash.
func (w wording) signed(hundredths int) string {
	plus, minus := "+", "−"
	if w == aloud {
		plus, minus = "plus ", "minus "
	}
	switch {
	case hundredths > 0:
		return plus + points(hundredths)
	case hundredths < 0:
		return minus + points(hundredths)
	default:
		return points(0)
	}
}

// points puts hundredths of a tone point without their sign.
func points(hundredths int) string {
	return fmt.Sprintf("%.2f", math.Abs(float64(hundredths))/100)
}

// hundredths rounds a tone, so that what is printed can be made to add up.
func hundredths(tone float64) int { return int(math.Round(tone * 100)) }

// span puts a duration in its one fitting unit: "45 min", "9 h", "28 d".
func (w wording) span(d time.Duration) string {
	const day = 24 * time.Hour
	d = d.Round(time.Minute)
	switch {
	case d < time.Minute:
		return "under a minute"
	case d < 2*time.Hour && d%time.Hour != 0:
		return w.count(int(d/time.Minute), "min", "minute")
	case d < 2*day || d < 4*day && d%day != 0:
		return w.count(int(d.Round(time.Hour)/time.Hour), "h", "hour")
	default:
		return w.count(int(d.Round(day)/day), "d", "day")
	}
}

func (w wording) count(n int, unit, word string) string {
	if w == printed {
		return fmt.Sprintf("%d %s", n, unit)
	}
	return number(n, word, word+"s")
}

// number counts a thing: "1 story", "12 stories".
func number(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// aside puts a remark into a sentence that ends or goes on with rest.
func (w wording) aside(sentence, remark, rest string) string {
	if w == printed {
		sentence += " (" + remark + ")"
	} else {
		sentence += ", " + remark
	}
	switch {
	case rest == "":
		return sentence
	case w == aloud:
		return sentence + ", " + rest
	default:
		return sentence + " " + rest
	}
}

// from puts where tone came from and where it went.
func (w wording) from(before, now int) string {
	if w == aloud {
		return "from " + w.signed(before) + " to " + w.signed(now)
	}
	return w.signed(before) + " → " + w.signed(now)
}

// moment puts a time to the minute.
func moment(t time.Time) string { return t.UTC().Format("2 Jan 2006 15:04 UTC") }

// date puts a day of the last few months.
func date(t time.Time) string { return t.UTC().Format("2 January") }

// percent puts a part with its sign: "+242%", "−75%".
func percent(part float64) string {
	n := int(math.Round(part * 100))
	switch {
	case n > 0:
		return fmt.Sprintf("+%d%%", n)
	case n < 0:
		return fmt.Sprintf("−%d%%", -n)
	default:
		return "0%"
	}
}

// roughly puts a number of stories that is a mean: "12", "2.4".
func roughly(n float64) string {
	if n >= 10 {
		return fmt.Sprintf("%.0f", n)
	}
	return strconv.FormatFloat(math.Round(n*10)/10, 'f', -1, 64)
}
