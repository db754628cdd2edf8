package configs

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// Budget is how many false alarms an operator puts up with in how long, written
// as "1 per 90d". The zero value is none set.
type Budget struct {
	Alarms float64  // above 0
	Per    Duration // above 0
}

// budgetShape is a decimal number, the word and a span.
var budgetShape = regexp.MustCompile(`^(\d+(?:\.\d+)?) +per +(\S+)$`)

// ParseBudget reads "1 per 90d", "0.5 per 4w" or the like: a decimal number above
// 0, the word per, and a span longer than 0 as [ParseDuration] reads it.
func ParseBudget(s string) (Budget, error) {
	parts := budgetShape.FindStringSubmatch(s)
	if parts == nil {
		return Budget{}, fmt.Errorf("parse budget %q", s)
	}
	alarms, err := strconv.ParseFloat(parts[1], 64)
	if err != nil || alarms <= 0 {
		return Budget{}, fmt.Errorf("parse budget %q: not a number above 0: %q", s, parts[1])
	}
	per, err := ParseDuration(parts[2])
	if err != nil || per <= 0 {
		return Budget{}, fmt.Errorf("parse budget %q: not a span longer than 0: %q", s, parts[2])
	}
	return Budget{alarms, per}, nil
}

// String is what [ParseBudget] reads back exactly.
func (b Budget) String() string {
	return strconv.FormatFloat(b.Alarms, 'f', -1, 64) + " per " + b.Per.String()
}

// UnmarshalText reads what [ParseBudget] reads.
func (b *Budget) UnmarshalText(text []byte) error {
	parsed, err := ParseBudget(string(text))
	if err != nil {
		return err
	}
	*b = parsed
	return nil
}

// MarshalText writes what [Budget.String] writes.
func (b Budget) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// between is the time from one allowed false alarm to the next, in hours: a span
// in nanoseconds could run over.
func (b Budget) between() float64 { return float64(b.Per) / float64(time.Hour) / b.Alarms }
