package monitor

import (
	"testing"
	"time"
)

// A series in memory is used by one at a time, and not for what it does not
// hold or holds too much of; when there is no room, what was used longest ago
// goes.
func TestSeriesCache(t *testing.T) {
	t.Parallel()
	since := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	var c seriesCache
	expect := func(when, actor string, since time.Time, newest int64) {
		t.Helper()
		if k := c.take(actor, since); k.newest != newest || k.actor != actor || (newest == 0) != (k.Series == nil) {
			t.Errorf("%s: %q as of change %d, want %q as of %d", when, k.actor, k.newest, actor, newest)
		}
	}
	keep := func(actor string, newest int64, size int) {
		k := cached{Series: NewSeries(nil), actor: actor, since: since, newest: newest, size: size}
		c.keep(k)
	}
	expect("never kept", "A", since, 0)
	keep("A", 1, 10)
	expect("kept", "A", since, 1)
	expect("in use by another", "A", since, 0)
	keep("A", 2, 10)
	expect("asked for more than it holds", "A", since.Add(-time.Second), 0)
	keep("A", 3, 10)
	expect("a day later", "A", since.Add(cachedFor), 3)
	keep("A", 4, 10)
	expect("holding more than a day too much", "A", since.Add(cachedFor+time.Second), 0)

	keep("A", 5, mostCached/2)
	keep("B", 6, mostCached/4)
	keep("A", 7, mostCached/2) // of two that came back, the later one stays
	keep("C", 8, mostCached/2)
	expect("used longest ago", "B", since, 0)
	expect("used since", "A", since, 7)
	expect("used last", "C", since, 8)
	keep("D", 9, mostCached+1)
	expect("larger than all room", "D", since, 0)
	if c.size != 0 || len(c.kept) != 0 {
		t.Errorf("%d buckets of %d actors are left in an empty cache", c.size, len(c.kept))
	}
}
