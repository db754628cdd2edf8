//go:build unix

package encoder

import "golang.org/x/sys/unix"

// reserve returns n bytes for good, at the start of a page. They are not of Go's
// heap, which would let as much garbage pile up as it holds in weights.
func reserve(n int) ([]byte, error) {
	return unix.Mmap(-1, 0, n, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
}
