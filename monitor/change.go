package monitor

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"time"
)

// ChangedWithin is for how long after its publication an article that changes is
// read again. Corrections come within hours, seldom days; what an archive does to
// its pages later is no news.
const ChangedWithin = 7 * 24 * time.Hour

// firstChange is how long an article rests after its first change. It rests twice
// as long after each further one, since news that moves on does so quickly at
// first: one that changes at every poll is read again at most six times on its
// first day, and ten times in all.
const firstChange = 30 * time.Minute

// MayChange says when an article that has changed so often, last at a time, is
// next read again. A change that comes before is not lost: the feed still shows
// it then.
func MayChange(changes int, last time.Time) time.Time {
	if changes == 0 {
		return time.Time{}
	}
	return last.Add(firstChange << min(changes-1, 10))
}

// Before is what was last read of an article that has changed since.
type Before struct {
	Told     bool // it was the first to tell its story; else it is a copy
	Title    string
	Text     string
	Original string
	From     TextSource
}

// Digest is a hash of the text that a feed gives of an article; never 0.
func (a Article) Digest() int64 {
	h := sha256.New()
	for _, part := range []string{a.Title, a.Summary, a.Content} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	digest := int64(binary.LittleEndian.Uint64(h.Sum(nil))) //nolint:gosec // any bits will do
	if digest == 0 {
		return 1
	}
	return digest
}

// Reuses says whether an article with the id of another one in its feed is
// another article all the same: one with another link under another headline.
// Either alone is what an editor changes.
func (a Article) Reuses(url, title string) bool {
	link, other := CanonicalURL(a.URL), CanonicalURL(url)
	return link != "" && other != "" && link != other &&
		a.Title != "" && title != "" && !strings.EqualFold(a.Title, title)
}
