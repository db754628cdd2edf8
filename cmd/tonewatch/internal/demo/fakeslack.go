package demo

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// What the fake takes at most: bytes of a request, messages in all, blocks of a
// message (Slack's own limit), and messages of one page of history.
const (
	maxSlackRequest = 1 << 20
	maxMessages     = 10_000
	maxBlocks       = 50
	maxHistoryPage  = 999
)

// FakeSlack is a workspace in memory, for a client whose API address is
// "http://host/api/". It knows auth.test, chat.postMessage, chat.update,
// reactions.add and conversations.history, takes any token and any channel, and answers what
// Slack would, errors included: edits and history want the channel's ID, which
// the answer to a post holds, not its name.
//
// Every message that is posted or edited is written to a writer as indented
// JSON. It is safe for concurrent use if its clock is.
type FakeSlack struct {
	out   io.Writer
	clock func() time.Time

	mu       sync.Mutex
	newest   int64 // time of the newest message, in microseconds
	messages []slackMessage
}

// NewFakeSlack returns an empty workspace that writes its messages to out and
// dates them by clock.
func NewFakeSlack(out io.Writer, clock func() time.Time) *FakeSlack {
	return &FakeSlack{out: out, clock: clock}
}

// slackMessage is a message as Slack shows it.
type slackMessage struct {
	Type        string          `json:"type"`
	User        string          `json:"user"`
	BotID       string          `json:"bot_id"`
	TS          string          `json:"ts"`
	ThreadTS    string          `json:"thread_ts,omitempty"`
	Edited      *slackEdit      `json:"edited,omitempty"`
	Text        string          `json:"text"`
	Blocks      json.RawMessage `json:"blocks,omitempty"`
	Attachments json.RawMessage `json:"attachments,omitempty"`
	Metadata    json.RawMessage `json:"metadata,omitempty"`

	channel string // its ID
	at      int64  // TS in microseconds
}

type slackEdit struct {
	User string `json:"user"`
	TS   string `json:"ts"`
}

// slackError is a refusal, in the word Slack has for it.
type slackError string

func (e slackError) Error() string { return string(e) }

// The bot that every token belongs to.
const (
	botUser = "U0TONEWATCH"
	botID   = "B0TONEWATCH"
)

// ServeHTTP answers one call. Like Slack it answers 200 whatever it thinks of
// the call; "ok" in the body says which.
func (s *FakeSlack) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer, err := s.answer(w, r)
	if err != nil {
		answer = map[string]any{"error": err.Error()}
	}
	answer["ok"] = err == nil
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	// A client that is gone has no use for the error.
	_ = json.NewEncoder(w).Encode(answer)
}

func (s *FakeSlack) answer(w http.ResponseWriter, r *http.Request) (map[string]any, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxSlackRequest)
	if err := r.ParseForm(); err != nil {
		return nil, slackError("invalid_form_data")
	}
	if r.Form.Get("token") == "" && !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ") {
		return nil, slackError("not_authed")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch strings.TrimPrefix(r.URL.Path, "/api/") {
	case "auth.test":
		return map[string]any{
			"url": "https://demo.example/", "team": "The demo", "user": "tonewatch",
			"team_id": "T0TONEWATCH", "user_id": botUser, "bot_id": botID,
		}, nil
	case "chat.postMessage":
		return s.post(r.Form)
	case "chat.update":
		return s.update(r.Form)
	case "conversations.history":
		return s.history(r.Form)
	case "reactions.add":
		return map[string]any{}, nil // nobody looks at them
	}
	return nil, slackError("unknown_method")
}

func (s *FakeSlack) post(form url.Values) (map[string]any, error) {
	channel := strings.TrimPrefix(form.Get("channel"), "#")
	if channel == "" {
		return nil, slackError("channel_not_found")
	}
	if !isChannelID(channel) {
		channel = channelID(channel)
	}
	if len(s.messages) == maxMessages {
		return nil, slackError("message_limit_exceeded")
	}
	m := slackMessage{Type: "message", User: botUser, BotID: botID, channel: channel, ThreadTS: form.Get("thread_ts")}
	if err := m.fill(form); err != nil {
		return nil, err
	}
	// No two messages of a channel share a timestamp: it is their key.
	m.at = max(s.clock().UnixMicro(), s.newest+1)
	m.TS = formatTS(m.at)
	if err := s.write("chat.postMessage", form.Get("channel"), m); err != nil {
		return nil, err
	}
	s.newest = m.at
	s.messages = append(s.messages, m)
	return map[string]any{"channel": channel, "ts": m.TS, "message": m}, nil
}

func (s *FakeSlack) update(form url.Values) (map[string]any, error) {
	if !isChannelID(form.Get("channel")) {
		return nil, slackError("channel_not_found")
	}
	i := slices.IndexFunc(s.messages, func(m slackMessage) bool {
		return m.channel == form.Get("channel") && m.TS == form.Get("ts")
	})
	if i < 0 {
		return nil, slackError("message_not_found")
	}
	m := s.messages[i]
	if err := m.fill(form); err != nil {
		return nil, err
	}
	m.Edited = &slackEdit{User: botUser, TS: formatTS(s.clock().UnixMicro())}
	if err := s.write("chat.update", form.Get("channel"), m); err != nil {
		return nil, err
	}
	s.messages[i] = m
	return map[string]any{"channel": m.channel, "ts": m.TS, "text": m.Text, "message": m}, nil
}

// fill sets what the form holds; what it lacks stays as it was.
func (m *slackMessage) fill(form url.Values) error {
	if form.Has("text") {
		m.Text = form.Get("text")
	}
	var blocks, attachments []json.RawMessage
	var metadata map[string]json.RawMessage
	for _, part := range []struct {
		field   string
		raw     *json.RawMessage
		decoded any
		refusal slackError
	}{
		{"blocks", &m.Blocks, &blocks, "invalid_blocks_format"},
		{"attachments", &m.Attachments, &attachments, "invalid_attachments"},
		{"metadata", &m.Metadata, &metadata, "invalid_metadata_format"},
	} {
		if form.Has(part.field) {
			*part.raw = json.RawMessage(form.Get(part.field))
		}
		if *part.raw != nil && json.Unmarshal(*part.raw, part.decoded) != nil {
			return part.refusal
		}
	}
	if len(blocks) > maxBlocks {
		return slackError("invalid_blocks")
	}
	if m.Text == "" && len(blocks) == 0 && len(attachments) == 0 {
		return slackError("no_text")
	}
	return nil
}

// history answers a page of a channel, newest first, without the replies in
// threads, which Slack leaves out too.
func (s *FakeSlack) history(form url.Values) (map[string]any, error) {
	if !isChannelID(form.Get("channel")) {
		return nil, slackError("channel_not_found")
	}
	in, limit, err := historyRange(form)
	if err != nil {
		return nil, err
	}
	page := []slackMessage{}
	next := ""
	for _, m := range slices.Backward(s.messages) {
		if m.channel != form.Get("channel") || !in(m.at) || (m.ThreadTS != "" && m.ThreadTS != m.TS) {
			continue
		}
		if len(page) == limit {
			next = m.TS
			break
		}
		if !isTrue(form.Get("include_all_metadata")) {
			m.Metadata = nil
		}
		page = append(page, m)
	}
	return map[string]any{
		"messages": page, "has_more": next != "",
		"response_metadata": map[string]any{"next_cursor": next},
	}, nil
}

// historyRange reads which times, in microseconds, and how many messages a call
// of conversations.history wants. A cursor is the timestamp that a page starts
// with.
func historyRange(form url.Values) (in func(at int64) bool, limit int, err error) {
	limit = 100
	if l := form.Get("limit"); l != "" {
		if limit, err = strconv.Atoi(l); err != nil || limit < 1 || limit > maxHistoryPage {
			return nil, 0, slackError("invalid_limit")
		}
	}
	oldest, latest, first := int64(0), int64(1<<62), int64(1<<62)
	for _, bound := range []struct {
		field   string
		to      *int64
		refusal slackError
	}{
		{"oldest", &oldest, "invalid_ts_oldest"},
		{"latest", &latest, "invalid_ts_latest"},
		{"cursor", &first, "invalid_cursor"},
	} {
		if v := form.Get(bound.field); v != "" {
			if *bound.to, err = parseTS(v); err != nil {
				return nil, 0, bound.refusal
			}
		}
	}
	if !isTrue(form.Get("inclusive")) {
		oldest, latest = oldest+1, latest-1
	}
	return func(at int64) bool { return oldest <= at && at <= min(latest, first) }, limit, nil
}

// write tells the fake's user of a message.
func (s *FakeSlack) write(method, channel string, m slackMessage) error {
	told, err := json.MarshalIndent(struct {
		Method  string `json:"method"`
		Channel string `json:"channel"`
		slackMessage
	}{method, channel, m}, "", "  ")
	if err != nil {
		return slackError("fatal_error")
	}
	// Slack's links are written <url|text>, which JSON made for web pages hides.
	readable := strings.NewReplacer(`\\`, `\\`, `\u003c`, "<", `\u003e`, ">", `\u0026`, "&")
	if _, err := readable.WriteString(s.out, string(told)+"\n"); err != nil {
		return slackError("fatal_error")
	}
	return nil
}

// isChannelID tells a channel's ID from its name, which has no capitals.
func isChannelID(s string) bool { return channelIDs.MatchString(s) }

var channelIDs = regexp.MustCompile(`^[CDG][A-Z0-9]{8,}$`)

// channelID makes up the ID of the channel of that name, always the same.
func channelID(name string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name)) // a hash never fails
	return fmt.Sprintf("C%08X", h.Sum32())
}

func isTrue(v string) bool { return v == "1" || v == "true" }

// formatTS writes microseconds as Slack does, "1772438400.000001".
func formatTS(micros int64) string {
	return fmt.Sprintf("%d.%06d", micros/1e6, micros%1e6)
}

// parseTS reads a timestamp with up to six decimals.
func parseTS(ts string) (micros int64, err error) {
	seconds, fraction, _ := strings.Cut(ts, ".")
	if len(fraction) > 6 {
		return 0, fmt.Errorf("timestamp %q has more than six decimals", ts)
	}
	digits := seconds + fraction + strings.Repeat("0", 6-len(fraction))
	micros, err = strconv.ParseInt(digits, 10, 64)
	if err != nil || micros < 0 {
		return 0, fmt.Errorf("timestamp %q: want seconds, as in 1772438400.000001", ts)
	}
	return micros, nil
}
