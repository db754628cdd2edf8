package kernel_test

import (
	"fmt"
	"slices"
	"testing"

	"tonewatch/scoring/encoder/internal/kernel"
)

// The shapes are those of a base encoder: 12 heads of 64.
const hidden, inner, head = 768, 3072, 64

func compare(b *testing.B, run func(b *testing.B, k kernel.Kernels)) {
	for _, k := range kernel.All() {
		b.Run(k.Name, func(b *testing.B) { run(b, k) })
	}
}

// perSecond reports work done in billions a second.
func perSecond(b *testing.B, each float64, unit string) {
	b.ReportMetric(each*float64(b.N)/b.Elapsed().Seconds()/1e9, "G"+unit+"/s")
	b.ReportMetric(0, "ns/op")
}

func BenchmarkMul(b *testing.B) {
	for _, shape := range [][2]int{{hidden, hidden}, {inner, hidden}, {hidden, inner}} {
		n, width := shape[0], shape[1]
		m := newMatrix(n, width, func(n, k int) int8 { return int8((7*n+13*k)%41 - 20) })
		for _, rows := range []int{10, 36, 600} {
			x, y := normal(random(1), rows*width, 1), make([]float32, rows*n)
			codes, scale := make([]uint8, rows*width), make([]float32, rows)
			b.Run(fmt.Sprintf("%dx%dx%d", rows, width, n), func(b *testing.B) {
				compare(b, func(b *testing.B, k kernel.Kernels) {
					k.Survey(m)
					k.Quantise(codes, scale, x, rows, width)
					for b.Loop() {
						k.Mul(y, m, codes, scale, rows)
					}
					perSecond(b, 2*float64(rows*n*width), "op")
				})
			})
		}
	}
}

func BenchmarkAttend(b *testing.B) {
	for _, n := range []int{10, 36, 256} {
		stride := 3 * hidden
		qkv, bias := normal(random(2), n*stride, 1), normal(random(3), 2*n-1, 1)
		out, scratch := make([]float32, n*hidden), make([]float32, kernel.Scratch(n, head))
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			compare(b, func(b *testing.B, k kernel.Kernels) {
				for b.Loop() {
					k.Attend(out, hidden, qkv, qkv[hidden:], qkv[2*hidden:], stride, n, head, 0.125, bias, scratch)
				}
				perSecond(b, 4*float64(n*n*head), "flop")
			})
		})
	}
}

func BenchmarkQuantise(b *testing.B) {
	x, codes, scale := normal(random(4), 36*inner, 1), make([]uint8, 36*inner), make([]float32, 36)
	compare(b, func(b *testing.B, k kernel.Kernels) {
		for b.Loop() {
			k.Quantise(codes, scale, x, 36, inner)
		}
		perSecond(b, 36*inner, "elements")
	})
}

func BenchmarkGELU(b *testing.B) {
	from := normal(random(5), 36*inner, 1)
	x := slices.Clone(from)
	compare(b, func(b *testing.B, k kernel.Kernels) {
		for b.Loop() {
			k.GELU(x)
		}
		perSecond(b, 36*inner, "elements")
	})
}

func BenchmarkAddNorm(b *testing.B) {
	x, y, w := normal(random(6), 36*hidden, 1), normal(random(7), 36*hidden, 1), normal(random(8), hidden, 1)
	compare(b, func(b *testing.B, k kernel.Kernels) {
		for b.Loop() {
			k.AddNorm(x, y, w, w, hidden, 1e-5)
		}
		perSecond(b, 36*hidden, "elements")
	})
}
