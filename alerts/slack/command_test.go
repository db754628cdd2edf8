package slack_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tonewatch/monitor"
)

// answered sends a command and returns what the person who sent it sees: the
// texts of the blocks, a line each.
func (o *office) answered(id, text, user string) []string {
	o.t.Helper()
	o.send(o.t, envelope(id, "slash_commands", map[string]any{
		"command": "/tonewatch", "text": text, "user_id": user, "user_name": "ann", "trigger_id": "trigger-" + id, "channel_id": "C0ELSEWHERE",
	}))
	payload := o.acknowledged(o.t, id)
	var reply struct {
		ResponseType string `json:"response_type"`
		Text         string
		Blocks       []struct {
			Type     string
			Elements []struct{ Elements []struct{ Type, Text string } }
		}
	}
	must(o.t, json.Unmarshal([]byte(payload), &reply))
	if reply.ResponseType != "ephemeral" || len(reply.Blocks) != 1 || reply.Blocks[0].Type != "rich_text" {
		o.t.Fatalf("answer %s, want rich text for one person", payload)
	}
	if len(payload) > 20<<10 {
		o.t.Errorf("an answer of %d bytes, of which Slack takes 20 KB", len(payload))
	}
	if strings.ContainsAny(reply.Text, "<>") {
		o.t.Errorf("fallback %q, want it escaped", reply.Text)
	}
	var lines []string
	for _, row := range reply.Blocks[0].Elements {
		for _, e := range row.Elements {
			if e.Type != "text" || e.Text == "" {
				o.t.Errorf("%q is a %q, want text", e.Text, e.Type)
			}
			lines = append(lines, e.Text)
		}
	}
	return lines
}

func TestCommandsEndToEnd(t *testing.T) {
	const headline = "▼ North Korea: tone fell by 0.39 (+0.16 → −0.23) in 24 h"
	o := newWholeOffice(t, "U0ANN0001")
	for i, c := range []struct {
		text, user string
		want       []string
	}{
		{"status", "U0ELSE", []string{"Status", "Feeds: 0, of which 0 failing", "Read: 0 articles, 0 waiting to be read",
			"Messages: 1 told, 0 to be told or brought up to date, 0 given up", headline}},
		{" STATUS  now", "U0ELSE", nil},
		{"digest", "U0ELSE", []string{"The last 24 hours", headline}},
		{"actor north korea", "U0ELSE", []string{"North Korea", headline}},
		{"actor South Korea", "U0ELSE", []string{"South Korea", "Nothing was told of it in the last 24 h"}},
		{"actor <!channel>", "U0ELSE", []string{`No actor "<!channel>" is tracked; there is: North Korea, South Korea`}},
		{"why South Korea", "U0ELSE", []string{"South Korea", "sharp turn: silent toward South Korea"}},
		{"mute North Korea 8h", "U0ELSE", []string{"You are not among those who may do this: slack.users in the configuration of tonewatch names them."}},
		{"mute North Korea 90d", "U0ANN0001", []string{"For 2160h0m0s: take from 1m to 30d."}},
		{"mute North Korea 4000d", "U0ANN0001", []string{"For 96000h0m0s: take from 1m to 30d."}},
		{"mute Atlantis", "U0ANN0001", []string{`No actor "Atlantis" is tracked; there is: North Korea, South Korea`}},
		{"mute north korea 8h", "U0ANN0001", []string{"North Korea is muted until 4 Mar 21:05 UTC"}},
		{"mute South Korea", "U0ANN0001", []string{"South Korea is muted until 5 Mar 13:05 UTC"}},
		{"actor North Korea", "U0ELSE", []string{"North Korea", "Silenced: North Korea, until 4 Mar 21:05 UTC", headline}},
	} {
		got := o.answered(fmt.Sprint("c", i), c.text, c.user)
		if c.want != nil && !cmp.Equal(c.want, got) {
			t.Errorf("%q (-want +got):\n%s", c.text, cmp.Diff(c.want, got))
		}
	}
	if got := o.answered("k", "why "+o.key, "U0ELSE"); got[0] != headline || len(got) < 10 {
		t.Errorf("why KEY: %q, want the alert explained", got)
	}
	for i, text := range []string{"", "help", "nonsense", "actor", "mute ", "why"} {
		if got := o.answered(fmt.Sprint("h", i), text, "U0ELSE"); got[0] != "/tonewatch" || len(got) != 7 {
			t.Errorf("%q: %q, want what there is", text, got)
		}
	}
	at := o.clock()
	want := []monitor.Silence{
		{Actor: "North Korea", Starts: at, Ends: at.Add(8 * time.Hour), Author: "U0ANN0001", Comment: "muted"},
		{Actor: "South Korea", Starts: at, Ends: at.Add(24 * time.Hour), Author: "U0ANN0001", Comment: "muted"},
	}
	if diff := cmp.Diff(want, o.silences(), cmpopts.IgnoreFields(monitor.Silence{}, "ID"), byEnd); diff != "" {
		t.Errorf("silences (-want +got):\n%s", diff)
	}
}

// However much there is to say, and whatever is in it, Slack takes the answer.
func TestLongAnswersFit(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.book.mu.Lock()
	for i := range 40 {
		o.book.hush = append(o.book.hush, monitor.Silence{
			Actor: strings.Repeat("<&>\U0001f4a9", 200), Starts: o.clock(), Ends: o.clock().Add(time.Hour), Author: fmt.Sprint(i),
		})
	}
	o.book.mu.Unlock()
	got := o.answered("s", "status", "U0ANN0001")
	if last := got[len(got)-1]; !strings.HasPrefix(last, "+") || !strings.HasSuffix(last, " more lines") || len(got) < 5 {
		t.Errorf("%d lines, the last %q; want as many as fit, and how many are left out", len(got), last)
	}
}
