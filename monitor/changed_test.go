package monitor_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/monitor"
)

// An article that changes is read again, once a change, and counts in its own hour
// as if only its last text had been read. Nothing else is asked for again.
func TestAChangedArticleCountsAsIfReadLast(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and not about concurrency")
	}
	t.Parallel()
	p, last := newPaper(t), newPaper(t)
	r := openRoom(t, p, monitor.Feed{URL: "/feed", Outlet: "Example"})
	want := openRoom(t, last, monitor.Feed{URL: "/feed", Outlet: "Example"})
	for n := range 4 {
		p.publish("/feed", n, "wonderful")
	}
	r.pass(5 * time.Hour)
	first := r.sums()
	p.publish("/feed", 1, "terrible")
	p.publish("/feed", 2, "dreary")
	r.pass(20 * time.Minute)
	p.publish("/feed", 2, "lovely")
	r.pass(time.Hour)
	p.edit(func() { // a new headline alone
		p.feeds["/feed"][0].title = "Report number 0 from the terrible plant of Acme"
	})
	for range 3 {
		r.pass(time.Hour)
	}
	for n, mood := range []string{"wonderful", "terrible", "lovely", "wonderful"} {
		last.publish("/feed", n, mood)
	}
	last.edit(func() { last.feeds["/feed"][0].title = "Report number 0 from the terrible plant of Acme" })
	want.pass(10 * time.Hour)

	if cmp.Equal(first, r.sums()) {
		t.Error("the changes have changed nothing")
	}
	if diff := cmp.Diff(want.sums(), r.sums()); diff != "" {
		t.Errorf("sums (-read last +read again):\n%s", diff)
	}
	if diff := cmp.Diff(want.stories(), r.stories()); diff != "" {
		t.Errorf("stories (-read last +read again):\n%s", diff)
	}
	for n, want := range []int{2, 2, 3, 1} {
		if got := p.times(fmt.Sprintf("/news/%d", n)); got != want {
			t.Errorf("page %d was asked for %d times, want %d", n, got, want)
		}
	}
}

// What changes at every poll is read again six times on its first day, and what it
// says in the end is read.
func TestAnArticleThatAlwaysChanges(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and not about concurrency")
	}
	t.Parallel()
	p := newPaper(t)
	r := openRoom(t, p, monitor.Feed{URL: "/feed", Outlet: "Example"})
	p.publish("/feed", 0, "wonderful")
	r.pass(aPoll)
	for i := range int(24 * time.Hour / aPoll) {
		p.edit(func() { p.feeds["/feed"][0].summary = fmt.Sprintf("%d readers like this.", i) })
		r.pass(aPoll)
	}
	if got := p.times("/news/0"); got != 1+6 {
		t.Errorf("its page was asked for %d times in a day, want 7", got)
	}
	p.publish("/feed", 0, "terrible")
	r.pass(17 * time.Hour)
	if got, want := r.stories(), []string{"Report number 0 from the plant, Example: -0.9 +0 in 0"}; !slices.Equal(got, want) {
		t.Errorf("stories %q, want %q", got, want)
	}
}

// One page is read once and counts once, in whichever feed it is shown: by a link
// that is the same but for what tells the reader's way, or by what the page calls
// itself.
func TestAnArticleInTwoFeedsIsReadOnce(t *testing.T) {
	t.Parallel()
	p := newPaper(t)
	r := openRoom(t, p,
		monitor.Feed{URL: "/front", Outlet: "Example"}, monitor.Feed{URL: "/world", Outlet: "Example"}, monitor.Feed{URL: "/picks", Outlet: "Picks"})
	for n := range 3 {
		p.publish("/front", n, "wonderful")
	}
	r.pass(aPoll)
	p.edit(func() {
		world := slices.Clone(p.feeds["/front"])
		for i := range world {
			world[i].guid, world[i].summary = "w"+world[i].guid, "Another teaser."
			world[i].link += "?utm_source=world#top"
		}
		p.feeds["/world"] = world
		// One that is only known for the same when it has been read, and then is.
		p.pages["/go/7"] = page{canonical: p.url + "/news/7", text: report(7, "terrible")}
		p.pages["/news/7"] = page{canonical: "/news/7", text: report(7, "terrible")}
		p.feeds["/picks"] = []entry{{guid: "7", link: "/go/7", title: "Picked from the plant today", summary: "Seven.", published: p.at}}
	})
	r.pass(aPoll)
	p.edit(func() {
		p.feeds["/world"] = append(p.feeds["/world"], entry{guid: "seven", link: "/news/7", title: "Report number 7 from the plant", published: p.at})
		p.pages["/to/7"] = page{canonical: p.url + "/news/7", text: report(7, "terrible")}
		p.feeds["/front"] = append(p.feeds["/front"], entry{guid: "to", link: "/to/7", title: "Number 7 from the plant again", published: p.at})
	})
	r.pass(aPoll)
	p.edit(func() { // by now this link is known, too
		p.feeds["/world"] = append(p.feeds["/world"], entry{guid: "to", link: "/to/7?utm_medium=world", title: "Number 7 once more", published: p.at})
	})
	r.pass(aPoll)

	want := []string{
		"Picked from the plant today, Picks: -0.9 +0 in 0", "Report number 0 from the plant, Example: +0.7 +0 in 0",
		"Report number 1 from the plant, Example: +0.7 +0 in 0", "Report number 2 from the plant, Example: +0.7 +0 in 0",
	}
	if got := r.stories(); !slices.Equal(got, want) {
		t.Errorf("stories %q, want %q", got, want)
	}
	for path, want := range map[string]int{"/news/0": 1, "/news/1": 1, "/news/2": 1, "/go/7": 1, "/to/7": 1, "/news/7": 0} {
		if got := p.times(path); got != want {
			t.Errorf("%s was asked for %d times, want %d", path, got, want)
		}
	}
}

// What a page calls itself swallows no other article, however many pages call
// themselves the same.
func TestAWrongCanonicalLinkSwallowsNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and not about concurrency")
	}
	t.Parallel()
	for _, canonical := range []string{"/news", "/latest", "https://elsewhere.example/story"} {
		p := newPaper(t)
		r := openRoom(t, p, monitor.Feed{URL: "/feed", Outlet: "Example"})
		for n := range 3 {
			p.publish("/feed", n, "lovely")
			p.edit(func() {
				p.pages[fmt.Sprintf("/news/%d", n)] = page{canonical: canonical, text: report(n, "lovely")}
			})
			r.pass(aPoll)
		}
		if got := r.stories(); len(got) != 3 {
			t.Errorf("canonical %q: %d stories of 3: %q", canonical, len(got), got)
		}
	}
}

// An id that a feed gives to another article, with another link and headline, names
// that too; a new id for the same link names the same article.
func TestIdsThatAreUsedAgain(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and not about concurrency")
	}
	t.Parallel()
	p := newPaper(t)
	r := openRoom(t, p, monitor.Feed{URL: "/feed", Outlet: "Example"})
	p.publish("/feed", 1, "wonderful")
	r.pass(aPoll)
	p.publish("/feed", 2, "terrible")
	p.edit(func() {
		p.feeds["/feed"] = p.feeds["/feed"][1:]
		p.feeds["/feed"][0].guid = "1" // of another article
	})
	r.pass(aPoll)
	want := []string{"Report number 1 from the plant, Example: +0.7 +0 in 0", "Report number 2 from the plant, Example: -0.9 +0 in 0"}
	if got := r.stories(); !slices.Equal(got, want) {
		t.Errorf("an id used again: stories %q, want %q", got, want)
	}
	p.edit(func() {
		p.pages["/news/2"] = page{text: report(2, "dreary")}
		e := &p.feeds["/feed"][0]
		e.guid, e.summary, e.published = "2, second version", "A dreary year ends.", p.at
	})
	for range 3 {
		r.pass(time.Hour)
	}
	want[1] = "Report number 2 from the plant, Example: -0.2 +0 in 0"
	if got := r.stories(); !slices.Equal(got, want) {
		t.Errorf("a new id: stories %q, want %q", got, want)
	}
	if got := p.times("/news/2"); got != 2 {
		t.Errorf("its page was asked for %d times, want twice", got)
	}
}

// Items without an id that all lead to one live page are articles of their own, and
// stay those that they were while others come and go beside them.
func TestItemsThatShareALinkAreApart(t *testing.T) {
	t.Parallel()
	p := newPaper(t)
	r := openRoom(t, p, monitor.Feed{URL: "/feed", Outlet: "Example"})
	show := func(link string, numbers ...int) {
		p.edit(func() {
			p.feeds["/feed"] = nil
			for _, n := range numbers {
				p.feeds["/feed"] = append(p.feeds["/feed"], entry{
					link: link, title: fmt.Sprintf("Minute %d at the plant", n), summary: report(n, "lovely"), published: monday.Add(time.Duration(n) * time.Minute),
				})
			}
		})
		r.pass(aPoll)
	}
	p.edit(func() { p.pages["/live"] = page{text: report(0, "lovely") + " " + report(9, "terrible")} })
	show("/live", 0) // alone at first, and known by its link
	show("/live", 0, 1, 2)
	show("/live", 1, 2, 3)
	show("/live", 3) // alone again
	show("/live", 3, 4)
	show("/live", 3, 4)

	var want []string
	for n := range 5 {
		want = append(want, fmt.Sprintf("Minute %d at the plant, Example: +0.3 +0 in 0", n))
	}
	want[0] = "Minute 0 at the plant, Example: -0.3 +0 in 0" // the page was taken for its own
	if diff := cmp.Diff(want, r.stories()); diff != "" {
		t.Errorf("stories (-want +got):\n%s", diff)
	}
	status, err := r.s.Status(t.Context(), p.now())
	if err != nil {
		t.Fatal(err)
	}
	if status.Articles != 5 {
		t.Errorf("%d articles are kept, want 5", status.Articles)
	}
}

// So are those with ids: the page behind their link is not read for any of them, also
// not when one has changed.
func TestThePageOfASharedLinkIsNotRead(t *testing.T) {
	t.Parallel()
	p := newPaper(t)
	r := openRoom(t, p, monitor.Feed{URL: "/feed", Outlet: "Example"})
	p.edit(func() {
		p.pages["/live"] = page{text: report(9, "terrible")}
		for n := range 2 {
			p.feeds["/feed"] = append(p.feeds["/feed"], entry{
				guid: fmt.Sprint(n), link: "/live", title: fmt.Sprintf("Minute %d at the plant", n), summary: report(n, "lovely"), published: p.at,
			})
		}
	})
	r.pass(aPoll)
	p.edit(func() { p.feeds["/feed"][1].summary = report(1, "wonderful") })
	for range 3 {
		r.pass(time.Hour)
	}
	want := []string{"Minute 0 at the plant, Example: +0.3 +0 in 0", "Minute 1 at the plant, Example: +0.7 +0 in 0"}
	if diff := cmp.Diff(want, r.stories()); diff != "" {
		t.Errorf("stories (-want +got):\n%s", diff)
	}
	if got := p.times("/live"); got != 0 {
		t.Errorf("the page was asked for %d times", got)
	}
}
