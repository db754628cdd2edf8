package slack_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tonewatch/alerts"
	"tonewatch/alerts/slack"
	"tonewatch/monitor"
)

// Each button, end to end: the envelope comes in, the act is stored, and the
// alert's message is edited to show it.
func TestButtonsEndToEnd(t *testing.T) {
	o := newWholeOffice(t)
	at := o.clock()
	var acts []monitor.Act
	var silences []monitor.Silence
	for i, c := range []struct {
		action, option string
		ends           time.Time
		rule, voice    string // of the silence
		comment        string
		shown          string
	}{
		{"acknowledge", "", time.Time{}, "", "", "", "acknowledged"},
		{"snooze", "1h", at.Add(time.Hour), "sharp turn", "any", "snoozed", "snoozed until 4 Mar 14:05 UTC"},
		{"snooze", "8h", at.Add(8 * time.Hour), "sharp turn", "any", "snoozed", "snoozed until 4 Mar 21:05 UTC"},
		{"snooze", "24h", at.Add(24 * time.Hour), "sharp turn", "any", "snoozed", "snoozed until 5 Mar 13:05 UTC"},
		{"mute", "", at.Add(24 * time.Hour), "", "", "muted", "muted North Korea until 5 Mar 13:05 UTC"},
	} {
		more := map[string]any{"trigger_id": fmt.Sprint("trigger-", i)}
		if c.option != "" {
			more["option"] = c.option
		}
		acts = append(acts, monitor.Act{
			Ref: fmt.Sprint("slack:trigger-", i), At: at, Kind: c.action, By: "U0ANN0001", Name: "ann",
			Episode: 1, Actor: "North Korea", Until: c.ends,
		})
		if c.comment != "" {
			silences = append(silences, monitor.Silence{Actor: "North Korea", Rule: c.rule, Voice: c.voice, Starts: at, Ends: c.ends, Author: "U0ANN0001", Comment: c.comment})
		}
		// An envelope that comes again is acknowledged again, and that is all.
		for _, envelopeID := range []string{"once", "again"} {
			id := fmt.Sprint(envelopeID, i)
			o.send(t, envelope(id, "interactive", press(o.key, c.action, more)))
			o.acknowledged(t, id)
			// Acknowledged is what is stored.
			if diff := cmp.Diff(acts, o.acts(), cmpopts.IgnoreFields(monitor.Act{}, "ID")); diff != "" {
				t.Errorf("%s %s %s: acts (-want +got):\n%s", c.action, c.option, envelopeID, diff)
			}
			if diff := cmp.Diff(silences, o.silences(), cmpopts.IgnoreFields(monitor.Silence{}, "ID"), byEnd); diff != "" {
				t.Errorf("%s %s %s: silences (-want +got):\n%s", c.action, c.option, envelopeID, diff)
			}
		}
		o.shown(c.shown)
	}
	if n := len(o.sent()); n != 1 {
		t.Errorf("%d messages, want the one alert", n)
	}
}

// byEnd compares silences in whichever order they are given.
var byEnd = cmpopts.SortSlices(func(a, b monitor.Silence) bool {
	return a.Ends.Before(b.Ends) || a.Ends.Equal(b.Ends) && a.Comment < b.Comment
})

func TestWrongToneEndToEnd(t *testing.T) {
	o := newWholeOffice(t)
	o.send(t, envelope("e1", "interactive", press(o.key, "wrong", nil)))
	o.acknowledged(t, "e1")
	until(t, "the form", func() bool { return len(o.opened()) == 1 })
	var view struct {
		Trigger string `json:"trigger_id"`
		View    struct {
			Callback string `json:"callback_id"`
			Key      string `json:"private_metadata"`
			Blocks   []struct {
				ID      string `json:"block_id"`
				Element struct {
					Options []struct {
						Value string
						Text  struct{ Text string }
					}
				}
			}
		}
	}
	must(t, json.Unmarshal(o.opened()[0], &view))
	if view.Trigger != "trigger-wrong" || view.View.Callback != "wrong" || view.View.Key != o.key || len(view.View.Blocks) != 3 {
		t.Fatalf("form %s, want one for the alert with three inputs", o.opened()[0])
	}
	stories := view.View.Blocks[0].Element.Options
	if len(stories) != 4 || stories[1].Text.Text != "Seoul: patience is at an end" {
		t.Fatalf("stories %+v, want each of the evidence once", stories)
	}
	if len(o.acts()) != 0 {
		t.Errorf("acts %+v before the form is sent, want none", o.acts())
	}

	o.send(t, envelope("e2", "interactive", filled(o.key, stories[1].Value, stories[1].Text.Text, "maybe", "")))
	if payload := o.acknowledged(t, "e2"); !strings.Contains(payload, `"response_action":"errors"`) || !strings.Contains(payload, "negative, neutral, positive") {
		t.Errorf("answer %s to a label that is none, want the form to say so", payload)
	}
	form := filled(o.key, stories[1].Value, stories[1].Text.Text, "neutral", "He only <!channel> quotes it.")
	o.send(t, envelope("e3", "interactive", form))
	if payload := o.acknowledged(t, "e3"); payload != "" && payload != "null" {
		t.Errorf("answer %s, want the form closed", payload)
	}
	want := []monitor.Act{{
		ID: 1, Ref: "slack:trigger-form", At: o.clock(), Kind: "wrong", By: "U0ANN0001", Name: "ann", Episode: 1, Actor: "North Korea",
		Story: "Seoul: patience is at an end", Link: "https://meridian.example/2026/03/04/seoul", Label: "neutral", Note: "He only <!channel> quotes it.",
	}}
	if diff := cmp.Diff(want, o.acts()); diff != "" {
		t.Errorf("acts (-want +got):\n%s", diff)
	}
	o.shown("called the tone of “Seoul: patience is at an end” wrong: should be neutral")
	for range 2 { // sent again
		o.send(t, envelope("e4", "interactive", form))
		o.acknowledged(t, "e4")
	}
	if n := len(o.acts()); n != 1 {
		t.Errorf("%d acts, want 1", n)
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "U0SOMEONE") // reading is free to all
	thread := map[string]any{"type": "message", "message_ts": "2.2", "thread_ts": "1.1", "channel_id": "C0DESKKOREA"}
	o.send(t, envelope("e1", "interactive", press(o.key, "explain", map[string]any{"container": thread})))
	o.acknowledged(t, "e1")
	form := o.ephemeral(t, 1)
	if form.Get("channel") != "C0DESKKOREA" || form.Get("user") != "U0ANN0001" || form.Get("thread_ts") != "1.1" {
		t.Errorf("form %v, want it in the thread, for ann alone", form)
	}
	for _, want := range []string{
		"▼ North Korea: tone fell by 0.39", "Size: −0.39 (95% interval −0.57 to −0.21; fires at 0.25, ends below 0.10)",
		"“Seoul: patience is at an end” (Meridian · tone −0.58 · +1 copy · voiced by South Korea)", "+5 more", "key " + o.key,
	} {
		if !strings.Contains(form.Get("blocks"), want) {
			t.Errorf("%q is not in %s", want, form.Get("blocks"))
		}
	}
	if len(o.acts()) != 0 {
		t.Errorf("acts %+v, want none", o.acts())
	}
}

func TestOthersAreRefused(t *testing.T) {
	t.Parallel()
	guest := map[string]any{"id": "U0GUEST01", "name": "gus", "team_id": "T0ELSEWHERE"}
	for name, c := range map[string]struct {
		users []string
		more  map[string]any
	}{
		"who is not listed":            {[]string{"U0SOMEONE"}, nil},
		"a guest from another company": {nil, map[string]any{"user": guest}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, c.users...)
			for i, action := range []string{"acknowledge", "snooze", "mute", "wrong"} {
				id := fmt.Sprint("e", i)
				o.send(t, envelope(id, "interactive", press(o.key, action, c.more)))
				o.acknowledged(t, id)
				if form := o.ephemeral(t, i+1); !strings.Contains(form.Get("text"), "You are not among those who may do this") {
					t.Errorf("%s: answer %q, want a refusal", action, form.Get("text"))
				}
			}
			form := filled(o.key, "", "", "neutral", "")
			for k, v := range c.more {
				form[k] = v
			}
			o.send(t, envelope("e9", "interactive", form))
			if payload := o.acknowledged(t, "e9"); !strings.Contains(payload, "You are not among those") {
				t.Errorf("answer %s to the form, want a refusal", payload)
			}
			if len(o.acts()) != 0 || len(o.silences()) != 0 || len(o.opened()) != 0 {
				t.Errorf("acts %v, silences %v, forms %s; want none", o.acts(), o.silences(), o.opened())
			}
		})
	}
}

// No envelope, however strange, ends the socket or keeps the next from its
// answer, and neither does a cut connection.
func TestSocketSurvives(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for i, strange := range []string{
		`{`, `null`, `[]`, `{"type":"interactive"}`, `{"type":"interactive","envelope_id":"s1","payload":[]}`,
		`{"type":"interactive","envelope_id":"s2","payload":{"type":"block_actions","actions":[null]}}`,
		`{"type":"interactive","envelope_id":"s3","payload":{"type":"block_actions","actions":[{"block_id":"tonewatch:","action_id":"acknowledge"}]}}`,
		`{"type":"interactive","envelope_id":"s4","payload":{"type":"view_submission","view":{"callback_id":"wrong"}}}`,
		`{"type":"interactive","envelope_id":"s5","payload":{"type":"no such type"}}`,
		`{"type":"slash_commands","envelope_id":"s6","payload":"x"}`,
		`{"type":"slash_commands","envelope_id":"s7","payload":{}}`,
		`{"type":"events_api","envelope_id":"s8","payload":{"type":"event_callback","event":{"type":"nope"}}}`,
		`{"type":"no such type","envelope_id":"s9"}`,
		`{"type":"hello"}`,
	} {
		o.send(t, strange)
		id := fmt.Sprint("after-", i)
		o.send(t, envelope(id, "slash_commands", map[string]any{"text": "help", "user_id": "U0ANN0001"}))
		o.acknowledged(t, id)
	}
	for i := 1; i <= 9; i++ {
		o.acknowledged(t, fmt.Sprint("s", i)) // or Slack would send it again and again
	}
	o.cut()
	until(t, "another socket", func() bool { return o.openedSockets() == 2 })
	o.send(t, `{"type":"disconnect","reason":"refresh_requested"}`)
	until(t, "a third socket", func() bool { return o.openedSockets() == 3 })
	o.send(t, envelope("last", "interactive", press(o.key, "acknowledge", nil)))
	o.acknowledged(t, "last")
	if len(o.acts()) != 1 {
		t.Errorf("acts %+v, want the last", o.acts())
	}
	o.printsNoSecret()
}

// While Slack cannot be reached, or refuses the token, the socket says so once
// and stops as it is told.
func TestSocketSaysWhyItIsShut(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		`{"ok":false,"error":"invalid_auth"}`:            "invalid_auth: set slack.app_token to an app-level token (xapp-...) with the scope connections:write",
		`{"ok":false,"error":"not_allowed_token_type"}`:  "not_allowed_token_type: set slack.app_token to an app-level token",
		`{"ok":false,"error":"missing_scope"}`:           "missing_scope: give the app-level token the scope connections:write",
		`{"ok":true,"url":"wss://x y/` + appToken + `"}`: "apps.connections.open: ",
		`<html>` + appToken:                              "apps.connections.open: ",
	} {
		f := newFake(t)
		f.answer("apps.connections.open", answer)
		var log logs
		client := slack.New(slack.Options{Token: token, AppToken: appToken, APIURL: f.GetAPIURL(), Log: slog.New(slog.NewTextHandler(&log, nil))})
		socket := client.Socket(slack.SocketOptions{Desk: &alerts.Desk{}})
		socket.Start(t.Context())
		until(t, "a line in the log", func() bool { return strings.Contains(log.String(), "buttons and commands do not work") })
		must(t, socket.Stop(t.Context()))
		if got := log.String(); !strings.Contains(got, want) || strings.Contains(got, "do-not-print") || strings.Count(got, "\n") != 1 {
			t.Errorf("%s: log %s\nwant one line with %q and no secret", answer, got, want)
		}
	}
}

// Slack hangs on every answer, and people go on pressing: each press is
// acknowledged all the same, what is stored is stored, and no more waits than
// there is room for.
func TestAcknowledgedWhileAnswersHang(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	release := make(chan struct{})
	o.hold(release)
	const many = 100
	for i := range many {
		o.send(t, envelope(fmt.Sprint("x", i), "interactive", press(o.key, "explain", nil)))
	}
	o.send(t, envelope("last", "interactive", press(o.key, "acknowledge", nil)))
	o.acknowledged(t, "last")
	for i := range many {
		o.acknowledged(t, fmt.Sprint("x", i))
	}
	if len(o.acts()) != 1 {
		t.Errorf("acts %+v, want the acknowledgement", o.acts())
	}
	if !strings.Contains(o.log.String(), "an answer is left out") {
		t.Errorf("log %s\nwant it to say that there was too much", o.log.String())
	}
	close(release)
}
