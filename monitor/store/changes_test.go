package store_test

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"tonewatch/monitor"
	"tonewatch/monitor/store"
)

// show polls: its feed, or another, shows articles at a time.
func show(t *testing.T, s *store.Store, at time.Time, articles ...monitor.Article) {
	t.Helper()
	for i := range articles {
		a := &articles[i]
		a.Seen, a.Page = at, monitor.CanonicalURL(a.URL)
		if a.Feed == 0 {
			a.Feed = 1
		}
		if a.Outlet == "" {
			a.Outlet = "Example"
		}
		if a.Published.IsZero() {
			a.Published = at
		}
	}
	_, _, err := s.SavePoll(t.Context(), monitor.Feed{ID: 1}, articles)
	must(t, err)
}

// readUnread reads as READ does whatever is to be read, at a time, the oldest
// first: a text's tone is its length, and it says what it says in its content.
func readUnread(t *testing.T, s *store.Store, path string, at time.Time) (n int) {
	t.Helper()
	for {
		id := ask[int64](t, path, `SELECT coalesce(min(id), 0) FROM articles WHERE read_at = 0`)
		if id == 0 {
			return n
		}
		n++
		must(t, s.SaveRead(t.Context(), readOf(t, s, id, at)))
	}
}

func readOf(t *testing.T, s *store.Store, id int64, at time.Time) monitor.Read {
	t.Helper()
	a, err := s.Article(t.Context(), id)
	must(t, err)
	read := monitor.Read{Article: a, Text: a.Content, From: monitor.FromContent, Sketch: monitor.NewSketch(a.Outlet, a.URL, a.Title, a.Content), At: at}
	if b := a.Before; b == nil || !b.Told {
		read.CopyOf, err = s.StoryOf(t.Context(), read.Sketch, a.Published)
		must(t, err)
	} else {
		read.Same = b.Title == a.Title && b.Text == read.Text
	}
	if read.CopyOf == 0 && !read.Same {
		tone := float64(len(a.Title+a.Content)%1000) / 1000
		for _, voice := range []string{monitor.AnyVoice, monitor.OwnVoice} {
			read.Readings = append(read.Readings, monitor.Reading{
				Actor: "Acme", Voice: voice, Outlet: a.Outlet, At: a.Published, Tone: tone, Named: &tone, Backfill: a.Backfill,
			})
		}
	}
	return read
}

// stateOf is what counts: stories with their readings, and the sums.
func stateOf(t *testing.T, path string) string {
	t.Helper()
	return ask[string](t, path, `SELECT coalesce(group_concat(line, char(10)), '') FROM (
			SELECT title || ' ' || url || ' ' || stories.at || ' +' || copies || ' ' || voice || ' ' || outlet || ' ' || tone || ' ' || backfill AS line
			FROM readings JOIN stories ON stories.id = story_id ORDER BY line)`) + "\n" +
		ask[string](t, path, `SELECT coalesce(group_concat(line, char(10)), '') FROM (
			SELECT hour || ' ' || voice || ' ' || outlet || ' ' || backfill || ' ' || n || ' ' || total || ' ' || squares || ' ' ||
				named_n || ' ' || named_total || ' ' || named_squares AS line FROM series WHERE n <> 0 ORDER BY line)`)
}

// However often articles change before they are read for the last time, what is
// kept is as if only their last texts had been read.
func TestSumsAreThoseOfTheLastTexts(t *testing.T) {
	t.Parallel()
	s, path := freshFile(t)
	defer mustClose(t, s)
	r := rand.New(rand.NewPCG(8, 8))
	var last []monitor.Article
	for i := range 30 {
		last = append(last, monitor.Article{
			Key: fmt.Sprint("id:", i), URL: fmt.Sprintf("https://e.org/%d", i), Title: fmt.Sprintf("Title %d", i), Content: prose(r, 80+r.IntN(200)),
			Outlet: fmt.Sprint("Outlet ", i%3), Backfill: i%7 == 0, Published: monday.Add(time.Duration(r.IntN(600)) * time.Minute),
		})
	}
	at := monday.Add(10 * time.Hour)
	show(t, s, at, last...)
	first := readUnread(t, s, path, at)
	again := 0
	for range 5 {
		at = at.Add(16 * time.Hour)
		for range 8 {
			i := r.IntN(len(last))
			last[i].Content = prose(r, 80+r.IntN(200))
			if r.IntN(3) == 0 {
				last[i].Title += " and more"
			}
		}
		show(t, s, at, last...)
		again += readUnread(t, s, path, at)
	}
	if first != 30 || again < 25 {
		t.Fatalf("%d articles were read, and %d again: nothing is tried here", first, again)
	}

	fresh, freshPath := freshFile(t)
	defer mustClose(t, fresh)
	show(t, fresh, at, last...)
	readUnread(t, fresh, freshPath, at)
	if got, want := stateOf(t, path), stateOf(t, freshPath); got != want {
		t.Errorf("state:\n%s\nwant:\n%s", got, want)
	}
	for query, want := range map[string]int{
		`SELECT count(*) FROM sketches`: 30,
		`SELECT count(*) FROM sketch_keys WHERE sketch_id NOT IN (SELECT id FROM sketches)`:                        0,
		`SELECT count(*) FROM articles WHERE published_at <> (SELECT at FROM stories WHERE stories.id = story_id)`: 0,
	} {
		if got := ask[int](t, path, query); got != want {
			t.Errorf("%s = %d, want %d", query, got, want)
		}
	}
}

// What has not changed makes no job and writes nothing of an article; nor does
// what is too old, was never read, or changes too soon.
func TestWhatIsNotReadAgain(t *testing.T) {
	t.Parallel()
	s, path := freshFile(t)
	defer mustClose(t, s)
	r := rand.New(rand.NewPCG(9, 9))
	a := monitor.Article{Key: "id:1", URL: "https://e.org/1", Title: "One", Content: prose(r, 100), Published: monday}
	show(t, s, monday, a)
	readUnread(t, s, path, monday)
	state := func() string {
		return ask[string](t, path, `SELECT group_concat(a, char(10)) FROM (SELECT url || title || content || read_at || changes || changed_at || digest || story_id AS a FROM articles)`) +
			ask[string](t, path, `SELECT max(id) || ' jobs, due ' || (SELECT due_at FROM actors) FROM river_job`)
	}
	before := state()
	for i := range 3 {
		show(t, s, monday.Add(time.Duration(i)*time.Hour), a)
	}
	if got := state(); got != before {
		t.Errorf("an article that did not change: %s, want %s", got, before)
	}
	old := a
	old.Content = prose(r, 100)
	show(t, s, monday.Add(monitor.ChangedWithin), old)
	if got := state(); got != before {
		t.Errorf("one that changed after a week: %s, want %s", got, before)
	}
	show(t, s, monday.Add(3*time.Hour), old)
	if n := readUnread(t, s, path, monday.Add(3*time.Hour)); n != 1 {
		t.Errorf("%d articles are read again after a change, want 1", n)
	}
	before = state()
	a.Content = prose(r, 100)
	show(t, s, monday.Add(3*time.Hour+20*time.Minute), a)
	if got := state(); got != before {
		t.Errorf("one that changed again at once: %s, want %s", got, before)
	}
	show(t, s, monday.Add(4*time.Hour), a)
	if n := readUnread(t, s, path, monday.Add(4*time.Hour)); n != 1 {
		t.Errorf("%d articles are read later, want 1", n)
	}
	// Of a release that did not know what the feed had said.
	ask[int](t, path, `UPDATE articles SET digest = 0 RETURNING 1`)
	a.Content = prose(r, 100)
	show(t, s, monday.Add(20*time.Hour), a)
	if n := ask[int](t, path, `SELECT count(*) FROM articles WHERE read_at = 0 OR digest = 0`); n != 0 {
		t.Errorf("%d articles of a former release are given out, or not known now", n)
	}
	// Those that a flood left unread.
	var flood []monitor.Article
	for i := range monitor.MaxNewItems + 3 {
		flood = append(flood, monitor.Article{Key: fmt.Sprint("flood ", i), Title: fmt.Sprint("Flood ", i), Content: prose(r, 20)})
	}
	show(t, s, monday.Add(21*time.Hour), flood...)
	readUnread(t, s, path, monday.Add(21*time.Hour))
	for i := range flood {
		flood[i].Content = prose(r, 20)
	}
	show(t, s, monday.Add(22*time.Hour), flood...)
	if n := readUnread(t, s, path, monday.Add(22*time.Hour)); n != monitor.MaxNewItems {
		t.Errorf("%d articles are read again, want %d", n, monitor.MaxNewItems)
	}
}

// What was read of an article before it changed is not kept, nor is anything twice,
// in whichever order readers come.
func TestAReadingOfAFormerTextIsNotKept(t *testing.T) {
	t.Parallel()
	s, path := freshFile(t)
	defer mustClose(t, s)
	r := rand.New(rand.NewPCG(10, 10))
	a := monitor.Article{Key: "id:1", URL: "https://e.org/1", Title: "One", Content: prose(r, 100), Published: monday}
	show(t, s, monday, a)
	early := readOf(t, s, 1, monday)
	a.Content = prose(r, 133)
	show(t, s, monday.Add(time.Hour), a)
	late := readOf(t, s, 1, monday.Add(time.Hour))
	var wg sync.WaitGroup
	for _, read := range []monitor.Read{early, late, late, early} {
		wg.Go(func() {
			if err := s.SaveRead(t.Context(), read); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got, err := s.Article(t.Context(), 1); err != nil || !got.Done || got.Before == nil || got.Before.Text != a.Content {
		t.Errorf("article = %+v, error %v; want it done with its last text", got, err)
	}
	if n := ask[int](t, path, `SELECT sum(n) FROM series WHERE voice = 'any'`); n != 1 {
		t.Errorf("the series counts %d stories, want 1", n)
	}
	if total := ask[int64](t, path, `SELECT sum(total) FROM series WHERE voice = 'any'`); total != int64(late.Readings[0].Tone*1e6+0.5) {
		t.Errorf("the series adds up %d, want what was read last", total)
	}
}

// A flash that grows into the report that others print is a copy of that; a copy
// that is written anew tells its own story.
func TestStoriesThatMeetAndPart(t *testing.T) {
	t.Parallel()
	s, path := freshFile(t)
	defer mustClose(t, s)
	r := rand.New(rand.NewPCG(11, 11))
	wire := prose(r, 300)
	flash := monitor.Article{Key: "flash", URL: "https://e.org/1", Title: "Flash", Content: prose(r, 30), Outlet: "Alpha", Published: monday}
	report := monitor.Article{Key: "wire", URL: "https://e.org/2", Title: "Report", Content: wire, Outlet: "Beta", Published: monday.Add(time.Hour)}
	reprint := monitor.Article{Key: "copy", URL: "https://e.org/3", Title: "Reprint", Content: prose(r, 40) + " " + wire, Outlet: "Gamma", Published: monday.Add(2 * time.Hour)}
	at := monday.Add(3 * time.Hour)
	show(t, s, at, flash, report, reprint)
	readUnread(t, s, path, at)
	expect := func(when, want string) {
		t.Helper()
		const stories = `SELECT group_concat(line, ', ') FROM (SELECT stories.title || ' +' || copies || ' of ' || n AS line
			FROM stories JOIN series ON hour = stories.at AND voice = 'any' AND n <> 0 ORDER BY stories.at)`
		if got := ask[string](t, path, stories); got != want {
			t.Errorf("%s: %q, want %q", when, got, want)
		}
		if n := ask[int](t, path, `SELECT sum(n) FROM series WHERE voice = 'any'`); n != strings.Count(want, "of 1") {
			t.Errorf("%s: the series counts %d", when, n)
		}
		if n := ask[int](t, path, `SELECT count(*) FROM articles WHERE story_id NOT IN (SELECT id FROM stories)`); n > 0 {
			t.Errorf("%s: %d articles of stories that are gone", when, n)
		}
	}
	expect("at first", "Flash +0 of 1, Report +1 of 1")
	flash.Content = wire
	show(t, s, at.Add(time.Hour), flash)
	readUnread(t, s, path, at.Add(time.Hour))
	expect("the flash has grown", "Report +2 of 1")
	reprint.Content = prose(r, 300)
	show(t, s, at.Add(2*time.Hour), reprint)
	readUnread(t, s, path, at.Add(2*time.Hour))
	expect("the reprint is written anew", "Report +1 of 1, Reprint +0 of 1")
	report.Content = wire + " Corrected in a word."
	report.Title = "Report, corrected"
	show(t, s, at.Add(3*time.Hour), report)
	readUnread(t, s, path, at.Add(3*time.Hour))
	expect("the report is corrected", "Report, corrected +1 of 1, Reprint +0 of 1")
	if n := ask[int](t, path, `SELECT count(*) FROM sketches WHERE story_id NOT IN (SELECT id FROM stories)`); n > 0 {
		t.Errorf("%d sketches of stories that are gone", n)
	}
}

// Readings that upkeep has thrown away stay in the series; a change of their
// article counts them no second time.
func TestAChangeOfWhatIsForgotten(t *testing.T) {
	t.Parallel()
	path := file(t)
	s, err := store.Open(t.Context(), store.Options{Path: path, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return monday }, Keep: store.Keep{Articles: 2 * day}})
	must(t, err)
	defer mustClose(t, s)
	must(t, s.SyncFeeds(t.Context(), []monitor.Feed{{URL: "https://e.org/feed", Outlet: "Example", Every: "@every 15m"}}, monday))
	must(t, s.SyncActors(t.Context(), []string{"Acme"}, monday))
	r := rand.New(rand.NewPCG(12, 12))
	a := monitor.Article{Key: "id:1", Title: "Archived", Content: prose(r, 100), Published: monday.Add(-3 * day)}
	show(t, s, monday, a)
	readUnread(t, s, path, monday)
	for done := false; !done; {
		done, err = s.Tend(t.Context(), monday.Add(time.Hour), 10)
		must(t, err)
	}
	if n := ask[int](t, path, `SELECT count(*) FROM readings`); n != 0 {
		t.Fatalf("%d readings are left", n)
	}
	before := stateOf(t, path)
	a.Content = prose(r, 100)
	show(t, s, monday.Add(2*time.Hour), a)
	if n := readUnread(t, s, path, monday.Add(2*time.Hour)); n != 1 {
		t.Fatalf("%d articles read again, want 1", n)
	}
	if got := stateOf(t, path); got != before {
		t.Errorf("state:\n%s\nwant:\n%s", got, before)
	}
}

// What pages articles are is forgotten when no other feed can show them any more.
func TestPagesGo(t *testing.T) {
	t.Parallel()
	s, path := freshFile(t)
	defer mustClose(t, s)
	for i := range 120 {
		show(t, s, monday.Add(time.Duration(2*i)*time.Hour), monitor.Article{Key: fmt.Sprint(i), URL: fmt.Sprintf("https://e.org/%d", i), Title: fmt.Sprint(i)})
	}
	if n := ask[int](t, path, `SELECT count(*) FROM pages`); n != 49 { // of four days, and the newest
		t.Errorf("%d pages are kept, want 49", n)
	}
}
