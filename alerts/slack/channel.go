package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptrace"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	slackgo "github.com/slack-go/slack"
	"golang.org/x/time/rate"

	"tonewatch/alerts"
)

// Slack's methods, by their names in its reference.
const (
	methodPost    = "chat.postMessage"
	methodUpdate  = "chat.update"
	methodHistory = "conversations.history"
	methodMine    = "users.conversations"
)

// How far a search goes before it gives up with an error.
const (
	historyPages = 50 // of 200 messages
	historyLimit = 200
	channelPages = 20 // of 1,000 channels
	channelLimit = 1000
)

// busyWait is when to come again if a channel has more messages waiting than
// its limiter lets through in time.
const busyWait = 10 * time.Second

// channel is the receiver for one channel.
type channel struct {
	*Client
	name    string
	limiter *rate.Limiter
	id      atomic.Value // string; the history is only given for an ID
}

var _ alerts.Receiver = (*channel)(nil)

// Post implements [alerts.Receiver].
func (c *channel) Post(ctx context.Context, m alerts.Message) (alerts.Receipt, error) {
	receipt, err := c.send(ctx, methodPost, c.name, slackgo.MsgOptionPost(), m)
	if err == nil {
		c.id.Store(receipt.Channel)
	}
	return receipt, err
}

// Update implements [alerts.Receiver].
func (c *channel) Update(ctx context.Context, r alerts.Receipt, m alerts.Message) error {
	_, err := c.send(ctx, methodUpdate, r.Channel, slackgo.MsgOptionUpdate(r.TS), m)
	return err
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
	// The limiter looks at the clock, too: past the deadline nothing is sent,
	// even where the context was frozen along with the process.
	if err := c.limiter.Wait(ctx); err != nil {
		return alerts.Receipt{}, &alerts.Failure{Reason: "busy", RetryAfter: busyWait,
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
	id, err := c.resolve(ctx)
	if err != nil {
		return alerts.Receipt{}, false, err
	}
	page := slackgo.GetConversationHistoryParameters{
		ChannelID: id, Oldest: stamp(since), Inclusive: true, Limit: historyLimit, IncludeAllMetadata: true,
	}
	for range historyPages {
		history, err := c.api.GetConversationHistoryContext(ctx, &page)
		if err == nil && !history.Ok {
			err = errNotSlack
		}
		if err != nil {
			return alerts.Receipt{}, false, c.failure(methodHistory, err, true)
		}
		for _, seen := range history.Messages {
			if carries(seen, m.Key) {
				return alerts.Receipt{Channel: id, TS: seen.Timestamp}, true, nil
			}
		}
		page.Cursor = history.ResponseMetaData.NextCursor
		if page.Cursor == "" && !history.HasMore {
			return alerts.Receipt{}, false, nil
		}
		if page.Cursor == "" {
			return alerts.Receipt{}, false, c.failure(methodHistory, errNotSlack, true)
		}
	}
	return alerts.Receipt{}, false, fmt.Errorf("%s: more than %d messages in %q since %v, not all looked at",
		methodHistory, historyPages*historyLimit, c.name, since.UTC().Format(time.RFC3339))
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
		id, err := c.search(ctx, kind)
		if err != nil {
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

func (c *channel) search(ctx context.Context, kind string) (string, error) {
	page := slackgo.GetConversationsForUserParameters{Types: []string{kind}, Limit: channelLimit, ExcludeArchived: true}
	for range channelPages {
		list, cursor, err := c.api.GetConversationsForUserContext(ctx, &page)
		if err != nil {
			return "", c.failure(methodMine, err, true)
		}
		for _, item := range list {
			if item.Name == strings.TrimPrefix(c.name, "#") {
				return item.ID, nil
			}
		}
		if cursor == "" {
			return "", nil
		}
		page.Cursor = cursor
	}
	return "", fmt.Errorf("%s: more than %d channels, %q not among them: route to the channel's ID", methodMine, channelPages*channelLimit, c.name)
}
