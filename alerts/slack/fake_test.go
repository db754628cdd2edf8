package slack_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack/slacktest"

	"tonewatch/alerts"
	"tonewatch/alerts/alertstest"
	"tonewatch/alerts/slack"
	"tonewatch/monitor"
)

// token is the secret that must turn up in no error, log line or message.
const token = "xoxb-1111-2222-do-not-print-me"

// fault is how a request goes wrong.
type fault string

const (
	limited    fault = "429 with Retry-After: 7"
	accept500  fault = "accepted, answered 500"
	accept200  fault = "accepted, answered with half of the JSON"
	acceptCut  fault = "accepted, connection cut before the answer"
	refuseCut  fault = "not accepted, connection cut before the answer"
	refuse500  fault = "not accepted, answered 500"
	internal   fault = "accepted, answered internal_error"
	notSlack   fault = "not accepted, answered {} by something between"
	refuseName fault = "channel_not_found"
)

// fake is a workspace behind slack-go's test server, with the methods that it
// lacks and a history that is true to what was accepted.
type fake struct {
	*slacktest.Server
	socket   wire
	channels map[string]string // name -> ID
	private  bool              // the channels are
	page     int               // messages and channels a page

	mu       sync.Mutex
	now      time.Time
	messages []post
	requests []string // method and the form without its token
	faults   map[string][]fault
	answers  map[string]string // a fixed answer for a method
	noCharts bool              // as a workspace that cannot draw them
	picture  []byte            // the last one uploaded
}

// post is an accepted message with the form that last changed it.
type post struct {
	channel, ts string
	form        url.Values
	edits       int
	marks       []string
}

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{
		channels: map[string]string{"desk-korea": "C0DESKKOREA"}, page: 2,
		now: time.Date(2026, 3, 4, 13, 5, 0, 0, time.UTC), faults: map[string][]fault{}, answers: map[string]string{},
	}
	f.Server = slacktest.NewTestServer(func(c slacktest.Customize) {
		c.Handle("/chat.postMessage", f.handle("chat.postMessage", f.accept))
		c.Handle("/chat.update", f.handle("chat.update", f.edit))
		c.Handle("/conversations.history", f.handle("conversations.history", f.history))
		c.Handle("/conversations.replies", f.handle("conversations.replies", f.replies))
		c.Handle("/reactions.add", f.handle("reactions.add", f.react))
		c.Handle("/users.conversations", f.handle("users.conversations", f.conversations))
		c.Handle("/files.getUploadURLExternal", f.handle("files.getUploadURLExternal", f.uploadURL))
		c.Handle("/upload", f.upload)
		c.Handle("/files.completeUploadExternal", f.handle("files.completeUploadExternal", f.share))
		f.bindSocket(c)
	})
	f.Start()
	t.Cleanup(f.Stop)
	return f
}

// breakNext makes the next requests of a method go wrong, one after the other.
func (f *fake) breakNext(method string, faults ...fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults[method] = append(f.faults[method], faults...)
}

func (f *fake) handle(method string, do func(url.Values) map[string]any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		if err := r.ParseForm(); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		form := r.PostForm
		given := form.Get("token")
		form.Del("token")
		f.requests = append(f.requests, method+" "+form.Encode())
		var broken fault
		if list := f.faults[method]; len(list) > 0 {
			broken, f.faults[method] = list[0], list[1:]
		}
		answer := map[string]any{"ok": false, "error": "invalid_auth"}
		switch {
		case given != token:
		case broken == limited, broken == refuseCut, broken == refuse500, broken == notSlack, broken == refuseName:
		case f.answers[method] != "":
		default:
			answer = do(form)
		}
		if fixed := f.answers[method]; fixed != "" {
			_, _ = io.WriteString(w, fixed)
			return
		}
		reply(w, broken, answer)
	}
}

func reply(w http.ResponseWriter, broken fault, answer map[string]any) {
	body, err := json.Marshal(answer)
	if err != nil {
		panic(err)
	}
	switch broken {
	case limited:
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusTooManyRequests)
	case accept500, refuse500:
		w.WriteHeader(http.StatusInternalServerError)
	case acceptCut, refuseCut:
		panic(http.ErrAbortHandler) // closes the connection without a word
	case accept200:
		_, _ = w.Write(body[:len(body)/2])
	case internal:
		_, _ = io.WriteString(w, `{"ok":false,"error":"internal_error"}`)
	case notSlack:
		_, _ = io.WriteString(w, `{}`)
	case refuseName:
		_, _ = io.WriteString(w, `{"ok":false,"error":"channel_not_found"}`)
	default:
		_, _ = w.Write(body)
	}
}

// stamp makes a ts of Slack's form, each later than the one before.
func (f *fake) stamp() string {
	return fmt.Sprintf("%d.%06d", f.now.Unix(), len(f.messages)+1)
}

func (f *fake) accept(form url.Values) map[string]any {
	if f.noCharts && strings.Contains(form.Get("blocks"), `"data_visualization"`) {
		return map[string]any{"ok": false, "error": "invalid_blocks"}
	}
	id := form.Get("channel")
	if known, ok := f.channels[strings.TrimPrefix(id, "#")]; ok {
		id = known
	}
	p := post{channel: id, ts: f.stamp(), form: form}
	f.messages = append(f.messages, p)
	return map[string]any{"ok": true, "channel": p.channel, "ts": p.ts}
}

func (f *fake) edit(form url.Values) map[string]any {
	if f.noCharts && strings.Contains(form.Get("blocks"), `"data_visualization"`) {
		return map[string]any{"ok": false, "error": "invalid_blocks"}
	}
	for i := range f.messages {
		if m := &f.messages[i]; m.channel == form.Get("channel") && m.ts == form.Get("ts") {
			m.form, m.edits = form, m.edits+1
			return map[string]any{"ok": true, "channel": m.channel, "ts": m.ts}
		}
	}
	return map[string]any{"ok": false, "error": "message_not_found"}
}

func (f *fake) uploadURL(url.Values) map[string]any {
	return map[string]any{"ok": true, "upload_url": f.GetAPIURL() + "upload", "file_id": "F0CHART"}
}

func (f *fake) upload(w http.ResponseWriter, r *http.Request) {
	file, _, err := r.FormFile("file")
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	content, err := io.ReadAll(file)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.picture = content
}

func (f *fake) share(form url.Values) map[string]any {
	return map[string]any{"ok": true, "files": []any{map[string]any{"id": "F0CHART", "title": form.Get("title")}}}
}

func (f *fake) history(form url.Values) map[string]any {
	if !slices.Contains([]string{"C0DESKKOREA", "C0BYNUMBER"}, form.Get("channel")) {
		return map[string]any{"ok": false, "error": "channel_not_found"} // a name, as Slack refuses it
	}
	var list []any
	for _, m := range slices.Backward(f.messages) {
		if m.channel == form.Get("channel") && m.ts >= form.Get("oldest") && m.form.Get("thread_ts") == "" {
			list = append(list, m.shown(form))
		}
	}
	return f.paged("messages", list, form)
}

func (f *fake) replies(form url.Values) map[string]any {
	var list []any
	for _, m := range f.messages {
		if m.channel == form.Get("channel") && slices.Contains([]string{m.ts, m.form.Get("thread_ts")}, form.Get("ts")) {
			list = append(list, m.shown(form))
		}
	}
	if len(list) == 0 {
		return map[string]any{"ok": false, "error": "thread_not_found"}
	}
	return f.paged("messages", list, form)
}

// shown is a message as a history gives it to who asks with a form.
func (m post) shown(form url.Values) map[string]any {
	item := map[string]any{"type": "message", "ts": m.ts, "text": m.form.Get("text")}
	for _, part := range []string{"blocks", "attachments", "metadata"} {
		if raw := m.form.Get(part); raw != "" && (part != "metadata" || form.Get("include_all_metadata") == "1") {
			item[part] = json.RawMessage(raw)
		}
	}
	return item
}

func (f *fake) react(form url.Values) map[string]any {
	for i := range f.messages {
		m := &f.messages[i]
		switch {
		case m.channel != form.Get("channel") || m.ts != form.Get("timestamp"):
		case slices.Contains(m.marks, form.Get("name")):
			return map[string]any{"ok": false, "error": "already_reacted"}
		default:
			m.marks = append(m.marks, form.Get("name"))
			return map[string]any{"ok": true}
		}
	}
	return map[string]any{"ok": false, "error": "message_not_found"}
}

func (f *fake) conversations(form url.Values) map[string]any {
	kind := "public_channel"
	if f.private {
		kind = "private_channel"
	}
	var list []any
	if form.Get("types") == kind {
		for _, name := range slices.Sorted(maps.Keys(f.channels)) {
			list = append(list, map[string]any{"id": f.channels[name], "name": name})
		}
	}
	return f.paged("channels", list, form)
}

func (f *fake) paged(key string, list []any, form url.Values) map[string]any {
	from := 0
	_, _ = fmt.Sscan(form.Get("cursor"), &from)
	to, next := from+f.page, ""
	if to < len(list) {
		next = fmt.Sprint(to)
	}
	return map[string]any{
		"ok": true, key: list[min(from, len(list)):min(to, len(list))], "has_more": next != "",
		"response_metadata": map[string]any{"next_cursor": next},
	}
}

// sent are the messages accepted so far.
func (f *fake) sent() []post {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.messages)
}

// asked are the requests so far, each a method and its form without the token.
func (f *fake) asked() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.requests)
}

// say puts a message of somebody else's into a channel.
func (f *fake) say(form url.Values) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.accept(form)
}

// strip takes the metadata off all messages.
func (f *fake) strip() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, m := range f.messages {
		m.form.Del("metadata")
	}
}

// answer fixes what a method answers from now on.
func (f *fake) answer(method, text string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answers[method] = text
}

func (f *fake) clock() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

// calls counts the requests of a method.
func (f *fake) calls(method string) int {
	n := 0
	for _, r := range f.asked() {
		if strings.HasPrefix(r, method+" ") {
			n++
		}
	}
	return n
}

// client is a connection to the fake, with its log.
func (f *fake) client(log *bytes.Buffer) *slack.Client {
	return slack.New(slack.Options{Token: token, APIURL: f.GetAPIURL(), Log: slog.New(slog.NewTextHandler(log, nil))})
}

// desk is a delivery of the example to a channel of the fake.
type desk struct {
	*fake
	store *alertstest.Store
	log   bytes.Buffer
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{fake: newFake(t), store: alertstest.NewStore(alertstest.Example().Episode)}
	d.tell(t)
	return d
}

// tell decides about the episode as it stands.
func (d *desk) tell(t *testing.T) {
	t.Helper()
	teller := &alerts.Teller{Store: d.store, Routes: []alerts.Route{{Receiver: "slack:#desk-korea"}}, Log: slog.New(slog.DiscardHandler)}
	if err := teller.Tell(t.Context(), monitor.Job{Subject: 1, Now: d.clock()}); err != nil {
		t.Fatal(err)
	}
}

// deliver is one try of the alert's job by a process just started.
func (d *desk) deliver(t *testing.T) error {
	t.Helper()
	return d.deliverOne(t, 1)
}

func (d *desk) deliverOne(t *testing.T, id int64) error {
	t.Helper()
	deliverer := &alerts.Deliverer{
		Store: d.store, Rules: []monitor.Rule{alertstest.Example().Rule},
		Receivers: map[string]alerts.Receiver{"slack:#desk-korea": d.client(&d.log).Channel("#desk-korea")},
		Now:       d.clock,
		Log:       slog.New(slog.NewTextHandler(&d.log, nil)),
	}
	return deliverer.Deliver(t.Context(), monitor.Job{Subject: id, Now: d.clock()})
}

// pass moves the clock.
func (d *desk) pass(span time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = d.now.Add(span)
}

// move gives the episode its next state.
func (d *desk) move(name string) {
	for _, c := range alertstest.Cases() {
		if c.Name == name {
			d.store.Put(c.Alert.Episode)
		}
	}
}
