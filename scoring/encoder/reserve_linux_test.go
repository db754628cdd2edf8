package encoder

import (
	"testing"
	"unsafe"
)

func TestReserve(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, hugePage, 2*hugePage + 5} {
		b, err := reserve(n)
		if err != nil {
			t.Fatal(err)
		}
		b[0], b[n-1] = 1, 1 // faults where it is not ours
		if len(b) != n || uintptr(unsafe.Pointer(&b[0]))%hugePage != 0 {
			t.Errorf("%d bytes at %p, want %d at the start of a huge page", len(b), b, n)
		}
	}
}
