package slack_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/alerts"
	"tonewatch/alerts/alertstest"
	"tonewatch/alerts/slack"
)

func TestFailureSaysWhatIsKnown(t *testing.T) {
	t.Parallel()
	says := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }
	}
	refusal := func(code, rest string) http.HandlerFunc {
		return says(fmt.Sprintf(`{"ok":false,"error":%q%s}`, code, rest))
	}
	status := func(code int, header ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			if len(header) > 0 {
				w.Header().Set("Retry-After", header[0])
			}
			w.WriteHeader(code)
		}
	}
	type known struct {
		Reason             string
		Unclear, Permanent bool
		RetryAfter         time.Duration
		Text               string
	}
	tests := map[string]struct {
		handler http.HandlerFunc
		want    known
	}{
		"invalid token":       {refusal("invalid_auth", ""), known{"invalid_auth", false, true, 0, "chat.postMessage: invalid_auth: set slack.token to the bot token of the installed app"}},
		"not in the channel":  {refusal("not_in_channel", ""), known{"not_in_channel", false, true, 0, "chat.postMessage: not_in_channel: invite the bot to the channel: /invite"}},
		"no such channel":     {refusal("channel_not_found", ""), known{"channel_not_found", false, true, 0, "chat.postMessage: channel_not_found: check the channel's name, and invite the bot if it is private: /invite"}},
		"archived":            {refusal("is_archived", ""), known{"is_archived", false, true, 0, "chat.postMessage: is_archived: unarchive the channel, or route to another"}},
		"scope":               {refusal("missing_scope", `,"needed":"chat:write"`), known{"missing_scope", false, true, 0, "chat.postMessage: missing_scope: give the app the scope chat:write and install it again"}},
		"scope unsaid":        {refusal("missing_scope", ""), known{"missing_scope", false, true, 0, "chat.postMessage: missing_scope: give the app the scope chat:write and install it again"}},
		"code yet unknown":    {refusal("new_rule", `,"response_metadata":{"messages":["see the admin"]}`), known{"new_rule", false, true, 0, "chat.postMessage: new_rule: see the admin"}},
		"a limit in words":    {refusal("rate_limited", ""), known{"rate_limited", false, false, time.Minute, "chat.postMessage: rate_limited"}},
		"a request cut short": {refusal("request_timeout", ""), known{"request_timeout", false, false, 0, "chat.postMessage: request_timeout"}},
		"an internal error":   {refusal("internal_error", ""), known{"internal_error", true, false, 0, "chat.postMessage: internal_error"}},
		"a code with the token in it": {
			refusal("bad token "+token+" \u202e[2J", ""),
			known{"bad token [token] [2J", false, true, 0, "chat.postMessage: bad token [token] [2J"},
		},
		"a code without end": {
			refusal(strings.Repeat("a", 45)+token+strings.Repeat("b", 5000), ""),
			known{strings.Repeat("a", 45) + "[token]" + strings.Repeat("b", 7) + "…", false, true, 0, ""},
		},
		"429":                   {status(429, "3"), known{"rate_limited", false, false, 3 * time.Second, "chat.postMessage: slack rate limit exceeded, retry after 3s"}},
		"429 with a wild wish":  {status(429, "99999999999"), known{"rate_limited", false, false, time.Hour, ""}},
		"429 with a negative":   {status(429, "-5"), known{"rate_limited", false, false, time.Second, "chat.postMessage: slack rate limit exceeded, retry after -5s"}},
		"429 without a wish":    {status(429), known{"rate_limited", false, false, time.Minute, "chat.postMessage: slack server error: 429 Too Many Requests"}},
		"503":                   {status(503), known{"http_503", true, false, 0, "chat.postMessage: slack server error: 503 Service Unavailable"}},
		"404":                   {status(404), known{"http_404", false, false, 0, "chat.postMessage: slack server error: 404 Not Found"}},
		"HTML of a proxy":       {says("<html>log in</html>"), known{"broken_answer", true, false, 0, "chat.postMessage: invalid character '<' looking for beginning of value"}},
		"neither yes nor no":    {says("{}"), known{"broken_answer", true, false, 0, "chat.postMessage: the answer is not one of Slack's"}},
		"yes without a receipt": {says(`{"ok":true}`), known{"broken_answer", true, false, 0, "chat.postMessage: the answer is not one of Slack's"}},
		"a body without end":    {endless(t), known{"broken_answer", true, false, 0, "chat.postMessage: unexpected EOF"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mux := http.NewServeMux()
			mux.HandleFunc("/chat.postMessage", test.handler)
			server := httptest.NewServer(mux)
			t.Cleanup(server.Close)
			f := failure(t, t.Context(), slack.Options{APIURL: server.URL})
			got := known{f.Reason, f.Unclear, f.Permanent, f.RetryAfter, f.Error()}
			if test.want.Text == "" {
				got.Text = ""
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("failure (-want +got):\n%s", diff)
			}
		})
	}
}

// What is wrong with one message is not held against the channel.
func TestFailureSaysWhetherItIsTheMessages(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]bool{
		"invalid_arguments": true, "msg_too_long": true, "invalid_blocks": true, "thread_not_found": true,
		"invalid_auth": false, "missing_scope": false, "channel_not_found": false, "not_in_channel": false, "is_archived": false, "restricted_action": false,
	} {
		mux := http.NewServeMux()
		mux.HandleFunc("/chat.postMessage", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, `{"ok":false,"error":%q}`, code) })
		server := httptest.NewServer(mux)
		t.Cleanup(server.Close)
		if f := failure(t, t.Context(), slack.Options{APIURL: server.URL}); !f.Permanent || f.Message != want {
			t.Errorf("%s: failure %+v, want a permanent one, of the message: %v", code, f, want)
		}
	}
}

// endless answers with JSON that does not stop before the client does.
func endless(t *testing.T) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		const far = 64 << 20
		_, _ = io.WriteString(w, `{"ok":true,"error":"`)
		chunk := bytes.Repeat([]byte("a"), 1<<16)
		for sent := 0; sent < far; sent += len(chunk) {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
		t.Errorf("the client read %d bytes and wants more", far)
	}
}

// failure is what a post comes to.
func failure(t *testing.T, ctx context.Context, o slack.Options) *alerts.Failure {
	t.Helper()
	o.Token, o.Log = token, slog.New(slog.DiscardHandler)
	_, err := slack.New(o).Channel("#desk-korea").Post(ctx, alertstest.Example().Message())
	var f *alerts.Failure
	if !errors.As(err, &f) {
		t.Fatalf("error %v, want a failure", err)
	}
	return f
}

func TestFailureOfTheConnection(t *testing.T) {
	t.Parallel()
	silent := func(t *testing.T, asked func()) string {
		done := make(chan struct{})
		server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked(); <-done }))
		t.Cleanup(server.Close)
		t.Cleanup(func() { close(done) })
		return server.URL + "/"
	}
	t.Run("none is a clear no", func(t *testing.T) {
		t.Parallel()
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		if err := listener.Close(); err != nil {
			t.Fatal(err)
		}
		f := failure(t, t.Context(), slack.Options{APIURL: "http://" + listener.Addr().String() + "/"})
		if f.Reason != "no_connection" || f.Unclear {
			t.Errorf("failure %+v, want no_connection and clear", f)
		}
	})
	t.Run("TLS that fails is a clear no", func(t *testing.T) {
		t.Parallel()
		server := httptest.NewUnstartedServer(http.NotFoundHandler())
		server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
		server.StartTLS()
		t.Cleanup(server.Close)
		f := failure(t, t.Context(), slack.Options{APIURL: server.URL + "/"})
		if f.Reason != "no_connection" || f.Unclear || !strings.Contains(f.Error(), "certificate") {
			t.Errorf("failure %+v, want no_connection and clear", f)
		}
	})
	t.Run("no answer in time is unclear", func(t *testing.T) {
		t.Parallel()
		f := failure(t, t.Context(), slack.Options{APIURL: silent(t, func() {}), HTTPTimeout: 100 * time.Millisecond})
		if f.Reason != "timeout" || !f.Unclear {
			t.Errorf("failure %+v, want timeout and unclear", f)
		}
	})
	t.Run("stopped while waiting is unclear", func(t *testing.T) {
		t.Parallel()
		ctx, stop := context.WithCancel(t.Context())
		f := failure(t, ctx, slack.Options{APIURL: silent(t, stop)})
		if f.Reason != "stopped" || !f.Unclear {
			t.Errorf("failure %+v, want stopped and unclear", f)
		}
	})
	t.Run("a redirect is not followed", func(t *testing.T) {
		t.Parallel()
		var elsewhere atomic.Int32
		other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
		t.Cleanup(other.Close)
		server := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
		t.Cleanup(server.Close)
		f := failure(t, t.Context(), slack.Options{APIURL: server.URL + "/"})
		if f.Reason != "http_307" || f.Unclear || elsewhere.Load() != 0 {
			t.Errorf("failure %+v, %d requests elsewhere; want http_307, and none", f, elsewhere.Load())
		}
	})
}

func TestTokenIsNowhere(t *testing.T) {
	t.Parallel()
	var seen strings.Builder
	for _, f := range []fault{limited, accept500, accept200, acceptCut, notSlack, refuseName, internal} {
		for _, method := range []string{"chat.postMessage", "chat.update", "conversations.history", "users.conversations"} {
			d := newDesk(t)
			d.breakNext(method, f)
			if method != "chat.postMessage" {
				d.breakNext("chat.postMessage", acceptCut)
			}
			for range 3 {
				fmt.Fprintln(&seen, d.deliver(t))
				d.pass(time.Minute)
			}
			fmt.Fprintln(&seen, d.log.String(), d.asked(), d.store.Deliveries())
		}
	}
	for _, echo := range []string{`{"ok":false,"error":%q}`, `{"ok":false,"error":"x","response_metadata":{"messages":[%q]}}`, `{"ok":false,"error":"missing_scope","needed":%q}`, "%s"} {
		d := newDesk(t)
		d.answer("chat.postMessage", fmt.Sprintf(echo, token))
		fmt.Fprintln(&seen, d.deliver(t), d.log.String(), d.store.Deliveries())
	}
	if strings.Contains(seen.String(), token) {
		t.Error("the token is in an error, a log line, a message or a row")
	}
	if !strings.Contains(seen.String(), "[token]") {
		t.Error("no echo of the token was seen, so this test proves nothing")
	}
}
