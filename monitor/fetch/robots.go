package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/temoto/robotstxt"

	"tonewatch/monitor"
)

// Limits of what is kept of robots.txt files.
const (
	robotsAgent    = "tonewatch"
	robotsFor      = 24 * time.Hour   // as RFC 9309 allows
	robotsRetry    = 10 * time.Minute // after a failure
	robotsPatience = time.Hour        // of failures, after which pages wait no more
	maxRobotsBytes = 64 << 10         // of one; what stands behind is ignored
	maxRobotsSize  = 16 << 20         // of all
	// A longer Crawl-delay would keep a news site's pages from ever being read.
	maxCrawlDelay = 30 * time.Second
)

// robots keeps the robots.txt files of the sites that pages come from (RFC
// 9309). It keeps text, not rules: a page is asked for once, and a hostile file
// makes rules that take a thousand times its own memory.
type robots struct {
	mu      sync.Mutex
	files   map[string]robotsFile    // by origin, "https://example.org"
	size    int                      // of all texts and origins
	loading map[string]chan struct{} // closed when the file is there, or will not be
}

type robotsFile struct {
	text  []byte
	err   error     // why there is none to obey; then no page may be asked for
	since time.Time // the first of the failures in a row
	until time.Time
}

// askRobots says whether a page's site lets programs ask for it: nil when it
// does, with the delay that it wants between pages, 0 for none. A site without a
// robots.txt lets everybody; one whose robots.txt cannot be had for now, nobody for
// now. Its pages are put off until it is asked for again, unless it has failed for
// long: what fails for good must not hold up its site's articles for good.
func (c *Client) askRobots(ctx context.Context, page *url.URL) (delay time.Duration, err error) {
	origin := page.Scheme + "://" + page.Host
	file, err := c.robotsOf(ctx, origin)
	if err != nil {
		return 0, err
	}
	switch {
	case file.err == nil:
	case file.until.Sub(file.since) <= robotsPatience:
		return 0, putOff(max(time.Second, file.until.Sub(c.now())), file.err)
	default:
		return 0, &monitor.FetchError{Kind: monitor.FetchRobots, Temporary: true, Err: file.err}
	}
	ok, delay := lets(file.text, page)
	if !ok {
		return 0, &monitor.FetchError{Kind: monitor.FetchRobots, Err: fmt.Errorf("%s/robots.txt asks programs to stay away from this page", origin)}
	}
	return delay, nil
}

// robotsOf gives an origin's robots.txt. The first who wants it asks for it; the
// others wait, but not for long: the site may hang.
func (c *Client) robotsOf(ctx context.Context, origin string) (robotsFile, error) {
	file, known, loading := c.robots.recall(origin, c.now())
	if known {
		return file, nil
	}
	if loading == nil {
		file, err := c.loadRobots(ctx, origin, file)
		c.robots.keep(origin, file, err == nil)
		return file, err
	}
	limit := time.NewTimer(patience)
	defer limit.Stop()
	select {
	case <-loading:
		if file, known := c.robots.known(origin, c.now()); known {
			return file, nil
		}
	case <-limit.C:
	case <-ctx.Done():
		return file, ctx.Err()
	}
	return file, putOff(patience, fmt.Errorf("%s/robots.txt is being asked for", origin))
}

// loadRobots gets a robots.txt in the place of what was known last. Its error is
// that we could not ask; that the site could not answer is kept in the file.
func (c *Client) loadRobots(ctx context.Context, origin string, last robotsFile) (robotsFile, error) {
	file := robotsFile{until: c.now().Add(robotsFor)}
	err := c.visit(ctx, errand{address: origin + "/robots.txt", accept: "text/plain, */*;q=0.1"}, func(a answer) (err error) {
		file.text, err = c.bodies.readStart(a.Response, maxRobotsBytes)
		return err
	})
	var failure *monitor.FetchError
	switch {
	case err == nil:
	case ctx.Err() != nil, !errors.As(err, &failure), failure.Kind == monitor.FetchPutOff:
		return file, err
	case failure.Kind == monitor.FetchRefused,
		failure.Status > 0 && failure.Status < 500 && failure.Status != http.StatusTooManyRequests:
		// There is none.
	default:
		now := c.now()
		file.err, file.since, file.until = err, now, now.Add(robotsRetry)
		if last.err != nil && now.Before(last.until.Add(robotsPatience)) {
			file.since = last.since
		}
	}
	return file, nil
}

// recall gives a file that is known. Where it is not, loading is what to wait
// for; nil makes it the caller's duty to load the file and keep it.
func (r *robots) recall(origin string, now time.Time) (file robotsFile, known bool, loading chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	file = r.files[origin]
	if now.Before(file.until) {
		return file, true, nil
	}
	if loading = r.loading[origin]; loading == nil {
		if r.loading == nil {
			r.loading, r.files = make(map[string]chan struct{}), make(map[string]robotsFile)
		}
		r.loading[origin] = make(chan struct{})
	}
	return file, false, loading
}

func (r *robots) known(origin string, now time.Time) (file robotsFile, known bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	file = r.files[origin]
	return file, now.Before(file.until)
}

// keep ends a loading, and keeps the file if there is one.
func (r *robots) keep(origin string, file robotsFile, loaded bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.loading[origin])
	delete(r.loading, origin)
	if !loaded {
		return
	}
	r.drop(origin)
	for other := range r.files {
		if r.size+len(file.text) <= maxRobotsSize {
			break
		}
		r.drop(other) // any will do
	}
	r.files[origin] = file
	r.size += len(origin) + len(file.text)
}

func (r *robots) drop(origin string) {
	if file, ok := r.files[origin]; ok {
		r.size -= len(origin) + len(file.text)
		delete(r.files, origin)
	}
}

// lets reads a robots.txt for a page: whether it may be asked for, and the delay
// between pages. What nobody can read forbids nothing.
func lets(text []byte, page *url.URL) (ok bool, delay time.Duration) {
	rules, err := robotstxt.FromBytes(rulesOf(text))
	if err != nil {
		return true, 0
	}
	group := rules.FindGroup(robotsAgent)
	return group.Test(page.RequestURI()), min(group.CrawlDelay, maxCrawlDelay)
}

// rulesOf keeps the lines that matter: the parser gives up on the whole file for
// a slip in any other.
func rulesOf(text []byte) []byte {
	var kept bytes.Buffer
	grouped := false
	for line := range strings.Lines(strings.ToValidUTF8(strings.TrimPrefix(string(text), "\uFEFF"), "")) {
		line, _, _ = strings.Cut(line, "#")
		name, value, _ := strings.Cut(line, ":")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
		switch name {
		case "user-agent", "useragent":
			grouped = true
		case "allow", "disallow", "crawl-delay":
			if !grouped || name == "crawl-delay" && !isDelay(value) {
				continue
			}
			if name == "disallow" && value == "" {
				name, value = "allow", "/" // which the parser would not take for a rule
			}
		default:
			continue
		}
		fmt.Fprintf(&kept, "%s: %s\n", name, value)
	}
	return kept.Bytes()
}

// isDelay says whether a text is a number of seconds.
func isDelay(text string) bool {
	n, err := strconv.ParseFloat(text, 64)
	return err == nil && n >= 0 && n < 1e6
}
