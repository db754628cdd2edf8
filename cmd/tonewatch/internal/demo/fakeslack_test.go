package demo_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"tonewatch/cmd/tonewatch/internal/demo"
)

var alertMetadata = slack.SlackMetadata{
	EventType: "tonewatch_alert", EventPayload: map[string]any{"key": "vantholm-1"},
}

// alert is a message as the program might send it.
func alert(text string) slack.MsgOption {
	return slack.MsgOptionCompose(
		slack.MsgOptionText(text, false),
		slack.MsgOptionBlocks(slack.NewHeaderBlock(slack.NewTextBlockObject(slack.PlainTextType, text, false, false))),
		slack.MsgOptionMetadata(alertMetadata),
	)
}

func TestFakeSlackPost(t *testing.T) {
	t.Parallel()
	client, out := workspace(t)

	channel, ts, _, err := client.SendMessageContext(t.Context(), "#desk", alert(`Tone fell <0.3> & "\u003c"`))
	if err != nil {
		t.Fatal(err)
	}
	if want := "1773316800.000000"; ts != want { // day 11 at noon
		t.Errorf("ts = %q, want %q", ts, want)
	}

	t.Run("is written as JSON", func(t *testing.T) {
		const want = `{
  "method": "chat.postMessage",
  "channel": "#desk",
  "type": "message",
  "user": "U0TONEWATCH",
  "bot_id": "B0TONEWATCH",
  "ts": "1773316800.000000",
  "text": "Tone fell <0.3> & \"\\u003c\"",
  "blocks": [
    {
      "type": "header",
      "text": {
        "type": "plain_text",
        "text": "Tone fell <0.3> & \"\\u003c\"",
        "emoji": false
      }
    }
  ],
  "metadata": {
    "event_type": "tonewatch_alert",
    "event_payload": {
      "key": "vantholm-1"
    }
  }
}
`
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Errorf("written (-want +got):\n%s", diff)
		}
	})
	t.Run("goes to one channel by name and by ID", func(t *testing.T) {
		for _, name := range []string{"desk", "#desk", channel} {
			got, later, _, err := client.SendMessageContext(t.Context(), name, alert("again"))
			if err != nil || got != channel || later <= ts {
				t.Errorf("post to %q: channel %q, ts %q, %v, want channel %q after %q", name, got, later, err, channel, ts)
			}
			ts = later
		}
		other, _, _, err := client.SendMessageContext(t.Context(), "#markets", alert("elsewhere"))
		if err != nil || other == channel {
			t.Errorf("post to another name: channel %q, %v, want another than %q", other, err, channel)
		}
	})
}

func TestFakeSlackUpdate(t *testing.T) {
	t.Parallel()
	client, out := workspace(t)
	channel, ts, _, err := client.SendMessageContext(t.Context(), "#desk", alert("firing"))
	if err != nil {
		t.Fatal(err)
	}
	out.Reset()
	if _, got, text, err := client.UpdateMessageContext(t.Context(), channel, ts, slack.MsgOptionText("quiet again", false)); err != nil || got != ts || text != "quiet again" {
		t.Errorf("update: ts %q, text %q, %v, want ts %q, text %q", got, text, err, ts, "quiet again")
	}
	var written struct{ Method, Text string }
	if err := json.Unmarshal(out.Bytes(), &written); err != nil || written.Method != "chat.update" || written.Text != "quiet again" {
		t.Errorf("written: %+v, %v, want the update", written, err)
	}

	messages := historyOf(t, client, channel)
	if len(messages) != 1 {
		t.Fatalf("%d messages after an update, want 1", len(messages))
	}
	m := messages[0]
	if m.Text != "quiet again" || m.Timestamp != ts || m.Edited == nil {
		t.Errorf("text %q, ts %q, edited %v, want the new text at the old time", m.Text, m.Timestamp, m.Edited)
	}
	if len(m.Blocks.BlockSet) != 1 || !cmp.Equal(m.Metadata, alertMetadata) {
		t.Errorf("%d blocks, metadata %v, want what the update did not replace", len(m.Blocks.BlockSet), m.Metadata)
	}
}

func TestFakeSlackHistory(t *testing.T) {
	t.Parallel()
	client, _ := workspace(t)
	var channel string
	var ts []string
	for i := range 5 {
		c, posted, _, err := client.SendMessageContext(t.Context(), "#desk", alert("alert "+strconv.Itoa(i)))
		if err != nil {
			t.Fatal(err)
		}
		channel, ts = c, append(ts, posted)
	}
	for _, options := range [][]slack.MsgOption{
		{alert("a reply in a thread"), slack.MsgOptionTS(ts[4])},
		{alert("another alert")},
	} {
		to := "#desk"
		if len(options) == 1 {
			to = "#elsewhere"
		}
		if _, _, _, err := client.SendMessageContext(t.Context(), to, options...); err != nil {
			t.Fatal(err)
		}
	}

	for _, test := range []struct {
		name   string
		params slack.GetConversationHistoryParameters
		want   []string
		more   bool
	}{
		{"all, newest first, without replies and other channels", slack.GetConversationHistoryParameters{}, []string{"4", "3", "2", "1", "0"}, false},
		{"no more than asked for", slack.GetConversationHistoryParameters{Limit: 2}, []string{"4", "3"}, true},
		{"from a cursor on", slack.GetConversationHistoryParameters{Limit: 2, Cursor: ts[1]}, []string{"1", "0"}, false},
		{"between two times", slack.GetConversationHistoryParameters{Oldest: ts[1], Latest: ts[3]}, []string{"2"}, false},
		{"and at them", slack.GetConversationHistoryParameters{Oldest: ts[1], Latest: ts[3], Inclusive: true}, []string{"3", "2", "1"}, false},
		{"since a time in whole seconds", slack.GetConversationHistoryParameters{Oldest: "1773316800"}, []string{"4", "3", "2", "1"}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.params.ChannelID = channel
			page, err := client.GetConversationHistoryContext(t.Context(), &test.params)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, m := range page.Messages {
				got = append(got, strings.TrimPrefix(m.Text, "alert "))
				if m.Metadata.EventType != "" {
					t.Errorf("metadata %v, want none where it was not asked for", m.Metadata)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("messages (-want +got):\n%s", diff)
			}
			if page.HasMore != test.more || (page.ResponseMetaData.NextCursor != "") != test.more {
				t.Errorf("has more: %v, cursor %q, want %v", page.HasMore, page.ResponseMetaData.NextCursor, test.more)
			}
		})
	}
}

func TestFakeSlackAuth(t *testing.T) {
	t.Parallel()
	client, _ := workspace(t)
	got, err := client.AuthTestContext(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got.BotID == "" || got.UserID == "" || got.TeamID == "" {
		t.Errorf("auth.test = %+v, want a bot, its user and its team", got)
	}
}

func TestFakeSlackRefusals(t *testing.T) {
	t.Parallel()
	client, out := workspace(t)
	fake := demo.NewFakeSlack(out, func() time.Time { return moment(11, 12) })
	channel, ts, _, err := client.SendMessageContext(t.Context(), "#desk", alert("firing"))
	if err != nil {
		t.Fatal(err)
	}
	out.Reset()
	post := func(more ...string) url.Values {
		return form(append([]string{"token", "x", "channel", "#desk"}, more...)...)
	}
	for _, test := range []struct {
		name, method string
		form         url.Values
		want         string
	}{
		{"no token", "chat.postMessage", form("channel", "#desk", "text", "hi"), "not_authed"},
		{"no channel", "chat.postMessage", form("token", "x", "text", "hi"), "channel_not_found"},
		{"nothing to say", "chat.postMessage", post(), "no_text"},
		{"empty blocks", "chat.postMessage", post("blocks", "[]"), "no_text"},
		{"blocks that are no JSON", "chat.postMessage", post("text", "hi", "blocks", "["), "invalid_blocks_format"},
		{"blocks that are no list", "chat.postMessage", post("text", "hi", "blocks", "{}"), "invalid_blocks_format"},
		{"too many blocks", "chat.postMessage", post("blocks", "["+strings.Repeat("{},", 50)+"{}]"), "invalid_blocks"},
		{"attachments that are no list", "chat.postMessage", post("text", "hi", "attachments", "1"), "invalid_attachments"},
		{"metadata that is no object", "chat.postMessage", post("text", "hi", "metadata", "[]"), "invalid_metadata_format"},
		{"an edit by channel name", "chat.update", post("ts", ts, "text", "hi"), "channel_not_found"},
		{"an edit of nothing", "chat.update", form("token", "x", "channel", channel, "ts", "1.000000", "text", "hi"), "message_not_found"},
		{"history by channel name", "conversations.history", post(), "channel_not_found"},
		{"a limit that is too high", "conversations.history", form("token", "x", "channel", channel, "limit", "1000"), "invalid_limit"},
		{"a bound that is no time", "conversations.history", form("token", "x", "channel", channel, "oldest", "noon"), "invalid_ts_oldest"},
		{"a bound that is too precise", "conversations.history", form("token", "x", "channel", channel, "latest", "1.0000001"), "invalid_ts_latest"},
		{"a cursor that is none", "conversations.history", form("token", "x", "channel", channel, "cursor", "-1"), "invalid_cursor"},
		{"a method it does not know", "chat.delete", post("ts", ts), "unknown_method"},
		{"a request that is too long", "chat.postMessage", post("text", strings.Repeat("x", 1<<20)), "invalid_form_data"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got struct {
				OK    bool
				Error string
			}
			if err := json.Unmarshal(call(t, fake, test.method, test.form), &got); err != nil {
				t.Fatal(err)
			}
			if got.OK || got.Error != test.want {
				t.Errorf("ok %v, error %q, want error %q", got.OK, got.Error, test.want)
			}
		})
	}
	t.Cleanup(func() {
		if out.String() != "" {
			t.Errorf("refused calls wrote %s", out)
		}
	})
}

func TestFakeSlackWithoutReader(t *testing.T) {
	t.Parallel()
	broken, w := io.Pipe()
	if err := broken.Close(); err != nil {
		t.Fatal(err)
	}
	fake := demo.NewFakeSlack(w, demo.Start)
	got := string(call(t, fake, "chat.postMessage", form("token", "x", "channel", "#desk", "text", "hi")))
	if want := `{"error":"fatal_error","ok":false}` + "\n"; got != want {
		t.Errorf("answer = %s, want %s", got, want)
	}
}

func TestFakeSlackConcurrently(t *testing.T) {
	t.Parallel()
	client, _ := workspace(t)
	var wg sync.WaitGroup
	errs := make([]error, 20)
	for i := range errs {
		wg.Go(func() {
			_, _, _, errs[i] = client.SendMessageContext(context.WithoutCancel(t.Context()), "#desk", alert(strconv.Itoa(i)))
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	channel, _, _, err := client.SendMessageContext(t.Context(), "#desk", alert("last"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, m := range historyOf(t, client, channel) {
		seen[m.Timestamp] = true
	}
	if len(seen) != len(errs)+1 {
		t.Errorf("%d timestamps of %d messages, want one each", len(seen), len(errs)+1)
	}
}

// workspace returns a client of a fake Slack at noon of day 11, and what the
// fake writes.
func workspace(t *testing.T) (*slack.Client, *bytes.Buffer) {
	t.Helper()
	out := new(bytes.Buffer)
	server := httptest.NewServer(demo.NewFakeSlack(out, func() time.Time { return moment(11, 12) }))
	t.Cleanup(server.Close)
	return slack.New("xoxb-any", slack.OptionAPIURL(server.URL+"/api/")), out
}

func historyOf(t *testing.T, client *slack.Client, channel string) []slack.Message {
	t.Helper()
	page, err := client.GetConversationHistoryContext(t.Context(), &slack.GetConversationHistoryParameters{
		ChannelID: channel, IncludeAllMetadata: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return page.Messages
}

func form(pairs ...string) url.Values {
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return values
}

func call(t *testing.T, fake http.Handler, method string, values url.Values) []byte {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/"+method, strings.NewReader(values.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer := httptest.NewRecorder()
	fake.ServeHTTP(answer, req)
	return answer.Body.Bytes()
}
