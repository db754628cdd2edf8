package fetch

import (
	"context"
	"fmt"
	"net/url"
	"sync"
	"time"

	"tonewatch/monitor"
)

// Rests remembers which hosts asked to be left alone.
type Rests interface {
	Rest(ctx context.Context, host string) (monitor.Rest, error)
	SaveRest(ctx context.Context, host string, r monitor.Rest) error
}

const (
	// patience is how long a request waits for its turn before it is put off, so
	// that a busy host does not keep others' requests from being made.
	patience = 2 * time.Second
	// After a redirect it is longer: to be put off means to ask anew from the
	// start.
	redirectedPatience = 20 * time.Second
)

// turn waits until the host of a trip's next address may be asked, and returns
// what must be called when it has been.
func (c *Client) turn(ctx context.Context, t *trip) (leave func(), err error) {
	host := monitor.HostOf(t.at)
	rest, err := c.rests.Rest(ctx, host)
	if err != nil {
		return nil, ours{err}
	}
	if wait := rest.Until.Sub(c.now()); wait > 0 {
		return nil, putOff(wait, fmt.Errorf("%s asked to be left alone until %s", host, rest.Until.UTC().Format(time.RFC3339)))
	}
	ready := patience
	if t.hops > 0 {
		ready = redirectedPatience
	}
	leave, wait, err := c.turns.enter(ctx, host, c.pause, ready)
	if err == nil && leave == nil {
		err = putOff(wait, fmt.Errorf("other requests to %s come first", host))
	}
	return leave, err
}

// keepDistance waits until a page may be asked for of a host that wants a delay
// between pages. A feed, which its publisher means for programs, does not wait
// for pages.
func (c *Client) keepDistance(ctx context.Context, t *trip, delay time.Duration) error {
	host := monitor.HostOf(t.at)
	leave, wait, err := c.crawls.enter(ctx, host, delay, patience)
	switch {
	case err != nil:
		return err
	case leave == nil:
		return putOff(wait, fmt.Errorf("%s/robots.txt asks for %v between pages, and others come first", t.at.Host, delay))
	}
	leave() // the distance is between beginnings
	return nil
}

// putOff is temporary, and no fault.
func putOff(wait time.Duration, why error) error {
	return &monitor.FetchError{Kind: monitor.FetchPutOff, RetryAfter: wait, Temporary: true, Err: why}
}

// rest leaves the host of an address alone from now on, and says for how long.
func (c *Client) rest(ctx context.Context, u *url.URL, asked time.Duration) (time.Duration, error) {
	host, now := monitor.HostOf(u), c.now()
	last, err := c.rests.Rest(ctx, host)
	if err != nil {
		return 0, ours{err}
	}
	rest := monitor.NextRest(last, asked, now)
	if err := c.rests.SaveRest(ctx, host, rest); err != nil {
		return 0, ours{err}
	}
	return rest.Until.Sub(now), nil
}

// forgetful remembers rests for as long as it lives.
type forgetful struct {
	mu    sync.Mutex
	rests map[string]monitor.Rest
}

func (f *forgetful) Rest(_ context.Context, host string) (monitor.Rest, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.rests[host], nil
}

func (f *forgetful) SaveRest(_ context.Context, host string, r monitor.Rest) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.rests == nil {
		f.rests = make(map[string]monitor.Rest)
	}
	f.rests[host] = r
	return nil
}
