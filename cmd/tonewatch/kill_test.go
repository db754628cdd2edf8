package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"tonewatch/configs"
)

const (
	childEnv = "TONEWATCH_TEST_CHILD" // path of the configuration
	epochEnv = "TONEWATCH_TEST_EPOCH" // Unix milliseconds at which the fast clock is right
	// speed of the child's clock: a feed polled every minute is polled ten
	// times a second.
	speed = 600
)

// child is the daemon with a fast clock. It is killed, or ends by SIGTERM.
func child() int {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go func() {
		// The parent's death must not leave a daemon behind.
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	epoch, err := strconv.ParseInt(os.Getenv(epochEnv), 10, 64)
	if err != nil {
		return exitUsage
	}
	start := time.UnixMilli(epoch)
	now := func() time.Time { return start.Add(time.Since(start) * speed) }
	config, err := configs.Load(os.Getenv(childEnv))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitConfig
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	d, err := startDaemon(ctx, config, daemonOptions{Out: io.Discard, Log: log, Now: now})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitFailed
	}
	for ctx.Err() == nil {
		if _, err := d.sweep(ctx, now()); err != nil && ctx.Err() == nil {
			fmt.Fprintln(os.Stderr, err)
		}
		time.Sleep(5 * time.Millisecond)
	}
	if err := d.stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitFailed
	}
	return exitOK
}

// press is two feeds that print a new article every few milliseconds, newest
// first, with validators.
type press struct {
	printed     atomic.Int64
	requests    atomic.Int64
	conditional atomic.Int64 // requests that carried a validator
	unchanged   atomic.Int64 // answers of 304

	mu    sync.Mutex
	pages map[string]int // path -> times fetched
}

// listed is more than is ever printed: what a daemon misses while it is dead
// must be its own fault, not the feed's.
const listed = 1000

func (p *press) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.requests.Add(1)
	outlet, page, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if page != "feed.xml" {
		p.mu.Lock()
		p.pages[r.URL.Path]++
		p.mu.Unlock()
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, "<!DOCTYPE html><html><head><title>Story</title></head><body><article><h1>Story</h1>%s</article></body></html>",
			strings.Repeat("<p>Acme said on Monday, in "+r.URL.Path+", that the plant would stay open through the winter and that nobody would lose a job.</p>", 6))
		return
	}
	n := p.printed.Load()
	etag := fmt.Sprintf(`"%d"`, n)
	if got := r.Header.Get("If-None-Match"); got != "" {
		p.conditional.Add(1)
		if got == etag {
			p.unchanged.Add(1)
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	w.Header().Set("Etag", etag)
	w.Header().Set("Content-Type", "application/rss+xml")
	fmt.Fprintf(w, `<?xml version="1.0"?><rss version="2.0"><channel><title>%s</title>`, outlet)
	for i := n; i > max(0, n-listed); i-- {
		fmt.Fprintf(w, `<item><title>Acme story %d of %s</title><guid isPermaLink="false">%s-%d</guid><link>http://%s/%s/%d.html</link></item>`,
			i, outlet, outlet, i, r.Host, outlet, i)
	}
	io.WriteString(w, `</channel></rss>`) //nolint:errcheck // a killed reader is the point
}

// awaitRequest waits until a daemon is at work.
func (p *press) awaitRequest(t *testing.T) {
	t.Helper()
	before := p.requests.Load()
	for deadline := time.Now().Add(time.Minute); p.requests.Load() == before; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the daemon asked for nothing within a minute")
		}
	}
}

// A daemon killed at fifty random moments must have read every article once,
// and asked for feeds conditionally.
func TestKillsLoseAndRepeatNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and not about concurrency")
	}
	t.Parallel()
	const kills = 50
	p := &press{pages: make(map[string]int)}
	server := httptest.NewServer(p)
	defer server.Close()

	folder := t.TempDir()
	path, db := filepath.Join(folder, "tonewatch.yaml"), filepath.Join(folder, "tonewatch.db")
	config := fmt.Sprintf(`
store: {path: %q}
http: {listen: "127.0.0.1:0"}
fetch: {allow: [127.0.0.0/8], host_pause: 0}
feeds:
  - {url: %s/alpha/feed.xml, outlet: Alpha, every: "@every 1m"}
  - {url: %s/beta/feed.xml, outlet: Beta, every: "@every 1m"}
scoring: {engine: bayes} # starts sooner
actors: [{name: Acme}]
rules: [{name: turn, toward: [Acme], shift: {by: 0.3}}]
`, db, server.URL, server.URL)
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	epoch := strconv.FormatInt(time.Now().UnixMilli(), 10)

	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for range kills {
		daemon := startChild(t, path, epoch)
		if random.IntN(5) > 0 { // else it dies while it starts
			p.awaitRequest(t)
		}
		for end := time.Now().Add(time.Duration(random.IntN(500)) * time.Millisecond); time.Now().Before(end); {
			p.printed.Add(1)
			time.Sleep(time.Duration(40+random.IntN(80)) * time.Millisecond)
		}
		if err := daemon.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = daemon.Wait() // killed
	}
	daemon := startChild(t, path, epoch)
	p.awaitRequest(t)
	want := 2 * int(p.printed.Load())
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		if read, _ := counts(t, db); read >= want && p.unchanged.Load() > 0 {
			break
		}
		if time.Now().After(deadline) {
			read, total := counts(t, db)
			t.Fatalf("%d articles read of %d kept of %d printed; jobs: %s", read, total, want, jobs(t, db))
		}
	}
	if err := daemon.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = daemon.Wait() // killed

	for query, want := range map[string]int{
		`SELECT count(*) FROM articles`:                                           want,
		`SELECT count(DISTINCT feed_id || key) FROM articles`:                     want,
		`SELECT count(*) FROM stories`:                                            want,
		`SELECT count(*) FROM stories WHERE copies > 0`:                           0,
		`SELECT count(*) FROM readings WHERE voice = 'any'`:                       want,
		`SELECT coalesce(sum(n), 0) FROM series WHERE voice = 'any'`:              want,
		`SELECT count(*) FROM articles WHERE text_from <> 'page'`:                 0,
		`SELECT count(*) FROM pragma_integrity_check WHERE integrity_check<>'ok'`: 0,
	} {
		if got := count(t, db, query); got != want {
			t.Errorf("%s = %d, want %d", query, got, want)
		}
	}
	t.Logf("%d kills, %d articles, %d conditional polls, %d unchanged", kills, want, p.conditional.Load(), p.unchanged.Load())
}

func startChild(t *testing.T, config, epoch string) *exec.Cmd {
	t.Helper()
	return startProcess(t, childEnv+"="+config, epochEnv+"="+epoch)
}

// startProcess starts this test binary as another program, see TestMain.
func startProcess(t *testing.T, env ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self) //nolint:noctx // it is killed by hand
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = os.Stderr
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if cmd.ProcessState == nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	})
	return cmd
}

// counts are the articles read and kept.
func counts(t *testing.T, db string) (read, total int) {
	t.Helper()
	return count(t, db, `SELECT count(*) FROM articles WHERE read_at > 0`), count(t, db, `SELECT count(*) FROM articles`)
}

// jobs says in what state the jobs are, for a failure's message.
func jobs(t *testing.T, path string) (states string) {
	t.Helper()
	lookInto(t, path, `SELECT coalesce(group_concat(line, '; '), 'none') FROM (
		SELECT kind || ' ' || state || ' ' || count(*) || ' attempt ' || max(attempt) || ' ' ||
			coalesce(max(errors ->> '$[#-1].error'), '') || ' at ' || max(scheduled_at) AS line
		FROM river_job GROUP BY kind, state)
		UNION ALL SELECT group_concat(url || ' next ' || next_at || ' ' || problem, '; ') FROM feeds LIMIT 1`, &states)
	return states
}

// count looks into the file beside whoever has it open.
func count(t *testing.T, path, query string) (n int) {
	t.Helper()
	lookInto(t, path, query, &n)
	return n
}

func lookInto(t *testing.T, path, query string, result any) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // only read
	if err := db.QueryRowContext(t.Context(), query).Scan(result); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// alter changes a file that nobody has open.
func alter(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // the statement has gone through or the test has failed
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}
