package slack

import (
	"encoding/json"
	"fmt"
	"unicode/utf16"

	slackgo "github.com/slack-go/slack"

	"tonewatch/alerts"
)

// eventType marks our messages in their metadata.
const eventType = "tonewatch_alert"

// maxSize is how many characters, as UTF-16 counts them, all texts of a message
// may have together. Slack refuses a message somewhere above 13,000.
const maxSize = 10_000

// Message is what is said to Slack.
//
// Strangers' text is only ever in plain_text and rich_text objects, which Slack
// shows as it is; the mrkdwn parts, figures and the link to a page, hold our own
// numbers and the operator's names, escaped.
type Message struct {
	// Text is what notifications show and screen readers read.
	Text        string                `json:"text"`
	Blocks      []slackgo.Block       `json:"blocks"`
	Attachments []slackgo.Attachment  `json:"attachments"`
	Metadata    slackgo.SlackMetadata `json:"metadata"`
}

// Look is how a message is to be laid out.
type Look struct {
	Buttons bool // there is an app token, so that somebody hears them
	Chart   bool // draw it as a block of Slack's own
	Edit    bool // of a message that is there; nobody is called
}

// Render puts a message into Slack's words. Where it would be too long for
// Slack, the last stories, rows or lines are left out, and it says how many.
func Render(m alerts.Message, l Look) Message {
	most := maxStories
	switch {
	case m.Digest != nil:
		most = maxRows
	case m.Note != nil:
		most = maxLines
	}
	for {
		shown := render(m, l, most)
		if most == 0 || shown.size() <= maxSize {
			return shown
		}
		most--
	}
}

func render(m alerts.Message, l Look, most int) Message {
	shown := Message{
		Text:     m.Spoken(),
		Metadata: slackgo.SlackMetadata{EventType: eventType, EventPayload: map[string]any{"key": m.Key}},
	}
	foot := []slackgo.MixedElement{plain(m.Foot())}
	colour := neutral
	switch {
	case m.Alert != nil:
		shown.Blocks = alertBlocks(*m.Alert, l, most)
		colour, foot = colourOf(*m.Alert), alertFoot(*m.Alert, foot[0])
	case m.Reply != nil:
		shown.Blocks = replyBlocks(*m.Reply, l, most)
		colour = colourOf(m.Reply.Alert)
	case m.Digest != nil:
		shown.Blocks = digestBlocks(*m.Digest, most)
		colour = violet
	case m.Note != nil:
		shown.Blocks = noteBlocks(*m.Note, most)
	}
	shown.Attachments = []slackgo.Attachment{{
		Color:  colour,
		Blocks: slackgo.Blocks{BlockSet: []slackgo.Block{slackgo.NewContextBlock("", foot...)}},
	}}
	return shown
}

// size counts every string that is said, the names of types left out.
func (m Message) size() int {
	var whole any
	text, err := json.Marshal([]any{m.Text, m.Blocks, m.Attachments})
	if err == nil {
		err = json.Unmarshal(text, &whole)
	}
	if err != nil {
		panic(fmt.Sprintf("slack: a message that is no JSON: %v", err)) // unreachable: it is made of strings and finite numbers
	}
	return sizeOf(whole)
}

func sizeOf(v any) (n int) {
	switch v := v.(type) {
	case string:
		return len(utf16.Encode([]rune(v)))
	case []any:
		for _, item := range v {
			n += sizeOf(item)
		}
	case map[string]any:
		for name, item := range v {
			if name != "type" {
				n += sizeOf(item)
			}
		}
	}
	return n
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

// plain shows text as it is; ":smile:" stays what a headline says.
func plain(s string) *slackgo.TextBlockObject {
	return slackgo.NewTextBlockObject(slackgo.PlainTextType, s, false, false)
}
