package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack/slacktest"
)

// The daemon with an app token opens a socket to Slack, answers from its own
// store and rules, and closes it when it stops.
func TestDaemonTakesCommands(t *testing.T) {
	t.Parallel()
	type answer struct {
		ID      string          `json:"envelope_id"`
		Payload json.RawMessage `json:"payload"`
	}
	answers, closed := make(chan answer, 10), make(chan struct{})
	var s *slacktest.Server
	s = slacktest.NewTestServer(func(c slacktest.Customize) {
		c.Handle("/apps.connections.open", func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "Bearer xapp-1-x" {
				fmt.Fprint(w, `{"ok":false,"error":"invalid_auth"}`)
				return
			}
			fmt.Fprintf(w, `{"ok":true,"url":%q}`, s.GetWSURL())
		})
		c.Handle("/ws", slacktest.Websocket(func(c *websocket.Conn) {
			defer close(closed)
			for i, text := range []string{"status", "why Acme", "actor Nobody", "mute Acme 1w"} {
				envelope := fmt.Sprintf(`{"type":"slash_commands","envelope_id":"%d","payload":{"text":%q,"user_id":"U1"}}`, i, text)
				if err := c.WriteMessage(websocket.TextMessage, []byte(envelope)); err != nil {
					t.Error(err)
				}
			}
			for {
				var a answer
				if err := c.ReadJSON(&a); err != nil {
					return
				}
				answers <- a
			}
		}))
	})
	s.Start()
	defer s.Stop()
	w := startWorld(t, fmt.Sprintf(`
feeds: [{url: "http://127.0.0.1:1/feed.xml"}]
scoring: {engine: bayes}
actors: [{name: Acme}]
rules: [{name: turn, toward: [Acme], shift: {by: 0.3}}, {name: low, toward: [Acme], level: {below: -0.2}}]
slack: {token: xoxb-1-x, app_token: xapp-1-x, api_url: %q}
`, s.GetAPIURL()))
	for i, want := range [][]string{
		{"Feeds: 1, of which"},
		{"turn: unknown on 2 Mar 00:00: no stories", "low: unknown on 2 Mar 00:00: no stories"},
		{`No actor \"Nobody\" is tracked; there is: Acme`},
		{"Acme is muted until 9 Mar 00:00 UTC"},
	} {
		var a answer
		select {
		case a = <-answers:
		case <-time.After(20 * time.Second):
			t.Fatalf("no answer within 20 s; log:\n%s", w.logs.String())
		}
		for _, text := range want {
			if a.ID != fmt.Sprint(i) || !strings.Contains(string(a.Payload), text) {
				t.Errorf("answer %s: %s, want %d with %q", a.ID, a.Payload, i, text)
			}
		}
	}
	if err := w.d.stop(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-closed:
	case <-time.After(20 * time.Second):
		t.Error("the socket is open 20 s after the daemon has stopped")
	}
}
