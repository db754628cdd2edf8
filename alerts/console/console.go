// Package console prints messages as plain text: for a first run without a
// token, for dry runs, and for the demonstration. It is a receiver like any
// other, except that what is printed cannot be edited or looked for: every change
// of an alert is printed anew, without the stories, and after a crash a message
// may be printed twice.
package console

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"tonewatch/alerts"
)

// DefaultWidth is that of a terminal of old.
const DefaultWidth = 80

// minWidth is the narrowest that anything is readable in.
const minWidth = 24

// Options for [New].
type Options struct {
	Out    io.Writer
	Width  int  // of a line, in cells; 0 is DefaultWidth
	Colour bool // use the terminal's colours
}

// Console is a receiver that prints.
type Console struct {
	mu     sync.Mutex // alerts are printed one by one
	out    io.Writer
	width  int
	colour bool
}

var _ alerts.Receiver = (*Console)(nil)

// New returns a console that prints to a writer.
func New(o Options) *Console {
	if o.Width == 0 {
		o.Width = DefaultWidth
	}
	return &Console{out: o.Out, width: max(o.Width, minWidth), colour: o.Colour}
}

// Post implements [alerts.Receiver]. News that changes an alert is left out: the
// alert is printed anew for it.
func (c *Console) Post(_ context.Context, m alerts.Message) (alerts.Receipt, error) {
	if r := m.Reply; r != nil && (r.News == alerts.Worse || r.News == alerts.Recovered) {
		return alerts.Receipt{Channel: "console", TS: m.Key}, nil
	}
	if err := c.print(c.render(m, true)); err != nil {
		return alerts.Receipt{}, err
	}
	return alerts.Receipt{Channel: "console", TS: m.Key}, nil
}

// Update implements [alerts.Receiver]: it prints how the message now stands, for
// whoever has read the stories and the legend above.
func (c *Console) Update(_ context.Context, _ alerts.Receipt, m alerts.Message) error {
	return c.print(c.render(m, false))
}

// Find implements [alerts.Receiver]: what was printed is out of reach.
func (c *Console) Find(context.Context, alerts.Message, time.Time) (alerts.Receipt, bool, error) {
	return alerts.Receipt{}, false, nil
}

func (c *Console) print(p *page) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := io.WriteString(c.out, p.text.String()+"\n"); err != nil {
		return &alerts.Failure{Reason: "write", Err: fmt.Errorf("print a message: %w", err)}
	}
	return nil
}
