package main

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// mainEnv makes the test binary tonewatch itself.
const mainEnv = "TONEWATCH_TEST_MAIN"

// The real program, with a slow publisher in the middle of an answer, is told to
// stop: it ends by itself, cleanly, within ten seconds, and the poll it could
// not finish is there again.
func TestStopHandsBackWhatIsUnfinished(t *testing.T) {
	t.Parallel()
	asked, release := make(chan struct{}, 10), make(chan struct{})
	publisher := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}))
	defer publisher.Close()
	defer close(release)

	folder := t.TempDir()
	path, db, address := filepath.Join(folder, "c.yaml"), filepath.Join(folder, "tonewatch.db"), freeAddress(t)
	config := fmt.Sprintf(`
store: {path: %q}
http: {listen: %q}
fetch: {allow: [127.0.0.0/8], timeout: 1h}
feeds: [{url: %s/feed.xml}]
scoring: {engine: bayes} # starts sooner
actors: [{name: Acme}]
rules: [{name: turn, toward: [Acme], shift: {by: 0.3}}]
`, db, address, publisher.URL)
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var logs bytes.Buffer
	daemon := exec.Command(self, "run", "-config", path) //nolint:noctx // it is stopped by a signal
	daemon.Env = append(os.Environ(), mainEnv+"=1")
	daemon.Stderr = &logs
	if err := daemon.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- daemon.Wait() }()

	select {
	case <-asked:
	case err := <-ended:
		t.Fatalf("the daemon ended by itself: %v\n%s", err, logs.String())
	case <-time.After(time.Minute):
		t.Fatal("the feed was not asked for within a minute")
	}
	if err := daemon.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("ended with %v", err)
		}
	case <-time.After(10 * time.Second):
		_ = daemon.Process.Kill()
		t.Fatal("still there after ten seconds")
	}
	if !strings.Contains(logs.String(), `"msg":"stopping"`) || strings.Contains(logs.String(), `"level":"ERROR"`) {
		t.Errorf("log: %s", logs.String())
	}
	if n := count(t, db, `SELECT count(*) FROM river_job WHERE kind = 'poll' AND state = 'available' AND attempt = 0`); n != 1 {
		t.Errorf("%d untried poll jobs are waiting, want the one that was handed back", n)
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return l.Addr().String()
}
