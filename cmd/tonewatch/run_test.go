package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tonewatch/cmd/tonewatch/internal/web"
	"tonewatch/configs"
	"tonewatch/monitor"
	"tonewatch/monitor/store"
)

// world is a daemon whose clock the test holds, and what it logged.
type world struct {
	t      *testing.T
	d      *daemon
	folder string
	at     time.Time
	out    lockedBuffer
	logs   lockedBuffer
	mu     sync.Mutex
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func startWorld(t *testing.T, config string) *world {
	t.Helper()
	return startWorldIn(t, t.TempDir(), config)
}

// startWorldIn starts with what the store of a folder holds already.
func startWorldIn(t *testing.T, folder, config string) *world {
	t.Helper()
	w := &world{t: t, folder: folder, at: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)}
	path := filepath.Join(folder, "tonewatch.yaml")
	config = "store: {path: " + filepath.Join(folder, "tonewatch.db") + "}\nhttp: {listen: \"127.0.0.1:0\"}\n" + config
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := configs.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(&w.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	if w.d, err = startDaemon(t.Context(), c, daemonOptions{Out: &w.out, Log: log, Now: w.now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.d.stop(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

// wait moves the clock.
func (w *world) wait(by time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(by)
}

// advance moves the clock and works off what is due.
func (w *world) advance(by time.Duration) {
	w.t.Helper()
	w.wait(by)
	if err := w.d.settle(w.t.Context(), w.now()); err != nil {
		w.t.Fatal(err)
	}
	w.d.refresh(w.t.Context(), w.now())
}

func (w *world) get(path string) (status int, body string) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.d.url+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func (w *world) status() monitor.Status {
	w.t.Helper()
	s, err := w.d.store.Status(w.t.Context(), w.now())
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

const goodItem = `<item><title>Acme %d</title><guid>%d</guid><link>/%d.html</link><pubDate>%s</pubDate></item>`

func rss(items ...string) string {
	return `<?xml version="1.0"?><rss version="2.0"><channel><title>F</title>` + strings.Join(items, "") + `</channel></rss>`
}

// Every kind of bad input beside a good feed: each is a clear error in log and
// health, and the good feed is served as if nothing were.
func TestBadInputHarmsNobody(t *testing.T) {
	t.Parallel()
	article := "<html><body><article>" + strings.Repeat("<p>Acme said that its plant would stay open through the winter, and that nobody would lose a job over it.</p>", 5) + "</article></body></html>"
	mux := http.NewServeMux()
	answer := func(pattern, contentType, body string) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			io.WriteString(w, body) //nolint:errcheck // the client may hang up
		})
	}
	answer("/good.xml", "application/rss+xml", rss(fmt.Sprintf(goodItem, 1, 1, 1, "Sun, 01 Mar 2026 10:00:00 GMT")))
	answer("/1.html", "text/html", article)
	answer("/html.xml", "text/html", "<!doctype html><html><head><title>Sign in</title></head><body>Sign in</body></html>")
	answer("/baddate.xml", "application/rss+xml", rss(fmt.Sprintf(goodItem, 2, 2, 1, "the day after tomorrow")))
	answer("/empty.xml", "application/rss+xml", rss(`<item><guid>e</guid><link>/empty.html</link></item>`))
	answer("/empty.html", "text/html", "<html><body></body></html>")
	answer("/broken.xml", "application/rss+xml", "<rss><channel><item><title>")
	mux.HandleFunc("/huge.xml", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml")
		io.WriteString(w, `<rss version="2.0"><channel><title>F</title><item><title>`) //nolint:errcheck // as below
		chunk := bytes.Repeat([]byte("spam "), 1<<18)
		for range 100 << 20 / len(chunk) {
			if _, err := w.Write(chunk); err != nil {
				return // the client has had enough
			}
		}
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	dead := httptest.NewServer(mux)
	dead.Close() // nobody listens there any more

	var feeds strings.Builder
	for _, name := range []string{"good", "html", "baddate", "empty", "broken", "huge"} {
		fmt.Fprintf(&feeds, "  - {url: %s/%s.xml, outlet: %s}\n", server.URL, name, name)
	}
	fmt.Fprintf(&feeds, "  - {url: %s/dead.xml, outlet: dead}\n", dead.URL)
	w := startWorld(t, "fetch: {allow: [127.0.0.0/8], host_pause: 0}\nscoring: {engine: bayes}\nactors: [{name: Acme}]\nrules: [{name: turn, toward: [Acme], shift: {by: 0.3}}]\nfeeds:\n"+feeds.String())
	w.advance(0)
	w.advance(20 * time.Minute)

	problems := make(map[string]string)
	for _, f := range w.status().Feeds {
		problems[f.Outlet] = f.Problem
	}
	_, health := w.get("/health")
	for outlet, want := range map[string]string{
		"good": "", "empty": "",
		"baddate": "unreadable dates on 1 of 1 items",
		"html":    "not_a_feed",
		"broken":  "bad_feed",
		"huge":    "too_large",
		"dead":    "network",
	} {
		got := problems[outlet]
		if (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("%s: problem %q, want %q", outlet, got, want)
		}
		if want == "" {
			continue
		}
		if !strings.Contains(w.logs.String(), want) {
			t.Errorf("%s: the log does not say %q", outlet, want)
		}
		if !strings.Contains(health, want) {
			t.Errorf("%s: /health does not say %q", outlet, want)
		}
	}
	if want := "/empty.html: nothing to read"; !strings.Contains(health, want) || !strings.Contains(w.logs.String(), "article is empty") {
		t.Errorf("/health or the log do not say %q", want)
	}
	s := w.status()
	if s.Articles != 3 || s.Unread != 0 || s.Failed != 0 {
		t.Errorf("%d articles, %d unread, %d failed jobs; want 3, all read", s.Articles, s.Unread, s.Failed)
	}
	if t.Failed() {
		t.Logf("health: %s\nlog: %s", health, w.logs.String())
	}
}

// A shift among live articles goes all the way to a receiver, and its end too.
func TestAShiftIsToldOnceAndEnds(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and not about concurrency")
	}
	t.Parallel()
	p := &daily{}
	server := httptest.NewServer(p)
	defer server.Close()
	p.url = server.URL
	w := startWorld(t, fmt.Sprintf(`
fetch: {allow: [127.0.0.0/8], host_pause: 0}
scoring: {engine: bayes} # starts sooner
actors: [{name: Acme}]
feeds:
  - {url: %[1]s/alpha.xml, outlet: Alpha, every: "@every 1h"}
  - {url: %[1]s/beta.xml, outlet: Beta, every: "@every 1h"}
rules:
  - {name: turn, toward: [Acme], shift: {by: 0.4, sigma: 3, window: 12h, baseline: 5d, stories: 6, outlets: 2}, for: 2h, keep_firing_for: 2h}
`, server.URL))
	p.now = w.now
	for hour := range 160 {
		p.cold.set(hour >= 90 && hour < 110)
		w.advance(time.Hour + 2*time.Minute)
	}
	told := w.out.String()
	for what, want := range map[string]int{"Tone runs from": 1, "Acme: tone recovered after": 1} { // how to read it stands under what is new
		if got := strings.Count(told, what); got != want {
			t.Errorf("%q was told %d times, want %d", what, got, want)
		}
	}
	// The window takes hours to fill with cold news: by then the fall is twice as deep.
	if got := strings.Count(told, "Acme: tone fell by"); got < 2 {
		t.Errorf("the fall was told %d times, want it to be told again as it grew worse", got)
	}
	if status, body := w.get("/health"); status != http.StatusOK || !strings.Contains(body, `"status": "pass",`) {
		t.Errorf("/health says %d: %s", status, body)
	}
	if t.Failed() {
		t.Log(told)
	}
}

// startAfterAnAlert starts with an open episode of a rule that is configured no
// more, of which a receiver was told.
func startAfterAnAlert(t *testing.T, receiver, config string) *world {
	t.Helper()
	folder := t.TempDir()
	s, err := store.Open(t.Context(), store.Options{Path: filepath.Join(folder, "tonewatch.db"), Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	fired := time.Date(2026, 3, 1, 15, 0, 0, 0, time.UTC)
	must(t, s.SyncActors(t.Context(), []string{"Acme"}, fired))
	e := monitor.Episode{Rule: "old", Actor: "Acme", Voice: monitor.AnyVoice, Phase: monitor.Firing, Direction: -1, Since: fired, Fired: fired, Revision: 1}
	must(t, s.SaveDetection(t.Context(), "Acme", monitor.Detection{Moves: []monitor.Move{{After: e}}}))
	e.ID = 1
	must(t, s.SaveTold(t.Context(), e, monitor.Telling{New: []monitor.Delivery{{
		Kind: monitor.AlertDelivery, Episode: e.ID, Receiver: receiver, Body: `{"revision":1}`, Made: fired,
	}}}))
	must(t, s.SaveReceipt(t.Context(), monitor.Delivery{ID: 1, Channel: receiver, TS: "1", Told: 1, Shown: 1}))
	must(t, s.Close())

	feed := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, rss()) //nolint:errcheck // the client may hang up
	}))
	t.Cleanup(feed.Close)
	return startWorldIn(t, folder, "fetch: {allow: [127.0.0.0/8], host_pause: 0}\nscoring: {engine: bayes}\nfeeds: [{url: "+feed.URL+"/feed.xml, outlet: Example}]\n"+
		"actors: [{name: Acme}]\nrules: [{name: new, toward: [Acme], shift: {by: 0.3}}]\n"+config)
}

// What told of a rule that is configured no more says so after the next start.
func TestAnEpisodeOfARemovedRuleIsClosed(t *testing.T) {
	t.Parallel()
	w := startAfterAnAlert(t, "console", "")
	w.advance(0)
	for _, want := range []string{"Acme: closed after 9 h, as no configured rule watches it any more", "old (no longer configured)"} {
		if told := w.out.String(); !strings.Contains(told, want) {
			t.Errorf("the receiver shows %q, want %q in it", told, want)
		}
	}
	if open := w.status().Actors[0].Open; len(open) != 0 {
		t.Errorf("still open: %+v", open)
	}
}

// A receiver that refuses what it is told is seen in /health.
func TestHealthTellsOfAReceiverThatRefuses(t *testing.T) {
	t.Parallel()
	pager := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "who are you", http.StatusForbidden) }))
	defer pager.Close()
	w := startAfterAnAlert(t, "webhook:pager", "webhooks: [{name: pager, url: "+pager.URL+"}]\nroutes: [{webhook: pager}]\n")
	claim := func() error { return w.d.tells.Troubles()["webhook:pager"] }
	_, err := w.d.sweep(t.Context(), w.now())
	must(t, err)
	for deadline := time.Now().Add(20 * time.Second); claim() == nil; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the pager was not told within 20 s")
		}
	}
	w.d.refresh(t.Context(), w.now())
	_, health := w.get("/health")
	for _, want := range []string{`"receiver:usable"`, `"componentId": "webhook:pager"`, "HTTP 403: check url and secret under webhooks"} {
		if !strings.Contains(health, want) {
			t.Errorf("/health does not say %q: %s", want, health)
		}
	}
}

// A store that fails is no reason to start the program anew, which would not mend
// it: the program is alive, and not ready.
func TestTheStoresFaultLeavesTheDaemonAlive(t *testing.T) {
	t.Parallel()
	w := startWorld(t, "scoring: {engine: bayes}\nactors: [{name: Acme}]\nrules: [{name: turn, toward: [Acme], shift: {by: 0.3}}]\nfeeds: [{url: \"http://127.0.0.1:1/feed\", outlet: Example}]\n")
	want := func(when string, statuses map[string]int) {
		t.Helper()
		for path, want := range statuses {
			if got, body := w.get(path); got != want {
				t.Errorf("%s %s says %d, want %d: %s", when, path, got, want, body)
			}
		}
	}
	w.d.refresh(t.Context(), w.now())
	want("at first", map[string]int{"/livez": http.StatusOK, "/readyz": http.StatusOK})
	must(t, w.d.store.Stop(t.Context()))
	must(t, w.d.store.Close())
	w.d.stops = w.d.stops[1:3] // of the server and the fetcher
	w.wait(time.Hour)
	want("an hour without a sweep", map[string]int{"/livez": http.StatusServiceUnavailable})
	if _, err := w.d.sweep(t.Context(), w.now()); err == nil {
		t.Error("the sweep of a closed store is no error")
	}
	w.d.refresh(t.Context(), w.now())
	want("without a store", map[string]int{"/livez": http.StatusOK, "/readyz": http.StatusServiceUnavailable})
}

// A snapshot that takes long holds up no sweep.
func TestASlowSnapshotHoldsUpNoSweep(t *testing.T) {
	t.Parallel()
	w := startWorld(t, "scoring: {engine: bayes}\nactors: [{name: Acme}]\nrules: [{name: turn, toward: [Acme], shift: {by: 0.3}}]\nfeeds: [{url: \"http://127.0.0.1:1/feed\", outlet: Example}]\n")
	asked := make(chan struct{})
	slow := *w.d
	slow.web = web.New(web.Options{Every: time.Hour, Now: w.now, Status: func(ctx context.Context) (monitor.Status, error) {
		close(asked)
		<-ctx.Done()
		return monitor.Status{}, ctx.Err()
	}})
	w.wait(24 * time.Hour)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { slow.loop(ctx); close(ended) }()
	<-asked
	alive := func() bool {
		answer := httptest.NewRecorder()
		slow.web.Handler().ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/livez", nil))
		return answer.Code == http.StatusOK
	}
	for deadline := time.Now().Add(20 * time.Second); !alive(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Error("no sweep while a snapshot is taken")
			break
		}
	}
	stop()
	<-ended
}

// daily prints one article an hour in each of two outlets: dull, or cold.
type daily struct {
	url  string
	now  func() time.Time
	cold toggle
}

type toggle struct {
	mu sync.Mutex
	on bool
}

func (t *toggle) set(on bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.on = on
}

func (t *toggle) get() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.on
}

func (d *daily) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at := d.now()
	tone := "Acme had a happy and wonderful day and everybody loves it"
	if d.cold.get() {
		tone = "Acme had a terrible and awful day and everybody hates it"
	}
	body := fmt.Sprintf("%s, %s wrote at %s.", tone, r.URL.Path, at.Format(time.RFC3339))
	w.Header().Set("Content-Type", "application/rss+xml")
	io.WriteString(w, rss(fmt.Sprintf(`<item><title>Hour %d</title><guid>%d</guid><description>%s</description><pubDate>%s</pubDate></item>`, //nolint:errcheck // as above
		at.Unix(), at.Unix(), body, at.Format(time.RFC1123Z))))
}
