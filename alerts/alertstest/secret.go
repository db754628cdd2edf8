package alertstest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tonewatch/alerts"
)

// echo marks what an answer says back, to know that it was seen.
const echo = "echo-7f3a9c"

// KeepsSecrets is the suite that every receiver passes: whatever comes of a
// message, none of the secrets is in an error, a log line or what is shown. The
// receiver is built for each case, to speak to the server at an address, which
// says back what it was sent and all secrets besides. KeepsSecrets returns how
// often a receiver told of what was said back: where it does, never is a test that
// proves nothing.
func KeepsSecrets(t *testing.T, secrets []string, receiver func(address string, log *slog.Logger) alerts.Receiver) (times int) {
	t.Helper()
	type answer = func(w http.ResponseWriter, r *http.Request, said string)
	var told atomic.Int32
	hear := func(t *testing.T, address string, w *witness) {
		w.hear(t, receiver(address, slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))))
		told.Add(w.check(t))
	}
	t.Run("whatever comes of it", func(t *testing.T) {
		for name, answer := range map[string]answer{
			"well": func(w http.ResponseWriter, _ *http.Request, _ string) {
				_, _ = io.WriteString(w, `{"ok":true,"channel":"C0DESKKOREA","ts":"1.1","messages":[],"channels":[]}`)
			},
			"a no": func(w http.ResponseWriter, _ *http.Request, said string) {
				fmt.Fprintf(w, `{"ok":false,"error":%q}`, said)
			},
			"words": func(w http.ResponseWriter, _ *http.Request, said string) { _, _ = io.WriteString(w, said) },
			"400":   status(http.StatusBadRequest),
			"401":   status(http.StatusUnauthorized),
			"404":   status(http.StatusNotFound),
			"429":   status(http.StatusTooManyRequests),
			"500":   status(http.StatusInternalServerError),
			"503":   status(http.StatusServiceUnavailable),
			"moved": func(w http.ResponseWriter, r *http.Request, said string) {
				http.Redirect(w, r, "/"+said, http.StatusFound)
			},
			"cut off": func(http.ResponseWriter, *http.Request, string) { panic(http.ErrAbortHandler) },
			"half": func(w http.ResponseWriter, _ *http.Request, said string) {
				w.Header().Set("Content-Length", "100000")
				_, _ = io.WriteString(w, said)
				panic(http.ErrAbortHandler)
			},
			"nothing in time": func(_ http.ResponseWriter, r *http.Request, _ string) { <-r.Context().Done() },
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := &witness{secrets: secrets, answer: answer}
				server := httptest.NewServer(w)
				t.Cleanup(server.Close)
				hear(t, server.URL, w)
			})
		}
		t.Run("nobody there", func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(nil)
			server.Close()
			hear(t, server.URL, &witness{secrets: secrets})
		})
	})
	return int(told.Load())
}

func status(code int) func(http.ResponseWriter, *http.Request, string) {
	return func(w http.ResponseWriter, _ *http.Request, said string) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(code)
		_, _ = io.WriteString(w, said)
	}
}

// witness writes down all that can be seen of a receiver.
type witness struct {
	secrets []string
	answer  func(w http.ResponseWriter, r *http.Request, said string)

	mu   sync.Mutex
	seen bytes.Buffer
}

// Write takes the log.
func (w *witness) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.seen.Write(p)
}

// ServeHTTP takes what is shown, and answers.
func (w *witness) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	said, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	shown := string(said)
	r.Body = io.NopCloser(bytes.NewReader(said))
	if r.Header.Get("Content-Type") == "application/x-www-form-urlencoded" && r.ParseForm() == nil {
		r.PostForm.Del("token") // which is where Slack wants it
		shown = r.PostForm.Encode()
	}
	_, _ = fmt.Fprintln(w, "shown:", shown)
	w.answer(rw, r, fmt.Sprint(echo, " ", strings.Join(w.secrets, " "), " ", r.URL, " ", r.Header))
}

// hear writes down what comes of each thing that a receiver can do.
func (w *witness) hear(t *testing.T, r alerts.Receiver) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	receipt, err := r.Post(ctx, Example().Message())
	w.note("post", err)
	_, _ = fmt.Fprintln(w, "receipt:", receipt)
	w.note("update", r.Update(ctx, alerts.Receipt{Channel: "C0DESKKOREA", TS: "1.1"}, Example().Message()))
	_, found, err := r.Find(ctx, Example().Message(), Example().Episode.Fired)
	w.note(fmt.Sprint("find, found ", found), err)
}

// note writes down an error in every way that it can be printed, and what it wraps.
func (w *witness) note(what string, err error) {
	_, _ = fmt.Fprintf(w, "%s: %v %+v %#v\n", what, err, err, err)
	for ; err != nil; err = errors.Unwrap(err) {
		_, _ = fmt.Fprintf(w, "%v %+v %#v\n", err, err, err)
	}
}

// check looks for secrets, and counts what of answers is told.
func (w *witness) check(t *testing.T) (told int32) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, secret := range w.secrets {
		if at := strings.Index(w.seen.String(), secret); at >= 0 {
			t.Errorf("a secret is shown, after:\n%s", w.seen.String()[max(0, at-200):at])
		}
	}
	return int32(strings.Count(w.seen.String(), echo))
}
