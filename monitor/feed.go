package monitor

import (
	"fmt"
	"time"
)

// Feed is a polled address and what is known of it.
type Feed struct {
	ID       int64
	URL      string // as configured; its identity
	Outlet   string // the publisher; several feeds may share one
	Every    string // cron expression or descriptor, see [ParseSchedule]
	Adaptive bool   // may be polled less often than Every says, see [Pace]
	Critical bool   // a stale critical feed fails the health check

	Known               // of the last good answer
	Validated time.Time // when an answer last gave validators
	Moved     Moved
	Pace      Pace
	Allowed   time.Time // no poll before, by its publisher's wish
	Next      time.Time // no poll before, all things considered
	Tried     time.Time // last poll, good or bad; zero before the first
	Succeeded time.Time // last good poll; zero before the first
	Gone      time.Time // when its publisher took it down for good; it is polled no more
	Failures  int       // bad polls since the last good one
	Problem   string    // what the last poll met; not only bad ones meet something
}

// Known is what good answers leave behind, to ask again cheaply and not too
// soon. A poll is given what is known and returns what is known after it.
type Known struct {
	Validators Validators
	// Fresh is how long the headers of an answer say that it stays new, Cycle
	// how often the document says that it changes; both within [0, 24 h]. An
	// answer without a document leaves Cycle as it was.
	Fresh, Cycle time.Duration
	// Digest tells one document from another; empty for none yet.
	Digest string
}

// Wish is how long the publisher wants to be left alone after a good answer.
func (k Known) Wish() time.Duration { return max(k.Fresh, k.Cycle) }

// Validators are what a server gave to ask it again cheaply (RFC 9110, 8.8).
// They are kept byte for byte, and belong to the one address whose answer had
// them, which is not the feed's where that redirects.
type Validators struct {
	URL          string
	ETag         string
	LastModified string
}

// None says that a server cannot be asked whether anything has changed.
func (v Validators) None() bool { return v.ETag == "" && v.LastModified == "" }

// settledAfter is how long a permanent redirect must stay the same before it is
// believed: publishers make them by mistake, too.
const settledAfter = 72 * time.Hour

// Moved is a permanent redirect: where to, and since when without a change. The
// zero value is none.
type Moved struct {
	To    string
	Since time.Time
}

// Address is where to ask for the feed: its URL, or where this has moved to for
// good.
func (f Feed) Address(now time.Time) string {
	if f.Moved.To != "" && now.Sub(f.Moved.Since) >= settledAfter {
		return f.Moved.To
	}
	return f.URL
}

// freshFor is how long a feed is never called stale, however often it is to be
// polled: an hour of outage mends itself.
const freshFor = time.Hour

// Stale says whether a feed let three polls and an hour pass without success.
// Cron times are counted, not averaged, so that the weekend is no outage for a
// feed polled on workdays; and a publisher that wished for a later poll is not
// held to an earlier one. A feed that has only ever failed is stale at once:
// nobody knows it to be right. So is one that is gone, and one, with an error,
// whose schedule cannot be read.
func (f Feed) Stale(now time.Time) (bool, error) {
	from := f.Succeeded
	switch {
	case !f.Gone.IsZero():
		return true, nil
	case from.IsZero() && f.Failures > 0:
		return true, nil
	case from.IsZero():
		from = f.Next // not polled yet; zero: due at once
	}
	if from.IsZero() || now.Sub(from) <= freshFor {
		return false, nil
	}
	schedule, err := ParseSchedule(f.Every)
	if err != nil {
		return true, err
	}
	due := schedule.After(from)
	if f.Failures == 0 && f.Next.After(due) {
		due = f.Next
	}
	return now.After(schedule.After(schedule.After(due))), nil
}

// Pace is the rhythm of a feed: that Articles were published since a time. It is
// measured over the newest ones, and slows down by itself while nothing comes.
type Pace struct {
	Articles int // 0 before any is known
	Since    time.Time
}

// Gap is the mean time between two articles, 0 when not known.
func (p Pace) Gap(now time.Time) time.Duration {
	if p.Articles == 0 {
		return 0
	}
	return max(now.Sub(p.Since), 0) / time.Duration(p.Articles)
}

// Document is a parsed feed: text as tonewatch uses it, without markup.
type Document struct {
	Title       string
	Link        string
	Description string
	Rights      string
	Language    string
	Published   time.Time
	Updated     time.Time
	Items       []Item
	// Partial says that the feed was broken and only its sound part is here.
	Partial bool
}

// Item is one entry of a feed. Summary and Content are plain text with a blank
// line between paragraphs. Links are absolute. Times are zero where the feed
// gives none that can be read.
type Item struct {
	Title     string
	Link      string
	ID        string // guid or atom:id as published; may be empty
	Published time.Time
	Updated   time.Time
	BadDate   string // a date as published that nobody can read; else empty
	Summary   string
	Content   string
}

// Fetched is a good answer to a poll.
type Fetched struct {
	Known
	// Unchanged says that the server answered 304, or the same bytes again;
	// Document is empty.
	Unchanged bool
	// MovedTo is where the address leads by permanent redirects alone; empty when
	// it does not redirect, or only for now.
	MovedTo  string
	Document Document
}

// Page is a fetched article page.
type Page struct {
	URL  string // where redirects ended
	Body []byte // decoded to UTF-8
}

// FetchKind classes a failure for logs, metrics and health.
type FetchKind string

// The kinds of fetch failure.
const (
	FetchRefused  FetchKind = "refused"    // our own guard: scheme, private address
	FetchPutOff   FetchKind = "put_off"    // not asked yet: its host is to be left alone until later
	FetchRobots   FetchKind = "robots"     // the site's robots.txt asks programs to stay away from the page
	FetchNetwork  FetchKind = "network"    // no connection, reset, DNS
	FetchTimeout  FetchKind = "timeout"    // slower than the limit
	FetchTooLarge FetchKind = "too_large"  // beyond the limit in bytes, depth or items
	FetchStatus   FetchKind = "status"     // an HTTP status that is no success
	FetchGone     FetchKind = "gone"       // 410: the publisher took it down for good
	FetchNotAFeed FetchKind = "not_a_feed" // something else than a feed was served
	FetchNotHTML  FetchKind = "not_html"   // an article's address that serves no page
	FetchBadFeed  FetchKind = "bad_feed"   // a feed too broken to read
)

// FetchError says why an address gave nothing.
type FetchError struct {
	URL        string
	Kind       FetchKind
	Status     int           // of HTTP, where it is the failure; else 0
	RetryAfter time.Duration // as the server asked, or until our turn; 0 for no such wish
	Temporary  bool          // worth another try later
	Err        error
}

func (e *FetchError) Error() string {
	return fmt.Sprintf("fetch %q: %s: %v", e.URL, e.Kind, e.Err)
}

// whole says whether what failed was the use of an answer, not the asking.
func (e *FetchError) whole() bool {
	return e.Kind == FetchTooLarge || e.Kind == FetchNotAFeed || e.Kind == FetchBadFeed
}

func (e *FetchError) Unwrap() error { return e.Err }
