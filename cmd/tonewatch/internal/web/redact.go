package web

import (
	"regexp"
	"strings"
	"unicode"

	"tonewatch/monitor"
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
		return monitor.Redact(bare) + found[len(bare):]
	})
	if len(text) <= maxText {
		return text
	}
	return strings.ToValidUTF8(text[:maxText], "") + "..."
}
