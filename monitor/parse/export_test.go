package parse

// Walked is what a walk counted, and the document as it left it.
type Walked struct {
	Doc                string
	Tags, Items, Names int
}

// Walk prepares a document as Feed does and walks it.
func Walk(body []byte) (Walked, error) {
	text := decodeFeed(body, "")
	at, _, _ := prolog(text)
	s, err := walk(text, at)
	return Walked{Doc: string(text[:s.at]), Tags: s.tags, Items: s.items, Names: s.names}, err
}

// Limits of a walk.
const MaxDepth = maxDepth
