package monitor

import (
	"strconv"
	"strings"
	"time"
)

// MaxWait is the longest that a publisher's wish, a streak of failures or a slow
// pace can put off the next poll: a slip in a publisher's configuration should
// cost a day, not the feed.
const MaxWait = 24 * time.Hour

// ParseWait reads a publisher's wish, a whole number of units, within
// [0, MaxWait]: 0 where it is none. A number too great to hold is the cap: the
// publisher meant "long".
func ParseWait(text string, unit time.Duration) time.Duration {
	n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 64)
	if err != nil && n == 0 {
		return 0
	}
	return time.Duration(min(n, uint64(MaxWait/unit))) * unit
}
