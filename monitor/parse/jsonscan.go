package parse

import "fmt"

// walkJSON holds a JSON Feed to the limits of an XML one: maxDepth for nested
// values, maxTags for values, maxItems for the objects of the lists that the
// feed itself holds. It reads strings as a JSON parser does, so that nothing can
// be hidden in them; whether the rest is JSON is for the parser to say.
func walkJSON(text []byte) error {
	depth, values, items := 0, 0, 0
	quoted := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		if quoted {
			switch c {
			case '\\':
				i++
			case '"':
				quoted = false
			}
			continue
		}
		switch c {
		case '"':
			quoted = true
		case '{', '[':
			depth++
			values++
			if c == '{' && depth == 3 { // {"items": [{
				items++
			}
		case '}', ']':
			depth--
		case ',':
			values++
		}
		switch {
		case depth > maxDepth:
			return tooLarge(fmt.Sprintf("values nested deeper than %d", maxDepth))
		case values > maxTags:
			return tooLarge(fmt.Sprintf("more than %d values", maxTags))
		case items > maxItems:
			return tooLarge(fmt.Sprintf("more than %d items", maxItems))
		}
	}
	return nil
}
