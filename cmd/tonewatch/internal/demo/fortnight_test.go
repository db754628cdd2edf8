package demo_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/cmd/tonewatch/internal/demo"
)

func TestArticles(t *testing.T) {
	t.Parallel()
	articles := fortnight(t)

	t.Run("come in order and within the fortnight", func(t *testing.T) {
		t.Parallel()
		last := demo.Start()
		for _, a := range articles {
			if a.Published.Before(last) || !a.Published.Before(demo.End()) {
				t.Errorf("%s: published %v, want from %v to before %v", a.Path(), a.Published, last, demo.End())
			}
			last = a.Published
		}
	})
	t.Run("have a title, a place of their own and text of an article's length", func(t *testing.T) {
		t.Parallel()
		seen := map[string]bool{}
		for _, a := range articles {
			if a.Title == "" || seen[a.Path()] {
				t.Errorf("%s: title %q, seen before: %v", a.Path(), a.Title, seen[a.Path()])
			}
			seen[a.Path()] = true
			for _, p := range a.Paragraphs() {
				if p == "" || strings.Contains(p, "\n") {
					t.Errorf("%s: paragraph %q, want one line of text", a.Path(), p)
				}
			}
			if n := len(strings.Fields(text(a))); n < 50 || n > 280 {
				t.Errorf("%s: %d words, want 50 to 280", a.Path(), n)
			}
		}
	})
	t.Run("come from twelve outlets and are about a hundred and twenty, copies aside", func(t *testing.T) {
		t.Parallel()
		outlets := map[string]int{}
		for _, a := range articles {
			outlets[a.Outlet]++
		}
		t.Logf("by outlet: %v", outlets)
		if len(outlets) != 12 || slices.Min(slices.Collect(maps.Values(outlets))) < 8 {
			t.Errorf("articles by outlet = %v, want 12 outlets with at least 8 each", outlets)
		}
		if n := len(stories(articles)); n < 115 || n > 130 {
			t.Errorf("%d stories, want about 120", n)
		}
	})
	t.Run("tell of real people in one article only", func(t *testing.T) {
		t.Parallel()
		for _, name := range []string{"Kim", "Trump", "Koreas?", "Pyongyang", "Seoul", "United States"} {
			got := about(articles, name)
			if len(got) != 1 || got[0].Slug != "kim-letter" {
				t.Errorf("%d articles name %s, want the letter alone", len(got), name)
			}
		}
	})
}

// TestScenario holds the fortnight to what the package's documentation says of
// its four actors.
func TestScenario(t *testing.T) {
	t.Parallel()
	articles := fortnight(t)
	t.Logf("stories by actor and day, later copies aside:\n%s", table(stories(articles)))

	turn := moment(11, 12)
	vantholm := about(stories(articles), "Vantholm")
	torvalen := about(stories(articles), "Torvalen")
	friendly, critical := from("ledger", "elmvik"), from("klaxon", "gadfly")

	for _, test := range []struct {
		name       string
		got        []demo.Article
		stories    int // at least; exactly where there should be none
		outlets    int // at least
		noneExists bool
	}{
		{"the company's ordinary days", keep(vantholm, before(turn)), 28, 10, false},
		{"the shift", keep(vantholm, after(turn)), 14, 8, false},
		{"the shift's first two days", keep(vantholm, after(turn), before(turn.Add(48*time.Hour))), 12, 8, false},
		{"the minister's friends before the mix changes", keep(torvalen, friendly, before(moment(11, 0))), 10, 2, false},
		{"her critics before it", keep(torvalen, critical, before(moment(11, 0))), 6, 2, false},
		{"her friends after it", keep(torvalen, friendly, after(moment(11, 0))), 0, 0, true},
		{"her critics after it", keep(torvalen, critical, after(moment(11, 0))), 9, 2, false},
		{"the minister's two days that tempt a rule", keep(torvalen, after(moment(11, 8)), before(moment(13, 8))), 8, 4, false},
		{"the republic", about(stories(articles), "Ardovia"), 15, 6, false},
		{"the quiet company", about(stories(articles), "Zelvane"), 15, 6, false},
		{"the quiet company's outlets in the shift", keep(about(stories(articles), "Zelvane"), after(turn)), 3, 3, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			outlets := map[string]bool{}
			for _, a := range test.got {
				outlets[a.Outlet] = true
			}
			if test.noneExists && len(test.got) > 0 {
				t.Errorf("%s and %d more, want none", test.got[0].Path(), len(test.got)-1)
			}
			if len(test.got) < test.stories || len(outlets) < test.outlets {
				t.Errorf("%d stories of %d outlets, want at least %d of %d",
					len(test.got), len(outlets), test.stories, test.outlets)
			}
		})
	}

	t.Run("every outlet that turns cold knew the company before", func(t *testing.T) {
		t.Parallel()
		known := map[string]bool{}
		for _, a := range vantholm {
			if a.Published.Before(turn) {
				known[a.Outlet] = true
			} else if !known[a.Outlet] {
				t.Errorf("%s: no story about the company before the shift", a.Path())
			}
		}
	})
}

func TestCopies(t *testing.T) {
	t.Parallel()
	articles := fortnight(t)
	const agency = "meridian/ardovia-water-tests"
	var original demo.Article
	var copies []demo.Article
	for _, a := range articles {
		switch {
		case a.Outlet+"/"+a.Slug == agency:
			original = a
		case a.CopyOf == agency:
			copies = append(copies, a)
		case a.CopyOf != "":
			t.Errorf("%s is a copy of %s, want of %s only", a.Path(), a.CopyOf, agency)
		}
	}

	t.Run("are twenty prints of one report within a day of it, in every outlet", func(t *testing.T) {
		t.Parallel()
		outlets := map[string]bool{original.Outlet: true}
		for _, a := range copies {
			outlets[a.Outlet] = true
			if age := a.Published.Sub(original.Published); age <= 0 || age > 24*time.Hour {
				t.Errorf("%s: printed %v after the original, want within a day", a.Path(), age)
			}
		}
		if got := 1 + len(copies); got != 20 || len(outlets) != 12 {
			t.Errorf("%d prints in %d outlets, want 20 in 12", got, len(outlets))
		}
	})
	t.Run("share the body, whole or from the top", func(t *testing.T) {
		t.Parallel()
		whole := 0
		for _, a := range copies {
			if !cmp.Equal(original.Body[:len(a.Body)], a.Body) {
				t.Errorf("%s: body (-original +copy):\n%s", a.Path(), cmp.Diff(original.Body[:len(a.Body)], a.Body))
			}
			if len(a.Body) == len(original.Body) {
				whole++
			}
		}
		if whole < 10 || whole == len(copies) {
			t.Errorf("%d of %d copies are whole, want most and not all", whole, len(copies))
		}
	})
	t.Run("print the lead, the dated body, and under a whole one the credit", func(t *testing.T) {
		t.Parallel()
		for _, a := range copies {
			want := slices.Concat(a.Lead, original.Body[:len(a.Body)])
			if a.Dateline != "" {
				want[len(a.Lead)] = a.Dateline + " - " + original.Body[0]
			}
			if len(a.Body) == len(original.Body) {
				want = append(want, original.Credit)
			}
			if diff := cmp.Diff(want, a.Paragraphs()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", a.Path(), diff)
			}
		}
	})
	t.Run("differ in headline, dateline and lead", func(t *testing.T) {
		t.Parallel()
		titles, datelines, leads := map[string]bool{}, map[string]bool{}, 0
		for _, a := range copies {
			titles[a.Title], datelines[a.Dateline] = true, true
			if len(a.Lead) > 0 {
				leads++
			}
		}
		if len(titles) < 8 || len(datelines) < 4 || leads < 4 {
			t.Errorf("%d headlines, %d datelines, %d leads, want at least 8, 4, 4", len(titles), len(datelines), leads)
		}
	})
}

// TestCopiesStandOut guards the decoy that copies are: a program that pairs
// texts by their words can tell a copy from a story of its own.
func TestCopiesStandOut(t *testing.T) {
	t.Parallel()
	articles := fortnight(t)
	shingles := make([]map[string]bool, len(articles))
	for i, a := range articles {
		shingles[i] = shinglesOf(text(a))
	}
	for i, a := range articles {
		for j, b := range articles[:i] {
			shared := 0
			for s := range shingles[i] {
				if shingles[j][s] {
					shared++
				}
			}
			contained := float64(shared) / float64(min(len(shingles[i]), len(shingles[j])))
			areCopies := a.CopyOf != "" && (b.CopyOf == a.CopyOf || b.Outlet+"/"+b.Slug == a.CopyOf)
			if areCopies && (contained < 0.6 || shared < 60) || !areCopies && contained > 0.2 {
				t.Errorf("%s and %s: %d shingles of three words shared, containment %.2f; copies: %v",
					a.Path(), b.Path(), shared, contained, areCopies)
			}
		}
	}
}

func fortnight(t *testing.T) []demo.Article {
	t.Helper()
	articles, err := demo.Articles()
	if err != nil {
		t.Fatal(err)
	}
	return articles
}

// text is the article as printed, in one string.
func text(a demo.Article) string { return strings.Join(a.Paragraphs(), " ") }

// moment is an hour of a day of the fortnight, days counted from 1.
func moment(day, hour int) time.Time {
	return demo.Start().AddDate(0, 0, day-1).Add(time.Duration(hour) * time.Hour)
}

// stories leaves out the copies of other articles.
func stories(articles []demo.Article) []demo.Article {
	return keep(articles, func(a demo.Article) bool { return a.CopyOf == "" })
}

// about keeps the articles whose headline or text holds the name, as a word.
func about(articles []demo.Article, name string) []demo.Article {
	word := regexp.MustCompile(`\b` + name + `\b`)
	return keep(articles, func(a demo.Article) bool { return word.MatchString(a.Title + "\n" + text(a)) })
}

func keep(articles []demo.Article, conditions ...func(demo.Article) bool) []demo.Article {
	var kept []demo.Article
	for _, a := range articles {
		if !slices.ContainsFunc(conditions, func(holds func(demo.Article) bool) bool { return !holds(a) }) {
			kept = append(kept, a)
		}
	}
	return kept
}

func before(t time.Time) func(demo.Article) bool {
	return func(a demo.Article) bool { return a.Published.Before(t) }
}

func after(t time.Time) func(demo.Article) bool {
	return func(a demo.Article) bool { return !a.Published.Before(t) }
}

func from(outlets ...string) func(demo.Article) bool {
	return func(a demo.Article) bool { return slices.Contains(outlets, a.Outlet) }
}

func shinglesOf(text string) map[string]bool {
	words := strings.Fields(strings.ToLower(text))
	set := map[string]bool{}
	for i := range len(words) - 2 {
		set[strings.Join(words[i:i+3], " ")] = true
	}
	return set
}

// table counts stories by actor and day.
func table(articles []demo.Article) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-10s", "day")
	for day := 1; moment(day, 0).Before(demo.End()); day++ {
		fmt.Fprintf(&b, "%4d", day)
	}
	for _, actor := range []string{"Vantholm", "Torvalen", "Ardovia", "Zelvane", "Kim"} {
		fmt.Fprintf(&b, "\n%-10s", actor)
		theirs := about(articles, actor)
		for day := 1; moment(day, 0).Before(demo.End()); day++ {
			n := len(keep(theirs, after(moment(day, 0)), before(moment(day+1, 0))))
			fmt.Fprintf(&b, "%4d", n)
		}
	}
	return b.String()
}
