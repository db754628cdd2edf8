package alerts

import (
	"slices"
	"time"
)

// MuteTime is a span of the day that comes again every week, in which nothing new
// is told. It goes by the clocks of its zone, so that it has an hour more or less
// when these are changed: it begins when they first show From, and ends when they
// last show To.
type MuteTime struct {
	Name string
	Days []time.Weekday // on which it begins; none: every day
	// From and To are times of the day, from 0 to 24 h. A To that is not after
	// From is on the next day.
	From, To time.Duration
	Zone     *time.Location // nil is UTC
}

const day = 24 * time.Hour

// lookAhead is how far ahead the end of a mute time is looked for. Mute times that
// fill the week have none; what they mute is looked at again then.
const lookAhead = 8 * day

// MutedUntil is until when nothing is told from a time on, zero when it is not
// muted then. Mute times that meet or overlap are one.
func MutedUntil(mutes []MuteTime, at time.Time) time.Time {
	until := at
	for until.Sub(at) < lookAhead {
		later := until
		for _, m := range mutes {
			if end := m.end(until); end.After(later) {
				later = end
			}
		}
		if later.Equal(until) {
			break
		}
		until = later
	}
	if until.Equal(at) {
		return time.Time{}
	}
	return until.UTC()
}

// end is when the span that holds a time ends, zero where none does.
func (m MuteTime) end(at time.Time) (end time.Time) {
	zone := m.Zone
	if zone == nil {
		zone = time.UTC
	}
	year, month, today := at.In(zone).Date()
	for _, ago := range []int{1, 0} { // days: it may have begun yesterday
		began := time.Date(year, month, today-ago, 0, 0, 0, 0, time.UTC)
		if len(m.Days) > 0 && !slices.Contains(m.Days, began.Weekday()) {
			continue
		}
		ends := began.Add(m.To)
		if m.To <= m.From {
			ends = ends.Add(day)
		}
		first, _ := shown(began.Add(m.From), zone)
		_, last := shown(ends, zone)
		if !at.Before(first) && at.Before(last) && last.After(end) {
			end = last
		}
	}
	return end
}

// shown is when the clocks of a zone first and last show a time, which is given
// as if it were one of UTC. They show a time twice where they are put back, and
// one that they are put forward over at the moment when they are.
func shown(wall time.Time, zone *time.Location) (first, last time.Time) {
	offset := func(t time.Time) time.Duration {
		_, seconds := t.In(zone).Zone()
		return time.Duration(seconds) * time.Second
	}
	// The offsets in force before and after a change, if there is one near.
	before, after := offset(wall.Add(-day)), offset(wall.Add(day))
	first, last = wall.Add(-before), wall.Add(-after)
	switch old, young := offset(first) == before, offset(last) == after; {
	case old && young:
		return first, last
	case old:
		return first, first
	case young:
		return last, last
	default:
		change, _ := first.In(zone).ZoneBounds()
		return change, change
	}
}
