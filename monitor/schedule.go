package monitor

import (
	"fmt"
	"hash/fnv"
	"time"

	"github.com/robfig/cron/v3"
)

// MinEvery is the shortest interval between two polls of a feed.
const MinEvery = time.Minute

// MinWhole is the shortest interval between two polls that cannot be conditional,
// so that each is answered with the whole feed, changed or not. Publishers take
// less for rude (https://rachelbythebay.com/w/feed/).
const MinWhole = time.Hour

// pollsPerArticle is how often an adaptive feed is polled in the mean time
// between two of its articles: one is then seen late by an eighth of that time.
const pollsPerArticle = 4

// Schedule says when a feed is due. It is only ever asked for the next time:
// the due times themselves are rows of the store, which every process sweeps.
type Schedule struct {
	spec string
	next cron.Schedule
}

// ParseSchedule reads a five-field cron expression or a descriptor such as
// "@hourly" or "@every 15m". Cron fields are in UTC.
func ParseSchedule(spec string) (Schedule, error) {
	next, err := cron.ParseStandard(spec)
	if err != nil {
		return Schedule{}, fmt.Errorf("schedule %q: %w", spec, err)
	}
	if every, ok := next.(cron.ConstantDelaySchedule); ok && every.Delay < MinEvery {
		return Schedule{}, fmt.Errorf("schedule %q: shorter than %v", spec, MinEvery)
	}
	return Schedule{spec, next}, nil
}

// After is the first due time later than t.
func (s Schedule) After(t time.Time) time.Time {
	if every, ok := s.next.(cron.ConstantDelaySchedule); ok {
		return t.UTC().Add(every.Delay) // cron would round it down to a second
	}
	return s.next.Next(t.UTC())
}

// interval is the distance between two due times after t.
func (s Schedule) interval(t time.Time) time.Duration {
	first := s.After(t)
	return s.After(first).Sub(first)
}

// NextPoll is when a feed is due again that was polled at now; failure is what
// came of it, nil for a good answer, whose wishes the feed knows already. The
// latest of these counts:
//
//   - the schedule, which is never beaten;
//   - for an adaptive feed, a fraction of the mean time between its articles;
//   - what its publisher wishes, in the answer or by Retry-After, and that a feed
//     which cannot be asked conditionally is not asked often, see [MinWhole];
//   - after failures in a row, the interval doubled for each but the first.
//
// Only the first can be more than [MaxWait] away. Then the feed moves on towards
// its own place in the interval, see [Schedule.spread].
func (s Schedule) NextPoll(f Feed, failure *FetchError, now time.Time) time.Time {
	wait := f.Wish()
	if f.Adaptive {
		wait = max(wait, f.Pace.Gap(now)/pollsPerArticle)
	}
	if failure != nil {
		// The feeds of a host that was too busy must not all come back at once.
		wait = failure.RetryAfter + place(f.URL, min(failure.RetryAfter, time.Hour))
		if failure.Kind == FetchPutOff {
			return now.Add(wait)
		}
	}
	interval := s.interval(now)
	due := later(later(s.After(now), now.Add(min(wait, MaxWait))), f.Allowed)
	if f.Failures > 1 {
		due = later(due, now.Add(backoff(interval, f.Failures-1)))
	}
	return s.spread(f.URL, due, interval)
}

// backoff doubles an interval so often, up to MaxWait.
func backoff(interval time.Duration, doublings int) time.Duration {
	d := interval << min(doublings, 16)
	if d <= 0 || d > MaxWait {
		return max(MaxWait, interval)
	}
	return d
}

// spread keeps feeds of one schedule from calling at the same moment. With a
// cron expression a feed is late by a delay of its own. With an interval, it has
// a place of its own in every interval and moves towards it poll by poll, so that
// feeds that began together, or were all due after an outage, soon spread over
// the whole interval. Either way a poll is late by a tenth of the interval or a
// minute at most, and never early.
func (s Schedule) spread(url string, due time.Time, interval time.Duration) time.Time {
	most := min(interval/10, time.Minute).Truncate(time.Millisecond)
	if _, fixed := s.next.(cron.ConstantDelaySchedule); !fixed {
		return due.Add(place(url, most))
	}
	behind := time.Duration(due.UnixMilli())*time.Millisecond - place(url, interval)
	toGo := (interval - behind%interval) % interval
	if toGo > interval-most {
		return due // just past its place
	}
	return due.Add(min(toGo, most))
}

// place is a time in [0, span) that an address keeps, in whole milliseconds.
func place(url string, span time.Duration) time.Duration {
	if span <= 0 {
		return 0
	}
	h := fnv.New64a()
	h.Write([]byte(url))
	return time.Duration(h.Sum64() % uint64(span)).Truncate(time.Millisecond)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
