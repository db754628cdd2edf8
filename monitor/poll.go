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

// FeedFetcher polls an address. Its failures are [*FetchError].
type FeedFetcher interface {
	Feed(ctx context.Context, url string, v Validators) (Fetched, error)
}

// PollStore keeps what a poll brings.
type PollStore interface {
	Feed(ctx context.Context, id int64) (Feed, error)
	// SavePoll keeps the feed's new state and those articles whose identity
	// it has not seen, gives the first [MaxNewItems] of them to READ, and ends
	// the job: all or nothing. It returns how many were new and how many of
	// these are left unread.
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
		return fmt.Errorf("poll %q: %w", feed.URL, err)
	}
	fetched, err := p.Fetcher.Feed(ctx, feed.URL, feed.Validators)
	if ctx.Err() != nil {
		return ctx.Err() // we are stopping; the feed is not to blame
	}
	articles := p.note(&feed, fetched, err, job.Now)
	wait := fetched.Wait
	if failure := (*FetchError)(nil); errors.As(err, &failure) {
		wait = max(wait, failure.RetryAfter)
	}
	feed.Next = NextPoll(schedule, feed, job.Now, wait)
	fresh, unread, err := p.Store.SavePoll(ctx, feed, articles)
	if err != nil {
		return fmt.Errorf("poll %q: %w", feed.URL, err)
	}
	if unread > 0 {
		p.Log.Warn("feed shows too much at once: the oldest stay unread", "feed", feed.URL, "new", fresh, "unread", unread)
	}
	p.Log.Debug("polled", "feed", feed.URL, "items", len(articles), "new", fresh, "unchanged", fetched.NotModified)
	return nil
}

// note writes the outcome of a fetch into the feed and returns what it holds.
// A problem is logged when it is new, not at every poll.
func (p *Poller) note(feed *Feed, fetched Fetched, err error, now time.Time) []Article {
	first := feed.Succeeded.IsZero()
	feed.Tried = now
	if err != nil {
		if feed.Problem != err.Error() {
			p.Log.Warn("feed failed", "feed", feed.URL, "error", err)
		}
		feed.Failures++
		feed.Problem = err.Error()
		return nil
	}
	if feed.Failures > 0 {
		p.Log.Info("feed recovered", "feed", feed.URL, "failures", feed.Failures)
		feed.Problem = ""
	}
	feed.Succeeded, feed.Failures, feed.Validators = now, 0, fetched.Validators
	if !fetched.NotModified {
		flaw := flawOf(fetched.Document)
		if flaw != "" && flaw != feed.Problem {
			p.Log.Warn("feed is flawed", "feed", feed.URL, "problem", flaw)
		}
		feed.Problem = flaw
	}
	return articlesOf(*feed, fetched.Document.Items, now, first)
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
// a feed gives to several items names none of them.
func articlesOf(feed Feed, items []Item, now time.Time, backfill bool) []Article {
	uses := make(map[string]int)
	for _, it := range items {
		uses[it.ID]++
	}
	articles := make([]Article, 0, len(items))
	for _, it := range items {
		if uses[it.ID] > 1 {
			it.ID = ""
		}
		articles = append(articles, newArticle(feed, it, now, backfill))
	}
	slices.SortStableFunc(articles, func(a, b Article) int { return b.Published.Compare(a.Published) })
	return articles
}
