package alerts_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"tonewatch/alerts"
	"tonewatch/alerts/alertstest"
	"tonewatch/monitor"
)

func TestStories(t *testing.T) {
	t.Parallel()
	got, more := alertstest.Example().Stories(3)
	want := []alerts.Story{
		{
			Title: "Talks in Geneva collapse after two missiles fall into the sea", Link: "https://ledger.example/world/geneva?ref=feed",
			Source: "The Ledger · tone −0.62 · +19 copies",
			Before: "Envoys left the hall after ", Target: "North Korea", After: ", which had asked for the meeting, called it a farce.",
		},
		{
			Title: "Seoul: patience is at an end", Link: "https://meridian.example/2026/03/04/seoul",
			Source: "Meridian · tone −0.58 · +1 copy · voiced by South Korea",
			Before: "“", Target: "The North", After: " has chosen to threaten its neighbours once more,” the minister said.",
		},
		{
			Title: "Grain ships turned away at Nampo", Source: "Harbour News · tone −0.41",
			Before: "The port authority gave no reason, and ", Target: "Pyongyang", After: " has not answered questions.",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stories (-want +got):\n%s", diff)
	}
	if more != 7 {
		t.Errorf("%d more, want 7", more)
	}
}

func TestStoryOfOneSentence(t *testing.T) {
	t.Parallel()
	type parts struct{ Before, Target, After string }
	words := strings.Repeat("word ", 80)
	tests := map[string]struct {
		quote monitor.Quote
		want  parts
	}{
		"keeps what is next to the mention": {
			alertstest.Quote(words+"Kim spoke "+words, "Kim", ""),
			parts{"…" + words[len(words)-139:], "Kim", (" spoke " + words)[:199] + "…"},
		},
		"mention at the beginning":      {alertstest.Quote("Kim spoke.", "Kim", ""), parts{"", "Kim", " spoke."}},
		"mention at the end":            {alertstest.Quote("They met Kim", "Kim", ""), parts{"They met ", "Kim", ""}},
		"end past the sentence":         {monitor.Quote{Sentence: "Kim spoke.", Start: 4, End: 99}, parts{Before: "Kim spoke."}},
		"negative start":                {monitor.Quote{Sentence: "Kim spoke.", Start: -1, End: 3}, parts{Before: "Kim spoke."}},
		"end before start":              {monitor.Quote{Sentence: "Kim spoke.", Start: 3, End: 1}, parts{Before: "Kim spoke."}},
		"start inside a character":      {monitor.Quote{Sentence: "é Kim", Start: 1, End: 3}, parts{Before: "é Kim"}},
		"no sentence":                   {monitor.Quote{}, parts{}},
		"mention of nothing to be seen": {monitor.Quote{Sentence: "a \u200b b", Start: 2, End: 5}, parts{"a ", "", " b"}},
	}
	for name, test := range tests {
		a := alertstest.Example()
		a.Episode.Evidence[0].Quote = test.quote
		stories, _ := a.Stories(1)
		got := parts{stories[0].Before, stories[0].Target, stories[0].After}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestStoryWithoutTitleSaysSo(t *testing.T) {
	t.Parallel()
	a := alertstest.Example()
	a.Episode.Evidence[0].Title = "\u200b\u202e"
	if stories, _ := a.Stories(1); stories[0].Title != "(no title)" {
		t.Errorf("title %q, want \"(no title)\"", stories[0].Title)
	}
}

// inert reports what in a text could steer, hide or reorder.
func inert(t *testing.T, what, s string, most int) {
	t.Helper()
	if !utf8.ValidString(s) {
		t.Errorf("%s is not UTF-8: %q", what, s)
	}
	if n := utf8.RuneCountInString(s); n > most {
		t.Errorf("%s has %d characters, want at most %d", what, n, most)
	}
	for _, r := range s {
		if unicode.In(r, unicode.C, unicode.Zl, unicode.Zp) || unicode.In(r, unicode.Other_Default_Ignorable_Code_Point) {
			t.Errorf("%s holds %U: %q", what, r, s)
		}
	}
}

func inertStory(t *testing.T, s alerts.Story) {
	t.Helper()
	inert(t, "title", s.Title, 300)
	inert(t, "source", s.Source, 80+80+60)
	inert(t, "before", s.Before, 400)
	inert(t, "target", s.Target, 60)
	inert(t, "after", s.After, 200)
	if s.Title == "" {
		t.Error("title is empty")
	}
}

func TestHostileTextIsInert(t *testing.T) {
	t.Parallel()
	if n := len(alertstest.Hostile()); n != 20 {
		t.Fatalf("%d hostile texts, want 20", n)
	}
	for _, text := range alertstest.Hostile() {
		a := alertstest.WithHostile(text)
		a.Episode.Actor, a.Episode.Rule, a.Key = text, text, text
		stories, _ := a.Stories(3)
		for _, s := range stories {
			inertStory(t, s)
			if s.Link != "" {
				t.Errorf("linked to %q", s.Link)
			}
		}
		inert(t, "headline", a.Headline(), 150)
		inert(t, "spoken", a.Spoken(), 1000)
		inert(t, "legend", a.Legend(), 1000)
		for _, f := range a.Fields() {
			inert(t, "field", f.Value, 300)
		}
	}
}

func FuzzStory(f *testing.F) {
	for i, text := range alertstest.Hostile() {
		f.Add(text, "https://a.example/"+text, text, i, i+3)
	}
	f.Add("Title", "https://a.example/?q=<b>|c d&e=ü#f", "Kim spoke to the press.", 0, 3)
	f.Fuzz(func(t *testing.T, title, address, sentence string, start, end int) {
		a := alertstest.Example()
		a.Episode.Evidence[0] = monitor.Evidence{
			Title: title, URL: address, Outlet: title,
			Quote: monitor.Quote{Sentence: sentence, Start: start, End: end, Voice: title},
		}
		stories, _ := a.Stories(1)
		inertStory(t, stories[0])
		safeLink(t, stories[0].Link)
	})
}
