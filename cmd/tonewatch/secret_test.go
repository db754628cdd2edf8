package main

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tonewatch/monitor/store"
)

// A probe, a person at a shell and a check of routes have not the daemon's
// secrets, and need none. What tells, or says whether telling works, does.
func TestOnlyWhatTellsNeedsSecrets(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path, db, article := filepath.Join(folder, "tonewatch.yaml"), filepath.Join(folder, "tonewatch.db"), filepath.Join(folder, "article.txt")
	must(t, os.WriteFile(article, []byte("Acme grew."), 0o600))
	must(t, os.WriteFile(path, fmt.Appendf(nil, `
store: {path: %q}
feeds: [{url: "https://e.org/feed"}]
http: {listen: "127.0.0.1:1"}
scoring: {engine: bayes}
actors: [{name: Acme}]
rules: [{name: turn, toward: [Acme], shift: {by: 0.3}}]
routes: [{slack: "#desk", continue: true}, {webhook: pager}]
webhooks: [{name: pager, url: "${UNSET_PAGER_URL}", secret: "${UNSET_PAGER_SECRET}"}]
slack: {token: "${UNSET_SLACK_TOKEN}", app_token_file: absent.txt}
`, db), 0o600))
	open, err := store.Open(t.Context(), store.Options{Path: db, Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	must(t, open.SyncActors(t.Context(), []string{"Acme"}, time.Now()))
	defer func() { must(t, open.Close()) }()

	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"healthcheck", exitFailed, "is tonewatch running?"},
		{"silence add --actor Acme --for 8h", exitOK, "silence 1: Acme until"},
		{"silence list", exitOK, "Acme"},
		{"silence expire 1", exitOK, ""},
		{"route test --actor Acme --rule turn", exitOK, "slack:#desk"},
		{"feedback export", exitOK, ""},
		{"score " + article, exitOK, "Acme"},
		{"explain --mentions " + article, exitOK, "Acme"},
		{"explain --rules", exitOK, "the history has no story about an actor of the configuration"},
		{"backtest --sweep for=1h", exitOK, "for"},
		{"tune --alerts-per-week 1", exitFailed, "the history of 0.0 days is too short"},
		{"run", exitConfig, `"UNSET_SLACK_TOKEN" is not set`},
		{"check", exitConfig, `"UNSET_SLACK_TOKEN" is not set`},
		{"slack test", exitConfig, `"UNSET_SLACK_TOKEN" is not set`},
		{"doctor", exitFailed, `"UNSET_SLACK_TOKEN" is not set`},
	} {
		code, out, errOut := runMain(t, append(strings.Fields(c.args), "--config", path)...)
		if code != c.code || !strings.Contains(out+errOut, c.want) {
			t.Errorf("%s: code %d, %q and %q; want %d and %q", c.args, code, out, errOut, c.code, c.want)
		}
	}
}
