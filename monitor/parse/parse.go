package parse

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/atom"
	"github.com/mmcdole/gofeed/json"
	"github.com/mmcdole/gofeed/rss"
	"golang.org/x/net/html"

	"tonewatch/monitor"
)

// Feed reads a feed in RSS, Atom or JSON Feed. The content type (may be empty)
// gives the charset; base is the address that the feed came from, against which
// relative links are resolved. A feed that breaks off gives the items before the
// break and is marked partial. wait is how long the feed itself wants to be left
// alone, within [0, 24 h]. Every failure is a [*monitor.FetchError].
func Feed(body []byte, contentType, base string) (doc monitor.Document, wait time.Duration, err error) {
	defer func() {
		// The parser is fed by strangers; a fault in it must cost one poll of
		// one feed.
		if p := recover(); p != nil {
			err = fmt.Errorf("the parser panicked: %v", p)
		}
		if err != nil {
			doc, wait, err = monitor.Document{}, 0, parseFailure(base, err)
		}
	}()
	if len(body) > maxBytes {
		return doc, 0, tooLarge(fmt.Sprintf("%d bytes, more than %d", len(body), maxBytes))
	}
	text := decodeFeed(body, contentType)
	if len(text) > maxBytes {
		return doc, 0, tooLarge(fmt.Sprintf("%d bytes when decoded, more than %d", len(text), maxBytes))
	}
	text, junk := withoutJunk(text)
	at, doctype, declared := prolog(text)
	text = declared.expand(text)
	rest := text[at:]
	root := rootName(rest)
	switch {
	case len(rest) == 0:
		return doc, 0, errors.New("the document is empty")
	case rest[0] == '{':
		return readJSON(rest, base)
	case root == "rss", root == "rdf":
		doc, wait, err = readXML(text, at, base, readRSS)
		doc.Partial = doc.Partial || junk
		return doc, wait, err
	case root == "feed":
		doc, wait, err = readXML(text, at, base, readAtom)
		doc.Partial = doc.Partial || junk
		return doc, wait, err
	case strings.EqualFold(doctype, "html"), root == "html", root == "head", root == "body":
		return doc, 0, webPage(rest, base)
	case root != "":
		return doc, 0, notAFeed(fmt.Sprintf("served XML, but <%s> is the root of no feed", root))
	}
	return doc, 0, notAFeed(fmt.Sprintf("served neither XML nor JSON, it begins %.40q", rest))
}

// rootName is the name of the tag that text begins with, in lower case and
// without prefix; empty for none.
func rootName(text []byte) string {
	if !bytes.HasPrefix(text, []byte("<")) {
		return ""
	}
	return strings.ToLower(string(local(text[1 : 1+nameLen(text[1:])])))
}

// opening finds the beginning of a feed in what a server's complaints were
// printed into.
var opening = regexp.MustCompile(`<\?xml\s|<rss[\s>]|<(?:\w+:)?feed[\s>]|<rdf:RDF[\s>]`)

// withoutJunk blanks text that stands before a feed: the warnings of a script,
// a line of a header. What begins with a tag or a brace is left as it is.
func withoutJunk(text []byte) (_ []byte, junk bool) {
	start := bytes.TrimLeft(text, "\uFEFF \t\r\n")
	if len(start) == 0 || start[0] == '<' || start[0] == '{' {
		return text, false
	}
	at := opening.FindIndex(start[:min(len(start), 4096)])
	if at == nil {
		return text, false
	}
	return start[at[0]:], true
}

// found is what a parser found: gofeed's common form; for RSS the original,
// which alone knows which GUIDs are links; and what the walk kept.
type found struct {
	feed   *gofeed.Feed
	rss    *rss.Feed
	lang   string
	abouts []string
	ids    []string
}

// readXML walks the document, parses what was walked, and does both once more
// with what is sound of it if either fails.
func readXML(text []byte, at int, base string, read func([]byte) (*found, error)) (monitor.Document, time.Duration, error) {
	var first error
	for {
		s, err := walk(text, at)
		if err == nil {
			var f *found
			if f, err = read(text[:s.at]); err == nil {
				f.lang, f.abouts, f.ids = s.lang, slices.Concat(s.abouts[:]...), s.ids
				doc := document(f, base)
				doc.Partial = doc.Partial || first != nil
				return doc, f.wait(), nil
			}
		}
		if first != nil {
			return monitor.Document{}, 0, first
		}
		first = err
		if text = s.cut(); text == nil || isTooLarge(err) {
			return monitor.Document{}, 0, first
		}
	}
}

func readRSS(text []byte) (*found, error) {
	parsed, err := (&rss.Parser{}).Parse(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	// The scan for images would build an HTML tree of every item.
	feed, err := (&gofeed.DefaultRSSTranslator{DisableContentImageScan: true}).Translate(parsed)
	return &found{feed: feed, rss: parsed}, err
}

func readAtom(text []byte) (*found, error) {
	parsed, err := (&atom.Parser{}).Parse(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	for _, entry := range parsed.Entries {
		if entry.Content != nil && !isText(entry.Content.Value) {
			entry.Content = nil // a picture, a film
		}
	}
	feed, err := (&gofeed.DefaultAtomTranslator{}).Translate(parsed)
	return &found{feed: feed}, err
}

func readJSON(text []byte, base string) (doc monitor.Document, wait time.Duration, err error) {
	if err := walkJSON(text); err != nil {
		return doc, 0, err
	}
	parsed, err := (&json.Parser{}).Parse(bytes.NewReader(text))
	if err != nil {
		return doc, 0, err
	}
	if parsed.Version == "" || parsed.Items == nil {
		return doc, 0, notAFeed("served JSON, but no JSON Feed")
	}
	for _, item := range parsed.Items {
		item.URL = cmp.Or(item.URL, item.ExternalURL)
	}
	feed, err := (&gofeed.DefaultJSONTranslator{}).Translate(parsed)
	if err != nil {
		return doc, 0, err
	}
	return document(&found{feed: feed}, base), 0, nil
}

// notAFeed says what was served instead of a feed.
type notAFeed string

func (e notAFeed) Error() string { return string(e) }

// webPage tells an operator who gave a page's address how to mend it.
func webPage(page []byte, base string) error {
	if feed := alternate(page, base); feed != "" {
		return notAFeed(fmt.Sprintf("served a web page; its feed is at %q", feed))
	}
	return notAFeed("served a web page; give the address of its RSS or Atom feed")
}

// alternate is the address of the first feed that a page's head names, empty
// for none.
func alternate(page []byte, base string) string {
	at, _ := url.Parse(base)
	z := html.NewTokenizer(bytes.NewReader(page[:min(len(page), 256<<10)]))
	for z.Next() != html.ErrorToken {
		token := z.Token()
		if token.Data != "link" {
			continue
		}
		attr := make(map[string]string)
		for _, a := range token.Attr {
			attr[a.Key] = strings.ToLower(a.Val)
			if a.Key == "href" {
				attr[a.Key] = a.Val
			}
		}
		switch attr["type"] {
		case "application/rss+xml", "application/atom+xml", "application/feed+json":
			if attr["rel"] == "alternate" {
				return absolute(at, attr["href"])
			}
		}
	}
	return ""
}

// parseFailure classes a failure to read a feed.
func parseFailure(address string, err error) *monitor.FetchError {
	kind := monitor.FetchBadFeed
	if _, ok := errors.AsType[notAFeed](err); ok {
		kind = monitor.FetchNotAFeed
	}
	if isTooLarge(err) {
		kind = monitor.FetchTooLarge
	}
	return &monitor.FetchError{URL: address, Kind: kind, Err: err}
}

func isTooLarge(err error) bool {
	_, ok := errors.AsType[tooLarge](err)
	return ok
}
