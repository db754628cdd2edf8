// Package demo is the bundled fortnight: two weeks of invented news, printed by
// a dozen invented outlets, served over real HTTP as feeds and article pages,
// so that the whole program can be watched at work without a network, an
// account or a file of the user's.
//
// Read in this order: fortnight.go (what was printed, and when), archive.go (how
// it is stored), publisher.go and feed.go (how it is served), config.go (what the
// demo watches) and fakeslack.go (who is told).
//
// The fortnight holds one true shift and two decoys that a careless detector
// takes for one:
//
//   - Vantholm Lines, a railway, has ten ordinary days; from noon of day 11 on,
//     eleven outlets turn cold on it after an accident. This is the shift.
//   - Edda Torvalen, a minister, is praised by two outlets and attacked by two
//     all fortnight, each in its own steady tone. After day 10 the friendly two
//     fall silent and the critical two print most: only the mix changes.
//   - Ardovia, a republic, has steady balanced coverage, and on day 12 one very
//     negative agency report, which twenty pages print: it is one story.
//   - Zelvane Pharma, a company, has mixed coverage and nothing happens.
//
// One article paraphrases a real report, of March 2020, about North Korea and
// the United States; everything and everybody else is made up. All of it was
// written for this project.
//
// Limits: one language, short articles, no pictures, and no corrections of what
// was printed.
package demo

import (
	"embed"
	"slices"
	"time"
)

//go:embed fortnight
var files embed.FS

// days is the length of the fortnight.
const days = 14

// Start is the first moment of the fortnight, a Monday: 2026-03-02 00:00 UTC.
func Start() time.Time { return time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC) }

// End is the moment after the fortnight's last day: 2026-03-16 00:00 UTC.
func End() time.Time { return Start().AddDate(0, 0, days) }

// Article is one page that an outlet printed.
type Article struct {
	Outlet    string    // key of the outlet, the first element of the page's path
	Slug      string    // unique within the outlet, the last element of the page's path
	Title     string    // the headline, plain text
	Published time.Time // in [Start, End), to the minute
	Byline    string    // who wrote it, "" on agency reports
	Lead      []string  // an outlet's own paragraphs above an agency's; empty elsewhere
	Dateline  string    // "TELMIS (Meridian Wire)", or ""
	Body      []string  // the paragraphs, plain text
	Credit    string    // an agency's last line, "(Reporting by ...)", or ""
	CopyOf    string    // "outlet/slug" of the article whose body this page reprints, or ""
	Cut       int       // how many paragraphs of that body a copy kept; 0 for all of them
}

// Path is the article's address on the publisher, "/outlet/slug.html".
func (a Article) Path() string { return "/" + a.Outlet + "/" + a.Slug + ".html" }

// Paragraphs returns the text as it is printed: the lead, the body behind its
// dateline, and the credit.
func (a Article) Paragraphs() []string {
	printed := slices.Concat(a.Lead, a.Body)
	if a.Dateline != "" {
		printed[len(a.Lead)] = a.Dateline + " - " + printed[len(a.Lead)]
	}
	if a.Credit != "" {
		printed = append(printed, a.Credit)
	}
	return printed
}

// Scenario is what the fortnight tells about one actor, and whether a careful
// reader would call it a shift of tone.
type Scenario struct {
	Actor string
	Shift bool
	Story string
}

// Scenarios are the four invented actors'.
func Scenarios() []Scenario {
	return []Scenario{
		{"Vantholm Lines", true, "eleven outlets turn cold on it after an accident"},
		{"Edda Torvalen", false, "her friends fall silent and her critics print more; nobody changes tone"},
		{"Ardovia", false, "one harsh agency report is printed twenty times"},
		{"Zelvane Pharma", false, "nothing happens"},
	}
}

// outlet is a publisher and the habits of its feed and pages.
type outlet struct {
	key        string // name of its archive, first element of its paths
	name       string
	tagline    string
	atom       bool   // Atom, else RSS 2.0
	advert     int    // an "Advertisement" line follows this paragraph; 0 for none
	newsletter string // the line that asks for the reader's address
	standards  string // a last line below every article, or ""

	// What real feeds do to the programs that read them.
	fullContent   bool // the whole text in content:encoded
	noGUID        bool // RSS items have no guid
	opaqueGUID    bool // the guid is not the link
	relativeLinks bool // links without scheme and host
	noPublished   bool // Atom entries say only when they were updated
}

// Articles returns everything that the outlets print in the fortnight, oldest
// first. The slice and what it holds belong to the caller. An error means that
// the bundled text is damaged.
func Articles() ([]Article, error) {
	_, articles, err := load()
	return articles, err
}
