package web_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/cmd/tonewatch/internal/web"
	"tonewatch/monitor"
)

// report asks a server for its health and reads it.
func report(t *testing.T, s *web.Server) web.Report {
	t.Helper()
	var r web.Report
	if err := json.Unmarshal(get(t, s, "/health").Body.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// lines are the findings of a key as a person reads them.
func lines(r web.Report, keys ...string) []string {
	var list []string
	for _, key := range keys {
		for _, f := range r.Checks[key] {
			f.Key = key
			list = append(list, f.String())
		}
	}
	return list
}

func TestChecks(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		status monitor.Status
		keys   []string
		want   []string
	}{
		{
			"a backlog of a thousand", monitor.Status{Unread: 1000}, []string{"articles:unread"},
			[]string{"articles:unread: pass"},
		},
		{
			"a backlog of more", monitor.Status{Unread: 1001}, []string{"articles:unread"},
			[]string{"articles:unread: warn: 1001 articles not yet read, more than 1000: if the number does not fall, poll fewer feeds or less often"},
		},
		{
			"a queue that moves", monitor.Status{Waiting: 9, Oldest: ago(15 * time.Minute)}, []string{"jobs:waiting"},
			[]string{"jobs:waiting: pass"},
		},
		{
			"a queue that is slow", monitor.Status{Waiting: 1, Oldest: ago(15*time.Minute + time.Second)}, []string{"jobs:waiting"},
			[]string{"jobs:waiting: warn: 1 job waiting, the oldest for 15 min: the work is more than this machine does, or a job is stuck"},
		},
		{
			"a queue that is stuck", monitor.Status{Waiting: 9, Oldest: ago(3 * time.Hour)}, []string{"jobs:waiting"},
			[]string{"jobs:waiting: fail: 9 jobs waiting, the oldest for 3 h: the work is more than this machine does, or a job is stuck"},
		},
		{
			"a job from the future", monitor.Status{Waiting: 1, Oldest: noon.Add(time.Hour)}, []string{"jobs:waiting"},
			[]string{"jobs:waiting: pass"},
		},
		{
			"jobs that will be tried again", monitor.Status{Failing: 2, Problem: "read \"x\": timeout"}, []string{"jobs:failed"},
			[]string{"jobs:failed: pass: 2 jobs failed and will be tried again: read \"x\": timeout"},
		},
		{
			"jobs given up", monitor.Status{Failing: 2, Failed: 1, Problem: "read \"x\": timeout"}, []string{"jobs:failed"},
			[]string{"jobs:failed: warn: 1 job given up: read \"x\": timeout"},
		},
		{
			"an outbox on its way", monitor.Status{Outbox: monitor.Outbox{Unsent: 1, Oldest: ago(2 * time.Minute)}}, []string{"outbox:unsent", "outbox:dead"},
			[]string{"outbox:unsent: pass", "outbox:dead: pass"},
		},
		{
			"an outbox whose first try failed",
			monitor.Status{Outbox: monitor.Outbox{Unsent: 1, Oldest: ago(30 * time.Second), Problem: "slack: rate limited"}}, []string{"outbox:unsent"},
			[]string{"outbox:unsent: pass: 1 message unsent, the oldest for 30 s: slack: rate limited"},
		},
		{
			"an outbox that is late",
			monitor.Status{Outbox: monitor.Outbox{Unsent: 2, Oldest: ago(3 * time.Minute), Problem: "slack: rate limited"}}, []string{"outbox:unsent"},
			[]string{"outbox:unsent: warn: 2 messages unsent, the oldest for 3 min: slack: rate limited"},
		},
		{
			"an outbox that nobody empties",
			monitor.Status{Outbox: monitor.Outbox{Unsent: 2, Oldest: ago(11 * time.Minute)}}, []string{"outbox:unsent"},
			[]string{"outbox:unsent: fail: 2 messages unsent, the oldest for 11 min"},
		},
		{
			"a message given up", monitor.Status{Outbox: monitor.Outbox{Dead: 1, Problem: "slack: channel_not_found"}}, []string{"outbox:unsent", "outbox:dead"},
			[]string{"outbox:unsent: pass", "outbox:dead: warn: 1 message given up until a restart: slack: channel_not_found"},
		},
		{
			"an error of many lines", monitor.Status{Failed: 1, Problem: "first\nsecond\x1b[31m\xff"}, []string{"jobs:failed"},
			[]string{"jobs:failed: warn: 1 job given up: first second [31m\uFFFD"},
		},
		{
			"an error without end", monitor.Status{Failed: 1, Problem: strings.Repeat("é", 4000)}, []string{"jobs:failed"},
			[]string{"jobs:failed: warn: 1 job given up: " + strings.Repeat("é", 250) + "..."},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := lines(report(t, refreshed(t, web.Options{}, tt.status)), tt.keys...)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestFeeds(t *testing.T) {
	t.Parallel()
	const (
		url    = "https://a.example/feed"
		mend   = "; if this lasts, correct the feed's address in the configuration or take it out"
		monday = 5 * 24 * time.Hour // after noon, a Wednesday
	)
	tests := []struct {
		name string
		feed monitor.Feed // of one; its address is filled in
		at   time.Duration
		want string // its verdict and output; empty: not listed
	}{
		{"fresh", monitor.Feed{Every: "@every 15m", Succeeded: ago(time.Minute)}, 0, ""},
		{"not polled yet", monitor.Feed{Every: "@every 15m"}, 0, ""},
		{"not polled yet, due soon ago", monitor.Feed{Every: "@every 15m", Next: ago(30 * time.Minute)}, 0, ""},
		{
			"not polled yet, due long ago",
			monitor.Feed{Every: "@every 15m", Next: ago(90 * time.Minute)}, 0,
			"warn: never succeeded, not polled although due for 90 min; see jobs:waiting",
		},
		{
			"failing for less than an hour",
			monitor.Feed{Every: "@every 15m", Succeeded: ago(time.Hour), Failures: 4, Problem: "timeout"}, 0,
			"pass: last success 60 min ago, 4 failures: timeout",
		},
		{
			"failing for more than an hour",
			monitor.Feed{Every: "@every 15m", Succeeded: ago(61 * time.Minute), Failures: 1, Next: noon.Add(5 * time.Minute), Problem: "timeout"}, 0,
			"warn: last success 61 min ago, 1 failure, next try in 5 min: timeout" + mend,
		},
		{
			"failing, two polls late",
			monitor.Feed{Every: "@every 4h", Succeeded: ago(11 * time.Hour), Failures: 2, Problem: "410"}, 0,
			"pass: last success 11 h ago, 2 failures: 410",
		},
		{
			"failing, three polls late",
			monitor.Feed{Every: "@every 4h", Succeeded: ago(12*time.Hour + time.Second), Failures: 3, Problem: "410"}, 0,
			"warn: last success 12 h ago, 3 failures: 410" + mend,
		},
		{
			"critical and stale",
			monitor.Feed{Every: "@every 15m", Succeeded: ago(50 * time.Hour), Failures: 9, Critical: true, Problem: "dns"}, 0,
			"fail: last success 2 days ago, 9 failures: dns" + mend,
		},
		{
			"never anything but a failure",
			monitor.Feed{Every: "@every 15m", Failures: 1, Problem: "not_a_feed: looks like a web page"}, 0,
			"warn: never succeeded, 1 failure: not_a_feed: looks like a web page" + mend,
		},
		{
			"of workdays, over a weekend", // due Thursday and Friday at nine
			monitor.Feed{Every: "0 9 * * 1-5", Succeeded: ago(3 * time.Hour), Failures: 2, Problem: "timeout"}, monday - 4*time.Hour,
			"pass: last success 4 days ago, 2 failures: timeout",
		},
		{
			"of workdays, and Monday passed too",
			monitor.Feed{Every: "0 9 * * 1-5", Succeeded: ago(3 * time.Hour), Failures: 3, Problem: "timeout"}, monday,
			"warn: last success 5 days ago, 3 failures: timeout" + mend,
		},
		{
			"gone for good", monitor.Feed{Every: "@every 15m", Succeeded: ago(3 * time.Hour), Gone: ago(2 * time.Hour), Failures: 1, Problem: "410"}, 0,
			"warn: gone for 2 h and polled no more: take it out of the configuration, or correct its address: 410",
		},
		{
			"gone for good, and critical", monitor.Feed{Every: "@every 15m", Succeeded: ago(30 * time.Minute), Gone: ago(20 * time.Minute), Critical: true, Failures: 1, Problem: "410"}, 0,
			"fail: gone for 20 min and polled no more: take it out of the configuration, or correct its address: 410",
		},
		{"resting at its publisher's wish", monitor.Feed{Every: "@every 15m", Succeeded: ago(10 * time.Hour), Next: noon.Add(2 * time.Hour)}, 0, ""},
		{
			"not polled after its rest",
			monitor.Feed{Every: "@every 15m", Succeeded: ago(10 * time.Hour), Next: ago(40 * time.Minute)}, 0,
			"warn: last success 10 h ago, not polled although due for 40 min; see jobs:waiting",
		},
		{
			"sound in part", monitor.Feed{Every: "@every 15m", Succeeded: ago(time.Minute), Problem: "feed is broken; its sound part was used"}, 0,
			"pass: feed is broken; its sound part was used",
		},
		{
			"without a schedule", monitor.Feed{Every: "hourly", Succeeded: ago(2 * time.Hour)}, 0,
			"warn: schedule \"hourly\": expected exactly 5 fields, found 1: [hourly]; correct the feed's schedule in the configuration",
		},
		{"succeeded in the future", monitor.Feed{Every: "@every 15m", Succeeded: noon.Add(time.Hour)}, 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.feed.URL = url
			c := newClock()
			c.advance(tt.at)
			s := web.New(web.Options{Now: c.now, Status: gives(monitor.Status{Feeds: []monitor.Feed{tt.feed}})})
			if err := s.Refresh(t.Context(), c.now()); err != nil {
				t.Fatal(err)
			}
			var want []string
			if tt.want != "" {
				want = []string{"feed:age " + url + ": " + tt.want}
			}
			if diff := cmp.Diff(want, lines(report(t, s), "feed:age")); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestStaleShare(t *testing.T) {
	t.Parallel()
	const network = "; if their errors are alike, look at this machine's network"
	tests := []struct {
		stale, fresh int
		want         string
		listed       int
	}{
		{0, 0, "feeds:stale: pass", 0},
		{0, 3, "feeds:stale: pass", 0},
		{1, 1, "feeds:stale: warn: 1 of 2 feeds stale", 1},
		{2, 1, "feeds:stale: fail: 2 of 3 feeds stale" + network, 2},
		{1, 0, "feeds:stale: fail: 1 of 1 feed stale" + network, 1},
		{10_000, 0, "feeds:stale: fail: 10000 of 10000 feeds stale" + network + "; feed:age lists 100 of 10000 in trouble", 100},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%d stale, %d fresh", tt.stale, tt.fresh), func(t *testing.T) {
			t.Parallel()
			var st monitor.Status
			for i := range tt.fresh + tt.stale {
				feed := monitor.Feed{URL: fmt.Sprintf("https://a.example/%d", i), Every: "@hourly", Succeeded: noon}
				if i >= tt.fresh {
					feed.Succeeded, feed.Failures = ago(time.Duration(i+9)*time.Hour), 1
					feed.Problem = strings.Repeat("\x00<", 1000)
				}
				st.Feeds = append(st.Feeds, feed)
			}
			s := refreshed(t, web.Options{}, st)
			r := report(t, s)
			if diff := cmp.Diff([]string{tt.want}, lines(r, "feeds:stale")); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if got := len(r.Checks["feed:age"]); got != tt.listed {
				t.Errorf("%d feeds listed, want %d", got, tt.listed)
			}
			if got := get(t, s, "/health").Body.Len(); got > 200_000 {
				t.Errorf("a report of %d bytes", got)
			}
		})
	}

	t.Run("the worst come first", func(t *testing.T) {
		t.Parallel()
		feed := func(name string, critical bool, succeeded time.Time, failures int) monitor.Feed {
			return monitor.Feed{URL: name, Every: "@hourly", Critical: critical, Succeeded: succeeded, Failures: failures, Problem: "x"}
		}
		r := report(t, refreshed(t, web.Options{}, monitor.Status{Feeds: []monitor.Feed{
			feed("young", false, ago(time.Minute), 1),
			feed("old", false, ago(9*time.Hour), 1),
			feed("older", false, ago(99*time.Hour), 1),
			feed("never", false, time.Time{}, 1),
			feed("critical", true, ago(9*time.Hour), 1),
		}}))
		var got []string
		for _, f := range r.Checks["feed:age"] {
			got = append(got, f.ComponentID)
		}
		if want := []string{"critical", "never", "older", "old", "young"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestReceivers(t *testing.T) {
	t.Parallel()
	bad := errors.New("invalid_auth: put a valid bot token")
	tests := []struct {
		name      string
		receivers map[string]error
		want      []string
	}{
		{"none", nil, nil},
		{"all well", map[string]error{"console": nil}, []string{"receiver:usable console: pass"}},
		{
			"one of two", map[string]error{"slack:#b": bad, "slack:#a": nil},
			[]string{"receiver:usable slack:#a: pass", "receiver:usable slack:#b: warn: invalid_auth: put a valid bot token"},
		},
		{
			"every one", map[string]error{"slack:#b": bad, "slack:#a": bad},
			[]string{"receiver:usable slack:#a: fail: invalid_auth: put a valid bot token", "receiver:usable slack:#b: fail: invalid_auth: put a valid bot token"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := refreshed(t, web.Options{Receivers: func() map[string]error { return tt.receivers }}, monitor.Status{})
			if diff := cmp.Diff(tt.want, lines(report(t, s), "receiver:usable")); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestSlowStore(t *testing.T) {
	t.Parallel()
	for took, want := range map[time.Duration]string{
		time.Second:             "store:responseTime: pass",
		1200 * time.Millisecond: "store:responseTime: warn: a snapshot took 1200 ms, more than 1000 ms: the database or its disk is slow",
	} {
		t.Run(took.String(), func(t *testing.T) {
			t.Parallel()
			c := newClock()
			s := web.New(web.Options{Now: c.now, Status: slow(c, took)})
			if err := s.Refresh(t.Context(), noon); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{want}, lines(report(t, s), "store:responseTime")); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if got := get(t, s, "/readyz").Code; got != 200 {
				t.Errorf("readyz %d: slow is not unready", got)
			}
		})
	}
}
