package parse

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/encoding/charmap"
)

var blankLine = regexp.MustCompile(`\n[ \t\r]*\n`)

// plain turns a feed's markup into text: entities decoded, scripts and styles
// dropped, a blank line between blocks, a line end for a br. Text without
// markup keeps its own blank lines. What was escaped once too often, so that
// tags come to light when the entities are decoded, is read again.
func plain(markup string) string {
	text := readMarkup(strings.ToValidUTF8(markup, "\uFFFD"))
	for range 3 {
		if leftover.MatchString(text) {
			text = tidy(leftover.ReplaceAllStringFunc(text, html.UnescapeString))
		}
		if !tag.MatchString(text) && !strings.Contains(text, cdata) {
			break
		}
		text = readMarkup(text)
	}
	return rejoined(text)
}

// rejoined mends text that is UTF-8 read as windows-1252, as a publisher's own
// software may have done: "â€¦" for "…". No other text is by chance.
func rejoined(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return 0xC2 <= r && r <= 0xF4 }) {
		return text
	}
	bytes := make([]byte, 0, len(text))
	for _, r := range text {
		b, ok := charmap.Windows1252.EncodeRune(r)
		if !ok {
			return text
		}
		bytes = append(bytes, b)
	}
	if !utf8.Valid(bytes) {
		return text
	}
	return string(bytes)
}

// leftover is a character that was escaped twice. A "<" so written is left: it
// may be meant as one.
var leftover = regexp.MustCompile(`&(?:amp|quot|apos|nbsp|#\d{1,6}|#[xX][0-9A-Fa-f]{1,5});`)

// tag is a tag that feeds use in their texts; a text about tags loses them too.
var tag = regexp.MustCompile(`(?i)</?(?:a|abbr|article|aside|b|blockquote|br|center|cite|code|dd|div|dl|dt|em|embed|figcaption|figure|font|footer|form|h[1-6]|header|hr|i|iframe|img|input|ins|label|li|link|meta|nav|noscript|object|ol|p|param|picture|pre|q|s|script|section|small|source|span|strong|style|sub|sup|svg|table|tbody|td|th|thead|tr|u|ul|video)(?:\s[^<>]*)?/?>`)

// cdata begins a section whose marks were escaped with what is in it, or nested.
// To HTML it would be a comment, and lost.
const cdata = "<![CDATA["

// The end is what the walk over the feed may have left of it.
var withoutMarks = strings.NewReplacer(cdata, "", "]]>", "", "]]&gt;", "", "]>", "")

// readMarkup works on tokens, not on a tree: building a tree lets a few
// kilobytes of markup take gigabytes.
func readMarkup(markup string) string {
	if !strings.Contains(markup, "<") {
		return readUnmarked(markup)
	}
	if strings.Contains(markup, cdata) {
		markup = withoutMarks.Replace(markup)
	}
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(markup))
	ends := lastEnds(markup)
	var within atom.Atom // the hidden element that the walk is in; 0 for none
	at := 0              // how far the walk has come
	for {
		token := z.Next()
		at += len(z.Raw())
		switch token {
		case html.ErrorToken: // the end: reading from a string has no other error
			return tidy(b.String())
		case html.TextToken:
			if within == 0 {
				b.WriteString(strings.Map(lineEndToSpace, string(z.Text())))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			tag := atom.Lookup(local(name))
			hide := hides(tag, token == html.StartTagToken, ends[tag] > at)
			if !hide || !isCode(tag) {
				z.NextIsNotRawText()
			}
			if within == 0 && hide {
				within = tag
			} else if within == 0 {
				b.WriteString(around(tag))
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			tag := atom.Lookup(local(name))
			if within == tag {
				within = 0
			}
			if within == 0 {
				b.WriteString(around(tag))
			}
		}
	}
}

// readUnmarked keeps the blank lines of a text, which nothing else divides.
func readUnmarked(text string) string {
	var b strings.Builder
	for i, paragraph := range blankLine.Split(html.UnescapeString(text), -1) {
		if i > 0 {
			b.WriteString("\n\n")
		}
		b.WriteString(oneLine(paragraph))
	}
	return tidy(b.String())
}

// hidden are the elements that are not for reading, or only where something
// cannot be shown.
var hidden = []atom.Atom{
	atom.Script, atom.Style, atom.Noscript, atom.Noembed, atom.Noframes, atom.Textarea,
	atom.Applet, atom.Audio, atom.Video, atom.Svg, atom.Select, atom.Template,
}

func isCode(tag atom.Atom) bool { return tag == atom.Script || tag == atom.Style }

// hides says whether a tag hides what follows. Code that is opened does in any
// case; other elements only where they end, for many are left open by mistake,
// and not when they close themselves, which code does not truly do.
func hides(tag atom.Atom, opens, ends bool) bool {
	if isCode(tag) {
		return opens || ends
	}
	return opens && ends && slices.Contains(hidden, tag)
}

// endTag is the end of a hidden element.
var endTag = regexp.MustCompile(`(?i)</(?:script|style|noscript|noembed|noframes|textarea|applet|audio|video|svg|select|template)\s*>`)

// lastEnds says where the last end tag of each hidden element begins.
func lastEnds(markup string) map[atom.Atom]int {
	ends := make(map[atom.Atom]int)
	for _, at := range endTag.FindAllStringIndex(markup, -1) {
		name := strings.ToLower(strings.TrimSpace(markup[at[0]+len("</") : at[1]-len(">")]))
		ends[atom.Lookup([]byte(name))] = at[0] + 1
	}
	return ends
}

// isText tells text from the bytes of a picture or a film.
func isText(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, forbidden)
}

// around is what a tag puts between the texts before and after it.
func around(tag atom.Atom) string {
	switch tag {
	case atom.Br:
		return "\n"
	case atom.Td, atom.Th, atom.Img:
		return " "
	case atom.Address, atom.Article, atom.Aside, atom.Blockquote, atom.Body, atom.Dd, atom.Div, atom.Dl,
		atom.Dt, atom.Figcaption, atom.Figure, atom.Footer, atom.Form, atom.H1, atom.H2, atom.H3, atom.H4,
		atom.H5, atom.H6, atom.Header, atom.Hr, atom.Li, atom.Main, atom.Nav, atom.Ol, atom.P, atom.Pre,
		atom.Section, atom.Table, atom.Tr, atom.Ul:
		return "\n\n"
	}
	return ""
}

func lineEndToSpace(r rune) rune {
	if r == '\n' || r == '\r' {
		return ' '
	}
	return r
}

// oneLine joins the words of text by single spaces.
func oneLine(text string) string {
	return strings.Join(strings.Fields(text), " ")
}

// tidy gives every line single spaces and every paragraph one blank line.
func tidy(text string) string {
	var b strings.Builder
	blank := false
	for line := range strings.Lines(text) {
		line = oneLine(line)
		if line == "" {
			blank = true
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
			if blank {
				b.WriteByte('\n')
			}
		}
		blank = false
		b.WriteString(line)
	}
	return b.String()
}
