package configs_test

import (
	"net/netip"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.yaml.in/yaml/v4"

	"tonewatch/configs"
)

// Whatever the file, Parse returns; every problem points into the file, says
// something and shows no token; and an accepted file, printed, is accepted again
// and means the same.
func FuzzParse(f *testing.F) {
	const token = "xoxb-1-hush"
	for _, path := range []string{"example.yaml", "testdata/ten-mistakes.yaml"} {
		f.Add(string(mustRead(f, path)))
	}
	for _, src := range []string{
		"", "---\n...\n", "a: &a [*a]", "\ufeffx:\r\n\ty", "actors: [{name: ${A:-b}}]", "? [a]\n: {b: *c}",
		minimal + "slack: {token: " + token + ", nope: " + token + "}",
		minimal + "feeds:\n- url: http://a\n  every: TZ= @every 1h\n",
		minimal + "rules: [{name: r, toward: ['*'], shift: {by: .1, window: 1w}, rearm: 1e-9}]",
	} {
		f.Add(src)
	}
	env := func(name string) (string, bool) { return token, name == "SLACK_BOT_TOKEN" }
	f.Fuzz(func(t *testing.T, src string) {
		config, err := configs.Parse("fuzz.yaml", []byte(src), env)
		if err != nil {
			checkProblems(t, src, mustProblems(t, err))
			if !strings.Contains(src, "hush") && strings.Contains(err.Error(), "hush") {
				t.Fatalf("what a variable held is shown:\n%v", err)
			}
			return
		}
		text, err := yaml.Dump(config)
		if err != nil {
			t.Fatal(err)
		}
		again, err := configs.Parse("again.yaml", []byte(strings.ReplaceAll(string(text), "$", "$$")), noVariables)
		if err != nil {
			t.Fatalf("%v\nin:\n%s", err, text)
		}
		again.Slack.Token = config.Slack.Token
		for i := range min(len(again.Webhooks), len(config.Webhooks)) {
			again.Webhooks[i].URL, again.Webhooks[i].Secret = config.Webhooks[i].URL, config.Webhooks[i].Secret
		}
		if diff := cmp.Diff(config, again, ignoreFile, cmpopts.EquateEmpty(), cmpopts.EquateComparable(netip.Prefix{})); diff != "" {
			t.Fatalf("printed and read again (-first +again):\n%s", diff)
		}
	})
}

func checkProblems(t *testing.T, src string, problems configs.Problems) {
	lines := 1 + strings.Count(src, "\n") + strings.Count(src, "\r")
	for i, p := range problems {
		switch {
		case p.Line < 1 || p.Line > lines || p.Column < 1 || p.Column > utf8.RuneCountInString(src)+1:
			t.Fatalf("points out of the file: %v", p)
		case p.Message == "" || strings.Contains(p.Message, "%!") && !strings.Contains(src, "%!"):
			t.Fatalf("says nothing: %v", p)
		case p.Excerpt == "" && len(src) <= 10_000:
			t.Fatalf("shows nothing: %v", p)
		case i > 0 && (p.Line < problems[i-1].Line || p.Line == problems[i-1].Line && p.Column < problems[i-1].Column):
			t.Fatalf("out of order: %v after %v", p, problems[i-1])
		}
	}
}
