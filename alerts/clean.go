package alerts

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxMarks is how many combining marks one letter keeps: more than any script
// of news needs, too few to climb over the lines above.
const maxMarks = 3

// Clean makes a stranger's text safe to show on one line. It drops what is not
// UTF-8, what steers a terminal (control characters), what reorders or hides
// text (bidirectional overrides, zero-width and other invisible characters)
// and piles of combining marks; it turns every run of white space into one
// space, and cuts after most runes, marking the cut with "…".
func Clean(s string, most int) string {
	// A space at either end is trimmed, and one rune more shows that it is cut.
	return clip(strings.TrimSpace(visible(s, most+3)), most)
}

// Visible is [Clean] without trimming and cutting, for the parts of a sentence.
func Visible(s string) string { return visible(s, len(s)) }

// visible stops after most runes: a stranger's text may be long.
func visible(s string, most int) string {
	var b strings.Builder
	space, marks, runes := false, 0, 0
	for _, r := range s {
		if runes >= most {
			break
		}
		switch {
		case unicode.IsSpace(r):
			space = true
			continue
		case r == utf8.RuneError || unicode.In(r, unicode.C, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector):
			continue
		case unicode.Is(unicode.M, r):
			if marks++; marks > maxMarks {
				continue
			}
		default:
			marks = 0
		}
		if space {
			b.WriteByte(' ')
			space = false
			runes++
		}
		b.WriteRune(r)
		runes++
	}
	if space {
		b.WriteByte(' ')
	}
	return b.String()
}

// clip cuts valid UTF-8 after most runes, the mark of the cut among them.
func clip(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	runes := []rune(s)
	return strings.TrimRightFunc(string(runes[:most-1]), unicode.IsSpace) + "…"
}

// maxLink keeps a few links from eating the length of a message.
const maxLink = 800

// link is a stranger's address as it may be linked to: absolute, http or https,
// all in plain ASCII, and without the user part that makes
// "https://bank.example@evil.example" look like somebody else's. It is empty
// where that cannot be had.
func link(raw string) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
		return ""
	}
	if u.Hostname() == "" || strings.ContainsFunc(u.Host, func(r rune) bool { return !hostRune(r) }) {
		return ""
	}
	address := escape(u.String())
	if len(address) > maxLink {
		return ""
	}
	return address
}

func hostRune(r rune) bool {
	return r <= unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-._:[]", r))
}

// escape makes up for url.URL, which leaves the query as it came.
func escape(address string) string {
	var b strings.Builder
	for _, c := range []byte(address) {
		if c <= ' ' || c > '~' || strings.IndexByte("<>\"`{}|\\^", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
