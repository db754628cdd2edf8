package monitor_test

import (
	"context"
	"fmt"
	"html"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tonewatch/monitor"
	"tonewatch/monitor/extract"
	"tonewatch/monitor/fetch"
	"tonewatch/monitor/parse"
	"tonewatch/monitor/store"
	"tonewatch/scoring"
)

// paper is a publisher of feeds and pages that can be changed, and that counts how
// often each page is asked for.
type paper struct {
	url   string
	mu    sync.Mutex
	at    time.Time
	feeds map[string][]entry
	pages map[string]page
	asked map[string]int
}

type entry struct {
	guid, link, title, summary string
	published                  time.Time
}

type page struct{ canonical, text string }

func newPaper(t *testing.T) *paper {
	t.Helper()
	p := &paper{at: monday, feeds: make(map[string][]entry), pages: make(map[string]page), asked: make(map[string]int)}
	p.url = serveOn(t, "127.0.3.1", p)
	return p
}

func (p *paper) now() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.at
}

// edit changes what is published.
func (p *paper) edit(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
}

func (p *paper) times(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked[path]
}

func (p *paper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if entries, ok := p.feeds[r.URL.Path]; ok {
		w.Header().Set("ETag", `"any"`) // without one it would be polled but once an hour
		fmt.Fprint(w, `<rss version="2.0"><channel><title>Feed</title>`)
		for _, e := range entries {
			fmt.Fprintf(w, `<item><guid isPermaLink="false">%s</guid><link>%s</link><title>%s</title><description>%s</description><pubDate>%s</pubDate></item>`,
				e.guid, html.EscapeString(p.url+e.link), e.title, e.summary, e.published.Format(time.RFC1123Z))
		}
		fmt.Fprint(w, `</channel></rss>`)
		return
	}
	page, ok := p.pages[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	p.asked[r.URL.Path]++
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprint(w, `<!DOCTYPE html><html><head><title>Page</title>`)
	if page.canonical != "" {
		fmt.Fprintf(w, `<link rel="canonical" href="%s">`, page.canonical)
	}
	fmt.Fprintf(w, `</head><body><article><p>%s</p></article></body></html>`, strings.ReplaceAll(page.text, "\n\n", "</p><p>"))
}

// moods judges a passage by the mood in it.
type moods struct{}

func (moods) Engine() scoring.Engine { return scoring.Engine{Name: "moods"} }

func (moods) Score(_ context.Context, in []scoring.Passage) ([]scoring.Scores, error) {
	out := make([]scoring.Scores, len(in))
	for i, p := range in {
		tone := scoring.Tone{Neutral: 1}
		for word, value := range map[string]float64{"wonderful": 0.7, "lovely": 0.3, "dreary": -0.2, "terrible": -0.9} {
			if strings.Contains(p.Text, word) {
				tone = scoring.Tone{Neutral: 1 - max(value, -value), Positive: max(0, value), Negative: max(0, -value)}
			}
		}
		for range p.Targets {
			out[i].Targets = append(out[i].Targets, tone)
		}
	}
	return out, nil
}

func (moods) Attribute(context.Context, string) ([]scoring.Attribution, error) {
	return nil, scoring.ErrUnsupported
}

// aPoll is how long it takes until every feed has been polled again.
const aPoll = 17 * time.Minute

// room is a daemon without DETECT on a paper.
type room struct {
	t *testing.T
	p *paper
	s *store.Store
}

// openRoom polls a paper's feeds, of so many outlets, from when they were empty.
func openRoom(t *testing.T, p *paper, feeds ...monitor.Feed) room {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	log := slog.New(slog.DiscardHandler)
	for i := range feeds {
		p.edit(func() { p.feeds[feeds[i].URL] = nil })
		feeds[i].URL, feeds[i].Every = p.url+feeds[i].URL, "@every 15m"
	}
	s, err := store.Open(ctx, store.Options{Path: filepath.Join(t.TempDir(), "room.db"), Log: log, Now: p.now, Engine: moods{}.Engine()})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SyncFeeds(ctx, feeds, p.now()); err != nil {
		t.Fatal(err)
	}
	if err := s.SyncActors(ctx, []string{"Acme"}, p.now()); err != nil {
		t.Fatal(err)
	}
	finder, err := scoring.NewFinder([]scoring.Actor{{Name: "Acme"}})
	if err != nil {
		t.Fatal(err)
	}
	c := fetch.New(fetch.Options{Parse: parse.Feed, Decode: parse.Page, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Rests: s, Now: p.now, HostRequests: 16})
	poller := &monitor.Poller{Store: s, Fetcher: c, Log: log}
	reader := &monitor.Reader{
		Store: s, Fetcher: c, Finder: finder, Scorer: moods{}, Log: log, Clean: extract.Furniture, Language: extract.Language, Canonical: extract.Canonical,
		Extract: func(page []byte, url string) (string, error) {
			text, err := extract.Page(page, url)
			return text.Body, err
		},
	}
	nothing := func(context.Context, monitor.Job) error { return nil }
	if err := s.Start(ctx, store.Steps{Poll: poller.Poll, Read: reader.Read, Detect: nothing}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(ctx); err != nil {
			t.Error(err)
		}
		c.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	r := room{t, p, s}
	r.pass(0)
	return r
}

// pass lets time pass and works off what is due then.
func (r room) pass(d time.Duration) {
	r.t.Helper()
	r.p.edit(func() { r.p.at = r.p.at.Add(d) })
	sweepAll(r.t, r.s, r.p.now())
	waitFor(r.t, func() bool {
		sweepAll(r.t, r.s, r.p.now())
		idle, err := r.s.Idle(r.t.Context())
		if err != nil {
			r.t.Fatal(err)
		}
		return idle
	})
}

// sums is the series as it stands, in order.
func (r room) sums() []monitor.Bucket {
	r.t.Helper()
	buckets, _, err := r.s.Buckets(r.t.Context(), "Acme", time.Time{}, 0)
	if err != nil {
		r.t.Fatal(err)
	}
	slices.SortFunc(buckets, func(a, b monitor.Bucket) int {
		return strings.Compare(fmt.Sprint(a.Hour.Unix(), a.Voice, a.Outlet), fmt.Sprint(b.Hour.Unix(), b.Voice, b.Outlet))
	})
	return buckets
}

// stories are told in a line each, in order of their headlines.
func (r room) stories() (lines []string) {
	r.t.Helper()
	readings, err := r.s.Readings(r.t.Context(), "Acme", monitor.AnyVoice, monday.Add(-30*24*time.Hour), monday.Add(30*24*time.Hour))
	if err != nil {
		r.t.Fatal(err)
	}
	for _, x := range readings {
		lines = append(lines, fmt.Sprintf("%s, %s: %+.1f +%d in %d", x.Story.Title, x.Outlet, x.Tone, x.Story.Copies, x.Story.Outlets))
	}
	slices.Sort(lines)
	return lines
}

// report is a text of an article long enough for a page, of a mood, and like no
// other.
func report(n int, mood string) string {
	words := strings.Fields("the people of town said that work at old plant would go on after winter when more than half those who had left " +
		"came back to see what was built there by their neighbours with money from an uncle and help of friends over many years")
	r := rand.New(rand.NewPCG(uint64(n), 1))
	var b strings.Builder
	fmt.Fprintf(&b, "Acme said that its %s year had come to an end.", mood)
	for range 12 {
		b.WriteString(" And")
		for range 10 {
			b.WriteString(" " + words[r.IntN(len(words))])
		}
		b.WriteString(".")
	}
	return b.String()
}

// publish puts an article's page, and its entry into a feed.
func (p *paper) publish(feed string, n int, mood string) {
	p.edit(func() {
		link := fmt.Sprintf("/news/%d", n)
		p.pages[link] = page{text: report(n, mood)}
		e := entry{
			guid: fmt.Sprint(n), link: link, title: fmt.Sprintf("Report number %d from the plant", n), summary: "A " + mood + " year ends.",
			published: monday.Add(time.Duration(n) * time.Hour),
		}
		entries := slices.DeleteFunc(slices.Clone(p.feeds[feed]), func(old entry) bool { return old.guid == e.guid })
		p.feeds[feed] = append(entries, e)
	})
}
