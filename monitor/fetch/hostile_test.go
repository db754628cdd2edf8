package fetch_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"

	"tonewatch/monitor"
	"tonewatch/monitor/fetch"
	"tonewatch/monitor/hostiletest"
	"tonewatch/monitor/parse"
)

// servers are publishers that cost a client that trusts them memory without end,
// or time.
var servers = map[string]http.HandlerFunc{
	"a gzip bomb": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		flood(gzip.NewWriter(w), 10_000<<20, bytes.Repeat([]byte{' '}, 1<<16))
	},
	"a brotli bomb": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "br")
		flood(flushed{brotli.NewWriterLevel(w, 1)}, 10_000<<20, bytes.Repeat([]byte{' '}, 1<<20))
	},
	"an endless body": func(w http.ResponseWriter, _ *http.Request) {
		flood(w, 10_000<<20, bytes.Repeat([]byte("<a>"), 20_000))
	},
	"a slow loris": func(w http.ResponseWriter, r *http.Request) { // ten bytes a second
		for r.Context().Err() == nil {
			_, _ = io.WriteString(w, "a")
			_ = http.NewResponseController(w).Flush()
			time.Sleep(100 * time.Millisecond)
		}
	},
	"a header of 5 MB": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Padding", strings.Repeat("a", 5<<20))
	},
	"a million cookies": func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Set-Cookie"] = strings.Split(strings.Repeat("a=b ", 1_000_000), " ")
	},
	"redirects without end": func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Path+"a", http.StatusFound)
	},
}

// flushed holds nothing back: a megabyte of blanks is a few bytes.
type flushed struct{ *brotli.Writer }

func (f flushed) Write(p []byte) (int, error) {
	n, err := f.Writer.Write(p)
	return n, errors.Join(err, f.Flush())
}

// flood writes so many bytes, or until nobody takes them.
func flood(w io.Writer, bytes int, part []byte) {
	for ; bytes > 0; bytes -= len(part) {
		if _, err := w.Write(part); err != nil {
			return
		}
	}
}

// hostile are their names, and what is said of them. The cost is that of server
// and client together.
var hostile = map[string]hostiletest.Case{
	"a gzip bomb":           served("a gzip bomb", "body larger than 8388608 bytes"),
	"a brotli bomb":         served("a brotli bomb", "body larger than 8388608 bytes"),
	"an endless body":       served("an endless body", "body larger than 8388608 bytes"),
	"a slow loris":          served("a slow loris", "no whole answer within 3s: context deadline exceeded"),
	"a header of 5 MB":      served("a header of 5 MB", "server response headers exceeded 262144 bytes; aborted"),
	"a million cookies":     served("a million cookies", "server response headers exceeded 262144 bytes; aborted"),
	"redirects without end": served("redirects without end", "more than 5 redirects"),
}

func served(name, want string) hostiletest.Case {
	return hostiletest.Case{Input: func() string { return name }, Want: want}
}

func TestMain(m *testing.M) {
	hostiletest.Main(m, hostile, func(name string) error {
		s := httptest.NewServer(servers[name])
		defer s.Close()
		c := fetch.New(fetch.Options{Allow: loopback, Parse: parse.Feed, Decode: parse.Page, Timeout: 3 * time.Second})
		defer c.Close()
		_, err := c.Feed(context.Background(), s.URL, monitor.Known{})
		return err
	})
}

func TestHostileServersCostLittle(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and not about concurrency")
	}
	hostiletest.Run(t, hostile)
}
