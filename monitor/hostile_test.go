package monitor_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tonewatch/monitor"
	"tonewatch/monitor/fetch"
	"tonewatch/monitor/parse"
	"tonewatch/monitor/store"
)

// Feeds that hang, and feeds that are bombs, keep fifty good ones from nothing:
// these are all polled while the hanging ones still hang.
func TestHostileFeedsHoldUpNobody(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and not about concurrency")
	}
	t.Parallel()
	ctx := context.WithoutCancel(t.Context())
	release := make(chan struct{})
	bomb := zeros(t, 100<<20)
	hang := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "<rss><channel>")
		_ = http.NewResponseController(w).Flush()
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/good/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `<rss><channel><item><guid>%s</guid><title>News</title></item></channel></rss>`, r.URL.Path)
	})
	mux.HandleFunc("/slow/", hang)
	mux.HandleFunc("/bomb/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(bomb)
	})
	mux.HandleFunc("/endless/", func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			_, _ = w.Write(bytes.Repeat([]byte("<a>"), 1000))
		}
	})
	for kind, body := range map[string]string{
		"names": "<rss><channel>" + strings.Repeat(`<x:q xmlns:p="u">`, 100_000),
		"bases": "<rss><channel>" + strings.Repeat(`<x:q xml:base="a/">`, 100_000),
		"open":  "<rss><channel>" + strings.Repeat("<x:q>", 1_500_000),
		"items": "<rss><channel>" + strings.Repeat("<item/>", 1_000_000) + "</channel></rss>",
	} {
		mux.HandleFunc("/"+kind+"/", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
	}
	var feeds []monitor.Feed
	host := 0
	add := func(kind string, hosts, each int) {
		for range hosts {
			host++
			server := serveOn(t, fmt.Sprintf("127.0.1.%d", host), mux)
			for i := range each {
				feeds = append(feeds, monitor.Feed{URL: fmt.Sprintf("%s/%s/%d", server, kind, i), Outlet: kind, Every: "@every 15m"})
			}
		}
	}
	add("slow", 1, 40) // one publisher whose server hangs
	add("slow", 8, 1)
	add("bomb", 2, 2)
	add("endless", 2, 2)
	for _, kind := range []string{"names", "bases", "open", "items"} {
		add(kind, 1, 2)
	}
	add("good", 5, 10) // due with the others, and last

	s, err := store.Open(ctx, store.Options{Path: filepath.Join(t.TempDir(), "h.db"), Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return monday }})
	if err != nil {
		t.Fatal(err)
	}
	c := fetch.New(fetch.Options{Parse: parse.Feed, Decode: parse.Page, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Rests: s, Now: func() time.Time { return monday }, Timeout: time.Hour})
	poller := &monitor.Poller{Store: s, Fetcher: c, Log: slog.New(slog.DiscardHandler)}
	nothing := func(context.Context, monitor.Job) error { return nil }
	if err := s.SyncFeeds(ctx, feeds, monday); err != nil {
		t.Fatal(err)
	}
	if err := s.Start(ctx, store.Steps{Poll: poller.Poll, Read: nothing}); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Stop(ctx); err != nil {
			t.Error(err)
		}
		c.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	defer close(release)

	sweepAll(t, s, monday)
	waitFor(t, func() bool {
		good, refused := 0, 0
		for _, f := range feedsOf(t, s) {
			switch {
			case f.Outlet == "good" && !f.Succeeded.IsZero():
				good++
			case f.Outlet == "slow" && !f.Tried.IsZero():
				t.Fatalf("%s hangs no more: %s", f.URL, f.Problem)
			case f.Outlet != "good" && strings.Contains(f.Problem, string(monitor.FetchTooLarge)):
				refused++
			}
		}
		return good == 50 && refused == 16
	})
}

// zeros is a gzip of so many of them.
func zeros(t *testing.T, n int64) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.CopyN(z, zeroReader{}, n); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) { clear(p); return len(p), nil }
