package monitor_test

import (
	"fmt"
	"testing"
	"time"

	"tonewatch/monitor"
)

func TestParseScheduleRefuses(t *testing.T) {
	t.Parallel()
	for spec, want := range map[string]string{
		"@every 10s": `schedule "@every 10s": shorter than 1m0s`,
		"soon":       `schedule "soon": expected exactly 5 fields, found 1: [soon]`,
	} {
		if _, err := monitor.ParseSchedule(spec); err == nil || err.Error() != want {
			t.Errorf("ParseSchedule(%q): error %v, want %s", spec, err, want)
		}
	}
}

func mustSchedule(t *testing.T, spec string) monitor.Schedule {
	t.Helper()
	s, err := monitor.ParseSchedule(spec)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The one decision: when may this feed be polled next? A poll may be late by the
// jitter, a minute at most, and never early.
func TestNextPoll(t *testing.T) {
	t.Parallel()
	const (
		minute = time.Minute
		hour   = time.Hour
		jitter = time.Minute
	)
	now := time.Date(2026, 3, 2, 10, 7, 0, 0, time.UTC)
	wish := func(fresh, cycle time.Duration) monitor.Feed {
		return monitor.Feed{Known: monitor.Known{Fresh: fresh, Cycle: cycle}}
	}
	failing := func(n int) monitor.Feed { return monitor.Feed{Failures: n} }
	publishing := func(n int, since time.Duration, adaptive bool) monitor.Feed {
		return monitor.Feed{Adaptive: adaptive, Pace: monitor.Pace{Articles: n, Since: now.Add(-since)}}
	}
	status := &monitor.FetchError{Kind: monitor.FetchStatus}
	busy := func(retryAfter time.Duration) *monitor.FetchError {
		return &monitor.FetchError{Kind: monitor.FetchStatus, RetryAfter: retryAfter}
	}
	putOff := &monitor.FetchError{Kind: monitor.FetchPutOff, RetryAfter: 3 * time.Second}
	cases := []struct {
		name     string
		spec     string
		feed     monitor.Feed
		failure  *monitor.FetchError
		earliest time.Duration
		latest   time.Duration
	}{
		{"by its interval", "@every 15m", monitor.Feed{}, nil, 15 * minute, 15*minute + jitter},
		{"by the clock", "0 12 * * *", monitor.Feed{}, nil, 113 * minute, 113*minute + jitter},

		{"what the headers wish", "@every 15m", wish(2*hour, 0), nil, 2 * hour, 2*hour + jitter},
		{"what the document wishes", "@every 15m", wish(hour, 3*hour), nil, 3 * hour, 3*hour + jitter},
		{"a wish is no reason to hurry", "@every 15m", wish(minute, 0), nil, 15 * minute, 15*minute + jitter},
		{"a wish counts for a day at most", "@every 15m", wish(900*hour, 0), nil, 24 * hour, 24*hour + jitter},
		{"a wish against the clock", "0 12 * * *", wish(3*hour, 0), nil, 3 * hour, 3*hour + jitter},

		{"many articles: by its interval", "@every 15m", publishing(10, hour, true), nil, 15 * minute, 15*minute + jitter},
		{"ten articles a day", "@every 15m", publishing(10, 24*hour, true), nil, 36 * minute, 36*minute + jitter},
		{"one article a week", "@every 15m", publishing(1, 168*hour, true), nil, 24 * hour, 24*hour + jitter},
		{"the slower of pace and wish", "@every 15m", func() monitor.Feed {
			f := publishing(10, 24*hour, true)
			f.Fresh = hour
			return f
		}(), nil, hour, hour + jitter},
		{"not where it is switched off", "@every 15m", publishing(1, 168*hour, false), nil, 15 * minute, 15*minute + jitter},
		{"nothing published yet", "@every 15m", publishing(0, 168*hour, true), nil, 15 * minute, 15*minute + jitter},
		{"dates to come", "@every 15m", publishing(3, -hour, true), nil, 15 * minute, 15*minute + jitter},

		{"one failure is forgiven", "@every 15m", failing(1), status, 15 * minute, 15*minute + jitter},
		{"failures double the pause", "@every 15m", failing(3), status, hour, hour + jitter},
		{"a dead feed is asked once a day", "@every 15m", failing(500), status, 24 * hour, 24*hour + jitter},
		{"a slow schedule stays slow when failing", "@every 48h", failing(4), status, 48 * hour, 48*hour + jitter},

		{"Retry-After, and a place in line", "@every 15m", failing(1), busy(30 * minute), 30 * minute, hour + jitter},
		{"a short Retry-After is no reason to hurry", "@every 15m", failing(1), busy(minute), 15 * minute, 15*minute + jitter},
		{"a long Retry-After", "@every 15m", failing(1), busy(20 * hour), 20 * hour, 21*hour + jitter},
		{"failures may outlast a Retry-After", "@every 15m", failing(4), busy(minute), 2 * hour, 2*hour + jitter},

		{"put off, before it was asked", "@every 15m", failing(4), putOff, 3 * time.Second, 6 * time.Second},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for i := range 50 { // as many places in line
				c.feed.URL = fmt.Sprintf("https://example.org/%d", i)
				got := mustSchedule(t, c.spec).NextPoll(c.feed, c.failure, now).Sub(now)
				if got < c.earliest || got > c.latest {
					t.Fatalf("next poll in %v, want between %v and %v", got, c.earliest, c.latest)
				}
			}
		})
	}
}

// Feeds that were all polled at once spread over their interval, and stay there.
func TestNextPollSpreadsFeeds(t *testing.T) {
	t.Parallel()
	for _, spec := range []string{"@every 15m", "@hourly"} {
		s := mustSchedule(t, spec)
		perSlot := make(map[int]int)
		for i := range 1000 {
			f := monitor.Feed{URL: fmt.Sprintf("https://example.org/%d", i)}
			at := monday
			for range 20 {
				next := s.NextPoll(f, nil, at)
				if spec != "@hourly" && next.Sub(at) < 15*time.Minute {
					t.Fatalf("%s: polled after %v", spec, next.Sub(at))
				}
				at = next
			}
			if spec == "@hourly" {
				perSlot[at.Second()]++
			} else {
				perSlot[at.Minute()%15]++
			}
		}
		slots := map[string]int{"@every 15m": 15, "@hourly": 60}[spec]
		for slot := range slots {
			if n := perSlot[slot]; n > 2*1000/slots {
				t.Errorf("%s: %d of 1000 feeds are due in slot %d of %d", spec, n, slot, slots)
			}
		}
	}
}

func TestAddressFollowsASettledMove(t *testing.T) {
	t.Parallel()
	const old, moved = "https://old.example/feed", "https://new.example/feed"
	f := monitor.Feed{URL: old, Moved: monitor.Moved{To: moved, Since: monday}}
	for after, want := range map[time.Duration]string{0: old, 71 * time.Hour: old, 72 * time.Hour: moved} {
		if got := f.Address(monday.Add(after)); got != want {
			t.Errorf("after %v: %s, want %s", after, got, want)
		}
	}
	if got := (monitor.Feed{URL: old}).Address(monday); got != old {
		t.Errorf("never moved: %s, want %s", got, old)
	}
}

func TestNextRest(t *testing.T) {
	t.Parallel()
	const minute, hour = time.Minute, time.Hour
	at := monday.Add
	ended := func(span, ago time.Duration) monitor.Rest { return monitor.Rest{Until: at(-ago), Span: span} }
	cases := []struct {
		name  string
		last  monitor.Rest
		asked time.Duration
		want  monitor.Rest
	}{
		{"as asked", monitor.Rest{}, 7 * minute, monitor.Rest{Until: at(7 * minute), Span: 7 * minute}},
		{"a day at most", monitor.Rest{}, 99 * hour, monitor.Rest{Until: at(24 * hour), Span: 24 * hour}},
		{"nothing asked", monitor.Rest{}, 0, monitor.Rest{Until: at(5 * minute), Span: 5 * minute}},
		{"doubled soon after", ended(40*minute, 50*minute), 0, monitor.Rest{Until: at(80 * minute), Span: 80 * minute}},
		{"not for ever", ended(20*hour, hour), 0, monitor.Rest{Until: at(24 * hour), Span: 24 * hour}},
		{"forgiven later", ended(40*minute, 61*minute), 0, monitor.Rest{Until: at(5 * minute), Span: 5 * minute}},
		{"asked for while it rests", ended(hour, -30*minute), 7 * minute, ended(hour, -30*minute)},
		{"not asked for while it rests", ended(10*minute, -4*minute), 0, monitor.Rest{Until: at(5 * minute), Span: 5 * minute}},
	}
	for _, c := range cases {
		if got := monitor.NextRest(c.last, c.asked, monday); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}
