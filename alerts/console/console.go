// Package console prints alerts as plain text: for a first run without a token,
// for dry runs, and for the demonstration. It is a receiver like any other,
// except that what is printed cannot be edited or looked for: every change of
// an episode is printed anew, without the stories, and after a crash an alert
// may be printed twice.
package console

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"tonewatch/alerts"
)

// DefaultWidth is that of a terminal of old.
const DefaultWidth = 80

// minWidth is the narrowest that anything is readable in.
const minWidth = 24

// maxStories is how many stories are printed, as many as Slack shows.
const maxStories = 3

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

// Post implements [alerts.Receiver].
func (c *Console) Post(_ context.Context, a alerts.Alert) (alerts.Receipt, error) {
	if err := c.print(c.render(a)); err != nil {
		return alerts.Receipt{}, err
	}
	return alerts.Receipt{Channel: "console", TS: a.Key}, nil
}

// Update implements [alerts.Receiver]: it prints how the alert now stands, for
// whoever has read the stories and the legend above.
func (c *Console) Update(_ context.Context, _ alerts.Receipt, a alerts.Alert) error {
	return c.print(c.figures(a))
}

// Find implements [alerts.Receiver]: what was printed is out of reach.
func (c *Console) Find(context.Context, string, time.Time) (alerts.Receipt, bool, error) {
	return alerts.Receipt{}, false, nil
}

func (c *Console) print(p *page) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := io.WriteString(c.out, p.text.String()+"\n"); err != nil {
		return &alerts.Failure{Reason: "write", Err: fmt.Errorf("print an alert: %w", err)}
	}
	return nil
}

// figures are the alert's headline and fields, a bar at their left.
func (c *Console) figures(a alerts.Alert) *page {
	p := &page{width: c.width, bar: "▌"}
	if c.colour {
		p.bar, p.on, p.off = colour(a)+p.bar+Reset, Bold, Reset
	}
	p.wrap("", "", strong(a.Headline()))
	p.wrap("", "", "")
	for _, f := range a.Fields() {
		p.wrap(fmt.Sprintf("%-11s", f.Name), strings.Repeat(" ", 11), f.Value)
	}
	return p
}

// render is the whole alert, as Slack would show it.
func (c *Console) render(a alerts.Alert) *page {
	p := c.figures(a)
	stories, more := a.Stories(maxStories)
	for i, s := range stories {
		p.wrap("", "", "")
		p.story(i+1, s)
	}
	if more > 0 {
		p.wrap("", "", "")
		p.wrap("", "", fmt.Sprintf("+%d more", more))
	}
	p.wrap("", "", "")
	p.wrap("", "", a.Legend())
	return p
}

func (p *page) story(n int, s alerts.Story) {
	const indent = "   "
	p.wrap(fmt.Sprintf("%d. ", n), indent, strong(s.Title))
	p.wrap(indent, indent, s.Source)
	if s.Link != "" {
		p.line(indent + s.Link) // in one piece, so that it can be followed
	}
	words := s.Before + s.After
	if s.Target != "" {
		words = s.Before + target(s.Target) + s.After
	}
	if words != "" {
		p.wrap(indent+"│ ", indent+"│ ", words)
	}
}
