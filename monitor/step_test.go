package monitor_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/monitor"
	"tonewatch/scoring"
)

// fakeStore answers with what a test gives it and remembers what was saved.
// The real one passes the suite in its own folder.
type fakeStore struct {
	feed     monitor.Feed
	article  monitor.Article
	story    int64
	polled   monitor.Feed
	articles []monitor.Article
	read     *monitor.Read
}

var (
	_ monitor.PollStore = (*fakeStore)(nil)
	_ monitor.ReadStore = (*fakeStore)(nil)
)

func (s *fakeStore) Feed(context.Context, int64) (monitor.Feed, error) { return s.feed, nil }

func (s *fakeStore) SavePoll(_ context.Context, f monitor.Feed, articles []monitor.Article) (fresh, unread int, _ error) {
	s.polled, s.articles = f, articles
	return len(articles), max(0, len(articles)-monitor.MaxNewItems), nil
}

func (s *fakeStore) Article(context.Context, int64) (monitor.Article, error) { return s.article, nil }

func (s *fakeStore) StoryOf(context.Context, monitor.Sketch, time.Time) (int64, error) {
	return s.story, nil
}

func (s *fakeStore) SaveRead(_ context.Context, r monitor.Read) error {
	s.read = &r
	return nil
}

// fakeWeb is the outside world.
type fakeWeb struct {
	fetched monitor.Fetched
	page    string
	err     error
}

func (w fakeWeb) Feed(context.Context, string, monitor.Known) (monitor.Fetched, error) {
	return w.fetched, w.err
}

func (w fakeWeb) Page(_ context.Context, url string) (monitor.Page, error) {
	return monitor.Page{URL: url, Body: []byte(w.page)}, w.err
}

// evenScorer finds every target a little warm, and counts its passages.
type evenScorer struct{ passages *int }

func (evenScorer) Engine() scoring.Engine { return scoring.Engine{Name: "even"} }

func (s evenScorer) Score(_ context.Context, in []scoring.Passage) ([]scoring.Scores, error) {
	*s.passages += len(in)
	out := make([]scoring.Scores, len(in))
	for i, p := range in {
		for range p.Targets {
			out[i].Targets = append(out[i].Targets, scoring.Tone{Neutral: 0.5, Positive: 0.5})
		}
	}
	return out, nil
}

func (evenScorer) Attribute(context.Context, string) ([]scoring.Attribution, error) {
	return nil, scoring.ErrUnsupported
}

const feedURL = "https://example.org/feed.xml"

func TestPoll(t *testing.T) {
	t.Parallel()
	feed := monitor.Feed{ID: 1, URL: feedURL, Outlet: "Example", Every: "@every 15m"}
	known := feed
	known.Succeeded, known.Validators = monday.Add(-time.Hour), monitor.Validators{URL: feedURL, ETag: `"old"`}
	items := []monitor.Item{
		{ID: "a", Title: "A", Published: monday.Add(-2 * time.Hour)},
		{ID: "b", Title: "B", Published: monday.Add(-time.Hour)},
	}
	poll := func(t *testing.T, f monitor.Feed, web fakeWeb) (*fakeStore, string) {
		t.Helper()
		var log strings.Builder
		store := &fakeStore{feed: f}
		p := &monitor.Poller{Store: store, Fetcher: web, Log: slog.New(slog.NewTextHandler(&log, nil))}
		if err := p.Poll(t.Context(), monitor.Job{Subject: 1, Attempt: 1, Now: monday}); err != nil {
			t.Fatal(err)
		}
		return store, log.String()
	}

	t.Run("the first poll is backfill", func(t *testing.T) {
		t.Parallel()
		store, _ := poll(t, feed, fakeWeb{fetched: monitor.Fetched{Known: monitor.Known{Validators: monitor.Validators{ETag: `"new"`}}, Document: monitor.Document{Items: items}}})
		if len(store.articles) != 2 || !store.articles[0].Backfill || store.articles[0].Title != "B" {
			t.Errorf("articles = %+v, want both as backfill, the newest first", store.articles)
		}
		if store.polled.Validators.ETag != `"new"` || !store.polled.Succeeded.Equal(monday) {
			t.Errorf("feed = %+v, want the new validator and success now", store.polled)
		}
	})
	t.Run("later polls are news", func(t *testing.T) {
		t.Parallel()
		store, _ := poll(t, known, fakeWeb{fetched: monitor.Fetched{Document: monitor.Document{Items: items}}})
		if len(store.articles) != 2 || store.articles[0].Backfill {
			t.Errorf("articles = %+v, want two that are no backfill", store.articles)
		}
	})
	t.Run("a failure is kept with the feed and nothing is forgotten", func(t *testing.T) {
		t.Parallel()
		failure := &monitor.FetchError{URL: feedURL, Kind: monitor.FetchStatus, RetryAfter: 3 * time.Hour, Err: errors.New("503 Service Unavailable")}
		store, log := poll(t, known, fakeWeb{err: failure})
		want := known
		want.Tried, want.Failures, want.Problem = monday, 1, `fetch "https://example.org/feed.xml": status: 503 Service Unavailable`
		want.Next, want.Allowed = store.polled.Next, monday.Add(3*time.Hour)
		if diff := cmp.Diff(want, store.polled); diff != "" {
			t.Errorf("feed (-want +got):\n%s", diff)
		}
		if wait := store.polled.Next.Sub(monday); wait < 3*time.Hour || wait > 4*time.Hour+time.Minute {
			t.Errorf("next poll in %v, want after the three hours asked for", wait)
		}
		if !strings.Contains(log, "503 Service Unavailable") {
			t.Errorf("log %q does not tell", log)
		}
	})
	t.Run("the same failure is logged once", func(t *testing.T) {
		t.Parallel()
		failing := known
		failing.Failures, failing.Problem = 4, `fetch "https://example.org/feed.xml": network: no route`
		store, log := poll(t, failing, fakeWeb{err: &monitor.FetchError{URL: feedURL, Kind: monitor.FetchNetwork, Err: errors.New("no route")}})
		if log != "" || store.polled.Failures != 5 {
			t.Errorf("log %q, failures %d; want silence and 5", log, store.polled.Failures)
		}
	})
	t.Run("a flawed feed is used, and its flaws are told once", func(t *testing.T) {
		t.Parallel()
		flawed := fakeWeb{fetched: monitor.Fetched{Document: monitor.Document{Partial: true, Items: []monitor.Item{{ID: "a", BadDate: "soon"}, {ID: "b"}}}}}
		store, log := poll(t, known, flawed)
		want := `feed is broken; its sound part was used; unreadable dates on 1 of 2 items, as in "soon"; these count as published when first seen`
		if store.polled.Problem != want || store.polled.Failures != 0 || len(store.articles) != 2 || !store.articles[0].Published.Equal(monday) {
			t.Errorf("problem %q, %d failures, articles %+v; want %q and two of Monday", store.polled.Problem, store.polled.Failures, store.articles, want)
		}
		if strings.Count(log, "soon") != 1 {
			t.Errorf("log %q does not tell once", log)
		}
		if store, log = poll(t, store.polled, flawed); log != "" || store.polled.Problem != want {
			t.Errorf("the second time: log %q, problem %q", log, store.polled.Problem)
		}
	})
	t.Run("an id given to several items names none", func(t *testing.T) {
		t.Parallel()
		twins := []monitor.Item{{ID: "x", Link: "https://e.org/1"}, {ID: "x", Link: "https://e.org/2"}}
		store, _ := poll(t, known, fakeWeb{fetched: monitor.Fetched{Document: monitor.Document{Items: twins}}})
		if got := []string{store.articles[0].Key, store.articles[1].Key}; got[0] == got[1] {
			t.Errorf("keys = %q, want two identities", got)
		}
	})
	t.Run("a flood is told", func(t *testing.T) {
		t.Parallel()
		flood := make([]monitor.Item, monitor.MaxNewItems+50)
		for i := range flood {
			flood[i] = monitor.Item{Link: "https://e.org/" + time.Duration(i).String(), Published: monday.Add(-time.Duration(i) * time.Minute)}
		}
		store, log := poll(t, known, fakeWeb{fetched: monitor.Fetched{Document: monitor.Document{Items: flood}}})
		if len(store.articles) != len(flood) || !strings.Contains(log, "new=250 unread=50") {
			t.Errorf("%d articles, log %q", len(store.articles), log)
		}
	})
}

func TestRead(t *testing.T) {
	t.Parallel()
	page := strings.TrimSpace(strings.Repeat("Acme said that its plant would reopen in spring. ", 8))
	content := "Acme, says the feed, will reopen."
	temporary := &monitor.FetchError{URL: "u", Kind: monitor.FetchTimeout, Temporary: true, Err: errors.New("slow")}
	gone := &monitor.FetchError{URL: "u", Kind: monitor.FetchStatus, Err: errors.New("404 Not Found")}
	forbidden := &monitor.FetchError{URL: "u", Kind: monitor.FetchRobots, Err: errors.New("stay away")}
	putOff := func(wait time.Duration) error {
		return &monitor.FetchError{URL: "u", Kind: monitor.FetchPutOff, RetryAfter: wait, Temporary: true, Err: errors.New("soon")}
	}
	article := monitor.Article{ID: 1, URL: "https://e.org/1", Title: "Acme to reopen", Summary: "Acme reopens.", Content: content, Outlet: "Example", Published: monday}
	with := func(change func(*monitor.Article)) monitor.Article {
		a := article
		change(&a)
		return a
	}
	cases := []struct {
		name     string
		article  monitor.Article
		web      fakeWeb
		story    int64
		attempt  int
		from     monitor.TextSource
		problem  string // substring
		readings int
		text     string
		err      string
	}{
		{name: "the page's text", article: article, web: fakeWeb{page: page}, from: monitor.FromPage, readings: 2},
		{
			name: "a page that may still come is asked again", article: article, web: fakeWeb{err: temporary},
			err: `read "https://e.org/1": fetch "u": timeout: slow`,
		},
		{
			name: "a host that may not be asked yet is waited for", article: article, web: fakeWeb{err: putOff(time.Minute)}, attempt: 9,
			err: `read "https://e.org/1": again in 1m0s: fetch "u": put_off: soon`,
		},
		{name: "but not for long", article: article, web: fakeWeb{err: putOff(time.Hour)}, from: monitor.FromContent, problem: "put_off", readings: 2},
		{name: "what robots.txt forbids", article: article, web: fakeWeb{err: forbidden}, from: monitor.FromContent, problem: "robots", readings: 2},
		{name: "but not for ever", article: article, web: fakeWeb{err: temporary}, attempt: 3, from: monitor.FromContent, problem: "timeout", readings: 2},
		{name: "a refused page", article: article, web: fakeWeb{err: gone}, from: monitor.FromContent, problem: "404", readings: 2},
		{name: "a consent wall", article: article, web: fakeWeb{page: "Please accept."}, from: monitor.FromContent, problem: "page holds 14 bytes of text", readings: 2},
		{
			name: "a teaser of what the feed holds whole", web: fakeWeb{page: page},
			article: with(func(a *monitor.Article) { a.Content = strings.Repeat(page+"\n\n", 3) }), from: monitor.FromContent, readings: 2,
		},
		{
			name: "only a summary", web: fakeWeb{err: gone},
			article: with(func(a *monitor.Article) { a.Content = "" }), from: monitor.FromSummary, problem: "404", readings: 2,
		},
		{
			name: "only a title", article: monitor.Article{Title: "Acme to reopen"}, from: monitor.FromTitle,
			problem: "no link", readings: 2,
		},
		{name: "nothing at all", article: monitor.Article{}, from: monitor.FromTitle, problem: "no link"},
		{name: "a page that repeats the headline", article: article, web: fakeWeb{page: "Acme to Reopen\n\n" + page}, from: monitor.FromPage, readings: 2, text: page},
		{
			name: "not in English", article: article, web: fakeWeb{page: strings.Repeat("Acme wurde geschlossen. ", 20)}, from: monitor.FromPage,
			problem: "not judged: the text is in German, not in English",
		},
		{
			name: "a link of others, too", article: with(func(a *monitor.Article) { a.Shared = true }), web: fakeWeb{page: page}, from: monitor.FromContent,
			problem: "the feed gives its link to other articles, too", readings: 2,
		},
		{name: "a copy is not judged again", article: article, web: fakeWeb{page: page}, story: 7, from: monitor.FromPage},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			finder, err := scoring.NewFinder([]scoring.Actor{{Name: "Acme"}})
			if err != nil {
				t.Fatal(err)
			}
			var passages int
			store := &fakeStore{article: c.article, story: c.story}
			r := &monitor.Reader{
				Store: store, Fetcher: c.web, Finder: finder, Scorer: evenScorer{&passages}, Log: slog.New(slog.DiscardHandler),
				Extract:   func(page []byte, _ string) (string, error) { return string(page), nil },
				Canonical: func([]byte, string) string { return "" },
				Clean:     strings.TrimSpace,
				Language: func(text string) string {
					if strings.Contains(text, "wurde") {
						return "German"
					}
					return ""
				},
			}
			err = r.Read(t.Context(), monitor.Job{Subject: 1, Attempt: max(1, c.attempt), Now: monday})
			if c.err != "" {
				if err == nil || err.Error() != c.err || store.read != nil {
					t.Fatalf("error %v, saved %v; want %s and nothing saved", err, store.read, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got := store.read
			if got.From != c.from || !strings.Contains(got.Problem, c.problem) || (c.problem == "") != (got.Problem == "") {
				t.Errorf("text from %q, problem %q; want %q and %q", got.From, got.Problem, c.from, c.problem)
			}
			if a := c.article; a.Shared && !bytes.Equal(got.Sketch.Bytes(), monitor.NewSketch(a.Outlet, "", a.Title, got.Text).Bytes()) {
				t.Error("the sketch has an address that is not the article's own")
			}
			if c.text != "" && got.Text != c.text {
				t.Errorf("text = %q, want %q", got.Text, c.text)
			}
			if len(got.Readings) != c.readings || (c.readings == 0) != (passages == 0) {
				t.Errorf("%d readings of %d passages, want %d", len(got.Readings), passages, c.readings)
			}
		})
	}
}
