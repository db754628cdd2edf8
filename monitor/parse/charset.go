package parse

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// How the encodings of more than one byte a character begin: a byte order mark,
// or the zeros around the first "<" (XML 1.0, appendix F). The longer ones come
// first, because the mark of UTF-32 begins like that of UTF-16.
var beginnings = []struct {
	bytes    string
	encoding encoding.Encoding
}{
	{"\xff\xfe\x00\x00", utf32.UTF32(utf32.LittleEndian, utf32.UseBOM)},
	{"\x00\x00\xfe\xff", utf32.UTF32(utf32.BigEndian, utf32.UseBOM)},
	{"<\x00\x00\x00", utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)},
	{"\x00\x00\x00<", utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)},
	{"\xff\xfe", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)},
	{"\xfe\xff", unicode.UTF16(unicode.BigEndian, unicode.UseBOM)},
	{"<\x00", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)},
	{"\x00<", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)},
	{"\xef\xbb\xbf", unicode.UTF8BOM},
	{"\x4c\x6f\xa7\x94", charmap.CodePage037}, // "<?xm" in EBCDIC
}

// Code page 500, which is EBCDIC for more than one country, has some marks in
// other places than 037, and so has 875 for Greece.
var (
	otherEBCDIC = regexp.MustCompile(`(?i)encoding\s*=\s*["'](?:cp|ibm|csibm)?(?:500|875)["']|ebcdic[-_]cp[-_](?:be|ch)`)
	from037     = strings.NewReplacer("¢", "[", "|", "!", "!", "]", "¬", "^", "^", "¢", "[", "¬", "]", "|")
)

// Where a document declares its own encoding; both stand near its beginning.
var (
	xmlEncoding  = regexp.MustCompile(`^\s*<\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]+)["']`)
	htmlEncoding = regexp.MustCompile(`(?i)<meta\s[^>]*?charset\s*=\s*["']?([\w.:-]+)`)
)

const declaredWithin = 1024 // bytes, as HTML prescribes

// Page decodes an HTML page to UTF-8: by its byte order mark, else the
// charset of its content type (may be empty), else its own declaration, else
// UTF-8 when it is valid, else windows-1252.
func Page(body []byte, contentType string) []byte {
	return decode(body, charsetOf(contentType), declared(body, htmlEncoding), declared(body, xmlEncoding))
}

// decodeFeed is Page for XML and JSON.
func decodeFeed(body []byte, contentType string) []byte {
	return decode(body, charsetOf(contentType), declared(body, xmlEncoding))
}

func declared(body []byte, pattern *regexp.Regexp) string {
	if m := pattern.FindSubmatch(body[:min(len(body), declaredWithin)]); m != nil {
		return string(m[1])
	}
	return ""
}

// charsetOf reads the charset of a content type by hand, because mime refuses
// the whole header for a slip elsewhere in it.
func charsetOf(contentType string) string {
	_, label, _ := strings.Cut(strings.ToLower(contentType), "charset=")
	label, _, _ = strings.Cut(label, ";")
	return strings.Trim(label, ` "'`)
}

// decode tries the beginning of the bytes, then the labels in their order, then
// the bytes themselves. The result is valid UTF-8 in characters that XML allows.
func decode(body []byte, labels ...string) []byte {
	for _, b := range beginnings {
		if bytes.HasPrefix(body, []byte(b.bytes)) {
			text := decoded(body, b.encoding)
			if b.encoding == charmap.CodePage037 && otherEBCDIC.Match(text[:min(len(text), declaredWithin)]) {
				text = []byte(from037.Replace(string(text)))
			}
			return legible(text)
		}
	}
	for _, label := range labels {
		e := trusted(label, body)
		if e == nil {
			continue
		}
		text := decoded(body, e)
		if !belied(e, body, text) {
			return legible(text)
		}
	}
	if mostlyUTF8(body) {
		return legible(bytes.ToValidUTF8(body, []byte("\uFFFD")))
	}
	return legible(decoded(body, charmap.Windows1252))
}

// trusted is the encoding that a label names, or nil when the bytes contradict
// it: text in UTF-16 and UTF-32 would have shown in its first bytes, and many
// servers claim UTF-8 for whatever they serve.
func trusted(label string, body []byte) encoding.Encoding {
	e, err := htmlindex.Get(label)
	if err != nil {
		// Old names that the web never took up, such as ibm437.
		if e, err = ianaindex.IANA.Encoding(label); err != nil || e == nil {
			return nil
		}
	}
	name, _ := htmlindex.Name(e) // empty for those
	switch {
	case e == encoding.Replacement, strings.HasPrefix(name, "utf-16"):
		return nil
	case name == "utf-8" && !utf8.Valid(body):
		return nil
	case name == "gbk":
		return simplifiedchinese.GB18030 // its superset, which feeds labelled gbk use
	}
	return e
}

// belied says whether a document that claims an encoding of the time before
// Unicode is UTF-8 after all: its bytes beyond ASCII are all in valid sequences,
// which hardly happens by chance, and in the claimed encoding they mean one
// character each, or make no sense.
func belied(e encoding.Encoding, body, text []byte) bool {
	if !utf8.Valid(body) || utf8.RuneCount(body) == len(body) {
		return false
	}
	_, oneByte := e.(*charmap.Charmap)
	return oneByte || bytes.ContainsRune(text, utf8.RuneError)
}

// mostlyUTF8 tells UTF-8 with a few broken bytes from a one-byte encoding: in
// the latter a byte beyond ASCII is hardly ever part of a valid sequence.
func mostlyUTF8(body []byte) bool {
	good, bad := 0, 0
	for len(body) > 0 {
		r, size := utf8.DecodeRune(body)
		switch {
		case r == utf8.RuneError && size == 1:
			bad++
		case size > 1:
			good++
		}
		body = body[size:]
	}
	return bad == 0 || good > bad
}

// decoded never fails: the decoders write U+FFFD for what they cannot read.
func decoded(body []byte, e encoding.Encoding) []byte {
	out, err := e.NewDecoder().Bytes(body)
	if err != nil {
		return bytes.ToValidUTF8(body, []byte("\uFFFD"))
	}
	return out
}

// legible drops the characters that XML does not allow, at which its parser
// would stop, and reads the C1 controls as what their authors meant: the
// windows-1252 characters at the same numbers.
func legible(text []byte) []byte {
	return bytes.Map(func(r rune) rune {
		switch {
		case forbidden(r):
			return -1
		case 0x80 <= r && r <= 0x9F:
			return charmap.Windows1252.DecodeByte(byte(r))
		}
		return r
	}, text)
}
