package store_test

import (
	"testing"
	"time"

	"tonewatch/monitor"
)

func TestForeignArticlesAreCounted(t *testing.T) {
	t.Parallel()
	s, _ := fresh(t)
	defer mustClose(t, s)
	f := theFeed(t, s)
	articles := []monitor.Article{
		{Feed: f.ID, Key: "a", URL: "https://e.org/a", Published: monday, Seen: monday},
		{Feed: f.ID, Key: "b", URL: "https://e.org/b", Published: monday, Seen: monday},
		{Feed: f.ID, Key: "c", URL: "https://e.org/c", Published: monday, Seen: monday},
	}
	_, _, err := s.SavePoll(t.Context(), f, articles)
	must(t, err)
	for id, read := range map[int64]monitor.Read{
		1: {Text: "Eins.", Language: "German", Sketch: monitor.NewSketch("", "", "", "1"), At: monday},
		2: {Text: "Deux.", Language: "French", Sketch: monitor.NewSketch("", "", "", "2"), At: monday.Add(-25 * time.Hour)},
		3: {Text: "Three.", Sketch: monitor.NewSketch("", "", "", "3"), At: monday},
	} {
		read.Article, err = s.Article(t.Context(), id)
		must(t, err)
		must(t, s.SaveRead(t.Context(), read))
	}
	status, err := s.Status(t.Context(), monday)
	must(t, err)
	article, err := s.Article(t.Context(), 1)
	must(t, err)
	if want := article.URL + ": German"; status.Foreign != 1 || status.ForeignExample != want {
		t.Errorf("%d foreign articles, newest %q; want 1, %q", status.Foreign, status.ForeignExample, want)
	}
}
