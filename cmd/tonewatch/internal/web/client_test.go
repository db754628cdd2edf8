package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tonewatch/cmd/tonewatch/internal/web"
	"tonewatch/monitor"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	serve := func(st monitor.Status) http.Handler { return refreshed(t, web.Options{}, st).Handler() }
	says := func(code int, contentType, body string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(code)
			_, _ = w.Write([]byte(body))
		})
	}
	const health = "application/health+json"
	endless := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", health)
		for {
			if _, err := w.Write(make([]byte, 64<<10)); err != nil {
				return // the client has had enough
			}
		}
	})
	tests := []struct {
		name    string
		handler http.Handler
		path    string
		status  web.Verdict
		err     string // URL stands for the server's address
	}{
		{"passes", serve(well()), "/health", web.Pass, ""},
		{"warns", serve(monitor.Status{Failed: 1}), "/health", web.Warn, ""},
		{
			"warns where only a pass will do", serve(monitor.Status{Failed: 1, Problem: "no text"}), "/health?strict=1", web.Warn,
			"check health of \"URL/health?redacted\": warn (HTTP 503)\n  jobs:failed: warn: 1 job given up: no text",
		},
		{
			"fails, the worst first",
			serve(monitor.Status{Failed: 1, Outbox: monitor.Outbox{Unsent: 1, Oldest: ago(1e12)}}), "/health", web.Fail,
			"check health of \"URL/health\": fail (HTTP 503)\n  outbox:unsent: fail: 1 message unsent, the oldest for 16 min\n  jobs:failed: warn: 1 job given up",
		},
		{
			"is not a report", serve(well()), "/", "",
			`check health of "URL/": no health report but "text/html; charset=utf-8" (HTTP 200); give the address of /health`,
		},
		{
			"is not found", serve(well()), "/healthz", "",
			`check health of "URL/healthz": no health report but "text/plain; charset=utf-8" (HTTP 404); give the address of /health`,
		},
		{
			"points elsewhere", says(302, "", ""), "/health", "",
			`check health of "URL/health": no health report but "" (HTTP 302); give the address of /health`,
		},
		{
			"breaks off", says(200, health, `{"status":"pass"`), "/health", "",
			`check health of "URL/health": read report: unexpected end of JSON input`,
		},
		{
			"has another word for it", says(200, health, `{"status":"ok"}`), "/health", "",
			`check health of "URL/health": read report: status "ok", want pass, warn or fail`,
		},
		{
			"does not end", endless, "/health", "",
			`check health of "URL/health": report is longer than 1048576 bytes`,
		},
		{
			"would paint the terminal", says(503, health, `{"status":"fail","checks":{"x:y":[{"status":"fail","output":"\u001b[31mred\nline"}]}}`), "/health", web.Fail,
			"check health of \"URL/health\": fail (HTTP 503)\n  x:y: fail:  [31mred line",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(tt.handler)
			defer srv.Close()
			r, err := web.Check(t.Context(), srv.URL+tt.path)
			if r.Status != tt.status {
				t.Errorf("status %q, want %q", r.Status, tt.status)
			}
			if diff := cmp.Diff(tt.err, strings.ReplaceAll(text(err), srv.URL, "URL")); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}

	t.Run("nobody there", func(t *testing.T) {
		t.Parallel()
		srv := httptest.NewServer(http.NotFoundHandler())
		addr := srv.Listener.Addr().String()
		srv.Close()
		_, err := web.Check(t.Context(), "http://u:hunter2@"+addr+"/health?token=hunter2")
		want := `check health of "http://` + addr + `/health?redacted": dial tcp ` + addr + `: connect: connection refused; is tonewatch running?`
		if diff := cmp.Diff(want, text(err)); diff != "" {
			t.Errorf("error (-want +got):\n%s", diff)
		}
	})

	t.Run("no address", func(t *testing.T) {
		t.Parallel()
		for address, want := range map[string]string{
			"127.0.0.1:8080":     `check health of "redacted": first path segment in URL cannot contain colon; give it like http://127.0.0.1:8080/health`,
			"ftp://a.example/":   `check health of "ftp://a.example/": unsupported protocol scheme "ftp"; is tonewatch running?`,
			"http://u:p\x00@h/x": `check health of "redacted": net/url: invalid control character in URL; give it like http://127.0.0.1:8080/health`,
		} {
			if _, err := web.Check(t.Context(), address); text(err) != want {
				t.Errorf("%q: error %q, want %q", address, text(err), want)
			}
		}
	})

	t.Run("no answer in the caller's time", func(t *testing.T) {
		t.Parallel()
		ctx, stop := context.WithCancel(t.Context())
		srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			stop()
			<-r.Context().Done()
		}))
		defer srv.Close()
		_, err := web.Check(ctx, srv.URL)
		if got, want := text(err), `check health of "`+srv.URL+`": context canceled; is tonewatch running?`; got != want {
			t.Errorf("error %q, want %q", got, want)
		}
	})
}

func TestProblems(t *testing.T) {
	t.Parallel()
	r := web.Report{Checks: map[string][]web.Finding{
		"b:x": {{Key: "b:x", Status: web.Warn}, {Key: "b:x", ComponentID: "2", Status: web.Fail}},
		"a:x": {{Key: "a:x", Status: web.Pass}},
		"c:x": {{Key: "c:x", Status: web.Fail}},
	}}
	var got []string
	for _, f := range r.Problems() {
		got = append(got, f.String())
	}
	if diff := cmp.Diff([]string{"b:x 2: fail", "c:x: fail", "b:x: warn"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
