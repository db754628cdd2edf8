package web_test

import (
	"context"
	"errors"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/cmd/tonewatch/internal/web"
	"tonewatch/monitor"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// noon is a Wednesday.
var noon = time.Date(2026, 3, 11, 12, 0, 0, 0, time.UTC)

func ago(d time.Duration) time.Time { return noon.Add(-d) }

// clock is set by hand.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: noon} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

type store = func(context.Context) (monitor.Status, error)

// gives is a store that knows one status.
func gives(st monitor.Status) store {
	return func(context.Context) (monitor.Status, error) { return st, nil }
}

// slow is a store that takes its time by the clock.
func slow(c *clock, took time.Duration) store {
	return func(context.Context) (monitor.Status, error) {
		c.advance(took)
		return monitor.Status{}, nil
	}
}

// refreshed is a server at noon that has just seen a status.
func refreshed(t *testing.T, o web.Options, st monitor.Status) *web.Server {
	t.Helper()
	o.Status = gives(st)
	if o.Now == nil {
		o.Now = newClock().now
	}
	s := web.New(o)
	if err := s.Refresh(t.Context(), noon); err != nil {
		t.Fatal(err)
	}
	return s
}

func get(t *testing.T, s *web.Server, target string) *httptest.ResponseRecorder {
	t.Helper()
	return request(t, s, http.MethodGet, target)
}

func request(t *testing.T, s *web.Server, method, target string) *httptest.ResponseRecorder {
	t.Helper()
	rec := httptest.NewRecorder()
	s.Handler().ServeHTTP(rec, httptest.NewRequest(method, target, nil))
	return rec
}

// golden compares with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func TestProbes(t *testing.T) {
	t.Parallel()
	const (
		ok       = "ok\n"
		starting = "snapshot:age: fail: starting: no snapshot taken yet\n"
		stuck    = "sweep:heartbeat: fail: no beat for 16 s, expected every 5 s: the loop is stuck or dead; restart tonewatch\n"
		old      = "snapshot:age: fail: snapshot is 16 s old, expected every 5 s: the other checks are out of date; look at the store\n"
		down     = "store:responseTime: fail: disk I/O error; see that the database can be reached and its disk has room\n"
	)
	refresh := func(t *testing.T, s *web.Server, c *clock) {
		if err := s.Refresh(t.Context(), c.now()); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name   string
		broken bool // the store
		do     func(t *testing.T, s *web.Server, c *clock)
		livez  string
		readyz string
	}{
		{
			name:  "alive but not ready before the first snapshot",
			do:    func(*testing.T, *web.Server, *clock) {},
			livez: ok, readyz: starting,
		},
		{
			name:  "both after it",
			do:    refresh,
			livez: ok, readyz: ok,
		},
		{
			name: "still both when exactly three beats are missed",
			do: func(t *testing.T, s *web.Server, c *clock) {
				refresh(t, s, c)
				c.advance(15 * time.Second)
			},
			livez: ok, readyz: ok,
		},
		{
			name: "neither when more than three are",
			do: func(t *testing.T, s *web.Server, c *clock) {
				c.advance(16 * time.Second)
				refresh(t, s, c)
			},
			livez: stuck, readyz: stuck,
		},
		{
			name: "alive again after a beat",
			do: func(t *testing.T, s *web.Server, c *clock) {
				c.advance(16 * time.Second)
				refresh(t, s, c)
				s.Beat(web.Sweep, c.now())
			},
			livez: ok, readyz: ok,
		},
		{
			name: "alive but not ready when the snapshot is old",
			do: func(t *testing.T, s *web.Server, c *clock) {
				refresh(t, s, c)
				c.advance(16 * time.Second)
				s.Beat(web.Sweep, c.now())
			},
			livez: ok, readyz: old,
		},
		{
			name:   "alive but not ready when the store never answered",
			broken: true,
			do: func(t *testing.T, s *web.Server, c *clock) {
				if err := s.Refresh(t.Context(), c.now()); err == nil {
					t.Fatal("refresh of a broken store gave no error")
				}
			},
			livez: ok, readyz: starting + down,
		},
		{
			name: "a second loop is watched from its first beat",
			do: func(t *testing.T, s *web.Server, c *clock) {
				s.Beat("prune", c.now())
				c.advance(16 * time.Second)
				s.Beat(web.Sweep, c.now())
				refresh(t, s, c)
			},
			livez:  strings.Replace(stuck, "sweep", "prune", 1),
			readyz: strings.Replace(stuck, "sweep", "prune", 1),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := newClock()
			s := web.New(web.Options{Now: c.now, Status: func(context.Context) (monitor.Status, error) {
				if tt.broken {
					return monitor.Status{}, errors.New("disk I/O error")
				}
				return monitor.Status{}, nil
			}})
			tt.do(t, s, c)
			for path, want := range map[string]string{
				"/livez": tt.livez, "/-/healthy": tt.livez,
				"/readyz": tt.readyz, "/-/ready": tt.readyz,
			} {
				rec := get(t, s, path)
				if diff := cmp.Diff(want, rec.Body.String()); diff != "" {
					t.Errorf("%s (-want +got):\n%s", path, diff)
				}
				if got, want := rec.Code == http.StatusOK, want == ok; got != want {
					t.Errorf("%s: code %d with body %q", path, rec.Code, rec.Body)
				}
			}
		})
	}
}

func TestRefresh(t *testing.T) {
	t.Parallel()

	t.Run("a store that hangs is given up", func(t *testing.T) {
		t.Parallel()
		s := web.New(web.Options{Every: time.Millisecond, Status: func(ctx context.Context) (monitor.Status, error) {
			<-ctx.Done()
			return monitor.Status{}, ctx.Err()
		}})
		err := s.Refresh(t.Context(), time.Now())
		if got, want := text(err), "health snapshot: context deadline exceeded"; got != want {
			t.Errorf("error %q, want %q", got, want)
		}
		if body := get(t, s, "/readyz").Body.String(); !strings.Contains(body, "store:responseTime: fail: context deadline exceeded;") {
			t.Errorf("readyz does not blame the store:\n%s", body)
		}
	})

	t.Run("our own stopping is not the store's fault", func(t *testing.T) {
		t.Parallel()
		ctx, stop := context.WithCancel(t.Context())
		s := web.New(web.Options{Now: newClock().now, Status: func(ctx context.Context) (monitor.Status, error) {
			return monitor.Status{}, ctx.Err()
		}})
		if err := s.Refresh(ctx, noon); err != nil {
			t.Fatal(err)
		}
		stop()
		if err := s.Refresh(ctx, noon); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want %v", err, context.Canceled)
		}
		if got := get(t, s, "/readyz").Code; got != http.StatusOK {
			t.Errorf("readyz %d, want 200", got)
		}
	})

	t.Run("a change of state is logged once", func(t *testing.T) {
		t.Parallel()
		var log strings.Builder
		dead := false
		s := web.New(web.Options{
			Now: newClock().now,
			Log: logTo(&log),
			Status: func(context.Context) (monitor.Status, error) {
				if dead {
					return monitor.Status{Outbox: monitor.Outbox{Dead: 1}, Failed: 1}, nil
				}
				return monitor.Status{}, nil
			},
		})
		for _, dead = range []bool{false, false, true, true, false} {
			if err := s.Refresh(t.Context(), noon); err != nil {
				t.Fatal(err)
			}
		}
		want := `level=WARN msg="health changed" from=pass to=warn checks="[jobs:failed outbox:dead]"
level=INFO msg="health changed" from=warn to=pass checks=[]
`
		if diff := cmp.Diff(want, log.String()); diff != "" {
			t.Errorf("log (-want +got):\n%s", diff)
		}
	})
}

// TestConcurrent is for the race detector: a daemon that refreshes and beats
// while probes come.
func TestConcurrent(t *testing.T) {
	t.Parallel()
	s := web.New(web.Options{Status: gives(troubled())})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				s.Beat(web.Sweep, time.Now())
				if err := s.Refresh(t.Context(), time.Now()); err != nil {
					t.Error(err)
				}
			}
		})
		wg.Go(func() {
			for range 50 {
				for _, path := range []string{"/livez", "/readyz", "/health", "/metrics"} {
					if rec := get(t, s, path); rec.Body.Len() == 0 {
						t.Errorf("%s: empty answer", path)
					}
				}
			}
		})
	}
	wg.Wait()
}

// logTo writes lines without their time.
func logTo(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
}

// text is an error's, empty for none.
func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
