package slack_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack/slacktest"
)

// appToken is the other secret that must turn up nowhere.
const appToken = "xapp-1-2222-do-not-print-me-either"

// botScopes are what the fake says the bot token has.
const botScopes = "chat:write,channels:read,channels:history,groups:read,groups:history,reactions:write,files:write,commands"

// wire is the fake's side of Socket Mode, and the methods that answer people.
type wire struct {
	mu     sync.Mutex
	conn   *websocket.Conn // the newest
	opened int
	acks   []ack
	views  []json.RawMessage // the bodies of views.open
	scopes string            // what auth.test says; empty: botScopes
	held   chan struct{}     // answers to people wait until it is closed; nil: they do not
}

// ack is what came back over the socket.
type ack struct {
	EnvelopeID string          `json:"envelope_id"`
	Payload    json.RawMessage `json:"payload"`
}

// bindSocket serves what slacktest lacks. Its own websocket hands every message
// to whichever connection is first, dead ones too, so that it cannot reconnect.
func (f *fake) bindSocket(c slacktest.Customize) {
	c.Handle("/chat.postEphemeral", func(w http.ResponseWriter, r *http.Request) {
		f.socket.mu.Lock()
		held := f.socket.held
		f.socket.mu.Unlock()
		if held != nil {
			<-held
		}
		f.handle("chat.postEphemeral", func(url.Values) map[string]any {
			return map[string]any{"ok": true, "message_ts": f.stamp()}
		})(w, r)
	})
	c.Handle("/auth.test", func(w http.ResponseWriter, r *http.Request) {
		f.socket.mu.Lock()
		w.Header().Set("X-OAuth-Scopes", botScopes)
		if f.socket.scopes != "" {
			w.Header().Set("X-OAuth-Scopes", f.socket.scopes)
		}
		f.socket.mu.Unlock()
		f.handle("auth.test", func(url.Values) map[string]any {
			return map[string]any{"ok": true, "user": "tonewatch", "team": "The Desk", "team_id": "T0DESK", "user_id": "U0BOT"}
		})(w, r)
	})
	c.Handle("/apps.connections.open", f.handleJSON("apps.connections.open", appToken, func(json.RawMessage) map[string]any {
		return map[string]any{"ok": true, "url": f.GetWSURL() + "?ticket=do-not-print"}
	}))
	c.Handle("/views.open", f.handleJSON("views.open", token, func(body json.RawMessage) map[string]any {
		f.socket.mu.Lock()
		defer f.socket.mu.Unlock()
		f.socket.views = append(f.socket.views, body)
		return map[string]any{"ok": true, "view": map[string]any{"id": "V1"}}
	}))
	c.Handle("/ws", slacktest.Websocket(f.serveSocket))
}

// handleJSON is [fake.handle] for methods that take JSON and the token beside it.
func (f *fake) handleJSON(method, want string, do func(json.RawMessage) map[string]any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		f.mu.Lock()
		defer f.mu.Unlock()
		f.requests = append(f.requests, method+" "+string(body))
		fixed := f.answers[method]
		switch {
		case fixed != "":
			_, _ = io.WriteString(w, fixed)
		case r.Header.Get("Authorization") != "Bearer "+want:
			reply(w, "", map[string]any{"ok": false, "error": "invalid_auth"})
		default:
			reply(w, "", do(body))
		}
	}
}

func (f *fake) serveSocket(c *websocket.Conn) {
	f.socket.mu.Lock()
	f.socket.conn, f.socket.opened = c, f.socket.opened+1
	_ = c.WriteMessage(websocket.TextMessage, []byte(`{"type":"hello","num_connections":1}`))
	f.socket.mu.Unlock()
	for {
		_, message, err := c.ReadMessage()
		if err != nil {
			return
		}
		var a ack
		_ = json.Unmarshal(message, &a)
		f.socket.mu.Lock()
		f.socket.acks = append(f.socket.acks, a)
		f.socket.mu.Unlock()
	}
}

// send puts a message on the socket as it is.
func (f *fake) send(t *testing.T, message string) {
	t.Helper()
	f.socket.mu.Lock()
	defer f.socket.mu.Unlock()
	if err := f.socket.conn.WriteMessage(websocket.TextMessage, []byte(message)); err != nil {
		t.Fatal(err)
	}
}

// hold has answers to people wait.
func (f *fake) hold(until chan struct{}) {
	f.socket.mu.Lock()
	defer f.socket.mu.Unlock()
	f.socket.held = until
}

// cut ends the connection without a word.
func (f *fake) cut() {
	f.socket.mu.Lock()
	defer f.socket.mu.Unlock()
	_ = f.socket.conn.Close()
}

// until waits for something to come true, or fails the test.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !ok(); {
		if time.Now().After(deadline) {
			t.Fatalf("waited two minutes in vain for %s", what)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func (f *fake) openedSockets() int {
	f.socket.mu.Lock()
	defer f.socket.mu.Unlock()
	return f.socket.opened
}

// acknowledged waits for an envelope's acknowledgement and returns its payload.
func (f *fake) acknowledged(t *testing.T, envelope string) (payload string) {
	t.Helper()
	until(t, "the acknowledgement of "+envelope, func() bool {
		f.socket.mu.Lock()
		defer f.socket.mu.Unlock()
		for _, a := range f.socket.acks {
			if a.EnvelopeID == envelope {
				payload = string(a.Payload)
				return true
			}
		}
		return false
	})
	return payload
}

func (f *fake) opened() []json.RawMessage {
	f.socket.mu.Lock()
	defer f.socket.mu.Unlock()
	return f.socket.views
}

// ephemeral waits for the n-th answer that one person alone sees.
func (f *fake) ephemeral(t *testing.T, n int) url.Values {
	t.Helper()
	var form url.Values
	until(t, fmt.Sprintf("ephemeral message %d", n), func() bool {
		seen := 0
		for _, r := range f.asked() {
			if text, ok := strings.CutPrefix(r, "chat.postEphemeral "); ok {
				if seen++; seen == n {
					form, _ = url.ParseQuery(text)
				}
			}
		}
		return form != nil
	})
	return form
}

// envelope is a message of Socket Mode.
func envelope(id, kind string, payload any) string {
	body, err := json.Marshal(map[string]any{
		"type": kind, "envelope_id": id, "accepts_response_payload": true, "payload": payload,
	})
	if err != nil {
		panic(err)
	}
	return string(body)
}

var ann = map[string]any{"id": "U0ANN0001", "name": "ann", "username": "ann", "team_id": "T0DESK"}

// press is the press of a button of the alert with a key.
func press(key, action string, more map[string]any) map[string]any {
	element := map[string]any{"type": "button", "block_id": "tonewatch:" + key, "action_id": action, "value": key, "action_ts": "1772629500.1"}
	payload := map[string]any{
		"type": "block_actions", "trigger_id": "trigger-" + action, "user": ann, "team": map[string]any{"id": "T0DESK"},
		"channel":   map[string]any{"id": "C0DESKKOREA", "name": "desk-korea"},
		"container": map[string]any{"type": "message", "message_ts": "1.1", "channel_id": "C0DESKKOREA"},
		"actions":   []any{element},
	}
	for k, v := range more {
		if k == "option" {
			element["type"], element["selected_option"] = "static_select", map[string]any{"value": v, "text": map[string]any{"type": "plain_text", "text": v}}
			continue
		}
		payload[k] = v
	}
	return payload
}

// filled is the form behind "Wrong tone", sent.
func filled(key, story, title, label, note string) map[string]any {
	option := func(value, text string) map[string]any {
		return map[string]any{"selected_option": map[string]any{"value": value, "text": map[string]any{"type": "plain_text", "text": text}}}
	}
	return map[string]any{
		"type": "view_submission", "trigger_id": "trigger-form", "user": ann, "team": map[string]any{"id": "T0DESK"},
		"view": map[string]any{
			"id": "V1", "type": "modal", "callback_id": "wrong", "private_metadata": key,
			"state": map[string]any{"values": map[string]any{
				"story": map[string]any{"story": option(story, title)},
				"label": map[string]any{"label": option(label, label)},
				"note":  map[string]any{"note": map[string]any{"type": "plain_text_input", "value": note}},
			}},
		},
	}
}
