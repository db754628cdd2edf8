package extract

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// simplified is a page rewritten for the extractors.
type simplified struct {
	html     []byte
	title    string
	elements int
	bytes    int // of text
}

// simplify rewrites a page, token by token, so that no parser can be led astray
// by it. An HTML parser repairs what it is given, and some of its repairs
// multiply: formatting elements left open are opened again in every paragraph
// that follows (24 KB make a tree of 2.5 million nodes and 400 MB), and the
// attributes of every further html or body element are merged into the first in
// quadratic time. So formatting elements are dropped, as are second html and
// body elements and what is not for reading: scripts and what they describe,
// styles, drawings, the choices of forms. What is kept is written out anew, every
// "<" of the text escaped, so that a parser can find no tag in it but those kept
// here, whatever it takes the place for.
func simplify(page []byte) (simplified, error) {
	s := simplifier{seen: make(map[atom.Atom]bool)}
	s.out.WriteString("<!DOCTYPE html>")
	z := html.NewTokenizer(bytes.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if err := z.Err(); !errors.Is(err, io.EOF) {
				return simplified{}, err
			}
			return simplified{html: s.out.Bytes(), title: s.title, elements: s.elements, bytes: s.bytes}, nil
		case html.TextToken:
			s.text(string(z.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			s.start(z.Token())
		case html.EndTagToken:
			s.end(z.Token())
		}
		if err := s.check(); err != nil {
			return simplified{}, err
		}
	}
}

type simplifier struct {
	out      bytes.Buffer
	title    string
	elements int
	tags     int                // start and end tags
	bytes    int                // of text
	run      int                // of text since the last tag that surely ended a text node
	joined   int                // bytes that a parser copies at worst to join texts to one node
	seen     map[atom.Atom]bool // of html, head and body

	within atom.Atom // the dropped element that the walk is in; 0 for none
	nested int       // further elements of its name open inside it
}

const (
	// Attributes beyond these are not for describing an element.
	maxAttrs     = 64
	maxAttrBytes = 4 << 10

	maxElements = 50_000
	// The extractors read the text below an element again for its ancestors, so
	// that their work grows at worst with tags times text.
	maxWork = 24 << 30
	// A parser joins the texts around a tag that it ignores, copying both.
	maxJoined = 256 << 20
)

func (s *simplifier) check() error {
	switch {
	case s.elements > maxElements:
		return fmt.Errorf("more than %d elements", maxElements)
	case s.tags*s.bytes > maxWork, s.joined > maxJoined:
		return fmt.Errorf("%d tags around %d bytes of text are too many to search", s.tags, s.bytes)
	}
	return nil
}

// text writes a run of text, the title with its tags.
func (s *simplifier) text(text string) {
	switch {
	case s.within == 0:
		s.bytes += len(text)
		s.run += len(text)
		s.joined += s.run
		s.out.WriteString(html.EscapeString(text))
	case s.within == atom.Title && s.title == "":
		s.title = oneLine(text)
		s.out.WriteString("<title>" + html.EscapeString(s.title) + "</title>")
	}
}

// start writes a start tag, or enters an element that is dropped.
func (s *simplifier) start(t html.Token) {
	switch {
	case s.within != 0:
		if t.DataAtom == s.within && t.Type == html.StartTagToken && nests(t.DataAtom) {
			s.nested++
		}
		return
	case dropped(t.DataAtom):
		if t.Type == html.StartTagToken || !nests(t.DataAtom) {
			s.within = t.DataAtom
		}
		return
	case unwrapped(t.DataAtom), !plainName(t.Data), s.seen[t.DataAtom]:
		return
	case t.DataAtom == atom.Html, t.DataAtom == atom.Head, t.DataAtom == atom.Body:
		s.seen[t.DataAtom] = true
	case endsText(t.DataAtom):
		s.run = 0
	}
	s.elements++
	s.tags++
	s.out.WriteString("<" + t.Data)
	for _, a := range t.Attr[:min(len(t.Attr), maxAttrs)] {
		if plainName(a.Key) && len(a.Val) <= maxAttrBytes {
			s.out.WriteString(" " + a.Key + `="` + html.EscapeString(a.Val) + `"`)
		}
	}
	s.out.WriteByte('>')
}

// end writes an end tag, or leaves an element that is dropped.
func (s *simplifier) end(t html.Token) {
	switch {
	case s.within == 0:
		if !dropped(t.DataAtom) && !unwrapped(t.DataAtom) && plainName(t.Data) && !s.seen[t.DataAtom] {
			s.tags++
			s.out.WriteString("</" + t.Data + ">")
		}
	case t.DataAtom != s.within:
	case s.nested > 0:
		s.nested--
	default:
		s.within = 0
	}
}

// dropped says whether an element goes with all that is in it.
func dropped(tag atom.Atom) bool {
	switch tag {
	case atom.Script, atom.Style, atom.Noscript, atom.Iframe, atom.Noembed, atom.Noframes, atom.Xmp,
		atom.Plaintext, atom.Title, atom.Textarea, atom.Select, atom.Template, atom.Svg, atom.Math:
		return true
	}
	return false
}

// nests says whether a dropped element can hold another of its name, and can
// close itself: the others end at the first end tag, whatever is before it.
func nests(tag atom.Atom) bool {
	return tag == atom.Svg || tag == atom.Math || tag == atom.Template
}

// unwrapped says whether an element goes while its content stays.
func unwrapped(tag atom.Atom) bool {
	switch tag {
	case atom.B, atom.Big, atom.Code, atom.Em, atom.Font, atom.I, atom.Nobr, atom.S, atom.Small,
		atom.Strike, atom.Strong, atom.Tt, atom.U, atom.Frameset, atom.Frame:
		return true
	}
	return false
}

// endsText says whether a parser always makes an element of a tag, so that the
// texts before and after it stay apart.
func endsText(tag atom.Atom) bool {
	switch tag {
	case atom.A, atom.Article, atom.Br, atom.Div, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6,
		atom.Img, atom.Li, atom.P, atom.Section, atom.Span, atom.Ul:
		return true
	}
	return false
}

// plainName says whether a name can be written without changing how the tag is
// read.
func plainName(name string) bool {
	for i := range len(name) {
		c := name[i]
		if (c < 'a' || c > 'z') && (i == 0 || (c < '0' || c > '9') && c != '-' && c != '_' && c != ':') {
			return false
		}
	}
	return name != ""
}
