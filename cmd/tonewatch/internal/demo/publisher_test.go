package demo_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mmcdole/gofeed"
	"golang.org/x/net/html"

	"tonewatch/cmd/tonewatch/internal/demo"
)

// The outlets, by the format of their feeds.
var (
	rssOutlets  = []string{"elmvik", "gadfly", "klaxon", "ledger", "meridian", "norrevik"}
	atomOutlets = []string{"bench", "courier", "grevlund", "haulage", "radio", "telmis"}
)

func TestFeeds(t *testing.T) {
	t.Parallel()
	articles := fortnight(t)
	for _, clock := range []time.Time{demo.Start(), moment(1, 10), moment(8, 7), moment(13, 12), demo.End()} {
		server := publish(t, clock)
		for _, outlet := range slices.Concat(rssOutlets, atomOutlets) {
			t.Run(clock.Format("01-02T15 ")+outlet, func(t *testing.T) {
				t.Parallel()
				printed := keep(articles, from(outlet), before(clock.Add(time.Nanosecond)))
				slices.Reverse(printed)
				resp, body := get(t, server.URL+"/"+outlet+"/feed.xml", nil)
				feed, err := gofeed.NewParser().ParseString(body)
				if err != nil {
					t.Fatalf("parse feed: %v", err)
				}
				wantType := "application/" + feed.FeedType + "+xml; charset=utf-8"
				if got := resp.Header.Get("Content-Type"); got != wantType {
					t.Errorf("Content-Type = %q, want %q", got, wantType)
				}
				if isAtom := slices.Contains(atomOutlets, outlet); isAtom != (feed.FeedType == "atom") {
					t.Errorf("feed type = %q", feed.FeedType)
				}
				if diff := cmp.Diff(itemsOf(server.URL, printed), listed(server.URL, feed)); diff != "" {
					t.Errorf("items (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// item is what all the feeds say of an article, in their several ways.
type item struct {
	Title, Link, Summary string
	Time                 time.Time
}

func itemsOf(base string, articles []demo.Article) []item {
	items := make([]item, len(articles))
	for i, a := range articles {
		items[i] = item{a.Title, base + a.Path(), a.Paragraphs()[0], a.Published}
	}
	return items
}

func listed(base string, feed *gofeed.Feed) []item {
	items := make([]item, len(feed.Items))
	for i, it := range feed.Items {
		link := it.Link
		if strings.HasPrefix(link, "/") {
			link = base + link
		}
		when := it.PublishedParsed
		if when == nil {
			when = it.UpdatedParsed
		}
		items[i] = item{it.Title, link, it.Description, when.UTC()}
	}
	return items
}

func TestFeedHabits(t *testing.T) {
	t.Parallel()
	server := publish(t, demo.End())
	newest := func(t *testing.T, outlet string) (*gofeed.Feed, *gofeed.Item) {
		t.Helper()
		_, body := get(t, server.URL+"/"+outlet+"/feed.xml", nil)
		feed, err := gofeed.NewParser().ParseString(body)
		if err != nil {
			t.Fatal(err)
		}
		return feed, feed.Items[0]
	}

	t.Run("one RSS feed carries the whole text", func(t *testing.T) {
		t.Parallel()
		for _, outlet := range rssOutlets {
			printed := keep(fortnight(t), from(outlet))
			var want []string
			if outlet == "ledger" {
				want = append(printed[len(printed)-1].Paragraphs(), "Sign up for our newsletter, The Opening Bell, in your inbox at six.")
			}
			_, it := newest(t, outlet)
			content, err := html.Parse(strings.NewReader(it.Content))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, texts(content, "p")); diff != "" {
				t.Errorf("%s: content (-want +got):\n%s", outlet, diff)
			}
		}
	})
	t.Run("some omit identifiers, one has them apart from the link", func(t *testing.T) {
		t.Parallel()
		got := map[string]string{}
		for _, outlet := range rssOutlets {
			_, it := newest(t, outlet)
			got[outlet] = strings.TrimPrefix(it.GUID, server.URL)
		}
		want := map[string]string{
			"klaxon": "", "gadfly": "",
			"norrevik": "norrevik:ardovia-camp-deaths-weekend",
			"elmvik":   "/elmvik/ardovia-lake-camp-water.html",
			"ledger":   "/ledger/ardovia-lake-camp-page-one.html",
			"meridian": "/meridian/ardovia-local-elections.html",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("GUIDs (-want +got):\n%s", diff)
		}
	})
	t.Run("an identifier says whether it is a link", func(t *testing.T) {
		t.Parallel()
		for outlet, want := range map[string]string{
			"norrevik": `<guid isPermaLink="false">norrevik:`,
			"meridian": `<guid isPermaLink="true">` + server.URL + "/meridian/",
		} {
			if _, body := get(t, server.URL+"/"+outlet+"/feed.xml", nil); !strings.Contains(body, want) {
				t.Errorf("%s: feed has no %s", outlet, want)
			}
		}
	})
	t.Run("two give links without a host", func(t *testing.T) {
		t.Parallel()
		for _, outlet := range slices.Concat(rssOutlets, atomOutlets) {
			_, it := newest(t, outlet)
			want := outlet == "elmvik" || outlet == "grevlund"
			if got := strings.HasPrefix(it.Link, "/"); got != want {
				t.Errorf("%s: link %q", outlet, it.Link)
			}
		}
	})
	t.Run("one Atom feed dates its entries by update only", func(t *testing.T) {
		t.Parallel()
		for _, outlet := range atomOutlets {
			_, body := get(t, server.URL+"/"+outlet+"/feed.xml", nil)
			if got := !strings.Contains(body, "<published>"); got != (outlet == "haulage") {
				t.Errorf("%s: feed without <published>: %v", outlet, got)
			}
		}
	})
	t.Run("names and titles are escaped", func(t *testing.T) {
		t.Parallel()
		if feed, _ := newest(t, "haulage"); feed.Title != "Haulage & Harbour" {
			t.Errorf("title = %q, want %q", feed.Title, "Haulage & Harbour")
		}
	})
}

func TestConditionalRequests(t *testing.T) {
	t.Parallel()
	var now atomic.Pointer[time.Time]
	publisher, err := demo.NewPublisher(func() time.Time { return *now.Load() })
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(publisher.Handler())
	t.Cleanup(server.Close)

	// The subtests share the clock, so they run one after the other.
	for _, path := range []string{"/meridian/feed.xml", "/radio/feed.xml", "/meridian/kim-letter.html"} {
		start := moment(10, 9)
		now.Store(&start)
		first, _ := get(t, server.URL+path, nil)
		etag, modified := first.Header.Get("ETag"), first.Header.Get("Last-Modified")
		for _, test := range []struct {
			name   string
			now    time.Time
			header http.Header
			want   int
		}{
			{"the same tag", start, http.Header{"If-None-Match": {etag}}, http.StatusNotModified},
			{"the same tag, the clock on but no news", start.Add(time.Minute), http.Header{"If-None-Match": {etag}}, http.StatusNotModified},
			{"another tag", start, http.Header{"If-None-Match": {`"0"`}}, http.StatusOK},
			{"the same time", start, http.Header{"If-Modified-Since": {modified}}, http.StatusNotModified},
			{"an older time", start, http.Header{"If-Modified-Since": {demo.Start().Format(http.TimeFormat)}}, http.StatusOK},
			{"the same tag after news", moment(12, 9), http.Header{"If-None-Match": {etag}}, http.StatusOK},
		} {
			t.Run(path+" "+test.name, func(t *testing.T) {
				now.Store(&test.now)
				resp, body := get(t, server.URL+path, test.header)
				if resp.StatusCode != test.want {
					t.Errorf("status = %d, want %d (etag %s, modified %s)", resp.StatusCode, test.want, etag, modified)
				}
				if (body == "") != (test.want == http.StatusNotModified) {
					t.Errorf("status %d with a body of %d bytes", resp.StatusCode, len(body))
				}
			})
		}
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	server := publish(t, demo.End())
	for _, a := range fortnight(t) {
		t.Run(a.Path(), func(t *testing.T) {
			t.Parallel()
			resp, body := get(t, server.URL+a.Path(), nil)
			if got, want := resp.Header.Get("Content-Type"), "text/html; charset=utf-8"; got != want {
				t.Errorf("Content-Type = %q, want %q", got, want)
			}
			doc, err := html.Parse(strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			if got := texts(doc, "h1"); !cmp.Equal(got, []string{a.Title}) {
				t.Errorf("headings = %q, want %q", got, a.Title)
			}
			printed := texts(find(doc, "article"), "p")
			for _, want := range a.Paragraphs() {
				i := slices.Index(printed, want)
				if i < 0 {
					t.Fatalf("paragraph %q is missing, or out of order, in %q", want, printed)
				}
				printed = printed[i+1:]
			}
			for _, element := range []string{"nav", "aside", "figcaption", "footer", "time"} {
				if find(doc, element) == nil {
					t.Errorf("page has no <%s>", element)
				}
			}
			if len(printed) == 0 || !strings.HasPrefix(printed[len(printed)-1], "Sign up for ") {
				t.Errorf("below the text: %q, want the newsletter's line at the end", printed)
			}
		})
	}
}

func TestPagesOverTime(t *testing.T) {
	t.Parallel()
	const letter = "/meridian/kim-letter.html"
	printed := moment(6, 21).Add(30 * time.Minute)
	for _, test := range []struct {
		name, path string
		clock      time.Time
		want       int
	}{
		{"a page is there from its minute on", letter, printed, http.StatusOK},
		{"and not before", letter, printed.Add(-time.Second), http.StatusNotFound},
		{"nor at another outlet", "/radio/kim-letter.html", printed, http.StatusNotFound},
		{"nor without its ending", "/meridian/kim-letter", printed, http.StatusNotFound},
		{"an outlet has a front page", "/meridian/", printed, http.StatusOK},
		{"before anything is printed, too", "/meridian/", demo.Start(), http.StatusOK},
		{"an unknown outlet has none", "/nobody/", printed, http.StatusNotFound},
		{"and no feed", "/nobody/feed.xml", printed, http.StatusNotFound},
		{"and no pages", "/nobody/kim-letter.html", printed, http.StatusNotFound},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			resp, _ := get(t, publish(t, test.clock).URL+test.path, nil)
			if resp.StatusCode != test.want {
				t.Errorf("status = %d, want %d", resp.StatusCode, test.want)
			}
		})
	}

	t.Run("no page or front page tells what is yet to come", func(t *testing.T) {
		t.Parallel()
		server := publish(t, moment(11, 13))
		for _, path := range []string{"/meridian/", "/meridian/orrin-tunnel-deaths.html"} {
			_, body := get(t, server.URL+path, nil)
			if !strings.Contains(body, "Runaway Vantholm wagons") || strings.Contains(body, "Regulator suspends") {
				t.Errorf("%s on day 11 at 13:00:\n%s", path, body)
			}
		}
	})
}

func publish(t *testing.T, clock time.Time) *httptest.Server {
	t.Helper()
	publisher, err := demo.NewPublisher(func() time.Time { return clock })
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(publisher.Handler())
	t.Cleanup(server.Close)
	return server
}

func get(t *testing.T, url string, header http.Header) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if header != nil {
		req.Header = header
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

// find returns the first element of that name, or nil.
func find(n *html.Node, element string) *html.Node {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.Data == element {
			return d
		}
	}
	return nil
}

// texts returns the text of every element of that name.
func texts(n *html.Node, element string) []string {
	var found []string
	for d := range n.Descendants() {
		if d.Type != html.ElementNode || d.Data != element {
			continue
		}
		var b strings.Builder
		for leaf := range d.Descendants() {
			if leaf.Type == html.TextNode {
				b.WriteString(leaf.Data)
			}
		}
		found = append(found, strings.TrimSpace(b.String()))
	}
	return found
}
