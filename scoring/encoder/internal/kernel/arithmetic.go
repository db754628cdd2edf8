package kernel

import "math"

// All sets compute the same bits, since all perform the same operations on float32
// in the same order, each rounded once as IEEE 754 rounds: half to even, numbers
// below the normal ones kept. portable.go and this file say which:
//
//   - A sum over a row is 32 sums, folded, see sums.
//   - A product to be added is fused with the addition, see fma: those of matrices,
//     one after the other from 0 on, the scale and the bias of Mul, of scores and
//     of a norm, the squares of a norm, and every step of a polynomial.
//   - All other products are rounded. Where one meets an addition it is converted to
//     float32, which keeps compilers from fusing the two, as they may.
//   - A row is divided by its width or sum by multiplying with the reciprocal.
//   - exp and GELU are the polynomials given here.

// accumulators is how many sums a row has; grain is what loops in assembly need
// lengths to be a multiple of.
const accumulators, grain = 32, 16

// sums are those of a row: element i is added to sum i mod 32.
type sums [accumulators]float32

// fold adds the second half of the sums to the first until one is left.
func (s *sums) fold() float32 {
	for half := accumulators / 2; half > 0; half /= 2 {
		for i := range half {
			s[i] += s[half+i]
		}
	}
	return s[0]
}

// fma is a*b + c, rounded once. The product is exact in float64, so that it does
// not matter whether a compiler fuses it; the sum is rounded there and then to a
// float32, which differs from rounding it once only where it falls halfway between
// two float32, or among numbers too small for all bits of one.
func fma(a, b, c float32) float32 {
	product, addend := float64(a)*float64(b), float64(c)
	sum := product + addend
	const beyond, half = 1<<29 - 1, 1 << 28 // of the bits of a float64, those that a float32 lacks
	if math.Float64bits(sum)&beyond == half || math.Abs(sum) < smallestNormal {
		sum = toOdd(sum, product, addend)
	}
	return float32(sum)
}

const smallestNormal = 0x1p-126

// toOdd returns sum, the rounded one of a and b, or its neighbour on the other side
// of the exact one, whichever is odd. That is between no two float32, and rounds
// as the exact sum does (Boldo and Melquiond 2008).
func toOdd(sum, a, b float64) float64 {
	back := sum - a
	lost := (a - (sum - back)) + (b - back) // exact (Knuth's TwoSum)
	bits := math.Float64bits(sum)
	switch {
	case lost == 0 || bits%2 == 1:
		return sum
	case (lost > 0) == (sum > 0):
		return math.Float64frombits(bits + 1)
	default:
		return math.Float64frombits(bits - 1)
	}
}

// exp is e^x of x at most 0: 2^n * e^r, |r| <= ln(2)/2, e^r its Taylor polynomial of
// degree 6, 1.2e-7 off at most. Below -87, where it is no normal float32, it is that
// of -87.
func exp(x float32) float32 {
	const half = 3 << 22 // A float32 has no bits for fractions at this size.
	x = max(x, -87)
	n := fma(x, math.Log2E, half)
	r := fma(-(n - half), math.Ln2, x)
	p := fma(1.0/720, r, 1.0/120)
	p = fma(p, r, 1.0/24)
	p = fma(p, r, 1.0/6)
	p = fma(p, r, 1.0/2)
	p = fma(p, r, 1)
	p = fma(p, r, 1)
	return math.Float32frombits(math.Float32bits(p) + math.Float32bits(n)<<23)
}
