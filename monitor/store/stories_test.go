package store_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"tonewatch/monitor"
	"tonewatch/monitor/store"
)

// prose is a text of so many words, of no sense.
func prose(r *rand.Rand, n int) string {
	words := make([]string, n)
	for i := range words {
		words[i] = fmt.Sprintf("w%c%c%c", 'a'+r.IntN(26), 'a'+r.IntN(26), 'a'+r.IntN(26))
	}
	return strings.Join(words, " ")
}

// freshFile is a new store, at a path that can be asked, with one feed and one
// actor.
func freshFile(t *testing.T) (s *store.Store, path string) {
	t.Helper()
	path = file(t)
	s = mustOpen(t, path)
	must(t, s.SyncFeeds(t.Context(), []monitor.Feed{{URL: "https://e.org/feed", Outlet: "Example", Every: "@every 15m"}}, monday))
	must(t, s.SyncActors(t.Context(), []string{"Acme"}, monday))
	return s, path
}

// print keeps an article and what is read in it, at the time it was published.
func print(t *testing.T, s *store.Store, n int, outlet, text string, at time.Time) {
	t.Helper()
	read := keep(t, s, n, outlet, text, at)
	var err error
	read.CopyOf, err = s.StoryOf(t.Context(), read.Sketch, at)
	must(t, err)
	must(t, s.SaveRead(t.Context(), read))
}

// keep keeps an article and gives what is to be saved of it.
func keep(t *testing.T, s *store.Store, n int, outlet, text string, at time.Time) monitor.Read {
	t.Helper()
	a := monitor.Article{ID: int64(n), Feed: 1, Key: fmt.Sprint(n), Outlet: outlet, URL: fmt.Sprintf("https://e.org/%d", n), Published: at, Seen: at}
	_, _, err := s.SavePoll(t.Context(), monitor.Feed{ID: 1}, []monitor.Article{a})
	must(t, err)
	return monitor.Read{
		Article: a, Text: text, Sketch: monitor.NewSketch(a.Outlet, a.URL, a.Title, text), At: at,
		Readings: []monitor.Reading{{Actor: "Acme", Voice: monitor.AnyVoice, Outlet: outlet, At: at, Tone: 0.5, Story: monitor.Story{URL: a.URL}}},
	}
}

// A story's copies are counted, with the outlets that they are in, whoever
// prints it; another text, and the same one days later, is another story.
func TestCopiesAreCounted(t *testing.T) {
	t.Parallel()
	s, _ := fresh(t)
	defer mustClose(t, s)
	r := rand.New(rand.NewPCG(1, 1))
	report, lead := prose(r, 400), prose(r, 80)
	words := strings.Fields(report)
	for i, p := range []struct {
		outlet, text string
		after        time.Duration
	}{
		{"Wire", report, 0},
		{"Example", lead + " " + report, time.Hour},
		{"Example", strings.Join(words[:160], " "), 2 * time.Hour},
		{"Wire", strings.ToUpper(report), 3 * time.Hour},
		{"Other", prose(r, 400), 4 * time.Hour},
		{"Other", report, monitor.StoryWindow},
		{"Other", report, monitor.StoryWindow + time.Second},
		{"Other", "", 80 * time.Hour},
		{"Other", "", 80 * time.Hour},
	} {
		print(t, s, i+1, p.outlet, p.text, monday.Add(p.after))
	}
	readings, err := s.Readings(t.Context(), "Acme", monitor.AnyVoice, monday, monday.AddDate(0, 0, 9))
	must(t, err)
	var got []string
	for _, r := range readings {
		got = append(got, fmt.Sprintf("%s +%d in %d", r.Story.URL, r.Story.Copies, r.Story.Outlets))
	}
	want := []string{
		"https://e.org/1 +4 in 3", "https://e.org/5 +0 in 0", "https://e.org/7 +0 in 0",
		"https://e.org/8 +0 in 0", "https://e.org/9 +0 in 0",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("stories %q, want %q", got, want)
	}
}

// Readers that judge one story at the same time, none of which knew of the
// others', leave one story.
func TestAStoryIsToldOnce(t *testing.T) {
	t.Parallel()
	s, path := freshFile(t)
	defer mustClose(t, s)
	text := prose(rand.New(rand.NewPCG(2, 2)), 300)
	const readers = 8
	reads := make([]monitor.Read, readers)
	for i := range reads {
		reads[i] = keep(t, s, i+1, fmt.Sprint("Outlet ", i), text, monday)
	}
	var wg sync.WaitGroup
	for _, read := range reads {
		wg.Go(func() {
			if err := s.SaveRead(t.Context(), read); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for query, want := range map[string]int{
		`SELECT count(*) FROM stories`:  1,
		`SELECT copies FROM stories`:    readers - 1,
		`SELECT count(*) FROM readings`: 1,
		`SELECT sum(n) FROM series`:     1,
		`SELECT count(*) FROM sketches`: 1,
	} {
		if got := ask[int](t, path, query); got != want {
			t.Errorf("%s = %d, want %d", query, got, want)
		}
	}
}

// The file tells stories apart as a Grouper does in memory.
func TestStoriesAreThoseOfAGrouper(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and not about concurrency")
	}
	t.Parallel()
	s, path := freshFile(t)
	defer mustClose(t, s)
	r := rand.New(rand.NewPCG(3, 3))
	var texts []string
	var g monitor.Grouper
	boilerplate := prose(r, 60)
	for i := range 120 {
		text := prose(r, 60+r.IntN(300)) + " " + boilerplate
		if len(texts) > 0 && r.IntN(2) == 0 {
			words := strings.Fields(texts[r.IntN(len(texts))])
			for range r.IntN(len(words)) {
				words[r.IntN(len(words))] = "changed"
			}
			text = strings.Join(words[:1+r.IntN(len(words))], " ")
		}
		texts = append(texts, text)
		at := monday.Add(time.Duration(i) * 50 * time.Minute)
		print(t, s, i+1, fmt.Sprint("Outlet ", i), text, at)
		want, _ := g.Story(monitor.NewSketch(fmt.Sprint("Outlet ", i), fmt.Sprintf("https://e.org/%d", i+1), "", text), at)
		if got := ask[int](t, path, `SELECT story_id - 1 FROM articles WHERE id = `+fmt.Sprint(i+1)); got != want {
			t.Fatalf("article %d is put with story %d, by a Grouper with %d", i+1, got, want)
		}
	}
	if stories := ask[int](t, path, `SELECT count(*) FROM stories`); stories < 60 || stories > 115 {
		t.Errorf("%d stories: nothing is tried here", stories)
	}
}

// Sketches go when no copy can come any more, and their keys with them.
func TestSketchesGo(t *testing.T) {
	t.Parallel()
	s, path := freshFile(t)
	defer mustClose(t, s)
	r := rand.New(rand.NewPCG(4, 4))
	for i := range 60 {
		print(t, s, i+1, "Example", prose(r, 200), monday.Add(time.Duration(2*i)*time.Hour))
	}
	sketches := ask[int](t, path, `SELECT count(*) FROM sketches`)
	if sketches != 49 { // of four days, and the newest
		t.Errorf("%d sketches are kept, want 49", sketches)
	}
	if keys := ask[int](t, path, `SELECT count(*) FROM sketch_keys WHERE sketch_id NOT IN (SELECT id FROM sketches)`); keys > 0 {
		t.Errorf("%d keys of sketches that are gone", keys)
	}
	if keys := ask[int](t, path, `SELECT count(*) FROM sketch_keys`); keys < 12*sketches {
		t.Errorf("%d keys of %d sketches", keys, sketches)
	}
}
