package main

import "fmt"

// A tile of the product of bytes: rows of activations by strips of weights.
const (
	dotParams = "tiles int, y *float32, yStride int, codes *uint8, stride int, weights *int8, groups int, start *int32, scale, bias, rowScale *float32, ahead, step int"
	dotDoc    = "is tiles of Mul below one another, %d rows by %d outputs each."
	stripStep = 16 * 4 // bytes from a group of 4 inputs to the next
)

// dot is a tile of x86; add puts the products of activations a and weights w on sum.
func (m *x86) dot(height, vectors int, suffix string, add func(sum, a, w vec)) {
	m.tile(height, vectors, suffix, dotParams, func(t *dotTile) {
		start, step := m.argument("start"), m.argument("step")
		for j := range vectors {
			m.load(t.sum(0, j), start, j*m.lanes()*4)
			for i := 1; i < height; i++ {
				m.set(t.sum(i, j), t.sum(0, j))
			}
		}
		w := t.sum(height, 0)
		a := w + vec(vectors)
		m.repeat(t.groups, func() {
			for j := range vectors {
				at := j * m.lanes() * 4
				m.emit("VMOVUPS %d%s, %s", at%stripStep, t.strips[at/stripStep], m.v(w+vec(j)))
			}
			for i := range t.rows {
				m.spread(a, t.rows, i)
				for j := range vectors {
					add(t.sum(i, j), a, w+vec(j))
				}
			}
			m.emit("PREFETCHT1 (%s)", t.ahead)
			m.addRegister(t.ahead, step)
			m.next(t.strips, stripStep, 1)
			m.next(t.rows, 4, 1)
		})
	})
}

// dotTile is where a tile of x86 finds what it reads.
type dotTile struct {
	rows, strips           rows
	weights, groups, ahead gp
	sum                    func(i, j int) vec
}

// tile is tiles of x86; loop leaves the products of all groups in the sums. Arguments
// move on, where they lie, from a tile to the next.
func (m *x86) tile(height, vectors int, suffix, params string, loop func(t *dotTile)) {
	m.begin(fmt.Sprintf("dot%dx%d%s", height, vectors*m.lanes(), suffix), fmt.Sprintf(dotDoc, height, vectors*m.lanes()), params, "")
	all, top := m.pool, m.label()
	fmt.Fprintf(&m.body, "%s:\n", top)
	codes, stride := m.argument("codes"), m.argument("stride")
	t := &dotTile{rows: m.rows(codes, stride, 1, height)}
	t.weights, t.groups, t.ahead = m.argument("weights"), m.argument("groups"), m.argument("ahead")
	t.strips = m.strips(t.weights, t.groups, vectors)
	t.sum = func(i, j int) vec { return vec(i*vectors + j) }
	m.addRegister(t.ahead, t.weights)
	loop(t)
	m.emit("SUBQ %s, %s", m.frame("weights"), t.ahead)
	m.emit("MOVQ %s, %s", t.ahead, m.frame("ahead"))

	m.pool = all
	y, yStride, rowScale := m.argument("y"), m.argument("yStride"), m.argument("rowScale")
	scale, bias := m.argument("scale"), m.argument("bias")
	m.scaled(yStride, 4)
	one, both := t.sum(height, 0), t.sum(height, 0)+1
	for i := range height {
		m.emit("VBROADCASTSS %d(%s), %s", i*4, rowScale, m.v(one))
		for j := range vectors {
			s, at := t.sum(i, j), j*m.lanes()*4
			m.emit("VCVTDQ2PS %s, %s", m.v(s), m.v(s))
			m.op(times, both, one, fmt.Sprintf("%d(%s)", at, scale))
			m.horner(s, s, both, fmt.Sprintf("%d(%s)", at, bias))
			m.store(s, y, at)
		}
		m.addRegister(y, yStride)
	}
	m.emit("MOVQ %s, %s", y, m.frame("y"))
	m.emit("ADDQ $%d, %s", height*4, m.frame("rowScale"))
	below := m.argument("stride")
	m.emit("IMUL3Q $%d, %s, %s", height, below, below)
	m.emit("ADDQ %s, %s", below, m.frame("codes"))
	m.emit("DECQ %s", m.frame("tiles"))
	m.emit("JNZ %s", top)
	m.end()
}

// strips are the addresses of as many strips of weights as vectors take.
func (m *x86) strips(weights, groups gp, vectors int) rows {
	n := vectors * m.lanes() * 4 / stripStep
	if n == 1 {
		return rows{fmt.Sprintf("(%s)", weights)}
	}
	size := m.take()
	m.emit("MOVQ %s, %s", groups, size)
	m.emit("SHLQ $6, %s", size) // of a strip: groups*stripStep
	return m.rows(weights, size, 1, n)
}

// dotAVX512 is one instruction.
func (m *x86) dotAVX512(sum, a, w vec) { m.emit("VPDPBUSD Z%d, Z%d, Z%d", w, a, sum) }

// dotVNNI is the same in its VEX form, which Go's assembler lacks.
func (m *x86) dotVNNI(sum, a, w vec) {
	m.emit("BYTE $0xc4; BYTE $%#02x; BYTE $%#02x; BYTE $0x50; BYTE $%#02x // vpdpbusd ymm%d, ymm%d, ymm%d",
		(^sum>>3&1)<<7|1<<6|(^w>>3&1)<<5|2, (^a&15)<<3|1<<2|1, 0xc0|(sum&7)<<3|w&7, sum, a, w)
}

// dotAVX2 sums pairs to 16 bits and pairs of those to 32.
func (m *x86) dotAVX2(sum, a, w vec) {
	const pairs = 15
	m.emit("VPMADDUBSW Y%d, Y%d, Y%d", w, a, pairs)
	m.emit("VPMADDWD %s, Y%d, Y%d", m.constant(0x00010001), pairs, pairs)
	m.emit("VPADDD Y%d, Y%d, Y%d", pairs, sum, sum)
}

// dot is a tile of NEON, 16 outputs wide, over 4 groups at a time. Activations
// lose their 128 as they are read, so that sums start from 0.
func (m *arm) dot(height int, wide bool) {
	const vectors = 4
	suffix, halves := "NEON", 2
	if wide {
		suffix, halves = "Dotprod", 1
	}
	m.begin(fmt.Sprintf("dot%dx16%s", height, suffix), fmt.Sprintf(dotDoc, height, 16), dotParams, "")
	all, top := m.pool, m.label()
	fmt.Fprintf(&m.body, "%s:\n", top)
	codes, stride := m.argument("codes"), m.argument("stride")
	rows := m.rows(codes, stride, 1, height)
	weights, groups := m.argument("weights"), m.argument("groups")
	m.emit("LSR $2, %s, %s", groups, groups)
	ahead, step := m.argument("ahead"), m.argument("step")
	m.addRegister(ahead, weights)
	m.scaled(step, 4)
	sign := m.constant(0x80808080)
	sums := vec(height * vectors * halves)
	sum := func(i, j int) vec { return vec((i*vectors + j) * halves) }
	for i := range sums {
		m.exclusive(i, i, i)
	}
	m.repeat(groups, func() {
		if wide {
			m.dotprodStep(rows, weights, sums, sign.(vec), sum)
		} else {
			m.neonStep(rows, weights, sums, sign.(vec), sum)
		}
		m.emit("PRFM (%s), PLDL2KEEP", ahead)
		m.addRegister(ahead, step)
		m.add(weights, 4*stripStep)
	})
	m.reload(weights, "weights")
	m.emit("SUB %s, %s", weights, ahead)
	m.emit("MOVD %s, %s", ahead, m.frame("ahead"))
	m.pool = all
	m.finish(height, sums, wide, sum)
	tiles := m.argument("tiles")
	m.emit("SUBS $1, %s, %s", tiles, tiles)
	m.emit("MOVD %s, %s", tiles, m.frame("tiles"))
	m.emit("BNE %s", top)
	m.end()
}

// finish stores the outputs of a tile and has the arguments of the next.
func (m *arm) finish(height int, free vec, wide bool, sum func(i, j int) vec) {
	pool := m.pool
	y, yStride, rowScale := m.argument("y"), m.argument("yStride"), m.argument("rowScale")
	scale, bias := m.argument("scale"), m.argument("bias")
	codes, stride := m.argument("codes"), m.argument("stride")
	m.scaled(yStride, 4)
	one, both, to := free, free+1, free+2
	for i := range height {
		m.spread(one, []string{string(rowScale)}, 0)
		for j := range 4 {
			s := sum(i, j)
			if !wide {
				m.three("addp.4s", 0x4ea0bc00, s, s, s+1)
			}
			m.two("scvtf.4s", 0x4e21d800, s, s)
			m.load(both, scale, j*16)
			m.op(times, both, both, one)
			m.load(to, bias, j*16)
			m.fma(to, s, both)
			m.store(to, y, j*16)
		}
		m.addRegister(y, yStride)
		m.addRegister(codes, stride)
	}
	m.emit("MOVD %s, %s", y, m.frame("y"))
	m.emit("MOVD %s, %s", rowScale, m.frame("rowScale"))
	m.emit("MOVD %s, %s", codes, m.frame("codes"))
	m.pool = pool
}

func (m *arm) exclusive(d, n, second vec) { m.three("eor.16b", 0x6e201c00, d, n, second) }

// activations loads 16 codes of every row and makes them signed.
func (m *arm) activations(rows rows, first, sign vec) {
	for i, r := range rows {
		v := first + vec(i)
		m.loadNext(v, r)
		m.exclusive(v, v, sign)
	}
}

func (m *arm) dotprodStep(rows rows, weights gp, free, sign vec, sum func(i, j int) vec) {
	m.activations(rows, free, sign)
	w := free + vec(len(rows))
	for group := range 4 {
		for j := range 4 {
			m.load(w+vec(j), weights, group*stripStep+j*16)
		}
		for i := range rows {
			a := free + vec(i)
			for j := range 4 {
				s := sum(i, j)
				m.word(fmt.Sprintf("sdot v%d.4s, v%d.16b, v%d.4b[%d]", s, w+vec(j), a, group),
					0x4f80e000|uint32(group&1)<<21|uint32(group>>1)<<11, int(s), int(w)+j, int(a))
			}
		}
	}
}

// neonStep sums the products of 4 groups in 16 bits, which hold 4 * 128 * 63, and
// pairs of those in 32: a sum is two registers of two halves an output.
func (m *arm) neonStep(rows rows, weights gp, free, sign vec, sum func(i, j int) vec) {
	m.activations(rows, free, sign)
	a, w := free, free+vec(4*len(rows))
	products := w + 4
	for i := len(rows) - 1; i >= 0; i-- { // Row i's 4 groups from register 4i on.
		for group := 3; group >= 0; group-- {
			m.word(fmt.Sprintf("dup v%d.4s, v%d.s[%d]", int(a)+4*i+group, int(a)+i, group),
				0x4e000400|uint32(group<<3|4)<<16, int(a)+4*i+group, int(a)+i, 0)
		}
	}
	for j := range 4 {
		for group := range 4 {
			m.load(w+vec(group), weights, group*stripStep+j*16)
		}
		for i := range rows {
			for half := range 2 {
				name, mul, add := "", uint32(0x0e20c000), uint32(0x0e208000)
				if half == 1 {
					name, mul, add = "2", 0x4e20c000, 0x4e208000
				}
				m.three("smull"+name, mul, products, w, a+vec(4*i))
				for group := vec(1); group < 4; group++ {
					m.three("smlal"+name, add, products, w+group, a+vec(4*i)+group)
				}
				m.two("sadalp.4s", 0x4e606800, sum(i, j)+vec(half), products)
			}
		}
	}
}
