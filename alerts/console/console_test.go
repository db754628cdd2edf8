package console_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/width"

	"tonewatch/alerts"
	"tonewatch/alerts/alertstest"
	"tonewatch/alerts/console"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// print is what a console prints of a message.
func print(t *testing.T, m alerts.Message, o console.Options) string {
	t.Helper()
	var out strings.Builder
	o.Out = &out
	receipt, err := console.New(o).Post(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	if want := (alerts.Receipt{Channel: "console", TS: m.Key}); receipt != want {
		t.Errorf("receipt %v, want %v", receipt, want)
	}
	return out.String()
}

func TestPrintGolden(t *testing.T) {
	t.Parallel()
	hostile := alertstest.WithHostile(alertstest.Hostile()[8])
	texts := map[string]string{
		"hostile": print(t, hostile.Message(), console.Options{}),
		"colours": print(t, alertstest.Example().Message(), console.Options{Colour: true}),
		"narrow":  print(t, alertstest.Example().Message(), console.Options{Width: 40}),
	}
	for _, m := range alertstest.Messages() {
		text := print(t, m.Message, console.Options{})
		// What the alert is printed anew for is left out.
		if r := m.Message.Reply; r != nil && (r.News == alerts.Worse || r.News == alerts.Recovered) {
			if text != "" {
				t.Errorf("%s: printed %q, want nothing", m.Name, text)
			}
			continue
		}
		texts[m.Name] = text
	}
	for name, got := range texts {
		path := filepath.Join("testdata", name+".txt")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) != len(texts) {
		t.Errorf("%d golden files (%v), want %d", len(files), err, len(texts))
	}
}

func TestUpdatePrintsOnlyTheFigures(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	c := console.New(console.Options{Out: &out})
	if err := c.Update(t.Context(), alerts.Receipt{}, alertstest.Example().Message()); err != nil {
		t.Fatal(err)
	}
	whole := print(t, alertstest.Example().Message(), console.Options{})
	figures, _, found := strings.Cut(whole, "▌\n▌ 1. ")
	if !found || out.String() != figures+"\n" {
		t.Errorf("printed %q, want the beginning of %q", out.String(), whole)
	}
}

func TestFindFindsNothing(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	c := console.New(console.Options{Out: &out})
	if _, err := c.Post(t.Context(), alertstest.Example().Message()); err != nil {
		t.Fatal(err)
	}
	if _, found, err := c.Find(t.Context(), alerts.Message{Key: "k1-7f3a9c"}, time.Time{}); found || err != nil {
		t.Errorf("found %v, error %v; want nothing", found, err)
	}
}

func TestBrokenOutputIsAClearFailure(t *testing.T) {
	t.Parallel()
	file, err := os.Open(os.DevNull) // for reading only
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	_, err = console.New(console.Options{Out: file}).Post(t.Context(), alertstest.Example().Message())
	var f *alerts.Failure
	if !errors.As(err, &f) || f.Reason != "write" || f.Unclear || err.Error() != "print a message: write /dev/null: bad file descriptor" {
		t.Errorf("error %v, want a clear one of writing", err)
	}
}

// check fails for a page that steers the terminal or leaves its width.
func check(t *testing.T, page string, most int) {
	t.Helper()
	for line := range strings.SplitSeq(strings.TrimSuffix(page, "\n\n"), "\n") {
		if !strings.HasPrefix(line, "▌") {
			t.Errorf("a line without its bar: %q", line)
		}
		cells := 0
		for _, r := range line {
			if unicode.In(r, unicode.C, unicode.Zl, unicode.Zp) {
				t.Errorf("%U in %q", r, line)
			}
			switch k := width.LookupRune(r).Kind(); {
			case unicode.In(r, unicode.Mn, unicode.Me):
			case k == width.EastAsianWide || k == width.EastAsianFullwidth:
				cells += 2
			default:
				cells++
			}
		}
		if cells > most && !strings.Contains(line, "://") {
			t.Errorf("%d cells, want at most %d: %q", cells, most, line)
		}
	}
}

func TestHostileTextStaysOnThePage(t *testing.T) {
	t.Parallel()
	for _, text := range alertstest.Headlines() {
		for _, m := range hostile(text) {
			check(t, print(t, m, console.Options{}), console.DefaultWidth)
			check(t, print(t, m, console.Options{Width: 1}), 24)
		}
	}
}

// hostile are messages of every kind with a text in every place that takes one.
func hostile(text string) []alerts.Message {
	a := alertstest.WithHostile(text)
	a.Episode.Actor, a.Episode.Rule, a.Key, a.Engine, a.Page = text, text, text, text, text
	a.Mention = []string{text}
	a.Silenced, a.Remarks = a.Episode.Fired, []alerts.Remark{{By: text, Text: text}, {Text: text}}
	return []alerts.Message{
		a.Message(),
		{Key: text, Reply: &alerts.Reply{Alert: a, News: alerts.Driven}},
		{Key: text, Digest: &alerts.Digest{Alerts: []alerts.Alert{a, a}}},
		{Key: text, Note: &alerts.Note{Title: text, Lines: []string{text, text}}},
	}
}

func FuzzPrint(f *testing.F) {
	for _, text := range alertstest.Hostile() {
		f.Add(text, 30)
	}
	f.Add("東京で会談、漢字 e\u0301", 25)
	f.Fuzz(func(t *testing.T, text string, columns int) {
		columns = min(max(columns, 1), 200)
		for _, m := range hostile(text) {
			check(t, print(t, m, console.Options{Width: columns}), max(columns, 24))
		}
	})
}
