package monitor_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"tonewatch/monitor"
)

// follower polls one feed again and again, and remembers what was asked.
type follower struct {
	t     *testing.T
	store *fakeStore
	asked []string
	log   strings.Builder
}

func newFollower(t *testing.T, f monitor.Feed) *follower {
	return &follower{t: t, store: &fakeStore{feed: f}}
}

// outcome is what one poll meets.
type outcome struct {
	fetched monitor.Fetched
	err     error
}

func (o outcome) Feed(context.Context, string, monitor.Known) (monitor.Fetched, error) {
	return o.fetched, o.err
}

// asks notes the address before it answers.
type asks struct {
	outcome
	note func(url string)
}

func (a asks) Feed(ctx context.Context, url string, k monitor.Known) (monitor.Fetched, error) {
	a.note(url)
	return a.outcome.Feed(ctx, url, k)
}

// poll polls at a time and returns the feed as it was saved.
func (f *follower) poll(at time.Time, o outcome) monitor.Feed {
	f.t.Helper()
	p := &monitor.Poller{
		Store: f.store, Log: slog.New(slog.NewTextHandler(&f.log, nil)),
		Fetcher: asks{o, func(url string) { f.asked = append(f.asked, url) }},
	}
	if err := p.Poll(f.t.Context(), monitor.Job{Subject: 1, Attempt: 1, Now: at}); err != nil {
		f.t.Fatal(err)
	}
	f.store.feed = f.store.polled
	return f.store.polled
}

func status(code int, kind monitor.FetchKind) outcome {
	return outcome{err: &monitor.FetchError{URL: feedURL, Kind: kind, Status: code, Err: fmt.Errorf("HTTP status %d", code)}}
}

// A permanent redirect is followed at once and believed after three days without
// a change; where it fails, the operator's address is asked again.
func TestPollFollowsAMove(t *testing.T) {
	t.Parallel()
	const there, elsewhere = "https://new.example/feed", "https://other.example/feed"
	to := func(address string) outcome { return outcome{fetched: monitor.Fetched{MovedTo: address}} }
	const day = 24 * time.Hour
	at := monday.Add

	f := newFollower(t, monitor.Feed{ID: 1, URL: feedURL, Every: "@every 15m"})
	f.poll(at(0), to(there))
	f.poll(at(2*day), to("")) // it was a slip
	f.poll(at(3*day), to(there))
	f.poll(at(5*day), to(elsewhere)) // the clock starts again
	if got := f.poll(at(7*day), to(elsewhere)); got.Moved.To != elsewhere || !got.Moved.Since.Equal(at(5*day)) {
		t.Fatalf("moved = %+v, want to %s since day 5", got.Moved, elsewhere)
	}
	for _, asked := range f.asked {
		if asked != feedURL {
			t.Errorf("asked %s before the move had settled", asked)
		}
	}
	if f.log.Len() > 0 {
		t.Errorf("log before the move had settled: %s", f.log.String())
	}
	f.poll(at(8*day), to(""))
	f.poll(at(8*day+time.Hour), to(""))
	for _, asked := range f.asked[len(f.asked)-2:] {
		if asked != elsewhere {
			t.Errorf("asked %s, want %s", asked, elsewhere)
		}
	}
	if n := strings.Count(f.log.String(), "moved for good"); n != 1 {
		t.Errorf("the operator was told %d times, want once: %s", n, f.log.String())
	}
	f.poll(at(9*day), outcome{err: &monitor.FetchError{URL: elsewhere, Kind: monitor.FetchTimeout, Temporary: true, Err: errors.New("slow")}})
	if got := f.store.feed.Address(at(9 * day)); got != elsewhere {
		t.Errorf("one bad minute sent us back to %s", got)
	}
	f.poll(at(10*day), status(410, monitor.FetchGone))
	if f.store.feed.Address(at(10*day)) != feedURL || !f.store.feed.Gone.IsZero() {
		t.Errorf("feed = %+v, want another try at the configured address", f.store.feed)
	}
}

// What cannot be asked conditionally is asked once an hour at most; validators
// that a server leaves out of an answer are sent on for a day.
func TestPollSparesWhoGivesNoValidators(t *testing.T) {
	t.Parallel()
	const address = "https://example.org/there"
	gives := func(from, tag string) outcome {
		known := monitor.Known{Validators: monitor.Validators{URL: from, ETag: tag}}
		return outcome{fetched: monitor.Fetched{Known: known}}
	}
	const quarter, hour = 15 * time.Minute, time.Hour
	steps := []struct {
		name string
		at   time.Duration
		outcome
		tag  string
		wait time.Duration
	}{
		{"a page instead", 0, outcome{err: &monitor.FetchError{Kind: monitor.FetchNotAFeed, Err: errors.New("a page")}}, "", hour},
		{"no answer", hour, outcome{err: &monitor.FetchError{Kind: monitor.FetchTimeout, Err: errors.New("slow")}}, "", 2 * quarter},
		{"none", 2 * hour, gives(address, ""), "", hour},
		{"some", 3 * hour, gives(address, "1"), "1", quarter},
		{"left out", 4 * hour, gives(address, ""), "1", quarter},
		{"left out for a day", 26 * hour, gives(address, ""), "1", quarter},
		{"and longer", 27 * hour, gives(address, ""), "", hour},
		{"again", 28 * hour, gives(address, "2"), "2", quarter},
		{"a page with validators", 29 * hour, outcome{err: &monitor.FetchError{Kind: monitor.FetchNotAFeed, Err: errors.New("a page")}}, "2", quarter},
		{"elsewhere", 30 * hour, gives(address+"/2", "3"), "3", hour},
		{"elsewhere, and none", 31 * hour, gives(address+"/3", ""), "", hour},
	}
	f := newFollower(t, monitor.Feed{ID: 1, URL: feedURL, Every: "@every 15m"})
	for _, step := range steps {
		got := f.poll(monday.Add(step.at), step.outcome)
		wait := got.Next.Sub(monday.Add(step.at))
		if got.Validators.ETag != step.tag || wait < step.wait || wait > step.wait+time.Minute {
			t.Errorf("%s: tag %q, next poll in %v; want tag %q, %v", step.name, got.Validators.ETag, wait, step.tag, step.wait)
		}
	}
}

func TestPollOfAFeedThatIsGone(t *testing.T) {
	t.Parallel()
	f := newFollower(t, monitor.Feed{ID: 1, URL: feedURL, Every: "@every 15m"})
	if got := f.poll(monday, status(404, monitor.FetchStatus)); !got.Gone.IsZero() || got.Failures != 1 {
		t.Errorf("after a 404: %+v, want a failure that may pass", got)
	}
	got := f.poll(monday.Add(time.Hour), status(410, monitor.FetchGone))
	if !got.Gone.Equal(monday.Add(time.Hour)) || got.Problem == "" {
		t.Errorf("after a 410: %+v, want it gone", got)
	}
	if !strings.Contains(f.log.String(), "gone for good") {
		t.Errorf("the log does not tell: %s", f.log.String())
	}
}

func TestPollThatIsPutOffIsNoFailure(t *testing.T) {
	t.Parallel()
	before := monitor.Feed{ID: 1, URL: feedURL, Every: "@every 15m", Failures: 2, Problem: "slow", Tried: monday.Add(-time.Hour)}
	f := newFollower(t, before)
	got := f.poll(monday, outcome{err: &monitor.FetchError{Kind: monitor.FetchPutOff, RetryAfter: time.Minute, Err: errors.New("later")}})
	if wait := got.Next.Sub(monday); wait < time.Minute || wait > 2*time.Minute {
		t.Errorf("put off by %v, want a minute or two", wait)
	}
	got.Next = before.Next
	if got != before {
		t.Errorf("feed = %+v, want only its next poll changed from %+v", got, before)
	}
}

func TestPollLearnsThePace(t *testing.T) {
	t.Parallel()
	items := make([]monitor.Item, 12)
	for i := range items {
		items[i] = monitor.Item{ID: fmt.Sprint(i), Published: monday.Add(-time.Duration(i+1) * time.Hour)}
	}
	f := newFollower(t, monitor.Feed{ID: 1, URL: feedURL, Every: "@every 15m", Adaptive: true})
	got := f.poll(monday, outcome{fetched: monitor.Fetched{Document: monitor.Document{Items: items}}})
	if want := (monitor.Pace{Articles: 10, Since: monday.Add(-10 * time.Hour)}); got.Pace != want {
		t.Errorf("pace = %+v, want %+v", got.Pace, want)
	}
	// Nothing comes for two days: the gap grows by itself.
	at := monday.Add(48 * time.Hour)
	got = f.poll(at, outcome{fetched: monitor.Fetched{Unchanged: true}})
	if wait, want := got.Next.Sub(at), 58*time.Hour/10/4; wait < want || wait > want+time.Minute {
		t.Errorf("next poll in %v, want %v", wait, want)
	}
}

func TestPollWithAFaultOfOurs(t *testing.T) {
	t.Parallel()
	store := &fakeStore{feed: monitor.Feed{ID: 1, URL: feedURL, Every: "@every 15m"}}
	p := &monitor.Poller{Store: store, Fetcher: outcome{err: errors.New("disk full")}, Log: slog.New(slog.DiscardHandler)}
	err := p.Poll(t.Context(), monitor.Job{Subject: 1, Attempt: 1, Now: monday})
	if want := `poll "` + feedURL + `": disk full`; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	if store.polled.ID != 0 {
		t.Errorf("the feed was blamed: %+v", store.polled)
	}
}
