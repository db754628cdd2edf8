package parse_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"

	"tonewatch/monitor"
)

// The builders of the table's feeds.

const namespaces = ` xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"` +
	` xmlns:dcterms="http://purl.org/dc/terms/" xmlns:media="http://search.yahoo.com/mrss/" xmlns:a="http://www.w3.org/2005/Atom"` +
	` xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:h="http://www.w3.org/1999/xhtml"`

// channel is an RSS feed of these elements, item one of one item, entry an Atom
// feed of one entry.
func channel(inside string) string {
	return `<rss version="2.0"` + namespaces + `><channel>` + inside + `</channel></rss>`
}
func item(inside string) string { return channel(`<item>` + inside + `</item>`) }
func atom(inside string) string {
	return `<feed xmlns="http://www.w3.org/2005/Atom"` + namespaces + `>` + inside + `</feed>`
}
func entry(inside string) string { return atom(`<entry>` + inside + `</entry>`) }
func rdf(inside string) string {
	return `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"` + namespaces + `>` + inside + `</rdf:RDF>`
}
func titled(title string) string { return item(`<title>` + title + `</title>`) }
func dated(date string) string   { return item(`<pubDate>` + date + `</pubDate>`) }
func jsonFeed(item string) string {
	return `{"version":"https://jsonfeed.org/version/1.1","title":"F","items":[{` + item + `}]}`
}

// declared is a feed that declares a charset, written in it.
func declared(label string, e encoding.Encoding, title string) string {
	return in(e, `<?xml version="1.0" encoding="`+label+`"?>`+titled(title))
}

func in(e encoding.Encoding, text string) string {
	out, err := e.NewEncoder().String(text)
	if err != nil {
		panic(err) // the table is wrong
	}
	return out
}

var (
	utf16le_ = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	utf16be  = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	utf32le  = utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)
	utf32be  = utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)
)

// field shows one field of a document as text; those of the first item by
// their plain name.
func field(name string, doc monitor.Document, err error) string {
	when := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.Format(time.RFC3339)
	}
	var first monitor.Item
	if len(doc.Items) > 0 {
		first = doc.Items[0]
	}
	switch name {
	case "error":
		return fmt.Sprint(err)
	case "feed.title":
		return doc.Title
	case "feed.link":
		return doc.Link
	case "feed.description":
		return doc.Description
	case "feed.rights":
		return doc.Rights
	case "feed.language":
		return doc.Language
	case "feed.published":
		return when(doc.Published)
	case "feed.updated":
		return when(doc.Updated)
	case "title":
		return first.Title
	case "link":
		return first.Link
	case "id":
		return first.ID
	case "summary":
		return first.Summary
	case "content":
		return first.Content
	case "published":
		return when(first.Published)
	case "updated":
		return when(first.Updated)
	case "bad date":
		return first.BadDate
	case "titles": // of all items, and whether the feed was cut
		var titles []string
		for _, it := range doc.Items {
			titles = append(titles, it.Title)
		}
		return fmt.Sprintf("%s %v", strings.Join(titles, ","), doc.Partial)
	}
	panic("no field " + name)
}

func TestConformance(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for _, tc := range conformance {
		if seen[tc.name] {
			t.Errorf("two cases are called %q", tc.name)
		}
		seen[tc.name] = true
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			doc, err := read([]byte(tc.feed), tc.contentType, base)
			if err != nil && tc.field != "error" {
				t.Fatal(err)
			}
			if got := field(tc.field, doc, err); got != tc.want {
				t.Errorf("%s %q, want %q", tc.field, got, tc.want)
			}
		})
	}
	if len(seen) < 120 {
		t.Errorf("only %d cases", len(seen))
	}
}

// used by the table; the imports stand here, with the builders.
var (
	koi8r, cp1251, cp1252, latin1, latin2, cp437, ebcdic = charmap.KOI8R, charmap.Windows1251, charmap.Windows1252, charmap.ISO8859_1, charmap.ISO8859_2, charmap.CodePage437, charmap.CodePage037
	sjis, eucjp, iso2022jp, euckr, gbk, big5             = japanese.ShiftJIS, japanese.EUCJP, japanese.ISO2022JP, korean.EUCKR, simplifiedchinese.GBK, traditionalchinese.Big5
	plainUTF8                                            = encoding.Nop
)
