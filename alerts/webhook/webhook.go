// Package webhook tells alerts to any address, as JSON in the shape of
// Alertmanager's webhooks, version 4, so that what takes those takes these.
//
// Read it in this order:
//
//	webhook.go  one address: post, sign, and what is known after it says no
//	body.go     a message as the body of a request; pure
//
// With a secret, a request is signed. Its header X-Tonewatch-Timestamp is when
// it was sent, in seconds since 1970, and X-Tonewatch-Signature is "sha256="
// and in hex the HMAC-SHA256 under the secret of that timestamp, a full stop
// and the body. Who checks it also refuses old timestamps.
//
// Limits: what was posted can be neither edited nor looked for. Every change of
// an episode is posted anew, as Alertmanager does it, and a post whose outcome
// is unclear is repeated: the same may come twice. An alert has the same
// fingerprint for as long as it lives, and the header X-Tonewatch-Key names the
// message, so that the receiver can tell.
package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"tonewatch/alerts"
)

// DefaultTimeout bounds one request, from dialling to the end of the answer.
const DefaultTimeout = 10 * time.Second

// Bounds on an answer: how much of its body is read, and how much of that is
// told, in characters.
const (
	maxAnswer = 64 << 10
	maxText   = 200
)

// Bounds on what an answer may wish us to wait, and the wait where it says to wait
// but not how long.
const (
	minRetry     = time.Second
	maxRetry     = time.Hour
	defaultRetry = time.Minute
)

// Options for [New].
type Options struct {
	Name      string           // by which the configuration calls it
	URL       string           // http or https; kept out of everything that is printed
	Secret    string           // that requests are signed with; empty: they are not
	UserAgent string           // empty is "tonewatch"
	Timeout   time.Duration    // 0 is DefaultTimeout
	Now       func() time.Time // for the timestamp; nil is time.Now
}

// Webhook is the receiver for one address.
type Webhook struct {
	Options
	client *http.Client
}

var _ alerts.Receiver = (*Webhook)(nil)

// New returns a webhook; it makes no request yet.
func New(o Options) *Webhook {
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.UserAgent == "" {
		o.UserAgent = "tonewatch"
	}
	return &Webhook{Options: o, client: &http.Client{
		Timeout: o.Timeout,
		// A redirect would send the alert, and the signature, somewhere else.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			ForceAttemptHTTP2:      true,
			TLSHandshakeTimeout:    o.Timeout,
			IdleConnTimeout:        90 * time.Second,
			MaxResponseHeaderBytes: 64 << 10,
		},
	}}
}

// Post implements [alerts.Receiver].
func (w *Webhook) Post(ctx context.Context, m alerts.Message) (alerts.Receipt, error) {
	if err := w.send(ctx, m); err != nil {
		return alerts.Receipt{}, err
	}
	return alerts.Receipt{Channel: "webhook:" + w.Name, TS: m.Key}, nil
}

// Update implements [alerts.Receiver]: it posts the message as it now stands.
func (w *Webhook) Update(ctx context.Context, _ alerts.Receipt, m alerts.Message) error {
	return w.send(ctx, m)
}

// Find implements [alerts.Receiver]: what was posted is out of reach.
func (w *Webhook) Find(context.Context, alerts.Message, time.Time) (alerts.Receipt, bool, error) {
	return alerts.Receipt{}, false, nil
}

func (w *Webhook) send(ctx context.Context, m alerts.Message) error {
	body, err := json.Marshal(render(w.Name, m))
	if err != nil {
		return w.failure(alerts.Failure{Reason: "render", Permanent: true, Message: true}, w.redact(err.Error()))
	}
	var connected atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }})
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL, bytes.NewReader(body))
	if err != nil {
		return w.failure(alerts.Failure{Reason: "address", Permanent: true}, "its url is no address; mend it under webhooks")
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", w.UserAgent)
	request.Header.Set("X-Tonewatch-Key", m.Key)
	w.sign(request.Header, body)
	response, err := w.client.Do(request)
	if err != nil {
		return w.unanswered(err, connected.Load())
	}
	defer response.Body.Close()                                       //nolint:errcheck // only read
	answer, _ := io.ReadAll(io.LimitReader(response.Body, maxAnswer)) // what came of it is enough: the status says what counts
	if response.StatusCode >= 200 && response.StatusCode <= 299 {
		return nil
	}
	return w.refused(response, answer)
}

// sign puts a signature into the header of a request.
func (w *Webhook) sign(header http.Header, body []byte) {
	if w.Secret == "" {
		return
	}
	stamp := strconv.FormatInt(w.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(w.Secret))
	mac.Write([]byte(stamp + "."))
	mac.Write(body)
	header.Set("X-Tonewatch-Timestamp", stamp)
	header.Set("X-Tonewatch-Signature", "sha256="+hex.EncodeToString(mac.Sum(nil)))
}

// unanswered judges a request without an answer.
func (w *Webhook) unanswered(err error, connected bool) error {
	f := alerts.Unanswered(err, connected)
	if wrapped := (*url.Error)(nil); errors.As(err, &wrapped) {
		err = wrapped.Err // without the address
	}
	return w.failure(f, w.redact(err.Error()))
}

// refused judges an answer of another status than one of success, and says how to
// mend it.
func (w *Webhook) refused(response *http.Response, answer []byte) error {
	code := response.StatusCode
	f := alerts.Failure{Reason: fmt.Sprintf("http_%d", code)}
	text := fmt.Sprintf("HTTP %d", code)
	switch {
	case code == http.StatusTooManyRequests:
		f.Reason, f.RetryAfter = "rate_limited", defaultRetry
	case code >= 500 || code == http.StatusRequestTimeout:
		f.Unclear = true
	case code >= 300 && code <= 399:
		f.Permanent = true
		text += ": a redirect is not followed; set url to where it leads"
	default:
		f.Permanent, f.Message = true, ofMessage(code)
		text += ": check url and secret under webhooks, and what the receiver takes"
	}
	if wish, ok := retryAfter(response.Header.Get("Retry-After"), w.Now()); ok && !f.Permanent {
		f.RetryAfter = min(max(wish, minRetry), maxRetry)
	}
	if said := w.redact(string(answer)); said != "" {
		text += fmt.Sprintf("; it says %q", said)
	}
	return w.failure(f, text)
}

// ofMessage says whether a status is about what was sent, not about where to or by whom.
func ofMessage(code int) bool {
	return code == http.StatusBadRequest || code == http.StatusRequestEntityTooLarge || code == http.StatusUnprocessableEntity
}

// retryAfter reads a header of that name: seconds, or a date (RFC 9110, 10.2.3).
func retryAfter(header string, now time.Time) (time.Duration, bool) {
	if seconds, err := strconv.ParseInt(header, 10, 32); err == nil {
		return time.Duration(seconds) * time.Second, true
	}
	if at, err := http.ParseTime(header); err == nil {
		return at.Sub(now), true
	}
	return 0, false
}

// failure keeps the cause as text, in which no secret is: whoever prints it, prints
// none.
func (w *Webhook) failure(f alerts.Failure, text string) *alerts.Failure {
	f.Err = fmt.Errorf("webhook %q: %s", w.Name, text)
	return &f
}

// redact makes a stranger's text fit to print, and takes out of it what it may
// echo: before the cut, which could leave half of it.
func (w *Webhook) redact(text string) string {
	text = alerts.Clean(text, maxAnswer)
	for _, secret := range w.secrets() {
		text = strings.ReplaceAll(text, secret, "[hidden]")
	}
	return alerts.Clean(text, maxText)
}

// secrets are the longest first, so that none is left in part. Of the address all
// but the host may be one; what is too short to be one would hide other words.
func (w *Webhook) secrets() []string {
	const least, leastPart = 4, 8
	list := []string{w.Secret}
	add := func(texts []string, least int) {
		for _, text := range texts {
			if len(text) >= least {
				list = append(list, text)
			}
		}
	}
	if u, err := url.Parse(w.URL); err == nil {
		password, _ := u.User.Password()
		add([]string{w.URL, u.RequestURI(), u.RawQuery, u.User.String(), password, strings.Trim(u.Path, "/"), strings.Trim(u.EscapedPath(), "/")}, least)
		add(strings.FieldsFunc(u.Path, func(r rune) bool { return r == '/' }), leastPart)
		for _, values := range u.Query() {
			add(values, least)
		}
	}
	list = slices.DeleteFunc(list, func(text string) bool { return text == "" })
	slices.SortFunc(list, func(a, b string) int { return len(b) - len(a) })
	return list
}
