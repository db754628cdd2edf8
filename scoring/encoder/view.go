package encoder

import (
	"fmt"
	"runtime"
	"slices"
	"unsafe"

	"golang.org/x/sync/errgroup"

	"tonewatch/scoring/encoder/internal/kernel"
)

// view gives out the tensors of weights. The first that is missing or of another
// shape than asked stays in err, so that a network is built without a check a
// line.
type view struct {
	*weights
	kernels kernel.Kernels
	err     error
}

// take returns the data of a tensor of n values of size bytes each, nil if
// there is no such tensor; then err says so.
func (v *view) take(name, kind string, size int, shape []int) []byte {
	t, ok := v.Tensors[name]
	n := size
	for _, d := range shape {
		n *= d
	}
	var err error
	switch {
	case !ok:
		err = fmt.Errorf("tensor %q: missing", name)
	case t.Type != kind || !slices.Equal(t.Shape, shape):
		err = fmt.Errorf("tensor %q: %s %v, want %s %v", name, t.Type, t.Shape, kind, shape)
	case t.At < 0 || t.At%align != 0 || t.At > len(v.data)-n:
		err = fmt.Errorf("tensor %q: %d bytes at %d, outside the data or out of step", name, n, t.At)
	default:
		return v.data[t.At : t.At+n]
	}
	if v.err == nil {
		v.err = err
	}
	return nil
}

// arrange brings all matrices into the layout of the kernels, once.
func (w *weights) arrange() error {
	v := &view{weights: w}
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for name, t := range w.Tensors {
		if s := t.Shape; len(s) == 4 && s[2] == kernel.Panel && s[3] == kernel.Group {
			codes := v.i8(name, s...)
			group.Go(func() error {
				kernel.Arrange(codes, s[1]*kernel.Group)
				return nil
			})
		}
	}
	_ = group.Wait()
	return v.err
}

// The three types of a tensor, viewed in place: a file is little endian and
// so is every processor that Go's kernels run on.

func (v *view) i8(name string, shape ...int) []int8 {
	b := v.take(name, "i8", 1, shape)
	return unsafe.Slice((*int8)(unsafe.Pointer(unsafe.SliceData(b))), len(b))
}

func (v *view) i32(name string, shape ...int) []int32 {
	b := v.take(name, "i32", 4, shape)
	return unsafe.Slice((*int32)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/4)
}

func (v *view) f32(name string, shape ...int) []float32 {
	b := v.take(name, "f32", 4, shape)
	return unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/4)
}
