package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tonewatch/monitor"
)

// Silences are added and expired by other processes while the daemon runs, which
// heeds them: each time it brings what it has told up to date.
func TestSilencesBesideARunningDaemon(t *testing.T) {
	t.Parallel()
	posts := make(chan string, 10)
	pager := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var body struct {
			Status string
			Alerts []struct{ Labels map[string]string }
		}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || len(body.Alerts) != 1 {
			t.Errorf("body of %d alerts, error %v", len(body.Alerts), err)
			return
		}
		posts <- body.Status + " " + body.Alerts[0].Labels["actor"]
	}))
	defer pager.Close()
	w := startWorld(t, `
scoring: {engine: bayes}
actors: [{name: Acme}, {name: Bolt}]
rules: [{name: turn, toward: ["*"], shift: {by: 0.3}}]
webhooks: [{name: pager, url: "`+pager.URL+`", secret: s}]
routes: [{match: {actor: Acme}, webhook: pager}]
`)
	e := monitor.Episode{Rule: "turn", Actor: "Acme", Voice: monitor.AnyVoice, Phase: monitor.Firing, Direction: -1, Fired: w.now(), Since: w.now(), Revision: 1}
	if err := w.d.store.SaveDetection(t.Context(), "Acme", monitor.Detection{Moves: []monitor.Move{{After: e}}}); err != nil {
		t.Fatal(err)
	}
	posted := func(when string) {
		t.Helper()
		select {
		case got := <-posts:
			if got != "firing Acme" {
				t.Errorf("%s %q is posted, want it firing", when, got)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("%s nothing is posted within 20 s:\n%s", when, w.logs.String())
		}
	}
	posted("at first")

	other := func(args ...string) string {
		t.Helper()
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		c := exec.CommandContext(t.Context(), self, append(args, "--config", filepath.Join(w.folder, "tonewatch.yaml"))...)
		c.Env = append(os.Environ(), mainEnv+"=1")
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	if got := other("silence", "add", "--actor", "Acme", "--for", "8h", "--comment", "known\x1b[2J", "--author", "ada"); !strings.HasPrefix(got, "silence 1: Acme until 20") {
		t.Errorf("add says %q", got)
	}
	posted("silenced")
	var list []monitor.Silence
	if err := json.Unmarshal([]byte(other("silence", "list", "--json")), &list); err != nil || len(list) != 1 || list[0].Actor != "Acme" || list[0].Author != "ada" || list[0].Ends.Sub(list[0].Starts) != 8*time.Hour {
		t.Errorf("silences %+v, error %v", list, err)
	}
	for _, command := range [][]string{{"silence", "list"}, {"route", "test", "--actor", "Acme", "--rule", "turn"}} {
		if got := other(command...); !strings.Contains(got, "ada  known[2J\n") {
			t.Errorf("%v says %q", command, got)
		}
	}
	other("silence", "expire", "1")
	posted("no longer silenced")
	if got := other("silence", "list"); got != "no silences\n" {
		t.Errorf("list says %q", got)
	}
}
