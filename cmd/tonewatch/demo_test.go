package main

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
)

// The demo is the whole program on real servers: it must tell the one true
// shift, once, and leave the decoys alone.
func TestDemo(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and not about concurrency")
	}
	t.Parallel()
	for name, c := range map[string]struct {
		args []string
		told string
	}{
		"to the terminal": {[]string{"demo", "--exit"}, "▼ Vantholm Lines: tone fell by "},
		"to a Slack":      {[]string{"demo", "--exit", "--slack-fake"}, `"method": "chat.postMessage"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out, errOut bytes.Buffer
			if code := Main(t.Context(), c.args, strings.NewReader(""), &out, &errOut); code != exitOK {
				t.Fatalf("exit code %d: %s", code, errOut.String())
			}
			if n := strings.Count(out.String(), c.told); n != 1 {
				t.Errorf("%q is told %d times, want once", c.told, n)
			}
			if n := strings.Count(out.String(), "as it should be"); n != 4 || strings.Contains(out.String(), "wrong") {
				t.Errorf("%d of 4 actors are as they should be", n)
			}
			// The mix decoy is silent because nobody changed tone, and that is said.
			if !regexp.MustCompile(`Edda Torvalen .*\n +silent on .* another mix of outlets -0\.[2-9].*short of the rule: size`).MatchString(out.String()) {
				t.Error("why the mix decoy is silent is not said")
			}
			if t.Failed() {
				t.Log(out.String())
			}
		})
	}
}
