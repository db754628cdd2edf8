package parse_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"tonewatch/monitor"
	"tonewatch/monitor/parse"
)

// declarations are n attributes that declare different namespaces.
func declarations(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " xmlns:p%d='u'", i)
	}
	return b.String()
}

// Each of these costs a parser that meets it unprepared seconds to hours,
// gigabytes, or the process; the small ones stand for greater of their kind.
func TestHostileFeedsAreRefused(t *testing.T) {
	t.Parallel()
	const deep = "elements nested deeper than 64"
	tests := map[string]struct{ feed, want string }{
		"nested elements":              {`<rss>` + strings.Repeat(`<x:q>`, 10_000), deep},
		"nested namespaces":            {`<rss>` + strings.Repeat(`<x:q xmlns:p="u">`, 1_000), deep},
		"nested bases":                 {`<rss>` + strings.Repeat(`<x:q xml:base="a/">`, 1_000), deep},
		"nested in UTF-16":             {"\xff\xfe" + utf16le(`<rss>`+strings.Repeat(`<x:q>`, 1_000)), deep},
		"hidden by quotes":             {`<rss>` + strings.Repeat(`<x:q a="/>">`, 1_000), deep},
		"hidden by a comment's end":    {`<rss>` + strings.Repeat(`<!-- <![CDATA[ --><x:q>`, 1_000), deep},
		"hidden by another encoding":   {`<rss>` + strings.Repeat(`<?xml version="1.0" encoding="utf-7"?><x:q>`, 1_000), deep},
		"empty items":                  {`<rss><channel>` + strings.Repeat(`<item/>`, 6_000), "more than 5000 items"},
		"flat extensions":              {`<rss><channel>` + strings.Repeat(`<x:q/>`, 101_000), "more than 100000 tags"},
		"namespaces of one element":    {`<rss` + declarations(2_100) + `>`, "more than 2000 namespace or base declarations"},
		"namespaces over many tags":    {`<rss` + declarations(1_000) + `>` + strings.Repeat(`<x:q/>`, 2_000), "too many declarations in the scope of too many tags"},
		"a long base over many tags":   {`<rss xml:base="` + strings.Repeat("a/", 30_000) + `">` + strings.Repeat(`<x href="y"/>`, 300), "too many declarations in the scope of too many tags"},
		"attributes":                   {`<rss` + strings.Repeat(` a`, 40_000) + `>`, "a tag of more than 65536 bytes"},
		"text in pieces":               {`<rss><x:q>` + strings.Repeat(`aaaaaaaaaa<b/>`, 10_000), "text in too many pieces"},
		"text in pieces, by CDATA":     {`<rss><x:q>` + strings.Repeat(`a<![CDATA[b]]>`, 10_000), "text in too many pieces"},
		"JSON, nested":                 {`{"version":"1","items":` + strings.Repeat(`[`, 1_000), "values nested deeper than 64"},
		"JSON, many items":             {`{"version":"1","items":[` + strings.Repeat(`{},`, 6_000), "more than 5000 items"},
		"JSON, many values":            {`{"version":"1","items":[{"tags":[` + strings.Repeat(`1,`, 101_000), "more than 100000 values"},
		"JSON, hidden behind a string": {`{"a":"\\","b":"\"","items":` + strings.Repeat(`[`, 1_000), "values nested deeper than 64"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := read([]byte(tc.feed), "", base)
			got := failure(t, err)
			if got.Kind != monitor.FetchTooLarge || got.Err.Error() != tc.want {
				t.Errorf("got %v, want %s: %s", got, monitor.FetchTooLarge, tc.want)
			}
		})
	}
}

func TestHarmlessGiantsAreRead(t *testing.T) {
	t.Parallel()
	rss := func(inside string) string { return `<rss><channel><item>` + inside + `</item></channel></rss>` }
	tests := map[string]struct{ feed, want string }{
		"billion laughs": {`<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>` + rss(`<title>&b;</title>`), "&b;"},
		"external entity": {
			`<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>` + rss(`<title>&a;</title>`), "&a;",
		},
		"long prolog": {`<!--` + strings.Repeat(" x", 10_000) + `-->` + rss(`<title>t</title>`), "t"},
		"long text":   {rss(`<title>` + strings.Repeat("a", 1<<20) + `</title>`), strings.Repeat("a", 1<<20)},
		"open formatting": {
			`<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="html">` +
				strings.Repeat(`&lt;b a="1">`, 400) + strings.Repeat("&lt;p>x", 3) + `</title></entry></feed>`, "x x x",
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc, err := read([]byte(tc.feed), "", base)
			if err != nil {
				t.Fatal(err)
			}
			if got := doc.Items[0].Title; got != tc.want {
				t.Errorf("title %.80q, want %.80q", got, tc.want)
			}
		})
	}
}

// A text that is longer than any article is cut, and the feed marked.
func TestEndlessTextIsCut(t *testing.T) {
	t.Parallel()
	doc, err := read([]byte(item("<title>t</title><description>"+strings.Repeat("a word ", 200_000)+"</description>")), "", base)
	if err != nil {
		t.Fatal(err)
	}
	summary := doc.Items[0].Summary
	if len(summary) > 1<<20 || len(summary) < 1<<20-10 || !strings.HasSuffix(summary, " word") && !strings.HasSuffix(summary, " a") {
		t.Errorf("summary of %d bytes ends in %q, want a megabyte of whole words", len(summary), summary[len(summary)-10:])
	}
	if !doc.Partial {
		t.Error("the feed is not marked as partial")
	}
	doc, err = read([]byte(titled(strings.Repeat("京", 400_000))), "", base)
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Repeat("京", 1<<20/3); doc.Items[0].Title != want {
		t.Errorf("a text without spaces has %d bytes, want %d", len(doc.Items[0].Title), len(want))
	}
}

func TestWalkDefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ feed, want string }{
		"instruction":         {`<rss><?xml version="1.0"?></rss>`, `<rss>                     </rss>`},
		"comment, lines kept": {"<rss><!--\n--></rss>", "<rss>    \n   </rss>"},
		"type html":           {`<feed type="HTML" a:type='html'/>`, `<feed type="text" a:type='text'/>`},
		"type xhtml":          {`<feed type="application/xhtml+xml"/>`, `<feed type="application/-html+xml"/>`},
		"type spelt out":      {`<feed type="&#104;tml"/>`, `<feed type="-#104;tml"/>`},
		"unquoted type":       {`<feed type = html/>`, `<feed type = text/>`},
		"the word in a text":  {`<feed html="html">type="html"</feed>`, `<feed html="html">type="html"</feed>`},
		"unquoted value":      {`<rss a=1.0 b=http://x/y></rss>`, `<rss a=1-0 b=http:--x-y></rss>`},
		"end of CDATA":        {`<rss>a]]>b</rss>`, `<rss>a ]>b</rss>`},
		"forbidden reference": {`<rss a="&#1;">&#x1f;&#x20;&#31;&#31</rss>`, `<rss a=" #1;"> #x1f;&#x20; #31;&#31</rss>`},
		"bare less-than":      {`<rss>a < b <3</rss>`, `<rss>a   b  3</rss>`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := parse.Walk([]byte(tc.feed))
			if err != nil {
				t.Fatal(err)
			}
			if got.Doc != tc.want {
				t.Errorf("got  %s\nwant %s", got.Doc, tc.want)
			}
		})
	}
}

// FuzzWalk holds the walk against the decoder that gofeed stands on: whatever
// the walk lets pass, the decoder must find in it no more than the walk counted,
// and nothing that the walk should have defused.
func FuzzWalk(f *testing.F) {
	for _, seed := range []string{
		`<rss a="1" xmlns:x='u' b=c d><x:item><b/>t<![CDATA[<x>]]></x:item><!-- c --><?d e?></rss>`,
		`<rss><a b="/>"><c d='>'></a></rss>`,
		`<rss><entry type="html">&#1;]]></entry><!DOCTYPE a [ <!b> ]></rss>`,
		`<rss><a ="x"></a:b></c></rss>`,
		`<a:b:c><_><-></></ ></a:b:c>`,
		`<rss/a><rss / >`,
		`<rss><!----><!-- a -- b --><!-></rss>`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		walked, err := parse.Walk(body)
		if err != nil {
			return
		}
		d := xml.NewDecoder(strings.NewReader(walked.Doc))
		d.Strict = false
		depth, tags, items, names := 0, 0, 0, 0
		for {
			token, err := d.Token()
			if err != nil {
				var syntax *xml.SyntaxError
				if !errors.Is(err, io.EOF) && !errors.As(err, &syntax) {
					t.Fatalf("decoder: %v", err) // an encoding was changed
				}
				break
			}
			switch token := token.(type) {
			case xml.StartElement:
				depth++
				tags++
				if name := strings.ToLower(token.Name.Local); name == "item" || name == "entry" {
					items++
				}
				for _, a := range token.Attr {
					switch {
					case a.Name.Space == "xmlns", a.Name.Local == "xmlns", a.Name.Local == "base":
						names++
					case a.Name.Local == "type" && (strings.EqualFold(a.Value, "html") || strings.Contains(strings.ToLower(a.Value), "xhtml")):
						t.Errorf("a type %q is left", a.Value)
					}
				}
			case xml.EndElement:
				depth--
			case xml.ProcInst, xml.Comment, xml.Directive:
				t.Errorf("a %T is left", token)
			}
			if depth > parse.MaxDepth {
				t.Fatalf("depth %d", depth)
			}
		}
		if tags > walked.Tags || items > walked.Items || names > walked.Names {
			t.Errorf("decoder found %d tags, %d items, %d declarations; the walk %d, %d, %d",
				tags, items, names, walked.Tags, walked.Items, walked.Names)
		}
	})
}
