package slack_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"tonewatch/alerts/alertstest"
	"tonewatch/monitor"
)

// Whatever the headlines are, Slack takes the form: every text within its limit
// and not empty, no option twice.
func TestFormFitsSlacksLimits(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	episodes := []monitor.Episode{alertstest.Example().Episode}
	for _, text := range alertstest.Hostile() {
		e := alertstest.WithHostile(text).Episode
		e.Actor = text
		episodes = append(episodes, e)
	}
	episodes[0].Evidence = nil
	for i, e := range episodes {
		o.book.set(e)
		o.send(t, envelope("e", "interactive", press(o.key, "wrong", nil)))
		until(t, "the form", func() bool { return len(o.opened()) == i+1 })
		var view struct {
			View struct {
				Title  struct{ Text string }
				Blocks []struct {
					Label   struct{ Type, Text string }
					Element struct {
						Options []struct {
							Value string
							Text  struct{ Type, Text string }
						}
					}
				}
			}
		}
		must(t, json.Unmarshal(o.opened()[i], &view))
		if n := len(view.View.Blocks); n != 3 && (n != 2 || len(e.Evidence) > 0) {
			t.Errorf("%d inputs for %d stories", n, len(e.Evidence))
		}
		for _, b := range view.View.Blocks {
			if n := utf8.RuneCountInString(b.Label.Text); n == 0 || n > 150 || b.Label.Type != "plain_text" {
				t.Errorf("label %q of %d characters", b.Label.Text, n)
			}
			seen := make(map[string]bool)
			for _, option := range b.Element.Options {
				n := utf8.RuneCountInString(option.Text.Text)
				if n == 0 || n > 75 || option.Text.Type != "plain_text" || seen[option.Value] || option.Value == "" || strings.ContainsAny(option.Text.Text, "\n\u202e") {
					t.Errorf("option %q (%q) of %d characters", option.Text.Text, option.Value, n)
				}
				seen[option.Value] = true
			}
		}
	}
}

// The alert's stories may change, or the alert be gone, while the form is open:
// what was chosen is kept by its title, and who is too late is told.
func TestFormOutlivesTheAlertsStories(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.send(t, envelope("e1", "interactive", filled(o.key, "0123456789abcdef", "A story of yesterday", "neutral", "")))
	o.acknowledged(t, "e1")
	if acts := o.acts(); len(acts) != 1 || acts[0].Story != "A story of yesterday" || acts[0].Link != "" {
		t.Errorf("acts %+v, want the story as it was chosen", acts)
	}
	o.send(t, envelope("e2", "interactive", filled("gone", "", "", "neutral", "")))
	if payload := o.acknowledged(t, "e2"); !strings.Contains(payload, "This alert is no longer kept.") {
		t.Errorf("answer %s, want that the alert is gone", payload)
	}
	for i, c := range []struct{ answer, want string }{
		{`{"ok":false,"error":"expired_trigger_id"}`, "That took too long: press the button again."},
		{`{"ok":false,"error":"fatal_error"}`, "That could not be done just now. Try again in a minute"},
	} {
		o.answer("views.open", c.answer)
		o.send(t, envelope("e3", "interactive", press(o.key, "wrong", nil)))
		if form := o.ephemeral(t, i+1); !strings.Contains(form.Get("text"), c.want) {
			t.Errorf("%s: answer %q, want %q", c.answer, form.Get("text"), c.want)
		}
	}
}
