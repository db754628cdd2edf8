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

// print is what a console prints of an alert.
func print(t *testing.T, a alerts.Alert, o console.Options) string {
	t.Helper()
	var out strings.Builder
	o.Out = &out
	receipt, err := console.New(o).Post(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	if want := (alerts.Receipt{Channel: "console", TS: a.Key}); receipt != want {
		t.Errorf("receipt %v, want %v", receipt, want)
	}
	return out.String()
}

func TestPrintGolden(t *testing.T) {
	t.Parallel()
	hostile := alertstest.WithHostile(alertstest.Hostile()[8])
	texts := map[string]string{
		"hostile": print(t, hostile, console.Options{}),
		"colours": print(t, alertstest.Example(), console.Options{Colour: true}),
		"narrow":  print(t, alertstest.Example(), console.Options{Width: 40}),
	}
	for _, c := range alertstest.Cases() {
		texts[c.Name] = print(t, c.Alert, console.Options{})
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
	if err := c.Update(t.Context(), alerts.Receipt{}, alertstest.Example()); err != nil {
		t.Fatal(err)
	}
	whole := print(t, alertstest.Example(), console.Options{})
	figures, _, found := strings.Cut(whole, "▌\n▌ 1. ")
	if !found || out.String() != figures+"\n" {
		t.Errorf("printed %q, want the beginning of %q", out.String(), whole)
	}
}

func TestFindFindsNothing(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	c := console.New(console.Options{Out: &out})
	if _, err := c.Post(t.Context(), alertstest.Example()); err != nil {
		t.Fatal(err)
	}
	if _, found, err := c.Find(t.Context(), "k1-7f3a9c", time.Time{}); found || err != nil {
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
	_, err = console.New(console.Options{Out: file}).Post(t.Context(), alertstest.Example())
	var f *alerts.Failure
	if !errors.As(err, &f) || f.Reason != "write" || f.Unclear || err.Error() != "print an alert: write /dev/null: bad file descriptor" {
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
	for _, text := range alertstest.Hostile() {
		a := alertstest.WithHostile(text)
		a.Episode.Actor, a.Episode.Rule, a.Key = text, text, text
		check(t, print(t, a, console.Options{}), console.DefaultWidth)
		check(t, print(t, a, console.Options{Width: 1}), 24)
	}
}

func FuzzPrint(f *testing.F) {
	for _, text := range alertstest.Hostile() {
		f.Add(text, 30)
	}
	f.Add("東京で会談、漢字 e\u0301", 25)
	f.Fuzz(func(t *testing.T, text string, columns int) {
		columns = min(max(columns, 1), 200)
		a := alertstest.WithHostile(text)
		a.Episode.Actor, a.Episode.Rule, a.Key = text, text, text
		check(t, print(t, a, console.Options{Width: columns}), max(columns, 24))
	})
}
