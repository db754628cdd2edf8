package web_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/cmd/tonewatch/internal/web"
	"tonewatch/monitor"
)

// well is a status without a worry.
func well() monitor.Status {
	return monitor.Status{
		At: noon,
		Feeds: []monitor.Feed{
			{ID: 1, URL: "https://feeds.example.org/world.xml", Every: "@every 15m", Tried: ago(5 * time.Minute), Succeeded: ago(5 * time.Minute), Next: noon.Add(10 * time.Minute)},
			{ID: 2, URL: "https://desk:hunter2@news.example.net/rss?token=hunter2", Every: "0 9 * * *", Tried: ago(3 * time.Hour), Succeeded: ago(3 * time.Hour), Next: noon.Add(21 * time.Hour)},
		},
		Actors:   []monitor.ActorStatus{{Actor: "North Korea"}},
		Articles: 1200, Unread: 3, Stories: 900, Readings: 1500,
		Waiting: 3, Oldest: ago(4 * time.Second),
		Outbox: monitor.Outbox{Told: 7},
	}
}

// troubled has something of everything.
func troubled() monitor.Status {
	st := well()
	st.Feeds = append(st.Feeds,
		monitor.Feed{
			ID: 3, URL: "https://gone.example.com/feed", Every: "@every 1h", Critical: true,
			Tried: ago(30 * time.Minute), Succeeded: ago(26 * time.Hour), Next: noon.Add(150 * time.Minute), Failures: 5,
			Problem: `fetch "https://gone.example.com/feed": gone: the server says 410`,
		},
		monitor.Feed{
			ID: 4, URL: "https://new.example.com/?key=hunter2", Every: "@every 15m",
			Tried: ago(time.Minute), Next: noon.Add(14 * time.Minute), Failures: 1,
			Problem: `fetch "https://new.example.com/?key=hunter2": not_a_feed: looks like a web page; give the address of its RSS/Atom feed`,
		},
		monitor.Feed{
			ID: 5, URL: "https://flaky.example.com/atom", Every: "@every 15m",
			Tried: ago(time.Minute), Succeeded: ago(16 * time.Minute), Next: noon.Add(14 * time.Minute), Failures: 1,
			Problem: `fetch "https://flaky.example.com/atom": timeout: no answer in 20 s`,
		})
	st.Actors = []monitor.ActorStatus{
		{Actor: "North Korea", Open: []monitor.Episode{
			{Rule: "sharp turn", Voice: "any", Phase: monitor.Firing},
			{Rule: "sharp turn", Voice: "", Phase: monitor.Easing},
			{Rule: "low", Voice: "any", Phase: monitor.Pending},
		}},
		{Actor: "Kim Jong Un", Open: []monitor.Episode{{Rule: "sharp turn", Voice: "any", Phase: monitor.Firing}}},
	}
	st.Unread, st.Waiting, st.Oldest = 1001, 1204, ago(20*time.Minute)
	st.Failing, st.Failed, st.Problem = 2, 1, `read "https://a.example.org/x?sid=hunter2": extract: no text`
	st.Outbox = monitor.Outbox{Told: 7, Unsent: 2, Oldest: ago(11 * time.Minute), Problem: "slack: invalid_auth: put a valid bot token", Dead: 1}
	return st
}

func TestHealth(t *testing.T) {
	t.Parallel()
	refused := errors.New(`open "postgres://tonewatch:hunter2@db.internal/tw": connection refused`)
	down := func(context.Context) (monitor.Status, error) { return monitor.Status{}, refused }
	receivers := func() map[string]error {
		return map[string]error{
			"console":           nil,
			"slack:#desk-korea": errors.New("not_in_channel: invite the bot with /invite @tonewatch"),
		}
	}
	tests := []struct {
		name         string
		stores       []store // one a refresh
		receivers    func() map[string]error
		code, strict int
	}{
		{"starting", nil, nil, 503, 503},
		{"never-stored", []store{down}, nil, 503, 503},
		{"well", []store{gives(well())}, nil, 200, 200},
		{"warned", []store{gives(well())}, receivers, 200, 503},
		{"troubled", []store{gives(well()), gives(troubled())}, receivers, 503, 503},
		{"store-down", []store{gives(well()), down}, nil, 503, 503},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var current store
			s := web.New(web.Options{
				Version: "0.1.0", Now: newClock().now, Receivers: tt.receivers,
				Status: func(ctx context.Context) (monitor.Status, error) { return current(ctx) },
			})
			for _, current = range tt.stores {
				_, want := current(t.Context())
				if got := s.Refresh(t.Context(), noon); !errors.Is(got, want) {
					t.Fatalf("refresh: %v, want %v", got, want)
				}
			}
			rec := get(t, s, "/health")
			if rec.Code != tt.code {
				t.Errorf("code %d, want %d", rec.Code, tt.code)
			}
			if got, want := rec.Header().Get("Content-Type"), "application/health+json"; got != want {
				t.Errorf("content type %q, want %q", got, want)
			}
			golden(t, "health-"+tt.name+".json", rec.Body.String())
			if strings.Contains(rec.Body.String(), "hunter2") {
				t.Error("the report holds a secret")
			}
			for target, want := range map[string]int{"/health?strict=1": tt.strict, "/health?strict=0": tt.code} {
				strict := get(t, s, target)
				if strict.Code != want {
					t.Errorf("%s: code %d, want %d", target, strict.Code, want)
				}
				if diff := cmp.Diff(rec.Body.String(), strict.Body.String()); diff != "" {
					t.Errorf("%s says otherwise (-plain +strict):\n%s", target, diff)
				}
			}
		})
	}

	t.Run("strict that is neither yes nor no", func(t *testing.T) {
		t.Parallel()
		rec := get(t, refreshed(t, web.Options{}, well()), "/health?strict=maybe")
		if got, want := rec.Body.String(), "strict=\"maybe\": want 1 or 0\n"; rec.Code != 400 || got != want {
			t.Errorf("code %d, body %q; want 400, %q", rec.Code, got, want)
		}
	})
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	s := refreshed(t, web.Options{}, well())
	served := []string{"/", "/livez", "/-/healthy", "/readyz", "/-/ready", "/health", "/metrics"}

	for _, path := range served {
		t.Run("GET and HEAD of "+path, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(s.Handler())
			defer srv.Close()
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				req, err := http.NewRequestWithContext(t.Context(), method, srv.URL+path, nil)
				if err != nil {
					t.Fatal(err)
				}
				resp, err := srv.Client().Do(req)
				if err != nil {
					t.Fatal(err)
				}
				body, err := io.ReadAll(resp.Body)
				if err != nil {
					t.Fatal(err)
				}
				_ = resp.Body.Close()
				if resp.StatusCode != http.StatusOK || (len(body) > 0) != (method == http.MethodGet) {
					t.Errorf("%s: code %d, %d bytes", method, resp.StatusCode, len(body))
				}
				if got := resp.Header.Get("Cache-Control"); got != "no-store" {
					t.Errorf("%s: Cache-Control %q, want no-store", method, got)
				}
			}
		})
		for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions, http.MethodPatch} {
			t.Run(method+" of "+path, func(t *testing.T) {
				t.Parallel()
				rec := request(t, s, method, path)
				if got, want := rec.Header().Get("Allow"), "GET, HEAD"; rec.Code != 405 || got != want {
					t.Errorf("code %d, Allow %q; want 405, %q", rec.Code, got, want)
				}
			})
		}
	}
	for _, path := range []string{"//livez", "/./livez", "/x/../livez", "/livez/", "/health/", "/-", "/-/", "/metrics/..", "/favicon.ico"} {
		t.Run("nothing at "+path, func(t *testing.T) {
			t.Parallel()
			if rec := get(t, s, path); rec.Code != 404 {
				t.Errorf("code %d to %q, want 404", rec.Code, rec.Header().Get("Location"))
			}
		})
	}
	t.Run("the index names the others", func(t *testing.T) {
		t.Parallel()
		body := get(t, s, "/").Body.String()
		for _, path := range served[1:] {
			if !strings.Contains(body, path) {
				t.Errorf("%s is not named in\n%s", path, body)
			}
		}
	})
}

func TestNewHTTPServer(t *testing.T) {
	t.Parallel()
	srv := httptest.NewUnstartedServer(nil)
	srv.Config = web.NewHTTPServer(web.New(web.Options{}).Handler())
	srv.Start()
	defer srv.Close()
	for size, want := range map[int]int{1 << 10: 200, 64 << 10: 431} {
		t.Run(fmt.Sprintf("header of %d bytes", size), func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+"/livez", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("X-Long", strings.Repeat("x", size))
			resp, err := srv.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if resp.StatusCode != want {
				t.Errorf("code %d, want %d", resp.StatusCode, want)
			}
		})
	}
	for name, limit := range map[string]time.Duration{
		"read header": srv.Config.ReadHeaderTimeout, "read": srv.Config.ReadTimeout,
		"write": srv.Config.WriteTimeout, "idle": srv.Config.IdleTimeout,
	} {
		if limit <= 0 || limit > time.Minute {
			t.Errorf("%s timeout %v, want one up to a minute", name, limit)
		}
	}
}
