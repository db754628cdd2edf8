package kernel_test

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"tonewatch/scoring/encoder/internal/kernel"
)

// work is one call of one function, on numbers that are the same on every machine.
type work struct {
	name string
	run  func(k kernel.Kernels) []float32
}

// works are of every function, in shapes that meet every path through it, on
// numbers of every size that does not overflow on the way.
func works() []work {
	r := random(11)
	var all []work
	for _, size := range []int{-140, -100, 0, 60} {
		for _, width := range []int{3, 16, 61, 768} {
			all = append(all, quantising(numbers(r, 5*width, size), width))
		}
	}
	for _, size := range []int{-140, -60, 0, 60} {
		for _, shape := range [][3]int{{1, 9, 20}, {7, 64, 64}, {13, 130, 768}, {3, 80, 30}} {
			all = append(all, multiplying(r, shape[0], shape[1], shape[2], size))
		}
	}
	for _, size := range []int{-140, -3, 0, 3, 60} {
		for _, n := range []int{1, 7, 16, 33, 5000} {
			x := numbers(r, n, size)
			all = append(all, work{fmt.Sprintf("gelu of %d about 2^%d", n, size), func(k kernel.Kernels) []float32 {
				y := slices.Clone(x)
				k.GELU(y)
				return y
			}})
		}
	}
	for _, size := range []int{-140, 0, 50} {
		for _, width := range []int{1, 5, 16, 48, 100, 384, 768} {
			all = append(all, norming(r, width, size))
		}
	}
	for _, size := range []int{-70, 0, 2, 40} {
		for _, shape := range [][2]int{{1, 64}, {2, 16}, {5, 7}, {11, 48}, {12, 64}, {16, 32}, {31, 64}, {33, 80}, {70, 64}} {
			all = append(all, attending(r, shape[0], shape[1], size, true), attending(r, shape[0], shape[1], size, false))
		}
	}
	return all
}

// numbers are of at most 2^size, with all bits that a float32 has.
func numbers(r *rand.Rand, n, size int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(math.Ldexp(float64(r.Int64N(1<<25)-1<<24), size-24-r.IntN(4)))
	}
	return x
}

func quantising(x []float32, width int) work {
	return work{fmt.Sprintf("quantise rows of %d like %v", width, x[0]), func(k kernel.Kernels) []float32 {
		rows := len(x) / width
		codes, out := make([]uint8, rows*(width+3)/4*4+4*rows), make([]float32, rows)
		k.Quantise(codes, out, x, rows, width)
		for _, c := range codes {
			out = append(out, float32(c))
		}
		return out
	}}
}

func multiplying(r *rand.Rand, rows, n, width, size int) work {
	m := newMatrix(n, width, func(int, int) int8 { return int8(r.IntN(127) - 63) })
	m.Scale, m.Bias = numbers(r, n, size-10), numbers(r, n, size+8)
	codes, scale := make([]uint8, rows*((width+3)/4*4)), numbers(r, rows, 0)
	for i := range codes {
		codes[i] = uint8(1 + r.IntN(255))
	}
	return work{fmt.Sprintf("mul %dx%dx%d about 2^%d", rows, width, n, size), func(k kernel.Kernels) []float32 {
		y := make([]float32, rows*n)
		k.Mul(y, m, codes, scale, rows)
		return y
	}}
}

func norming(r *rand.Rand, width, size int) work {
	x, residual, weight, bias := numbers(r, 3*width, size), numbers(r, 3*width, size), numbers(r, width, 1), numbers(r, width, 1)
	return work{fmt.Sprintf("add and norm rows of %d about 2^%d", width, size), func(k kernel.Kernels) []float32 {
		y := slices.Clone(x)
		k.AddNorm(y, residual, weight, bias, width, 1e-5)
		return y
	}}
}

func attending(r *rand.Rand, n, d, size int, biased bool) work {
	q, key, v := numbers(r, n*d, size), numbers(r, n*d, size), numbers(r, n*d, size)
	var bias []float32
	if biased {
		bias = numbers(r, 2*n-1, size)
	}
	return work{fmt.Sprintf("attend to %d tokens of %d about 2^%d", n, d, size), func(k kernel.Kernels) []float32 {
		out, scratch := make([]float32, n*d), make([]float32, kernel.Scratch(n, d))
		for i := range scratch {
			scratch[i] = float32(math.NaN())
		}
		k.Attend(out, d, q, key, v, d, n, d, 0.125, bias, scratch)
		return out
	}}
}

func TestAllSetsComputeTheSameBits(t *testing.T) {
	t.Parallel()
	for _, w := range works() {
		want := w.run(portable())
		for _, k := range kernel.All() {
			sameBits(t, k.Name+": "+w.name, w.run(k), want)
		}
	}
}

func sameBits(t *testing.T, what string, got, want []float32) {
	t.Helper()
	for i := range want {
		if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
			t.Errorf("%s: element %d is %v (%#x), want %v (%#x)", what, i, got[i], math.Float32bits(got[i]), want[i], math.Float32bits(want[i]))
			return
		}
	}
}

// The sum is that of all results on all processors: it changes with the arithmetic
// alone, and then so do the golden vectors and train/exact.py.
func TestAllMachinesComputeTheSameBits(t *testing.T) {
	each(t, func(t *testing.T, k kernel.Kernels) {
		sum := fnv.New64a()
		for _, w := range works() {
			for _, y := range w.run(k) {
				if math.IsNaN(float64(y)) { // which has many spellings
					t.Fatalf("%s: NaN", w.name)
				}
				fmt.Fprintf(sum, "%08x", math.Float32bits(y))
			}
		}
		const want = 0xc34030354d90aa66
		if got := sum.Sum64(); got != want {
			t.Errorf("results sum to %#x, want %#x", got, uint64(want))
		}
	})
}

// A product of 25 bits lies between two float32, and next to nothing added to it
// decides to which it is rounded: too little for a float64 to hold, so that a sum
// rounded twice goes astray.
func TestMulRoundsOnce(t *testing.T) {
	each(t, func(t *testing.T, k kernel.Kernels) {
		r := random(12)
		const n, width = 4096, 16
		codes := make([]uint8, width)
		for range 8 {
			for i := range codes {
				codes[i] = uint8(1 + r.IntN(255))
			}
			m := newMatrix(n, width, func(int, int) int8 { return int8(r.IntN(127) - 63) })
			for i := range n {
				m.Scale[i] = 1
			}
			sum, got := make([]float32, n), make([]float32, n)
			k.Mul(sum, m, codes, []float32{1}, 1)
			for i, s := range sum {
				most := 1 << 24 / max(int(s), -int(s), 1)
				m.Scale[i] = float32((most + r.IntN(most+1)) | 1)
				m.Bias[i] = float32(math.Ldexp(float64(1-2*r.IntN(2)), -20-r.IntN(60)))
			}
			k.Mul(got, m, codes, []float32{1}, 1)
			roundedOnce(t, got, sum, m.Scale, m.Bias)
		}
	})
}

// A number below the normal ones has fewer bits, so that half of the least that
// there is, and a little, added to it decides as above.
func TestAddNormRoundsOnce(t *testing.T) {
	each(t, func(t *testing.T, k kernel.Kernels) {
		r := random(13)
		const width = 4096
		x, one, none := numbers(r, width, 0), slices.Repeat([]float32{1}, width), make([]float32, width)
		x[0], x[1] = 0x1p30, -0x1p30 // for norms so small that their weights are normal
		normed, got := slices.Clone(x), slices.Clone(x)
		k.AddNorm(normed, none, one, none, width, 1)
		weight, bias := make([]float32, width), make([]float32, width)
		for i, n := range normed {
			weight[i] = float32(0x1p-150 / float64(n))
			bias[i] = float32(math.Ldexp(float64(1<<22+r.IntN(1<<22)), -149))
		}
		k.AddNorm(got, none, weight, bias, width, 1)
		roundedOnce(t, got, normed, weight, bias)
	})
}

// roundedOnce asks every got to be the float32 nearest to a*b + c.
func roundedOnce(t *testing.T, got, a, b, c []float32) {
	t.Helper()
	exact := func(x float32) *big.Float { return new(big.Float).SetPrec(400).SetFloat64(float64(x)) }
	for i := range got {
		product := new(big.Float).Mul(exact(a[i]), exact(b[i]))
		if want, _ := product.Add(product, exact(c[i])).Float32(); got[i] != want {
			t.Fatalf("%v * %v + %v is %v, want %v", a[i], b[i], c[i], got[i], want)
		}
	}
}
