package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"tonewatch/cmd/tonewatch/internal/demo"
	"tonewatch/cmd/tonewatch/internal/history"
	"tonewatch/monitor"
	"tonewatch/monitor/extract"
)

// printed is an article of which the story is known.
type printed struct {
	outlet, title, text string
	at                  time.Time
	story               int    // which it truly prints
	kind                string // how it came to be
}

// grouped is what came of grouping some articles.
type grouped struct {
	joined, right int            // copies told as such, and those put with their own story
	copies, found map[string]int // true copies by kind, and those put with their own story
	wrong         [][2]printed   // articles, and the first to print the story that they were put with
}

// group groups articles in order of time.
func group(articles []printed) grouped {
	slices.SortStableFunc(articles, func(a, b printed) int { return a.at.Compare(b.at) })
	got := grouped{copies: make(map[string]int), found: make(map[string]int)}
	var g monitor.Grouper
	var told []printed
	seen := make(map[int]bool)
	for _, a := range articles {
		body := monitor.Body(extract.Furniture(a.text), a.title)
		story, first := g.Story(monitor.NewSketch(a.outlet, "", a.title, body), a.at)
		if first {
			told = append(told, a)
		} else {
			got.joined++
			if told[story].story == a.story {
				got.right++
			} else {
				got.wrong = append(got.wrong, [2]printed{a, told[story]})
			}
		}
		if seen[a.story] {
			got.copies[a.kind]++
			if !first && told[story].story == a.story {
				got.found[a.kind]++
			}
		}
		seen[a.story] = true
	}
	return got
}

func (g grouped) precision() float64 { return float64(g.right) / float64(max(1, g.joined)) }

func (g grouped) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "precision %.4f of %d told as copies; found", g.precision(), g.joined)
	for _, kind := range slices.Sorted(maps.Keys(g.copies)) {
		fmt.Fprintf(&b, ", %s %d of %d", kind, g.found[kind], g.copies[kind])
	}
	return b.String()
}

// The wire report of the demo is told as one story in all its twenty prints,
// local leads and cuts and all, and nothing else is; its outlets write on the
// same events in their own words.
func TestStoriesOfTheDemo(t *testing.T) {
	t.Parallel()
	articles, _ := demoPrints(t)
	got := group(articles)
	if len(got.wrong) > 0 || got.found["reprint"] != 19 || got.joined != 19 {
		t.Errorf("want all 19 reprints of one report and nothing else: %v", got)
		for _, pair := range got.wrong {
			t.Logf("%q put with %q", pair[0].title, pair[1].title)
		}
	}
}

// demoPrints are the articles of the demo, and those that are no reprint.
func demoPrints(t *testing.T) (all, originals []printed) {
	t.Helper()
	articles, err := demo.Articles()
	must(t, err)
	number := make(map[string]int)
	for i, a := range articles {
		number[a.Outlet+"/"+a.Slug] = i
	}
	for i, a := range articles {
		p := printed{outlet: a.Outlet, title: a.Title, text: strings.Join(a.Paragraphs(), "\n\n"), at: a.Published, story: i, kind: "original"}
		if a.CopyOf != "" {
			p.story, p.kind = number[a.CopyOf], "reprint"
		} else {
			originals = append(originals, p)
		}
		all = append(all, p)
	}
	return all, originals
}

// What editors do to a wire report does not hide it, and what is only like it is
// not taken for it.
func TestStoriesOfSimulatedCopies(t *testing.T) {
	t.Parallel()
	_, originals := demoPrints(t)
	var reports []printed // of two articles each, to be long enough to be cut
	for i := 0; i+1 < len(originals); i += 2 {
		report := originals[i]
		report.text += "\n\n" + originals[i+1].text
		reports = append(reports, report)
	}
	articles := slices.Concat(simulate(reports), marketReports(40, 1_000_000), tickers(48, 2_000_000), rivals(3_000_000))
	got := group(articles)
	t.Log(got)
	if got.precision() < 0.99 {
		t.Errorf("precision %.4f, want 0.99", got.precision())
	}
	for kind, n := range got.copies {
		if share := float64(got.found[kind]) / float64(n); share < 0.9 {
			t.Errorf("%s: %d of %d found, want 90 %%", kind, got.found[kind], n)
		}
	}
}

// TestStoriesOfAYear groups a year of real reports, as formulaic as any, with
// simulated copies among them. It prints pairs to be judged by eye.
func TestStoriesOfAYear(t *testing.T) {
	t.Parallel()
	path := os.Getenv("STORIES_ARTICLES")
	if path == "" {
		t.Skip("STORIES_ARTICLES is no file of articles: JSON lines of date, title, text")
	}
	var originals []printed
	must(t, history.EachLine(path, func(line []byte) error {
		var a pastArticle
		if err := json.Unmarshal(line, &a); err != nil {
			return err
		}
		if len(a.Text) < monitor.MinPageText {
			return nil // no article
		}
		at, err := history.ParseTime(a.Date)
		originals = append(originals, printed{outlet: "the agency", title: a.Title, text: a.Text, at: at, story: len(originals), kind: "original"})
		return err
	}))
	alone := group(slices.Clone(originals))
	t.Logf("%d reports, of which %d are told as copies of others", len(originals), alone.joined)
	r := rand.New(rand.NewPCG(3, 3))
	r.Shuffle(len(alone.wrong), func(i, j int) { alone.wrong[i], alone.wrong[j] = alone.wrong[j], alone.wrong[i] })
	for _, pair := range alone.wrong[:min(60, len(alone.wrong))] {
		t.Logf("PAIR\n  %s %s\n  %s\n  %s %s\n  %s", pair[0].at.Format(time.DateOnly), pair[0].title, pair[0].text, pair[1].at.Format(time.DateOnly), pair[1].title, pair[1].text)
	}
	// Reports that are taken for one another are one story from here on.
	same := make(map[int]int)
	for _, pair := range alone.wrong {
		same[pair[0].story] = pair[1].story
	}
	for i := range originals {
		if first, ok := same[originals[i].story]; ok {
			originals[i].story = first
		}
	}
	got := group(simulate(originals))
	t.Log(got)
	if got.precision() < 0.99 {
		t.Errorf("precision %.4f, want 0.99", got.precision())
	}
}

// simulate adds to articles what editors make of them.
func simulate(originals []printed) []printed {
	r := rand.New(rand.NewPCG(1, 2))
	all := slices.Clone(originals)
	for i, o := range originals {
		words := strings.Fields(o.text)
		if len(words) < 120 {
			continue
		}
		other := strings.Fields(originals[(i+len(originals)/2)%len(originals)].text)
		lead := change(r, make([]string, 80), other, 1)
		for _, c := range []struct{ kind, text string }{
			{"dateline and boilerplate", "KARSHOLM, March 4 (Wire) -- " + o.text + "\n\nThe Example is an independent newsroom that lives from its readers. Write to us with what you know, and we will look into it, or give to keep us going."},
			{"cut to 40 %", strings.Join(words[:len(words)*2/5], " ")},
			{"15 % of words changed", change(r, words, other, 0.15)},
			{"local lead", lead + "\n\n" + o.text},
			{"lead, cut and changed", lead + "\n\n" + change(r, words[:len(words)*7/10], other, 0.05)},
		} {
			all = append(all, printed{
				outlet: c.kind, title: fmt.Sprintf("Another headline of report %d, %s", i, c.kind), text: c.text,
				at: o.at.Add(time.Duration(1+r.IntN(70)) * time.Hour), story: o.story, kind: c.kind,
			})
		}
	}
	return all
}

// change puts words of another text in the place of some.
func change(r *rand.Rand, words, other []string, share float64) string {
	words = slices.Clone(words)
	for i := range words {
		if r.Float64() < share {
			words[i] = other[r.IntN(len(other))]
		}
	}
	return strings.Join(words, " ")
}

// marketReports are of one form, an hour apart, and each a story of its own.
func marketReports(n, story int) (reports []printed) {
	r := rand.New(rand.NewPCG(4, 4))
	verbs := []string{"rose", "fell", "edged up", "slipped", "gained", "lost"}
	share := func() string { return fmt.Sprintf("%d.%02d %%", r.IntN(3), r.IntN(100)) }
	for i := range n {
		verb := func() string { return verbs[r.IntN(len(verbs))] }
		text := fmt.Sprintf("The Karsholm Exchange's main index %s %s to %d.%02d points on the day, with turnover of %d million crowns. "+
			"Shares of Vantholm Lines %s %s to close at %d.%02d crowns, while those of Telmis Power %s %s to %d.%02d crowns. "+
			"The index of smaller companies %s %s, and the volatility index stood at %d.%02d points at the close of trade. "+
			"In the market for government bonds the yield of the ten-year note %s to %s, that of the two-year note to %s. "+
			"The crown traded at %d.%02d against the dollar and at %d.%02d against the euro in late dealing. "+
			"Investors look to the minutes of the central bank's last meeting, which are due later this week, for signs of its next step.",
			verb(), share(), 1000+r.IntN(900), r.IntN(100), 100+r.IntN(800), verb(), share(), 10+r.IntN(90), r.IntN(100), verb(), share(),
			10+r.IntN(90), r.IntN(100), verb(), share(), 10+r.IntN(30), r.IntN(100), verb(), share(), share(), 6+r.IntN(3), r.IntN(100), 7+r.IntN(3), r.IntN(100))
		reports = append(reports, printed{
			title: "Karsholm shares at the close of the day", text: text,
			at: demo.Start().Add(time.Duration(i) * time.Hour), story: story + i, kind: "market report",
		})
	}
	return reports
}
