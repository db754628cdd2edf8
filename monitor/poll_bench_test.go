package monitor_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"tonewatch/monitor"
	"tonewatch/monitor/fetch"
	"tonewatch/monitor/parse"
	"tonewatch/monitor/store"
)

// press is a publisher that costs next to nothing: it answers from memory and
// knows of HTTP only what a client sends. A feed's first path element says how it
// behaves: "304" has not changed, "same" gives a validator and does not heed it,
// and "new" has one more article at every poll.
type press struct {
	head  map[string]string
	items []byte
	last  atomic.Int64
}

// feedBytes is the median of real feeds.
const feedBytes = 81_000

func newPress() *press {
	p := &press{head: make(map[string]string)}
	text := strings.Repeat("The council said on Monday that the talks would resume. ", 1+feedBytes/56)
	unchanging := fmt.Sprintf(`<rss><channel><item><guid>1</guid><title>One</title><description>%s</description></item></channel></rss>`, text[:feedBytes])
	p.head["same"] = fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nLast-Modified: Mon, 02 Mar 2026 00:00:00 GMT\r\nContent-Length: %d\r\n\r\n%s", len(unchanging), unchanging)
	p.head["304"] = strings.Replace(p.head["same"], "\r\n", "\r\nETag: \"1\"\r\n", 1)
	p.items = []byte(text[:feedBytes/25])
	return p
}

func (p *press) serve(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go p.talk(conn)
	}
}

func (p *press) talk(conn net.Conn) {
	defer conn.Close() //nolint:errcheck // the client is gone
	r := bufio.NewReader(conn)
	var body []byte
	kind, conditional := "", false
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return
		}
		switch {
		case strings.HasPrefix(string(line), "GET /"):
			kind, conditional = strings.SplitN(string(line), "/", 3)[1], false
		case strings.HasPrefix(string(line), "If-None-Match:"):
			conditional = true
		case len(line) > 2:
		case kind == "304" && conditional:
			_, _ = io.WriteString(conn, "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n")
		case kind == "new":
			body = p.newest(body[:0])
			_, _ = fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nETag: \"%d\"\r\nContent-Length: %d\r\n\r\n%s", p.last.Load(), len(body), body)
		default:
			_, _ = io.WriteString(conn, p.head[kind])
		}
	}
}

// newest are 25 articles, of which one was never shown before to anybody.
func (p *press) newest(body []byte) []byte {
	body = append(body, "<rss><channel>"...)
	body = fmt.Appendf(body, "<item><guid>new %d</guid><title>News</title><description>%s</description></item>", p.last.Add(1), p.items)
	for i := range 24 {
		body = fmt.Appendf(body, "<item><guid>%d</guid><title>Article %d</title><description>%s</description></item>", i, i, p.items)
	}
	return append(body, "</channel></rss>"...)
}

// pressEnv makes the test's binary a press that listens on so many addresses.
const pressEnv = "TONEWATCH_TEST_PRESS"

func TestMain(m *testing.M) {
	if os.Getenv(pressEnv) == "" {
		os.Exit(m.Run())
	}
	var hosts int
	_, _ = fmt.Sscan(os.Getenv(pressEnv), &hosts)
	p := newPress()
	for i := range hosts {
		l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", fmt.Sprintf("127.0.2.%d:0", i+1))
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println("http://" + l.Addr().String())
		go p.serve(l)
	}
	_, _ = io.Copy(io.Discard, os.Stdin) // until the test is over
}

// startPress starts a press as a process of its own, so that what it costs is
// not counted as ours, and returns the URLs of its hosts.
func startPress(tb testing.TB, hosts int) (urls []string) {
	tb.Helper()
	self, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	child := exec.Command(self) //nolint:noctx // it ends when its input does
	child.Env = append(os.Environ(), fmt.Sprintf("%s=%d", pressEnv, hosts))
	child.Stderr = os.Stderr
	in, err := child.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := child.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := child.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_ = in.Close()
		_ = child.Wait()
	})
	lines := bufio.NewScanner(out)
	for len(urls) < hosts && lines.Scan() {
		urls = append(urls, lines.Text())
	}
	if len(urls) < hosts {
		tb.Skip("this system has one loopback address only")
	}
	return urls
}

// desk is what polls.
type desk struct {
	path   string
	store  *store.Store
	poller *monitor.Poller
	now    atomic.Int64
}

func newDesk(tb testing.TB, feeds []monitor.Feed) *desk {
	tb.Helper()
	d := &desk{path: filepath.Join(tb.TempDir(), "desk.db")}
	d.now.Store(monday.UnixMilli())
	log := slog.New(slog.DiscardHandler)
	var err error
	if d.store, err = store.Open(tb.Context(), store.Options{Path: d.path, Log: log, Now: d.clock}); err != nil {
		tb.Fatal(err)
	}
	if err := d.store.SyncFeeds(tb.Context(), feeds, d.clock()); err != nil {
		tb.Fatal(err)
	}
	c := fetch.New(fetch.Options{Parse: parse.Feed, Decode: parse.Page, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Rests: d.store, Now: d.clock})
	d.poller = &monitor.Poller{Store: d.store, Fetcher: c, Log: log}
	tb.Cleanup(func() {
		c.Close()
		if err := d.store.Close(); err != nil {
			tb.Error(err)
		}
	})
	return d
}

func (d *desk) clock() time.Time { return time.UnixMilli(d.now.Load()).UTC() }

// seed polls every feed once, and takes out the articles that these then held:
// they are read once in a feed's life.
func (d *desk) seed(b *testing.B, feeds int) {
	b.Helper()
	var wg errgroup.Group
	wg.SetLimit(8)
	for i := range feeds {
		wg.Go(func() error {
			return d.poller.Poll(b.Context(), monitor.Job{Subject: int64(i) + 1, Attempt: 1, Now: d.clock()})
		})
	}
	if err := wg.Wait(); err != nil {
		b.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+d.path)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // the statement is done or the test has failed
	if _, err := db.ExecContext(b.Context(), `DELETE FROM river_job`); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkPoll polls feeds of 81 kB, one after the other: fetched over loopback,
// parsed, and kept in SQLite.
func BenchmarkPoll(b *testing.B) {
	for _, kind := range []string{"304", "same", "new"} {
		b.Run(kind, func(b *testing.B) {
			base := startPress(b, 1)[0]
			const n = 50
			feeds := make([]monitor.Feed, n)
			for i := range feeds {
				feeds[i] = monitor.Feed{URL: fmt.Sprintf("%s/%s/%d", base, kind, i), Outlet: "Press", Every: "@every 15m"}
			}
			d := newDesk(b, feeds)
			poll := func(i int) {
				if err := d.poller.Poll(b.Context(), monitor.Job{Subject: int64(i%n) + 1, Attempt: 1, Now: d.clock()}); err != nil {
					b.Fatal(err)
				}
			}
			for i := range n {
				poll(i)
			}
			for _, f := range feedsOf(b, d.store) {
				if f.Problem != "" {
					b.Fatal(f.Problem)
				}
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				poll(i)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "feeds/s")
		})
	}
}

// BenchmarkTenThousandFeeds polls as many at an interval of 15 minutes, of which
// seven in ten answer 304, two send the same bytes again, and one has news. The
// clock jumps from one interval to the next; HTTP, jobs and SQLite are real. It
// prints the processor time of one round, with the snapshots for the health check
// that fall into it, as a share of one core over the interval, and the peak of
// resident memory. Run it with -benchtime 3x.
func BenchmarkTenThousandFeeds(b *testing.B) {
	const (
		hosts, each = 250, 40
		interval    = 15 * time.Minute
		snapshots   = int(interval / (5 * time.Second))
	)
	var feeds []monitor.Feed
	for _, base := range startPress(b, hosts) {
		for i := range each {
			kind := []string{"304", "304", "304", "304", "304", "304", "304", "same", "same", "new"}[i%10]
			feeds = append(feeds, monitor.Feed{URL: fmt.Sprintf("%s/%s/%d", base, kind, i), Outlet: "Press", Every: "@every 15m"})
		}
	}
	d := newDesk(b, feeds)
	d.seed(b, len(feeds))
	ctx := context.WithoutCancel(b.Context())
	nothing := func(context.Context, monitor.Job) error { return nil }
	if err := d.store.Start(ctx, store.Steps{Poll: d.poller.Poll, Read: nothing}); err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := d.store.Stop(ctx); err != nil {
			b.Error(err)
		}
	}()
	round := func() {
		sweepAll(b, d.store, d.clock())
		for idle := false; !idle; time.Sleep(50 * time.Millisecond) {
			var err error
			if idle, err = d.store.Idle(ctx); err != nil {
				b.Fatal(err)
			}
		}
	}
	var polling time.Duration
	for b.Loop() {
		d.now.Add((interval + 2*time.Minute).Milliseconds())
		before := processorTime(b)
		round()
		polling += processorTime(b) - before
	}
	for _, f := range feedsOf(b, d.store) {
		if f.Failures > 0 || !f.Tried.Equal(d.clock()) {
			b.Fatalf("%s: tried %v, %s", f.URL, f.Tried, f.Problem)
		}
	}
	before := processorTime(b)
	for range 10 {
		if _, err := d.store.Status(ctx, d.clock()); err != nil {
			b.Fatal(err)
		}
	}
	looking := (processorTime(b) - before) / 10 * time.Duration(snapshots)
	polling /= time.Duration(b.N)
	b.ReportMetric(polling.Seconds(), "cpu-s/round")
	b.ReportMetric(looking.Seconds(), "cpu-s/snapshots")
	b.ReportMetric(100*(polling+looking).Seconds()/interval.Seconds(), "%core")
	b.ReportMetric(float64(peakMemory(b))/1e6, "peak-MB")
}

// processorTime is what this process has used so far.
func processorTime(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// peakMemory is the most that this process has had resident, in bytes.
func peakMemory(tb testing.TB) int64 {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return u.Maxrss * 1024 // Linux counts in kilobytes
}
