package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"

	"tonewatch/monitor"
)

// ours is an error that the outside has no part in. It stays as it is.
type ours struct{ error }

// checkStatus refuses every status but 200 and a 304 that was asked for. A host
// that is too busy is left alone from here on, with all that it serves.
func (c *Client) checkStatus(ctx context.Context, resp *http.Response) error {
	code := resp.StatusCode
	if code == http.StatusOK || code == http.StatusNotModified && isConditional(resp.Request.Header) {
		return nil
	}
	e := &monitor.FetchError{
		Kind:       monitor.FetchStatus,
		Status:     code,
		RetryAfter: retryAfter(resp.Header, c.now()),
		Err:        fmt.Errorf("HTTP status %d %s", code, http.StatusText(code)),
	}
	switch {
	case code == http.StatusGone:
		e.Kind = monitor.FetchGone
	case code >= 500, code == http.StatusTooManyRequests, code == http.StatusRequestTimeout, code == http.StatusTooEarly:
		e.Temporary = true
	}
	// A 503 that does not say for how long is often about one page only.
	if code == http.StatusTooManyRequests || code == http.StatusServiceUnavailable && e.RetryAfter > 0 {
		var err error
		if e.RetryAfter, err = c.rest(ctx, resp.Request.URL, e.RetryAfter); err != nil {
			return err
		}
	}
	return e
}

// failure classes an error once, at the edge. The address is kept without its
// credentials, because errors are logged.
func (c *Client) failure(u *url.URL, err error) error {
	e := &monitor.FetchError{URL: monitor.Redact(u.String())}
	var (
		own     ours
		classed *monitor.FetchError
		refused refusal
		tooBig  *http.MaxBytesError
		timeout net.Error
	)
	switch {
	case errors.As(err, &own):
		return own.error
	case errors.As(err, &classed):
		*e = *classed
		e.URL = monitor.Redact(u.String())
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
