// Package kernel holds the inner loops of a BERT or MPNet encoder whose weights
// are int8: quantise, matrix product, GELU, layer norm and attention, as sets
// of functions, one set an instruction set.
//
// Read kernel.go for what a set is, arithmetic.go for the rules that make all sets
// compute the same bits, portable.go for what each function computes, vector.go for
// how loops in assembly are put together to the same end, and asm/ for the program
// that writes them. To test another processor's:
//
//	GOARCH=arm64 go test -exec 'qemu-aarch64 -cpu max' .
//
// A result is the same to the bit in every set and on every processor, so that a
// reading does not tell which machine made it. All functions may run on many
// goroutines at once, keep nothing, and allocate nothing. A slice too short for its
// shape is a programming error: they panic before they compute. NaN and Inf, given
// or reached on the way, give any number, themselves among them, and nothing worse.
package kernel

//go:generate go run ./asm .

// Panel and Group are the layout of codes in a file, [ceil(N/64)][ceil(K/4)][64][4],
// as train/packing.py writes it: an instruction multiplies groups of 4 inputs. Strip
// is that of Matrix.Codes.
const Panel, Strip, Group = 64, 16, 4

// Matrix is N outputs by K inputs: weight[n][k] = code * Scale[n].
type Matrix struct {
	N, K int
	// Codes are in [-63, 63], in strips of 16 outputs, [ceil(N/64)*4][ceil(K/4)][16][4],
	// 0 where N or K ends early; Arrange makes them of a file's. An activation is at
	// most 255, so that two products fit 16 bits and processors whose dot product of
	// bytes saturates there are exact too.
	Codes []int8
	// Start is -128 * the sum of an output's codes: it takes out the 128 by which
	// codes of activations are shifted.
	Start       []int32
	Scale, Bias []float32

	// Of every strip, a dozen groups at a time, as Survey finds; nil before. See mulDozens.
	shifts []shift  // -128 times the sum of the weights of a lane of 16 bits
	rooms  []uint16 // how long activations may be for sums of 16 bits
}

type shift [2 * Strip]int16

// Arrange brings the codes of k inputs from a file's layout into Matrix's, in place.
// A tile then reads its weights from one end to the other: lines of a panel that are
// 256 bytes apart would share a quarter of a first level cache.
func Arrange(codes []int8, k int) {
	const strips, part = Panel / Strip, Strip * Group
	groups := roundUp(k, Group) / Group
	panel := make([]int8, groups*Panel*Group)
	for ; len(codes) >= len(panel); codes = codes[len(panel):] {
		copy(panel, codes)
		for i := range groups * strips {
			to := (i%strips*groups + i/strips) * part
			*(*[part]int8)(codes[to:]) = [part]int8(panel[i*part:])
		}
	}
}

// Kernels is the functions of one instruction set. Matrices of floats lie row by
// row; rows and n may be 0.
type Kernels struct {
	// Name is what an operator picks the set by: avx512-vnni, avx-vnni or avx2 on
	// amd64, dotprod or neon on arm64, portable anywhere.
	Name string

	// Quantise writes every row of x, rows x k, as codes, rows x k rounded up to a
	// multiple of Group, and one scale: x = (code-128) * scale, scale = the
	// largest |x| of the row / 127, codes in [1, 255], padding 128. It rounds
	// x * (127 / largest), half to even; that quotient is rounded to a float32
	// first, which can move a code from x/scale's only when the latter is within
	// two parts in 10^7 of a half. A row of nothing beyond 2^-100 is a row of
	// zeros: scale 0.
	Quantise func(codes []uint8, scale []float32, x []float32, rows, k int)

	// Survey readies a matrix for a faster Mul, of the same result; not while it
	// is in use. It is to follow every change of the codes.
	Survey func(m *Matrix)

	// Mul is y, rows x N, of codes, rows x K as Quantise leaves them:
	// y[r][n] = (Start[n] + sum over k of code[r][k]*w[n][k]) * (scale[r]*Scale[n]) + Bias[n].
	// It is fastest where N is a multiple of 64 and K of 48.
	Mul func(y []float32, m *Matrix, codes []uint8, scale []float32, rows int)

	// GELU replaces every x by x * (1 + erf(x/sqrt 2)) / 2, to 1e-6 or the last
	// place of x (Hendrycks and Gimpel 2016).
	GELU func(x []float32)

	// AddNorm replaces every row of x, of the given width, by the layer norm of
	// x + residual, times weight, plus bias (Ba et al. 2016).
	AddNorm func(x, residual, weight, bias []float32, width int, epsilon float32)

	// Attend is one head of one sequence of n tokens: out = softmax(q k^T * scale
	// + bias) v (Vaswani et al. 2017). q, k and v are n rows of d elements, stride
	// apart; rows of out are outStride apart; bias is that of a key by its place
	// less the query's, from 1-n to n-1, or nil. scale is positive. scratch is at
	// least Scratch(n, d) long, of any content. d is a multiple of 16 for speed, any for a result.
	Attend func(out []float32, outStride int, q, k, v []float32, stride, n, d int, scale float32, bias []float32, scratch []float32)
}

// Scratch is how many floats Attend needs for n tokens and heads of width d: the
// keys and the values in another order, and the scores of a few queries and more.
func Scratch(n, d int) int {
	const rows, columns = 12 + 2, 16 // of the highest and of the narrowest tile
	return (2*d + rows) * roundUp(n, columns)
}

// Best returns the fastest set that this processor runs.
func Best() Kernels { return All()[0] }

// All returns every set that this processor runs, the fastest first, "portable"
// last.
func All() []Kernels { return append(native(), portable()) }

func roundUp(n, multiple int) int { return (n + multiple - 1) / multiple * multiple }
