package slack_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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

// full is how a channel with an app token shows a new message.
var full = slack.Look{Buttons: true, Chart: true}

// shown are the messages of the golden files, each in its look.
func shown() map[string]slack.Message {
	all := map[string]slack.Message{
		"bare":    slack.Render(alertstest.Example().Message(), slack.Look{}),
		"hostile": slack.Render(alertstest.WithHostile(alertstest.Hostile()[0]).Message(), full),
	}
	for _, m := range alertstest.Messages() {
		look := full
		// What people did is there only once the message is: in an edit.
		look.Edit = m.Message.Alert != nil && len(m.Message.Alert.Remarks) > 0
		all[m.Name] = slack.Render(m.Message, look)
	}
	return all
}

func TestRenderGolden(t *testing.T) {
	t.Parallel()
	all := shown()
	for name, m := range all {
		golden(t, name+".json", encode(t, m))
		golden(t, name+".txt", []byte(read(t, m)))
		fits(t, name, m)
	}
	files, err := filepath.Glob("testdata/*")
	if err != nil || len(files) != 2*len(all) {
		t.Errorf("%d golden files (%v), want two for each of the %d messages", len(files), err, len(all))
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
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
		for text := range texts(slack.Render(a.Message(), full), t, "mrkdwn") {
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
	wide := brim()
	for _, look := range []slack.Look{{}, full, {Buttons: true, Chart: true, Edit: true}} {
		alert := slack.Render(wide.Message(), look)
		fits(t, "alert", alert)
		if text := read(t, alert); !strings.Contains(text, "more") {
			t.Errorf("the message does not say how many stories it leaves out:\n%s", text)
		}
		for _, news := range []alerts.News{alerts.Worse, alerts.Driven, alerts.Recovered, alerts.Still} {
			fits(t, string(news), slack.Render(alerts.Message{Key: wide.Key, Reply: &alerts.Reply{Alert: wide, News: news}}, look))
		}
		digest := alerts.Digest{Alerts: slices.Repeat([]alerts.Alert{wide}, 60)}
		m := slack.Render(alerts.Message{Key: wide.Key, Digest: &digest}, look)
		fits(t, "digest", m)
		rows := len(slices.Collect(strings.SplitSeq(read(t, m), "\n| "))) - 2 // what is before them, and the heading
		if rows < 5 || !strings.Contains(read(t, m), fmt.Sprintf("+%d more", 60-rows)) {
			t.Errorf("%d rows, want some, and the others counted:\n%s", rows, read(t, m))
		}
		note := alerts.Note{Title: wide.Key, Lines: slices.Repeat([]string{wide.Key}, 60)}
		fits(t, "note", slack.Render(alerts.Message{Key: wide.Key, Note: &note}, look))
	}
}

// brim is an alert with everything as long as it gets.
func brim() alerts.Alert {
	wide := strings.Repeat("\U0001f4a9", 5000)
	a := alertstest.WithHostile(wide)
	a.Episode.Actor, a.Episode.Voice, a.Episode.Rule, a.Key = wide, wide, wide, wide
	a.Engine, a.Config, a.Page = wide, wide, "https://a.example/"+strings.Repeat("x", 780)
	a.Mention = slices.Repeat([]string{wide}, 30)
	a.Silenced = a.Episode.Fired.Add(time.Hour)
	a.Remarks = slices.Repeat([]alerts.Remark{{By: wide, Text: wide}}, 30)
	for i := range a.Episode.Evidence {
		a.Episode.Evidence[i].URL = "https://a.example/" + strings.Repeat("x", 780)
	}
	return a
}
