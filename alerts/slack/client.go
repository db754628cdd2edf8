// Package slack tells alerts to Slack channels with a bot token.
//
// Read it in this order:
//
//	client.go   the connection to one workspace
//	channel.go  one channel: post, edit, look in its history
//	message.go  a message of any kind as Block Kit; pure, as are all message_*.go
//	chart.go    a chart as a block of Slack's own, and as a picture
//	upload.go   the picture, where Slack refuses the block
//	incoming.go an incoming webhook, which can do less
//	failure.go  what is known after Slack, or the way to it, says no
//	socket.go   what people press and type, by Socket Mode
//	act.go      the buttons of an alert
//	modal.go    the form behind "Wrong tone"
//	command.go  /tonewatch
//	manifest.go what the app is to be allowed
//	doctor.go   whether it is
//
// A message carries its alert's key twice: in its metadata, and in the line at
// its foot. After a post whose outcome is unclear, either proves that it is
// there.
//
// The bot needs the scopes chat:write and, to look in the history,
// channels:read and channels:history; groups:read and groups:history for
// private channels; reactions:write to mark alerts as over; for pictures of charts,
// should Slack refuse to draw them, files:write. It must be a member of its channels. Buttons and /tonewatch take an
// app-level token with connections:write; see [Client.Socket].
//
// Limits: Slack takes about one message a second a channel. Through an incoming
// webhook one can neither edit, nor look, nor reply in a thread.
package slack

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	slackgo "github.com/slack-go/slack"
	"golang.org/x/time/rate"

	"tonewatch/alerts"
)

// DefaultHTTPTimeout bounds one request, from dialling to the last byte read.
const DefaultHTTPTimeout = 10 * time.Second

// maxBody bounds an answer; a page of history is far smaller.
const maxBody = 16 << 20

// Options for [New].
type Options struct {
	Token       string        // of the bot
	AppToken    string        // of the app, for [Client.Socket]; empty for none
	APIURL      string        // empty is Slack's own
	HTTPTimeout time.Duration // 0 is DefaultHTTPTimeout
	Buttons     bool          // show them: somebody listens with an app token
	Log         *slog.Logger  // nil logs nothing
}

// Client is a connection to one workspace.
type Client struct {
	api      *slackgo.Client
	token    string
	appToken string
	buttons  bool
	scopes   atomic.Value // string; those that Slack last said the token has
	log      *slog.Logger
}

// New returns a client; it makes no request yet.
func New(o Options) *Client {
	if o.HTTPTimeout == 0 {
		o.HTTPTimeout = DefaultHTTPTimeout
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	// No retries here: a post repeated below the outbox is a message doubled.
	c := &Client{token: o.Token, appToken: o.AppToken, buttons: o.Buttons, log: o.Log}
	options := []slackgo.Option{
		slackgo.OptionHTTPClient(httpClient(o.HTTPTimeout)), slackgo.OptionAppLevelToken(o.AppToken),
		slackgo.OptionOnResponseHeaders(c.noteScopes),
	}
	if o.APIURL != "" {
		options = append(options, slackgo.OptionAPIURL(strings.TrimRight(o.APIURL, "/")+"/"))
	}
	c.api = slackgo.New(o.Token, options...)
	return c
}

// Channel is the receiver for a channel, given by name ("#desk-korea") or by
// ID. Each call returns limiters of its own, so call it once a channel.
func (c *Client) Channel(name string) alerts.Receiver {
	return &channel{Client: c, name: name, pace: newPace()}
}

// patience is how long a message waits for its turn in a busy channel. A worker
// that waited longer would hold up other channels.
const patience = time.Second

// pace keeps to what Slack takes of a channel: one message a second, in short
// bursts more.
type pace struct {
	limiter *rate.Limiter
	later   *rate.Limiter // gives those who are too many a time each to come again
}

func newPace() pace {
	return pace{limiter: rate.NewLimiter(rate.Every(time.Second), 3), later: rate.NewLimiter(rate.Every(time.Second), 1)}
}

// turn waits until a message may be sent; on an error it says when to come again.
func (p pace) turn(ctx context.Context) (again time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	// The limiter looks at the clock, too: past the deadline nothing is sent,
	// even where the context was frozen along with the process.
	if err := p.limiter.Wait(ctx); err != nil {
		return max(minRetry, p.later.Reserve().Delay()), err
	}
	return 0, nil
}

func httpClient(timeout time.Duration) *http.Client {
	return &http.Client{
		Timeout: timeout,
		// A redirect would send the token, and the post, somewhere else.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: bounded{&http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			ForceAttemptHTTP2:      true,
			TLSHandshakeTimeout:    timeout,
			IdleConnTimeout:        90 * time.Second,
			MaxResponseHeaderBytes: 64 << 10,
		}},
	}
}

// bounded cuts answers off at maxBody.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := b.RoundTripper.RoundTrip(req)
	if err == nil {
		res.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(res.Body, maxBody), res.Body}
	}
	return res, err
}
