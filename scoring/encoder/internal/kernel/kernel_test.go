package kernel_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tonewatch/scoring/encoder/internal/kernel"
)

// each runs a test for every set that this processor runs.
func each(t *testing.T, run func(t *testing.T, k kernel.Kernels)) {
	t.Helper()
	t.Parallel()
	for _, k := range kernel.All() {
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			run(t, k)
		})
	}
}

func portable() kernel.Kernels { return kernel.All()[len(kernel.All())-1] }

func random(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

func normal(r *rand.Rand, n int, scale float64) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64() * scale)
	}
	return x
}

// wider is x with room around it that nothing may write to.
type wider[T comparable] struct {
	whole []T
	x     []T
	mark  T
}

func widen[T comparable](n int, mark T) wider[T] {
	const margin = 70
	w := wider[T]{whole: slices.Repeat([]T{mark}, n+2*margin), mark: mark}
	w.x = w.whole[margin : margin+n : margin+n]
	return w
}

func (w wider[T]) check(t *testing.T) {
	t.Helper()
	const margin = 70
	for i, v := range w.whole {
		if (i < margin || i >= len(w.whole)-margin) && v != w.mark {
			t.Fatalf("element %d of %d written", i-margin, len(w.x))
		}
	}
}

// near compares to a tolerance relative to the larger of 1 and the value.
func near(t *testing.T, what string, got, want []float32, tolerance float64) {
	t.Helper()
	for i := range want {
		if d := math.Abs(float64(got[i]) - float64(want[i])); !(d <= tolerance*max(1, math.Abs(float64(want[i])))) {
			t.Fatalf("%s %d: got %v, want %v", what, i, got[i], want[i])
		}
	}
}

func TestBestIsTheFirstAndPortableTheLast(t *testing.T) {
	t.Parallel()
	all := kernel.All()
	if got := kernel.Best().Name; got != all[0].Name {
		t.Errorf("best: got %s, want %s", got, all[0].Name)
	}
	if got := portable().Name; got != "portable" {
		t.Errorf("last: got %s, want portable", got)
	}
}

func TestQuantise(t *testing.T) {
	each(t, func(t *testing.T, k kernel.Kernels) {
		r := random(1)
		for _, width := range []int{1, 2, 3, 4, 16, 18, 48, 61, 64, 384, 768} {
			rows := [][]float32{
				make([]float32, width),
				slices.Repeat([]float32{-3}, width),
				slices.Repeat([]float32{0x1p-101}, width),
				slices.Repeat([]float32{math.MaxFloat32}, width),
				normal(r, width, 1e-20), normal(r, width, 1e20), normal(r, width, 1), normal(r, width, 1),
			}
			halves := make([]float32, width) // all between two codes, and the largest
			for i := range halves {
				halves[i] = float32(i%253)/2 - 63
			}
			halves[width-1] = 127
			x := slices.Concat(append(rows, halves)...)
			n := len(rows) + 1
			padded := (width + 3) / 4 * 4

			want, wantScale := make([]uint8, n*padded), make([]float32, n)
			for i := range n {
				row, most := x[i*width:(i+1)*width], float32(0)
				for _, v := range row {
					most = max(most, float32(math.Abs(float64(v))))
				}
				if most < 0x1p-100 {
					most = 0
				}
				wantScale[i] = most / 127
				for j := range padded {
					want[i*padded+j] = 128
					if most > 0 && j < width {
						product := row[j] * (127 / most)
						want[i*padded+j] = uint8(int(math.RoundToEven(float64(product))) + 128)
					}
				}
			}
			got, scale := widen[uint8](n*padded, 7), widen[float32](n, 7)
			k.Quantise(got.x, scale.x, x, n, width)
			if diff := cmp.Diff(want, got.x); diff != "" {
				t.Fatalf("codes of rows of %d (-want +got):\n%s", width, diff)
			}
			if diff := cmp.Diff(wantScale, scale.x); diff != "" {
				t.Fatalf("scales of rows of %d (-want +got):\n%s", width, diff)
			}
			got.check(t)
			scale.check(t)
		}
	})
}

func TestGELU(t *testing.T) {
	each(t, func(t *testing.T, k kernel.Kernels) {
		for _, n := range []int{0, 1, 7, 16, 33, 20001} {
			x := widen[float32](n, 9)
			var want []float32
			for i := range x.x {
				x.x[i] = float32(i-n/2) * 0.001
				v := float64(x.x[i])
				want = append(want, float32(v*0.5*math.Erfc(-v/math.Sqrt2)))
			}
			k.GELU(x.x)
			near(t, "gelu", x.x, want, 1e-6)
			x.check(t)
		}
		far := slices.Repeat([]float32{-1e30, 1e30, -50, 50, 5.5, -5.5}, 8)
		want := slices.Repeat([]float32{0, 1e30, 0, 50, 5.5, 0}, 8)
		k.GELU(far)
		near(t, "gelu", far, want, 1e-6)
	})
}

func TestAddNorm(t *testing.T) {
	each(t, func(t *testing.T, k kernel.Kernels) {
		r := random(6)
		for _, width := range []int{1, 5, 16, 48, 100, 384, 768} {
			const epsilon = 1e-5
			residual, weight, bias := normal(r, 3*width, 2), normal(r, width, 1), normal(r, width, 1)
			x := widen[float32](3*width, 9)
			copy(x.x, normal(r, 3*width, 4))
			want := slices.Clone(x.x)
			for i := range 3 {
				normalise(want[i*width:(i+1)*width], residual[i*width:(i+1)*width], weight, bias, epsilon)
			}
			k.AddNorm(x.x, residual, weight, bias, width, epsilon)
			near(t, fmt.Sprintf("width %d", width), x.x, want, 1e-5)
			x.check(t)
		}
	})
}

// normalise is the layer norm in float64.
func normalise(x, residual, weight, bias []float32, epsilon float64) {
	var sum, squares float64
	for i, v := range x {
		sum += float64(v) + float64(residual[i])
	}
	mean := sum / float64(len(x))
	for i, v := range x {
		d := float64(v) + float64(residual[i]) - mean
		squares += d * d
	}
	for i, v := range x {
		d := float64(v) + float64(residual[i]) - mean
		x[i] = float32(d/math.Sqrt(squares/float64(len(x))+epsilon)*float64(weight[i]) + float64(bias[i]))
	}
}

// attention is Attend in float64.
func attention(out []float32, outStride int, q, k, v []float32, stride, n, d int, scale float32, bias []float32) {
	for i := range n {
		scores, most := make([]float64, n), math.Inf(-1)
		for j := range n {
			for t := range d {
				scores[j] += float64(q[i*stride+t]) * float64(k[j*stride+t])
			}
			scores[j] *= float64(scale)
			if bias != nil {
				scores[j] += float64(bias[n-1-i+j])
			}
			most = max(most, scores[j])
		}
		var sum float64
		for j := range scores {
			scores[j] = math.Exp(scores[j] - most)
			sum += scores[j]
		}
		for t := range d {
			var mixed float64
			for j := range n {
				mixed += scores[j] / sum * float64(v[j*stride+t])
			}
			out[i*outStride+t] = float32(mixed)
		}
	}
}

func TestAttend(t *testing.T) {
	each(t, func(t *testing.T, k kernel.Kernels) {
		r := random(7)
		for _, shape := range [][2]int{{1, 64}, {2, 32}, {5, 16}, {11, 48}, {12, 64}, {16, 32}, {31, 64}, {33, 80}, {64, 64}, {100, 32}, {256, 64}, {9, 7}} {
			n, d := shape[0], shape[1]
			// Large scores leave a few keys all the weight, and float32 fewer places.
			for _, test := range []struct{ spread, tolerance float64 }{{0.5, 1e-5}, {8, 2e-4}} {
				for _, bias := range [][]float32{nil, normal(r, 2*n-1, 3)} {
					stride, outStride := 3*d+5, d+3
					length := (n-1)*stride + d // not an element more than there must be
					q, key, v := normal(r, length, test.spread), normal(r, length, test.spread), normal(r, length, 1)
					out, scratch := widen[float32]((n-1)*outStride+d, 9), widen[float32](kernel.Scratch(n, d), 9)
					for i := range scratch.x {
						scratch.x[i] = float32(math.NaN())
					}
					want := slices.Clone(out.x)
					scale := float32(1 / math.Sqrt(float64(d)))
					attention(want, outStride, q, key, v, stride, n, d, scale, bias)
					k.Attend(out.x, outStride, q, key, v, stride, n, d, scale, bias, scratch.x)
					near(t, fmt.Sprintf("%d tokens of %d", n, d), out.x, want, test.tolerance)
					out.check(t)
					scratch.check(t)
				}
			}
		}
	})
}

func TestNoNumberIsTooStrange(t *testing.T) {
	each(t, func(t *testing.T, k kernel.Kernels) {
		strange := []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), math.MaxFloat32, 1e-45, 0}
		const rows, width = 33, 64
		x := make([]float32, rows*width)
		for i := range x {
			x[i] = strange[(i+i/7)%len(strange)]
		}
		codes, scale := make([]uint8, rows*width), make([]float32, rows)
		k.Quantise(codes, scale, x, rows, width)
		m := newMatrix(64, width, func(n, k int) int8 { return int8((n + k) % 63) })
		y := widen[float32](rows*64, 9)
		k.Mul(y.x, m, codes, scale, rows)
		y.check(t)
		k.GELU(slices.Clone(x))
		k.AddNorm(slices.Clone(x), x, x, x, width, 1e-5)
		out := widen[float32](rows*width, 9)
		k.Attend(out.x, width, x, x, x, width, rows, width, 0.1, nil, make([]float32, kernel.Scratch(rows, width)))
		out.check(t)
	})
}

func TestNothingIsAllocated(t *testing.T) {
	for _, k := range kernel.All() {
		t.Run(k.Name, func(t *testing.T) {
			r := random(8)
			const rows, n, width = 7, 98, 96
			m := newMatrix(n, width, func(n, k int) int8 { return int8((n + k) % 63) })
			k.Survey(m)
			x, y, bias := normal(r, rows*width, 1), make([]float32, rows*n), normal(r, 2*rows-1, 1)
			codes, scale, scratch := make([]uint8, rows*width), make([]float32, rows), make([]float32, kernel.Scratch(rows, width))
			got := testing.AllocsPerRun(3, func() {
				k.Quantise(codes, scale, x, rows, width)
				k.Mul(y, m, codes, scale, rows)
				k.GELU(y)
				k.AddNorm(x, x, x, x, width, 1e-5)
				k.Attend(y, width, x, x, x, width, rows, width, 0.1, bias, scratch)
			})
			if got != 0 {
				t.Errorf("got %v allocations, want 0", got)
			}
		})
	}
}

func TestShortSlicesPanic(t *testing.T) {
	each(t, func(t *testing.T, k kernel.Kernels) {
		m := newMatrix(64, 16, func(int, int) int8 { return 1 })
		short := *m
		short.Codes = short.Codes[1:]
		f, c := make([]float32, 64), make([]uint8, 64)
		for _, test := range []struct {
			want string
			run  func()
		}{
			{"kernel: quantise: rows or k out of range", func() { k.Quantise(c, f, f, 1, 0) }},
			{"kernel: quantise: x holds 64, want 80", func() { k.Quantise(make([]uint8, 80), f, f, 5, 16) }},
			{"kernel: quantise: codes holds 64, want 80", func() { k.Quantise(c, f, make([]float32, 80), 5, 16) }},
			{"kernel: quantise: scale holds 3, want 4", func() { k.Quantise(c, f[:3], f, 4, 16) }},
			{"kernel: mul: y holds 64, want 128", func() { k.Mul(f, m, c, f, 2) }},
			{"kernel: mul: codes holds 15, want 16", func() { k.Mul(f, m, c[:15], f, 1) }},
			{"kernel: mul: the matrix's codes holds 1023, want 1024", func() { k.Mul(f, &short, c, f, 1) }},
			{"kernel: add and norm: width, or x is not in rows of it out of range", func() { k.AddNorm(f, f, f, f, 7, 1) }},
			{"kernel: add and norm: weight holds 31, want 32", func() { k.AddNorm(f, f, f[:31], f, 32, 1) }},
			{"kernel: add and norm: residual holds 0, want 64", func() { k.AddNorm(f, f[:0], f, f, 32, 1) }},
			{"kernel: attend: n, d or a stride out of range", func() { k.Attend(f, 16, f, f, f, 8, 1, 16, 1, nil, f) }},
			{"kernel: attend: v holds 63, want 64", func() { k.Attend(f, 16, f, f, f[:63], 16, 4, 16, 1, nil, make([]float32, 9999)) }},
			{"kernel: attend: bias holds 6, want 7", func() { k.Attend(f, 16, f, f, f, 16, 4, 16, 1, f[:6], make([]float32, 9999)) }},
			{"kernel: attend: scratch holds 64, want 736", func() { k.Attend(f, 16, f, f, f, 16, 4, 16, 1, nil, f) }},
		} {
			func() {
				defer func() {
					if got := recover(); got != test.want {
						t.Errorf("got %v, want %s", got, test.want)
					}
				}()
				test.run()
			}()
		}
	})
}
