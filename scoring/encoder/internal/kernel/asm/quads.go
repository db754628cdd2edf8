package main

import (
	"fmt"
	"math"
	"strings"
)

// dotQuads is a tile of AVX2 over four groups at a time, see mulQuads of package
// kernel; its groups are quads. Of 64 quads those that fit 16 bits come first, then the
// others: a jump a quad, one of the other way in ten, would cost more than it saves.
func (m *x86) dotQuads(height int) {
	const ones, most = 15, 64
	m.tile(height, 2, "Quads", dotParams+", found *quads, lengths *uint8", func(t *dotTile) {
		found, lengths := m.argument("found"), m.argument("lengths")
		left, i, w := m.take(), m.take(), m.take()
		codes := gp(strings.Trim(t.rows[0], "()"))
		here := m.rowsFrom(t.rows, i)
		m.set(ones, m.constant(0x00010001))
		loop := func(depth int) {
			m.eachBit(left, i, func() {
				m.quadAt(i, w, codes, t.weights)
				for group := 0; group < 4; group += depth {
					m.narrow(here, w, group, depth, ones, t.sum)
				}
				m.fetch(t.ahead, t.step)
			})
		}

		top, free := m.label(), t.sum(height, 0)
		fmt.Fprintf(&m.body, "%s:\n", top)
		m.full(left, w, found, 0, lengths, free)
		m.emit("NOTQ %s", left)
		loop(4)
		m.full(left, w, found, 0, lengths, free)
		m.full(i, w, found, most, lengths, free)
		m.emit("ANDNQ %s, %s, %s", left, i, left)
		loop(2)
		m.full(left, w, found, 0, lengths, free)
		m.full(i, w, found, most, lengths, free)
		m.emit("ANDQ %s, %s", i, left)
		m.emit("MOVQ $%d, %s", most, i)
		m.emit("CMPQ %s, %s", t.groups, i)
		m.emit("CMOVQLT %s, %s", t.groups, i)
		m.emit("BZHIQ %s, %s, %s", i, left, left)
		loop(1)
		m.add(found, 2*most)
		m.add(lengths, most)
		m.add(t.weights, most*4*stripStep)
		m.add(codes, most*16)
		m.emit("SUBQ $%d, %s", most, t.groups)
		m.emit("JGT %s", top)
		m.pool = append(m.pool, found, lengths, left, i, w)
	})
}

// full sets a bit for each of 64 quads whose lengths are more than the room there is.
func (m *x86) full(bits, half, found gp, at int, lengths gp, spare vec) {
	for i, r := range []gp{bits, half} {
		m.emit("VMOVDQU %d(%s), Y%d", at+i*32, found, spare)
		m.emit("VPSUBUSB %d(%s), Y%d, Y%d", i*32, lengths, spare, spare)
		m.emit("VPCMPEQB %s, Y%d, Y%d", m.constant(0), spare, spare)
		m.emit("VPMOVMSKB Y%d, %s", spare, r)
	}
	m.emit("SHLQ $32, %s", half)
	m.emit("ORQ %s, %s", half, bits)
}

// eachBit runs body for every bit, with its number in i.
func (m *x86) eachBit(bits, i gp, body func()) {
	top, done := m.label(), m.label()
	m.emit("TESTQ %s, %s", bits, bits)
	m.emit("JEQ %s", done)
	m.emit("PCALIGN $32")
	fmt.Fprintf(&m.body, "%s:\n", top)
	m.emit("TZCNTQ %s, %s", bits, i)
	body()
	m.emit("BLSRQ %s, %s", bits, bits)
	m.emit("JNE %s", top)
	fmt.Fprintf(&m.body, "%s:\n", done)
}

// quadAt makes the number of a quad the address of its codes, and w that of its weights.
func (m *x86) quadAt(i, w, codes, weights gp) {
	m.emit("MOVQ %s, %s", i, w)
	m.emit("SHLQ $8, %s", w) // 4*stripStep
	m.addRegister(w, weights)
	m.emit("SHLQ $4, %s", i)
	m.addRegister(i, codes)
}

// fetch is of two steps, which touch every line where there are few rows.
func (m *x86) fetch(ahead, step gp) {
	m.emit("PREFETCHT1 (%s)", ahead)
	m.emit("PREFETCHT1 (%s)(%s*1)", ahead, step)
	m.emit("LEAQ (%s)(%s*2), %s", ahead, step, ahead)
}

// rowsFrom are up to four rows from another first.
func (m *x86) rowsFrom(of rows, first gp) rows {
	var r rows
	for _, row := range of {
		_, rest, _ := strings.Cut(row, ")")
		r = append(r, fmt.Sprintf("(%s)%s", first, rest))
	}
	return r
}

// narrow adds the products of so many groups, summed in 16 bits. Weights stay in as
// many registers as are left, where more than one row needs them.
func (m *x86) narrow(rows rows, weights gp, first, groups int, ones vec, sum func(i, j int) vec) {
	const vectors = 2
	s := sum(len(rows), 0)
	a, p, w := s+2, s+3, s+4
	held := map[string]string{}
	from := func(group, j int) string {
		at := fmt.Sprintf("%d(%s)", (first+group)*stripStep+j*32, weights)
		if held[at] == "" {
			held[at] = at
			if w < ones && len(rows) > 1 {
				m.emit("VMOVDQU %s, Y%d", at, w)
				held[at] = fmt.Sprintf("Y%d", w)
				w++
			}
		}
		return held[at]
	}
	for i := range rows {
		for group := range groups {
			m.spreadFrom(a, rows, i, (first+group)*4)
			for j, to := range [vectors]vec{p, a} {
				if group == 0 {
					to = s + vec(j)
				}
				m.emit("VPMADDUBSW %s, Y%d, Y%d", from(group, j), a, to)
			}
			if group > 0 {
				m.emit("VPADDW Y%d, Y%d, Y%d", p, s, s)
				m.emit("VPADDW Y%d, Y%d, Y%d", a, s+1, s+1)
			}
		}
		for j := range vec(vectors) {
			m.emit("VPMADDWD Y%d, Y%d, Y%d", ones, s+j, s+j)
			m.op(plusInt, sum(i, int(j)), sum(i, int(j)), s+j)
		}
	}
}

// lengths squares activations in the lanes of 32 bits in which products are summed: two
// sums of 16 bits, and the longer counts.
func (m *x86) lengths() {
	m.begin("lengthsAVX2", "writes the largest length, rounded up and at most 255, of eight codes less 128, of every 16 codes of up to four rows.",
		"lengths *uint8, codes *uint8, stride, rows, quads int", "")
	lengths, codes, stride, rows, quads := m.argument("lengths"), m.argument("codes"), m.argument("stride"), m.argument("rows"), m.argument("quads")
	at, left := m.take(), m.take()
	const most, square, other, sign = 0, 1, 2, 3
	m.set(sign, m.constant(0x80808080))
	m.repeat(quads, func() {
		m.set(most, m.constant(0))
		m.emit("MOVQ %s, %s", codes, at)
		m.emit("MOVQ %s, %s", rows, left)
		m.repeat(left, func() {
			m.emit("VPXOR (%s), X%d, X%d", at, sign, square)
			m.emit("VPMOVSXBW X%d, Y%d", square, square)
			m.emit("VPMADDWD Y%d, Y%d, Y%d", square, square, square)
			m.emit("VEXTRACTI128 $1, Y%d, X%d", square, other)
			m.emit("VPADDD X%d, X%d, X%d", other, square, square)
			m.emit("VPSHUFD $0x4e, X%d, X%d", square, other)
			m.emit("VPADDD X%d, X%d, X%d", other, square, square)
			m.emit("VPMAXSD X%d, X%d, X%d", square, most, most)
			m.addRegister(at, stride)
		})
		m.emit("VPSHUFD $0xb1, X%d, X%d", most, other)
		m.emit("VPMAXSD X%d, X%d, X%d", other, most, most)
		m.emit("VCVTDQ2PS X%d, X%d", most, most)
		m.emit("VSQRTPS X%d, X%d", most, most)
		m.emit("VROUNDPS $2, X%d, X%d", most, most) // up
		m.emit("VCVTPS2DQ X%d, X%d", most, most)
		m.emit("VPACKUSDW X%d, X%d, X%d", most, most, most)
		m.emit("VPACKUSWB X%d, X%d, X%d", most, most, most)
		m.emit("VPEXTRB $0, X%d, (%s)", most, lengths)
		m.add(lengths, 1)
		m.add(codes, 16)
	})
	m.end()
}

func (m *x86) survey() {
	m.begin("surveyAVX2", "finds up to 64 quads of a strip.", "found *quads, weights *int8, n int", "")
	found, weights, n := m.argument("found"), m.argument("weights"), m.argument("n")
	const ones = 0
	m.set(ones, m.constant(0x01010101))
	m.repeat(n, func() {
		m.room(found, 0, weights, 4, ones)
		m.room(found, 64, weights, 2, ones)
		m.add(found, 1)
		m.add(weights, 4*stripStep)
	})
	m.end()
}

// room stores the least of (32767 - 128*|sum(w)|) / |w|, w the weights of a lane in so
// many groups, rounded down, and 1; or 0 if it is negative, 255 if it is more. As sums
// of products are whole, it does not matter how the quotient was rounded.
func (m *x86) room(found gp, at int, weights gp, groups, ones vec) {
	const sum, square, part, size, room, top, lane = 1, 2, 3, 4, 5, 6, 7
	m.set(room, m.constant(math.Float32bits(254)))
	for first := 0; first < 4; first += int(groups) {
		for half := 0; half < stripStep; half += 32 {
			m.set(sum, m.constant(0))
			m.set(square, m.constant(0))
			for group := range int(groups) {
				m.load(part, weights, (first+group)*stripStep+half)
				m.emit("VPABSB Y%d, Y%d", part, size)
				m.emit("VPMADDUBSW Y%d, Y%d, Y%d", part, ones, part)
				m.emit("VPADDW Y%d, Y%d, Y%d", part, sum, sum)
				m.emit("VPMADDUBSW Y%d, Y%d, Y%d", size, size, size)
				m.emit("VPADDW Y%d, Y%d, Y%d", size, square, square)
			}
			m.emit("VPABSW Y%d, Y%d", sum, sum)
			for lanes := range 2 {
				m.set(top, m.constant(math.Float32bits(32767)))
				for _, of := range [][2]vec{{sum, part}, {square, size}} {
					m.emit("VEXTRACTI128 $%d, Y%d, X%d", lanes, of[0], lane)
					m.emit("VPMOVZXWD X%d, Y%d", lane, of[1])
					m.emit("VCVTDQ2PS Y%d, Y%d", of[1], of[1])
				}
				m.fnma(top, part, m.constant(math.Float32bits(128)))
				m.root(size, size)
				m.op(over, top, top, vec(size))
				m.op(least, room, top, vec(room))
			}
		}
	}
	m.emit("VEXTRACTF128 $1, Y%d, X%d", room, part)
	m.emit("VMINPS X%d, X%d, X%d", part, room, room)
	m.emit("VROUNDPS $1, X%d, X%d", room, room) // down
	m.emit("VCVTPS2DQ X%d, X%d", room, room)
	m.emit("VPCMPEQD X%d, X%d, X%d", part, part, part)
	m.emit("VPSUBD X%d, X%d, X%d", part, room, room) // less -1
	m.emit("VPACKUSDW X%d, X%d, X%d", room, room, room)
	m.emit("VPHMINPOSUW X%d, X%d", room, room)
	m.emit("VPEXTRB $0, X%d, %d(%s)", room, at, found)
}
