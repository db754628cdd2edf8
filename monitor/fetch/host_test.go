package fetch_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"tonewatch/monitor"
	"tonewatch/monitor/fetch"
)

// A host that is too busy is left alone with all that it serves, until the time
// that it named; other hosts are not.
func TestABusyHostIsLeftAlone(t *testing.T) {
	t.Parallel()
	now := monday
	requests := 0
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		requests++
		switch r.URL.Path {
		case "/busy":
			w.Header().Set("Retry-After", "600")
			w.WriteHeader(http.StatusTooManyRequests)
		case "/silent":
			w.WriteHeader(http.StatusTooManyRequests)
		case "/down":
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			_, _ = io.WriteString(w, smallFeed)
		}
	})
	c := client(t, fetch.Options{Now: func() time.Time { return now }})
	ask := func(path string) *monitor.FetchError {
		t.Helper()
		_, err := c.Feed(t.Context(), s.URL+path, monitor.Known{})
		if err == nil {
			return &monitor.FetchError{}
		}
		return failure(t, err)
	}

	if got := ask("/busy"); got.Status != 429 || got.RetryAfter != 10*time.Minute {
		t.Fatalf("got %+v, want a 429 for ten minutes", got)
	}
	now = now.Add(4 * time.Minute)
	want := `fetch "` + s.URL + `/feed": put_off: 127.0.0.1 asked to be left alone until 2026-03-02T00:10:00Z`
	if got := ask("/feed"); got.Kind != monitor.FetchPutOff || got.RetryAfter != 6*time.Minute || got.Error() != want {
		t.Errorf("got %v for %v, want %s", got, got.RetryAfter, want)
	}
	_, err := c.Page(t.Context(), s.URL+"/page")
	if got := failure(t, err); got.Kind != monitor.FetchPutOff {
		t.Errorf("a page: got %v, want it put off", got)
	}
	if requests != 1 {
		t.Errorf("%d requests, want one", requests)
	}
	now = now.Add(6 * time.Minute)
	if got := ask("/feed"); got.Kind != "" {
		t.Errorf("after the rest: %v", got)
	}

	// Where it does not say for how long, the rest doubles.
	for _, want := range []time.Duration{5 * time.Minute, 10 * time.Minute, 20 * time.Minute} {
		now = now.Add(2 * time.Hour) // so that the first is the first again
		if want > 5*time.Minute {
			now = now.Add(-2*time.Hour + want/2)
		}
		if got := ask("/silent"); got.Status != 429 || got.RetryAfter != want {
			t.Errorf("got %v for %v, want a rest of %v", got, got.RetryAfter, want)
		}
	}
	now = now.Add(time.Hour)
	if got := ask("/down"); got.Status != 503 || got.RetryAfter != 0 {
		t.Errorf("got %v for %v, want a 503 for no time", got, got.RetryAfter)
	}
	if got := ask("/feed"); got.Kind != "" {
		t.Errorf("one address that is down takes its host along: %v", got)
	}
}

// brokenRests is a store whose disk is full.
type brokenRests struct{}

var errDisk = errors.New("disk full")

func (brokenRests) Rest(context.Context, string) (monitor.Rest, error) {
	return monitor.Rest{}, errDisk
}

func (brokenRests) SaveRest(context.Context, string, monitor.Rest) error { return errDisk }

func TestAFaultOfOursIsNoFailureOfTheFeed(t *testing.T) {
	t.Parallel()
	s := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("it was asked") })
	_, err := client(t, fetch.Options{Rests: brokenRests{}}).Feed(t.Context(), s.URL, monitor.Known{})
	var classed *monitor.FetchError
	if !errors.Is(err, errDisk) || errors.As(err, &classed) {
		t.Errorf("got %v, want the disk's error as it is", err)
	}
}
