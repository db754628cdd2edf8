package web

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"path"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

//go:embed index.html
var index []byte

// mediaType is the draft's own for a health report.
const mediaType = "application/health+json"

// NewHTTPServer gives the limits that a listener for probes needs: nobody holds
// a connection or fills memory for long. The caller gives address and listener.
func NewHTTPServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
}

// routes serves GET and HEAD; the mux answers other methods with 405.
func (s *Server) routes() http.Handler {
	live := func(w http.ResponseWriter, _ *http.Request) { probe(w, s.alive(s.now())) }
	ready := func(w http.ResponseWriter, _ *http.Request) { probe(w, s.ready(s.now())) }
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", live)
	mux.HandleFunc("GET /-/healthy", live)
	mux.HandleFunc("GET /readyz", ready)
	mux.HandleFunc("GET /-/ready", ready)
	mux.HandleFunc("GET /health", s.health)
	mux.Handle("GET /metrics", s.metrics())
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, "text/html; charset=utf-8", index)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Security-Policy", "default-src 'none'")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		// The mux would redirect //livez to /livez, and a probe takes a
		// redirect for success.
		if r.URL.Path != path.Clean(r.URL.Path) {
			http.NotFound(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// metrics shows what can be shown: one bad label does not cost the scrape.
func (s *Server) metrics() http.Handler {
	return promhttp.HandlerFor(newRegistry(newCollector(s.version, s.last.Load)), promhttp.HandlerOpts{
		ErrorLog:      slog.NewLogLogger(s.log.Handler(), slog.LevelError),
		ErrorHandling: promhttp.ContinueOnError,
	})
}

// health serves the report: 503 when it fails, and with ?strict=1 already when
// it warns.
func (s *Server) health(w http.ResponseWriter, r *http.Request) {
	strict := false
	if given := r.URL.Query().Get("strict"); given != "" {
		var err error
		if strict, err = strconv.ParseBool(given); err != nil {
			http.Error(w, fmt.Sprintf("strict=%q: want 1 or 0", given), http.StatusBadRequest)
			return
		}
	}
	report := newReport(s.version, s.all(s.now()))
	if last := s.last.Load(); last == nil || last.taken.IsZero() {
		report.Output = "starting"
	}
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(report); err != nil { // impossible: strings, times and finite numbers
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	code := http.StatusOK
	if report.Status == Fail || strict && report.Status != Pass {
		code = http.StatusServiceUnavailable
	}
	answer(w, code, mediaType, body.Bytes())
}

// probe answers 200 and "ok", or 503 and what fails, a line each.
func probe(w http.ResponseWriter, findings []Finding) {
	code, body := http.StatusOK, []byte("ok\n")
	if worst(findings) == Fail {
		code, body = http.StatusServiceUnavailable, nil
		for _, f := range findings {
			if f.Status == Fail {
				body = fmt.Appendln(body, f)
			}
		}
	}
	answer(w, code, "text/plain; charset=utf-8", body)
}

func answer(w http.ResponseWriter, code int, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(code)
	_, _ = w.Write(body) // the asker may be gone; nobody else would want it
}
