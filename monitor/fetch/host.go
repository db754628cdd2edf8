package fetch

import (
	"context"
	"sync"
)

// hosts lets perHost requests at a time through to each host. It knows only the
// hosts that are being asked, so that it stays small however many there are.
type hosts struct {
	mu   sync.Mutex
	busy map[string]*host
}

type host struct {
	slots chan struct{}
	users int // holding a slot or waiting for one; guarded by hosts.mu
}

// enter waits for a turn at the named host and returns the function that ends
// it, or the error of a context that ended first.
func (hs *hosts) enter(ctx context.Context, name string) (leave func(), err error) {
	hs.mu.Lock()
	if hs.busy == nil {
		hs.busy = make(map[string]*host)
	}
	h := hs.busy[name]
	if h == nil {
		h = &host{slots: make(chan struct{}, perHost)}
		hs.busy[name] = h
	}
	h.users++
	hs.mu.Unlock()

	forget := func() {
		hs.mu.Lock()
		defer hs.mu.Unlock()
		if h.users--; h.users == 0 {
			delete(hs.busy, name)
		}
	}
	select {
	case h.slots <- struct{}{}:
		return func() { <-h.slots; forget() }, nil
	case <-ctx.Done():
		forget()
		return nil, ctx.Err()
	}
}
