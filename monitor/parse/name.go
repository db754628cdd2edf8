package parse

import "bytes"

// nameLen is the length of the XML name that b begins with, 0 for none. Names
// beyond ASCII are taken as they come; the parser is stricter.
func nameLen(b []byte) int {
	n := 0
	for n < len(b) && isNameByte(b[n]) {
		n++
	}
	if n == 0 || b[0] == '-' || b[0] == '.' || '0' <= b[0] && b[0] <= '9' || bytes.Count(b[:n], []byte(":")) > 1 {
		return 0
	}
	return n
}

func isNameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		c == ':' || c == '_' || c == '-' || c == '.' || c >= 0x80
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// local is a name without its prefix, as encoding/xml splits it.
func local(name []byte) []byte {
	if prefix, after, ok := bytes.Cut(name, []byte(":")); ok && len(prefix) > 0 && len(after) > 0 {
		return after
	}
	return name
}

func isItem(local []byte) bool {
	return bytes.EqualFold(local, []byte("item")) || bytes.EqualFold(local, []byte("entry"))
}
