package demo

import (
	"encoding/xml"
	"fmt"
	"html"
	"slices"
	"strings"
	"time"
)

// The feeds differ as feeds do in the wild; the fields of outlet say how.

type rssFeed struct {
	XMLName   xml.Name `xml:"rss"`
	Version   string   `xml:"version,attr"`
	ContentNS string   `xml:"xmlns:content,attr"`
	Channel   rssChannel
}

type rssChannel struct {
	XMLName     xml.Name  `xml:"channel"`
	Title       string    `xml:"title"`
	Link        string    `xml:"link"`
	Description string    `xml:"description"`
	Language    string    `xml:"language"`
	Built       string    `xml:"lastBuildDate"`
	Items       []rssItem `xml:"item"`
}

type rssItem struct {
	Title       string   `xml:"title"`
	Link        string   `xml:"link"`
	GUID        *rssGUID `xml:"guid"`
	Published   string   `xml:"pubDate"`
	Description string   `xml:"description"`
	Content     *cdata   `xml:"content:encoded"`
}

type rssGUID struct {
	IsPermaLink bool   `xml:"isPermaLink,attr"`
	ID          string `xml:",chardata"`
}

type cdata struct {
	Text string `xml:",cdata"`
}

// renderRSS writes the outlet's feed as RSS 2.0. base is the publisher's own
// address, "http://host"; items come newest first.
func renderRSS(o outlet, base string, items []Article) ([]byte, error) {
	feed := rssFeed{Version: "2.0", ContentNS: "http://purl.org/rss/1.0/modules/content/", Channel: rssChannel{
		Title: o.name, Link: base + "/" + o.key + "/", Description: o.tagline, Language: "en",
		Built: updated(items).Format(time.RFC1123Z),
	}}
	for _, a := range items {
		item := rssItem{
			Title: a.Title, Link: o.link(base, a),
			Published: a.Published.Format(time.RFC1123Z), Description: summary(a),
		}
		switch {
		case o.noGUID:
		case o.opaqueGUID:
			item.GUID = &rssGUID{ID: o.key + ":" + a.Slug}
		default:
			item.GUID = &rssGUID{IsPermaLink: true, ID: base + a.Path()}
		}
		if o.fullContent {
			item.Content = &cdata{o.content(a)}
		}
		feed.Channel.Items = append(feed.Channel.Items, item)
	}
	return marshal(o, feed)
}

type atomFeed struct {
	XMLName  xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Title    string      `xml:"title"`
	Subtitle string      `xml:"subtitle"`
	ID       string      `xml:"id"`
	Links    []atomLink  `xml:"link"`
	Updated  string      `xml:"updated"`
	Author   atomAuthor  `xml:"author"`
	Entries  []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

type atomAuthor struct {
	Name string `xml:"name"`
}

type atomEntry struct {
	Title     string      `xml:"title"`
	ID        string      `xml:"id"`
	Link      atomLink    `xml:"link"`
	Published string      `xml:"published,omitempty"`
	Updated   string      `xml:"updated"`
	Author    *atomAuthor `xml:"author"`
	Summary   string      `xml:"summary"`
}

// renderAtom is renderRSS for Atom.
func renderAtom(o outlet, base string, items []Article) ([]byte, error) {
	front := base + "/" + o.key + "/"
	feed := atomFeed{
		Title: o.name, Subtitle: o.tagline, ID: "tag:" + o.key + ".example,2026:feed",
		Links:   []atomLink{{Rel: "alternate", Href: front}, {Rel: "self", Href: front + "feed.xml"}},
		Updated: updated(items).Format(time.RFC3339), Author: atomAuthor{o.name},
	}
	for _, a := range items {
		entry := atomEntry{
			Title: a.Title, ID: "tag:" + o.key + ".example,2026:" + a.Slug,
			Link:    atomLink{Rel: "alternate", Href: o.link(base, a)},
			Updated: a.Published.Format(time.RFC3339), Summary: summary(a),
		}
		if !o.noPublished {
			entry.Published = entry.Updated
		}
		if a.Byline != "" {
			entry.Author = &atomAuthor{a.Byline}
		}
		feed.Entries = append(feed.Entries, entry)
	}
	return marshal(o, feed)
}

func marshal(o outlet, feed any) ([]byte, error) {
	body, err := xml.MarshalIndent(feed, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("render feed of %q: %w", o.key, err)
	}
	return slices.Concat([]byte(xml.Header), body, []byte("\n")), nil
}

// link is the article's address as the outlet's feed gives it.
func (o outlet) link(base string, a Article) string {
	if o.relativeLinks {
		return a.Path()
	}
	return base + a.Path()
}

// summary is what a feed tells of an article: its first printed paragraph.
func summary(a Article) string { return a.Paragraphs()[0] }

// content is the whole article as HTML, with the line that asks for the
// reader's address, as full-text feeds have it.
func (o outlet) content(a Article) string {
	var b strings.Builder
	for _, p := range append(a.Paragraphs(), o.newsletter) {
		b.WriteString("<p>" + html.EscapeString(p) + "</p>\n")
	}
	return b.String()
}
