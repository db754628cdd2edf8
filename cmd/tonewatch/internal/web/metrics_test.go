package web_test

import (
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"tonewatch/cmd/tonewatch/internal/web"
	"tonewatch/monitor"
)

// own are the lines of /metrics about tonewatch, not about the Go runtime.
func own(t *testing.T, body string) string {
	t.Helper()
	var b strings.Builder
	for line := range strings.Lines(body) {
		if strings.Contains(line, "tonewatch_") {
			b.WriteString(strings.ReplaceAll(line, runtime.Version(), "GOVERSION"))
		}
	}
	return b.String()
}

func TestMetrics(t *testing.T) {
	t.Parallel()

	t.Run("of a snapshot", func(t *testing.T) {
		t.Parallel()
		rec := get(t, refreshed(t, web.Options{Version: "0.1.0"}, troubled()), "/metrics")
		if rec.Code != http.StatusOK {
			t.Fatalf("code %d: %s", rec.Code, rec.Body)
		}
		body := rec.Body.String()
		golden(t, "metrics.txt", own(t, body))
		if strings.Contains(body, "hunter2") {
			t.Error("the metrics hold a secret")
		}
		for _, name := range []string{"\ngo_goroutines ", "\nprocess_start_time_seconds "} {
			if !strings.Contains(body, name) {
				t.Errorf("no %q", strings.TrimSpace(name))
			}
		}
		problems, err := promlint.New(strings.NewReader(body)).Lint()
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range problems {
			t.Errorf("lint: %s: %s", p.Metric, p.Text)
		}
	})

	t.Run("before the first snapshot", func(t *testing.T) {
		t.Parallel()
		got := own(t, get(t, web.New(web.Options{Version: "0.1.0"}), "/metrics").Body.String())
		want := `# HELP tonewatch_build_info What is running; always 1.
# TYPE tonewatch_build_info gauge
tonewatch_build_info{goversion="GOVERSION",version="0.1.0"} 1
`
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})

	t.Run("a label that is not UTF-8 does not cost the rest", func(t *testing.T) {
		t.Parallel()
		st := monitor.Status{Articles: 9, Actors: []monitor.ActorStatus{
			{Actor: "\xff", Open: []monitor.Episode{{Rule: "sharp turn", Phase: monitor.Firing}}},
			{Actor: "North Korea", Open: []monitor.Episode{{Rule: "sharp turn", Phase: monitor.Firing}}},
		}}
		var log strings.Builder
		rec := get(t, refreshed(t, web.Options{Log: logTo(&log)}, st), "/metrics")
		if rec.Code != http.StatusOK {
			t.Fatalf("code %d: %s", rec.Code, rec.Body)
		}
		for _, line := range []string{"\ntonewatch_articles_total 9\n", "\ntonewatch_alert_active{actor=\"North Korea\",rule=\"sharp turn\"} 1\n"} {
			if !strings.Contains(rec.Body.String(), line) {
				t.Errorf("no %q", strings.TrimSpace(line))
			}
		}
		if !strings.Contains(log.String(), "is not valid UTF-8") {
			t.Errorf("log does not name the bad label: %q", log.String())
		}
	})

	t.Run("feeds alike but for their secrets stay apart", func(t *testing.T) {
		t.Parallel()
		body := get(t, refreshed(t, web.Options{}, monitor.Status{Feeds: []monitor.Feed{
			{ID: 1, URL: "https://n.example/rss"},
			{ID: 2, URL: "https://n.example/rss?q=a", Failures: 2},
			{ID: 3, URL: "https://n.example/rss?q=b", Failures: 3},
			{ID: 4, URL: "https://u:p@n.example/rss", Failures: 4},
		}}), "/metrics").Body.String()
		for _, line := range []string{
			`tonewatch_feed_failures{feed="https://n.example/rss"} 0`,
			`tonewatch_feed_failures{feed="https://n.example/rss?redacted#2"} 2`,
			`tonewatch_feed_failures{feed="https://n.example/rss?redacted#3"} 3`,
			`tonewatch_feed_failures{feed="https://n.example/rss#4"} 4`,
		} {
			if !strings.Contains(body, "\n"+line+"\n") {
				t.Errorf("no %s", line)
			}
		}
	})
}
