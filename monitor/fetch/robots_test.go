package fetch_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"tonewatch/monitor"
	"tonewatch/monitor/fetch"
)

func TestLets(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		want bool
	}{
		"nothing":                      {"", true},
		"all":                          {"User-agent: *\nDisallow: /", false},
		"all but us":                   {"User-agent: *\nDisallow: /\n\nUser-agent: Tonewatch\nDisallow:", true},
		"us alone":                     {"User-agent: *\nDisallow:\n\nUser-agent: TONEWATCH\nDisallow: /news/", false},
		"others":                       {"User-agent: otherbot\nDisallow: /", true},
		"another folder":               {"User-agent: *\nDisallow: /private/", true},
		"the folder":                   {"User-agent: *\nDisallow: /news", false},
		"the longer rule wins":         {"User-agent: *\nDisallow: /news\nAllow: /news/2026", true},
		"a query":                      {"User-agent: *\nDisallow: /*?print", false},
		"an end":                       {"User-agent: *\nDisallow: /*.pdf$", true},
		"a web page instead":           {"<!DOCTYPE html><html><p>Disallow: /</p></html>", true},
		"a rule before any agent":      {"Disallow: /\nUser-agent: otherbot\nDisallow: /", true},
		"a slip in another line":       {"User-agent: *\nCrawl-delay: soon\nDisallow: /news", false},
		"a mark, odd ends and comment": {"\uFEFFUser-agent: * # all\r\nDisallow: /news # not for you\r\n", false},
		"no text":                      {"\xff\xfe\x00User-agent\x80", true},
	}
	page, err := url.Parse("https://example.org/news/2026/talks.html?print=1")
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range tests {
		if got, _ := fetch.Lets(tc.text, page); got != tc.want {
			t.Errorf("%s: lets = %v, want %v", name, got, tc.want)
		}
	}
}

func TestCrawlDelay(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		want time.Duration
	}{
		"none":              {"User-agent: *\nDisallow: /private/", 0},
		"for all":           {"User-agent: *\nCrawl-delay: 5", 5 * time.Second},
		"with rules":        {"User-agent: *\nDisallow: /private/\nCRAWL-DELAY : 2.5 # seconds\nAllow: /", 2500 * time.Millisecond},
		"for others":        {"User-agent: otherbot\nCrawl-delay: 5", 0},
		"for us":            {"User-agent: *\nCrawl-delay: 5\n\nUser-agent: tonewatch\nCrawl-delay: 1", time.Second},
		"before any agent":  {"Crawl-delay: 5\nUser-agent: *\nDisallow:", 0},
		"for days":          {"User-agent: *\nCrawl-delay: 86400", 30 * time.Second},
		"for ever":          {"User-agent: *\nCrawl-delay: Inf", 0},
		"less than nothing": {"User-agent: *\nCrawl-delay: -5", 0},
		"no number":         {"User-agent: *\nCrawl-delay: NaN\nCrawl-delay: soon", 0},
	}
	page, err := url.Parse("https://example.org/news/1.html")
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range tests {
		if ok, got := fetch.Lets(tc.text, page); !ok || got != tc.want {
			t.Errorf("%s: lets = %v, delay %v, want %v", name, ok, got, tc.want)
		}
	}
}

// FuzzLets holds that a robots.txt, whatever it is, costs no panic and no wait
// that is longer than the longest.
func FuzzLets(f *testing.F) {
	f.Add("User-agent: *\nDisallow: /news\nCrawl-delay: 2.5", "/news/1.html?a=b")
	f.Add("\uFEFFuseragent:x\r\nAllow:/*.pdf$\n#\nsitemap: a:b\ncrawl-delay: 1e400", "/a.pdf")
	f.Add("User-agent: *\nDisallow: /*a*b*[(\n", "/aab")
	f.Fuzz(func(t *testing.T, text, path string) {
		if _, delay := fetch.Lets(text, &url.URL{Scheme: "https", Host: "example.org", Path: path}); delay < 0 || delay > 30*time.Second {
			t.Errorf("delay %v", delay)
		}
	})
}

// A site that wants a delay between pages gets one page now and the others later,
// each at a time of its own; its feeds do not wait for them.
func TestCrawlDelayIsKept(t *testing.T) {
	t.Parallel()
	robots := func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "User-agent: *\nCrawl-delay: 30")
	}
	host := &site{asked: make(map[string]int), robots: robots}
	s := serve(t, host.ServeHTTP)
	c := client(t, fetch.Options{})
	if _, err := c.Page(t.Context(), s.URL+"/1"); err != nil {
		t.Fatal(err)
	}
	var last time.Duration
	for i := range 3 {
		_, err := c.Page(t.Context(), s.URL+"/2")
		got := failure(t, err)
		if most := time.Duration(i+1) * 30 * time.Second; got.Kind != monitor.FetchPutOff || got.RetryAfter <= last || got.RetryAfter > most {
			t.Errorf("page %d: %v, in %v; want it put off for more than %v and at most %v", i+2, got, got.RetryAfter, last, most)
		}
		last = got.RetryAfter
	}
	if host.asked["/2"] != 0 {
		t.Errorf("the second page was asked for %d times", host.asked["/2"])
	}
	if _, err := c.Feed(t.Context(), s.URL+"/feed", monitor.Known{}); err != nil {
		t.Errorf("a feed of the site: %v", err)
	}
}

// site serves a robots.txt and pages, and counts what it is asked for.
type site struct {
	mu     sync.Mutex
	asked  map[string]int
	robots http.HandlerFunc
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked[r.URL.Path]++
	if r.URL.Path == "/robots.txt" {
		s.robots(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html")
	if strings.HasPrefix(r.URL.Path, "/feed") {
		w.Header().Set("Content-Type", "text/xml")
	}
	_, _ = io.WriteString(w, smallFeed)
}

func TestRobotsForPages(t *testing.T) {
	t.Parallel()
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	text := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }
	}
	tests := map[string]struct {
		robots    http.HandlerFunc
		want      monitor.FetchKind // of /news/1.html, empty for a page
		temporary bool
		text      string // of the error, after the address
	}{
		"none":         {robots: status(404)},
		"not for us":   {robots: status(403)},
		"gone":         {robots: status(410)},
		"empty":        {robots: text("")},
		"lets us":      {robots: text("User-agent: *\nDisallow: /private/")},
		"a loop":       {robots: func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/robots.txt", http.StatusFound) }},
		"forbids":      {robots: text("User-agent: *\nDisallow: /news/"), want: monitor.FetchRobots, text: "robots: HOST/robots.txt asks programs to stay away from this page"},
		"down":         {robots: status(500), want: monitor.FetchPutOff, temporary: true, text: `put_off: fetch "HOST/robots.txt": status: HTTP status 500 Internal Server Error`},
		"busy":         {robots: status(429), want: monitor.FetchPutOff, temporary: true, text: `put_off: fetch "HOST/robots.txt": status: HTTP status 429 Too Many Requests`},
		"longer":       {robots: text("User-agent: *\nDisallow: /news/\n" + strings.Repeat("# more\n", 20_000)), want: monitor.FetchRobots, text: "robots: HOST/robots.txt asks programs to stay away from this page"},
		"cut off last": {robots: text(strings.Repeat("# more\n", 20_000) + "User-agent: *\nDisallow: /news/\n")},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			host := &site{asked: make(map[string]int), robots: tc.robots}
			s := serve(t, host.ServeHTTP)
			c := client(t, fetch.Options{})
			_, err := c.Page(t.Context(), s.URL+"/news/1.html")
			if tc.want == "" {
				if err != nil || host.asked["/news/1.html"] != 1 {
					t.Errorf("error %v, asked %v; want the page", err, host.asked)
				}
				return
			}
			got := failure(t, err)
			if want := fmt.Sprintf("fetch %q: %s", s.URL+"/news/1.html", strings.ReplaceAll(tc.text, "HOST", s.URL)); got.Kind != tc.want || got.Temporary != tc.temporary || got.Error() != want {
				t.Errorf("got %v, temporary %v\nwant %s", got, got.Temporary, want)
			}
			if host.asked["/news/1.html"] != 0 {
				t.Error("the page was asked for all the same")
			}
		})
	}
}

// A robots.txt is asked for once a day and site, however many pages are; never
// for a feed, which its publisher means for programs.
func TestRobotsAreKeptForADay(t *testing.T) {
	t.Parallel()
	now := monday
	host := &site{asked: make(map[string]int), robots: func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "User-agent: *\nDisallow: /feed")
	}}
	s := serve(t, host.ServeHTTP)
	c := client(t, fetch.Options{Now: func() time.Time { return now }, HostRequests: 20})
	if _, err := c.Feed(t.Context(), s.URL+"/feed", monitor.Known{}); err != nil || host.asked["/robots.txt"] != 0 {
		t.Fatalf("a feed: error %v, robots.txt asked for %d times", err, host.asked["/robots.txt"])
	}
	pages := func() {
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				if _, err := c.Page(t.Context(), fmt.Sprintf("%s/%d", s.URL, i)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	for i, step := range []time.Duration{0, 23 * time.Hour, time.Hour} {
		now = now.Add(step)
		pages()
		if want := []int{1, 1, 2}[i]; host.asked["/robots.txt"] != want {
			t.Errorf("after %d rounds robots.txt was asked for %d times, want %d", i+1, host.asked["/robots.txt"], want)
		}
	}
}

// One failure costs a site's pages the time until its robots.txt is asked for
// again; a robots.txt that fails for good, an hour.
func TestPagesWaitForAFailedRobots(t *testing.T) {
	t.Parallel()
	now, status := monday, http.StatusBadGateway
	host := &site{asked: make(map[string]int), robots: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }}
	s := serve(t, host.ServeHTTP)
	c := client(t, fetch.Options{Now: func() time.Time { return now }})
	ask := func() error {
		_, err := c.Page(t.Context(), s.URL+"/1")
		return err
	}
	waits := func(want time.Duration, robots int) {
		t.Helper()
		got := failure(t, ask())
		if got.Kind != monitor.FetchPutOff || got.RetryAfter != want || host.asked["/robots.txt"] != robots {
			t.Errorf("after %v: %v, in %v, robots.txt asked for %d times; want it put off for %v, and %d", now.Sub(monday), got, got.RetryAfter, host.asked["/robots.txt"], want, robots)
		}
	}
	waits(10*time.Minute, 1)
	now = now.Add(4 * time.Minute)
	waits(6*time.Minute, 1)
	now, status = now.Add(6*time.Minute), http.StatusNotFound
	if err := ask(); err != nil {
		t.Fatalf("with the robots.txt answered: %v", err)
	}

	now, status = now.Add(24*time.Hour), http.StatusBadGateway
	for i := range 6 {
		waits(10*time.Minute, 3+i)
		now = now.Add(10 * time.Minute)
	}
	for range 2 {
		if got := failure(t, ask()); got.Kind != monitor.FetchRobots || !got.Temporary {
			t.Errorf("after an hour of failures: %v, want it told for good", got)
		}
		now = now.Add(10 * time.Minute)
	}
	now = now.Add(24 * time.Hour) // another failure
	waits(10*time.Minute, 11)
}

// A redirect may not lead around another site's robots.txt.
func TestRobotsAreObeyedAtEveryHop(t *testing.T) {
	t.Parallel()
	closed := &site{asked: make(map[string]int), robots: func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "User-agent: *\nDisallow: /")
	}}
	target := serve(t, closed.ServeHTTP)
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		http.Redirect(w, r, target.URL+"/page", http.StatusFound)
	})
	_, err := client(t, fetch.Options{}).Page(t.Context(), s.URL+"/go")
	if got := failure(t, err); got.Kind != monitor.FetchRobots || closed.asked["/page"] != 0 {
		t.Errorf("got %v, and the page was asked for %d times", got, closed.asked["/page"])
	}
}

// A site that hangs holds up those who wait for its robots.txt for a moment only.
func TestRobotsThatHangHoldUpNobody(t *testing.T) {
	t.Parallel()
	asked, release := make(chan struct{}), make(chan struct{})
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			close(asked)
			<-release
		}
		w.Header().Set("Content-Type", "text/html")
	})
	c := client(t, fetch.Options{Timeout: time.Hour})
	first := make(chan error, 1)
	go func() {
		_, err := c.Page(t.Context(), s.URL+"/1")
		first <- err
	}()
	<-asked
	_, err := c.Page(t.Context(), s.URL+"/2")
	if got := failure(t, err); got.Kind != monitor.FetchPutOff || !strings.HasSuffix(got.Error(), "/robots.txt is being asked for") {
		t.Errorf("got %v, want the page put off", got)
	}
	close(release)
	if err := <-first; err != nil {
		t.Error(err)
	}
	if _, err := c.Page(t.Context(), s.URL+"/2"); err != nil {
		t.Errorf("with the robots.txt there: %v", err)
	}
}
