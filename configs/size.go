package configs

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Size is a number of bytes, written as a whole number with an optional unit of
// either case: B, KB, MB, GB (powers of 1000), KiB, MiB, GiB (powers of 1024).
type Size int64

const megabyte Size = 1_000_000

// sizeUnit is a suffix and the bytes it stands for.
type sizeUnit struct {
	name  string
	bytes Size
}

// sizeUnits lists the larger unit first, and no suffix before one it ends in.
func sizeUnits() []sizeUnit {
	return []sizeUnit{
		{"GiB", 1 << 30}, {"GB", 1000 * megabyte},
		{"MiB", 1 << 20}, {"MB", megabyte},
		{"KiB", 1 << 10}, {"KB", 1000},
		{"B", 1},
	}
}

// ParseSize reads "8MB", "512 KiB" or "4096".
func ParseSize(s string) (Size, error) {
	number, unit := s, Size(1)
	for _, u := range sizeUnits() {
		if n := len(s) - len(u.name); n >= 0 && strings.EqualFold(s[n:], u.name) {
			number, unit = strings.TrimSpace(s[:n]), u.bytes
			break
		}
	}
	n, err := strconv.ParseUint(number, 10, 63)
	if err != nil || n > uint64(math.MaxInt64/unit) {
		return 0, fmt.Errorf("parse size %q", s)
	}
	return Size(n) * unit, nil
}

// String writes the size in the largest unit that divides it: "8MB".
// [ParseSize] reads it back exactly.
func (s Size) String() string {
	for _, u := range sizeUnits() {
		if s != 0 && s%u.bytes == 0 {
			return strconv.FormatInt(int64(s/u.bytes), 10) + u.name
		}
	}
	return "0B"
}

// UnmarshalText reads what [ParseSize] reads.
func (s *Size) UnmarshalText(text []byte) error {
	parsed, err := ParseSize(string(text))
	if err != nil {
		return err
	}
	*s = parsed
	return nil
}

// MarshalText writes what [Size.String] writes.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
