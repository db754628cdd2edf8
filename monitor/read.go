package monitor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"time"

	"tonewatch/scoring"
)

// MinPageText is the shortest text, in bytes, that a page is believed to hold
// an article with; consent walls, logins and stubs have less.
const MinPageText = 250

// PageFetcher fetches an article's page. Its failures are [*FetchError].
type PageFetcher interface {
	Page(ctx context.Context, url string) (Page, error)
}

// ReadStore keeps what a reading brings.
type ReadStore interface {
	Article(ctx context.Context, id int64) (Article, error)
	// StoryOf finds the story ([SameStory]) that a text prints which was
	// published at a time; 0 when it is the first.
	StoryOf(ctx context.Context, sketch Sketch, at time.Time) (int64, error)
	// SaveRead keeps what was read, adds new readings to the series, makes
	// their actors due for DETECT, and ends the job: all or nothing. A text
	// whose story another reader has told by then is counted as its copy, unless
	// it is the same page. Of an article that has changed the readings take the
	// place of those before. What is no longer as it was read is not kept:
	// another job reads it.
	SaveRead(ctx context.Context, read Read) error
}

// Read is an article as read.
type Read struct {
	Article  Article
	Text     string
	From     TextSource
	Original string // the page's text with its furniture, where any was taken out
	Language string // of a text that is surely not English, which is not judged; else empty
	Problem  string // why the page was not used, or the text not judged; else empty
	Page     string // what its page calls itself, see [CanonicalURL]; empty where it does not
	Sketch   Sketch
	CopyOf   int64 // the story that it prints again; 0 when it tells one
	Same     bool  // nothing that is judged has changed: what was read before stands
	Engine   scoring.Engine
	Readings []Reading // none for a copy
	At       time.Time
}

// note adds a problem to those that there are.
func (r *Read) note(problem string) {
	r.Problem = strings.TrimPrefix(r.Problem+"; "+problem, "; ")
}

// TextSource says where an article's text came from.
type TextSource string

// The sources of text, best first.
const (
	FromPage    TextSource = "page"
	FromContent TextSource = "content"
	FromSummary TextSource = "summary"
	FromTitle   TextSource = "title"
)

// Reader is the step READ. Of many pages at once, it judges as many texts as there
// are cores: more would not be faster, and all would run out of time together. An
// article that the engine fails on is kept without readings in the end.
type Reader struct {
	Store   ReadStore
	Fetcher PageFetcher
	// Extract gives the article's text in a page.
	Extract func(page []byte, url string) (string, error)
	// Canonical gives the address that a page calls its own; empty for none.
	Canonical func(page []byte, url string) string
	// Clean takes wire furniture out of a text.
	Clean func(text string) string
	// Language names the language of a text that is surely not English.
	Language func(text string) string
	Finder   *scoring.Finder
	Scorer   scoring.Scorer
	Log      *slog.Logger

	begin sync.Once
	slots chan struct{} // one for each text being judged
}

// tries is how often a page that fails for a time is asked for before the
// feed's own text is used instead.
const tries = 3

// longestPutOff is how long an article waits for its page's host to be asked;
// for one that is to be left alone for longer, the feed's own text is used.
const longestPutOff = 15 * time.Minute

// Read fetches an article's page, takes its text, and judges it.
func (r *Reader) Read(ctx context.Context, job Job) error {
	article, err := r.Store.Article(ctx, job.Subject)
	if err != nil {
		return fmt.Errorf("read article %d: %w", job.Subject, err)
	}
	if article.Done {
		return nil // it changed while it waited, and another job has read it
	}
	read, err := r.text(ctx, article, job)
	if err != nil {
		return fmt.Errorf("read %q: %w", article.URL, err)
	}
	if err := r.judge(ctx, &read, job.Attempt); err != nil {
		return fmt.Errorf("read %q: %w", article.URL, err)
	}
	if err := r.Store.SaveRead(ctx, read); err != nil {
		return fmt.Errorf("read %q: %w", article.URL, err)
	}
	r.Log.Debug("read", "article", article.URL, "from", read.From, "copy_of", read.CopyOf, "readings", len(read.Readings))
	return nil
}

// judge says which story a text prints, and judges one that it tells. A copy that
// has changed may tell its own; what has told one goes on to.
func (r *Reader) judge(ctx context.Context, read *Read, attempt int) (err error) {
	a := read.Article
	if before := a.Before; before == nil || !before.Told {
		read.CopyOf, err = r.Store.StoryOf(ctx, read.Sketch, a.Published)
	} else {
		read.Same = a.Title == before.Title && read.Text == before.Text
	}
	if err != nil || read.CopyOf != 0 || read.Same || read.Language != "" {
		return err
	}
	var mentions int
	read.Readings, mentions, err = r.judgeText(ctx, a, read.Text)
	switch {
	// Those tries that a page has may have failed before the text was judged.
	case err != nil && ctx.Err() == nil && attempt >= tries-1+judgeTries:
		read.note("not judged: " + err.Error())
		r.Log.Warn("article is not judged", "article", cmp.Or(a.URL, a.Key), "problem", err)
		return nil
	case mentions >= scoring.MaxMentions:
		r.Log.Warn("article names actors too often: the rest is not judged", "article", a.URL, "most", scoring.MaxMentions)
	}
	return err
}

// judgeText judges a text in its turn. Its time starts then.
func (r *Reader) judgeText(ctx context.Context, a Article, text string) (readings []Reading, mentions int, err error) {
	r.begin.Do(func() { r.slots = make(chan struct{}, runtime.GOMAXPROCS(0)) })
	select {
	case r.slots <- struct{}{}:
		defer func() { <-r.slots }()
	case <-ctx.Done():
		return nil, 0, ctx.Err()
	}
	within, cancel := context.WithTimeout(ctx, JudgeWithin)
	defer cancel()
	return Judge(within, r.Finder, r.Scorer, a, text)
}

// Judge finds and scores every mention in an article: its headline, a blank
// line, its text. It returns the readings, each with its strongest quotes, and how
// many mentions there were.
func Judge(ctx context.Context, f *scoring.Finder, s scoring.Scorer, a Article, text string) (readings []Reading, mentions int, err error) {
	full := a.Title
	if text != a.Title {
		full += "\n\n" + text
	}
	opinions, err := scoring.Read(ctx, f, s, full)
	if err != nil {
		return nil, 0, err
	}
	readings = Readings(full, opinions)
	for i := range readings {
		readings[i].Quotes = strongest(readings[i].Quotes)
		readings[i].Outlet, readings[i].At, readings[i].Backfill = a.Outlet, a.Published, a.Backfill
		readings[i].Story = Story{Title: a.Title, URL: a.URL}
	}
	return readings, len(opinions), nil
}

// text takes the best text there is. Only a page that may still come is an
// error.
func (r *Reader) text(ctx context.Context, a Article, job Job) (Read, error) {
	read := Read{Article: a, Engine: r.Scorer.Engine(), At: job.Now}
	page, err := r.page(ctx, a)
	switch wait := putOff(err); {
	case wait > 0 && wait <= longestPutOff:
		return Read{}, &Later{After: wait, Err: err}
	case wait == 0 && temporary(err) && job.Attempt < tries:
		return Read{}, err
	}
	if err != nil {
		read.Problem = err.Error()
		r.Log.Info("page not used", "article", a.URL, "error", err)
	}
	if b := a.Before; err != nil && b != nil && b.From == FromPage {
		page = pageText{text: b.Text, original: cmp.Or(b.Original, b.Text)} // what fails now takes nothing away
	}
	read.Text, read.From = best(page.text, Body(r.Clean(a.Content), a.Title), Body(r.Clean(a.Summary), a.Title), a.Title)
	if read.From == FromPage && page.original != read.Text {
		read.Original = page.original
	}
	read.Page = CanonicalURL(page.address)
	address := cmp.Or(page.address, a.URL)
	if a.Shared {
		address = "" // it would make copies of all that have it
	}
	read.Sketch = NewSketch(a.Outlet, address, a.Title, read.Text)
	if read.Language = r.Language(read.Text); read.Language != "" {
		read.note("not judged: the text is in " + read.Language + ", not in English")
		r.Log.Debug("article is not in English", "article", cmp.Or(a.URL, a.Key), "language", read.Language)
	}
	if read.Text == "" {
		read.Problem = "nothing to read: the feed gives no text and no title; " + read.Problem
		r.Log.Warn("article is empty", "article", cmp.Or(a.URL, a.Key), "feed", a.Feed, "problem", read.Problem)
	}
	return read, nil
}

// pageText is what an article's page says.
type pageText struct {
	text     string // cleaned
	original string // as it was
	address  string // that the page calls its own; empty for none
}

func (r *Reader) page(ctx context.Context, a Article) (pageText, error) {
	if a.URL == "" {
		return pageText{}, errors.New("the feed gives no link to a page")
	}
	if a.Shared {
		return pageText{}, errors.New("the feed gives its link to other articles, too")
	}
	page, err := r.Fetcher.Page(ctx, a.URL)
	if err != nil {
		return pageText{}, err
	}
	original, err := r.Extract(page.Body, page.URL)
	if err != nil {
		return pageText{}, err
	}
	text := Body(r.Clean(original), a.Title)
	if len(text) < MinPageText {
		return pageText{}, fmt.Errorf("page holds %d bytes of text, too few for an article", len(text))
	}
	return pageText{text, original, ownAddress(r.Canonical(page.Body, page.URL), a.URL)}, nil
}

// ownAddress is what a page calls its own address, unless that is a front page or
// the section that it stands in: some sites name it in all their pages.
func ownAddress(canonical, link string) string {
	page := CanonicalURL(canonical)
	if page == "" || strings.HasPrefix(CanonicalURL(link), page+"/") {
		return ""
	}
	return canonical
}

// Body is a text without the headline that it may begin with: the headline is
// judged by itself, and a copy under another headline is a copy.
func Body(text, title string) string {
	first, rest, _ := strings.Cut(text, "\n\n")
	if strings.EqualFold(strings.TrimSpace(first), strings.TrimSpace(title)) {
		return strings.TrimSpace(rest)
	}
	return text
}

// best picks the page's text, unless the feed gave much more: a page behind a
// wall shows a teaser of what its feed holds whole.
func best(page, content, summary, title string) (string, TextSource) {
	switch {
	case page != "" && len(content) <= 2*len(page):
		return page, FromPage
	case content != "":
		return content, FromContent
	case page != "":
		return page, FromPage
	case summary != "":
		return summary, FromSummary
	default:
		return strings.TrimSpace(title), FromTitle
	}
}

// putOff is how long a page has to wait because its host may not be asked yet; 0
// for any other error, and for none.
func putOff(err error) time.Duration {
	if failure, ok := errors.AsType[*FetchError](err); ok && failure.Kind == FetchPutOff {
		return failure.RetryAfter
	}
	return 0
}

// temporary says whether an error is worth another try: the network, the
// server's bad day, our own stopping. A page that is refused is not.
func temporary(err error) bool {
	var failure *FetchError
	if errors.As(err, &failure) {
		return failure.Temporary
	}
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
