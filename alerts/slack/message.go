package slack

import (
	"fmt"

	slackgo "github.com/slack-go/slack"
	"github.com/slack-go/slack/slackutilsx"

	"tonewatch/alerts"
	"tonewatch/monitor"
)

// eventType marks our messages in their metadata.
const eventType = "tonewatch_alert"

// maxStories is how many stories a message shows. With them a message stays
// under 10,000 characters, whatever its texts; Slack refuses somewhat above.
const maxStories = 3

// Message is what is said to Slack about one alert.
//
// Strangers' text is only ever in plain_text and rich_text objects, which Slack
// shows as it is; the one mrkdwn part, the figures, holds our own numbers and
// the operator's names.
type Message struct {
	// Text is what notifications show and screen readers read.
	Text        string                `json:"text"`
	Blocks      []slackgo.Block       `json:"blocks"`
	Attachments []slackgo.Attachment  `json:"attachments"`
	Metadata    slackgo.SlackMetadata `json:"metadata"`
}

// Render puts an alert into a message: what happened, the figures, the stories
// that moved the tone most, and, beside a bar in the colour of its state, how to
// read it.
func Render(a alerts.Alert) Message {
	blocks := []slackgo.Block{
		slackgo.NewHeaderBlock(plain(a.Headline())),
		figures(a.Fields()),
	}
	if stories, more := a.Stories(maxStories); len(stories) > 0 {
		blocks = append(blocks, evidence(stories, more))
	}
	return Message{
		Text:   a.Spoken(),
		Blocks: blocks,
		Attachments: []slackgo.Attachment{{
			Color:  colour(a),
			Blocks: slackgo.Blocks{BlockSet: []slackgo.Block{slackgo.NewContextBlock("", plain(a.Legend()))}},
		}},
		Metadata: slackgo.SlackMetadata{EventType: eventType, EventPayload: map[string]any{"key": a.Key}},
	}
}

// options says the message as it is, and nothing that Slack would read into it.
// Blocks and attachments are always given: an edit keeps what is left out.
func (m Message) options() slackgo.MsgOption {
	return slackgo.MsgOptionCompose(
		slackgo.MsgOptionText(m.Text, true),
		slackgo.MsgOptionBlocks(m.Blocks...),
		slackgo.MsgOptionAttachments(append([]slackgo.Attachment{}, m.Attachments...)...),
		slackgo.MsgOptionMetadata(m.Metadata),
		slackgo.MsgOptionDisableLinkUnfurl(),
		slackgo.MsgOptionDisableMediaUnfurl(),
		slackgo.MsgOptionDisableMarkdown(),
		slackgo.MsgOptionParse(false),
	)
}

func figures(fields []alerts.Field) *slackgo.SectionBlock {
	var list []*slackgo.TextBlockObject
	for _, f := range fields {
		text := fmt.Sprintf("*%s*\n%s", f.Name, slackutilsx.EscapeMessage(f.Value))
		list = append(list, slackgo.NewTextBlockObject(slackgo.MarkdownType, text, false, true))
	}
	return slackgo.NewSectionBlock(nil, list, nil)
}

func evidence(stories []alerts.Story, more int) *slackgo.RichTextBlock {
	var list []slackgo.RichTextElement
	for _, s := range stories {
		list = append(list, slackgo.NewRichTextSection(title(s), text("\n"+s.Source, nil)))
		if words := sentence(s); len(words) > 0 {
			list = append(list, &slackgo.RichTextQuote{Type: slackgo.RTEQuote, Elements: words})
		}
	}
	if more > 0 {
		list = append(list, slackgo.NewRichTextSection(text(fmt.Sprintf("+%d more", more), nil)))
	}
	return slackgo.NewRichTextBlock("", list...)
}

func title(s alerts.Story) slackgo.RichTextSectionElement {
	bold := &slackgo.RichTextSectionTextStyle{Bold: true}
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
		list = append(list, text(s.Target, &slackgo.RichTextSectionTextStyle{Bold: true}))
	}
	if s.After != "" {
		list = append(list, text(s.After, nil))
	}
	return list
}

func text(s string, style *slackgo.RichTextSectionTextStyle) slackgo.RichTextSectionElement {
	return slackgo.NewRichTextSectionTextElement(s, style)
}

// plain shows text as it is; ":smile:" stays what a headline says.
func plain(s string) *slackgo.TextBlockObject {
	return slackgo.NewTextBlockObject(slackgo.PlainTextType, s, false, false)
}

// colour is blue for colder and orange for warmer, which the colour-blind tell
// apart, violet for what is neither; pale while easing, grey when over.
func colour(a alerts.Alert) string {
	full, pale := "#7a5cb8", "#bba9dd"
	switch a.Lean() {
	case -1:
		full, pale = "#1d6fb8", "#8db7dc"
	case 1:
		full, pale = "#d9730d", "#ebb98a"
	}
	switch a.Episode.Phase {
	case monitor.Quiet:
		return "#8a8f98"
	case monitor.Easing:
		return pale
	default:
		return full
	}
}
