package fetch

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"tonewatch/monitor"
)

// errand is what is asked for, and how.
type errand struct {
	address    string
	accept     string
	validators monitor.Validators // sent to the one address that they belong to
	robots     bool               // robots.txt is obeyed
}

// trip is an errand on its way.
type trip struct {
	errand
	at      *url.URL
	hops    int           // redirects so far
	forGood bool          // all of them were permanent
	left    time.Duration // of the timeout
}

// answer is a 200, or a 304 that was asked for, from where redirects ended.
type answer struct {
	*http.Response
	movedTo string // where the errand's address leads for good; empty for nowhere
}

// address is where an answer came from: links are resolved against it, and
// travel far.
func (a answer) address() string { return open(a.Request.URL) }

// open is an address without the password of a protected feed.
func open(u *url.URL) string {
	bare := *u
	bare.User = nil
	return bare.String()
}

// visit goes where an errand leads, hop by hop, and hands the answer to use.
// Whatever goes wrong outside, in use too, becomes a FetchError.
func (c *Client) visit(ctx context.Context, e errand, use func(answer) error) error {
	start, err := url.Parse(e.address)
	if err != nil {
		return &monitor.FetchError{URL: monitor.Redact(e.address), Kind: monitor.FetchRefused, Err: bare(err)}
	}
	t := trip{errand: e, at: start, forGood: true, left: c.timeout}
	for {
		next, err := c.hop(ctx, &t, use)
		if err != nil {
			return c.failure(start, err)
		}
		if next == nil {
			return nil
		}
		t.at = next
		if t.hops++; t.hops > maxRedirects {
			return c.failure(start, refusal(fmt.Sprintf("more than %d redirects", maxRedirects)))
		}
	}
}

// hop makes one request when it is allowed and its turn has come. It gives the
// next address after a redirect, and nil when use has been given the answer.
func (c *Client) hop(ctx context.Context, t *trip, use func(answer) error) (next *url.URL, err error) {
	if err := checkURL(t.at); err != nil {
		return nil, err
	}
	if t.robots {
		delay, err := c.askRobots(ctx, t.at)
		if err == nil && delay > 0 {
			err = c.keepDistance(ctx, t, delay)
		}
		if err != nil {
			return nil, err
		}
	}
	leave, err := c.turn(ctx, t)
	if err != nil {
		return nil, err
	}
	defer leave()
	// The clock starts here: waiting for one's turn is no fault of the server.
	defer func(began time.Time) { t.left -= time.Since(began) }(time.Now())
	timed, cancel := context.WithTimeout(ctx, t.left)
	defer cancel()
	resp, err := c.send(timed, t)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }() // nothing is left to lose
	if next, err := redirect(resp); next != nil || err != nil {
		t.forGood = t.forGood && permanent(resp.StatusCode)
		return next, err
	}
	if err := c.checkStatus(ctx, resp); err != nil {
		return nil, err
	}
	a := answer{Response: resp}
	if t.hops > 0 && t.forGood {
		a.movedTo = t.at.String()
	}
	return nil, use(a)
}

// send asks with the same few headers always: no cookie, no referrer, and no
// other address's validators.
func (c *Client) send(ctx context.Context, t *trip) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, t.at.String(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", c.userAgent)
	req.Header.Set("Accept", t.accept)
	req.Header.Set("Accept-Encoding", acceptEncoding)
	if t.validators.URL == open(t.at) {
		setConditions(req.Header, t.validators)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	c.logger.Debug("fetched", "url", monitor.Redact(t.at.String()), "status", resp.StatusCode)
	return resp, nil
}

// redirect is where an answer sends us, nil when it does not.
func redirect(resp *http.Response) (*url.URL, error) {
	switch resp.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil, nil
	}
	location := resp.Header.Get("Location")
	if location == "" {
		return nil, nil // checkStatus refuses it
	}
	// A short body that is read to its end leaves the connection fit for use.
	_, _ = io.CopyN(io.Discard, resp.Body, 2<<10)
	next, err := resp.Request.URL.Parse(location)
	if err != nil {
		return nil, refusal(fmt.Sprintf("redirect to %.100q, which is no address", location))
	}
	if err := checkURL(next); err != nil {
		return nil, refusal("redirect to " + monitor.Redact(next.String()) + ": " + err.Error())
	}
	return next, nil
}

func permanent(status int) bool {
	return status == http.StatusMovedPermanently || status == http.StatusPermanentRedirect
}
