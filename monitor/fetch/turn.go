package fetch

import (
	"context"
	"sync"
	"time"
)

// turns lets a few requests at a time through to each host, and not too soon
// after each other.
type turns struct {
	atOnce int

	mu      sync.Mutex
	hosts   map[string]*host
	cleanAt int // hosts
}

type host struct {
	slots chan struct{}
	// The rest is guarded by turns.mu.
	users  int       // holding a slot or waiting for one
	free   time.Time // no request may begin before
	booked time.Time // when the last of those that were put off is expected
}

// enter waits for a turn at a host, after which none begins for the time of pause,
// and returns the function that ends it; or, when that would take longer than
// ready, nil and how much later to come back. An error is that of ctx.
func (t *turns) enter(ctx context.Context, name string, pause, ready time.Duration) (leave func(), wait time.Duration, err error) {
	h := t.arrive(name)
	limit := time.NewTimer(ready)
	defer limit.Stop()
	select {
	case h.slots <- struct{}{}: // even if ready is 0
	default:
		select {
		case h.slots <- struct{}{}:
		case <-limit.C:
			return nil, t.book(h, pause), nil
		case <-ctx.Done():
			t.part(h)
			return nil, 0, ctx.Err()
		}
	}
	start, ok := t.begin(h, pause, ready)
	if !ok {
		<-h.slots
		return nil, t.book(h, pause), nil
	}
	leave = func() { <-h.slots; t.part(h) }
	select {
	case <-time.After(time.Until(start)):
		return leave, 0, nil
	case <-ctx.Done():
		leave()
		return nil, 0, ctx.Err()
	}
}

func (t *turns) arrive(name string) *host {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.hosts == nil {
		t.hosts = make(map[string]*host)
	}
	h := t.hosts[name]
	if h == nil {
		h = &host{slots: make(chan struct{}, t.atOnce)}
		t.hosts[name] = h
	}
	h.users++
	return h
}

// begin reserves the next moment at which a request may begin, if that is within
// ready.
func (t *turns) begin(h *host, pause, ready time.Duration) (start time.Time, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	start = time.Now()
	if h.free.After(start) {
		start = h.free
	}
	if time.Until(start) > ready {
		return start, false
	}
	h.free = start.Add(pause)
	return start, true
}

// book ends a visit that did not come to its turn, and gives it a moment of its
// own to come back: those that are put off do not meet again all at once.
func (t *turns) book(h *host, pause time.Duration) (wait time.Duration) {
	t.mu.Lock()
	now := time.Now()
	h.booked = h.booked.Add(max(pause, time.Second))
	for _, at := range []time.Time{now.Add(time.Second), h.free} {
		if at.After(h.booked) {
			h.booked = at
		}
	}
	wait = h.booked.Sub(now)
	t.mu.Unlock()
	t.part(h)
	return wait
}

// part ends a visit. Now and then it forgets the hosts of which nothing is left
// to know.
func (t *turns) part(h *host) {
	t.mu.Lock()
	defer t.mu.Unlock()
	h.users--
	if len(t.hosts) <= t.cleanAt {
		return
	}
	now := time.Now()
	for name, h := range t.hosts {
		if h.users == 0 && now.After(h.free) && now.After(h.booked) {
			delete(t.hosts, name)
		}
	}
	t.cleanAt = 2*len(t.hosts) + 100
}
