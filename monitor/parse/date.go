package parse

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	// RFC 822 with what is found in its place: "Tue, 3 Mar 2026 10:00:00 GMT",
	// "3-March-26 10:00 am", "Dienstag, 03 Mar 2026".
	mailDate = regexp.MustCompile(`^(?:\pL+\.?\s*,?\s+|\pL+\.?,)?(\d{1,2})[\s-]+([A-Za-z]{3,9})\.?,?[\s-]+(\d{4}|\d{2})\b` + clock + `$`)
	// The same in American order, also as C's asctime writes it: "Mar 3, 2026
	// 10:00 AM PST", "Tue Mar  3 10:00:00 2026".
	monthFirst = regexp.MustCompile(`^(?:\pL+\.?,?\s+)?([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b` + clock + `$`)
	asctime    = regexp.MustCompile(`^(?:\pL+,?\s+)?([A-Za-z]{3,9})\s+(\d{1,2})(\s+\d{1,2}:\d{2}(?::\d{2})?)(\s+[A-Za-z]{1,5})?\s+(\d{4})$`)
	// ISO 8601, whole or only its first parts: "2026", "2026-03", "20260303",
	// "2026-03-03T10:00Z", "2026/03/03 10:00:00.5 +01:00".
	isoDate = regexp.MustCompile(`^(\d{4})(?:[-/]?(\d{2})(?:[-/]?(\d{2}))?)?` + clock + `$`)
)

// clock is the time of day and its zone, both of which may be absent.
const clock = `(?:,?[\sTt]+(?:at\s+)?(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?\s*([AaPp]\.?[Mm]\.?)?)?\s*(.*)`

// readDate reads a date in the forms that feeds use; the zero time for none. A
// date without a zone is taken for UTC, one without a time for midnight.
func readDate(text string) time.Time {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > 100 {
		return time.Time{}
	}
	if m := asctime.FindStringSubmatch(text); m != nil {
		text = m[1] + " " + m[2] + " " + m[5] + m[3] + m[4]
	}
	if m := mailDate.FindStringSubmatch(text); m != nil {
		return moment(m[3], m[2], m[1], m[4:])
	}
	if m := monthFirst.FindStringSubmatch(text); m != nil {
		return moment(m[3], m[1], m[2], m[4:])
	}
	if m := isoDate.FindStringSubmatch(text); m != nil {
		return moment(m[1], m[2], m[3], m[4:])
	}
	return time.Time{}
}

// moment puts a time together: clock is hour, minute, second, half of the day
// and zone.
func moment(year, month, day string, clock []string) time.Time {
	y, mon, d := number(year, 1), monthOf(month), number(day, 1)
	if len(year) == 2 {
		y += 2000
		if y > 2068 { // as POSIX counts
			y -= 100
		}
	}
	h, m, s := number(clock[0], 0), number(clock[1], 0), number(clock[2], 0)
	if half := strings.ToLower(clock[3]); half != "" && h <= 12 {
		h %= 12
		if half[0] == 'p' {
			h += 12
		}
	}
	zone, ok := zoneOf(clock[4])
	// time.Date would carry the 31st of June, or 25 o'clock, into the next.
	// Midnight as the end of a day and the leap second are left to it.
	if !ok || mon == 0 || d < 1 || d > daysIn(mon, y) || h > 24 || h == 24 && m+s > 0 || m > 59 || s > 60 {
		return time.Time{}
	}
	return time.Date(y, mon, d, h, m, s, 0, time.FixedZone("", zone)).UTC()
}

func daysIn(m time.Month, year int) int { return time.Date(year, m+1, 0, 0, 0, 0, 0, time.UTC).Day() }

// number reads digits; absent ones are otherwise.
func number(digits string, otherwise int) int {
	if n, err := strconv.Atoi(digits); err == nil {
		return n
	}
	return otherwise
}

// monthOf is the month of that number or English name, January for none, 0 for
// what is no month.
func monthOf(text string) time.Month {
	if n := number(text, 0); n > 0 && n <= 12 || text == "" {
		return time.Month(max(n, 1))
	}
	for m := time.January; m <= time.December; m++ {
		if len(text) >= 3 && strings.HasPrefix(strings.ToLower(m.String()), strings.ToLower(text)) {
			return m
		}
	}
	return 0
}

// zones are seconds east of Greenwich. CST, IST and BST are ambiguous; these
// are the readings of most news.
var zones = map[string]int{
	"": 0, "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 3600, "bst": 3600, "ist": 19800,
	"cet": 3600, "mez": 3600, "cest": 7200, "mesz": 7200, "eet": 7200, "sast": 7200, "cat": 7200, "eest": 10800, "msk": 10800, "eat": 10800,
	"est": -18000, "edt": -14400, "cst": -21600, "cdt": -18000, "mst": -25200, "mdt": -21600, "pst": -28800, "pdt": -25200,
	"akst": -32400, "akdt": -28800, "hst": -36000, "ast": -14400, "adt": -10800, "nst": -12600, "ndt": -9000, "brt": -10800, "art": -10800,
	"gst": 14400, "pkt": 18000, "ict": 25200, "wib": 25200, "hkt": 28800, "sgt": 28800, "myt": 28800, "pht": 28800, "awst": 28800,
	"jst": 32400, "kst": 32400, "acst": 34200, "acdt": 37800, "aest": 36000, "aedt": 39600, "nzst": 43200, "nzdt": 46800,
}

var offset = regexp.MustCompile(`^(?:UTC|GMT|Z)?\s*([+-])(\d{1,2}):?(\d{2})?(?:\s*\(?[A-Za-z ]*\)?)?$`)

// zoneOf is the offset that a zone names; not ok for what is no zone.
func zoneOf(text string) (seconds int, ok bool) {
	text = strings.TrimSpace(text)
	if m := offset.FindStringSubmatch(text); m != nil {
		seconds = number(m[2], 0)*3600 + number(m[3], 0)*60
		if m[1] == "-" {
			seconds = -seconds
		}
		return seconds, seconds >= -14*3600 && seconds <= 14*3600
	}
	seconds, ok = zones[strings.ToLower(strings.Trim(text, "()"))]
	return seconds, ok
}
