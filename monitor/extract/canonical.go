package extract

import (
	"bytes"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"tonewatch/monitor"
)

const (
	// A page's head is looked through, and no more than this of it.
	maxHead    = 512 << 10
	maxAddress = 2048
)

// Canonical is the address that an HTML page, encoded in UTF-8, calls its own by
// <link rel="canonical"> in its head (RFC 6596); empty where there is none that can
// be believed: it must be a web address on the registrable domain of the one that
// the page came from, and not longer than 2,048 bytes.
func Canonical(page []byte, address string) string {
	at, err := url.Parse(address)
	if err != nil {
		return ""
	}
	z := html.NewTokenizer(bytes.NewReader(page[:min(len(page), maxHead)]))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			if t.DataAtom == atom.Body {
				return ""
			}
			if t.DataAtom != atom.Link || !isCanonical(t) {
				continue
			}
			// The first one counts: further ones are what a page's comments or a
			// plug-in put there.
			return believed(attr(t, "href"), at)
		case html.EndTagToken:
			if t := z.Token(); t.DataAtom == atom.Head {
				return ""
			}
		}
	}
}

func isCanonical(link html.Token) bool {
	for rel := range strings.FieldsSeq(attr(link, "rel")) {
		if strings.EqualFold(rel, "canonical") {
			return true
		}
	}
	return false
}

func attr(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// believed is a reference as a full address, or empty.
func believed(ref string, at *url.URL) string {
	ref = strings.TrimSpace(ref)
	if ref == "" || len(ref) > maxAddress {
		return ""
	}
	u, err := at.Parse(ref)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || monitor.HostOf(u) == "" || monitor.HostOf(u) != monitor.HostOf(at) {
		return ""
	}
	u.Fragment, u.RawFragment = "", ""
	if address := u.String(); len(address) <= maxAddress {
		return address
	}
	return ""
}
