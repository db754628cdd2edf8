package parse

import (
	"bytes"
	"strconv"
)

// prolog finds the root element of an XML document, or of an HTML page, and
// blanks what stands before it: instructions, comments, the document type with
// its entities. It returns where the root begins, the document type's name and
// what entities it declares. Anything else before the root is left for the
// caller to find at the returned position.
func prolog(doc []byte) (at int, doctype string, declared entities) {
	for at < len(doc) {
		rest := doc[at:]
		n := -1
		switch {
		case bytes.HasPrefix(rest, []byte("\uFEFF")): // a second byte order mark
			n = len("\uFEFF")
		case isSpace(rest[0]):
			n = 1
		case bytes.HasPrefix(rest, []byte("<?")):
			n = enclosed(rest, "<?", "?>")
		case bytes.HasPrefix(rest, []byte("<!--")):
			n = enclosed(rest, "<!--", "-->")
		case len(rest) > 9 && bytes.EqualFold(rest[:9], []byte("<!doctype")):
			n = doctypeLen(rest)
			name := bytes.TrimLeft(rest[9:], " \t\r\n")
			doctype = string(name[:nameLen(name)])
			declared = declarations(rest[:max(n, 0)])
		}
		if n < 0 {
			return at, doctype, declared
		}
		fillBlank(rest[:n])
		at += n
	}
	return at, doctype, declared
}

// doctypeLen is the length of the document type that b begins with, -1 when it
// does not end. Its declarations stand between brackets.
func doctypeLen(b []byte) int {
	var quote byte
	inside := false
	for i, c := range b {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"', c == '\'':
			quote = c
		case c == '[':
			inside = true
		case c == ']':
			inside = false
		case c == '>' && !inside:
			return i + 1
		}
	}
	return -1
}

// enclosed is the length of what b begins with, from start to end, -1 when it
// does not end.
func enclosed(b []byte, start, end string) int {
	n := bytes.Index(b[len(start):], []byte(end))
	if n < 0 {
		return -1
	}
	return len(start) + n + len(end)
}

// fillBlank keeps the line ends, because errors name lines.
func fillBlank(b []byte) {
	for i := range b {
		if b[i] != '\n' {
			b[i] = ' '
		}
	}
}

// defuseText blanks what stops the parser in a run of text or a value: a "]]>"
// left over from nested CDATA, and a reference to a character that XML forbids.
func defuseText(run []byte) {
	for i, c := range run {
		if c == ']' && bytes.HasPrefix(run[i:], []byte("]]>")) || c == '&' && refersToForbidden(run[i:]) {
			run[i] = ' '
		}
	}
}

func refersToForbidden(b []byte) bool {
	end := bytes.IndexByte(b[:min(len(b), len("&#1114111;"))], ';')
	if end < 3 || b[1] != '#' {
		return false
	}
	digits, base := b[2:end], 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(string(digits), base, 32)
	return err == nil && forbidden(rune(n))
}

// forbidden are the characters that XML 1.0 does not allow.
func forbidden(r rune) bool {
	return r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF
}

// defuseNamespace blanks the namespace of a root element named feed where it is
// not one of those that gofeed takes for Atom's, but an older or a misspelt one:
// everything in the feed would count as foreign. root and name are the names of
// the element and of the attribute, as written.
func defuseNamespace(root, name, value []byte) {
	own := []byte("xmlns")
	if prefix, _, ok := bytes.Cut(root, []byte(":")); ok {
		own = append([]byte("xmlns:"), prefix...)
	}
	switch ns := string(bytes.TrimSpace(value)); {
	case !bytes.EqualFold(local(root), []byte("feed")), !bytes.Equal(name, own):
	case ns != "http://www.w3.org/2005/Atom" && ns != "http://purl.org/atom/ns#":
		fillBlank(value)
	}
}

// defuseType overwrites, in the value of a type attribute, what makes gofeed
// build an HTML tree: html by text, which it decodes alike, and xhtml by a type
// it does not know and leaves as it is. An entity could spell either.
func defuseType(value []byte) {
	if bytes.EqualFold(value, []byte("html")) {
		copy(value, "text")
	}
	for i := range value {
		if value[i] == '&' || len(value)-i >= len("xhtml") && bytes.EqualFold(value[i:i+len("xhtml")], []byte("xhtml")) {
			value[i] = '-'
		}
	}
}
