package main

import (
	"fmt"
	"math"
)

const (
	dozen       = 12 // groups, see mulDozens of package kernel
	dozenParams = "tiles int, y *float32, yStride int, codes *uint8, stride int, weights *int8, groups int, scale, bias, rowScale *float32, ahead, step int, shifts *int16, rooms, lengths *uint16"
)

// dotDozens is a tile of AVX2 over a dozen groups at a time. Their sums of 16 bits take
// the registers; those of 32 are in memory.
func (m *x86) dotDozens(height int) {
	const vectors, align = 2, 32 // bytes, of a vector
	m.locals = height*vectors*align + align
	m.tile(height, vectors, "Dozens", dozenParams, func(t *dotTile) {
		m.fetchRows(height)
		lengths, shifts, rooms, sums, left := m.argument("lengths"), m.argument("shifts"), m.argument("rooms"), m.take(), m.take()
		m.emit("LEAQ %d(SP), %s", align-1, sums)
		m.emit("ANDQ $-%d, %s", align, sums)
		m.set(0, m.constant(0))
		for i := range height * vectors {
			m.store(0, sums, i*align)
		}
		m.repeat(t.groups, func() {
			steep, done := m.label(), m.label()
			m.emit("MOVWLZX (%s), %s", lengths, left)
			m.emit("CMPW %s, (%s)", left, rooms)
			m.emit("JHI %s", steep)
			for group := range dozen {
				m.narrow(t, group, shifts)
				m.fetch(t, group)
			}
			for i := range vec(height * vectors) {
				m.widen(i, sums, int(i)*align)
			}
			m.next(t.strips, dozen*stripStep, 1)
			m.next(t.rows, dozen*4, 1)
			m.emit("JMP %s", done)
			fmt.Fprintf(&m.body, "%s:\n", steep)
			m.widenPairs(t, sums, left)
			fmt.Fprintf(&m.body, "%s:\n", done)
			m.add(lengths, 2)
			m.add(rooms, 2)
			m.add(shifts, stripStep)
		})
		for i := range vec(height * vectors) {
			m.load(i, sums, int(i)*align)
		}
		m.emit("MOVQ %s, %s", lengths, m.frame("lengths"))
	})
}

// fetchRows has the lines of y here by the time that they are written: the sums of the
// next tile, written after them, would wait too.
func (m *x86) fetchRows(height int) {
	pool := m.pool
	y, yStride := m.argument("y"), m.argument("yStride")
	for _, row := range m.rows(y, yStride, 4, height) {
		m.emit("PREFETCHT0 %s", row)
	}
	m.pool = pool
}

// narrow adds the products of a group in 16 bits, to the shifts if it is the first.
func (m *x86) narrow(t *dotTile, group int, shifts gp) {
	w := t.sum(len(t.rows), 0)
	a, p := w+2, w+3
	for j := range vec(2) {
		m.load(w+j, t.weights, group*stripStep+int(j)*32)
	}
	for i := range t.rows {
		m.spreadFrom(a, t.rows, i, group*4)
		for j, product := range []vec{p, a} {
			m.emit("VPMADDUBSW Y%d, Y%d, Y%d", w+vec(j), a, product)
		}
		for j, product := range []vec{p, a} {
			sum, to := t.sum(i, j), fmt.Sprintf("Y%d", t.sum(i, j))
			if group == 0 {
				to = fmt.Sprintf("%d(%s)", j*32, shifts)
			}
			m.emit("VPADDW %s, Y%d, Y%d", to, product, sum)
		}
	}
}

// widen adds pairs of 16 bits to the sums of 32 at an address.
func (m *x86) widen(from vec, sums gp, at int) {
	m.emit("VPMADDWD %s, Y%d, Y%d", m.constant(0x00010001), from, from)
	m.op(plusInt, from, from, fmt.Sprintf("%d(%s)", at, sums))
	m.store(from, sums, at)
}

// widenPairs adds the products of a dozen groups, two at a time.
func (m *x86) widenPairs(t *dotTile, sums, left gp) {
	m.emit("MOVQ $%d, %s", dozen/2, left)
	m.repeat(left, func() {
		for i := range t.rows {
			m.exact(t, i)
			for j := range 2 {
				m.widen(vec(j), sums, int(t.sum(i, j))*32)
			}
		}
		m.fetch(t, 0)
		m.next(t.strips, 2*stripStep, 1)
		m.next(t.rows, 2*4, 1)
	})
}

// exact leaves the products of two groups in registers 0 and 1: of activations less
// 128, without their signs, and weights with them, four of which fit 16 bits.
func (m *x86) exact(t *dotTile, row int) {
	const a, size = 4, 5
	for group := range 2 {
		m.spreadFrom(a, t.rows, row, group*4)
		m.emit("VPXOR %s, Y%d, Y%d", m.constant(0x80808080), a, a)
		m.emit("VPABSB Y%d, Y%d", a, size)
		for j := range vec(2) {
			to := j + vec(group)*2
			m.load(to, t.weights, group*stripStep+int(j)*32)
			m.emit("VPSIGNB Y%d, Y%d, Y%d", a, to, to)
			m.emit("VPMADDUBSW Y%d, Y%d, Y%d", to, size, to)
		}
	}
	for j := range 2 {
		m.emit("VPADDW Y%d, Y%d, Y%d", j+2, j, j)
	}
}

// fetch is of a step every other group: two lines where there are few rows.
func (m *x86) fetch(t *dotTile, group int) {
	if group%2 == 0 {
		m.emit("PREFETCHT1 (%s)", t.ahead)
		m.emit("ADDQ %s, %s", m.frame("step"), t.ahead)
	}
}

// lengths squares activations in the lanes of 32 bits in which products are summed: two
// sums of 16 bits, and the longer counts.
func (m *x86) lengths() {
	m.begin("lengthsAVX2", "writes the largest length, rounded up, of 24 codes less 128, of every 48 codes of up to six rows.",
		"lengths *uint16, codes *uint8, stride, rows, dozens int", "")
	lengths, codes, stride, rows, dozens := m.argument("lengths"), m.argument("codes"), m.argument("stride"), m.argument("rows"), m.argument("dozens")
	at, left := m.take(), m.take()
	const most, sum, square, other, sign = 0, 1, 2, 3, 4
	m.set(sign, m.constant(0x80808080))
	m.repeat(dozens, func() {
		m.set(most, m.constant(0))
		m.emit("MOVQ %s, %s", codes, at)
		m.emit("MOVQ %s, %s", rows, left)
		m.repeat(left, func() {
			m.set(sum, m.constant(0))
			for part := range dozen * 4 / 16 {
				m.emit("VPXOR %d(%s), X%d, X%d", part*16, at, sign, square)
				m.emit("VPMOVSXBW X%d, Y%d", square, square)
				m.emit("VPMADDWD Y%d, Y%d, Y%d", square, square, square)
				m.op(plusInt, sum, sum, vec(square))
			}
			m.emit("VEXTRACTI128 $1, Y%d, X%d", sum, other)
			m.emit("VPADDD X%d, X%d, X%d", other, sum, sum)
			m.emit("VPSHUFD $0x4e, X%d, X%d", sum, other)
			m.emit("VPADDD X%d, X%d, X%d", other, sum, sum)
			m.emit("VPMAXSD X%d, X%d, X%d", sum, most, most)
			m.addRegister(at, stride)
		})
		m.emit("VPSHUFD $0xb1, X%d, X%d", most, other)
		m.emit("VPMAXSD X%d, X%d, X%d", other, most, most)
		m.emit("VCVTDQ2PS X%d, X%d", most, most)
		m.emit("VSQRTPS X%d, X%d", most, most)
		m.emit("VROUNDPS $2, X%d, X%d", most, most) // up
		m.emit("VCVTPS2DQ X%d, X%d", most, most)
		m.emit("VPEXTRW $0, X%d, (%s)", most, lengths)
		m.add(lengths, 2)
		m.add(codes, dozen*4)
	})
	m.end()
}

// survey: as sums of products are whole, it does not matter how a quotient was rounded.
func (m *x86) survey() {
	m.begin("surveyAVX2", "finds, of so many dozens, -128 times the sum of a lane's weights, and 32767 over the largest length of them, rounded down.",
		"shifts *int16, rooms *uint16, weights *int8, dozens int", "")
	shifts, rooms, weights, dozens := m.argument("shifts"), m.argument("rooms"), m.argument("weights"), m.argument("dozens")
	left := m.take()
	const shift, square, part, product, ones, low = 0, 2, 6, 7, 8, 9
	m.set(ones, m.constant(0x80808080))
	m.set(low, m.constant(0xffff))
	m.repeat(dozens, func() {
		for v := range vec(part) {
			m.set(v, m.constant(0))
		}
		m.emit("MOVQ $%d, %s", dozen, left)
		m.repeat(left, func() {
			for j := range vec(2) {
				m.load(part, weights, int(j)*32)
				m.emit("VPMADDUBSW Y%d, Y%d, Y%d", part, ones, product)
				m.emit("VPSUBW Y%d, Y%d, Y%d", product, shift+j, shift+j)
				m.emit("VPABSB Y%d, Y%d", part, part)
				m.emit("VPMADDUBSW Y%d, Y%d, Y%d", part, part, part)
				m.op(and, product, part, vec(low))
				m.op(plusInt, square+2*j, square+2*j, vec(product))
				m.emit("VPSRLD $16, Y%d, Y%d", part, part)
				m.op(plusInt, square+2*j+1, square+2*j+1, vec(part))
			}
			m.add(weights, stripStep)
		})
		for j := range vec(2) {
			m.store(shift+j, shifts, int(j)*32)
		}
		for v := range vec(4) {
			m.emit("VCVTDQ2PS Y%d, Y%d", square+v, square+v)
			m.op(most, square, square, square+v)
		}
		m.across(most, square, part)
		m.root(square, square)
		m.set(part, m.constant(math.Float32bits(32767)))
		m.op(over, square, part, vec(square))
		m.op(least, square, square, vec(part))
		m.emit("VCVTTPS2DQ Y%d, Y%d", square, square)
		m.emit("VPEXTRW $0, X%d, (%s)", square, rooms)
		m.add(shifts, stripStep)
		m.add(rooms, 2)
	})
	m.end()
}
