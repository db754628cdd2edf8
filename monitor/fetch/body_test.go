package fetch_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"

	"tonewatch/monitor"
	"tonewatch/monitor/fetch"
)

func packed(t *testing.T, encoding, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	switch encoding {
	case "gzip":
		w = gzip.NewWriter(&b)
	case "br":
		w = brotli.NewWriter(&b)
	default:
		return []byte(text)
	}
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestBodies(t *testing.T) {
	t.Parallel()
	const limit = 10_000
	tests := map[string]struct {
		encoding, body string // packed by its encoding
		kind           monitor.FetchKind
		text           string
	}{
		"plain":          {encoding: "", body: smallFeed},
		"identity":       {encoding: "identity", body: smallFeed},
		"gzip":           {encoding: "gzip", body: smallFeed},
		"br":             {encoding: "br", body: smallFeed},
		"at the limit":   {encoding: "br", body: smallFeed + strings.Repeat(" ", limit-len(smallFeed))},
		"plain, long":    {encoding: "", body: strings.Repeat(" ", limit+1), kind: monitor.FetchTooLarge, text: "body larger than 10000 bytes"},
		"gzip bomb":      {encoding: "gzip", body: strings.Repeat(" ", 50<<20), kind: monitor.FetchTooLarge, text: "body larger than 10000 bytes"},
		"br bomb":        {encoding: "br", body: strings.Repeat(" ", 50<<20), kind: monitor.FetchTooLarge, text: "body larger than 10000 bytes"},
		"not asked for":  {encoding: "zstd", body: smallFeed, kind: monitor.FetchRefused, text: `served in the encoding "zstd", which was not asked for`},
		"two encodings":  {encoding: "gzip, br", body: smallFeed, kind: monitor.FetchRefused, text: `served in the encoding "gzip, br", which was not asked for`},
		"no gzip at all": {encoding: "x-gzip", body: smallFeed, kind: monitor.FetchNetwork, text: "gzip: invalid header"},
	}
	// Twice, because decoders are used again, after bombs and errors too.
	c := client(t, fetch.Options{MaxFeedBytes: limit})
	for range 2 {
		for name, tc := range tests {
			s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				if tc.encoding != "" {
					w.Header().Set("Content-Encoding", tc.encoding)
				}
				_, _ = w.Write(packed(t, tc.encoding, tc.body))
			})
			got, err := c.Feed(t.Context(), s.URL, monitor.Known{})
			if tc.kind == "" {
				if err != nil || len(got.Document.Items) != 1 {
					t.Errorf("%s: error %v, items %v; want one", name, err, got.Document.Items)
				}
				continue
			}
			if got := failure(t, err); got.Kind != tc.kind || got.Err.Error() != tc.text {
				t.Errorf("%s: got %s: %v, want %s: %s", name, got.Kind, got.Err, tc.kind, tc.text)
			}
		}
	}
}

func TestACutOffGzipIsAnError(t *testing.T) {
	t.Parallel()
	for _, encoding := range []string{"gzip", "br"} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", encoding)
			whole := packed(t, encoding, smallFeed)
			_, _ = w.Write(whole[:len(whole)/2])
		})
		_, err := client(t, fetch.Options{}).Feed(t.Context(), s.URL, monitor.Known{})
		if got := failure(t, err); got.Kind != monitor.FetchNetwork || got.Err.Error() != "unexpected EOF" {
			t.Errorf("%s: got %v, want an unexpected end", encoding, got)
		}
	}
}
