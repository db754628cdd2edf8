package alerts_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tonewatch/alerts"
	"tonewatch/alerts/alertstest"
)

func TestMessageSpoken(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"remarked-over":          "Last done about it: snoozed until 21:05 UTC, 5 Mar 18:05 UTC.",
		"remarked":               "Rule: sharp turn. Silenced until 4 Mar 2026 21:05 UTC. Last done about it: snoozed until 21:05 UTC, 5 Mar 18:05 UTC.",
		"reply-worse":            "Gone further. North Korea: tone fell by 0.57, from plus 0.16 to minus 0.41, in 24 hours.",
		"reply-driven":           "Other stories drive it now. North Korea: tone fell by 0.39, from plus 0.16 to minus 0.23, in 24 hours.",
		"reply-recovered":        "North Korea: tone recovered after 9 hours, at its peak minus 0.39.",
		"reply-still":            "Still on after 49 hours. North Korea: tone fell by 0.39, from plus 0.16 to minus 0.23, in 24 hours.",
		"reply-volume-recovered": "North Korea: stories are back to normal after 9 hours, 14 in 24 hours, peak 41.",
		"digest":                 "5 alerts since 4 Mar 2026 13:05 UTC, 1 of them over. North Korea: tone at minus 0.52, line minus 0.40, over 3 days.",
		"digest-long":            " And 32 more.",
		"note":                   "A quiet day: nothing has shifted since 3 March. 41 feeds watched, 2 of them stale. 1,204 articles read, 612 stories.",
		"note-empty":             "tonewatch is alive.",
	}
	for _, m := range alertstest.Messages() {
		got := m.Message.Spoken()
		if !strings.Contains(got, want[m.Name]) {
			t.Errorf("%s: %q, want in it %q", m.Name, got, want[m.Name])
		}
		if strings.ContainsAny(got, "+−→▼▲▽△◆◇✓✔σ×%") {
			t.Errorf("%s: signs that do not read aloud in %q", m.Name, got)
		}
	}
}

func TestReply(t *testing.T) {
	t.Parallel()
	want := map[string][2]string{
		"reply-worse":            {"▼ Gone further. North Korea: tone fell by 0.57 (+0.16 → −0.41) in 24 h", "Size −0.57 · sigma 6.4 · 19 stories"},
		"reply-driven":           {"▼ Other stories drive it now. North Korea: tone fell by 0.39 (+0.16 → −0.23) in 24 h", "Size −0.39 · sigma 4.2 · 12 stories"},
		"reply-recovered":        {"✓ North Korea: tone recovered after 9 h (at its peak −0.39)", "Peak −0.39 · fired 4 Mar 2026 13:05 UTC, for 9 h"},
		"reply-still":            {"▼ Still on after 49 h. North Korea: tone fell by 0.39 (+0.16 → −0.23) in 24 h", "Size −0.39 · sigma 4.2 · 12 stories"},
		"reply-level-worse":      {"▼ Gone further. North Korea: tone at −0.52 (line −0.40) over 3 d", "Tone −0.52 · 12 stories"},
		"reply-volume-recovered": {"✓ North Korea: stories are back to normal after 9 h (14 in 24 h, peak 41)", "Peak +242%, 41 stories · fired 4 Mar 2026 13:05 UTC, for 9 h"},
		"reply-split-still":      {"◆ Still on after 49 h. North Korea: the outlets and South Korea part ways, the former turning 0.35 colder in 3 d", "Size −0.35 · sigma 3.9 · 31 stories"},
	}
	got := make(map[string][2]string)
	for _, m := range alertstest.Messages() {
		r := m.Message.Reply
		if r == nil {
			continue
		}
		got[m.Name] = [2]string{r.Headline(), r.Figures()}
		stories, _ := r.Stories(3)
		if told := r.News == alerts.Worse || r.News == alerts.Driven; told != (len(stories) == 3) {
			t.Errorf("%s: %d stories", m.Name, len(stories))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("headlines and figures (-want +got):\n%s", diff)
	}
}

func TestDigestRows(t *testing.T) {
	t.Parallel()
	for _, m := range alertstest.Messages() {
		if m.Name != "digest" {
			continue
		}
		got, more := m.Message.Digest.Rows(3)
		want := []alerts.Row{
			{Actor: "North Korea", What: "▼ tone at −0.52 (line −0.40) over 3 d", Size: "−0.52", Sigma: "–", Stories: "12"},
			{Actor: "North Korea", What: "▲ 41 stories in 24 h, 12 expected", Size: "+242%", Sigma: "5.3", Stories: "41"},
			{Actor: "North Korea", What: "◆ the outlets and South Korea part ways, the former turning 0.35 colder in 3 d", Size: "−0.35", Sigma: "3.9", Stories: "31"},
		}
		if diff := cmp.Diff(want, got); diff != "" || more != 2 {
			t.Errorf("rows, and %d more (-want +got):\n%s", more, diff)
		}
		return
	}
	t.Fatal("no digest among the messages")
}

func TestNoteText(t *testing.T) {
	t.Parallel()
	n := alerts.Note{Title: "\u200b", Lines: []string{"one\r\nline", "", "\x00", "two", "three"}}
	if got := n.Headline(); got != "tonewatch" {
		t.Errorf("headline %q of a title without letters", got)
	}
	if lines, more := n.Text(2); !slices.Equal(lines, []string{"one line", "two"}) || more != 1 {
		t.Errorf("lines %q and %d more, want two and 1", lines, more)
	}
}

func TestFoot(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"signed":      "Rule sharp turn · engine encoder 1.4 (9c1f2e) · config 5d41402a · key k1-7f3a9c",
		"colder":      "Rule sharp turn · key k1-7f3a9c",
		"reply-still": "Rule sharp turn · key r1-7f3a9c",
		"digest":      "tonewatch · key d1-7f3a9c",
	}
	for _, m := range alertstest.Messages() {
		if got := m.Message.Foot(); want[m.Name] != "" && got != want[m.Name] {
			t.Errorf("%s: foot %q, want %q", m.Name, got, want[m.Name])
		}
	}
}
