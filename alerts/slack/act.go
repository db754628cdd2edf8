package slack

import (
	"context"
	"errors"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"tonewatch/alerts"
	"tonewatch/monitor"
)

const methodEphemeral = "chat.postEphemeral"

// maxPerson is how much of a person's name is kept.
const maxPerson = 80

// muteFor is how long the button mutes an actor.
const muteFor = 24 * time.Hour

// snoozes are what can be chosen, by the option's value.
var snoozes = map[string]time.Duration{"1h": time.Hour, "8h": 8 * time.Hour, "24h": 24 * time.Hour}

// place is where somebody pressed something: answers go there, for that person's
// eyes alone.
type place struct{ channel, thread, user string }

// interact handles a press or a form that is sent. It returns what to acknowledge
// it with, and what is still to be done after that.
func (s *Socket) interact(ctx context.Context, c *slackgo.InteractionCallback, envelope string) (reply any, answer func(context.Context)) {
	switch c.Type {
	case slackgo.InteractionTypeBlockActions:
		// One press is one action, whatever else an envelope may hold.
		if len(c.ActionCallback.BlockActions) > 0 && c.ActionCallback.BlockActions[0] != nil {
			return nil, s.press(ctx, c, c.ActionCallback.BlockActions[0], envelope)
		}
	case slackgo.InteractionTypeViewSubmission:
		if c.View.CallbackID == formWrong {
			return s.submit(ctx, c, envelope), nil
		}
	}
	return nil, nil
}

func (s *Socket) press(ctx context.Context, c *slackgo.InteractionCallback, action *slackgo.BlockAction, envelope string) func(context.Context) {
	key, ours := strings.CutPrefix(action.BlockID, actionsBlock)
	if !ours {
		return nil
	}
	at := place{channel: c.Container.ChannelID, thread: c.Container.ThreadTs, user: c.User.ID}
	if at.channel == "" {
		at.channel = c.Channel.ID
	}
	if action.ActionID == actionExplain {
		return func(ctx context.Context) {
			note, err := s.desk.Explain(ctx, key)
			s.answer(ctx, at, note, err)
		}
	}
	if !s.mayAct(c.User.ID, c.User.TeamID, c.Team.ID) {
		return s.refuse(at, notAllowed)
	}
	act := s.by(c, envelope)
	var span time.Duration
	switch action.ActionID {
	case actionAcknowledge:
		act.Kind = monitor.ActAcknowledge
	case actionSnooze:
		act.Kind, span = monitor.ActSnooze, snoozes[action.SelectedOption.Value]
	case actionMute:
		act.Kind, span = monitor.ActMute, muteFor
	case actionWrong:
		return func(ctx context.Context) { s.open(ctx, at, key, c.TriggerID) }
	default: // a link, or of a later release
		return nil
	}
	if err := s.desk.Act(ctx, key, act, span); err != nil {
		return s.refuse(at, err)
	}
	return nil
}

// by begins an act with the person and the request. Slack names each press and
// each form once, in a trigger, also when it sends the envelope again.
func (s *Socket) by(c *slackgo.InteractionCallback, envelope string) monitor.Act {
	return monitor.Act{Ref: reference(c.TriggerID, envelope), By: c.User.ID, Name: alerts.Clean(c.User.Name, maxPerson)}
}

func reference(trigger, envelope string) string {
	if trigger == "" {
		trigger = envelope
	}
	return "slack:" + trigger
}

func (s *Socket) refuse(at place, err error) func(context.Context) {
	return func(ctx context.Context) { s.answer(ctx, at, alerts.Note{}, err) }
}

// answer shows a note, or what is wrong, to one person alone.
func (s *Socket) answer(ctx context.Context, at place, note alerts.Note, err error) {
	if err != nil {
		note = s.sorry(err)
	}
	m := answer(note)
	options := []slackgo.MsgOption{
		slackgo.MsgOptionText(m.Text, true), slackgo.MsgOptionBlocks(m.Blocks...),
		slackgo.MsgOptionDisableLinkUnfurl(), slackgo.MsgOptionDisableMarkdown(), slackgo.MsgOptionParse(false),
	}
	if at.thread != "" {
		options = append(options, slackgo.MsgOptionTS(at.thread))
	}
	if _, err := s.api.PostEphemeralContext(ctx, at.channel, at.user, options...); err != nil {
		s.log.Warn("slack: an answer could not be given", "error", s.failure(methodEphemeral, err, true))
	}
}

// sorry puts an error for the person who met it. What is not meant for people is
// logged.
func (s *Socket) sorry(err error) alerts.Note {
	var refusal alerts.Refusal
	if errors.As(err, &refusal) {
		return alerts.Note{Title: refusal.Error()}
	}
	s.log.Error("slack: what was asked for could not be done", "error", s.redact(err.Error(), maxText))
	return alerts.Note{Title: "That could not be done just now. Try again in a minute; the log of tonewatch says why."}
}
