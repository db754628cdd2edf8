package kernel

import "fmt"

// checked adds to a set the tests of its arguments, so that loops in assembly
// stay within slices.
func checked(set Kernels) Kernels {
	return Kernels{
		Name: set.Name,
		Quantise: func(codes []uint8, scale, x []float32, rows, k int) {
			want(rows >= 0 && k > 0, "quantise: rows or k")
			holds("quantise: x", len(x), rows*k)
			holds("quantise: codes", len(codes), rows*roundUp(k, Group))
			holds("quantise: scale", len(scale), rows)
			set.Quantise(codes, scale, x, rows, k)
		},
		Survey: func(m *Matrix) {
			want(m.N > 0 && m.K > 0, "survey: N or K")
			holds("survey: the matrix's codes", len(m.Codes), roundUp(m.N, Panel)*roundUp(m.K, Group))
			set.Survey(m)
		},
		Mul: func(y []float32, m *Matrix, codes []uint8, scale []float32, rows int) {
			want(rows >= 0 && m.N > 0 && m.K > 0, "mul: rows, N or K")
			holds("mul: y", len(y), rows*m.N)
			holds("mul: codes", len(codes), rows*roundUp(m.K, Group))
			holds("mul: scale", len(scale), rows)
			holds("mul: the matrix's codes", len(m.Codes), roundUp(m.N, Panel)*roundUp(m.K, Group))
			holds("mul: the matrix's start", len(m.Start), m.N)
			holds("mul: the matrix's scale", len(m.Scale), m.N)
			holds("mul: the matrix's bias", len(m.Bias), m.N)
			set.Mul(y, m, codes, scale, rows)
		},
		GELU: set.GELU,
		AddNorm: func(x, residual, weight, bias []float32, width int, epsilon float32) {
			want(width > 0 && len(x)%max(width, 1) == 0, "add and norm: width, or x is not in rows of it")
			holds("add and norm: weight", len(weight), width)
			holds("add and norm: bias", len(bias), width)
			holds("add and norm: residual", len(residual), len(x))
			set.AddNorm(x, residual, weight, bias, width, epsilon)
		},
		Attend: func(out []float32, outStride int, q, k, v []float32, stride, n, d int, scale float32, bias, scratch []float32) {
			want(n >= 0 && d > 0 && stride >= d && outStride >= d, "attend: n, d or a stride")
			if n == 0 {
				return
			}
			holds("attend: out", len(out), (n-1)*outStride+d)
			holds("attend: q", len(q), (n-1)*stride+d)
			holds("attend: k", len(k), (n-1)*stride+d)
			holds("attend: v", len(v), (n-1)*stride+d)
			holds("attend: scratch", len(scratch), Scratch(n, d))
			if bias != nil {
				holds("attend: bias", len(bias), 2*n-1)
			}
			set.Attend(out, outStride, q, k, v, stride, n, d, scale, bias, scratch)
		},
	}
}

func want(ok bool, what string) {
	if !ok {
		panic("kernel: " + what + " out of range")
	}
}

func holds(what string, have, want int) {
	if have < want {
		panic(fmt.Sprintf("kernel: %s holds %d, want %d", what, have, want))
	}
}
