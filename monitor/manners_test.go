package monitor_test

import (
	"fmt"
	"io"
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

// The publisher of this test counts what publishers complain of, as in the
// scores of https://rachelbythebay.com/fs/help.html.

const (
	every     = 15 * time.Minute
	userAgent = "tonewatch/test (+https://example.net/bot)"
)

// habit is how a publisher serves one feed, and what it expects.
type habit struct {
	host           int // the last part of its loopback address
	etag, modified bool
	forgets        func(poll int) bool // leaves validators out of an answer
	strays         bool                // redirects to another address at every poll
	page           bool                // serves a web page
	renews         bool                // gives another tag with every answer, even for the same bytes
	news           time.Duration       // between two articles
	header         func(h http.Header, at time.Time)
	inside         string        // of the channel
	wish           time.Duration // no poll sooner after a good answer
	adaptive       bool
	// fails gives the status of a bad moment, 0 for none, and the rest asked for.
	fails    func(since time.Duration) (code int, rest time.Duration)
	restDate bool   // the rest is given as a date
	leads    string // redirects to this habit
	by       int    // with this status

	least, most int // polls in a day
}

// wire is a habit that is often asked, so that bad manners would show.
var wire = habit{host: 1, etag: true, modified: true, news: time.Hour, least: 85, most: 96}

func habits() map[string]habit {
	with := func(change func(*habit)) habit {
		h := wire
		change(&h)
		return h
	}
	between := func(from, to time.Duration, code int, rest time.Duration) func(time.Duration) (int, time.Duration) {
		return func(since time.Duration) (int, time.Duration) {
			if since >= from && since < to {
				return code, rest
			}
			return 0, 0
		}
	}
	maxAge := func(h http.Header, _ time.Time) { h.Set("Cache-Control", "public, max-age=3600") }
	const hour = time.Hour
	return map[string]habit{
		"both":     wire,
		"etag":     with(func(h *habit) { h.modified = false }),
		"modified": with(func(h *habit) { h.etag = false }),
		// Who cannot be asked conditionally is asked once an hour.
		"neither": with(func(h *habit) { h.etag, h.modified, h.wish, h.least = false, false, hour, 22 }),
		"strays":  with(func(h *habit) { h.strays, h.least, h.most = true, 22, 26 }),
		// Who forgets validators now and then is not asked for the whole feed again.
		"forgetful": with(func(h *habit) { h.forgets = func(poll int) bool { return poll%3 == 2 } }),
		"forgot":    with(func(h *habit) { h.forgets = func(poll int) bool { return poll > 8 } }),
		"a page":    with(func(h *habit) { h.page, h.wish, h.least, h.most = true, hour, 5, 9 }),
		"renews":    with(func(h *habit) { h.renews = true }),
		"quiet":     with(func(h *habit) { h.news = 100 * hour }),
		"busy":      with(func(h *habit) { h.news = time.Minute }),
		"cookies": with(func(h *habit) {
			h.header = func(h http.Header, _ time.Time) { h.Set("Set-Cookie", "id=1; Path=/") }
		}),

		// These are not said again with a 304, and must be remembered.
		"max-age": with(func(h *habit) { h.header, h.wish, h.news, h.least = maxAge, hour, 9*hour, 22 }),
		"expires": with(func(h *habit) {
			h.header = func(h http.Header, at time.Time) { h.Set("Expires", at.Add(2*hour).Format(http.TimeFormat)) }
			h.wish, h.news, h.least = 2*hour, 9*hour, 10
		}),
		"ttl": with(func(h *habit) { h.inside, h.wish, h.news, h.least = "<ttl>180</ttl>", 3*hour, 9*hour, 7 }),
		"sy": with(func(h *habit) {
			h.inside = "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>6</sy:updateFrequency>"
			h.wish, h.news, h.least = 4*hour, 9*hour, 5
		}),

		"throttles":        with(func(h *habit) { h.host, h.fails, h.least = 2, between(3*hour, 4*hour, 429, 2*hour), 70 }),
		"its sibling":      with(func(h *habit) { h.host, h.least = 2, 70 }),
		"throttles silent": with(func(h *habit) { h.host, h.fails, h.least = 3, between(6*hour, 9*hour, 429, 0), 60 }),
		"overloaded": with(func(h *habit) {
			h.host, h.fails, h.restDate, h.least = 4, between(2*hour, 3*hour, 503, 90*time.Minute), true, 70
		}),
		"gone":      with(func(h *habit) { h.fails, h.least, h.most = between(6*hour, 100*hour, 410, 0), 20, 26 }),
		"away":      with(func(h *habit) { h.fails, h.least = between(6*hour, 9*hour, 404, 0), 60 }),
		"dead":      with(func(h *habit) { h.fails, h.least, h.most = between(0, 100*hour, 500, 0), 6, 10 }),
		"unsettled": with(func(h *habit) { h.leads, h.by = "target", 301 }),
		"target":    with(func(h *habit) { h.host = 5 }),
		"for now":   with(func(h *habit) { h.leads, h.by = "target for now", 307 }),
		"target for now": with(func(h *habit) {
			h.host = 6
		}),
		"slow": with(func(h *habit) { h.news, h.adaptive, h.least, h.most = 6*hour, true, 5, 30 }),
	}
}

// served is a feed and what its publisher has seen of us.
type served struct {
	habit
	name    string
	url     string
	polls   int
	given   [2]string // the last ETag and Last-Modified
	allowed time.Time
	gone    bool
	faults  []string
}

// publisher serves all the feeds; several addresses are as many hosts.
type publisher struct {
	mu    sync.Mutex
	start time.Time
	at    time.Time
	feeds map[string]*served
	rest  map[int]time.Time // until when a host is to be left alone
}

func (p *publisher) now() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.at
}

func (p *publisher) set(at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at = at
}

func (p *publisher) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	name, part, _ := strings.Cut(r.URL.Path[1:], "/")
	f := p.feeds[name]
	w.Header().Set("Date", p.at.Format(http.TimeFormat))
	p.judge(f, r)
	if f.strays && part == "" {
		http.Redirect(w, r, fmt.Sprintf("%s/%d", f.url, f.polls), http.StatusFound)
		return
	}
	f.polls++
	f.allowed = p.at.Add(every)
	if f.leads != "" {
		http.Redirect(w, r, p.feeds[f.leads].url, f.by)
		return
	}
	since := p.at.Sub(p.start)
	if f.fails != nil {
		if code, rest := f.fails(since); code > 0 {
			p.fail(w, f, code, rest)
			return
		}
	}
	f.allowed = p.at.Add(max(every, f.wish))
	p.answer(w, r, f, int(since/f.news))
}

func (p *publisher) fail(w http.ResponseWriter, f *served, code int, rest time.Duration) {
	if rest > 0 {
		p.rest[f.host] = p.at.Add(rest)
		w.Header().Set("Retry-After", fmt.Sprint(int(rest.Seconds())))
		if f.restDate {
			w.Header().Set("Retry-After", p.rest[f.host].Format(http.TimeFormat))
		}
	}
	f.gone = code == http.StatusGone
	w.WriteHeader(code)
}

// answer shows the newest of so many articles, or says that nothing has changed.
func (p *publisher) answer(w http.ResponseWriter, r *http.Request, f *served, articles int) {
	if f.page {
		_, _ = io.WriteString(w, "<!DOCTYPE html><title>Karsholm Post</title>")
		return
	}
	tag, modified := fmt.Sprintf(`W/"%s %d"`, f.name, articles), p.start.Add(time.Duration(articles)*f.news).Format(http.TimeFormat)
	same := r.Header.Get("If-None-Match") == tag
	if f.renews {
		tag = fmt.Sprintf(`"%d"`, f.polls)
	}
	if !f.etag {
		tag, same = "", r.Header.Get("If-Modified-Since") == modified
	}
	if !f.modified {
		modified = ""
	}
	if f.forgets != nil && f.forgets(f.polls) {
		tag, modified, same = "", "", false
	} else if !f.strays { // else they belong to an address that is not asked again
		f.given = [2]string{tag, modified}
	}
	if tag != "" {
		w.Header().Set("ETag", tag)
	}
	if modified != "" {
		w.Header().Set("Last-Modified", modified)
	}
	if same && tag+modified != "" {
		w.WriteHeader(http.StatusNotModified) // and nothing else is said again
		return
	}
	if f.header != nil {
		f.header(w.Header(), p.at)
	}
	fmt.Fprintf(w, `<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>%s`, f.inside)
	for i := articles; i >= max(0, articles-5); i-- {
		fmt.Fprintf(w, `<item><guid>%d</guid><title>Article %d</title><pubDate>%s</pubDate></item>`,
			i, i, p.start.Add(time.Duration(i)*f.news).Format(time.RFC1123Z))
	}
	_, _ = io.WriteString(w, `</channel></rss>`)
}

// judge writes down what is wrong with a request.
func (p *publisher) judge(f *served, r *http.Request) {
	fault := func(format string, args ...any) {
		f.faults = append(f.faults, fmt.Sprintf("%v: ", p.at.Sub(p.start))+fmt.Sprintf(format, args...))
	}
	h := r.Header
	for i, name := range []string{"If-None-Match", "If-Modified-Since"} {
		if got := h.Get(name); got != f.given[i] {
			fault("%s is %q, want %q", name, got, f.given[i])
		}
	}
	if p.at.Before(f.allowed) {
		fault("asked %v too soon", f.allowed.Sub(p.at))
	}
	if p.at.Before(p.rest[f.host]) {
		fault("asked %v before its host's rest was over", p.rest[f.host].Sub(p.at))
	}
	if f.gone {
		fault("asked although it is gone")
	}
	if h.Get("Cookie") != "" || h.Get("Referer") != "" || r.URL.RawQuery != "" {
		fault("sent cookie %q, referrer %q, query %q", h.Get("Cookie"), h.Get("Referer"), r.URL.RawQuery)
	}
	if h.Get("User-Agent") != userAgent {
		fault("User-Agent is %q", h.Get("User-Agent"))
	}
}

// listen gives every host an address of its own on loopback.
func (p *publisher) listen(t *testing.T) {
	t.Helper()
	urls := make(map[int]string)
	for name, f := range p.feeds {
		if urls[f.host] == "" {
			urls[f.host] = serveOn(t, fmt.Sprintf("127.0.0.%d", f.host), p)
		}
		f.name, f.url = name, urls[f.host]+"/"+name
	}
}

// A day of polling, with a restart at noon: nobody is asked too soon, nobody
// who can be asked conditionally otherwise after the first time, nobody else more
// than once an hour, and everybody often enough.
func TestADayOfGoodManners(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and not about concurrency")
	}
	t.Parallel()
	p := &publisher{start: monday, at: monday, feeds: make(map[string]*served), rest: make(map[int]time.Time)}
	for name, h := range habits() {
		p.feeds[name] = &served{habit: h}
	}
	p.listen(t)
	var feeds []monitor.Feed
	for name, f := range p.feeds {
		if name != "target" && name != "target for now" {
			feeds = append(feeds, monitor.Feed{URL: f.url, Outlet: name, Every: "@every 15m", Adaptive: f.adaptive})
		}
	}
	path := filepath.Join(t.TempDir(), "day.db")
	p.run(t, path, feeds, monday.Add(12*time.Hour))
	p.run(t, path, feeds, monday.Add(24*time.Hour))

	for name, f := range p.feeds {
		for i, fault := range f.faults {
			if i == 5 {
				t.Errorf("%s: and %d more", name, len(f.faults)-i)
				break
			}
			t.Errorf("%s: %s", name, fault)
		}
		if f.polls < f.least || f.polls > f.most {
			t.Errorf("%s: %d polls, want %d to %d", name, f.polls, f.least, f.most)
		}
	}
}

// run is the life of one daemon, without its jobs: it polls whatever is due.
func (p *publisher) run(t *testing.T, path string, feeds []monitor.Feed, until time.Time) {
	t.Helper()
	ctx, log := t.Context(), slog.New(slog.DiscardHandler)
	s, err := store.Open(ctx, store.Options{Path: path, Log: log, Now: p.now})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := s.SyncFeeds(ctx, feeds, p.now()); err != nil {
		t.Fatal(err)
	}
	c := fetch.New(fetch.Options{Parse: parse.Feed, Decode: parse.Page, UserAgent: userAgent, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Rests: s, Now: p.now})
	defer c.Close()
	poller := &monitor.Poller{Store: s, Fetcher: c, Log: log}
	for {
		due, at := nextDue(t, s)
		if !at.Before(until) {
			p.set(until)
			return
		}
		if at.After(p.now()) {
			p.set(at)
		}
		if err := poller.Poll(ctx, monitor.Job{Subject: due, Attempt: 1, Now: p.now()}); err != nil {
			t.Fatal(err)
		}
	}
}

func nextDue(t *testing.T, s *store.Store) (id int64, at time.Time) {
	t.Helper()
	for _, f := range feedsOf(t, s) {
		if f.Gone.IsZero() && (id == 0 || f.Next.Before(at)) {
			id, at = f.ID, f.Next
		}
	}
	return id, at
}
