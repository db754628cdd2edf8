package configs

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

const (
	day  = 24 * time.Hour
	week = 7 * day
	year = 365 * day
)

// Duration is a time span, written as Go writes it with days (d, 24 hours),
// weeks (w, 7 days) and years (y, 365 days) before: "90m", "28d", "1w", "1d12h",
// "5y". It is never negative.
type Duration time.Duration

// ParseDuration reads a span such as "1w2d", "1d12h", "1.5h" or "0".
func ParseDuration(s string) (Duration, error) {
	var total time.Duration
	rest := s
	for _, u := range []struct {
		letter string
		length time.Duration
	}{{"y", year}, {"w", week}, {"d", day}} {
		count, after, found := strings.Cut(rest, u.letter)
		if !found {
			continue
		}
		n, err := strconv.ParseUint(count, 10, 63)
		if err != nil || n > uint64((math.MaxInt64-total)/u.length) {
			return 0, fmt.Errorf("parse duration %q", s)
		}
		total += time.Duration(n) * u.length
		rest = after
	}
	if rest == "" && rest != s {
		return Duration(total), nil
	}
	d, err := time.ParseDuration(rest)
	if err != nil || strings.HasPrefix(rest, "-") || strings.HasPrefix(rest, "+") || d > math.MaxInt64-total {
		return 0, fmt.Errorf("parse duration %q", s)
	}
	return Duration(total + d), nil
}

// String writes the span in the largest unit that divides it: "4w" for 28 days,
// "90m", "36h". [ParseDuration] reads it back exactly.
func (d Duration) String() string {
	if d == 0 {
		return "0s"
	}
	for _, u := range []struct {
		name   string
		length time.Duration
	}{
		{"y", year}, {"w", week}, {"d", day}, {"h", time.Hour}, {"m", time.Minute},
		{"s", time.Second}, {"ms", time.Millisecond}, {"us", time.Microsecond},
	} {
		if time.Duration(d)%u.length == 0 {
			return strconv.FormatInt(int64(time.Duration(d)/u.length), 10) + u.name
		}
	}
	return strconv.FormatInt(int64(d), 10) + "ns"
}

// UnmarshalText reads what [ParseDuration] reads.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := ParseDuration(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// MarshalText writes what [Duration.String] writes.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }
