package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"regexp"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	slackgo "github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"tonewatch/alerts"
)

const methodOpen = "apps.connections.open"

// Slack wants each envelope acknowledged within three seconds, and a form opened
// within three of the press. DefaultStoreWithin is for what comes before that.
const (
	DefaultStoreWithin = 2 * time.Second
	answerWithin       = 5 * time.Second
)

// What may be under way at once: answers being given, answers waiting, and bytes
// of one envelope.
const (
	answerers   = 4
	waiting     = 64
	maxEnvelope = 1 << 20
)

// reconnectAfter is how long a socket rests when Slack refuses its token: a
// person has to mend that. Lost connections are opened again at once, and then
// with growing pauses.
const reconnectAfter = time.Minute

// SocketOptions are for [Client.Socket].
type SocketOptions struct {
	Desk *alerts.Desk
	// Users may act, by their IDs. Without any, everyone of the workspace may, but
	// no guest from another.
	Users []string
	// StoreWithin is how long an act may take to be stored; then the person is told
	// to try again. 0 is DefaultStoreWithin.
	StoreWithin time.Duration
	// Span reads how long an actor is to be muted, "8h" say. nil is
	// [time.ParseDuration].
	Span func(text string) (time.Duration, error)
}

// Socket takes what people press and type in Slack, by Socket Mode: a websocket
// that tonewatch opens, so that nothing needs to be reachable from outside.
//
// An act is stored before its envelope is acknowledged, so that none is lost, and
// once whatever Slack sends again. All else is acknowledged first and answered by
// a few workers. What is in one envelope never ends the socket.
type Socket struct {
	*Client
	desk    *alerts.Desk
	users   []string
	within  time.Duration
	span    func(string) (time.Duration, error)
	answers chan func(context.Context)

	stop context.CancelFunc
	done chan struct{}
}

// Socket returns the client's socket, not yet opened. The client has an app
// token.
func (c *Client) Socket(o SocketOptions) *Socket {
	if o.StoreWithin == 0 {
		o.StoreWithin = DefaultStoreWithin
	}
	if o.Span == nil {
		o.Span = time.ParseDuration
	}
	return &Socket{Client: c, desk: o.Desk, users: o.Users, within: o.StoreWithin, span: o.Span}
}

// Start opens the socket and keeps it open until [Socket.Stop]; it does not wait
// for Slack.
func (s *Socket) Start(ctx context.Context) {
	ctx, s.stop = context.WithCancel(ctx)
	s.done = make(chan struct{})
	s.answers = make(chan func(context.Context), waiting)
	go func() {
		defer close(s.done)
		s.run(ctx)
	}()
}

// Stop closes the socket and waits until nothing is under way.
func (s *Socket) Stop(ctx context.Context) error {
	s.stop()
	select {
	case <-s.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("stop the socket to Slack: %w", ctx.Err())
	}
}

func (s *Socket) run(ctx context.Context) {
	var work sync.WaitGroup
	defer work.Wait()
	defer close(s.answers)
	for range answerers {
		work.Go(func() {
			for answer := range s.answers {
				s.guard(func() {
					ctx, cancel := context.WithTimeout(ctx, answerWithin)
					defer cancel()
					answer(ctx)
				})
			}
		})
	}
	var problems once
	for {
		err := s.connect(ctx, &problems)
		if ctx.Err() != nil {
			return
		}
		s.failed(&problems, err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(reconnectAfter):
		}
	}
}

// connect takes envelopes over one connection after the other, until Slack
// refuses the token or the context ends.
func (s *Socket) connect(ctx context.Context, problems *once) error {
	client := socketmode.New(s.api, socketmode.OptionReadLimit(maxEnvelope), socketmode.OptionLog(log.New(io.Discard, "", 0)))
	ended := make(chan error, 1)
	go func() { ended <- client.RunContext(ctx) }()
	for {
		select {
		case event := <-client.Events:
			s.guard(func() { s.take(ctx, client, event, problems) })
		case err := <-ended:
			return err
		}
	}
}

// guard keeps a mistake in the handling of one envelope to that envelope.
func (s *Socket) guard(f func()) {
	defer func() {
		if r := recover(); r != nil {
			s.log.Error("slack: an envelope could not be handled", "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
		}
	}()
	f()
}

// take handles one event of the socket. Whatever becomes of an envelope, it is
// acknowledged: Slack would only send it again.
func (s *Socket) take(ctx context.Context, client *socketmode.Client, event socketmode.Event, problems *once) {
	switch event.Type {
	case socketmode.EventTypeHello:
		*problems = ""
		s.log.Info("slack: taking buttons and commands")
	case socketmode.EventTypeConnectionError:
		if e, ok := event.Data.(*slackgo.ConnectionErrorEvent); ok && ctx.Err() == nil {
			s.failed(problems, e.ErrorObj)
		}
	case socketmode.EventTypeErrorBadMessage:
		bad, ok := event.Data.(*socketmode.ErrorBadMessage)
		if !ok {
			return
		}
		s.log.Warn("slack: an envelope cannot be read", "error", s.redact(bad.Cause.Error(), maxText))
		var envelope socketmode.Request
		if json.Unmarshal(bad.Message, &envelope) == nil {
			s.acknowledge(ctx, client, envelope.EnvelopeID, nil)
		}
	case socketmode.EventTypeInteractive, socketmode.EventTypeSlashCommand, socketmode.EventTypeEventsAPI:
		s.envelope(ctx, client, event)
	}
}

func (s *Socket) envelope(ctx context.Context, client *socketmode.Client, event socketmode.Event) {
	if event.Request == nil || event.Request.EnvelopeID == "" {
		return
	}
	var reply any
	var answer func(context.Context)
	defer func() { // also of one that panics
		s.acknowledge(ctx, client, event.Request.EnvelopeID, reply)
		if answer == nil {
			return
		}
		select {
		case s.answers <- answer:
		default:
			s.log.Warn("slack: too much is asked at once, an answer is left out")
		}
	}()
	// What was begun is finished, also while the program is asked to stop.
	storing, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.within)
	defer cancel()
	switch data := event.Data.(type) {
	case slackgo.InteractionCallback:
		reply, answer = s.interact(storing, &data, event.Request.EnvelopeID)
	case slackgo.SlashCommand:
		reply = s.command(storing, data, event.Request.EnvelopeID)
	}
}

func (s *Socket) acknowledge(ctx context.Context, client *socketmode.Client, id string, reply any) {
	if id == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, DefaultStoreWithin)
	defer cancel()
	if err := client.AckCtx(ctx, id, reply); err != nil && !errors.Is(err, context.Canceled) {
		s.log.Warn("slack: an envelope could not be acknowledged", "error", s.redact(err.Error(), maxText))
	}
}

// once is the last problem that was logged, so that it is logged once.
type once string

// failed logs why the socket could not be opened, once in a row.
func (s *Socket) failed(last *once, err error) {
	if err == nil || errors.Is(err, context.Canceled) {
		return
	}
	text := s.socketProblem(err)
	if once(text) != *last {
		*last = once(text)
		s.log.Error("slack: buttons and commands do not work", "error", text)
	}
}

// ticket is the address of a websocket: whoever has it may open it.
var ticket = regexp.MustCompile(`wss?://[^\s"]+`)

// socketProblem says why a socket could not be opened, and how to mend it.
func (c *Client) socketProblem(err error) string {
	text := c.redact(ticket.ReplaceAllString(err.Error(), "[address]"), maxText)
	var refusal slackgo.SlackErrorResponse
	if !errors.As(err, &refusal) {
		return methodOpen + ": " + text
	}
	switch refusal.Err {
	case "missing_scope":
		text += ": give the app-level token the scope connections:write"
	case "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type":
		text += ": set slack.app_token to an app-level token (xapp-...) with the scope connections:write"
	}
	return methodOpen + ": " + text
}

// mayAct says whether a person may do something about alerts.
func (s *Socket) mayAct(user, team, home string) bool {
	if len(s.users) > 0 {
		return slices.Contains(s.users, user)
	}
	return user != "" && (team == "" || home == "" || team == home)
}

const notAllowed = alerts.Refusal("You are not among those who may do this: slack.users in the configuration of tonewatch names them.")
