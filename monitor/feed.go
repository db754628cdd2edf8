package monitor

import (
	"fmt"
	"time"
)

// Feed is a polled address and what is known of it.
type Feed struct {
	ID       int64
	URL      string
	Outlet   string // the publisher; several feeds may share one
	Every    string // cron expression or descriptor, see [ParseSchedule]
	Critical bool   // a stale critical feed fails the health check

	Validators Validators // of the last answer, for a conditional request
	Next       time.Time  // no poll before
	Tried      time.Time  // last poll, good or bad; zero before the first
	Succeeded  time.Time  // last good poll; zero before the first
	Failures   int        // bad polls since the last good one
	Problem    string     // what the last poll met; not only bad ones meet something
}

// Validators are what a server gave to ask it again cheaply (RFC 9110, 8.8).
// They belong to one address and are kept byte for byte.
type Validators struct {
	ETag         string
	LastModified string
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

// Fetched is the answer to one poll.
type Fetched struct {
	NotModified bool          // the server answered 304; Document is empty
	Validators  Validators    // to send next time
	Wait        time.Duration // the publisher's wish: no poll sooner than this
	Document    Document
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
	RetryAfter time.Duration // as the server asked; 0 when it did not
	Temporary  bool          // worth another try later
	Err        error
}

func (e *FetchError) Error() string {
	return fmt.Sprintf("fetch %q: %s: %v", e.URL, e.Kind, e.Err)
}

func (e *FetchError) Unwrap() error { return e.Err }
