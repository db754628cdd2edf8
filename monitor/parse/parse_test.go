package parse_test

import (
	"encoding/binary"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"tonewatch/monitor"
	"tonewatch/monitor/parse"
)

const base = "https://example.org/news/feed"

func utc(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at.UTC()
}

func TestParseFormats(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		feed string
		want monitor.Document
	}{
		"RSS": {
			`<?xml version="1.0"?><!-- made by hand --><!DOCTYPE rss [<!ENTITY x "y">]>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>Karsholm Post</title><link>https://example.org/</link><description>All of it</description>
<copyright>&#169; 2026</copyright><language>en</language><lastBuildDate>Tue, 3 Mar 2026 12:00:00 EST</lastBuildDate>
<item><title>Talks &amp;amp; &lt;b&gt;hopes&lt;/b&gt;</title><link>../talks?a=1&amp;b=2</link><guid isPermaLink="false">talks-1</guid>
<pubDate>Tue, 03 Mar 2026 10:00:00 +0200</pubDate><description>Short.</description>
<content:encoded><![CDATA[<p>The talks <em>resumed</em>&nbsp;today.</p><script>track()</script><p>Both sides<br>smiled.</p>]]></content:encoded></item>
<item><guid>https://example.org/only-guid</guid><pubDate>yesterday</pubDate></item>
</channel></rss>`,
			monitor.Document{
				Title: "Karsholm Post", Link: "https://example.org/", Description: "All of it", Rights: "© 2026", Language: "en",
				Updated: utc(t, "2026-03-03T17:00:00Z"),
				Items: []monitor.Item{
					{
						Title: "Talks & hopes", Link: "https://example.org/talks?a=1&b=2", ID: "talks-1",
						Published: utc(t, "2026-03-03T08:00:00Z"), Summary: "Short.",
						Content: "The talks resumed today.\n\nBoth sides\nsmiled.",
					},
					{Link: "https://example.org/only-guid", ID: "https://example.org/only-guid", BadDate: "yesterday"},
				},
			},
		},
		"Atom": {
			`<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://example.org/a/"><title type="html">Karsholm &amp;amp; Post</title>
<link href="."/><updated>2026-03-03T10:00:00Z</updated>
<entry><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Talks <b>resume</b></div></title><id>tag:example.org,2026:1</id>
<link rel="enclosure" href="film.mp4"/><link href="talks"/><published>2026-03-03T10:00:00+01:00</published><updated>2026-03-03T11:00:00+01:00</updated>
<summary type="html">&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>1 &lt; 2 &amp;lt; 3</p></div></content></entry></feed>`,
			monitor.Document{
				Title: "Karsholm & Post", Link: "https://example.org/a/", Updated: utc(t, "2026-03-03T10:00:00Z"),
				Items: []monitor.Item{{
					Title: "Talks resume", Link: "https://example.org/a/talks", ID: "tag:example.org,2026:1",
					Published: utc(t, "2026-03-03T09:00:00Z"), Updated: utc(t, "2026-03-03T10:00:00Z"),
					Summary: "One.\n\nTwo.", Content: "1 < 2 &lt; 3",
				}},
			},
		},
		"RDF": {
			`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="x"><title>Karsholm Post</title></channel>
<item rdf:about="https://example.org/1"><title>Talks resume</title><link>https://example.org/1</link><dc:date>2026-03-03T10:00:00Z</dc:date></item></rdf:RDF>`,
			monitor.Document{
				Title: "Karsholm Post",
				Items: []monitor.Item{{
					Title: "Talks resume", Link: "https://example.org/1", ID: "https://example.org/1",
					Published: utc(t, "2026-03-03T10:00:00Z"), Updated: utc(t, "2026-03-03T10:00:00Z"),
				}},
			},
		},
		"JSON Feed": {
			`{"version":"https://jsonfeed.org/version/1.1","title":"Karsholm Post","home_page_url":"https://example.org/",
"items":[{"id":"1","url":"/1","title":"Talks resume","content_text":"One\nline.\n\nTwo.","date_published":"2026-03-03T10:00:00Z"}]}`,
			monitor.Document{
				Title: "Karsholm Post", Link: "https://example.org/", Published: utc(t, "2026-03-03T10:00:00Z"),
				Items: []monitor.Item{{
					Title: "Talks resume", Link: "https://example.org/1", ID: "1",
					Published: utc(t, "2026-03-03T10:00:00Z"), Content: "One line.\n\nTwo.",
				}},
			},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := read([]byte(tc.feed), "", base)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseLinks(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ item, want string }{
		"absolute, kept as it is": {`<link> HTTP://Example.org/A b </link>`, "HTTP://Example.org/A b"},
		"relative to the host":    {`<link>/x</link>`, "https://example.org/x"},
		"relative to the feed":    {`<link>x#y</link>`, "https://example.org/news/x#y"},
		"without scheme":          {`<link>//cdn.example.org/x</link>`, "https://cdn.example.org/x"},
		"permalink":               {`<guid>https://example.org/x</guid>`, "https://example.org/x"},
		"declared permalink":      {`<guid isPermaLink="true">https://example.org/x</guid>`, "https://example.org/x"},
		"no permalink":            {`<guid isPermaLink="false">https://example.org/x</guid>`, ""},
		"guid is no address":      {`<guid>urn:x:1</guid>`, ""},
		"link before permalink":   {`<link>/x</link><guid>https://example.org/y</guid>`, "https://example.org/x"},
		"script":                  {`<link>javascript:alert(1)</link>`, ""},
		"broken":                  {`<link>http://[</link>`, ""},
		"none":                    {``, ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc, err := read([]byte(`<rss><channel><item>`+tc.item+`</item></channel></rss>`), "", base)
			if err != nil {
				t.Fatal(err)
			}
			if got := doc.Items[0].Link; got != tc.want {
				t.Errorf("link %q, want %q", got, tc.want)
			}
		})
	}
}

func utf16le(text string) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		b = binary.LittleEndian.AppendUint16(b, unit)
	}
	return string(b)
}

func TestParseCharsets(t *testing.T) {
	t.Parallel()
	rss := func(title string) string { return `<rss><channel><title>` + title + `</title></channel></rss>` }
	declared := func(charset, title string) string {
		return `<?xml version="1.0" encoding="` + charset + `"?>` + rss(title)
	}
	tests := map[string]struct{ body, contentType, want string }{
		"UTF-8":                           {rss("café"), "", "café"},
		"mark of UTF-8":                   {"\xef\xbb\xbf" + declared("iso-8859-1", "café"), "text/xml; charset=latin1", "café"},
		"mark of UTF-16":                  {"\xff\xfe" + utf16le(declared("utf-16", "café")), "", "café"},
		"UTF-16 without a mark":           {utf16le(declared("utf-16", "café")), "", "café"},
		"header before declaration":       {declared("koi8-r", "caf\xe9"), `text/xml; charset="iso-8859-1"`, "café"},
		"declaration":                     {declared("windows-1251", "\xcf\xf0\xe8"), "text/xml", "При"},
		"gb2312 is read as its superset":  {declared("gb2312", "\x95\x32\x82\x36"), "", "𠀀"},
		"false claim of UTF-8":            {declared("utf-8", "caf\xe9"), "text/xml; charset=utf-8", "café"},
		"false claim of UTF-16":           {declared("utf-16", "café"), "", "café"},
		"unknown charset":                 {declared("klingon", "café"), "text/xml; charset=x", "café"},
		"nothing said, not UTF-8":         {rss("caf\xe9 \x80"), "", "café €"},
		"UTF-8 with a broken byte":        {rss("café, thé \xff"), "", "café, thé \uFFFD"},
		"control characters are windows":  {rss("it\u0092s &#146;so&#146;"), "", "it’s ’so’"},
		"forbidden characters go":         {rss("a\x00b\x1fc\uFFFEd"), "", "abcd"},
		"a second declaration has no say": {`<rss><?xml version="1.0" encoding="utf-16"?><channel><title>café</title></channel></rss>`, "", "café"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc, err := read([]byte(tc.body), tc.contentType, base)
			if err != nil {
				t.Fatal(err)
			}
			if doc.Title != tc.want {
				t.Errorf("title %q, want %q", doc.Title, tc.want)
			}
		})
	}
}

func TestParseText(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ markup, want string }{
		"plain":               {`one  two`, "one two"},
		"plain, blank line":   {"one\ntwo\n \nthree", "one two\n\nthree"},
		"less than":           {`a < b`, "a < b"},
		"inline":              {`<b>b</b>old<i>er</i>`, "bolder"},
		"blocks":              {`<div>one<p>two</p>three</div>`, "one\n\ntwo\n\nthree"},
		"list":                {`<ul><li>one<li>two</ul>`, "one\n\ntwo"},
		"line":                {"one<br>\ntwo<br/><br/>three", "one\ntwo\n\nthree"},
		"wrapped source":      {"<p>one\ntwo</p>", "one two"},
		"scripts and styles":  {`a<script>if (1 < 2) { x("</p>") }</script>b<style>p{}</style>c<!-- d -->`, "abc"},
		"unclosed script":     {`a<script>b<p>c`, "a"},
		"entities":            {`&eacute;&nbsp;&#x2014; &amp;lt; &bogus;`, "é — &lt; &bogus;"},
		"cells":               {`<tr><td>a</td><td>b</td></tr>`, "a b"},
		"attributes are none": {`<img alt="a > b" title='x'>c`, "c"},
		"unclosed tag":        {`a <b`, "a"},
		"empty":               {`<p> </p>`, ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			feed := `{"version":"1","items":[{"id":"1","content_html":` + quoted(tc.markup) + `}]}`
			doc, err := read([]byte(feed), "", base)
			if err != nil {
				t.Fatal(err)
			}
			if got := doc.Items[0].Content; got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`).Replace(text) + `"`
}

func TestParseBrokenFeeds(t *testing.T) {
	t.Parallel()
	const whole = `<item><title>whole</title></item>`
	tests := map[string]struct {
		feed    string
		titles  []string
		partial bool
	}{
		"cut off in an item":     {`<rss><channel>` + whole + `<item><title>cut`, []string{"whole"}, true},
		"cut off in a tag":       {`<rss><channel>` + whole + `<item><a b="`, []string{"whole"}, true},
		"cut off after an item":  {`<rss><channel>` + whole, []string{"whole"}, true},
		"open CDATA":             {`<rss><channel>` + whole + `<item><title><![CDATA[x</title></item>` + whole, []string{"whole"}, true},
		"Atom, cut off":          {`<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title>whole</a:title></a:entry><a:entry>`, []string{"whole"}, true},
		"attribute gone wrong":   {`<rss><channel>` + whole + `<item><a b="<">x</a></item></channel></rss>`, []string{"whole"}, true},
		"a document type inside": {`<rss><channel>` + whole + `<!DOCTYPE html></channel></rss>`, []string{"whole"}, true},
		"elements left open":     {`<rss><channel><item><title>whole</title><p><b></item></channel></rss>`, []string{"whole"}, false},
		"bare ampersand":         {`<rss><channel><item><title>R & D</title></item></channel></rss>`, []string{"R & D"}, false},
		"bare less-than":         {`<rss><channel><item><title>1 < 2</title></item></channel></rss>`, []string{"1 2"}, false},
		"CDATA ended twice":      {`<rss><channel><item><title><![CDATA[a]]>b]]></title></item></channel></rss>`, []string{"ab ]>"}, false},
		"forbidden reference":    {`<rss><channel><item><title>a&#x1F;b&#0;</title></item></channel></rss>`, []string{"a #x1F;b #0;"}, false},
		"dashes in a comment":    {`<rss><channel><!-- a -- b --><item><title>whole</title></item></channel></rss>`, []string{"whole"}, false},
		"unquoted attribute":     {`<rss version=2.0 x><channel><item><title>whole</title></item></channel></rss>`, []string{"whole"}, false},
		"HTML's document type":   {`<!DOCTYPE html><rss><channel>` + whole + `</channel></rss>`, []string{"whole"}, false},
		"text after the end":     {`<rss><channel>` + whole + `</channel></rss><p>x`, []string{"whole"}, false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc, err := read([]byte(tc.feed), "", base)
			if err != nil {
				t.Fatal(err)
			}
			var titles []string
			for _, item := range doc.Items {
				titles = append(titles, item.Title)
			}
			if diff := cmp.Diff(tc.titles, titles); diff != "" {
				t.Errorf("titles (-want +got):\n%s", diff)
			}
			if doc.Partial != tc.partial {
				t.Errorf("partial %v, want %v", doc.Partial, tc.partial)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	head := `<!doctype html><html><head><title>x</title>`
	tests := map[string]struct {
		body string
		kind monitor.FetchKind
		text string
	}{
		"a web page":             {head + `</head><p>x`, monitor.FetchNotAFeed, "served a web page; give the address of its RSS or Atom feed"},
		"a page with a feed":     {head + `<link href="/a.css" rel=stylesheet><link rel="Alternate" type="application/rss+xml" href="/rss?a=1&amp;b=2">`, monitor.FetchNotAFeed, `served a web page; its feed is at "https://example.org/rss?a=1&b=2"`},
		"a page without doctype": {"\n<HTML><body>", monitor.FetchNotAFeed, "served a web page; give the address of its RSS or Atom feed"},
		"other XML":              {`<?xml version="1.0"?><opml/>`, monitor.FetchNotAFeed, "served XML, but <opml> is the root of no feed"},
		"other JSON":             {`{"error": "none"}`, monitor.FetchNotAFeed, "served JSON, but no JSON Feed"},
		"text":                   {"Service unavailable", monitor.FetchNotAFeed, `served neither XML nor JSON, it begins "Service unavailable"`},
		"a picture":              {"\x89PNG\r\n\x1a\n", monitor.FetchNotAFeed, `served neither XML nor JSON, it begins "‰PNG\r\n\n"`},
		"nothing":                {" \n", monitor.FetchBadFeed, "the document is empty"},
		"no whole item":          {"<rss>\n<channel><item>", monitor.FetchBadFeed, "line 2: the document ends inside <item>"},
		"broken JSON":            {`{"version":"1","items":[`, monitor.FetchBadFeed, "unexpected end of JSON input"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := read([]byte(tc.body), "", base)
			got := failure(t, err)
			if got.Kind != tc.kind || got.Err.Error() != tc.text || got.URL != base {
				t.Errorf("got %v\nwant %s: %s", got, tc.kind, tc.text)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`<rss version="2.0"><channel><title>t</title><item><title>a</title><link>/x</link><guid>g</guid><pubDate>Tue, 03 Mar 2026 10:00:00 GMT</pubDate></item></channel></rss>`,
		`<feed xmlns="http://www.w3.org/2005/Atom" xml:base="/a"><entry><title type="html">a</title><content type="xhtml"><div><b>c</b></div></content></entry></feed>`,
		`<rdf:RDF xmlns:rdf="r"><item rdf:about="x"/></rdf:RDF>`,
		`{"version":"1","items":[{"id":"1","content_html":"<p>a"}]}`,
		`<?xml version="1.0" encoding="gbk"?><rss><channel><item><![CDATA[a]]><!-- b --><?c d?></item>`,
		"\xff\xfe" + utf16le(`<rss><channel/></rss>`),
		`<!doctype html><html><head><link rel=alternate type=application/rss+xml href=/feed>`,
	} {
		f.Add([]byte(seed), "text/xml; charset=utf-8", base)
	}
	f.Fuzz(func(t *testing.T, body []byte, contentType, address string) {
		doc, err := read(body, contentType, address)
		if err != nil {
			var e *monitor.FetchError
			if !errors.As(err, &e) || e.Kind == "" || e.Err == nil {
				t.Fatalf("error is %#v, want a FetchError with kind and cause", err)
			}
			return
		}
		for _, item := range doc.Items {
			if item.Link != "" {
				if u, err := url.Parse(item.Link); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
					t.Errorf("link %q leads to no page", item.Link)
				}
			}
			if item.Published.Location() != time.UTC || item.Updated.Location() != time.UTC {
				t.Errorf("times %v and %v are not in UTC", item.Published, item.Updated)
			}
			for _, text := range []string{item.Title, item.Summary, item.Content} {
				if !utf8.ValidString(text) || text != strings.TrimSpace(text) || strings.Contains(text, "\n\n\n") {
					t.Errorf("text %q is not tidy", text)
				}
			}
		}
	})
}

// read parses without the time that the feed wants.
func read(body []byte, contentType, base string) (monitor.Document, error) {
	doc, _, err := parse.Feed(body, contentType, base)
	return doc, err
}

// failure asserts that err is a FetchError and returns it.
func failure(t *testing.T, err error) *monitor.FetchError {
	t.Helper()
	var e *monitor.FetchError
	if !errors.As(err, &e) {
		t.Fatalf("error is %T (%v), want a FetchError", err, err)
	}
	return e
}
