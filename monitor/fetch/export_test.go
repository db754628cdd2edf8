package fetch

import (
	"context"
	"net/netip"
	"net/url"
	"time"
)

// Reachable applies the guard to an address.
func Reachable(ip netip.Addr, allow ...netip.Prefix) error {
	return guard(allow)("tcp", netip.AddrPortFrom(ip, 443).String(), nil)
}

// Turns are the turns of a client with so many requests at once and such a pause.
type Turns struct {
	turns
	pause time.Duration
}

func NewTurns(atOnce int, pause time.Duration) *Turns {
	return &Turns{turns{atOnce: atOnce}, pause}
}

func (t *Turns) Enter(ctx context.Context, host string, ready time.Duration) (leave func(), wait time.Duration, err error) {
	return t.enter(ctx, host, t.pause, ready)
}

// Known is how many hosts are remembered.
func (t *Turns) Known() int { return len(t.hosts) }

// Lets reads a robots.txt for a page.
func Lets(text string, page *url.URL) (ok bool, delay time.Duration) {
	return lets([]byte(text), page)
}
