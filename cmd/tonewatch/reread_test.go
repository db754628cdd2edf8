package main

import (
	"database/sql"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tonewatch/configs"
)

// A daemon that finds readings of another engine judges their stories anew, and
// says when it begins and when it is done.
func TestAChangedEngineIsNoticed(t *testing.T) {
	t.Parallel()
	p := &daily{}
	server := httptest.NewServer(p)
	defer server.Close()
	p.url = server.URL
	folder := t.TempDir()
	path, db := filepath.Join(folder, "tonewatch.yaml"), filepath.Join(folder, "tonewatch.db")
	if err := os.WriteFile(path, fmt.Appendf(nil, `
store: {path: %[1]q}
http: {listen: "127.0.0.1:0"}
fetch: {allow: [127.0.0.0/8], host_pause: 0}
actors: [{name: Acme}]
feeds: [{url: %[2]s/alpha.xml, outlet: Alpha, every: "@every 1h"}]
rules: [{name: turn, toward: [Acme], shift: {by: 0.4}}]
`, db, server.URL), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := configs.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, at: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)}
	p.now = w.now
	run := func(hours int) {
		t.Helper()
		log := slog.New(slog.NewTextHandler(&w.logs, nil))
		if w.d, err = startDaemon(t.Context(), c, daemonOptions{Out: &w.out, Log: log, Now: w.now}); err != nil {
			t.Fatal(err)
		}
		for range hours {
			w.advance(time.Hour + 2*time.Minute)
		}
		if err := w.d.stop(); err != nil {
			t.Fatal(err)
		}
	}
	run(4)
	const stale = `SELECT count(*) FROM readings WHERE engine = 'older v0 abc'`
	execute(t, db, `UPDATE readings SET engine = 'older v0 abc'`)
	if n := count(t, db, stale); n != 8 {
		t.Fatalf("%d readings of four stories, want 8", n)
	}
	run(1)
	if n := count(t, db, stale); n != 0 {
		t.Errorf("%d readings of the older engine are left", n)
	}
	if n := count(t, db, `SELECT count(*) FROM readings`); n != 10 {
		t.Errorf("%d readings of five stories, want 10", n)
	}
	for _, line := range []string{"stories are to be read again\" stories=4", "all stories are read again"} {
		if n := strings.Count(w.logs.String(), line); n != 1 {
			t.Errorf("%q is logged %d times, want once:\n%s", line, n, w.logs.String())
		}
	}
}

func execute(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // the statement is done or the test has failed
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}
