package slack

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"
	"github.com/slack-go/slack/slackutilsx"

	"tonewatch/alerts"
	"tonewatch/monitor"
)

// maxAnswer is how many bytes of JSON an answer may take: Slack takes 20 KB of
// one that comes with the acknowledgement.
const maxAnswer = 16 << 10

// reply is an answer that comes with the acknowledgement; only the person who
// asked sees it, in any channel.
type reply struct {
	ResponseType string          `json:"response_type"`
	Text         string          `json:"text"`
	Blocks       []slackgo.Block `json:"blocks"`
}

// command answers /tonewatch.
func (s *Socket) command(ctx context.Context, c slackgo.SlashCommand, envelope string) any {
	note, err := s.obey(ctx, c, envelope)
	if err != nil {
		note = s.sorry(err)
	}
	m := answer(note)
	return reply{ResponseType: slackgo.ResponseTypeEphemeral, Text: slackutilsx.EscapeMessage(m.Text), Blocks: m.Blocks}
}

func (s *Socket) obey(ctx context.Context, c slackgo.SlashCommand, envelope string) (alerts.Note, error) {
	verb, rest, _ := strings.Cut(strings.TrimSpace(c.Text), " ")
	rest = strings.TrimSpace(rest)
	switch verb = strings.ToLower(verb); {
	case verb == "status":
		return s.desk.Status(ctx)
	case verb == "digest":
		return s.desk.Digest(ctx)
	case verb == "actor" && rest != "":
		return s.desk.Actor(ctx, rest)
	case verb == "why" && rest != "":
		return s.desk.Why(ctx, rest)
	case verb == "mute" && rest != "":
		if !s.mayAct(c.UserID, "", "") {
			return alerts.Note{}, notAllowed
		}
		name, span := s.muted(rest)
		act := monitor.Act{Ref: reference(c.TriggerID, envelope), By: c.UserID, Name: alerts.Clean(c.UserName, maxPerson)}
		name, until, err := s.desk.Mute(ctx, name, act, span)
		return alerts.Note{Title: fmt.Sprintf("%s is muted until %s", name, until.Format("2 Jan 15:04 UTC"))}, err
	}
	return usage(), nil
}

func usage() alerts.Note {
	return alerts.Note{Title: "/tonewatch", Lines: []string{
		"status: how tonewatch is doing, what is silenced, what goes on",
		"actor NAME: what goes on with an actor",
		"why NAME: what each rule measures of an actor, and what it is short of",
		"why KEY: why an alert was told; its key is at its foot",
		"mute NAME 8h: tell nothing new of an actor for a time; without one, for 24h",
		"digest: what was told in the last day",
	}}
}

// muted splits "North Korea 8h" into the actor and the span; without one it is
// that of the button.
func (s *Socket) muted(text string) (actor string, span time.Duration) {
	if i := strings.LastIndexByte(text, ' '); i > 0 {
		if span, err := s.span(text[i+1:]); err == nil {
			return strings.TrimSpace(text[:i]), span
		}
	}
	return text, muteFor
}

// answer puts a note into a message for one person: rich text alone, which Slack
// shows as it is. What is too long loses its last lines.
func answer(n alerts.Note) Message {
	lines := n.Lines
	for {
		m := Message{Text: strings.Join(append([]string{n.Title}, lines...), "\n")}
		bold := &slackgo.RichTextSectionTextStyle{Bold: true}
		rows := []slackgo.RichTextElement{slackgo.NewRichTextSection(text(n.Title, bold))}
		for _, line := range lines {
			if line != "" {
				rows = append(rows, slackgo.NewRichTextSection(text(line, nil)))
			}
		}
		if left := len(n.Lines) - len(lines); left > 0 {
			rows = append(rows, slackgo.NewRichTextSection(text(fmt.Sprintf("+%d more lines", left), nil)))
		}
		m.Blocks = []slackgo.Block{slackgo.NewRichTextBlock("", rows...)}
		body, err := json.Marshal(reply{Text: slackutilsx.EscapeMessage(m.Text), Blocks: m.Blocks})
		if err == nil && len(body) <= maxAnswer || len(lines) == 0 {
			return m
		}
		lines = lines[:len(lines)-1]
	}
}
