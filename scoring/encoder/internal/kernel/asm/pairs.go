package main

import "fmt"

// dotPairs is a tile of AVX2 over two groups at a time. Where they are not steep,
// see Survey of package kernel, the products of both are summed in the 16 bits
// that hold those of one, which saves a quarter of the multiplications.
func (m *x86) dotPairs(height int) {
	const vectors = 2
	m.tile(height, vectors, "Pairs", 2, func(rows rows, weights, steep gp, sum func(i, j int) vec) {
		apart, done := m.label(), m.label()
		m.emit("CMPB (%s), $0", steep)
		m.emit("JNE %s", apart)
		m.bothGroups(rows, weights, sum)
		m.emit("JMP %s", done)
		fmt.Fprintf(&m.body, "%s:\n", apart)
		for group := range 2 {
			m.group(rows, weights, group, vectors, sum, m.dotAVX2)
		}
		fmt.Fprintf(&m.body, "%s:\n", done)
		m.add(steep, 1)
	})
}

func (m *x86) bothGroups(rows rows, weights gp, sum func(i, j int) vec) {
	w := sum(len(rows), 0) // of group g and vector j: 2g + j
	a, b, c, d := w+4, w+5, w+6, w+7
	for i := range vec(4) {
		m.load(w+i, weights, int(i)/2*panelStep+int(i)%2*32)
	}
	for i := range rows {
		m.spreadFrom(a, rows, i, 0)
		m.spreadFrom(b, rows, i, 4)
		for _, of := range [][3]vec{{w, a, c}, {w + 1, a, a}, {w + 2, b, d}, {w + 3, b, b}} {
			m.emit("VPMADDUBSW Y%d, Y%d, Y%d", of[0], of[1], of[2])
		}
		for j, of := range [][2]vec{{c, d}, {a, b}} {
			m.emit("VPADDW Y%d, Y%d, Y%d", of[1], of[0], of[0])
			m.emit("VPMADDWD %s, Y%d, Y%d", m.constant(0x00010001), of[0], of[0])
			m.op(plusInt, sum(i, j), sum(i, j), of[0])
		}
	}
}

// survey takes twice the larger of the sums of positive and of negative codes to
// be that of all, less their signs, and the same with them.
func (m *x86) survey() {
	m.begin("survey16AVX2", "writes 1 for every two groups of 16 outputs that are steep, else 0.",
		"steep *uint8, weights *int8, pairs int", "")
	steep, weights, pairs, mask := m.argument("steep"), m.argument("weights"), m.argument("pairs"), m.take()
	const ones, limit, found, first, second, sizes = 0, 1, 2, 3, 4, 5
	m.set(ones, m.constant(0x01010101))
	m.set(limit, m.constant(0x01000100))
	m.repeat(pairs, func() {
		m.set(found, m.constant(0))
		for at := 0; at < 64; at += 32 {
			m.load(first, weights, at)
			m.load(second, weights, at+panelStep)
			m.emit("VPABSB Y%d, Y%d", first, sizes)
			m.emit("VPADDB Y%d, Y%d, Y%d", second, first, first)
			m.emit("VPABSB Y%d, Y%d", second, second)
			m.emit("VPADDB Y%d, Y%d, Y%d", second, sizes, sizes)
			m.emit("VPMADDUBSW Y%d, Y%d, Y%d", first, ones, first)
			m.emit("VPMADDUBSW Y%d, Y%d, Y%d", sizes, ones, sizes)
			m.emit("VPABSW Y%d, Y%d", first, first)
			m.emit("VPADDW Y%d, Y%d, Y%d", first, sizes, sizes)
			m.emit("VPCMPGTW Y%d, Y%d, Y%d", limit, sizes, sizes)
			m.emit("VPOR Y%d, Y%d, Y%d", sizes, found, found)
		}
		m.emit("VPMOVMSKB Y%d, %s", found, mask)
		m.emit("TESTL %s, %s", mask, mask)
		m.emit("SETNE (%s)", steep)
		m.add(steep, 1)
		m.add(weights, 2*panelStep)
	})
	m.end()
}
