package fetch_test

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tonewatch/monitor"
	"tonewatch/monitor/fetch"
	"tonewatch/monitor/parse"
)

const smallFeed = `<rss version="2.0"><channel><title>Karsholm Post</title>
<item><title>Talks resume</title><link>/talks</link><guid isPermaLink="false">1</guid></item>
</channel></rss>`

var monday = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

// client returns a client that may reach the test's servers.
func client(t *testing.T, o fetch.Options) *fetch.Client {
	t.Helper()
	o.Allow, o.Parse, o.Decode = loopback, parse.Feed, parse.Page
	c := fetch.New(o)
	t.Cleanup(c.Close)
	return c
}

func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

// failure asserts that err is a FetchError and returns it.
func failure(t *testing.T, err error) *monitor.FetchError {
	t.Helper()
	var e *monitor.FetchError
	if !errors.As(err, &e) {
		t.Fatalf("error is %T (%v), want a FetchError", err, err)
	}
	return e
}

// Validators go back byte for byte; both are renewed by every 200, and by a 304
// that has any. What an answer wishes is remembered over a 304.
func TestFeedIsAskedConditionally(t *testing.T) {
	t.Parallel()
	const odd = "Tue, 3 Mar 2026 10:00:00 +0000" // not the HTTP form: kept as it is
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		switch r.Header.Get("If-None-Match") {
		case "":
			h.Set("ETag", `W/"a b"`)
			h.Set("Last-Modified", odd)
			h.Set("Cache-Control", "max-age=900")
			_, _ = io.WriteString(w, strings.Replace(smallFeed, "<item>", "<ttl>120</ttl><item>", 1))
		case `W/"a b"`:
			if got := r.Header.Get("If-Modified-Since"); got != odd {
				t.Errorf("If-Modified-Since %q, want %q", got, odd)
			}
			h.Set("ETag", `"c"`)
			w.WriteHeader(http.StatusNotModified)
		case `"c"`:
			h.Set("Cache-Control", "max-age=60")
			w.WriteHeader(http.StatusNotModified)
		}
	})
	c := client(t, fetch.Options{})
	first, err := c.Feed(t.Context(), s.URL, monitor.Known{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := first.Document.Items[0].Link, s.URL+"/talks"; got != want {
		t.Errorf("link %q, want %q", got, want)
	}
	want := monitor.Known{
		Validators: monitor.Validators{URL: s.URL, ETag: `W/"a b"`, LastModified: odd},
		Fresh:      15 * time.Minute, Cycle: 2 * time.Hour, Digest: first.Digest,
	}
	if diff := cmp.Diff(want, first.Known); diff != "" || first.Digest == "" {
		t.Errorf("after the 200 (-want +got):\n%s", diff)
	}

	second, err := c.Feed(t.Context(), s.URL, first.Known)
	if err != nil {
		t.Fatal(err)
	}
	want.Validators.ETag = `"c"`
	if diff := cmp.Diff(monitor.Fetched{Known: want, Unchanged: true}, second); diff != "" {
		t.Errorf("after a 304 with a new tag (-want +got):\n%s", diff)
	}

	third, err := c.Feed(t.Context(), s.URL, second.Known)
	if err != nil {
		t.Fatal(err)
	}
	want.Fresh = time.Minute
	if diff := cmp.Diff(monitor.Fetched{Known: want, Unchanged: true}, third); diff != "" {
		t.Errorf("after a 304 with another wish (-want +got):\n%s", diff)
	}
}

// The same bytes again are as good as a 304, but their headers count.
func TestUnchangedBytesRenewWhatIsKnown(t *testing.T) {
	t.Parallel()
	n := 0
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		n++
		w.Header().Set("ETag", fmt.Sprintf(`"%d"`, n))
		body := strings.Replace(smallFeed, "<item>", "<ttl>120</ttl><item>", 1)
		if n == 3 {
			w.Header().Set("Last-Modified", "Tue, 03 Mar 2026 10:00:00 GMT")
			w.Header().Del("ETag")
			body = smallFeed
		}
		_, _ = io.WriteString(w, body)
	})
	c := client(t, fetch.Options{})
	var known monitor.Known
	for i, want := range []struct {
		unchanged bool
		items     int
		v         monitor.Validators
		cycle     time.Duration
	}{
		{false, 1, monitor.Validators{URL: s.URL, ETag: `"1"`}, 2 * time.Hour},
		{true, 0, monitor.Validators{URL: s.URL, ETag: `"2"`}, 2 * time.Hour},
		{false, 1, monitor.Validators{URL: s.URL, LastModified: "Tue, 03 Mar 2026 10:00:00 GMT"}, 0},
	} {
		got, err := c.Feed(t.Context(), s.URL, known)
		if err != nil {
			t.Fatal(err)
		}
		known = got.Known
		if got.Unchanged != want.unchanged || len(got.Document.Items) != want.items || known.Validators != want.v || known.Cycle != want.cycle {
			t.Errorf("answer %d: %+v, want %+v", i+1, got, want)
		}
	}
}

func TestPasswordStaysOutOfLinks(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "me" || password != "secret" {
			t.Errorf("authorised as %q with %q", user, password)
		}
		_, _ = io.WriteString(w, smallFeed)
	})
	protected := strings.Replace(s.URL, "http://", "http://me:secret@", 1)
	got, err := client(t, fetch.Options{}).Feed(t.Context(), protected, monitor.Known{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := got.Document.Items[0].Link, s.URL+"/talks"; got != want {
		t.Errorf("link %q, want %q", got, want)
	}
}

func TestRequestTellsLittle(t *testing.T) {
	t.Parallel()
	var last http.Header
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/old" {
			http.SetCookie(w, &http.Cookie{Name: "id", Value: "1"})
			http.Redirect(w, r, "/new", http.StatusFound)
			return
		}
		last = r.Header.Clone()
		_, _ = io.WriteString(w, smallFeed)
	})
	known := monitor.Known{Validators: monitor.Validators{URL: s.URL + "/new", ETag: `"x"`}}
	if _, err := client(t, fetch.Options{UserAgent: "test/1"}).Feed(t.Context(), s.URL+"/old", known); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"User-Agent": "test/1", "Cookie": "", "Referer": "", "Accept-Encoding": "gzip, br", "If-None-Match": `"x"`,
	} {
		if got := last.Get(name); got != want {
			t.Errorf("%s %q, want %q", name, got, want)
		}
	}
	if got := last.Get("Accept"); !strings.Contains(got, "application/rss+xml") {
		t.Errorf("Accept %q names no feed", got)
	}
}

func TestWish(t *testing.T) {
	t.Parallel()
	feed := func(inside string) string {
		return `<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>` + inside + `</channel></rss>`
	}
	tests := map[string]struct {
		cacheControl, expires, body string
		want                        time.Duration
	}{
		"nothing said":          {"", "", feed(""), 0},
		"max-age":               {"public, max-age=600", "", feed(""), 10 * time.Minute},
		"max-age among others":  {`no-transform, Max-Age="60"`, "", feed(""), time.Minute},
		"no-cache":              {"no-cache", "", feed(""), 0},
		"negative":              {"max-age=-5", "", feed(""), 0},
		"capped":                {"max-age=99999999999999999999", "", feed(""), 24 * time.Hour},
		"expires":               {"", "Tue, 03 Mar 2026 11:30:00 GMT", feed(""), 90 * time.Minute},
		"expired":               {"", "Thu, 01 Jan 1970 00:00:00 GMT", feed(""), 0},
		"expires is no date":    {"", "0", feed(""), 0},
		"the longest wins":      {"max-age=60", "Tue, 03 Mar 2026 10:05:00 GMT", feed("<ttl>30</ttl>"), 30 * time.Minute},
		"ttl is no number":      {"", "", feed("<ttl>soon</ttl>"), 0},
		"update period":         {"", "", feed("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>"), 6 * time.Hour},
		"period alone":          {"", "", feed("<sy:updatePeriod> hourly </sy:updatePeriod>"), time.Hour},
		"period of a year":      {"", "", feed("<sy:updatePeriod>yearly</sy:updatePeriod>"), 24 * time.Hour},
		"unknown update period": {"", "", feed("<sy:updatePeriod>often</sy:updatePeriod>"), 0},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Date", "Tue, 03 Mar 2026 10:00:00 GMT")
				w.Header().Set("Cache-Control", tc.cacheControl)
				w.Header().Set("Expires", tc.expires)
				_, _ = io.WriteString(w, tc.body)
			})
			got, err := client(t, fetch.Options{}).Feed(t.Context(), s.URL, monitor.Known{})
			if err != nil {
				t.Fatal(err)
			}
			if got.Wish() != tc.want {
				t.Errorf("wish %v, want %v", got.Wish(), tc.want)
			}
		})
	}
}

func TestStatus(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		code       int
		retryAfter string
		want       monitor.FetchError
		text       string
	}{
		"not found":          {404, "", monitor.FetchError{Status: 404, Kind: monitor.FetchStatus}, "HTTP status 404 Not Found"},
		"gone":               {410, "", monitor.FetchError{Status: 410, Kind: monitor.FetchGone}, "HTTP status 410 Gone"},
		"unasked 304":        {304, "", monitor.FetchError{Status: 304, Kind: monitor.FetchStatus}, "HTTP status 304 Not Modified"},
		"no content":         {204, "", monitor.FetchError{Status: 204, Kind: monitor.FetchStatus}, "HTTP status 204 No Content"},
		"too many requests":  {429, "120", monitor.FetchError{Status: 429, Kind: monitor.FetchStatus, Temporary: true, RetryAfter: 2 * time.Minute}, "HTTP status 429 Too Many Requests"},
		"unavailable until":  {503, "Tue, 03 Mar 2026 12:00:00 GMT", monitor.FetchError{Status: 503, Kind: monitor.FetchStatus, Temporary: true, RetryAfter: 2 * time.Hour}, "HTTP status 503 Service Unavailable"},
		"wait for a week":    {503, "604800", monitor.FetchError{Status: 503, Kind: monitor.FetchStatus, Temporary: true, RetryAfter: 24 * time.Hour}, "HTTP status 503 Service Unavailable"},
		"wait till the past": {503, "Tue, 03 Mar 2026 09:00:00 GMT", monitor.FetchError{Status: 503, Kind: monitor.FetchStatus, Temporary: true}, "HTTP status 503 Service Unavailable"},
		"server error":       {500, "", monitor.FetchError{Status: 500, Kind: monitor.FetchStatus, Temporary: true}, "HTTP status 500 Internal Server Error"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Date", "Tue, 03 Mar 2026 10:00:00 GMT")
				w.Header().Set("Retry-After", tc.retryAfter)
				w.WriteHeader(tc.code)
			})
			_, err := client(t, fetch.Options{}).Feed(t.Context(), s.URL, monitor.Known{})
			got := failure(t, err)
			if got, want := got.Err.Error(), tc.text; got != want {
				t.Errorf("error %q, want %q", got, want)
			}
			tc.want.URL = s.URL
			if diff := cmp.Diff(tc.want, *got, cmpopts.IgnoreFields(monitor.FetchError{}, "Err")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestBoundedAnswers(t *testing.T) {
	t.Parallel()
	o := fetch.Options{MaxFeedBytes: 10_000, Timeout: 10 * time.Second}
	blank := []byte(strings.Repeat(" ", 5_000))
	tests := map[string]struct {
		handler http.HandlerFunc
		kind    monitor.FetchKind
		text    string
	}{
		"endless body": {func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				_, _ = w.Write(blank)
			}
		}, monitor.FetchTooLarge, "body larger than 10000 bytes"},
		"compressed bomb": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			for range 1_000 {
				_, _ = z.Write(blank)
			}
			_ = z.Close()
		}, monitor.FetchTooLarge, "body larger than 10000 bytes"},
		"body cut off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "6000")
			_, _ = w.Write(blank)
		}, monitor.FetchNetwork, "unexpected EOF"},
		"header too large": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X", strings.Repeat("x", 300<<10))
		}, monitor.FetchNetwork, "net/http: HTTP/1.x transport connection broken: net/http: server response headers exceeded 262144 bytes; aborted"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := client(t, o).Feed(t.Context(), serve(t, tc.handler).URL, monitor.Known{})
			got := failure(t, err)
			if got.Kind != tc.kind || got.Err.Error() != tc.text {
				t.Errorf("got %s: %v, want %s: %s", got.Kind, got.Err, tc.kind, tc.text)
			}
		})
	}
}

func TestSlowAnswerTimesOut(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "<rss>")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done() // the headers came in time, the body never ends
	})
	_, err := client(t, fetch.Options{Timeout: 100 * time.Millisecond}).Feed(t.Context(), s.URL, monitor.Known{})
	got := failure(t, err)
	if got.Kind != monitor.FetchTimeout || !got.Temporary {
		t.Errorf("kind %s, temporary %v, want a temporary timeout", got.Kind, got.Temporary)
	}
	if got, want := got.Err.Error(), "no whole answer within 100ms: context deadline exceeded"; got != want {
		t.Errorf("error %q, want %q", got, want)
	}
}

func TestPage(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/moved":
			http.Redirect(w, r, "/latin", http.StatusFound)
		case "/latin":
			w.Header().Set("Content-Type", "text/html; charset=ISO-8859-1")
			_, _ = io.WriteString(w, "<p>caf\xe9 \x93quoted\x94")
		case "/meta":
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, "<meta charset=windows-1251><p>\xcf\xf0\xe8\xe2\xe5\xf2")
		case "/pdf":
			w.Header().Set("Content-Type", "application/pdf")
			_, _ = io.WriteString(w, "%PDF-1.7")
		}
	})
	tests := map[string]struct {
		path string
		want monitor.Page
		text string
	}{
		"decoded by its header": {path: "/latin", want: monitor.Page{URL: s.URL + "/latin", Body: []byte("<p>café “quoted”")}},
		"decoded by its meta":   {path: "/meta", want: monitor.Page{URL: s.URL + "/meta", Body: []byte("<meta charset=windows-1251><p>Привет")}},
		"names where it ended":  {path: "/moved", want: monitor.Page{URL: s.URL + "/latin", Body: []byte("<p>café “quoted”")}},
		"no page is an error":   {path: "/pdf", text: fmt.Sprintf("fetch %q: not_html: served \"application/pdf\", no web page", s.URL+"/pdf")},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := client(t, fetch.Options{}).Page(t.Context(), s.URL+tc.path)
			if tc.text != "" {
				if err == nil || err.Error() != tc.text {
					t.Errorf("error %v, want %s", err, tc.text)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
