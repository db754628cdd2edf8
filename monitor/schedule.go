package monitor

import (
	"fmt"
	"hash/fnv"
	"time"

	"github.com/robfig/cron/v3"
)

// MinEvery is the shortest interval between two polls of a feed.
const MinEvery = time.Minute

// MaxWait is the longest that a publisher's wish or a streak of failures can
// put off the next poll.
const MaxWait = 24 * time.Hour

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
func (s Schedule) After(t time.Time) time.Time { return s.next.Next(t.UTC()) }

// interval is the distance between two due times after t.
func (s Schedule) interval(t time.Time) time.Duration {
	first := s.After(t)
	return s.After(first).Sub(first)
}

// NextPoll is when a feed polled at now is due again: by its schedule, not
// before the publisher's wish, put off twofold for every failure in a row, and
// moved by a jitter of its own so that a thousand feeds with one schedule do
// not call at the same second. A restart does not change it, because the
// result is stored.
func NextPoll(s Schedule, f Feed, now time.Time, wait time.Duration) time.Time {
	interval := s.interval(now)
	due := s.After(now)
	if f.Failures > 1 {
		backoff := interval << min(f.Failures-1, 16)
		if backoff <= 0 || backoff > MaxWait {
			backoff = max(MaxWait, interval)
		}
		due = later(due, now.Add(backoff))
	}
	due = later(due, now.Add(min(wait, MaxWait)))
	return due.Add(jitter(f.URL, interval))
}

// jitter is constant for a feed: up to a tenth of its interval, one minute at
// most.
func jitter(url string, interval time.Duration) time.Duration {
	span := min(interval/10, time.Minute)
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
