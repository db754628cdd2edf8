package monitor_test

import (
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

func TestNextPoll(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 10, 7, 0, 0, time.UTC)
	cases := []struct {
		name     string
		spec     string
		failures int
		wait     time.Duration
		earliest time.Duration
		latest   time.Duration
	}{
		{"by its interval", "@every 15m", 0, 0, 15 * time.Minute, 16 * time.Minute},
		{"by the clock", "0 12 * * *", 0, 0, 113 * time.Minute, 114 * time.Minute},
		{"one failure is forgiven", "@every 15m", 1, 0, 15 * time.Minute, 16 * time.Minute},
		{"failures double the pause", "@every 15m", 3, 0, time.Hour, time.Hour + time.Minute},
		{"a dead feed is asked once a day", "@every 15m", 500, 0, 24 * time.Hour, 24*time.Hour + time.Minute},
		{"the publisher's wish counts", "@every 15m", 0, 2 * time.Hour, 2 * time.Hour, 2*time.Hour + time.Minute},
		{"but not beyond a day", "@every 15m", 0, 900 * time.Hour, 24 * time.Hour, 24*time.Hour + time.Minute},
		{"a slow schedule stays slow when failing", "@every 48h", 4, 0, 48 * time.Hour, 48*time.Hour + time.Minute},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, err := monitor.ParseSchedule(c.spec)
			if err != nil {
				t.Fatal(err)
			}
			got := monitor.NextPoll(s, monitor.Feed{URL: "https://example.org/feed", Failures: c.failures}, now, c.wait).Sub(now)
			if got < c.earliest || got > c.latest {
				t.Errorf("next poll in %v, want between %v and %v", got, c.earliest, c.latest)
			}
		})
	}
}

func TestNextPollSpreadsFeeds(t *testing.T) {
	t.Parallel()
	s, err := monitor.ParseSchedule("@hourly")
	if err != nil {
		t.Fatal(err)
	}
	seconds := make(map[int]int)
	for i := range 1000 {
		next := monitor.NextPoll(s, monitor.Feed{URL: "https://example.org/" + string(rune('a'+i%26)) + time.Duration(i).String()}, monday, 0)
		seconds[next.Second()]++
	}
	for second, n := range seconds {
		if n > 60 {
			t.Errorf("%d of 1000 hourly feeds are due in second %d", n, second)
		}
	}
}
