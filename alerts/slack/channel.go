package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptrace"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	slackgo "github.com/slack-go/slack"

	"tonewatch/alerts"
)

// Slack's methods, by their names in its reference.
const (
	methodPost    = "chat.postMessage"
	methodUpdate  = "chat.update"
	methodHistory = "conversations.history"
	methodReplies = "conversations.replies"
	methodMine    = "users.conversations"
	methodReact   = "reactions.add"
)

// settled is the mark on an alert whose episode is over: an edit is not noticed by
// who only skims the channel.
const settled = "white_check_mark"

// How far a search goes before it gives up with an error.
const (
	historyPages = 50 // of 200 messages
	historyLimit = 200
	channelPages = 20 // of 1,000 channels
	channelLimit = 1000
)

// channel is the receiver for one channel.
type channel struct {
	*Client
	name string
	pace pace
	id   atomic.Value // string; the history is only given for an ID

	unmarked atomic.Bool // it was said that marks fail
}

var _ alerts.Receiver = (*channel)(nil)

// Post implements [alerts.Receiver]. News of growing worse is shown in the channel
// as well as in its thread.
func (c *channel) Post(ctx context.Context, m alerts.Message) (alerts.Receipt, error) {
	to, how := c.name, []slackgo.MsgOption{slackgo.MsgOptionPost()}
	if m.Thread.TS != "" {
		to, how = m.Thread.Channel, append(how, slackgo.MsgOptionTS(m.Thread.TS))
		if m.Reply != nil && m.Reply.News == alerts.Worse {
			how = append(how, slackgo.MsgOptionBroadcast())
		}
	}
	receipt, err := c.send(ctx, methodPost, to, slackgo.MsgOptionCompose(how...), m)
	if err == nil {
		c.id.Store(receipt.Channel)
		c.mark(ctx, receipt, m)
	}
	return receipt, err
}

// Update implements [alerts.Receiver].
func (c *channel) Update(ctx context.Context, r alerts.Receipt, m alerts.Message) error {
	_, err := c.send(ctx, methodUpdate, r.Channel, slackgo.MsgOptionUpdate(r.TS), m)
	if err == nil {
		c.mark(ctx, r, m)
	}
	return err
}

// mark puts a check mark on a message when all that it shows is over. The message
// says so itself, so a mark that fails holds up nothing.
func (c *channel) mark(ctx context.Context, r alerts.Receipt, m alerts.Message) {
	if !over(m) {
		return
	}
	err := c.api.AddReactionContext(ctx, settled, slackgo.NewRefToMessage(r.Channel, r.TS))
	var refusal slackgo.SlackErrorResponse
	if err == nil || errors.As(err, &refusal) && refusal.Err == "already_reacted" {
		return
	}
	f := c.failure(methodReact, err, true)
	if !f.Permanent {
		c.log.Debug("alert not marked as over", "channel", c.name, "error", f)
	} else if c.unmarked.CompareAndSwap(false, true) {
		c.log.Warn("alerts are not marked as over; this is said once", "channel", c.name, "error", f)
	}
}

// over says whether a message shows episodes, and all of them have ended.
func over(m alerts.Message) bool {
	var shown []alerts.Alert
	switch {
	case m.Alert != nil:
		shown = []alerts.Alert{*m.Alert}
	case m.Digest != nil:
		shown = m.Digest.Alerts
	}
	open := func(a alerts.Alert) bool { return a.Episode.Open() }
	return len(shown) > 0 && !slices.ContainsFunc(shown, open)
}

// send says a message, and when Slack refuses its layout says it without the
// chart, and then as plain text: an alert that looks poor is better than none.
func (c *channel) send(ctx context.Context, method, to string, how slackgo.MsgOption, m alerts.Message) (alerts.Receipt, error) {
	look := Look{Buttons: c.buttons, Chart: true, Edit: method == methodUpdate}
	full := Render(m, look)
	receipt, err := c.try(ctx, method, to, how, full)
	if refusesLayout(err) && full.charted() {
		c.log.Warn("slack refused the layout of a message, sending it without its chart", "channel", c.name, "error", err)
		look.Chart = false
		receipt, err = c.try(ctx, method, to, how, Render(m, look))
		if err == nil && !look.Edit {
			c.uploadChart(ctx, receipt, *m.Alert)
		}
	}
	if refusesLayout(err) {
		c.log.Warn("slack refused the layout of a message, sending its text alone", "channel", c.name, "error", err)
		return c.try(ctx, method, to, how, Message{Text: full.Text, Metadata: full.Metadata})
	}
	return receipt, err
}

func refusesLayout(err error) bool {
	var f *alerts.Failure
	return errors.As(err, &f) && layoutRefused(f.Reason)
}

func (c *channel) try(ctx context.Context, method, to string, how slackgo.MsgOption, m Message) (alerts.Receipt, error) {
	if again, err := c.pace.turn(ctx); err != nil {
		return alerts.Receipt{}, &alerts.Failure{Reason: "busy", RetryAfter: again,
			Err: fmt.Errorf("%s: channel %q has more waiting than one message a second: %w", method, c.name, err)}
	}
	ctx, connected := traced(ctx)
	id, ts, _, err := c.api.SendMessageContext(ctx, to, how, m.options())
	if err == nil && (id == "" || ts == "") {
		err = errNotSlack
	}
	if err != nil {
		return alerts.Receipt{}, c.failure(method, err, connected.Load())
	}
	return alerts.Receipt{Channel: id, TS: ts}, nil
}

// traced notes whether a request gets as far as a connection: before that,
// nothing can have been accepted.
func traced(ctx context.Context) (context.Context, *atomic.Bool) {
	var connected atomic.Bool
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }}
	return httptrace.WithClientTrace(ctx, trace), &connected
}

// Find implements [alerts.Receiver].
func (c *channel) Find(ctx context.Context, m alerts.Message, since time.Time) (alerts.Receipt, bool, error) {
	if m.Key == "" {
		return alerts.Receipt{}, false, errors.New("look for a message: it has no key")
	}
	method, id, look := methodReplies, m.Thread.Channel, c.replies(m.Thread)
	if m.Thread.TS == "" {
		var err error
		if id, err = c.resolve(ctx); err != nil {
			return alerts.Receipt{}, false, err
		}
		method, look = methodHistory, c.history(id, since)
	}
	cursor := ""
	for range historyPages {
		messages, more, next, err := look(ctx, cursor)
		if err != nil {
			return alerts.Receipt{}, false, err
		}
		for _, seen := range messages {
			if carries(seen, m.Key) {
				return alerts.Receipt{Channel: id, TS: seen.Timestamp}, true, nil
			}
		}
		if next == "" && !more {
			return alerts.Receipt{}, false, nil
		}
		if next == "" {
			return alerts.Receipt{}, false, c.failure(method, errNotSlack, true)
		}
		cursor = next
	}
	return alerts.Receipt{}, false, fmt.Errorf("%s: more than %d messages in %q since %v, not all looked at",
		method, historyPages*historyLimit, c.name, since.UTC().Format(time.RFC3339))
}

// pages gives one page of messages after a cursor, whether there are more, and
// the cursor after it.
type pages func(ctx context.Context, cursor string) (list []slackgo.Message, more bool, next string, err error)

// history is all that was said in a channel since a time, but for threads.
func (c *channel) history(id string, since time.Time) pages {
	return func(ctx context.Context, cursor string) ([]slackgo.Message, bool, string, error) {
		page, err := c.api.GetConversationHistoryContext(ctx, &slackgo.GetConversationHistoryParameters{
			ChannelID: id, Cursor: cursor, Oldest: stamp(since), Inclusive: true, Limit: historyLimit, IncludeAllMetadata: true,
		})
		if err == nil && !page.Ok {
			err = errNotSlack
		}
		if err != nil {
			return nil, false, "", c.failure(methodHistory, err, true)
		}
		return page.Messages, page.HasMore, page.ResponseMetaData.NextCursor, nil
	}
}

// replies are all that was said in a thread, its head first: without it, the answer
// is about something else.
func (c *channel) replies(thread alerts.Receipt) pages {
	return func(ctx context.Context, cursor string) ([]slackgo.Message, bool, string, error) {
		list, more, next, err := c.api.GetConversationRepliesContext(ctx, &slackgo.GetConversationRepliesParameters{
			ChannelID: thread.Channel, Timestamp: thread.TS, Cursor: cursor, Limit: historyLimit, IncludeAllMetadata: true,
		})
		if err == nil && cursor == "" && len(list) == 0 {
			err = errNotSlack
		}
		if err != nil {
			return nil, false, "", c.failure(methodReplies, err, true)
		}
		return list, more, next, nil
	}
}

// carries says whether a message shows a key, in its metadata or at its foot.
// Slack gives metadata back only as far as the app may see it.
func carries(m slackgo.Message, key string) bool {
	if m.Metadata.EventPayload["key"] == key {
		return true
	}
	foot, err := json.Marshal(m.Attachments)
	return err == nil && strings.Contains(string(foot), key)
}

// stamp is a time as Slack writes it.
func stamp(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) + ".000000" }

var channelID = regexp.MustCompile(`^[CDG][A-Z0-9]{7,}$`)

// resolve returns the channel's ID. A lost answer leaves us with the name alone;
// the channels that the bot is in are the only ones whose history it may read,
// and in any workspace they are few.
func (c *channel) resolve(ctx context.Context) (string, error) {
	if id, ok := c.id.Load().(string); ok {
		return id, nil
	}
	if channelID.MatchString(c.name) {
		return c.name, nil
	}
	// One kind after the other, so that a bot without private channels needs no
	// scope for them.
	for _, kind := range []string{"public_channel", "private_channel"} {
		id := ""
		if err := c.visitMine(ctx, kind, func(ch slackgo.Channel) (more bool) {
			if ch.Name == strings.TrimPrefix(c.name, "#") {
				id = ch.ID
			}
			return id == ""
		}); err != nil {
			return "", err
		}
		if id != "" {
			c.id.Store(id)
			return id, nil
		}
	}
	return "", &alerts.Failure{Reason: "channel_not_found", Permanent: true, Err: fmt.Errorf(
		"%s: the bot is in no channel %q, so it cannot see whether a message is there: invite it with /invite, or route to the channel's ID", methodMine, c.name)}
}

// visitMine shows the channels of a kind that the bot is in, until see wants no
// more.
func (c *Client) visitMine(ctx context.Context, kind string, see func(slackgo.Channel) (more bool)) error {
	page := slackgo.GetConversationsForUserParameters{Types: []string{kind}, Limit: channelLimit, ExcludeArchived: true}
	for range channelPages {
		list, cursor, err := c.api.GetConversationsForUserContext(ctx, &page)
		if err != nil {
			return c.failure(methodMine, err, true)
		}
		for _, ch := range list {
			if !see(ch) {
				return nil
			}
		}
		if page.Cursor = cursor; cursor == "" {
			return nil
		}
	}
	return fmt.Errorf("%s: more than %d channels, not all looked at: route to the channel's ID instead of its name", methodMine, channelPages*channelLimit)
}
