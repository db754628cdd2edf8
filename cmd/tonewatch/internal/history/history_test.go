package history_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/alerts"
	"tonewatch/cmd/tonewatch/internal/history"
	"tonewatch/monitor"
)

var start = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)

// made are readings of some actors over days, whose tone turns now and then.
func made(actors, days, aDay int) []monitor.Reading {
	random := rand.New(rand.NewPCG(1, 2))
	var list []monitor.Reading
	for day := range days {
		for range actors * aDay {
			a := random.IntN(actors)
			tone := 0.4 * float64((day/20+a)%2)
			r := monitor.Reading{
				Actor: fmt.Sprintf("Actor %02d", a), Voice: monitor.AnyVoice, Outlet: fmt.Sprintf("Outlet %d", random.IntN(6)),
				At:   start.AddDate(0, 0, day).Add(time.Duration(random.IntN(1440)) * time.Minute),
				Tone: max(-1, min(1, tone+0.3*random.NormFloat64())),
			}
			if random.IntN(3) == 0 {
				r.Named = new(r.Tone / 2)
				r.Quotes = []monitor.Quote{{Sentence: "Acme <fell> & rose.", Tone: r.Tone}}
			}
			list = append(list, r)
		}
	}
	return list
}

func setting() history.Setting {
	return history.Setting{
		Rules: []monitor.Rule{
			{
				Name: "turn", Toward: []string{"*"}, Voice: monitor.AnyVoice, Shift: &monitor.ShiftRule{By: 0.2, Sigma: 2.5},
				Window: 24 * time.Hour, Baseline: 14 * 24 * time.Hour, Stories: 5, Outlets: 2, Rearm: 0.1,
				For: 30 * time.Minute, KeepFiringFor: time.Hour,
			},
			{
				Name: "frost", Toward: []string{"Actor 01"}, Voice: monitor.AnyVoice, Level: &monitor.LevelRule{Line: 0, Below: true},
				Window: 24 * time.Hour, Stories: 5, Outlets: 2, Rearm: 0.05,
			},
		},
		Routes: []alerts.Route{
			{Receiver: "console", Continue: true},
			{Match: alerts.Match{Rule: regexp.MustCompile("^frost$")}, Receiver: "slack:#frost"},
		},
	}
}

func run(t *testing.T, h *history.History, settings ...history.Setting) [][]history.Episode {
	t.Helper()
	replayed := make(chan int, 10_000)
	found, err := h.Run(t.Context(), settings, func(n int) { replayed <- n })
	if err != nil {
		t.Fatal(err)
	}
	close(replayed)
	var total int
	for n := range replayed {
		total += n
	}
	if total != h.Size*len(settings) {
		t.Errorf("%d readings were said to be replayed, want %d", total, h.Size*len(settings))
	}
	return found
}

// Each actor is replayed alone, on any core. One replay of all of them in the
// order of time gives the same episodes.
func TestActorsAloneEqualActorsTogether(t *testing.T) {
	t.Parallel()
	readings := made(5, 90, 12)
	s := setting()
	got := run(t, history.New(slices.Clone(readings)), s)[0]

	slices.SortStableFunc(readings, func(a, b monitor.Reading) int { return a.At.Compare(b.At) })
	replay := monitor.NewReplay(s.Rules)
	var want []string
	note := func(told []monitor.Episode) {
		for _, e := range told {
			if e.Revision == 1 {
				want = append(want, fmt.Sprint(e.Fired, e.Actor, e.Rule, e.Direction))
			}
		}
	}
	for i, r := range readings {
		if i == 0 || !r.At.Equal(readings[i-1].At) {
			n := i
			for n < len(readings) && readings[n].At.Equal(r.At) {
				n++
			}
			note(replay.Observe(readings[i:n], r.At))
		}
	}
	var have []string
	for _, e := range got {
		have = append(have, fmt.Sprint(e.Start, e.Actor, e.Rule, e.Direction))
	}
	slices.Sort(want)
	slices.Sort(have)
	if len(want) < 10 {
		t.Fatalf("only %d episodes: the test shows nothing", len(want))
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("together (-), alone (+):\n%s", diff)
	}
}

// A history that was written and read again gives the same, whatever its order.
func TestFileGivesTheSame(t *testing.T) {
	t.Parallel()
	h := history.New(made(3, 60, 12))
	want := run(t, h, setting())[0]
	for _, name := range []string{"r.jsonl", "r.jsonl.gz"} {
		path := filepath.Join(t.TempDir(), name)
		if err := history.WriteFile(path, h.Readings()); err != nil {
			t.Fatal(err)
		}
		readings, err := history.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		again := history.New(readings)
		if diff := cmp.Diff(slices.Collect(h.Readings()), slices.Collect(again.Readings())); diff != "" {
			t.Fatalf("%s (-written +read):\n%s", name, diff)
		}
		if diff := cmp.Diff(want, run(t, again, setting())[0]); diff != "" {
			t.Errorf("%s (-before +after):\n%s", name, diff)
		}
	}
}

func TestReadFileTellsWhatIsWrong(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		`{"t":"2026-01-01","actor":"A","outlet":"o"}`:           "line 2: tone is missing",
		`{"t":"2026-01-01","outlet":"o","tone":0}`:              "line 2: actor is missing",
		`{"t":"2026-01-01","actor":"A","tone":1.5}`:             "line 2: tone 1.5 is not from -1 to 1",
		`{"t":"2026-01-01","actor":"A","tone":0,"named":-2}`:    "line 2: tone -2 is not from -1 to 1",
		`{"t":"soon","actor":"A","tone":0}`:                     `line 2: time "soon" is neither RFC 3339 nor YYYY-MM-DD`,
		`{"t":"2026-01-01","actor":"A","tone":0`:                "line 2: unexpected end of JSON input",
		`{"t":"2026-01-01","actor":"A","tone":0,"voice":false}`: "line 2: json: cannot unmarshal bool",
	} {
		path := filepath.Join(t.TempDir(), "r.jsonl")
		if err := os.WriteFile(path, []byte("{\"t\":\"2026-01-01\",\"actor\":\"A\",\"tone\":0}\n"+line+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := history.ReadFile(path); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", line, err, want)
		}
	}
}

func TestChannels(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return start.AddDate(0, 0, n) }
	got := history.Channels([]history.Episode{
		{Start: day(0), Receivers: []string{"slack:#b", "console"}},
		{Start: day(3), Receivers: []string{"console"}},
		{Start: day(3).Add(time.Hour), Receivers: []string{"console"}},
		{Start: day(5)},
	}, 10)
	want := []history.Channel{
		{Receiver: "console", Episodes: 3, ADay: 0.3, Busiest: "2026-01-08", Most: 2},
		{Receiver: "slack:#b", Episodes: 1, ADay: 0.1, Busiest: "2026-01-05", Most: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Episodes are paired with the first that was open at a same time.
func TestDiff(t *testing.T) {
	t.Parallel()
	at := func(hour int) time.Time { return start.Add(time.Duration(hour) * time.Hour) }
	episode := func(rule string, from, to int) history.Episode {
		e := history.Episode{Rule: rule, Actor: "A", Start: at(from)}
		if to > 0 {
			e.End = new(at(to))
		}
		return e
	}
	before := []history.Episode{episode("r", 0, 10), episode("r", 20, 30), episode("gone", 21, 22), episode("r", 40, 0)}
	after := []history.Episode{episode("r", 0, 4), episode("r", 5, 6), episode("r", 25, 35), episode("r", 90, 0)}
	var got []string
	for _, d := range history.Diff(before, after) {
		line := "="
		switch {
		case d.New == nil:
			line = "-"
		case d.Old == nil:
			line = "+"
		case d.Moved():
			line = "~"
		}
		for _, e := range []*history.Episode{d.Old, d.New} {
			if e != nil {
				line += fmt.Sprintf(" %s %v", e.Rule, e.Start.Sub(start))
			}
		}
		got = append(got, line)
	}
	want := []string{"= r 0s r 0s", "+ r 5h0m0s", "~ r 20h0m0s r 25h0m0s", "- gone 21h0m0s", "~ r 40h0m0s r 90h0m0s"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// A picture shows every actor with its episodes, and what a name holds is text.
func TestDrawEscapes(t *testing.T) {
	t.Parallel()
	readings := made(2, 60, 15)
	for i := range readings {
		readings[i].Actor = strings.Replace(readings[i].Actor, "Actor", "<script>&", 1)
	}
	s := setting()
	s.Rules = s.Rules[:1]
	s.Rules[0].Name = `</text>"turn"`
	h := history.New(readings)
	episodes := run(t, h, s)[0]
	if len(episodes) == 0 {
		t.Fatal("no episodes: nothing to draw")
	}
	var svg bytes.Buffer
	if err := h.Draw(&svg, s.Rules, episodes); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"&lt;script&gt;&amp; 00", "&lt;script&gt;&amp; 01", "&lt;/text&gt;&#34;turn&#34; +0."} {
		if !strings.Contains(svg.String(), want) {
			t.Errorf("the picture lacks %s", want)
		}
	}
	if strings.Contains(svg.String(), "<script") {
		t.Error("a name is not escaped")
	}
	if err := history.New(nil).Draw(&svg, s.Rules, nil); err != nil {
		t.Errorf("nothing cannot be drawn: %v", err)
	}
}

// BenchmarkRun replays a million readings, a hundred actors over three years,
// from a file: the bar is 20 s.
func BenchmarkRun(b *testing.B) {
	path := filepath.Join(b.TempDir(), "r.jsonl")
	if err := history.WriteFile(path, history.New(made(100, 1000, 10)).Readings()); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		readings, err := history.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := history.New(readings).Run(b.Context(), []history.Setting{setting()}, func(int) {}); err != nil {
			b.Fatal(err)
		}
	}
}
