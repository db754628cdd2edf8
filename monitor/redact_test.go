package monitor_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tonewatch/monitor"
	"tonewatch/monitor/fetch"
	"tonewatch/monitor/parse"
	"tonewatch/monitor/store"
)

// A protected feed goes through all that can happen to it, and nothing that is
// logged, kept or returned tells its credentials.
func TestCredentialsOfAFeedAreNotTold(t *testing.T) {
	t.Parallel()
	const secret = "s3cr3tw0rd"
	ctx := t.Context()
	var mu sync.Mutex
	var answer http.HandlerFunc
	asked := 0
	server := serveOn(t, "127.0.5.1", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if user, password, _ := r.BasicAuth(); user == "user" && password == secret {
			asked++
		}
		answer(w, r)
	}))
	address := strings.Replace(server, "http://", "http://user:"+secret+"@", 1)
	feed := monitor.Feed{URL: address + "/feed?token=" + secret + "#" + secret, Outlet: "Example", Every: "@every 15m"}

	var log strings.Builder
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s, err := store.Open(ctx, store.Options{Path: filepath.Join(t.TempDir(), "s.db"), Log: logger, Now: func() time.Time { return monday }})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := s.SyncFeeds(ctx, []monitor.Feed{feed}, monday); err != nil {
		t.Fatal(err)
	}
	now := monday
	c := fetch.New(fetch.Options{
		Parse: parse.Feed, Decode: parse.Page, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Rests: s,
		Now: func() time.Time { return now }, Logger: logger,
	})
	defer c.Close()
	poller := &monitor.Poller{Store: s, Fetcher: c, Log: logger}

	document := func(items string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `<rss version="2.0"><channel><title>Feed</title>`+items)
		}
	}
	moved := func(to string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/feed" {
				http.Redirect(w, r, to, http.StatusMovedPermanently)
				return
			}
			document("</channel></rss>")(w, r)
		}
	}
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	var flood strings.Builder
	for i := range 300 {
		fmt.Fprintf(&flood, "<item><title>%d</title></item>", i)
	}
	there := address + "/there?token=" + secret
	for _, answers := range []http.HandlerFunc{
		document("</channel></rss>"), status(500), document("</channel></rss>"), document("<item><pubDate>soon</pubDate>"),
		document(flood.String()),
		moved("ftp" + strings.TrimPrefix(there, "http")), moved(there), moved(there), moved(there), status(404), status(429), status(410),
	} {
		answer = answers
		if err := poller.Poll(ctx, monitor.Job{Subject: 1, Attempt: 1, Now: now}); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&log, feedsOf(t, s)[0].Problem)
		now = now.Add(48 * time.Hour)
	}

	broken := feed
	broken.Every = "whenever"
	full := errors.New("disk is full")
	for _, p := range []*monitor.Poller{
		{Store: &fakeStore{feed: broken}, Fetcher: fakeWeb{}, Log: logger},
		{Store: &fakeStore{feed: feed}, Fetcher: outcome{err: full}, Log: logger},
		{Store: fullStore{&fakeStore{feed: feed}, full}, Fetcher: fakeWeb{}, Log: logger},
	} {
		err := p.Poll(ctx, monitor.Job{Subject: 1, Attempt: 1, Now: now})
		if err == nil || !strings.HasPrefix(err.Error(), `poll "`+server+`/feed?redacted": `) {
			t.Errorf("error %v does not name the feed", err)
		}
		fmt.Fprintln(&log, err)
	}
	fmt.Fprintln(&log, s.SyncFeeds(ctx, []monitor.Feed{broken}, now))
	for _, mistake := range []string{"http://user:" + secret + "@exa mple/", "gopher" + strings.TrimPrefix(address, "http")} {
		_, err := c.Feed(ctx, mistake, monitor.Known{})
		fmt.Fprintln(&log, err)
	}

	if asked < 12 {
		t.Errorf("the credentials were sent %d times, want it at every poll", asked)
	}
	for _, want := range []string{"feed failed", "feed recovered", "feed is flawed", "shows too much", "moved for good", "back to its configured", "gone for good", "feed=" + server + "/feed?redacted#1 ", "redirect to ftp"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log does not say %q", want)
		}
	}
	for line := range strings.Lines(log.String()) {
		if strings.Contains(line, secret) {
			t.Errorf("told: %s", line)
		}
	}
	if t.Failed() {
		t.Log(log.String())
	}
}

// fullStore keeps no poll.
type fullStore struct {
	*fakeStore
	err error
}

func (s fullStore) SavePoll(context.Context, monitor.Feed, []monitor.Article) (fresh, unread int, _ error) {
	return 0, 0, s.err
}
