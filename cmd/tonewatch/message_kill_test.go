package main

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"tonewatch/alerts"
	"tonewatch/alerts/slack"
	"tonewatch/monitor"
	"tonewatch/monitor/store"
)

const (
	tellerEnv   = "TONEWATCH_TEST_TELLER"   // path of the store
	slackEnv    = "TONEWATCH_TEST_SLACK"    // address of the fake
	episodesEnv = "TONEWATCH_TEST_EPISODES" // how many lives may have begun
	// killsEnv makes the kill test a long one: so many kills, and some seven
	// deliveries for each.
	killsEnv = "TONEWATCH_KILLS"
	// grace outlasts every post in flight: a request is given half of it, and the
	// fake shows what it accepts within its slowness.
	killGrace = 1200 * time.Millisecond
	slowness  = 60 * time.Millisecond
	// A life fires, grows worse, eases and recovers.
	lastRevision = 4
)

// channelOf spreads the episodes: a few to a channel, and one in four to those
// where they are a storm.
func channelOf(i int) string {
	if i%4 == 3 {
		return fmt.Sprintf("#storm%d", i/200)
	}
	return fmt.Sprintf("#desk%d", i/4)
}

// tellChild is TELL and DELIVER on a real store with a real client, and a
// detector that leads every episode through its life, as fast as it is told of.
func tellChild() int {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // the parent's death must not leave a daemon behind
		stop()
	}()
	n, err := strconv.Atoi(os.Getenv(episodesEnv))
	if err == nil {
		err = tellAll(ctx, os.Getenv(tellerEnv), os.Getenv(slackEnv), n)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitFailed
	}
	return exitOK
}

func tellAll(ctx context.Context, path, api string, n int) (err error) {
	log := slog.New(slog.DiscardHandler)
	s, err := store.Open(ctx, store.Options{Path: path, Log: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	workspace := slack.New(slack.Options{Token: "xoxb-test", APIURL: api, HTTPTimeout: killGrace / 3, Log: log})
	receivers := make(map[string]alerts.Receiver)
	routes := make(map[string][]alerts.Route) // by actor
	var actors []string
	for i := range n {
		actor, name := fmt.Sprint("actor ", i), "slack:"+channelOf(i)
		actors = append(actors, actor)
		routes[actor] = []alerts.Route{{Receiver: name}}
		if receivers[name] == nil {
			receivers[name] = workspace.Channel(channelOf(i))
		}
	}
	if err := s.SyncActors(ctx, actors, time.Now()); err != nil {
		return err
	}
	tell := func(ctx context.Context, job monitor.Job) error {
		e, err := s.Episode(ctx, job.Subject)
		if err != nil {
			return err
		}
		teller := &alerts.Teller{Store: s, Routes: routes[e.Actor], Storm: alerts.Storm{Alerts: 5, Within: time.Hour}, Log: log}
		return teller.Tell(ctx, job)
	}
	deliverer := &alerts.Deliverer{Store: s, Receivers: receivers, Now: time.Now, Grace: killGrace, Log: log}
	nothing := func(context.Context, monitor.Job) error { return nil }
	if err := s.Start(context.WithoutCancel(ctx), store.Steps{
		Poll: nothing, Read: nothing, Reread: nothing, Detect: nothing, Note: nothing,
		Tell: tell, Deliver: deliverer.Deliver,
	}); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Stop(context.WithoutCancel(ctx))) }()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // only read
	for ctx.Err() == nil {
		if err := live(ctx, s, db, actors); err != nil && ctx.Err() == nil {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
	return nil
}

// live gives to each episode its next revision when TELL has heard of the last.
func live(ctx context.Context, s *store.Store, db *sql.DB, actors []string) error {
	fired, err := s.Fired(ctx)
	if err != nil {
		return err
	}
	known := make(map[string]monitor.Episode)
	for _, e := range fired {
		known[e.Actor] = e
	}
	// Growth is news only while it fires.
	var heard string
	if err := db.QueryRowContext(ctx, `SELECT coalesce(group_concat(episode_id), '') FROM deliveries WHERE news = 'worse'`).Scan(&heard); err != nil {
		return err
	}
	worse := strings.Split(heard, ",")
	for _, actor := range actors {
		e, ok := known[actor]
		if ok {
			if e.Revision == lastRevision {
				continue
			}
			if e.Revision == e.Worse && !slices.Contains(worse, fmt.Sprint(e.ID)) {
				continue
			}
			told, err := s.Alerts(ctx, e.ID)
			if err != nil {
				return err
			}
			// One in a digest counts as told when the digest is to show it.
			if len(told) == 0 || told[0].Told < e.Revision {
				continue
			}
		}
		if err := s.SaveDetection(ctx, actor, monitor.Detection{Moves: []monitor.Move{{Before: e, After: next(e, actor)}}}); err != nil {
			return err
		}
	}
	return nil
}

// next is an episode's next revision.
func next(e monitor.Episode, actor string) monitor.Episode {
	now := time.Now().UTC()
	e.Revision++
	switch e.Revision {
	case 1:
		e.Rule, e.Actor, e.Voice, e.Direction = "turn", actor, monitor.AnyVoice, -1
		e.Phase, e.Start, e.Since, e.Fired = monitor.Firing, now, now, now
		e.Last = monitor.Shift{At: now, Recent: -0.3, Size: -0.3, Error: 0.05, Stories: 9, Outlets: 3, Before: 99}
		e.Peak = e.Last
	case 2:
		e.Worse, e.Last.Size = 2, -0.5
		e.Peak = e.Last
	case 3:
		e.Phase, e.Since = monitor.Easing, now
	default:
		e.Phase, e.Since, e.Ended = monitor.Quiet, now, now
	}
	return e
}

// workspace is a Slack that means ill: it is slow, limits, breaks, cuts off
// connections before and after it has accepted, and refuses layouts.
type workspace struct {
	mu       sync.Mutex
	rng      *rand.Rand
	calm     bool
	messages []posted
	byKey    map[string]int
	edits    int
	requests int
	faults   map[string]int
}

type posted struct {
	key, channel, ts, thread, text string
	metadata                       json.RawMessage
	marked                         bool
}

func newWorkspace(seed uint64) *workspace {
	return &workspace{rng: rand.New(rand.NewPCG(seed, 9)), byKey: make(map[string]int), faults: make(map[string]int)}
}

// trouble chooses what goes wrong with a request, and how slow it is.
func (w *workspace) trouble(method string) (fault string, before, after time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.requests++
	if w.calm {
		return "", 0, 0
	}
	before, after = time.Duration(w.rng.Int64N(int64(slowness))), time.Duration(w.rng.Int64N(int64(slowness)))
	faults := []string{"limited", "accepted, 500", "503", "accepted, cut", "cut", "accepted, internal_error"}
	if method == "chat.postMessage" || method == "chat.update" {
		faults = append(faults, "invalid_blocks")
	}
	if w.rng.IntN(8) == 0 {
		fault = faults[w.rng.IntN(len(faults))]
		w.faults[fault]++
	}
	return fault, before, after
}

func (w *workspace) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	method := strings.TrimPrefix(r.URL.Path, "/")
	if err := r.ParseForm(); err != nil {
		panic(http.ErrAbortHandler) // half a request, of a client that was killed
	}
	fault, before, after := w.trouble(method)
	time.Sleep(before)
	var answer map[string]any
	switch fault {
	case "limited":
		rw.Header().Set("Retry-After", "1")
		rw.WriteHeader(http.StatusTooManyRequests)
		return
	case "503":
		rw.WriteHeader(http.StatusServiceUnavailable)
		return
	case "cut":
		panic(http.ErrAbortHandler)
	case "invalid_blocks":
		if blocks := r.PostForm.Get("blocks"); blocks != "" && blocks != "[]" {
			answer = map[string]any{"ok": false, "error": "invalid_blocks"}
		}
	}
	if answer == nil {
		answer = w.answer(method, r.PostForm)
	}
	time.Sleep(after)
	switch fault {
	case "accepted, 500":
		rw.WriteHeader(http.StatusInternalServerError)
		return
	case "accepted, cut":
		panic(http.ErrAbortHandler)
	case "accepted, internal_error":
		answer = map[string]any{"ok": false, "error": "internal_error"}
	}
	rw.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(rw).Encode(answer) // a client that was killed does not read it
}

func (w *workspace) answer(method string, form map[string][]string) map[string]any {
	get := func(name string) string { return strings.Join(form[name], "") }
	w.mu.Lock()
	defer w.mu.Unlock()
	id := "C0" + strings.ToUpper(strings.TrimPrefix(get("channel"), "#")) + "XXXXXXX"
	if strings.HasPrefix(get("channel"), "C0") {
		id = get("channel")
	}
	at := slices.IndexFunc(w.messages, func(m posted) bool {
		return m.channel == id && m.ts == cmp.Or(get("timestamp"), get("ts"))
	})
	switch method {
	case "chat.postMessage":
		m := posted{channel: id, thread: get("thread_ts"), text: get("text"), metadata: json.RawMessage(get("metadata"))}
		var metadata struct {
			Payload struct {
				Key string `json:"key"`
			} `json:"event_payload"`
		}
		if err := json.Unmarshal(m.metadata, &metadata); err != nil {
			return map[string]any{"ok": false, "error": "invalid_metadata_format"}
		}
		m.key = metadata.Payload.Key
		m.ts = fmt.Sprintf("%d.%06d", time.Now().Unix(), len(w.messages))
		w.messages = append(w.messages, m)
		w.byKey[m.key]++
		return map[string]any{"ok": true, "channel": m.channel, "ts": m.ts}
	case "chat.update":
		if at < 0 {
			return map[string]any{"ok": false, "error": "message_not_found"}
		}
		w.edits++
		w.messages[at].text = get("text")
		return map[string]any{"ok": true, "channel": id, "ts": get("ts")}
	case "reactions.add":
		if at < 0 {
			return map[string]any{"ok": false, "error": "message_not_found"}
		}
		if w.messages[at].marked {
			return map[string]any{"ok": false, "error": "already_reacted"}
		}
		w.messages[at].marked = true
		return map[string]any{"ok": true}
	case "conversations.history", "conversations.replies":
		return w.look(id, get("ts"), get("cursor"))
	case "users.conversations":
		return w.channels(get("types"))
	}
	return map[string]any{"ok": false, "error": "unknown_method"}
}

// look is a page of a channel without its threads, or of one thread.
func (w *workspace) look(channel, thread, cursor string) map[string]any {
	const page = 50
	var list []any
	for _, m := range w.messages {
		if m.channel == channel && (thread == "" && m.thread == "" || thread != "" && (m.thread == thread || m.ts == thread)) {
			list = append(list, map[string]any{"type": "message", "ts": m.ts, "text": m.text, "metadata": m.metadata})
		}
	}
	from, _ := strconv.Atoi(cursor) // none is the first page
	to, next := min(from+page, len(list)), ""
	if to < len(list) {
		next = strconv.Itoa(to)
	}
	return map[string]any{"ok": true, "messages": list[from:to], "has_more": next != "",
		"response_metadata": map[string]any{"next_cursor": next}}
}

func (w *workspace) channels(kind string) map[string]any {
	list := []any{}
	for i := 0; kind == "public_channel" && i < 2000; i++ {
		name := strings.TrimPrefix(channelOf(i), "#")
		list = append(list, map[string]any{"id": "C0" + strings.ToUpper(name) + "XXXXXXX", "name": name})
	}
	return map[string]any{"ok": true, "channels": list}
}

// asked is how many requests came so far.
func (w *workspace) asked() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.requests
}

// A process that tells a hostile Slack and is killed at random moments must in
// the end have told everything there is to tell, and nothing twice.
func TestKillsLoseAndDoubleNoMessage(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and not about concurrency")
	}
	t.Parallel()
	kills, episodes := 20, 40
	if long := os.Getenv(killsEnv); long != "" {
		n, err := strconv.Atoi(long)
		if err != nil {
			t.Fatalf("%s: %v", killsEnv, err)
		}
		kills, episodes = n, max(episodes, n*4/3)
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	slackSide := newWorkspace(seed)
	server := httptest.NewServer(slackSide)
	defer server.Close()
	db := filepath.Join(t.TempDir(), "tonewatch.db")
	random := rand.New(rand.NewPCG(seed, 0))
	start := func(lives int) *exec.Cmd {
		return startProcess(t, tellerEnv+"="+db, slackEnv+"="+server.URL, episodesEnv+"="+strconv.Itoa(lives))
	}
	for i := range kills {
		// Some lives begin with every process, so that there is work at every kill.
		before, child := slackSide.asked(), start(max(1, episodes*(i+1)/kills))
		for deadline := time.Now().Add(time.Minute); !ready(t, db) || random.IntN(200) > 0 && slackSide.asked() == before; time.Sleep(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("nothing told within a minute")
			}
		}
		time.Sleep(time.Duration(random.IntN(600)) * time.Millisecond)
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = child.Wait() // killed
		rest(t, db)
	}
	slackSide.mu.Lock()
	slackSide.calm = true
	slackSide.mu.Unlock()
	child := start(episodes)
	const left = `SELECT (SELECT count(*) FROM deliveries d LEFT JOIN episodes e ON e.id = d.episode_id
			WHERE d.digest_id = 0 AND (d.shown < d.touched OR d.kind = 'alert' AND d.told < e.revision))
		+ (SELECT count(*) FROM actors a WHERE NOT EXISTS (SELECT 1 FROM episodes WHERE actor_id = a.id AND revision = 4))`
	for deadline := time.Now().Add(10 * time.Minute); count(t, db, left) > 0; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d deliveries or lives never end; jobs: %s", count(t, db, left), jobs(t, db))
		}
	}
	time.Sleep(2 * killGrace) // whoever would still say something twice, does
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // killed
	slackSide.check(t, db, kills, episodes)
}

func (w *workspace) check(t *testing.T, db string, kills, episodes int) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	lost, doubled := 0, 0
	var rows string
	lookInto(t, db, `SELECT coalesce(group_concat(key, ' '), '') FROM deliveries WHERE digest_id = 0`, &rows)
	keys := strings.Fields(rows)
	for _, key := range keys {
		if w.byKey[key] == 0 {
			lost++
		}
	}
	for key, n := range w.byKey {
		if n > 1 || !slices.Contains(keys, key) {
			doubled++
			t.Errorf("message %q is there %d times", key, n)
		}
	}
	for what, query := range map[string]string{
		"an alert":               `kind = 'alert'`,
		"a reply that it worse":  `kind = 'reply' AND news = 'worse'`,
		"a reply at the end":     `kind = 'alert' AND digest_id > 0 OR kind = 'reply' AND news = 'recovered'`,
		"an alert that is ended": `kind = 'alert' AND told = 4`,
	} {
		if got := count(t, db, `SELECT count(DISTINCT episode_id) FROM deliveries WHERE `+query); got != episodes {
			t.Errorf("%d episodes have %s, want all %d", got, what, episodes)
			lost += episodes - got
		}
	}
	stale := 0
	for _, m := range w.messages {
		if m.thread == "" && m.text != "" && !strings.Contains(m.text, "recovered") {
			stale++
		}
	}
	if lost+stale > 0 {
		t.Errorf("%d messages lost, %d alerts that do not show the end", lost, stale)
	}
	digests := count(t, db, `SELECT count(*) FROM deliveries WHERE kind = 'digest'`)
	replies := count(t, db, `SELECT count(*) FROM deliveries WHERE kind = 'reply'`)
	if digests == 0 {
		t.Error("no digest, so nothing is proved of one")
	}
	t.Logf("%d kills; %d deliveries: %d messages (%d alerts, %d replies, %d digests) and %d edits; %d lost, %d doubled; faults %v",
		kills, len(w.messages)+w.edits, len(w.messages), len(w.messages)-replies-digests, replies, digests, w.edits, lost, doubled, w.faults)
}

// rest takes away the pauses between the tries of a job, while no process is at
// work: the queue's back-off is not what is tested.
func rest(t *testing.T, db string) {
	t.Helper()
	alter(t, db, `UPDATE river_job SET state = 'available', scheduled_at = CURRENT_TIMESTAMP WHERE state = 'retryable'`)
}

// ready says whether a process has made its file.
func ready(t *testing.T, db string) bool {
	t.Helper()
	if _, err := os.Stat(db); err != nil {
		return false
	}
	return count(t, db, `SELECT count(*) FROM sqlite_master WHERE name = 'river_job'`) == 1
}
