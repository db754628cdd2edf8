package monitor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"
)

// FeedFetcher polls an address of which something is known, or nothing. What the
// address or the network did wrong is a [*FetchError]; any other error is ours.
type FeedFetcher interface {
	Feed(ctx context.Context, url string, known Known) (Fetched, error)
}

// PollStore keeps what a poll brings.
type PollStore interface {
	Feed(ctx context.Context, id int64) (Feed, error)
	// SavePoll keeps the feed's new state and those articles whose identity
	// it has not seen, gives the first [MaxNewItems] of them to READ, and ends
	// the job: all or nothing. It returns how many were new and how many of
	// these are left unread. An article whose page another one has shown within
	// [StoryWindow] is that one, and not new; one whose text has changed is given
	// to READ again, as [MayChange] allows.
	SavePoll(ctx context.Context, f Feed, articles []Article) (fresh, unread int, err error)
}

// Poller is the step POLL.
type Poller struct {
	Store   PollStore
	Fetcher FeedFetcher
	Log     *slog.Logger
}

// Poll asks a feed for news. A feed that fails is no error of the job: the
// failure is kept with the feed, for the health check, and the next poll put
// off.
func (p *Poller) Poll(ctx context.Context, job Job) error {
	feed, err := p.Store.Feed(ctx, job.Subject)
	if err != nil {
		return fmt.Errorf("poll feed %d: %w", job.Subject, err)
	}
	schedule, err := ParseSchedule(feed.Every)
	if err != nil {
		return fmt.Errorf("poll %q: %w", feed.Name(), err)
	}
	fetched, err := p.Fetcher.Feed(ctx, feed.Address(job.Now), feed.Known)
	if ctx.Err() != nil {
		return ctx.Err() // we are stopping; the feed is not to blame
	}
	var failure *FetchError
	if err != nil && !errors.As(err, &failure) {
		return fmt.Errorf("poll %q: %w", feed.Name(), err)
	}
	var articles []Article
	switch {
	case failure == nil:
		articles = p.welcome(&feed, fetched, job.Now)
	case failure.Kind != FetchPutOff: // else nobody was asked
		p.blame(&feed, failure, job.Now)
	}
	feed.Next = schedule.NextPoll(feed, failure, job.Now)
	fresh, unread, err := p.Store.SavePoll(ctx, feed, articles)
	if err != nil {
		return fmt.Errorf("poll %q: %w", feed.Name(), err)
	}
	if unread > 0 {
		p.Log.Warn("feed shows too much at once: the oldest stay unread", "feed", feed.Name(), "new", fresh, "unread", unread)
	}
	p.Log.Debug("polled", "feed", feed.Name(), "items", len(articles), "new", fresh, "unchanged", fetched.Unchanged, "put_off", failure != nil && failure.Kind == FetchPutOff)
	return nil
}

// welcome writes a good answer into the feed and returns what it holds.
func (p *Poller) welcome(feed *Feed, got Fetched, now time.Time) []Article {
	first := feed.Succeeded.IsZero()
	if feed.Failures > 0 {
		p.Log.Info("feed recovered", "feed", feed.Name(), "failures", feed.Failures)
		feed.Problem = ""
	}
	p.follow(feed, got.MovedTo, now)
	wait := got.Wish()
	if validate(feed, &got, now) {
		wait = max(wait, MinWhole)
	}
	feed.Known, feed.Allowed = got.Known, now.Add(min(wait, MaxWait))
	feed.Tried, feed.Succeeded, feed.Failures = now, now, 0
	if got.Unchanged {
		return nil
	}
	flaw := flawOf(got.Document)
	if flaw != "" && flaw != feed.Problem {
		p.Log.Warn("feed is flawed", "feed", feed.Name(), "problem", flaw)
	}
	feed.Problem = flaw
	articles := articlesOf(*feed, got.Document.Items, now, first)
	feed.Pace = paceOf(articles)
	return articles
}

// keepValidators is how long validators are sent on to a server that stopped
// giving them. Many answer from several machines, of which not all give them; what
// one of these leaves out is no reason to ask for the whole feed again and again.
const keepValidators = 24 * time.Hour

// validate sees to the validators that an answer leaves to a feed, and says
// whether the next poll will get the whole feed, changed or not, for all that is
// known: there are none, or they belong to another address than the last ones,
// as where a redirect leads elsewhere at every poll.
func validate(feed *Feed, got *Fetched, now time.Time) (whole bool) {
	last := feed.Validators
	elsewhere := !last.None() && last.URL != got.Validators.URL
	switch {
	case !got.Validators.None():
		feed.Validated = now
	case !last.None() && !elsewhere && now.Sub(feed.Validated) < keepValidators:
		got.Validators = last
	}
	return elsewhere || got.Validators.None()
}

// blame writes a failure into the feed. It is logged when it is new, not at
// every poll.
func (p *Poller) blame(feed *Feed, failure *FetchError, now time.Time) {
	moved := feed.Address(now) != feed.URL
	wait := failure.RetryAfter
	if failure.whole() && feed.Validators.None() {
		wait = max(wait, MinWhole)
	}
	feed.Tried, feed.Allowed = now, now.Add(wait)
	feed.Failures++
	switch {
	case failure.Kind == FetchGone && !moved:
		feed.Gone = now
		p.Log.Error("feed is gone for good and polled no more: take it out of the configuration, or correct its address", "feed", feed.Name())
	case feed.Problem != failure.Error():
		p.Log.Warn("feed failed", "feed", feed.Name(), "error", failure)
	}
	feed.Problem = failure.Error()
	if moved && (feed.Failures > 1 || !failure.Temporary) {
		p.Log.Warn("feed fails where it had moved to: back to its configured address", "feed", feed.Name(), "moved_to", Redact(feed.Moved.To))
		feed.Moved = Moved{}
	}
}

// follow notes where the address that was asked leads for good; to is empty for
// nowhere.
func (p *Poller) follow(feed *Feed, to string, now time.Time) {
	asked := feed.Address(now)
	if asked != feed.URL && feed.Address(feed.Tried) == feed.URL {
		p.Log.Warn("feed has moved for good: write its new address into the configuration", "feed", feed.Name(), "moved_to", Redact(asked))
	}
	switch {
	case to == "" && asked == feed.URL:
		feed.Moved = Moved{}
	case to != "" && to != feed.Moved.To:
		feed.Moved = Moved{To: to, Since: now}
	}
}

// paceOf looks at the newest articles, which come first.
func paceOf(articles []Article) Pace {
	const newest = 10
	n := min(newest, len(articles))
	if n == 0 {
		return Pace{}
	}
	return Pace{Articles: n, Since: articles[n-1].Published}
}

// flawOf says what is wrong with a feed that could be used all the same.
func flawOf(d Document) string {
	var flaws []string
	if d.Partial {
		flaws = append(flaws, "feed is broken; its sound part was used")
	}
	var bad int
	var example string
	for _, it := range d.Items {
		if it.BadDate != "" {
			bad++
			example = it.BadDate
		}
	}
	if bad > 0 {
		flaws = append(flaws, fmt.Sprintf("unreadable dates on %d of %d items, as in %q; these count as published when first seen", bad, len(d.Items), example))
	}
	return strings.Join(flaws, "; ")
}

// articlesOf turns a document's items into articles, the newest first. An id that
// a feed gives to several items names none of them; nor does a link that it gives
// to several under other headlines.
func articlesOf(feed Feed, items []Item, now time.Time, backfill bool) []Article {
	uses := make(map[string]int)
	var links, pages landings
	for _, it := range items {
		uses[it.ID]++
		links.add(it.Link, it.Title)
		pages.add(CanonicalURL(it.Link), it.Title)
	}
	articles := make([]Article, 0, len(items))
	for _, it := range items {
		if uses[it.ID] > 1 {
			it.ID = ""
		}
		a := newArticle(feed, it, links.shared[it.Link], now, backfill)
		if a.Page != "" && pages.shared[a.Page] {
			a.Page, a.Shared = "", true
		}
		articles = append(articles, a)
	}
	slices.SortStableFunc(articles, func(a, b Article) int { return b.Published.Compare(a.Published) })
	return articles
}

// landings tells the addresses that a feed gives to several items, under other
// headlines.
type landings struct {
	titles map[string]string // by address
	shared map[string]bool
}

func (l *landings) add(address, title string) {
	if l.titles == nil {
		l.titles, l.shared = make(map[string]string), make(map[string]bool)
	}
	title = strings.TrimSpace(title)
	if other, ok := l.titles[address]; ok && other != title {
		l.shared[address] = true
	}
	l.titles[address] = title
}
