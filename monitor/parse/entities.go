package parse

import (
	"bytes"
	"regexp"
	"strings"
)

// entities are the texts that a document type declares for names. Only flat ones
// are used, so that no expansion can grow: a value holds no other entity and no
// markup.
type entities map[string]string

const (
	maxEntities   = 64
	maxExpansions = 1_000
)

var entityDeclaration = regexp.MustCompile(`<!ENTITY\s+([A-Za-z_][\w.-]*)\s+(?:"([^"<&%]{1,256})"|'([^'<&%]{1,256})')\s*>`)

// declarations reads the entities of a document type.
func declarations(doctype []byte) entities {
	found := make(entities)
	for _, m := range entityDeclaration.FindAllSubmatch(doctype, maxEntities) {
		// Quotes would end an attribute's value.
		found[string(m[1])] = strings.NewReplacer(`"`, "&#34;", `'`, "&#39;").Replace(string(m[2]) + string(m[3]))
	}
	return found
}

// expand puts the declared texts in, the first maxExpansions times.
func (e entities) expand(text []byte) []byte {
	if len(e) == 0 {
		return text
	}
	var out []byte
	for range maxExpansions {
		at, end, value := e.next(text)
		if end == 0 {
			break
		}
		out = append(append(out, text[:at]...), value...)
		text = text[end:]
	}
	return append(out, text...)
}

// next finds the next use of a declared entity; end is 0 for none.
func (e entities) next(text []byte) (at, end int, value string) {
	for i := 0; ; i++ {
		n := bytes.IndexByte(text[i:], '&')
		if n < 0 {
			return 0, 0, ""
		}
		i += n
		size := nameLen(text[i+1:])
		end = i + 1 + size
		if value, ok := e[string(text[i+1:end])]; ok && end < len(text) && text[end] == ';' {
			return i, end + 1, value
		}
	}
}
