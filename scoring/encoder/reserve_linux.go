package encoder

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// hugePage is the size that Linux gives memory in where it can.
const hugePage = 2 << 20

// reserve returns n bytes for good, at the start of a huge page. They are not of
// Go's heap, which would let as much garbage pile up as it holds in weights. All of
// them are read for every sentence, faster where fewer pages have to be found.
func reserve(n int) ([]byte, error) {
	b, err := unix.Mmap(-1, 0, n+hugePage, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return nil, err
	}
	past := int(uintptr(unsafe.Pointer(unsafe.SliceData(b))) % hugePage)
	b = b[(hugePage-past)%hugePage:][:n:n]
	_ = unix.Madvise(b, unix.MADV_HUGEPAGE) // A kernel that has none refuses, and only speed is lost.
	return b, nil
}
