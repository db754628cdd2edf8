package monitor

import (
	"slices"
	"sync"
	"time"
)

const (
	// mostCached bounds the buckets of all series in memory, at about 150 bytes
	// each.
	mostCached = 1 << 20
	// cachedFor is how much longer than the rules' reach a series may grow before
	// it is read afresh, which sheds what is too old to matter.
	cachedFor = 24 * time.Hour
)

// seriesCache keeps the series of actors between detections, those used last, so
// that a detection reads what has changed and not a month. It never changes an
// answer: a series is a function of its buckets, and all that has changed since
// it was kept is put into it before it is used.
type seriesCache struct {
	mu    sync.Mutex
	kept  map[string]cached
	size  int
	clock int64
}

// cached is one actor's series with the buckets since a time, as they stood at a
// change number.
type cached struct {
	*Series
	actor  string
	since  time.Time
	newest int64
	size   int   // buckets, at most
	used   int64 // order of use
}

// take takes an actor's series out of the cache, so that nobody else uses it
// meanwhile: whoever comes second reads it from the store. Where there is none
// that begins at or little before since, an empty one begins there.
func (c *seriesCache) take(actor string, since time.Time) cached {
	c.mu.Lock()
	defer c.mu.Unlock()
	k, ok := c.kept[actor]
	if ok {
		delete(c.kept, actor)
		c.size -= k.size
	}
	if !ok || since.Before(k.since) || since.Sub(k.since) > cachedFor {
		return cached{actor: actor, since: since}
	}
	return k
}

// keep puts a series back, and forgets those not used for longest when there is
// no room.
func (c *seriesCache) keep(k cached) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept == nil {
		c.kept = make(map[string]cached)
	}
	c.clock++
	k.used = c.clock
	c.size += k.size - c.kept[k.actor].size
	c.kept[k.actor] = k
	for c.size > mostCached {
		oldest := k
		for _, other := range c.kept {
			if other.used < oldest.used {
				oldest = other
			}
		}
		delete(c.kept, oldest.actor)
		c.size -= oldest.size
	}
}

// put takes over what has changed, of the voices that the rules listen to.
func (k *cached) put(changed []Bucket, newest int64, rules []Rule) {
	changed = slices.DeleteFunc(changed, func(b Bucket) bool { return !slices.ContainsFunc(rules, func(r Rule) bool { return r.Hears(b.Voice) }) })
	if k.Series == nil {
		k.Series = NewSeries(changed)
	} else {
		for _, b := range changed {
			k.Put(b)
		}
	}
	k.size += len(changed)
	k.newest = newest
}
