package extract

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// paragraphs is the text of a tree: one paragraph a block, a blank line between
// them, single spaces within.
func paragraphs(tree *html.Node) string {
	if tree == nil {
		return ""
	}
	var b strings.Builder
	var write func(*html.Node)
	write = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(strings.ReplaceAll(n.Data, "\n", " "))
		}
		around := breaks(n)
		b.WriteString(around)
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			write(c)
		}
		b.WriteString(around)
	}
	write(tree)

	var kept []string
	for line := range strings.Lines(b.String()) {
		if line = oneLine(line); line != "" {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n\n")
}

// breaks is what an element puts before and after its text.
func breaks(n *html.Node) string {
	if n.Type != html.ElementNode {
		return ""
	}
	switch n.DataAtom {
	case atom.A, atom.Abbr, atom.B, atom.Bdi, atom.Bdo, atom.Cite, atom.Code, atom.Data, atom.Del, atom.Dfn,
		atom.Em, atom.Font, atom.I, atom.Ins, atom.Kbd, atom.Label, atom.Mark, atom.Q, atom.S, atom.Samp,
		atom.Small, atom.Span, atom.Strong, atom.Sub, atom.Sup, atom.Time, atom.U, atom.Var, atom.Wbr:
		return ""
	case atom.Td, atom.Th, atom.Img:
		return " "
	}
	return "\n"
}

// withoutRepeat drops the first paragraph where it stands again further down.
// After an article of one paragraph trafilatura goes on searching, and adds what
// its next rule finds: the same with more around it.
func withoutRepeat(text string) string {
	first, rest, _ := strings.Cut(text, "\n\n")
	if len(first) > 100 && slices.Contains(strings.Split(rest, "\n\n"), first) {
		return rest
	}
	return text
}

// oneLine joins the words of text by single spaces.
func oneLine(text string) string {
	return strings.Join(strings.Fields(text), " ")
}
