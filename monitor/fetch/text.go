package fetch

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

var blankLine = regexp.MustCompile(`\n[ \t\r]*\n`)

// plain turns a feed's markup into text: entities decoded, scripts and styles
// dropped, a blank line between blocks, a line end for a br. Text without
// markup keeps its own blank lines. It works on tokens, not on a tree: building
// a tree lets a few kilobytes of markup take gigabytes.
func plain(markup string) string {
	if !strings.Contains(markup, "<") {
		var b strings.Builder
		for i, paragraph := range blankLine.Split(html.UnescapeString(markup), -1) {
			if i > 0 {
				b.WriteString("\n\n")
			}
			b.WriteString(oneLine(paragraph))
		}
		return tidy(b.String())
	}
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(markup))
	hidden := false
	for {
		switch token := z.Next(); token {
		case html.ErrorToken: // the end: reading from a string has no other error
			return tidy(b.String())
		case html.TextToken:
			if !hidden {
				b.WriteString(strings.Map(lineEndToSpace, string(z.Text())))
			}
			hidden = false
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			tag := atom.Lookup(name)
			// The tokenizer gives what stands in these elements as one text.
			hidden = token == html.StartTagToken && hides(tag)
			b.WriteString(around(tag))
		}
	}
}

// hides says whether what stands in an element is not for reading.
func hides(tag atom.Atom) bool {
	switch tag {
	case atom.Script, atom.Style, atom.Noscript, atom.Iframe, atom.Noembed, atom.Noframes, atom.Textarea:
		return true
	}
	return false
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
