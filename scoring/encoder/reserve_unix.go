//go:build unix && !linux

package encoder

import "golang.org/x/sys/unix"

// reserve returns n bytes for good, at the start of a page, not of Go's heap: see
// reserve_linux.go.
func reserve(n int) ([]byte, error) {
	return unix.Mmap(-1, 0, n, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
}
