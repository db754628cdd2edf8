package kernel

import (
	"math"
	"slices"
)

// portable is the set that runs anywhere: it says what the functions compute, to the
// bit, and takes what is left over where a shape is no multiple of a vector. Expect
// a hundredth of the speed of assembly.
func portable() Kernels {
	return checked(Kernels{
		Name:     "portable",
		Quantise: quantise,
		Survey:   func(*Matrix) {},
		Mul: func(y []float32, m *Matrix, codes []uint8, scale []float32, rows int) {
			mulFrom(0, y, m, codes, scale, rows)
		},
		GELU:    gelu,
		AddNorm: addNorm,
		Attend:  attend,
	})
}

// A float32 has no bits for fractions at half above 2^23: adding this leaves the
// rounded sum plus 128 in the lowest byte.
const toCode = 3<<22 + 128

// smallest is the least |x| of a row that is not taken for zeros; 127/smallest
// must be a float32.
const smallest = 0x1p-100

func quantise(codes []uint8, scale []float32, x []float32, rows, k int) {
	padded := roundUp(k, Group)
	for r := range rows {
		row, to := x[r*k:(r+1)*k], codes[r*padded:(r+1)*padded]
		most := maxAbs(row)
		encode(to[:k], row, inverse(&scale[r], most))
		for i := k; i < padded; i++ {
			to[i] = 128
		}
	}
}

// inverse stores the scale of a row whose largest |x| is most, and returns what
// to multiply by.
func inverse(scale *float32, most float32) float32 {
	if most < smallest {
		*scale = 0
		return 0
	}
	*scale = most / 127
	return 127 / most
}

func maxAbs(x []float32) float32 {
	var most float32
	for _, v := range x {
		if v < 0 {
			v = -v
		}
		if v > most {
			most = v
		}
	}
	return most
}

func encode(codes []uint8, x []float32, inverse float32) {
	for i, v := range x {
		// The conversion keeps the compiler from fusing product and sum.
		codes[i] = uint8(math.Float32bits(float32(v*inverse) + toCode))
	}
}

// mulFrom computes the outputs from the given one on.
func mulFrom(first int, y []float32, m *Matrix, codes []uint8, scale []float32, rows int) {
	k := roundUp(m.K, Group)
	for first < m.N {
		strip := first / Strip
		weights := m.Codes[strip*k*Strip : (strip+1)*k*Strip]
		last := min(m.N, (strip+1)*Strip)
		for r := range rows {
			sums := dots(codes[r*k:(r+1)*k], weights)
			for n := first; n < last; n++ {
				y[r*m.N+n] = fma(float32(m.Start[n]+sums[n%Strip]), scale[r]*m.Scale[n], m.Bias[n])
			}
		}
		first = last
	}
}

// dots is one row of codes times one strip of weights.
func dots(row []uint8, weights []int8) (sums [Strip]int32) {
	for g := 0; g < len(row); g += Group {
		a, w := (*[Group]uint8)(row[g:]), (*[Strip * Group]int8)(weights[g*Strip:])
		a0, a1, a2, a3 := int32(a[0]), int32(a[1]), int32(a[2]), int32(a[3])
		for i := range sums {
			sums[i] += a0*int32(w[i*Group]) + a1*int32(w[i*Group+1]) + a2*int32(w[i*Group+2]) + a3*int32(w[i*Group+3])
		}
	}
	return sums
}

// gelu is max(x, 0) - a*Phi(-a), a = |x|.
func gelu(x []float32) {
	for i, v := range x {
		u := fma(min(max(v, -v), geluEnd), 2/geluEnd, -1)
		tail := geluTail[len(geluTail)-1]
		for t := len(geluTail) - 2; t >= 0; t-- {
			tail = fma(tail, u, geluTail[t])
		}
		x[i] = max(v, 0) - tail
	}
}

func addNorm(x, residual, weight, bias []float32, width int, epsilon float32) {
	overWidth := 1 / float32(width)
	for from := 0; from < len(x); from += width {
		row := x[from : from+width]
		var sum, squares sums
		for i, v := range residual[from : from+width] {
			row[i] += v
			sum[i%accumulators] += row[i]
		}
		mean := float32(sum.fold() * overWidth)
		for i, v := range row {
			squares[i%accumulators] = fma(v-mean, v-mean, squares[i%accumulators])
		}
		variance := float32(squares.fold() * overWidth)
		over := 1 / float32(math.Sqrt(float64(variance+epsilon)))
		for i, v := range row {
			row[i] = fma((v-mean)*over, weight[i], bias[i])
		}
	}
}

// attend has a row of scores as long as assembly has it: beyond the last key the
// least there are, whose weights are as good as 0 and yet a part of the sum.
func attend(out []float32, outStride int, q, k, v []float32, stride, n, d int, scale float32, bias, scratch []float32) {
	scores := scratch[:roundUp(n, grain)]
	for i := range n {
		query := q[i*stride : i*stride+d]
		for j := range scores {
			scores[j] = -math.MaxFloat32
		}
		for j := range n {
			var score float32
			for t, x := range k[j*stride : j*stride+d] {
				score = fma(query[t], x, score)
			}
			if bias != nil {
				score = fma(score, scale, bias[n-1-i+j])
			}
			scores[j] = score
		}
		if bias != nil {
			softmax(scores, 1)
		} else {
			softmax(scores, scale)
		}
		to := out[i*outStride : i*outStride+d]
		clear(to)
		for j, weight := range scores[:n] {
			for t, x := range v[j*stride : j*stride+d] {
				to[t] = fma(weight, x, to[t])
			}
		}
	}
}

// softmax is of x*scale.
func softmax(x []float32, scale float32) {
	most := slices.Max(x)
	var sum sums
	for i, v := range x {
		x[i] = exp((v - most) * scale)
		sum[i%accumulators] += x[i]
	}
	over := 1 / sum.fold()
	for i := range x {
		x[i] *= over
	}
}
