package slack

import (
	"fmt"

	slackgo "github.com/slack-go/slack"
	"github.com/slack-go/slack/slackutilsx"

	"tonewatch/alerts"
	"tonewatch/monitor"
)

// How much an alert shows.
const (
	maxStories = 3
	maxRemarks = 5
)

// alertBlocks say what happened, whom it concerns, the figures, how it went, the
// stories that moved the tone most, what people did about it, and what they can.
func alertBlocks(a alerts.Alert, l Look, most int) []slackgo.Block {
	blocks := []slackgo.Block{slackgo.NewHeaderBlock(plain(a.Headline()))}
	if call := calling(a, l); len(call) > 0 {
		blocks = append(blocks, slackgo.NewRichTextBlock("", slackgo.NewRichTextSection(call...)))
	}
	blocks = append(blocks, figures(a.Fields()))
	if chart, ok := a.Chart(); ok && l.Chart {
		blocks = append(blocks, drawing(chart))
	}
	if parts := evidence(a.Stories(most)); len(parts) > 0 {
		blocks = append(blocks, slackgo.NewRichTextBlock("", parts...))
	}
	if lines := standing(a, l); len(lines) > 0 {
		blocks = append(blocks, slackgo.NewRichTextBlock("", slackgo.NewRichTextSection(lines...)))
	}
	if l.Buttons {
		blocks = append(blocks, buttons(a))
	}
	return blocks
}

// alertFoot is how to read the alert, where it comes from, and its page.
func alertFoot(a alerts.Alert, origin slackgo.MixedElement) []slackgo.MixedElement {
	list := []slackgo.MixedElement{plain(a.Legend()), origin}
	if page := a.Link(); page != "" { // which has none of the characters that end a link
		list = append(list, slackgo.NewTextBlockObject(slackgo.MarkdownType, "<"+slackutilsx.EscapeMessage(page)+"|Open its page>", false, true))
	}
	return list
}

func figures(fields []alerts.Field) *slackgo.SectionBlock {
	var list []*slackgo.TextBlockObject
	for _, f := range fields {
		text := fmt.Sprintf("*%s*\n%s", f.Name, slackutilsx.EscapeMessage(f.Value))
		list = append(list, slackgo.NewTextBlockObject(slackgo.MarkdownType, text, false, true))
	}
	return slackgo.NewSectionBlock(nil, list, nil)
}

// evidence is nothing where there are no stories.
func evidence(stories []alerts.Story, more int) []slackgo.RichTextElement {
	var list []slackgo.RichTextElement
	for _, s := range stories {
		words := sentence(s)
		if len(words) == 0 { // no quote sets the next story apart
			list = append(list, slackgo.NewRichTextSection(title(s), text("\n"+s.Source+"\n", nil)))
			continue
		}
		list = append(list, slackgo.NewRichTextSection(title(s), text("\n"+s.Source, nil)),
			&slackgo.RichTextQuote{Type: slackgo.RTEQuote, Elements: words})
	}
	if more > 0 {
		list = append(list, slackgo.NewRichTextSection(text(moreOf(more), nil)))
	}
	return list
}

func moreOf(n int) string { return fmt.Sprintf("+%d more", n) }

func title(s alerts.Story) slackgo.RichTextSectionElement {
	if s.Link == "" {
		return text(s.Title, bold)
	}
	return slackgo.NewRichTextSectionLinkElement(s.Link, s.Title, bold)
}

// sentence leaves empty parts out: Slack refuses a text without characters.
func sentence(s alerts.Story) []slackgo.RichTextSectionElement {
	var list []slackgo.RichTextSectionElement
	if s.Before != "" {
		list = append(list, text(s.Before, nil))
	}
	if s.Target != "" {
		list = append(list, text(s.Target, bold))
	}
	if s.After != "" {
		list = append(list, text(s.After, nil))
	}
	return list
}

// standing is until when the episode is silenced, and what people did about it,
// a line each.
func standing(a alerts.Alert, l Look) (list []slackgo.RichTextSectionElement) {
	line := func(parts ...slackgo.RichTextSectionElement) {
		if len(list) > 0 {
			list = append(list, text("\n", nil))
		}
		list = append(list, parts...)
	}
	if until := a.Hushed(); until != "" {
		line(text(until, bold))
	}
	done, earlier := a.Done(maxRemarks)
	if earlier > 0 {
		line(text(fmt.Sprintf("%d earlier", earlier), nil))
	}
	for _, r := range done {
		words := r.Words(a.Episode.Fired)
		if r.By == "" {
			line(text("✔ "+words, nil))
			continue
		}
		line(text("✔ ", nil), person(r.By, l), text(" "+words, nil))
	}
	return list
}

var bold = &slackgo.RichTextSectionTextStyle{Bold: true}

func text(s string, style *slackgo.RichTextSectionTextStyle) slackgo.RichTextSectionElement {
	return slackgo.NewRichTextSectionTextElement(s, style)
}

// The colours of the bar: blue for colder and orange for warmer, which the
// colour-blind tell apart, violet for what is neither.
const (
	neutral = "#8a8f98"
	violet  = "#7a5cb8"
)

// colourOf is pale while easing, grey when over.
func colourOf(a alerts.Alert) string {
	full, pale := violet, "#bba9dd"
	switch a.Lean() {
	case -1:
		full, pale = "#1d6fb8", "#8db7dc"
	case 1:
		full, pale = "#d9730d", "#ebb98a"
	}
	switch a.Episode.Phase {
	case monitor.Quiet:
		return neutral
	case monitor.Easing:
		return pale
	default:
		return full
	}
}
