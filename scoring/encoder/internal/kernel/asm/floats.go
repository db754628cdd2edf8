package main

import (
	"fmt"
	"math"
)

// grain is what lengths are a multiple of, in every instruction set.
const grain = 16

// accumulators is how many sums a row has in every instruction set, as package
// kernel's arithmetic.go defines: vectors enough for no addition to wait for the
// one before it.
const accumulators = 32

func float(x float64) uint32 { return math.Float32bits(float32(x)) }

// sweep runs body over n elements, many vectors at a time and then a grain at a
// time, and moves the pointers on.
func sweep(m machine, n gp, many int, pointers []gp, body func(vectors int)) {
	sizes := []int{many, grain / m.lanes()}
	if sizes[0] <= sizes[1] {
		sizes = sizes[1:]
	}
	for _, vectors := range sizes {
		m.loop(n, vectors*m.lanes(), func() {
			body(vectors)
			for _, p := range pointers {
				m.add(p, vectors*m.lanes()*4)
			}
		})
	}
}

func floats(m machine) {
	maxAbs(m)
	encode(m)
	gelu(m)
	scaleAdd(m)
	norm(m)
	softmax(m)
}

func maxAbs(m machine) {
	m.begin(m.name("maxAbs"), "is the largest |x|.", "x []float32", "float32")
	x, n := m.argument("x_base"), m.argument("x_len")
	abs := m.constant(0x7fffffff)
	fill(m, 4, 0)
	sweep(m, n, 4, []gp{x}, func(vectors int) {
		for i := range vec(vectors) {
			m.load(4+i, x, int(i)*m.lanes()*4)
			m.op(and, 4+i, 4+i, abs)
			m.op(most, i, i, 4+i)
		}
	})
	gather(m, most, 4)
	m.giveBack(0)
	m.end()
}

func fill(m machine, n vec, bits uint32) {
	for i := range n {
		m.set(i, m.constant(bits))
	}
}

// gather folds the first n vectors by halves, and then their lanes, into one value
// in every lane of the first.
func gather(m machine, o op, n vec) {
	for half := n / 2; half > 0; half /= 2 {
		for i := range half {
			m.op(o, i, i, i+half)
		}
	}
	m.across(o, 0, 1)
}

func encode(m machine) {
	m.begin(m.name("encode"), "rounds x*inverse to codes, see toCode.", "codes []uint8, x []float32, inverse float32", "")
	codes, x, n := m.argument("codes_base"), m.argument("x_base"), m.argument("x_len")
	inverse := vec(15)
	m.floatArgument(inverse, "inverse")
	toCode := m.constant(float(3<<22 + 128))
	m.loop(n, grain, func() {
		var vs []vec
		for i := range vec(grain / m.lanes()) {
			m.load(i, x, int(i)*m.lanes()*4)
			m.op(times, i, i, inverse)
			m.op(plus, i, i, toCode)
			vs = append(vs, i)
		}
		m.storeCodes(vs, codes)
		m.add(x, grain*4)
		m.add(codes, grain)
	})
	m.end()
}

// gelu is max(x, 0) - a*Phi(-a), a = |x|.
func gelu(m machine) {
	m.begin(m.name("gelu"), "is GELU in place.", "x []float32", "")
	x, n := m.argument("x_base"), m.argument("x_len")
	abs, end := m.constant(0x7fffffff), m.constant(float(geluEnd))
	minusOne, zero := m.constant(float(-1)), m.constant(0)
	var c []operand
	for _, t := range geluTail() {
		c = append(c, m.constant(float(t)))
	}
	many := 4
	if m.lanes() == 4 {
		many = 2 // The constants fill the registers.
	}
	slope := vec(3 * many)
	m.set(slope, m.constant(float(2/geluEnd)))
	sweep(m, n, many, []gp{x}, func(vectors int) {
		vectors = min(vectors, many)
		for from := 0; from < max(vectors, grain/m.lanes()); from += vectors {
			us, ps, spares := make([]vec, vectors), make([]vec, vectors), make([]vec, vectors)
			for i := range us {
				us[i], ps[i], spares[i] = vec(3*i), vec(3*i+1), vec(3*i+2)
				at := (from + i) * m.lanes() * 4
				m.load(us[i], x, at)
				m.op(and, us[i], us[i], abs)
				m.op(least, us[i], us[i], end)
				us[i], ps[i] = m.horner(us[i], ps[i], slope, minusOne)
				m.set(ps[i], c[len(c)-1])
			}
			for t := len(c) - 2; t >= 0; t-- {
				factor := m.hold(13, c[t])
				for i := range us {
					ps[i], spares[i] = m.horner(ps[i], spares[i], us[i], factor)
				}
			}
			for i := range us {
				at := (from + i) * m.lanes() * 4
				m.load(us[i], x, at)
				m.op(most, us[i], us[i], zero)
				m.op(minus, us[i], us[i], ps[i])
				m.store(us[i], x, at)
			}
		}
	})
	m.end()
}

func scaleAdd(m machine) {
	m.begin(m.name("scaleAdd"), "is x = x*scale + y.", "x, y []float32, scale float32", "")
	x, y, n := m.argument("x_base"), m.argument("y_base"), m.argument("x_len")
	scale := vec(15)
	m.floatArgument(scale, "scale")
	sweep(m, n, 4, []gp{x, y}, func(vectors int) {
		for i := range vec(vectors) {
			at := int(i) * m.lanes() * 4
			m.load(i, x, at)
			m.load(4+i, y, at)
			m.fma(4+i, i, scale)
			m.store(4+i, x, at)
		}
	})
	m.end()
}

// norm goes through its row three times: sum with the residual, variance, result.
func norm(m machine) {
	m.begin(m.name("norm"), "is the layer norm of one row of x + residual, into x.", "x, residual, weight, bias []float32, overWidth, epsilon float32", "")
	const mean, scale, overWidth, epsilon = vec(12), vec(13), vec(14), vec(15)
	m.floatArgument(overWidth, "overWidth")
	m.floatArgument(epsilon, "epsilon")
	x, n, residual := m.argument("x_base"), m.argument("x_len"), m.argument("residual_base")
	weight, bias := m.argument("weight_base"), m.argument("bias_base")
	again := func() {
		m.reload(x, "x_base")
		m.reload(n, "x_len")
	}
	sums := vec(accumulators / m.lanes())
	sum := func(pointers []gp, add func(sum, v vec, at int)) {
		fill(m, sums, 0)
		sweep(m, n, int(sums), pointers, func(vectors int) {
			for i := range vec(vectors) {
				v, at := sums+i%2*2, int(i)*m.lanes()*4
				m.load(v, x, at)
				add(i, v, at)
			}
		})
		gather(m, plus, sums)
	}

	sum([]gp{x, residual}, func(sum, v vec, at int) {
		m.load(v+1, residual, at)
		m.op(plus, v, v, v+1)
		m.store(v, x, at)
		m.op(plus, sum, sum, v)
	})
	m.op(times, mean, 0, overWidth)

	again()
	sum([]gp{x}, func(sum, v vec, _ int) {
		m.op(minus, v, v, mean)
		m.fma(sum, v, v)
	})
	m.op(times, 0, 0, overWidth)
	m.op(plus, 0, 0, epsilon)
	m.root(0, 0)
	m.set(1, m.constant(float(1)))
	m.op(over, scale, 1, vec(0))

	again()
	sweep(m, n, 4, []gp{x, weight, bias}, func(vectors int) {
		for i := range vec(vectors) {
			at := int(i) * m.lanes() * 4
			m.load(i, x, at)
			m.op(minus, i, i, mean)
			m.op(times, i, i, scale)
			m.load(4+i, weight, at)
			m.load(8+i, bias, at)
			m.fma(8+i, i, 4+i)
			m.store(8+i, x, at)
		}
	})
	m.end()
}

// softmax goes through its row three times: largest, exponentials, quotient.
func softmax(m machine) {
	m.begin(m.name("softmax"), "is the softmax of x*scale, in place, no x above its edge.", "x, edge []float32, scale float32", "")
	sums := vec(accumulators / m.lanes())
	largest, scale := sums+8, sums+9
	m.floatArgument(scale, "scale")
	x, edge, n := m.argument("x_base"), m.argument("edge_base"), m.argument("x_len")
	again := func() {
		m.reload(x, "x_base")
		m.reload(edge, "edge_base")
		m.reload(n, "x_len")
	}
	load := func(v, spare vec, at int) {
		m.load(v, x, at)
		m.load(spare, edge, at)
		m.op(least, v, v, spare)
	}

	fill(m, 2, float(math.Inf(-1)))
	sweep(m, n, 2, []gp{x, edge}, func(vectors int) {
		for i := range vec(vectors) {
			load(2+2*i, 3+2*i, int(i)*m.lanes()*4)
			m.op(most, i%2, i%2, 2+2*i)
		}
	})
	gather(m, most, 2)
	m.set(largest, vec(0))

	exp := newExponential(m)
	again()
	fill(m, sums, 0)
	sweep(m, n, int(sums), []gp{x, edge}, func(vectors int) {
		for i := range vec(vectors) {
			v, at := sums+i%2*4, int(i)*m.lanes()*4
			load(v, v+1, at)
			m.op(minus, v, v, largest)
			m.op(times, v, v, scale)
			e := exp(v, v+1, v+2, v+3)
			m.store(e, x, at)
			m.op(plus, i, i, e)
		}
	})
	gather(m, plus, sums)
	m.set(1, m.constant(float(1)))
	m.op(over, scale, 1, vec(0))

	again()
	sweep(m, n, 2, []gp{x}, func(vectors int) {
		for i := range vec(vectors) {
			at := int(i) * m.lanes() * 4
			m.load(i, x, at)
			m.op(times, i, i, scale)
			m.store(i, x, at)
		}
	})
	m.end()
}

// newExponential returns what emits exp(x), x at most 0, and says in which of its
// registers it is. exp(x) is 2^n * exp(r), |r| <= ln(2)/2, exp(r) its Taylor
// polynomial of degree 6, 1.2e-7 off at most. Below -87 it is no normal float32.
func newExponential(m machine) func(x, n, p, spare vec) vec {
	const half = 3 << 22 // A float32 has no bits for fractions at this size.
	lowest, log2e, ln2 := m.constant(float(-87)), m.constant(float(math.Log2E)), m.constant(float(math.Ln2))
	round := m.constant(float(half))
	var c []operand
	for _, factorial := range []float64{1, 1, 2, 6, 24, 120, 720} {
		c = append(c, m.constant(float(1/factorial)))
	}
	return func(x, n, p, spare vec) vec {
		m.op(most, x, x, lowest)
		m.set(n, round)
		m.fma(n, x, log2e)
		m.op(minus, p, n, round)
		m.fnma(x, p, ln2)
		m.set(p, c[6])
		for j := 5; j >= 0; j-- {
			p, spare = m.horner(p, spare, x, c[j])
		}
		m.shift23(n, n)
		m.op(plusInt, p, p, n)
		return p
	}
}

// product is a tile of a matrix product: c = a b, rows by vectors; rows of b
// follow one another.
func product(m machine, height, vectors int) {
	m.begin(m.name(fmt.Sprintf("tile%dx%d", height, vectors*m.lanes())), fmt.Sprintf("is c = a b for %d rows and %d columns.", height, vectors*m.lanes()),
		"c *float32, cStride int, a *float32, aStride int, b *float32, k int", "")
	a, aStride := m.argument("a"), m.argument("aStride")
	as := m.rows(a, aStride, 4, height)
	b, k := m.argument("b"), m.argument("k")
	sums := vec(height * vectors)
	element, column := sums, sums+1
	zero := m.constant(0)
	for i := range sums {
		m.set(i, zero)
	}
	m.repeat(k, func() {
		for j := range vec(vectors) {
			m.load(column+j, b, int(j)*m.lanes()*4)
		}
		for i := range height {
			m.spread(element, as, i)
			for j := range vec(vectors) {
				m.fma(vec(i*vectors)+j, element, column+j)
			}
		}
		m.add(b, vectors*m.lanes()*4)
		m.next(as, 1, 4)
	})
	c, cStride := m.argument("c"), m.argument("cStride")
	m.scaled(cStride, 4)
	for i := range height {
		for j := range vectors {
			m.store(vec(i*vectors+j), c, j*m.lanes()*4)
		}
		if i+1 < height {
			m.addRegister(c, cStride)
		}
	}
	m.end()
}
