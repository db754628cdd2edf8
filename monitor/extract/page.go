package extract

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"unicode/utf8"

	"codeberg.org/readeck/go-readability/v2"
	"github.com/markusmobius/go-trafilatura"
	"golang.org/x/net/html"
)

// Text is the article of a page: plain text, a blank line between paragraphs.
type Text struct {
	Title string
	Body  string
}

// ErrTooShort says that a page holds less text than an article. What there is
// comes with it; the feed's own text is probably better.
var ErrTooShort = errors.New("too short for an article")

const (
	maxBytes = 8 << 20
	minRunes = 250
	maxText  = 1 << 20 // bytes; the longest real articles have 100 kB

	// What trafilatura is given. Real news pages have 771 elements in the median
	// and 1,737 at most, and 100 kB of text at most. Trafilatura joins the text of
	// the paragraphs one by one, and counts the letters of all of it to tell its
	// language; beyond these limits that takes seconds.
	maxTrafilatura = 8_000 // elements
	maxTextBytes   = 256 << 10
	maxJoining     = 512 << 20 // elements times bytes of text; 125 million at most in real pages
)

// Page finds the article in an HTML page, encoded in UTF-8, that came from
// address, where redirects ended. An article of less than 250 characters comes
// with an error that wraps [ErrTooShort], a request to log in, subscribe or
// consent with one that wraps [ErrWall]; no other error comes with a text.
func Page(page []byte, address string) (t Text, err error) {
	defer func() {
		// The extractors walk trees made by strangers, and neither promises not
		// to panic; one page must not end the process.
		if p := recover(); p != nil {
			t, err = Text{}, fmt.Errorf("the extractor panicked: %v", p)
		}
		if err != nil {
			err = fmt.Errorf("extract %q: %w", address, err)
		}
	}()
	at, err := url.Parse(address)
	if err != nil {
		return Text{}, err
	}
	if len(page) > maxBytes {
		return Text{}, fmt.Errorf("%d bytes, more than %d", len(page), maxBytes)
	}
	simple, err := simplify(page)
	if err != nil {
		return Text{}, err
	}
	tree, err := html.Parse(bytes.NewReader(simple.html))
	if err != nil {
		return Text{}, err
	}
	if simple.elements <= maxTrafilatura && simple.bytes <= maxTextBytes && simple.elements*simple.bytes <= maxJoining {
		t = trafilaturaText(tree, at)
	} else if t, err = readabilityText(tree, at); err != nil {
		return Text{}, err
	}
	if t.Title == "" {
		t.Title = simple.title
	}
	if len(t.Body) > maxText {
		return Text{}, fmt.Errorf("%d bytes of text, more than %d: too long for an article", len(t.Body), maxText)
	}
	if n := utf8.RuneCountInString(t.Body); n < minRunes {
		return t, fmt.Errorf("%w: %d characters", ErrTooShort, n)
	}
	if isWall(t, at) {
		return t, ErrWall
	}
	return t, nil
}

func trafilaturaText(tree *html.Node, at *url.URL) Text {
	found, err := trafilatura.ExtractDocument(tree, trafilatura.Options{
		OriginalURL:     at,
		EnableFallback:  false, // the fallbacks cost time and precision
		ExcludeComments: true,
		HtmlDateMode:    trafilatura.Disabled,
		EnableLog:       false,
	})
	if err != nil {
		return Text{} // with these options its one error is a page without text
	}
	return Text{Title: oneLine(found.Metadata.Title), Body: withoutRepeat(paragraphs(found.ContentNode))}
}

func readabilityText(tree *html.Node, at *url.URL) (Text, error) {
	parser := readability.NewParser()
	found, err := parser.ParseAndMutate(tree, at)
	if err != nil {
		return Text{}, err
	}
	return Text{Title: oneLine(found.Title()), Body: paragraphs(found.Node)}, nil
}
