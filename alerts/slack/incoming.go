package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"
	"github.com/slack-go/slack/slackutilsx"

	"tonewatch/alerts"
)

// methodIncoming names an incoming webhook in errors.
const methodIncoming = "incoming webhook"

// IncomingOptions for [NewIncoming].
type IncomingOptions struct {
	Name        string        // by which the configuration calls it
	URL         string        // kept out of everything that is printed
	HTTPTimeout time.Duration // 0 is DefaultHTTPTimeout
	Log         *slog.Logger  // nil logs nothing
}

// incoming is the receiver for an incoming webhook of Slack's, where no bot may
// be: one can post there, and nothing else. A message stays as it was posted; what
// becomes of an alert is told by replies, which stand by themselves. A post whose
// outcome is unclear is repeated.
type incoming struct {
	Client // its token is what the address hides
	name   string
	url    string
	http   *http.Client
	pace   pace
}

var _ alerts.Receiver = (*incoming)(nil)

// NewIncoming returns the receiver for an incoming webhook. Call it once for each.
func NewIncoming(o IncomingOptions) alerts.Receiver {
	if o.HTTPTimeout == 0 {
		o.HTTPTimeout = DefaultHTTPTimeout
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	c := &incoming{name: o.Name, url: o.URL, http: httpClient(o.HTTPTimeout), pace: newPace()}
	c.log = o.Log
	if u, err := url.Parse(o.URL); err == nil {
		c.token = strings.Trim(u.RequestURI(), "/")
	}
	return c
}

// Post implements [alerts.Receiver].
func (c *incoming) Post(ctx context.Context, m alerts.Message) (alerts.Receipt, error) {
	said := Render(m, Look{Chart: true})
	err := c.try(ctx, said)
	if err != nil && err.Reason == "http_400" && said.charted() {
		said = Render(m, Look{})
		err = c.try(ctx, said)
	}
	if err != nil && err.Reason == "http_400" {
		c.log.Warn("slack refused a message, sending its text alone", "webhook", c.name, "error", err)
		err = c.try(ctx, Message{Text: said.Text})
	}
	if err != nil {
		return alerts.Receipt{}, err
	}
	return alerts.Receipt{Channel: "webhook:" + c.name, TS: m.Key}, nil
}

// Update implements [alerts.Receiver]: nothing can be done.
func (*incoming) Update(context.Context, alerts.Receipt, alerts.Message) error { return nil }

// Find implements [alerts.Receiver]: what was posted is out of reach.
func (*incoming) Find(context.Context, alerts.Message, time.Time) (alerts.Receipt, bool, error) {
	return alerts.Receipt{}, false, nil
}

// try returns nil where the message was accepted.
func (c *incoming) try(ctx context.Context, m Message) *alerts.Failure {
	if again, err := c.pace.turn(ctx); err != nil {
		return &alerts.Failure{Reason: "busy", RetryAfter: again,
			Err: fmt.Errorf("%s: %q has more waiting than one message a second: %w", methodIncoming, c.name, err)}
	}
	ctx, connected := traced(ctx)
	unfurl := false
	err := slackgo.PostWebhookCustomHTTPContext(ctx, c.url, c.http, &slackgo.WebhookMessage{
		Text: slackutilsx.EscapeMessage(m.Text), Blocks: &slackgo.Blocks{BlockSet: m.Blocks}, Attachments: m.Attachments,
		Parse: "none", UnfurlLinks: &unfurl, UnfurlMedia: &unfurl,
	})
	if err == nil {
		return nil
	}
	if wrapped := (*url.Error)(nil); errors.As(err, &wrapped) {
		err = wrapped.Err // without the address
	}
	f := c.failure(methodIncoming, err, connected.Load())
	if strings.HasPrefix(f.Reason, "http_4") && !f.Unclear {
		f.Permanent, f.Message = true, f.Reason == "http_400" || f.Reason == "http_413"
		f.Err = fmt.Errorf("%w: make a new incoming webhook in Slack, and set the url of %q under webhooks", f.Err, c.name)
	}
	return f
}
