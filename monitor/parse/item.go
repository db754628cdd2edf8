package parse

import (
	"cmp"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	ext "github.com/mmcdole/gofeed/extensions"
	"github.com/mmcdole/gofeed/rss"

	"tonewatch/monitor"
)

// document names what a parser found as monitor does.
func document(f *found, address string) monitor.Document {
	base, _ := url.Parse(address) // nil: relative links are dropped
	e := extensions(f.feed.Extensions)
	doc := monitor.Document{
		Title:       oneLine(plain(f.feed.Title)),
		Link:        absolute(base, f.feed.Link),
		Description: plain(f.feed.Description),
		Rights:      oneLine(plain(f.feed.Copyright)),
		Language:    strings.ReplaceAll(strings.TrimSpace(cmp.Or(f.feed.Language, f.lang)), "_", "-"),
		Published:   firstDate(f.feed.PublishedParsed, f.feed.Published, e.first("dcterms", "issued", "created")),
		Updated:     firstDate(f.feed.UpdatedParsed, f.feed.Updated, e.first("dcterms", "modified"), e.first("dc", "date")),
		Items:       make([]monitor.Item, 0, len(f.feed.Items)),
	}
	for i, from := range f.feed.Items {
		item := item(from, base)
		if f.rss != nil {
			f.complete(&item, i, base)
		} else {
			item.ID = f.atomID(item.ID, i, base)
		}
		if item.Link == "" {
			item.Link = absolute(nil, item.ID) // as Atom's ids often are
			if f.rss != nil && !isPermalink(f.rss.Items[i].GUID) {
				item.Link = ""
			}
		}
		for _, text := range []*string{&item.Title, &item.Summary, &item.Content} {
			if len(*text) > maxText {
				*text, doc.Partial = cutText(*text), true
			}
		}
		doc.Items = append(doc.Items, item)
	}
	return doc
}

// item names one item. RSS feeds put the same things in many places, their own
// elements and those of modules; the first that holds something counts.
func item(from *gofeed.Item, base *url.URL) monitor.Item {
	e, own := extensions(from.Extensions), from.Custom
	item := monitor.Item{
		Title:   oneLine(plain(cmp.Or(from.Title, e.first("dc", "title"), e.first("media", "title")))),
		Link:    absolute(base, cmp.Or(from.Link, e.alternate())),
		ID:      strings.TrimSpace(from.GUID),
		Summary: plain(cmp.Or(from.Description, own["summary"], e.first("dc", "description"), e.first("dcterms", "abstract"))),
		Content: plain(cmp.Or(from.Content, own["encoded"], own["content"], own["fullitem"], own["body"])),
		Published: firstDate(from.PublishedParsed, from.Published,
			e.first("dcterms", "issued", "created"), cmp.Or(own["published"], own["date"], own["issued"], own["created"])),
		Updated: firstDate(from.UpdatedParsed, from.Updated,
			e.first("dcterms", "modified"), cmp.Or(own["updated"], own["modified"]), e.first("dc", "date")),
	}
	if item.Content == "" && from.Description != "" && own["summary"] != "" {
		item.Summary, item.Content = plain(own["summary"]), item.Summary
		if len(item.Summary) > len(item.Content) {
			item.Summary, item.Content = item.Content, item.Summary
		}
	}
	if item.Published.IsZero() && item.Updated.IsZero() {
		item.BadDate = clip(oneLine(plain(cmp.Or(from.Published, from.Updated))))
	}
	return item
}

// complete adds what only the RSS original knows of its i-th item.
func (f *found) complete(item *monitor.Item, i int, base *url.URL) {
	for _, link := range f.rss.Items[i].Links { // the parser takes the last, which may be empty
		item.Link = cmp.Or(item.Link, absolute(base, link))
	}
	// Items nested where the parser does not look for them shift the counts.
	if len(f.abouts) == len(f.rss.Items) {
		item.ID = cmp.Or(item.ID, strings.TrimSpace(f.abouts[i]))
		item.Link = cmp.Or(item.Link, absolute(base, f.abouts[i]))
	}
}

// scheme begins an absolute address.
var scheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:`)

// atomID is the id of the i-th entry as it is written, unless it is relative to
// an address. The parser gives addresses another spelling.
func (f *found) atomID(parsed string, i int, base *url.URL) string {
	written := ""
	if len(f.ids) == len(f.feed.Items) {
		written = f.ids[i]
	}
	switch {
	case strings.HasPrefix(parsed, "/"):
		return cmp.Or(absolute(base, parsed), parsed)
	case written != "" && (scheme.MatchString(written) || !scheme.MatchString(parsed)):
		return written
	default:
		return parsed
	}
}

// extensions are the elements of an item that belong to a module.
type extensions ext.Extensions

// first is the text of the first of a module's elements that has any.
func (e extensions) first(module string, elements ...string) string {
	for _, name := range elements {
		for _, found := range e[module][name] {
			if found.Value != "" {
				return found.Value
			}
		}
	}
	return ""
}

// alternate is the address in an Atom link inside RSS.
func (e extensions) alternate() string {
	for _, link := range e["atom"]["link"] {
		if rel := link.Attrs["rel"]; rel == "" || rel == "alternate" {
			return link.Attrs["href"]
		}
	}
	return ""
}

// firstDate is the first of the dates, in UTC, that can be read; parsed is what
// the parser made of the first, which knows some forms that readDate does not,
// but takes the zones that it does not know for UTC.
func firstDate(parsed *time.Time, first string, others ...string) time.Time {
	if at := readDate(first); !at.IsZero() {
		return at
	}
	if parsed != nil {
		return parsed.UTC()
	}
	for _, text := range others {
		if at := readDate(text); !at.IsZero() {
			return at
		}
	}
	return time.Time{}
}

// isPermalink says whether an item's GUID is a link, as it is unless it says
// otherwise.
func isPermalink(guid *rss.GUID) bool {
	return guid != nil && !strings.EqualFold(guid.IsPermalink, "false")
}

// absolute resolves a link. What does not lead to a page, such as javascript:
// or mailto:, becomes empty; so does a relative link without a base. A link that
// is absolute already is kept byte for byte, but for the line ends in it, which
// belong to the feed, and for a "%" that escapes nothing.
func absolute(base *url.URL, link string) string {
	link = lineEnds.Replace(strings.TrimSpace(link))
	u, err := url.Parse(link)
	if err != nil {
		link = barePercent.ReplaceAllString(link, "%25$1")
		u, err = url.Parse(link)
	}
	if err != nil || link == "" {
		return ""
	}
	resolved := link
	if base != nil && !u.IsAbs() {
		u = base.ResolveReference(u)
		resolved = u.String()
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return ""
	}
	return resolved
}

var (
	lineEnds    = strings.NewReplacer("\t", "", "\n", "", "\r", "")
	barePercent = regexp.MustCompile(`%([^0-9A-Fa-f]|[0-9A-Fa-f][^0-9A-Fa-f]|[0-9A-Fa-f]?$)`)
)

// cutText keeps what fits into maxText: whole words, where there are any.
func cutText(text string) string {
	text = strings.ToValidUTF8(text[:maxText], "")
	const longestWord = 1_000
	if end := strings.LastIndexAny(text, " \n"); end > len(text)-longestWord {
		text = text[:end]
	}
	return strings.TrimSpace(text)
}

// clip keeps enough of a text to recognise it by.
func clip(text string) string {
	const longest = 60
	if r := []rune(text); len(r) > longest {
		return string(r[:longest]) + "…"
	}
	return text
}
