package slack_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	slackgo "github.com/slack-go/slack"

	"tonewatch/alerts"
	"tonewatch/alerts/alertstest"
	"tonewatch/alerts/slack"
	"tonewatch/monitor"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// encode is a message as the golden files hold it.
func encode(t *testing.T, m slack.Message) []byte {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRenderGolden(t *testing.T) {
	t.Parallel()
	cases := append(alertstest.Cases(), alertstest.Case{Name: "hostile", Alert: alertstest.WithHostile(alertstest.Hostile()[0])})
	for _, c := range cases {
		path := filepath.Join("testdata", c.Name+".json")
		got := encode(t, slack.Render(c.Alert))
		if *update {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) != len(cases) {
		t.Errorf("%d golden files (%v), want one for each of the %d cases", len(files), err, len(cases))
	}
}

// part is one object of a message's JSON that holds text.
type part struct{ kind, text, url string }

// parts are all texts of a message, wherever they are.
func parts(t *testing.T, m slack.Message) []part {
	t.Helper()
	var whole any
	if err := json.Unmarshal(encode(t, m), &whole); err != nil {
		t.Fatal(err)
	}
	var list []part
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, item := range v {
				walk(item)
			}
		case map[string]any:
			kind, _ := v["type"].(string)
			text, isText := v["text"].(string)
			address, _ := v["url"].(string)
			if isText {
				list = append(list, part{kind, text, address})
			}
			for _, item := range v {
				walk(item)
			}
		}
	}
	walk(whole)
	return list
}

func TestHostileTextStaysText(t *testing.T) {
	t.Parallel()
	for _, text := range alertstest.Hostile() {
		a := alertstest.WithHostile(text)
		plain := slack.Render(alertstest.Example())
		m := slack.Render(a)
		want := texts(plain, t, "mrkdwn")
		if diff := cmp.Diff(want, texts(m, t, "mrkdwn")); diff != "" {
			t.Errorf("%.40q changes what Slack formats (-want +got):\n%s", text, diff)
		}
		for _, p := range parts(t, m) {
			switch p.kind {
			case "", "mrkdwn", "plain_text", "text": // "" is the fallback, which is escaped when sent
			default:
				t.Errorf("%.40q makes a %q of itself: %+v", text, p.kind, p)
			}
			for _, r := range p.text {
				if r != '\n' && unicode.In(r, unicode.C, unicode.Zl, unicode.Zp) {
					t.Errorf("%.40q: %U in %q", text, r, p.text)
				}
			}
			if p.text == "" {
				t.Errorf("%.40q: an empty %s, which Slack refuses", text, p.kind)
			}
		}
	}
}

// texts are those of one kind, in no order that matters.
func texts(m slack.Message, t *testing.T, kind string) map[string]int {
	t.Helper()
	count := make(map[string]int)
	for _, p := range parts(t, m) {
		if p.kind == kind {
			count[p.text]++
		}
	}
	return count
}

func TestOperatorsNamesAreEscaped(t *testing.T) {
	t.Parallel()
	a := alertstest.Example()
	a.Episode.Rule, a.Episode.Voice = "<!channel> & co", "<!here>"
	rift := a
	rift.Rule.Shift = nil
	rift.Rule.Split = &monitor.SplitRule{Between: [2]monitor.Side{{Voice: "<!here>"}, {Outlets: []string{"<@U012AB3CD>"}}}}
	for _, a := range []alerts.Alert{a, rift} {
		for text := range texts(slack.Render(a), t, "mrkdwn") {
			if strings.ContainsAny(text, "<>") {
				t.Errorf("unescaped %q", text)
			}
		}
	}
}

func TestFallbackIsEscapedWhenSent(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	e := alertstest.WithHostile("<!channel> & <@U012AB3CD>").Episode
	d.store.Put(e)
	if err := d.deliver(t); err != nil {
		t.Fatal(err)
	}
	text := d.sent()[0].form.Get("text")
	if strings.ContainsAny(text, "<>") || !strings.Contains(text, "“&lt;!channel&gt; &amp; &lt;@U012AB3CD&gt;”") {
		t.Errorf("fallback %q, want it escaped", text)
	}
}

// TestMessageFitsSlacksLimits fills every text to the brim.
func TestMessageFitsSlacksLimits(t *testing.T) {
	t.Parallel()
	for _, c := range append(alertstest.Cases(), alertstest.Case{Name: "brim", Alert: brim()}) {
		m := slack.Render(c.Alert)
		if n := len(m.Blocks); n > 50 {
			t.Errorf("%s: %d blocks, want at most 50", c.Name, n)
		}
		total := 0
		for _, p := range parts(t, m) {
			total += len(utf16.Encode([]rune(p.text + p.url)))
		}
		if total > 10000 {
			t.Errorf("%s: %d characters in all, want at most 10,000", c.Name, total)
		}
		for _, b := range m.Blocks {
			switch b := b.(type) {
			case *slackgo.HeaderBlock:
				if n := len([]rune(b.Text.Text)); n > 150 {
					t.Errorf("%s: header of %d characters, want at most 150", c.Name, n)
				}
			case *slackgo.SectionBlock:
				if len(b.Fields) > 10 {
					t.Errorf("%s: %d fields, want at most 10", c.Name, len(b.Fields))
				}
				for _, f := range b.Fields {
					if err := f.Validate(); err != nil || len([]rune(f.Text)) > 2000 {
						t.Errorf("%s: field %q (%v), want at most 2,000 characters", c.Name, f.Text, err)
					}
				}
			}
		}
	}
}

// brim is an alert with everything as long as it gets.
func brim() alerts.Alert {
	wide := strings.Repeat("\U0001f4a9", 5000)
	a := alertstest.WithHostile(wide)
	a.Episode.Actor, a.Episode.Voice, a.Episode.Rule, a.Key = wide, wide, wide, wide
	for i := range a.Episode.Evidence {
		a.Episode.Evidence[i].URL = "https://a.example/" + strings.Repeat("x", 780)
	}
	return a
}
