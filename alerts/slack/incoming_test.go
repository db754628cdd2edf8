package slack_test

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/alerts"
	"tonewatch/alerts/alertstest"
	"tonewatch/alerts/slack"
)

// hook is an incoming webhook that answers with some statuses, one after the
// other, and then well.
func hook(t *testing.T, statuses ...int) (r alerts.Receiver, posts chan map[string]any) {
	t.Helper()
	posts = make(chan map[string]any, 10)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var post map[string]any
		if err := json.NewDecoder(r.Body).Decode(&post); err != nil {
			t.Error(err)
		}
		posts <- post
		if len(statuses) > 0 {
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(statuses[0])
			statuses = statuses[1:]
		}
		_, _ = io.WriteString(w, "ok")
	}))
	t.Cleanup(server.Close)
	return slack.NewIncoming(slack.IncomingOptions{Name: "desk", URL: server.URL + "/services/T0/B0/xyz", HTTPTimeout: 10 * time.Second}), posts
}

func TestIncomingPostsTheSameBlocks(t *testing.T) {
	t.Parallel()
	r, posts := hook(t)
	receipt, err := r.Post(t.Context(), alertstest.Example().Message())
	if want := (alerts.Receipt{Channel: "webhook:desk", TS: "k1-7f3a9c"}); err != nil || receipt != want {
		t.Fatalf("receipt %v, error %v, want %v", receipt, err, want)
	}
	got := <-posts
	text, err := json.Marshal(slack.Render(alertstest.Example().Message(), slack.Look{Chart: true}))
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]any
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"text", "blocks", "attachments"} {
		if diff := cmp.Diff(want[part], got[part]); diff != "" {
			t.Errorf("%s (-as a bot +as a webhook):\n%s", part, diff)
		}
	}
	if got["parse"] != "none" || got["unfurl_links"] != false || got["unfurl_media"] != false {
		t.Errorf("post %v, want nothing read into it", got)
	}
}

func TestIncomingLeavesMessagesAsTheyAre(t *testing.T) {
	t.Parallel()
	r, posts := hook(t)
	if err := r.Update(t.Context(), alerts.Receipt{Channel: "webhook:desk", TS: "k1-7f3a9c"}, alertstest.Example().Message()); err != nil {
		t.Error(err)
	}
	if _, found, err := r.Find(t.Context(), alertstest.Example().Message(), time.Time{}); found || err != nil {
		t.Errorf("found %v, error %v", found, err)
	}
	if len(posts) != 0 {
		t.Errorf("%d posts, want none", len(posts))
	}
}

func TestIncomingSendsTextWhereBlocksAreRefused(t *testing.T) {
	t.Parallel()
	r, posts := hook(t, http.StatusBadRequest, http.StatusBadRequest)
	if _, err := r.Post(t.Context(), alertstest.WithHostile("<!channel> & co").Message()); err != nil {
		t.Fatal(err)
	}
	for _, charted := range []bool{true, false} {
		said, err := json.Marshal((<-posts)["blocks"])
		if got := strings.Contains(string(said), "data_visualization"); err != nil || got != charted {
			t.Errorf("blocks %s, with a chart %v, want %v; %v", said, got, charted, err)
		}
	}
	last := <-posts
	if text, ok := last["text"].(string); !ok || !strings.Contains(text, "&lt;!channel&gt; &amp; co") || strings.Contains(text, "<") || last["attachments"] != nil {
		t.Errorf("post %v, want escaped text alone", last)
	}
}

func TestIncomingFailureSaysWhatIsKnown(t *testing.T) {
	t.Parallel()
	type known struct {
		Reason             string
		Unclear, Permanent bool
		RetryAfter         time.Duration
		Text               string
	}
	for code, want := range map[int]known{
		404: {"http_404", false, true, 0, `incoming webhook: slack server error: 404 Not Found: make a new incoming webhook in Slack, and set the url of "desk" under webhooks`},
		410: {"http_410", false, true, 0, `incoming webhook: slack server error: 410 Gone: make a new incoming webhook in Slack, and set the url of "desk" under webhooks`},
		429: {"rate_limited", false, false, 7 * time.Second, "incoming webhook: slack rate limit exceeded, retry after 7s"},
		503: {"http_503", true, false, 0, "incoming webhook: slack server error: 503 Service Unavailable"},
	} {
		r, _ := hook(t, code)
		_, err := r.Post(t.Context(), alertstest.Example().Message())
		var f *alerts.Failure
		if !errors.As(err, &f) {
			t.Fatalf("%d: error %v is no failure", code, err)
		}
		if diff := cmp.Diff(want, known{f.Reason, f.Unclear, f.Permanent, f.RetryAfter, f.Error()}); diff != "" {
			t.Errorf("%d (-want +got):\n%s", code, diff)
		}
	}
}

// What is wrong with one message is not held against the address.
func TestIncomingFailureSaysWhetherItIsTheMessages(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]bool{400: true, 413: true, 403: false, 404: false, 410: false} {
		r, _ := hook(t, code, code, code)
		_, err := r.Post(t.Context(), alertstest.Example().Message())
		var f *alerts.Failure
		if !errors.As(err, &f) || !f.Permanent || f.Message != want {
			t.Errorf("%d: failure %+v, want a permanent one, of the message: %v", code, f, want)
		}
	}
}

func TestIncomingKeepsSecrets(t *testing.T) {
	t.Parallel()
	const path = "services/T0123/B0123/do-not-print-me"
	alertstest.KeepsSecrets(t, []string{path}, func(address string, log *slog.Logger) alerts.Receiver {
		return slack.NewIncoming(slack.IncomingOptions{Name: "desk", URL: address + "/" + path, Log: log})
	})
}
