package extract_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"tonewatch/monitor/extract"
)

const address = "https://example.org/talks"

// The paragraphs of an article, long enough to be one.
var article = []string{
	"The two governments resumed their talks in Karsholm on Tuesday, after a pause of three months that both had blamed on the other side.",
	"“We have come to listen,” the minister said, adding that her delegation would stay for as long as there was something to be said.",
	"Observers warned that little had changed since the winter, and that a dispute over the fishing grounds could end the talks within days.",
}

// page is a news page around paragraphs of an article.
func page(paragraphs ...string) string {
	return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Talks resume in Karsholm | Karsholm Post</title>
<meta property="og:title" content="Talks resume in Karsholm"><script>document.write("<p>" + ad + "</p>")</script><style>p { margin: 0 }</style></head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/world">World</a></li></ul></nav>
<main><article><h1>Talks resume in Karsholm</h1><svg><path d="M0"/><title>Logo</title></svg>
<div class="article-body"><p>` + strings.Join(paragraphs, "</p>\n<p>") + `</p></div></article></main>
<aside><p>Most read: a recipe for soup that nobody in this town will want to miss this winter</p></aside>
<footer><p>Karsholm Post, 1 Harbour Street. All rights reserved.</p></footer></body></html>`
}

func TestPage(t *testing.T) {
	t.Parallel()
	want := extract.Text{Title: "Talks resume in Karsholm", Body: strings.Join(article, "\n\n")}
	tests := map[string]string{
		"an article": page(article...),
		"formatting inside words": strings.NewReplacer("Karsholm on Tuesday", "<b>Kars</b>holm <em>on <i>Tuesday</i></em>",
			"minister", `<a href="/minister">minister</a>`).Replace(page(article...)),
		"formatting left open": strings.Replace(page(article...), "The two", "<b><i><font size=3><strong>The two", 1),
		"wrapped source":       strings.ReplaceAll(page(article...), ", ", ",\n\t  "),
	}
	for name, html := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := extract.Page([]byte(html), address)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// An article in one paragraph is found by more than one of the extractor's rules.
func TestOneParagraphIsReadOnce(t *testing.T) {
	t.Parallel()
	want := strings.Join(article, " ")
	got, err := extract.Page([]byte(page(want)), address)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(got.Body, want); n != 1 {
		t.Errorf("the paragraph stands %d times in %q", n, got.Body)
	}
}

func TestLargePageGoesToTheOtherExtractor(t *testing.T) {
	t.Parallel()
	long := make([]string, 8_100)
	for i := range long {
		long[i] = fmt.Sprintf("Paragraph %d of a very long report, which nobody will read to its end.", i)
	}
	got, err := extract.Page([]byte(page(long...)), address)
	if err != nil {
		t.Fatal(err)
	}
	if got.Title != "Talks resume in Karsholm" {
		t.Errorf("title %q", got.Title)
	}
	for _, want := range []string{long[0], long[8_099]} {
		if !strings.Contains(got.Body, want) {
			t.Errorf("body lacks %q", want)
		}
	}
}

func TestPageRefuses(t *testing.T) {
	t.Parallel()
	const prefix = `extract "https://example.org/talks": `
	tests := map[string]struct{ html, want string }{
		"too many elements": {strings.Repeat("<br>", 50_001), prefix + "more than 50000 elements"},
		"too many bytes":    {strings.Repeat(" ", 8<<20+1), prefix + "8388609 bytes, more than 8388608"},
		"too deep":          {strings.Repeat("<div>", 600), prefix + "html: open stack of elements exceeds 512 nodes"},
		"too much to search": {
			strings.Repeat("<p>"+strings.Repeat("word ", 50), 30_000), prefix + "10153 tags around 2538250 bytes of text are too many to search",
		},
		"text around ignored tags": {
			strings.Repeat("some words that are joined into one <td>", 20_000), prefix + "3861 tags around 139032 bytes of text are too many to search",
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := extract.Page([]byte(tc.html), address)
			if err == nil || err.Error() != tc.want {
				t.Errorf("error %v, want %s", err, tc.want)
			}
			if errors.Is(err, extract.ErrTooShort) {
				t.Error("a refused page must not be taken for a short one")
			}
			if diff := cmp.Diff(extract.Text{}, got); diff != "" {
				t.Errorf("text of a refused page (-want +got):\n%s", diff)
			}
		})
	}
	if _, err := extract.Page([]byte(page(article...)), "http://["); err == nil ||
		err.Error() != `extract "http://[": parse "http://[": missing ']' in host` {
		t.Errorf("bad address: error %v", err)
	}
}

func TestShortTextComesWithAnError(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		html string
		want extract.Text
		text string
	}{
		"short": {
			"<title>Talks resume</title><article><p>" + article[0] + "</p></article>",
			extract.Text{Title: "Talks resume", Body: article[0]},
			`extract "https://example.org/talks": too short for an article: 133 characters`,
		},
		"nothing": {
			"", extract.Text{},
			`extract "https://example.org/talks": too short for an article: 0 characters`,
		},
		"a title alone": {
			"<title>Just &amp; a\n title</title>", extract.Text{Title: "Just & a title", Body: "Just & a title"},
			`extract "https://example.org/talks": too short for an article: 14 characters`,
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := extract.Page([]byte(tc.html), address)
			if !errors.Is(err, extract.ErrTooShort) || err.Error() != tc.text {
				t.Errorf("error %v, want %s", err, tc.text)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// openFormatting are n formatting elements that are never closed, each different
// from the others, so that a parser has to keep them all.
func openFormatting(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "<b a%d=%d>", i, i)
	}
	return b.String()
}

// attributes are n different ones.
func attributes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ` a%d="x"`, i)
	}
	return b.String()
}

// nodes parses a page as the extractors do and counts the tree.
func nodes(page string) (int, error) {
	tree, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return 0, err
	}
	n := 1
	for range tree.Descendants() {
		n++
	}
	return n, nil
}

// Left as they are, each of these makes a tree of half a million nodes.
func TestSimplifiedPagesMakeSmallTrees(t *testing.T) {
	t.Parallel()
	const paragraphs = 1_000
	rest := strings.Repeat("<p>x", paragraphs)
	open := "<p>" + openFormatting(490)
	for name, trick := range map[string]string{
		"plainly":      open,
		"in a drawing": "<svg><style>" + open + "</style></svg>",
		"in a choice":  "<select><title></select>" + open + "</title>",
		"in a title":   "<title>" + open + "</title>",
		"in a script":  "<svg><script>" + open + "</script></svg>",
		"in a formula": "<math><style>" + open + "</style></math>",
		"in a comment": "<!-->" + open + "-->",
		"in a value":   `<p a="` + strings.ReplaceAll(open, ">", "\">"),
		"in a name":    "<p<" + strings.ReplaceAll(open, "<p>", ""),
		"in JSON-LD":   `<script type="application/ld+json">` + open + `</script>`,
		"in a cell":    "<table><tr><td>" + open + "</table>",
		"by a link":    strings.ReplaceAll(open, "<b", "<a"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			simple, _, err := extract.Simplify([]byte(trick + rest))
			if err != nil {
				t.Fatal(err)
			}
			if got, err := nodes(simple); err != nil || got > 4*paragraphs {
				t.Errorf("%d nodes of %d paragraphs, error %v", got, paragraphs, err)
			}
		})
	}
}

func TestSimplify(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ page, want string }{
		"formatting is unwrapped":   {`a<B id=1>b<i>c</i></B>`, `abc`},
		"content is written anew":   {`<P CLASS=a id='"'>1 < 2 &amp;lt; 3<Br/>`, `<p class="a" id="&#34;">1 &lt; 2 &amp;lt; 3<br>`},
		"one root, one body":        {`<html a=1><body b=1><html c=1><body d=1>x</body></html>y`, `<html a="1"><body b="1">xy`},
		"scripts and drawings go":   {`a<script>b</script><svg><svg/><path/>c</svg>d<style>e</style><svg/>f`, `adf`},
		"drawings nest":             {`a<svg><svg>b</svg>c</svg>d`, `ad`},
		"choices do not":            {`a<select><select><option>b</select>c`, `ac`},
		"the first title stays":     {`<title>a &lt; b</title><title>c</title>`, `<title>a &lt; b</title>`},
		"strange names go":          {`<p<b a="1">c<d_e f"g=1 h=2>`, `c<d_e h="2">`},
		"comments go":               {`a<!-- b --><!DOCTYPE c>d`, `ad`},
		"attributes have an end":    {`<p` + attributes(70) + `>`, `<p` + attributes(64) + `>`},
		"long attributes go":        {`<p a="` + strings.Repeat("c", 5_000) + `" b=1>`, `<p b="1">`},
		"an unclosed script is all": {`a<script>b</p>c`, `a`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, _, err := extract.Simplify([]byte(tc.page))
			if err != nil {
				t.Fatal(err)
			}
			if want := "<!DOCTYPE html>" + tc.want; got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func FuzzPage(f *testing.F) {
	f.Add([]byte(page(article...)))
	f.Add([]byte(`<html a><svg><p/><title>x</title><table>y<tr><td>z</table><a><a></p></body>`))
	f.Add([]byte(`<title>a<script type="application/ld+json">{"headline":"<p>"}</script><noscript><img>`))
	f.Add([]byte("<p<b a\"='<'>\x00\xff&#1;<plaintext><"))
	f.Fuzz(func(t *testing.T, body []byte) {
		// A tree is never much larger than what it is made of.
		if simple, elements, err := extract.Simplify(body); err == nil {
			// An error is a tree too deep, which Page refuses as well.
			if got, err := nodes(simple); err == nil && got > 8*elements+2*len(body)+100 {
				t.Errorf("%d nodes of %d elements in %d bytes", got, elements, len(body))
			}
		}
		got, err := extract.Page(body, address)
		if err != nil && !errors.Is(err, extract.ErrTooShort) && !errors.Is(err, extract.ErrWall) && got != (extract.Text{}) {
			t.Errorf("text %+v with error %v", got, err)
		}
		if err == nil && utf8.RuneCountInString(got.Body) < 250 {
			t.Errorf("an article of %d characters without an error", utf8.RuneCountInString(got.Body))
		}
		for paragraph := range strings.SplitSeq(got.Body, "\n\n") {
			if strings.Contains(paragraph, "\n") || paragraph != strings.Join(strings.Fields(paragraph), " ") {
				t.Errorf("paragraph %q is not tidy", paragraph)
			}
		}
	})
}
