package fetch

import (
	"cmp"
	"net/url"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"

	"tonewatch/monitor"
)

// document names what a parser found as monitor does.
func document(f *found, address string) monitor.Document {
	base, _ := url.Parse(address) // nil: relative links are dropped
	doc := monitor.Document{
		Title:       oneLine(plain(f.feed.Title)),
		Link:        absolute(base, f.feed.Link),
		Description: plain(f.feed.Description),
		Rights:      oneLine(plain(f.feed.Copyright)),
		Language:    strings.TrimSpace(f.feed.Language),
		Published:   utc(f.feed.PublishedParsed),
		Updated:     utc(f.feed.UpdatedParsed),
		Items:       make([]monitor.Item, 0, len(f.feed.Items)),
	}
	for i, from := range f.feed.Items {
		item := monitor.Item{
			Title:     oneLine(plain(from.Title)),
			Link:      absolute(base, from.Link),
			ID:        strings.TrimSpace(from.GUID),
			Published: utc(from.PublishedParsed),
			Updated:   utc(from.UpdatedParsed),
			Summary:   plain(from.Description),
			Content:   plain(from.Content),
		}
		if item.Published.IsZero() && item.Updated.IsZero() {
			item.BadDate = clip(oneLine(plain(cmp.Or(from.Published, from.Updated))))
		}
		if item.Link == "" && f.rss != nil {
			item.Link = permalink(f, i)
		}
		doc.Items = append(doc.Items, item)
	}
	return doc
}

// permalink is the GUID of the i-th item of an RSS feed where it is a link, as
// it is unless it says otherwise, and empty where it is not.
func permalink(f *found, i int) string {
	guid := f.rss.Items[i].GUID
	if guid == nil || strings.EqualFold(guid.IsPermalink, "false") {
		return ""
	}
	return absolute(nil, guid.Value)
}

// absolute resolves a link. What does not lead to a page, such as javascript:
// or mailto:, becomes empty; so does a relative link without a base. A link that
// is absolute already is kept byte for byte.
func absolute(base *url.URL, link string) string {
	link = strings.TrimSpace(link)
	u, err := url.Parse(link)
	if err != nil || link == "" {
		return ""
	}
	resolved := link
	if base != nil && !u.IsAbs() {
		u = base.ResolveReference(u)
		resolved = u.String()
	}
	if checkURL(u) != nil {
		return ""
	}
	return resolved
}

// clip keeps enough of a text to recognise it by.
func clip(text string) string {
	const longest = 60
	if r := []rune(text); len(r) > longest {
		return string(r[:longest]) + "…"
	}
	return text
}

// utc is the time in UTC, zero for none.
func utc(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

// wait is how long the feed itself wants to be left alone, within [0, 24 h]: the
// longer of RSS's ttl, in minutes, and the syndication module's update period
// divided by its frequency.
func (f *found) wait() time.Duration {
	var wait time.Duration
	if f.rss != nil {
		wait = units(f.rss.TTL, time.Minute)
	}
	return max(wait, updatePeriod(f.feed))
}

func updatePeriod(feed *gofeed.Feed) time.Duration {
	value := func(name string) string {
		if found := feed.Extensions["sy"][name]; len(found) > 0 {
			return strings.ToLower(strings.TrimSpace(found[0].Value))
		}
		return ""
	}
	period := map[string]time.Duration{
		"hourly": time.Hour, "daily": 24 * time.Hour, "weekly": 7 * 24 * time.Hour,
		"monthly": 30 * 24 * time.Hour, "yearly": 365 * 24 * time.Hour,
	}[value("updatePeriod")]
	times := max(units(value("updateFrequency"), 1), 1)
	return min(period/times, maxWait)
}
