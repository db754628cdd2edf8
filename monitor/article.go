package monitor

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
)

// MaxNewItems is how many articles, new or changed, one poll gives to READ, the
// newest; a feed that shows more at once is either new or broken. The rest of the
// new ones is kept as seen, unread; that of the changed ones waits for the next poll.
const MaxNewItems = 200

// Article is one published item.
type Article struct {
	ID        int64
	Feed      int64
	Key       string // identity within its feed, see [Identity]
	Alias     string // the key that it may be kept under instead, see [identify]; empty for none
	Outlet    string
	URL       string // the article's page; empty when the feed gives none
	Page      string // what it is known by in other feeds, see [CanonicalURL]; empty for nothing
	Shared    bool   // its feed gives its link to others, too: that page is not its own
	Title     string
	Summary   string // the feed's own short text
	Content   string // the feed's own full text; often empty
	Published time.Time
	Seen      time.Time
	// Backfill marks what a feed already held when it was first polled: it
	// teaches the baseline and is never evidence of a shift.
	Backfill bool
	Changes  int     // how often its feed changed it
	Before   *Before // what was read of it before its last change; nil at first
	Done     bool    // it has been read as it is now, or will never be
}

// Identity names an item within its feed: by its GUID, else its link, else a
// hash of title and date. The prefix keeps the three from ever meeting.
func Identity(it Item) string {
	switch {
	case it.ID != "":
		return "id:" + it.ID
	case it.Link != "":
		return "link:" + it.Link
	default:
		sum := sha256.Sum256([]byte(it.Title + "\x00" + it.Published.UTC().Format(time.RFC3339)))
		return "hash:" + hex.EncodeToString(sum[:16])
	}
}

// identify names an item whose link is shared by others of its feed, or is not. A
// shared link, that of a page which lists them all, names none of them.
//
// An item without an id goes by its link while it is the only one with it, and by
// its hash while it is not. Under which of the two it was first kept depends on
// the poll that saw it first, so it is looked for under both.
func identify(it Item, shared bool) (key, alias string) {
	key = Identity(it)
	if it.ID != "" || it.Link == "" {
		return key, ""
	}
	it.Link = ""
	hash := Identity(it)
	if shared {
		return hash, key
	}
	return key, hash
}

// Clock skew that a publisher is allowed before its date is called wrong.
const maxAhead = 10 * time.Minute

// Before this no feed existed (RSS 0.90 is of 1999); such dates are errors.
var firstFeed = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)

// PublishedAt is the time to file an item under: its own date, or the time it
// was seen when the date is missing, absurd or in the future.
func PublishedAt(it Item, seen time.Time) time.Time {
	at := it.Published
	if at.IsZero() {
		at = it.Updated
	}
	if at.Before(firstFeed) || at.After(seen.Add(maxAhead)) {
		return seen
	}
	return at.UTC()
}

// newArticle turns an item of a feed into an article seen at the given time; shared
// is as [identify] takes it.
func newArticle(f Feed, it Item, shared bool, seen time.Time, backfill bool) Article {
	key, alias := identify(it, shared)
	return Article{
		Feed: f.ID, Key: key, Alias: alias, Outlet: f.Outlet,
		URL: it.Link, Page: CanonicalURL(it.Link), Shared: shared && it.Link != "", Title: strings.TrimSpace(it.Title),
		Summary: it.Summary, Content: it.Content,
		Published: PublishedAt(it, seen), Seen: seen.UTC(), Backfill: backfill,
	}
}
