package main

import (
	"fmt"
	"math"
	"strings"
)

// geluEnd is where a*Phi(-a) is as good as 0.
const geluEnd = 5.5

// geluTail is the polynomial of degree 16 in u = 2a/geluEnd - 1 that meets
// a*Phi(-a) in the Chebyshev points of [-1, 1]: within 1.4e-7 there, and 2.1e-7
// as computed in float32.
func geluTail() []float64 {
	const degree, points = 16, 400
	var chebyshev [degree + 1]float64
	for i := range points {
		angle := math.Pi * (float64(i) + 0.5) / points
		a := (math.Cos(angle) + 1) * geluEnd / 2
		y := a * 0.5 * math.Erfc(a/math.Sqrt2)
		for d := range chebyshev {
			chebyshev[d] += 2.0 / points * y * math.Cos(float64(d)*angle)
		}
	}
	chebyshev[0] /= 2
	// T(d+1) = 2 u T(d) - T(d-1)
	before, current := make([]float64, degree+2), make([]float64, degree+2)
	before[0], current[1] = 1, 1
	sum := make([]float64, degree+1)
	for _, c := range chebyshev {
		next := make([]float64, degree+2)
		for i := range sum {
			sum[i] += c * before[i]
			next[i+1] += 2 * current[i]
			next[i] -= before[i]
		}
		before, current = current, next
	}
	return sum
}

// coefficients is the file from which the portable functions have the numbers
// that went into the assembly.
func coefficients() string {
	var s strings.Builder
	fmt.Fprintf(&s, "package kernel\n\n// geluEnd is where a*Phi(-a) is as good as 0.\nconst geluEnd = %v\n\n", geluEnd)
	s.WriteString("// geluTail is a*Phi(-a), 0 <= a <= geluEnd, as a polynomial in 2a/geluEnd - 1,\n// the constant first.\n")
	s.WriteString("var geluTail = [...]float32{\n")
	for _, c := range geluTail() {
		fmt.Fprintf(&s, "\t%v,\n", float32(c))
	}
	s.WriteString("}\n")
	return s.String()
}
