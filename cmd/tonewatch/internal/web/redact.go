package web

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

// maxText is how many bytes of an error are shown; it may quote a stranger's
// server.
const maxText = 500

// address finds URLs of any scheme in running text. Past a question or number
// sign it takes everything up to a space: what stands there may be a secret.
var address = regexp.MustCompile("(?i)\\b[a-z][a-z0-9+.-]*://[^\\s\"<>`?#]*(?:[?#]\\S*)?")

// plain makes an error text fit to be shown: one line, no credentials in the
// addresses it names, no more than maxText bytes.
func plain(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	text = address.ReplaceAllStringFunc(text, func(found string) string {
		bare := strings.TrimRight(found, `"'.,:;!)]}`) // the sentence's, not the address's
		return redact(bare) + found[len(bare):]
	})
	if len(text) <= maxText {
		return text
	}
	return strings.ToValidUTF8(text[:maxText], "") + "..."
}

// redact takes from an address the parts that may hold credentials: user,
// password, query and fragment.
func redact(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "redacted" // no telling what is what in it
	}
	query := u.RawQuery != "" || u.Fragment != ""
	u.User, u.RawQuery, u.Fragment, u.RawFragment = nil, "", "", ""
	if query {
		u.RawQuery = "redacted"
	}
	return u.String()
}
