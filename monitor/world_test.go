package monitor_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"tonewatch/monitor"
	"tonewatch/monitor/store"
)

// serveOn serves on a loopback address, which is a host of its own to a courteous
// client, and returns its URL.
func serveOn(t testing.TB, address string, h http.Handler) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", net.JoinHostPort(address, "0"))
	if err != nil {
		t.Skipf("this system has one loopback address only: %v", err)
	}
	s := httptest.NewUnstartedServer(h)
	s.Listener = l
	s.Start()
	t.Cleanup(s.Close)
	return s.URL
}

// sweepAll gives out all that is due.
func sweepAll(t testing.TB, s *store.Store, now time.Time) {
	t.Helper()
	for {
		made, err := s.Sweep(t.Context(), now)
		if err != nil {
			t.Fatal(err)
		}
		if made == 0 {
			return
		}
	}
}

func feedsOf(t testing.TB, s *store.Store) []monitor.Feed {
	t.Helper()
	feeds, err := s.Feeds(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return feeds
}

// waitFor waits until something is so, or fails.
func waitFor(t testing.TB, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(8 * time.Minute); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("not within eight minutes, which only what hangs takes")
		}
	}
}
