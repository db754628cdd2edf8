package console

import (
	"fmt"
	"strings"

	"tonewatch/alerts"
)

// How much is printed, as much as Slack shows.
const (
	maxStories = 3
	maxRemarks = 5
	maxRows    = 30
	maxLines   = 30
)

// indent is that of the values beside their names.
const indent = 11

// render is a message as Slack would show it; of an alert that is whole also
// what never changes: the stories, and how to read it.
func (c *Console) render(m alerts.Message, whole bool) *page {
	p := &page{width: c.width, bar: "▌"}
	switch {
	case m.Alert != nil:
		c.paint(p, colour(*m.Alert))
		p.alert(*m.Alert, whole)
	case m.Reply != nil:
		c.paint(p, colour(m.Reply.Alert))
		p.reply(*m.Reply)
	case m.Digest != nil:
		c.paint(p, magenta)
		p.digest(*m.Digest)
	case m.Note != nil:
		c.paint(p, grey)
		p.note(*m.Note)
	}
	if whole {
		p.blank()
		if m.Alert != nil {
			p.wrap("", "", m.Alert.Legend())
		}
		p.wrap("", "", m.Foot())
	}
	return p
}

// paint gives the page's bar a colour, if it is to have colours.
func (c *Console) paint(p *page, colour string) {
	if c.colour {
		p.bar, p.on, p.off = colour+p.bar+Reset, Bold, Reset
	}
}

func (p *page) alert(a alerts.Alert, whole bool) {
	p.wrap("", "", strong(a.Headline()))
	p.calls(a)
	p.blank()
	for _, f := range a.Fields() {
		p.field(f.Name, f.Value)
	}
	p.chart(a)
	p.standing(a)
	if page := a.Link(); page != "" {
		p.blank()
		p.line(page)
	}
	if whole {
		p.stories(a.Stories(maxStories))
	}
}

// calls are those whom the operator asked to call.
func (p *page) calls(a alerts.Alert) {
	var names []string
	for _, name := range a.Mention {
		names = append(names, alerts.Clean(name, maxName))
	}
	if len(names) > 0 {
		p.wrap("", "", "For "+strings.Join(names, ", "))
	}
}

// maxName is how much is printed of a person's name, in runes.
const maxName = 80

// chart is a row of bars a line; a flat line is only named.
func (p *page) chart(a alerts.Alert) {
	chart, ok := a.Chart()
	if !ok {
		return
	}
	p.blank()
	p.wrap("", "", fmt.Sprintf("%s, %s to %s", chart.Title, chart.Labels[0], chart.Labels[len(chart.Labels)-1]))
	for _, l := range chart.Lines {
		name := strings.Repeat(" ", max(0, indent-1-cells(l.Name)))
		if !l.Flat {
			p.wrap(l.Name+name+" ", strings.Repeat(" ", max(indent, cells(l.Name)+1)), chart.Bars(l))
		}
	}
}

// standing is until when the episode is silenced, and what people did about it.
func (p *page) standing(a alerts.Alert) {
	until := a.Hushed()
	done, earlier := a.Done(maxRemarks)
	if until == "" && len(done) == 0 {
		return
	}
	p.blank()
	if until != "" {
		p.wrap("", "", strong(until))
	}
	if earlier > 0 {
		p.wrap("", "", fmt.Sprintf("%d earlier", earlier))
	}
	for _, r := range done {
		p.wrap("✔ ", "  ", strings.TrimLeft(alerts.Clean(r.By, maxName)+" ", " ")+r.Words(a.Episode.Fired))
	}
}

func (p *page) reply(r alerts.Reply) {
	p.wrap("", "", strong(r.Headline()))
	p.calls(r.Alert)
	p.wrap("", "", r.Figures())
	p.stories(r.Stories(maxStories))
}

func (p *page) digest(d alerts.Digest) {
	p.wrap("", "", strong(d.Headline()))
	rows, more := d.Rows(maxRows)
	for i, r := range rows {
		p.blank()
		p.wrap(fmt.Sprintf("%2d. ", i+1), "    ", strong(r.Actor)+": "+r.What)
		p.wrap("    ", "    ", fmt.Sprintf("size %s · sigma %s · stories %s", r.Size, r.Sigma, r.Stories))
	}
	p.more(more)
}

func (p *page) note(n alerts.Note) {
	p.wrap("", "", strong(n.Headline()))
	lines, more := n.Text(maxLines)
	for i, line := range lines {
		if i == 0 {
			p.blank()
		}
		p.wrap("• ", "  ", line)
	}
	p.more(more)
}

func (p *page) stories(stories []alerts.Story, more int) {
	for i, s := range stories {
		p.blank()
		p.story(i+1, s)
	}
	p.more(more)
}

func (p *page) more(n int) {
	if n > 0 {
		p.blank()
		p.wrap("", "", fmt.Sprintf("+%d more", n))
	}
}

func (p *page) field(name, value string) {
	p.wrap(fmt.Sprintf("%-*s", indent, name), strings.Repeat(" ", indent), value)
}

func (p *page) blank() { p.line("") }

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
