package webhook_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"tonewatch/alerts"
	"tonewatch/alerts/alertstest"
	"tonewatch/alerts/webhook"
	"tonewatch/monitor"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var update = flag.Bool("update", false, "rewrite the golden files")

// at is when requests are sent.
var at = time.Date(2026, 3, 4, 13, 6, 0, 0, time.UTC)

const secret = "do-not-print-me"

// request is one that came.
type request struct {
	header http.Header
	body   []byte
}

// serve answers every request, and keeps it.
func serve(t *testing.T, answer http.HandlerFunc) (address string, came chan request) {
	t.Helper()
	came = make(chan request, 10)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		came <- request{r.Header, body}
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL, came
}

func receiver(address string) *webhook.Webhook {
	return webhook.New(webhook.Options{
		Name: "pager", URL: address + "/a/b", Secret: secret, UserAgent: "tonewatch/test", Now: func() time.Time { return at },
	})
}

func messages() map[string]alerts.Message {
	messages := make(map[string]alerts.Message)
	for _, c := range alertstest.Cases() {
		switch c.Name {
		case "colder", "warmer", "over", "split", "own-voice", "no-evidence":
			messages[c.Name] = c.Alert.Message()
		}
	}
	colder, over := messages["colder"].Alert, messages["over"].Alert
	messages["reply"] = alerts.Message{
		Key: "k2", Thread: alerts.Receipt{Channel: "webhook:pager", TS: "k1-7f3a9c"}, Reply: &alerts.Reply{Alert: *colder, News: alerts.Worse},
	}
	messages["digest"] = alerts.Message{Key: "k3", Digest: &alerts.Digest{Since: at, Alerts: []alerts.Alert{*over, *colder}}}
	messages["digest-over"] = alerts.Message{Key: "k3", Digest: &alerts.Digest{Since: at, Alerts: []alerts.Alert{*over}}}
	messages["note"] = alerts.Message{Key: "k4", Note: &alerts.Note{At: at, Title: "Nothing moved", Lines: []string{"41 stories", "12 feeds"}}}
	return messages
}

func TestGolden(t *testing.T) {
	t.Parallel()
	address, came := serve(t, func(http.ResponseWriter, *http.Request) {})
	hook := receiver(address)
	for name, m := range messages() {
		if _, err := hook.Post(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		var got any
		if err := json.Unmarshal((<-came).body, &got); err != nil {
			t.Fatal(err)
		}
		text, err := json.MarshalIndent(got, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden := filepath.Join("testdata", name+".json")
		if *update {
			if err := os.WriteFile(golden, append(text, '\n'), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(text)+"\n"); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestRequestsAreSigned(t *testing.T) {
	t.Parallel()
	address, came := serve(t, func(http.ResponseWriter, *http.Request) {})
	receipt, err := receiver(address).Post(t.Context(), messages()["colder"])
	if want := (alerts.Receipt{Channel: "webhook:pager", TS: "k1-7f3a9c"}); err != nil || receipt != want {
		t.Errorf("receipt %v, error %v, want %v", receipt, err, want)
	}
	r := <-came
	const stamp = "1772629560" // at
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(stamp + "." + string(r.body)))
	for name, want := range map[string]string{
		"X-Tonewatch-Timestamp": stamp,
		"X-Tonewatch-Signature": "sha256=" + hex.EncodeToString(mac.Sum(nil)),
		"X-Tonewatch-Key":       "k1-7f3a9c",
		"Content-Type":          "application/json",
		"User-Agent":            "tonewatch/test",
	} {
		if got := r.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	plain := webhook.New(webhook.Options{Name: "pager", URL: address})
	if _, err := plain.Post(t.Context(), messages()["colder"]); err != nil {
		t.Fatal(err)
	}
	if r := <-came; r.header.Get("X-Tonewatch-Signature") != "" || r.header.Get("X-Tonewatch-Timestamp") != "" {
		t.Errorf("signed without a secret: %v", r.header)
	}
}

// An alert keeps labels, fingerprint and group for as long as it lives, so that
// what takes it can tell that it is the same; another one has others.
func TestAnAlertStaysTheSame(t *testing.T) {
	t.Parallel()
	address, came := serve(t, func(http.ResponseWriter, *http.Request) {})
	hook := receiver(address)
	identity := func(m alerts.Message) string {
		t.Helper()
		if err := hook.Update(t.Context(), alerts.Receipt{}, m); err != nil {
			t.Fatal(err)
		}
		var got struct {
			GroupKey string
			Alerts   []struct {
				Labels      map[string]string
				StartsAt    time.Time
				Fingerprint string
			}
		}
		if err := json.Unmarshal((<-came).body, &got); err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	all := messages()
	first := identity(all["colder"])
	for _, name := range []string{"colder", "over", "reply"} {
		if diff := cmp.Diff(first, identity(all[name])); diff != "" {
			t.Errorf("%s is another (-first +it):\n%s", name, diff)
		}
	}
	seen := map[string]bool{first: true}
	for _, change := range []func(*monitor.Episode){
		func(e *monitor.Episode) { e.Fired = e.Fired.Add(time.Hour) },
		func(e *monitor.Episode) { e.Actor = "Acme" },
		func(e *monitor.Episode) { e.Rule = "frost" },
		func(e *monitor.Episode) { e.Voice = monitor.OwnVoice },
	} {
		a := alertstest.Example()
		change(&a.Episode)
		if id := identity(a.Message()); seen[id] {
			t.Errorf("%s is not another", id)
		} else {
			seen[id] = true
		}
	}
}

func TestFailureSaysWhatIsKnown(t *testing.T) {
	t.Parallel()
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
	const mend = ": check url and secret under webhooks, and what the receiver takes"
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		want   known
	}{
		"not found":   {status(404), known{"http_404", false, true, 0, `webhook "pager": HTTP 404` + mend}},
		"no entry":    {status(401), known{"http_401", false, true, 0, `webhook "pager": HTTP 401` + mend}},
		"a redirect":  {status(302), known{"http_302", false, true, 0, `webhook "pager": HTTP 302: a redirect is not followed; set url to where it leads`}},
		"429":         {status(429, "3"), known{"rate_limited", false, false, 3 * time.Second, `webhook "pager": HTTP 429`}},
		"429, a date": {status(429, "Wed, 04 Mar 2026 13:07:30 GMT"), known{"rate_limited", false, false, 90 * time.Second, `webhook "pager": HTTP 429`}},
		"429, past":   {status(429, "Wed, 04 Mar 2026 13:00:00 GMT"), known{"rate_limited", false, false, time.Second, `webhook "pager": HTTP 429`}},
		"429, wild":   {status(429, "2000000000"), known{"rate_limited", false, false, time.Hour, `webhook "pager": HTTP 429`}},
		"429, bare":   {status(429), known{"rate_limited", false, false, time.Minute, `webhook "pager": HTTP 429`}},
		"429, odd":    {status(429, "soon"), known{"rate_limited", false, false, time.Minute, `webhook "pager": HTTP 429`}},
		"500":         {status(500), known{"http_500", true, false, 0, `webhook "pager": HTTP 500`}},
		"503":         {status(503, "20"), known{"http_503", true, false, 20 * time.Second, `webhook "pager": HTTP 503`}},
		"408":         {status(408), known{"http_408", true, false, 0, `webhook "pager": HTTP 408`}},
		"words": {
			func(w http.ResponseWriter, _ *http.Request) {
				http.Error(w, "no such\x1b[31m hook\u202e: "+strings.Repeat("x", 1<<20), http.StatusGone)
			},
			known{"http_410", false, true, 0, `webhook "pager": HTTP 410` + mend + `; it says "no such[31m hook: ` + strings.Repeat("x", 181) + `…"`},
		},
		"cut off":       {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, known{"broken_answer", true, false, 0, `webhook "pager": EOF`}},
		"no end of yes": {endless, known{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address, _ := serve(t, test.answer)
			_, err := receiver(address).Post(t.Context(), messages()["colder"])
			var got known
			var f *alerts.Failure
			if errors.As(err, &f) {
				got = known{f.Reason, f.Unclear, f.Permanent, f.RetryAfter, f.Error()}
			} else if err != nil {
				t.Fatalf("error %v is no failure", err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("failure (-want +got):\n%s", diff)
			}
		})
	}
}

// What is wrong with one message is not held against the address.
func TestFailureSaysWhetherItIsTheMessages(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]bool{400: true, 413: true, 422: true, 302: false, 401: false, 403: false, 404: false, 410: false} {
		address, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) })
		_, err := receiver(address).Post(t.Context(), messages()["colder"])
		var f *alerts.Failure
		if !errors.As(err, &f) || !f.Permanent || f.Message != want {
			t.Errorf("%d: failure %+v, want a permanent one, of the message: %v", code, f, want)
		}
	}
}

// endless says yes and goes on talking until nobody listens.
func endless(w http.ResponseWriter, _ *http.Request) {
	for {
		if _, err := w.Write(make([]byte, 1<<16)); err != nil {
			return
		}
	}
}

func TestFailureWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	t.Run("nobody there", func(t *testing.T) {
		t.Parallel()
		server := httptest.NewServer(nil)
		server.Close()
		_, err := receiver(server.URL).Post(t.Context(), messages()["colder"])
		var f *alerts.Failure
		if !errors.As(err, &f) || f.Reason != "no_connection" || f.Unclear || f.Permanent {
			t.Errorf("failure %+v, want no_connection, clear and not for good", f)
		}
	})
	t.Run("no answer in time", func(t *testing.T) {
		t.Parallel()
		address, _ := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		hook := webhook.New(webhook.Options{Name: "pager", URL: address, Timeout: 100 * time.Millisecond})
		var f *alerts.Failure
		if err := hook.Update(t.Context(), alerts.Receipt{}, messages()["colder"]); !errors.As(err, &f) || f.Reason != "timeout" || !f.Unclear {
			t.Errorf("failure %+v, want timeout and unclear", f)
		}
	})
	t.Run("no address", func(t *testing.T) {
		t.Parallel()
		var f *alerts.Failure
		if _, err := receiver("http://a b").Post(t.Context(), messages()["colder"]); !errors.As(err, &f) || f.Reason != "address" || !f.Permanent {
			t.Errorf("failure %+v, want address and for good", f)
		}
	})
	t.Run("a redirect is not followed", func(t *testing.T) {
		t.Parallel()
		other, came := serve(t, func(http.ResponseWriter, *http.Request) {})
		address, _ := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other, http.StatusTemporaryRedirect) })
		if _, err := receiver(address).Post(t.Context(), messages()["colder"]); err == nil || len(came) != 0 {
			t.Errorf("error %v, %d requests elsewhere; want an error, and none", err, len(came))
		}
	})
}

func TestHostileTextIsOneLineOfText(t *testing.T) {
	t.Parallel()
	address, came := serve(t, func(http.ResponseWriter, *http.Request) {})
	hook := receiver(address)
	for _, text := range alertstest.Hostile() {
		if _, err := hook.Post(t.Context(), alertstest.WithHostile(text).Message()); err != nil {
			t.Fatal(err)
		}
		var got struct {
			Alerts []struct{ Annotations map[string]string }
		}
		body := (<-came).body
		if err := json.Unmarshal(body, &got); err != nil {
			t.Fatal(err)
		}
		if len(body) > 20_000 {
			t.Errorf("%d bytes for %.40q", len(body), text)
		}
		for name, value := range got.Alerts[0].Annotations {
			for line := range strings.SplitSeq(value, "\n") {
				if clean := alerts.Visible(line); clean != line {
					t.Errorf("annotation %s of %.40q has %q", name, text, line)
				}
			}
		}
		if lines := strings.Count(got.Alerts[0].Annotations["stories"], "\n"); lines != 2 {
			t.Errorf("%d line breaks in the stories of %.40q, want 2", lines, text)
		}
	}
}

func TestKeepsSecrets(t *testing.T) {
	t.Parallel()
	const path, query = "T0123/B0123/abcdefgh", "s3cr3t-query"
	told := alertstest.KeepsSecrets(t, []string{secret, path, "abcdefgh", query}, func(address string, _ *slog.Logger) alerts.Receiver {
		return webhook.New(webhook.Options{Name: "pager", URL: address + "/" + path + "?key=" + query, Secret: secret})
	})
	if told == 0 {
		t.Error("no answer was ever told of, so that this proves nothing")
	}
}
