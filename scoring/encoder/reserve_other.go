//go:build !unix

package encoder

// reserve returns n bytes; as large a slice begins at a page.
func reserve(n int) ([]byte, error) { return make([]byte, n), nil }
