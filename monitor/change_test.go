package monitor_test

import (
	"strings"
	"testing"
	"time"

	"tonewatch/monitor"
)

func TestMayChange(t *testing.T) {
	t.Parallel()
	if !monitor.MayChange(0, time.Time{}).IsZero() {
		t.Error("a first change is not read at once")
	}
	// One that changes every minute is read again so often.
	counts := func(within time.Duration) (n int) {
		last := monday
		for at := monday; at.Before(monday.Add(within)); at = at.Add(time.Minute) {
			if !at.Before(monitor.MayChange(n, last)) {
				n, last = n+1, at
			}
		}
		return n
	}
	for within, want := range map[time.Duration]int{time.Hour: 2, 24 * time.Hour: 6, monitor.ChangedWithin: 9, 1000 * time.Hour: 11} {
		if got := counts(within); got != want {
			t.Errorf("%d changes are read within %v, want %d", got, within, want)
		}
	}
}

func TestDigest(t *testing.T) {
	t.Parallel()
	a := monitor.Article{Title: "Title", Summary: "Summary", Content: "Content", Seen: monday}
	same := a
	same.ID, same.Seen, same.URL, same.Published = 7, monday.Add(time.Hour), "https://e.org/7", monday
	if a.Digest() != same.Digest() || a.Digest() == 0 {
		t.Errorf("digests %d and %d of one text", a.Digest(), same.Digest())
	}
	for name, change := range map[string]func(*monitor.Article){
		"title": func(a *monitor.Article) { a.Title += "." }, "summary": func(a *monitor.Article) { a.Summary = "" },
		"content": func(a *monitor.Article) { a.Content += " more" },
		"places":  func(a *monitor.Article) { a.Summary, a.Content = "SummaryC", "ontent" },
	} {
		b := a
		if change(&b); b.Digest() == a.Digest() {
			t.Errorf("another %s, one digest", name)
		}
	}
}

func TestReuses(t *testing.T) {
	t.Parallel()
	const url, title = "https://www.e.org/news/1?utm_source=x", "Talks resume"
	for name, c := range map[string]struct {
		url, title string
		want       bool
	}{
		"another link and headline":  {"https://e.org/news/2", "Talks end", true},
		"another headline":           {"https://e.org/news/1", "Talks end", false},
		"another link":               {"https://e.org/news/2", "Talks Resume", false},
		"no link":                    {"", "Talks end", false},
		"no headline":                {"https://e.org/news/2", "", false},
		"the same page from a phone": {"https://m.e.org/news/1/amp", "Talks end", false},
	} {
		if got := (monitor.Article{URL: c.url, Title: c.title}).Reuses(url, title); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	if (monitor.Article{URL: "https://e.org/" + strings.Repeat("x", 3000), Title: "Talks end"}).Reuses(url, title) {
		t.Error("an address of 3,000 bytes is believed")
	}
}
