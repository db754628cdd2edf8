package store_test

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"tonewatch/monitor"
	"tonewatch/monitor/store"
)

// writer writes texts of words that are as unequally common as English ones are,
// of 150 to 850 words, each outlet's with its boilerplate. Every fourth is a
// reprint of another outlet's, cut and with a lead of its own.
type writer struct {
	r           *rand.Rand
	zipf        *rand.Zipf
	boilerplate []string
	recent      []string
}

func newWriter() *writer {
	r := rand.New(rand.NewPCG(6, 6))
	w := &writer{r: r, zipf: rand.NewZipf(r, 1.07, 3, 30_000)}
	for range 500 {
		w.boilerplate = append(w.boilerplate, w.words(40))
	}
	return w
}

func (w *writer) words(n int) string {
	var b strings.Builder
	for range n {
		fmt.Fprintf(&b, "w%d ", w.zipf.Uint64())
	}
	return b.String()
}

func (w *writer) next() (outlet, text string) {
	o := w.r.IntN(len(w.boilerplate))
	text = w.words(150 + w.r.IntN(700))
	if len(w.recent) > 0 && w.r.IntN(4) == 0 {
		first := w.recent[w.r.IntN(len(w.recent))]
		text = w.words(40) + first[:len(first)*2/3]
	}
	if w.recent = append(w.recent, text); len(w.recent) > 1000 {
		w.recent = w.recent[1:]
	}
	return fmt.Sprintf("Outlet %d", o), text + w.boilerplate[o]
}

// BenchmarkGroup finds the story of one article after the other, and then keeps
// what was read of it on disk, with so many stories in the file and so many within
// the window. It reports how much longer it takes to find one in the largest than
// in the smallest, and what the index of sketches takes in the file.
func BenchmarkGroup(b *testing.B) {
	var smallest float64
	for _, size := range []struct{ stories, window int }{{150_000, 2_000}, {150_000, 20_000}, {150_000, 150_000}} {
		if testing.Short() && size.window > 20_000 {
			continue
		}
		w := newWriter()
		s, path, index := groupStore(b, w, size.stories, size.window)
		name := fmt.Sprintf("%d stories, %d in the window", size.stories, size.window)
		b.Run(name+"/find", func(b *testing.B) {
			var articles [1000][2]string
			for i := range articles {
				articles[i][0], articles[i][1] = w.next()
			}
			copies, n := 0, 0
			before := cpu(b)
			for b.Loop() {
				a := articles[n%len(articles)]
				story, err := s.StoryOf(b.Context(), monitor.NewSketch(a[0], "", "", a[1]), monday)
				check(b, err)
				if n++; story != 0 {
					copies++
				}
			}
			each := (cpu(b) - before).Seconds() / float64(b.N)
			if smallest == 0 {
				smallest = each
			}
			b.ReportMetric(1/each, "stories/cpu-s")
			b.ReportMetric(each/smallest, "x-the-smallest")
			b.ReportMetric(float64(copies)/float64(b.N), "copies/article")
			b.ReportMetric(index/float64(size.window), "index-B/story")
			b.ReportMetric(index/(1<<20), "index-MB")
		})
		b.Run(name+"/keep", func(b *testing.B) {
			id := ask64(b, path, `SELECT max(id) FROM articles`)
			for b.Loop() {
				b.StopTimer()
				outlet, text := w.next()
				id++
				a := monitor.Article{ID: id, Feed: 1, Key: fmt.Sprint(id), Outlet: outlet, Published: monday, Seen: monday}
				_, _, err := s.SavePoll(b.Context(), monitor.Feed{ID: 1}, []monitor.Article{a})
				check(b, err)
				b.StartTimer()
				read := monitor.Read{Article: a, Text: text, Sketch: monitor.NewSketch(outlet, "", "", text), At: monday}
				read.CopyOf, err = s.StoryOf(b.Context(), read.Sketch, monday)
				check(b, err)
				check(b, s.SaveRead(b.Context(), read))
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "stories/s")
		})
	}
}

// groupStore is a file of so many stories, the last of them within the window of
// copies, and how many bytes these take to be found.
func groupStore(b *testing.B, w *writer, stories, window int) (s *store.Store, path string, index float64) {
	b.Helper()
	path = filepath.Join(b.TempDir(), "group.db")
	s, err := store.Open(b.Context(), store.Options{Path: path, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return monday }})
	check(b, err)
	b.Cleanup(func() { check(b, s.Close()) })
	check(b, s.SyncFeeds(b.Context(), []monitor.Feed{{URL: "https://e.org/feed", Outlet: "Example", Every: "@every 15m"}}, monday))
	db := direct(b, path)
	defer db.Close() //nolint:errcheck // its last commit was checked
	exec(b, db, `BEGIN`)
	apart := monitor.StoryWindow.Milliseconds() / int64(window)
	at := func(i int) int64 { return monday.UnixMilli() - apart*int64(stories-i) }
	const numbers = `WITH RECURSIVE numbers (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM numbers WHERE i + 1 < ?1) `
	exec(b, db, numbers+`INSERT INTO stories (id, at, title, url, article_id)
		SELECT i + 1, ?2 - ?3 * (?1 - i), 'A title', '', i + 1 FROM numbers`, stories, monday.UnixMilli(), apart)
	exec(b, db, numbers+`INSERT INTO articles (id, feed_id, key, outlet, url, title, summary, content, published_at, seen_at, backfill, read_at, story_id)
		SELECT i + 1, 1, i, 'Outlet', '', 'A title', '', '', ?2 - ?3 * (?1 - i), ?2 - ?3 * (?1 - i), 0, 1, i + 1 FROM numbers`, stories, monday.UnixMilli(), apart)
	exec(b, db, `COMMIT`)
	before := pages(b, path)
	exec(b, db, `BEGIN`)
	for i := stories - window; i < stories; i++ {
		outlet, text := w.next()
		sketch := monitor.NewSketch(outlet, "", "", text)
		exec(b, db, `INSERT INTO sketches (id, story_id, at, seen_at, body) VALUES (?, ?, ?, ?, ?)`, i+1, i+1, at(i), at(i), sketch.Bytes())
		for _, key := range sketch.Keys() {
			exec(b, db, `INSERT INTO sketch_keys VALUES (?, ?)`, key, i+1)
		}
	}
	exec(b, db, `COMMIT`)
	return s, path, float64(pages(b, path) - before)
}

// cpu is the time that the processor has worked for this process.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	check(b, syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// pages is what the file's pages hold.
func pages(b *testing.B, path string) int64 {
	b.Helper()
	return ask64(b, path, `SELECT page_count * page_size FROM pragma_page_count, pragma_page_size`)
}

func ask64(b *testing.B, path, query string) (n int64) {
	b.Helper()
	db := direct(b, path)
	defer db.Close() //nolint:errcheck // only read
	check(b, db.QueryRowContext(b.Context(), query).Scan(&n))
	return n
}
