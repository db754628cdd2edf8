package fetch

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"strings"
	"time"

	"tonewatch/monitor"
)

// Options are the limits of a [Client]. The zero value of each is its default.
type Options struct {
	UserAgent    string         // sent with every request; default "tonewatch"
	Timeout      time.Duration  // of a whole request with its redirects and body; default 20 s
	MaxFeedBytes int64          // of a feed after decompression; default 8 MB
	MaxPageBytes int64          // of a page after decompression; default 2 MB
	Allow        []netip.Prefix // networks that may be reached although they are not public
	// HostRequests is how many requests one host gets at once, default 2, and
	// HostPause the least time between the beginnings of two, default none.
	HostRequests int
	HostPause    time.Duration
	// Rests remembers the hosts that asked to be left alone; default: until the
	// client is closed.
	Rests Rests
	Now   func() time.Time // the clock of rests; default the wall clock
	// Parse reads a feed that came from base, and says how long the feed itself
	// wants to be left alone. Decode turns a page to UTF-8. Both get the content
	// type that was served with the bytes, and both must be given.
	Parse  func(body []byte, contentType, base string) (monitor.Document, time.Duration, error)
	Decode func(body []byte, contentType string) []byte
	Logger *slog.Logger // default: silent
}

// Client asks for feeds and pages. It is safe for concurrent use. A request that
// would have to wait long for its host is put off instead, with
// [monitor.FetchPutOff].
type Client struct {
	http         *http.Client
	turns        turns
	crawls       turns // of pages, where a robots.txt sets a delay
	pause        time.Duration
	rests        Rests
	robots       robots
	bodies       bodies
	parsing      chan struct{} // a slot for each document being read
	userAgent    string
	timeout      time.Duration
	maxFeedBytes int64
	maxPageBytes int64
	now          func() time.Time
	parse        func(body []byte, contentType, base string) (monitor.Document, time.Duration, error)
	decode       func(body []byte, contentType string) []byte
	logger       *slog.Logger
}

// Limits that no operator has a reason to change.
const (
	maxRedirects   = 5
	maxHeaderBytes = 256 << 10 // net/http would take 1 MB
)

// New returns a client with its own connections.
func New(o Options) *Client {
	dialer := &net.Dialer{Timeout: 10 * time.Second, Control: guard(o.Allow)}
	c := &Client{
		turns:        turns{atOnce: cmp.Or(o.HostRequests, 2)},
		crawls:       turns{atOnce: 1},
		pause:        o.HostPause,
		rests:        o.Rests,
		parsing:      make(chan struct{}, runtime.GOMAXPROCS(0)),
		userAgent:    cmp.Or(o.UserAgent, "tonewatch"),
		timeout:      cmp.Or(o.Timeout, 20*time.Second),
		maxFeedBytes: cmp.Or(o.MaxFeedBytes, 8<<20),
		maxPageBytes: cmp.Or(o.MaxPageBytes, 2<<20),
		now:          o.Now,
		parse:        o.Parse,
		decode:       o.Decode,
		logger:       o.Logger,
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.logger == nil {
		c.logger = slog.New(slog.DiscardHandler)
	}
	if c.rests == nil {
		c.rests = &forgetful{}
	}
	c.http = &http.Client{
		// Redirects are followed by visit: every hop is checked and waits its turn.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			// Through a proxy the guard would see the proxy's address, not the
			// target's.
			Proxy:                  nil,
			DialContext:            dialer.DialContext,
			ForceAttemptHTTP2:      true,
			DisableCompression:     true, // bodies undoes it, and knows one more
			TLSHandshakeTimeout:    10 * time.Second,
			MaxResponseHeaderBytes: maxHeaderBytes,
			MaxIdleConns:           100,
			MaxIdleConnsPerHost:    c.turns.atOnce,
			IdleConnTimeout:        90 * time.Second,
		},
	}
	return c
}

// Close drops idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

const (
	acceptFeed = "application/atom+xml, application/rss+xml, application/rdf+xml;q=0.9, " +
		"application/feed+json;q=0.9, application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"
	acceptPage = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
)

// Feed asks for a feed, conditionally where known has validators of an earlier
// answer. What goes wrong outside is a [*monitor.FetchError].
func (c *Client) Feed(ctx context.Context, rawURL string, known monitor.Known) (monitor.Fetched, error) {
	var got monitor.Fetched
	err := c.visit(ctx, errand{address: rawURL, accept: acceptFeed, validators: known.Validators}, func(a answer) (err error) {
		got, err = c.readFeed(a, known)
		return err
	})
	if err != nil {
		return monitor.Fetched{}, err
	}
	return got, nil
}

func (c *Client) readFeed(a answer, known monitor.Known) (monitor.Fetched, error) {
	got := monitor.Fetched{Known: known, MovedTo: a.movedTo}
	got.Fresh = freshFor(a.Header, c.now())
	if a.StatusCode == http.StatusNotModified {
		got.Unchanged = true
		got.Validators = refreshed(known.Validators, a.Header)
		if !saysHowFresh(a.Header) {
			got.Fresh = known.Fresh
		}
		return got, nil
	}
	got.Validators = refreshed(monitor.Validators{URL: a.address()}, a.Header)
	body, err := c.bodies.read(a.Response, c.maxFeedBytes)
	if err != nil {
		return got, err
	}
	if got.Digest = digest(a.address(), body); got.Digest == known.Digest {
		got.Unchanged = true
		return got, nil
	}
	// Reading takes processor and memory, and more at once would not be faster.
	c.parsing <- struct{}{}
	defer func() { <-c.parsing }()
	got.Document, got.Cycle, err = c.parse(body, a.Header.Get("Content-Type"), a.address())
	return got, err
}

// digest tells documents apart; the address belongs to it, because links are
// resolved against it.
func digest(address string, body []byte) string {
	h := sha256.New()
	_, _ = io.WriteString(h, address+"\n") // a hash takes all
	_, _ = h.Write(body)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Page asks for an article's page and decodes it to UTF-8, where the site's
// robots.txt does not forbid it. What goes wrong outside is a
// [*monitor.FetchError].
func (c *Client) Page(ctx context.Context, rawURL string) (monitor.Page, error) {
	var got monitor.Page
	err := c.visit(ctx, errand{address: rawURL, accept: acceptPage, robots: true}, func(a answer) error {
		// Asked before the body is read: an article's link may lead to a film.
		contentType := a.Header.Get("Content-Type")
		if !servesHTML(contentType) {
			return &monitor.FetchError{Kind: monitor.FetchNotHTML, Err: fmt.Errorf("served %q, no web page", contentType)}
		}
		body, err := c.bodies.read(a.Response, c.maxPageBytes)
		if err != nil {
			return err
		}
		got = monitor.Page{URL: a.address(), Body: c.decode(body, contentType)}
		return nil
	})
	return got, err
}

// servesHTML accepts an answer without a type: servers that give none serve
// pages more often than anything else.
func servesHTML(contentType string) bool {
	media, _, _ := strings.Cut(contentType, ";")
	switch strings.ToLower(strings.TrimSpace(media)) {
	case "", "text/html", "application/xhtml+xml":
		return true
	}
	return false
}
