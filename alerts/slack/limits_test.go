package slack_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	slackgo "github.com/slack-go/slack"

	"tonewatch/alerts"
	"tonewatch/alerts/alertstest"
	"tonewatch/alerts/slack"
)

// fits holds a message against Slack's limits: those that slack-go knows and
// those of its reference (https://docs.slack.dev/reference/block-kit/blocks).
func fits(t *testing.T, name string, m slack.Message) {
	t.Helper()
	blocks := m.Blocks
	for _, a := range m.Attachments {
		blocks = append(blocks[:len(blocks):len(blocks)], a.Blocks.BlockSet...)
	}
	if n := len(blocks); n == 0 || n > 50 {
		t.Errorf("%s: %d blocks, want 1 to 50", name, n)
	}
	ids := make(map[string]bool)
	for i, b := range blocks {
		where := fmt.Sprintf("%s: block %d, %s", name, i, b.BlockType())
		if v, ok := b.(interface{ Validate() error }); ok {
			if err := v.Validate(); err != nil {
				t.Errorf("%s: %v", where, err)
			}
		}
		within(t, where+", its ID", b.ID(), 0, 255)
		if b.ID() != "" && ids[b.ID()] {
			t.Errorf("%s: a second block %q", where, b.ID())
		}
		ids[b.ID()] = true
		block(t, where, b)
	}
	total := len(utf16.Encode([]rune(m.Text)))
	for _, p := range parts(t, m) {
		if p.kind != "" { // all but the fallback, which is counted
			total += len(utf16.Encode([]rune(p.text + p.url)))
		}
		if p.text == "" {
			t.Errorf("%s: an empty %s, which Slack refuses", name, p.kind)
		}
	}
	if total > 10_000 {
		t.Errorf("%s: %d characters in all, want at most 10,000", name, total)
	}
	if _, err := json.Marshal(m); err != nil || m.Metadata.EventPayload["key"] == "" {
		t.Errorf("%s: metadata %v (%v), want the key in it", name, m.Metadata, err)
	}
}

func within(t *testing.T, where, text string, least, most int) {
	t.Helper()
	if n := utf8.RuneCountInString(text); n < least || n > most || !utf8.ValidString(text) {
		t.Errorf("%s: %d characters, want %d to %d: %.60q", where, n, least, most, text)
	}
}

// block checks one block by the limits of its kind.
func block(t *testing.T, where string, b slackgo.Block) {
	t.Helper()
	texts := func(most int, list ...*slackgo.TextBlockObject) {
		t.Helper()
		for _, text := range list {
			if err := text.Validate(); err != nil {
				t.Errorf("%s: %v", where, err)
			}
			within(t, where, text.Text, 1, most)
		}
	}
	switch b := b.(type) {
	case *slackgo.HeaderBlock:
		texts(150, b.Text)
	case *slackgo.SectionBlock:
		if n := len(b.Fields); n == 0 || n > 10 {
			t.Errorf("%s: %d fields, want 1 to 10", where, n)
		}
		texts(2000, b.Fields...)
	case *slackgo.ContextBlock:
		if n := len(b.ContextElements.Elements); n == 0 || n > 10 {
			t.Errorf("%s: %d elements, want 1 to 10", where, n)
		}
		for _, e := range b.ContextElements.Elements {
			texts(2000, e.(*slackgo.TextBlockObject))
		}
	case *slackgo.ActionBlock:
		for _, e := range b.Elements.ElementSet {
			switch e := e.(type) {
			case *slackgo.ButtonBlockElement:
				texts(75, e.Text)
				within(t, where, e.ActionID, 1, 255)
				within(t, where, e.Value, 1, 2000)
			case *slackgo.SelectBlockElement:
				texts(150, e.Placeholder)
				within(t, where, e.ActionID, 1, 255)
				for _, o := range e.Options {
					texts(75, o.Text)
					within(t, where, o.Value, 1, 150)
				}
			default:
				t.Errorf("%s: an element %T", where, e)
			}
		}
	case *slackgo.TableBlock:
		if n := len(b.Rows); n < 2 || n > 100 {
			t.Errorf("%s: %d rows, want 2 to 100", where, n)
		}
		for _, row := range b.Rows {
			if len(row) != 5 {
				t.Errorf("%s: %d cells, want 5", where, len(row))
			}
		}
	case *slackgo.RichTextBlock, *slackgo.DataVisualizationBlock:
	default:
		t.Errorf("%s: a block %T that no limit is known of", where, b)
	}
}

func TestEveryLookFits(t *testing.T) {
	t.Parallel()
	for _, m := range alertstest.Messages() {
		for i := range 8 {
			look := slack.Look{Buttons: i&1 > 0, Chart: i&2 > 0, Edit: i&4 > 0}
			shown := slack.Render(m.Message, look)
			fits(t, fmt.Sprintf("%s, %+v", m.Name, look), shown)
			text := string(encode(t, shown))
			if got, want := strings.Contains(text, `"tonewatch:`), look.Buttons && m.Message.Alert != nil; got != want {
				t.Errorf("%s, %+v: buttons %v", m.Name, look, got)
			}
			if got, want := strings.Contains(text, `"data_visualization"`), look.Chart && m.Message.Alert != nil && m.Name != "no-chart"; got != want {
				t.Errorf("%s, %+v: chart %v", m.Name, look, got)
			}
		}
	}
}

// TestHeadlinesFireNothing puts hostile headlines everywhere that a stranger's
// text can be: nobody is rung, nothing is formatted or refused.
func TestHeadlinesFireNothing(t *testing.T) {
	t.Parallel()
	list := alertstest.Headlines()
	if len(list) < 200 {
		t.Fatalf("only %d headlines", len(list))
	}
	want := texts(slack.Render(alertstest.Example().Message(), full), t, "mrkdwn")
	for i, headline := range list {
		a := alertstest.WithHostile(headline)
		name := fmt.Sprintf("headline %d, %.30q", i, headline)
		m := slack.Render(a.Message(), full)
		harmless(t, name, m)
		for text, n := range texts(m, t, "mrkdwn") {
			if want[text] != n {
				t.Errorf("%s changes what Slack formats: %q", name, text)
			}
		}
		a.Remarks = []alerts.Remark{{By: headline, Text: "called the tone of “" + headline + "” wrong"}}
		a.Silenced, a.Mention = a.Episode.Fired, nil
		// Names are the operator's, who may copy them from anywhere.
		a.Episode.Actor, a.Episode.Rule, a.Episode.Voice, a.Engine, a.Page = headline, headline, headline, headline, headline
		harmless(t, name, slack.Render(a.Message(), slack.Look{Buttons: true, Chart: true, Edit: true}))
		harmless(t, name, slack.Render(alerts.Message{Key: "k", Reply: &alerts.Reply{Alert: a, News: alerts.Driven}}, full))
		harmless(t, name, slack.Render(alerts.Message{Key: "k", Digest: &alerts.Digest{Alerts: []alerts.Alert{a, a}}}, full))
		harmless(t, name, slack.Render(alerts.Message{Key: "k", Note: &alerts.Note{Title: headline, Lines: []string{headline, "x"}}}, full))
	}
}

func harmless(t *testing.T, name string, m slack.Message) {
	t.Helper()
	fits(t, name, m)
	for _, p := range parts(t, m) {
		switch p.kind {
		case "mrkdwn":
			if strings.ContainsAny(p.text, "<>") {
				t.Errorf("%s: Slack would format %q", name, p.text)
			}
		case "", "plain_text", "text", "raw_text": // "" is the fallback, which is escaped when sent
		default:
			t.Errorf("%s makes a %q of itself: %+v", name, p.kind, p)
		}
		if p.url != "" {
			t.Errorf("%s makes a link of itself: %+v", name, p)
		}
		for _, r := range p.text {
			if r != '\n' && unicode.In(r, unicode.C, unicode.Zl, unicode.Zp) {
				t.Errorf("%s: %U in %q", name, r, p.text)
			}
		}
	}
	text := string(encode(t, m))
	for _, kind := range []string{"broadcast", "user", "usergroup", "channel", "link"} {
		if strings.Contains(text, `"type": "`+kind+`"`) {
			t.Errorf("%s: an element of type %q", name, kind)
		}
	}
}

// TestCallsOnlyWhomTheOperatorNames also says what becomes of a name that is
// none of Slack's.
func TestCallsOnlyWhomTheOperatorNames(t *testing.T) {
	t.Parallel()
	a := alertstest.Example()
	a.Mention = []string{"U012AB3CD", "@W012AB3CD", "S0614TZR7", "@here", "U1", "<!channel>", "<@U012AB3CD>"}
	line := func(l slack.Look) string {
		_, after, _ := strings.Cut(read(t, slack.Render(a.Message(), l)), "\n\n")
		first, _, _ := strings.Cut(after, "\n")
		return first
	}
	if got, want := line(full), "@user:U012AB3CD @user:W012AB3CD @group:S0614TZR7 @here U1 <!channel> <@U012AB3CD>"; got != want {
		t.Errorf("calls %q, want %q", got, want)
	}
	if got, want := line(slack.Look{Edit: true}), "*Now*  −0.23"; strings.ReplaceAll(got, "**", "*") != want {
		t.Errorf("an edit begins with %q, want %q: it calls nobody", got, want)
	}
}

func TestPostNamesNobodyWhoActed(t *testing.T) {
	t.Parallel()
	a := alertstest.Example()
	a.Remarks = []alerts.Remark{{At: a.Episode.Fired, By: "U012AB3CD", Text: "acknowledged"}}
	for edit, want := range map[bool]string{
		false: "✔ Somebody acknowledged, 13:05 UTC",
		true:  "✔ @user:U012AB3CD acknowledged, 13:05 UTC",
	} {
		if text := read(t, slack.Render(a.Message(), slack.Look{Edit: edit})); !strings.Contains(text, want) {
			t.Errorf("edit %v: want %q in\n%s", edit, want, text)
		}
	}
}

func TestManyRemarksAreCutToTheLatest(t *testing.T) {
	t.Parallel()
	a := alertstest.Example()
	for i := range 9 {
		a.Remarks = append(a.Remarks, alerts.Remark{At: a.Episode.Fired, Text: fmt.Sprintf("did thing %d", i)})
	}
	text := read(t, slack.Render(a.Message(), slack.Look{Edit: true}))
	if !strings.Contains(text, "4 earlier\n✔ did thing 4, 13:05 UTC\n") || !strings.Contains(text, "✔ did thing 8, 13:05 UTC\n") {
		t.Errorf("want the latest five remarks and how many were before:\n%s", text)
	}
}
