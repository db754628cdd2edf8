package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack/slacktest"

	"tonewatch/alerts"
	"tonewatch/alerts/slack"
	"tonewatch/monitor"
	"tonewatch/monitor/store"
)

// newSlackServer answers as a workspace in which the bot is in #desk alone.
func newSlackServer(t *testing.T) *slacktest.Server {
	t.Helper()
	s := slacktest.NewTestServer(func(c slacktest.Customize) {
		c.Handle("/users.conversations", func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, `{"ok":true,"channels":[{"id":"C0000000DESK","name":"desk"}]}`)
		})
		c.Handle("/chat.postMessage", func(w http.ResponseWriter, r *http.Request) {
			if r.FormValue("channel") != "#desk" {
				fmt.Fprint(w, `{"ok":false,"error":"not_in_channel"}`)
				return
			}
			if !strings.Contains(r.FormValue("text"), "A test from tonewatch") {
				fmt.Fprint(w, `{"ok":false,"error":"no_text"}`)
				return
			}
			fmt.Fprint(w, `{"ok":true,"channel":"C0000000DESK","ts":"1.1"}`)
		})
	})
	s.Start()
	t.Cleanup(s.Stop)
	return s
}

func TestSlackTestSaysWhatFails(t *testing.T) {
	t.Parallel()
	s := newSlackServer(t)
	path := filepath.Join(t.TempDir(), "tonewatch.yaml")
	write := func(more string) {
		must(t, os.WriteFile(path, fmt.Appendf(nil, "actors: [{name: Acme}]\nslack: {token: xoxb-1-x, api_url: %q}\n%s", s.GetAPIURL(), more), 0o600))
	}
	write("routes: [{slack: '#desk'}, {slack: '#other'}, {slack: '#desk', match: {actor: Acme}}, {console: true}]")
	code, out, _ := runMain(t, "slack", "test", "--config", path)
	want := "ok    #desk\nfail  #other: chat.postMessage: not_in_channel: invite the bot to the channel: /invite\n"
	if code != 1 || out != want {
		t.Errorf("code %d, %q, want 1 and %q", code, out, want)
	}
	if code, out, _ := runMain(t, "slack", "test", "#desk", "--config", path, "--json"); code != 0 || out != `{"channel":"#desk","ok":true}`+"\n" {
		t.Errorf("code %d, %q, want the one channel", code, out)
	}
	write("tell: {notes: {slack: '#desk', heartbeat: '@daily'}}")
	if code, out, _ := runMain(t, "slack", "test", "--config", path); code != 0 || out != "ok    #desk\n" {
		t.Errorf("code %d, %q, want the channel of the notes", code, out)
	}
	write("")
	if code, _, errOut := runMain(t, "slack", "test", "--config", path); code != 1 || !strings.Contains(errOut, "neither routes nor notes lead to a channel: name one, as '#desk'") {
		t.Errorf("code %d, %q, want that there is none", code, errOut)
	}
}

// Everything at once: a configuration, a store with a message that could not be
// told, a workspace, and two feeds of which one is gone.
func TestDoctor(t *testing.T) {
	t.Parallel()
	s := newSlackServer(t)
	feeds := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/good.xml" {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, rss(fmt.Sprintf(goodItem, 1, 1, 1, "Sun, 01 Mar 2026 10:00:00 GMT")))
	}))
	defer feeds.Close()
	folder := t.TempDir()
	path, db := filepath.Join(folder, "tonewatch.yaml"), filepath.Join(folder, "tonewatch.db")
	must(t, os.WriteFile(path, fmt.Appendf(nil, `
store: {path: %q}
feeds: [{url: %[2]s/good.xml}, {url: %[4]s/gone.xml}]
fetch: {allow: [127.0.0.0/8], host_pause: 0s}
actors: [{name: Acme}]
rules: [{name: turn, toward: [Acme], shift: {by: 0.3}}]
routes: [{slack: '#desk'}]
tell: {notes: {slack: '#other', heartbeat: '@daily'}}
slack: {token: xoxb-1-x, app_token: xapp-1-x, api_url: %[3]q}
`, db, feeds.URL, s.GetAPIURL(), strings.Replace(feeds.URL, "http://", "http://user:s3cr3t-1-x@", 1)), 0o600))

	open, err := store.Open(t.Context(), store.Options{Path: db, Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	defer func() { must(t, open.Close()) }() // as a running daemon has it
	must(t, open.SyncActors(t.Context(), []string{"Acme"}, time.Now()))
	e := monitor.Episode{Rule: "turn", Actor: "Acme", Voice: "any", Phase: monitor.Firing, Since: time.Now(), Revision: 1}
	must(t, open.SaveDetection(t.Context(), "Acme", monitor.Detection{Moves: []monitor.Move{{After: e}}}))
	teller := alerts.Teller{Store: open, Routes: []alerts.Route{{Receiver: "slack:#other"}}, Log: slog.New(slog.DiscardHandler)}
	must(t, teller.Tell(t.Context(), monitor.Job{Subject: 1, Now: time.Now()}))
	file, err := sql.Open("sqlite", "file:"+db+"?_pragma=busy_timeout(5000)")
	must(t, err)
	defer func() { must(t, file.Close()) }()
	_, err = file.ExecContext(t.Context(), `UPDATE deliveries SET problem = 'not_in_channel'`)
	must(t, err)

	code, out, errOut := runMain(t, "doctor", "--config", path, "--online")
	for _, want := range []string{
		"ok    configuration: " + path + " is sound\n",
		"ok    store: \"" + db + "\" can be read\n",
		"warn  message: Acme, rule turn, to slack:#other: not_in_channel\n      it is tried again",
		"ok    token: ", "warn  scopes: Slack did not say",
		"ok    channel #desk: the bot is a member\n",
		"fail  channel #other: the bot is not a member, or there is no such channel\n      invite it there",
		"ok    socket: ", "ok    feed " + feeds.URL + "/good.xml: 1 items\n", "fail  feed " + feeds.URL + "/gone.xml: ",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if code != 1 || errOut != "" || strings.Contains(out, "-1-x") {
		t.Errorf("code %d, %q and\n%s\nwant 1, and no secret", code, errOut, out)
	}

	var found []slack.Finding
	_, out, _ = runMain(t, "doctor", "--config", path, "--json")
	if err := json.Unmarshal([]byte(out), &found); err != nil || len(found) != 8 {
		t.Errorf("%d findings in %s, error %v; want 8 without the feeds", len(found), out, err)
	}
	must(t, os.WriteFile(path, []byte("actors: 1"), 0o600))
	if code, out, _ := runMain(t, "doctor", "--config", path); code != 1 || !strings.HasPrefix(out, "fail  configuration: ") {
		t.Errorf("code %d, %q; want the configuration to fail", code, out)
	}
}

func TestDoctorWithoutSlackOrStore(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path, db := filepath.Join(folder, "tonewatch.yaml"), filepath.Join(folder, "tonewatch.db")
	text := fmt.Sprintf("store: {path: %q}\nfeeds: [{url: 'https://e.org/f'}]\nactors: [{name: Acme}]\nrules: [{name: turn, toward: [Acme], shift: {by: 0.3}}]\n", db)
	must(t, os.WriteFile(path, []byte(text), 0o600))
	want := fmt.Sprintf("ok    configuration: %s is sound\nok    store: %q is not there yet: run makes it\n", path, db)
	if code, out, _ := runMain(t, "doctor", "--config", path); code != 0 || out != want {
		t.Errorf("code %d, %q; want 0 and %q", code, out, want)
	}
	must(t, os.WriteFile(path, []byte(strings.Replace(text, "{name: Acme}", "{name: Acme}, {name: Brick, aliases: [ACME]}", 1)), 0o600))
	if code, out, _ := runMain(t, "doctor", "--config", path); code != 0 || !strings.Contains(out, fmt.Sprintf("see them with: tonewatch check --config %q\n", path)) {
		t.Errorf("code %d, %q; want how to see the warnings", code, out)
	}
	must(t, os.WriteFile(path, []byte(text), 0o600))
	must(t, os.WriteFile(db, []byte("no database at all, but long enough to be taken for one"), 0o600))
	if code, out, _ := runMain(t, "doctor", "--config", path); code != 1 || !strings.Contains(out, "fail  store: read store ") {
		t.Errorf("code %d, %q; want the store to fail", code, out)
	}
}

// Whether alerts have buttons, and for whom, is said by check.
func TestCheckSaysWhoHasButtons(t *testing.T) {
	t.Parallel()
	for slack, want := range map[string][]string{
		"slack: {token: x}":                                     {"Alerts in Slack have no buttons, and there is no /tonewatch: slack.app_token is not set"},
		"slack: {token: x, app_token: y}":                       {"Everyone in the Slack workspace may acknowledge, snooze and mute: slack.users is not set"},
		"slack: {token: x, app_token: y, users: [U0123456789]}": nil,
	} {
		path := filepath.Join(t.TempDir(), "tonewatch.yaml")
		must(t, os.WriteFile(path, []byte("store: {path: none.db}\nfeeds: [{url: 'https://e.org/f'}]\nactors: [{name: Acme}]\nrules: [{name: turn, toward: [Acme], shift: {by: 0.3}}]\nroutes: [{slack: '#desk'}]\n"+slack), 0o600))
		report, err := checkConfig(t.Context(), path, time.Now())
		must(t, err)
		if fmt.Sprint(report.notes) != fmt.Sprint(want) {
			t.Errorf("%s: notes %q, want %q", slack, report.notes, want)
		}
		_, out, _ := runMain(t, "check", "--config", path)
		if strings.Join(want, "") != "" && !strings.Contains(out, want[0]+"\n") {
			t.Errorf("%s: check says %q, want the note", slack, out)
		}
	}
}
