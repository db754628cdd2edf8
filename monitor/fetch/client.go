package fetch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
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
	Logger       *slog.Logger   // default: silent
}

// Client asks for feeds and pages. It is safe for concurrent use; requests to
// one host beyond the second wait.
type Client struct {
	http         *http.Client
	hosts        hosts
	userAgent    string
	timeout      time.Duration
	maxFeedBytes int64
	maxPageBytes int64
	logger       *slog.Logger
}

// Limits that no operator has a reason to change.
const (
	maxRedirects   = 5
	maxHeaderBytes = 256 << 10 // net/http would take 1 MB
	perHost        = 2         // requests at once
)

// New returns a client with its own connections.
func New(o Options) *Client {
	dialer := &net.Dialer{Timeout: 10 * time.Second, Control: guard(o.Allow)}
	c := &Client{
		userAgent:    cmp.Or(o.UserAgent, "tonewatch"),
		timeout:      cmp.Or(o.Timeout, 20*time.Second),
		maxFeedBytes: cmp.Or(o.MaxFeedBytes, 8<<20),
		maxPageBytes: cmp.Or(o.MaxPageBytes, 2<<20),
		logger:       o.Logger,
	}
	if c.logger == nil {
		c.logger = slog.New(slog.DiscardHandler)
	}
	c.http = &http.Client{
		CheckRedirect: checkRedirect,
		Transport: &http.Transport{
			// Through a proxy the guard would see the proxy's address, not the
			// target's.
			Proxy:                  nil,
			DialContext:            dialer.DialContext,
			ForceAttemptHTTP2:      true,
			TLSHandshakeTimeout:    10 * time.Second,
			MaxResponseHeaderBytes: maxHeaderBytes,
			MaxIdleConns:           100,
			MaxIdleConnsPerHost:    perHost,
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

// Feed asks for a feed, conditionally when v holds validators of an earlier
// answer. Every failure is a [*monitor.FetchError].
func (c *Client) Feed(ctx context.Context, rawURL string, v monitor.Validators) (monitor.Fetched, error) {
	var got monitor.Fetched
	err := c.get(ctx, rawURL, acceptFeed, v, func(resp *http.Response) error {
		if resp.StatusCode == http.StatusNotModified {
			got = monitor.Fetched{
				NotModified: true,
				Validators:  refreshed(v, resp.Header),
				Wait:        freshFor(resp.Header),
			}
			return nil
		}
		body, err := io.ReadAll(http.MaxBytesReader(nil, resp.Body, c.maxFeedBytes))
		if err != nil {
			return err
		}
		doc, wait, err := parse(body, resp.Header.Get("Content-Type"), address(resp))
		if err != nil {
			return err
		}
		got = monitor.Fetched{Wait: max(freshFor(resp.Header), wait), Document: doc}
		if sameHost(rawURL, resp.Request.URL) {
			got.Validators = refreshed(monitor.Validators{}, resp.Header)
		}
		return nil
	})
	return got, err
}

// Page asks for an article's page and decodes it to UTF-8. Every failure is a
// [*monitor.FetchError].
func (c *Client) Page(ctx context.Context, rawURL string) (monitor.Page, error) {
	var got monitor.Page
	err := c.get(ctx, rawURL, acceptPage, monitor.Validators{}, func(resp *http.Response) error {
		// Asked before the body is read: an article's link may lead to a film.
		contentType := resp.Header.Get("Content-Type")
		if !servesHTML(contentType) {
			return &monitor.FetchError{Kind: monitor.FetchNotHTML, Err: fmt.Errorf("served %q, no web page", contentType)}
		}
		body, err := io.ReadAll(http.MaxBytesReader(nil, resp.Body, c.maxPageBytes))
		if err != nil {
			return err
		}
		got = monitor.Page{URL: address(resp), Body: DecodePage(body, contentType)}
		return nil
	})
	return got, err
}

// address is where an answer came from, without the password of a protected
// feed: links are resolved against it, and travel far.
func address(resp *http.Response) string {
	u := *resp.Request.URL
	u.User = nil
	return u.String()
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

// get makes one bounded request and hands a 200, or a 304 to a conditional
// request, to use. Whatever goes wrong, in use too, becomes a FetchError.
func (c *Client) get(ctx context.Context, rawURL, accept string, v monitor.Validators, use func(*http.Response) error) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, rawURL, nil)
	if err != nil {
		return &monitor.FetchError{URL: rawURL, Kind: monitor.FetchRefused, Err: bare(err)}
	}
	if err := checkURL(req.URL); err != nil {
		return c.failure(req.URL, err)
	}
	leave, err := c.hosts.enter(ctx, strings.ToLower(req.URL.Hostname()))
	if err != nil {
		return c.failure(req.URL, err)
	}
	defer leave()
	// The clock starts here: waiting for one's turn is no fault of the server.
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req = req.WithContext(ctx)
	req.Header.Set("User-Agent", c.userAgent)
	req.Header.Set("Accept", accept)
	setConditions(req.Header, v)

	resp, err := c.http.Do(req)
	if err != nil {
		return c.failure(req.URL, err)
	}
	defer func() { _ = resp.Body.Close() }() // nothing is left to lose
	c.logger.Debug("fetched", "url", req.URL.Redacted(), "status", resp.StatusCode)
	if err := checkStatus(resp); err != nil {
		return c.failure(req.URL, err)
	}
	if err := use(resp); err != nil {
		return c.failure(req.URL, err)
	}
	return nil
}

// checkStatus refuses every status but 200 and a 304 that was asked for.
func checkStatus(resp *http.Response) error {
	code := resp.StatusCode
	if code == http.StatusOK || code == http.StatusNotModified && isConditional(resp.Request.Header) {
		return nil
	}
	e := &monitor.FetchError{
		Kind:       monitor.FetchStatus,
		RetryAfter: retryAfter(resp.Header),
		Err:        fmt.Errorf("HTTP status %d %s", code, http.StatusText(code)),
	}
	switch {
	case code == http.StatusGone:
		e.Kind = monitor.FetchGone
	case code >= 500, code == http.StatusTooManyRequests, code == http.StatusRequestTimeout, code == http.StatusTooEarly:
		e.Temporary = true
	}
	return e
}

// failure classes an error once, at the edge. The address is kept without its
// password, because errors are logged.
func (c *Client) failure(u *url.URL, err error) *monitor.FetchError {
	e := &monitor.FetchError{URL: u.Redacted()}
	var (
		classed *monitor.FetchError
		refused refusal
		tooBig  *http.MaxBytesError
		timeout net.Error
	)
	switch {
	case errors.As(err, &classed):
		*e = *classed
		e.URL = u.Redacted()
	case errors.As(err, &refused):
		e.Kind, e.Err = monitor.FetchRefused, refused
	case errors.As(err, &tooBig):
		e.Kind, e.Err = monitor.FetchTooLarge, fmt.Errorf("body larger than %d bytes", tooBig.Limit)
	case errors.As(err, &timeout) && timeout.Timeout():
		e.Kind, e.Temporary = monitor.FetchTimeout, true
		e.Err = fmt.Errorf("no whole answer within %v: %w", c.timeout, bare(err))
	default:
		e.Kind, e.Temporary, e.Err = monitor.FetchNetwork, true, bare(err)
	}
	return e
}

// bare drops the method and the address that net/http wraps around an error: a
// FetchError names the address itself, without its password.
func bare(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}
