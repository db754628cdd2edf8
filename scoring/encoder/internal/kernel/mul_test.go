package kernel_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tonewatch/scoring/encoder/internal/kernel"
)

// newMatrix packs n x k codes as train/packing.py does.
func newMatrix(n, k int, code func(n, k int) int8) *kernel.Matrix {
	groups, panels := (k+kernel.Group-1)/kernel.Group, (n+kernel.Panel-1)/kernel.Panel
	m := &kernel.Matrix{
		N: n, K: k, Codes: make([]int8, panels*groups*kernel.Panel*kernel.Group),
		Start: make([]int32, n), Scale: make([]float32, n), Bias: make([]float32, n),
	}
	for i := range n {
		for j := range k {
			c := code(i, j)
			m.Codes[((i/kernel.Panel*groups+j/kernel.Group)*kernel.Panel+i%kernel.Panel)*kernel.Group+j%kernel.Group] = c
			m.Start[i] -= 128 * int32(c)
		}
		m.Scale[i], m.Bias[i] = 1, 0
	}
	kernel.Arrange(m.Codes, k)
	return m
}

// checkMul compares a product to its definition: to the last bit, since scales
// are 1, biases 0 and sums small enough for a float32.
func checkMul(t *testing.T, k kernel.Kernels, rows, n, width int, code func(n, k int) int8, activation func(r, k int) uint8) {
	t.Helper()
	m := newMatrix(n, width, code)
	padded := (width + 3) / 4 * 4
	codes, scale := slices.Repeat([]uint8{128}, rows*padded), slices.Repeat([]float32{1}, rows)
	want := make([]float32, rows*n)
	for r := range rows {
		for j := range width {
			codes[r*padded+j] = activation(r, j)
		}
		for i := range n {
			sum := 0
			for j := range width {
				sum += (int(codes[r*padded+j]) - 128) * int(code(i, j))
			}
			want[r*n+i] = float32(sum)
		}
	}
	for _, surveyed := range []bool{false, true} {
		if surveyed {
			k.Survey(m)
		}
		got := widen[float32](rows*n, -1)
		k.Mul(got.x, m, codes, scale, rows)
		if diff := cmp.Diff(want, got.x); diff != "" {
			t.Fatalf("%d rows by %d x %d, surveyed: %v (-want +got):\n%s", rows, n, width, surveyed, diff)
		}
		got.check(t)
	}
}

func checkMulOfRandom(t *testing.T, k kernel.Kernels, r *rand.Rand, rows, n, width int) {
	t.Helper()
	weights, activations := make([]int8, n*width), make([]uint8, rows*width)
	for i := range weights {
		weights[i] = int8(r.IntN(127) - 63)
	}
	for i := range activations {
		activations[i] = uint8(r.IntN(256))
	}
	checkMul(t, k, rows, n, width,
		func(n, k int) int8 { return weights[n*width+k] },
		func(r, k int) uint8 { return activations[r*width+k] })
}

func TestMulIsExact(t *testing.T) {
	each(t, func(t *testing.T, k kernel.Kernels) {
		r := random(2)
		for _, shape := range [][3]int{
			{1, 64, 64}, {0, 64, 16}, {2, 128, 16}, {3, 64, 20}, {5, 9, 768}, {6, 18, 64}, {7, 128, 1}, {10, 64, 13},
			{11, 192, 48}, {12, 65, 30}, {2, 64, 48}, {3, 64, 96}, {4, 80, 144}, {17, 32, 768}, {257, 128, 64}, {1, 64, 3072}, {90, 64, 3072}, {1, 1, 1}, {4, 80, 100},
		} {
			checkMulOfRandom(t, k, r, shape[0], shape[1], shape[2])
		}
	})
}

func TestMulIsExactAtTheExtremes(t *testing.T) {
	each(t, func(t *testing.T, k kernel.Kernels) {
		for _, w := range []int8{-63, 0, 63} {
			for _, a := range []uint8{0, 1, 128, 255} {
				checkMul(t, k, 7, 64, 1024, func(int, int) int8 { return w }, func(int, int) uint8 { return a })
				checkMul(t, k, 3, 64, 64,
					func(_, k int) int8 { return w * int8(1-k%2*2) },
					func(_, k int) uint8 { return a })
			}
		}
	})
}

// Of some, the products of a dozen groups fit 16 bits; of others not.
func TestMulIsExactOfSteepWeights(t *testing.T) {
	each(t, func(t *testing.T, k kernel.Kernels) {
		r := random(4)
		const width = 1104
		weights := make([]int8, 80*width)
		for _, steep := range []int{0, 1, 20, 100} { // of 100
			for i := range weights {
				weights[i] = int8(r.IntN(65) - 32)
				if r.IntN(100) < steep {
					weights[i] = int8(61 + r.IntN(3))
				}
				if r.IntN(2) == 0 {
					weights[i] = -weights[i]
				}
			}
			checkMul(t, k, 13, 80, width,
				func(n, k int) int8 { return weights[n*width+k] * int8(1-n%3/2*2) },
				func(r, k int) uint8 {
					if (r/6+k/48)%2 == 0 {
						return uint8(118 + (r+k)%21)
					}
					return []uint8{255, 0, uint8(k)}[r%3]
				})
		}
	})
}

// Of 24 weights of a lane, and of activations that go along with them or against, sums
// of products grow past the largest and the least that 16 bits hold: 16*23*89 is 15 less
// than 32767, and 16*32*64 the first beyond.
func TestMulIsExactWhere16BitsEnd(t *testing.T) {
	each(t, func(t *testing.T, k kernel.Kernels) {
		for _, w := range [][]int8{
			{23, 16}, {-23, 16}, {32, 16}, {-32, 16}, {44, 24}, {63, 24}, {63, 9}, {63, 1}, {63, 12, -63, 12}, {57, 10, -57, 14}, {31, 20, 32, 4}, {1, 24}, {0, 24},
		} {
			var lane [24]int8
			at := lane[:]
			for ; len(w) > 0; w = w[2:] {
				copy(at, slices.Repeat(w[:1], int(w[1])))
				at = at[w[1]:]
			}
			weight := func(k int) int { return int(lane[k/4%12*2+k%2]) }
			for size := -128; size <= 127; size++ {
				checkMul(t, k, 1+(size+128)%12, 16, 96,
					func(n, k int) int8 { return int8(weight(k) * (n % 2)) },
					func(r, k int) uint8 {
						switch {
						case weight(k) == 0, r%3 < 2 && k < 48:
							return 128
						case weight(k) < 0:
							return uint8(min(128-size, 255))
						}
						return uint8(128 + size)
					})
			}
		}
	})
}

func TestMulScalesAndShifts(t *testing.T) {
	each(t, func(t *testing.T, k kernel.Kernels) {
		r := random(3)
		const rows, n, width = 13, 130, 96
		m := newMatrix(n, width, func(int, int) int8 { return int8(r.IntN(127) - 63) })
		m.Scale, m.Bias = normal(r, n, 0.01), normal(r, n, 1)
		codes, scale := make([]uint8, rows*width), make([]float32, rows)
		x := normal(r, rows*width, 3)
		k.Quantise(codes, scale, x, rows, width)
		got, want := make([]float32, rows*n), make([]float32, rows*n)
		portable().Mul(want, m, codes, scale, rows)
		k.Mul(got, m, codes, scale, rows)
		near(t, "output", got, want, 1e-6)
		k.Survey(m)
		k.Mul(got, m, codes, scale, rows)
		near(t, "output of a matrix surveyed", got, want, 1e-6)
	})
}

func FuzzMul(f *testing.F) {
	f.Add(uint8(3), uint8(70), uint8(33), uint64(4))
	f.Add(uint8(1), uint8(64), uint8(16), uint64(5))
	f.Add(uint8(13), uint8(128), uint8(48), uint64(6))
	f.Fuzz(func(t *testing.T, rows, n, width uint8, seed uint64) {
		if n == 0 || width == 0 {
			t.Skip("no matrix")
		}
		for _, k := range kernel.All() {
			checkMulOfRandom(t, k, random(seed), int(rows), int(n), int(width))
		}
	})
}
