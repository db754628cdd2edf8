package extract

// Simplify is the page as the extractors' parser gets it, and its elements.
func Simplify(page []byte) (html string, elements int, err error) {
	s, err := simplify(page)
	return string(s.html), s.elements, err
}
