package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/monitor"
)

// All that a poll leaves behind is there after a restart, and a feed that is
// gone is given out no more, until the operator takes it out and puts it back.
func TestAFeedThatIsGoneStaysAway(t *testing.T) {
	t.Parallel()
	s, path := fresh(t)
	at := monday.Add
	f := theFeed(t, s)
	f.Known = monitor.Known{
		Validators: monitor.Validators{URL: "https://e.org/elsewhere", ETag: `W/"1"`, LastModified: "Mon, 02 Mar 2026 00:00:00 GMT"},
		Fresh:      time.Minute, Cycle: time.Hour, Digest: "d1",
	}
	f.Validated = at(-time.Minute)
	f.Moved = monitor.Moved{To: "https://e.org/elsewhere", Since: at(time.Hour)}
	f.Pace = monitor.Pace{Articles: 3, Since: at(-time.Hour)}
	f.Allowed, f.Next, f.Tried, f.Succeeded, f.Gone = at(2*time.Hour), at(3*time.Hour), at(time.Minute), at(2*time.Minute), at(4*time.Minute)
	f.Failures, f.Problem = 7, "gone"
	_, _, err := s.SavePoll(t.Context(), f, nil)
	must(t, err)
	mustClose(t, s)

	s = mustOpen(t, path)
	defer mustClose(t, s)
	configured := []monitor.Feed{{URL: f.URL, Outlet: f.Outlet, Every: f.Every}}
	must(t, s.SyncFeeds(t.Context(), configured, monday))
	if diff := cmp.Diff(f, theFeed(t, s)); diff != "" {
		t.Errorf("after a restart (-want +got):\n%s", diff)
	}
	sweep := func() (feeds int) {
		t.Helper()
		feeds, err := s.Sweep(t.Context(), at(1000*time.Hour))
		must(t, err)
		return feeds
	}
	sweep() // the actor
	if n := sweep(); n != 0 {
		t.Errorf("%d jobs for a feed that is gone", n)
	}
	must(t, s.SyncFeeds(t.Context(), nil, monday))
	must(t, s.SyncFeeds(t.Context(), configured, monday))
	if got := theFeed(t, s); !got.Gone.IsZero() {
		t.Errorf("still gone since %v, although it was put back", got.Gone)
	}
	if n := sweep(); n != 1 {
		t.Errorf("%d jobs for a feed that was put back, want one", n)
	}
}

// A new schedule counts at once, but not before the publisher's wish.
func TestANewScheduleKeepsThePublishersWish(t *testing.T) {
	t.Parallel()
	s, _ := fresh(t)
	defer mustClose(t, s)
	f := theFeed(t, s) // every 15 minutes
	f.Allowed = monday.Add(2 * time.Hour)
	for _, c := range []struct {
		next  time.Duration
		every string
		want  time.Duration
	}{
		{10 * time.Hour, "@every 5m", 2 * time.Hour},
		{10 * time.Hour, "@every 3h", 3 * time.Hour},
		{4 * time.Hour, "@every 24h", 4 * time.Hour},
		{5 * time.Hour, "@every 24h", 5 * time.Hour}, // unchanged
	} {
		f.Next = monday.Add(c.next)
		_, _, err := s.SavePoll(t.Context(), f, nil)
		must(t, err)
		must(t, s.SyncFeeds(t.Context(), []monitor.Feed{{URL: f.URL, Outlet: f.Outlet, Every: c.every}}, monday))
		if got := theFeed(t, s).Next.Sub(monday); got != c.want {
			t.Errorf("due in %v, now %s: next poll in %v, want %v", c.next, c.every, got, c.want)
		}
	}
}

func TestRestsOutliveARestart(t *testing.T) {
	t.Parallel()
	s, path := fresh(t)
	rest := func(after time.Duration) monitor.Rest { return monitor.Rest{Until: monday.Add(after), Span: after} }
	must(t, s.SaveRest(t.Context(), "a.example", rest(time.Minute)))
	must(t, s.SaveRest(t.Context(), "a.example", rest(time.Hour)))
	must(t, s.SaveRest(t.Context(), "b.example", rest(2*time.Hour)))
	mustClose(t, s)
	s = mustOpen(t, path)
	defer mustClose(t, s)
	expect := func(host string, want monitor.Rest) {
		t.Helper()
		got, err := s.Rest(t.Context(), host)
		must(t, err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", host, diff)
		}
	}
	expect("a.example", rest(time.Hour))
	expect("b.example", rest(2*time.Hour))
	expect("c.example", monitor.Rest{})
	must(t, s.SaveRest(t.Context(), "c.example", rest(49*time.Hour+time.Minute)))
	expect("a.example", monitor.Rest{}) // ended two days before
	expect("b.example", rest(2*time.Hour))
}
