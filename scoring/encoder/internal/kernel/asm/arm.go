package main

import (
	"fmt"
	"strconv"
)

// arm is NEON of ARMv8. Go's assembler lacks most of its arithmetic, so that
// instructions on vectors are spelled as words.
type arm struct {
	page
	constants map[uint32]vec // of the open function, from V31 down
}

func (m *arm) lanes() int           { return 4 }
func (m *arm) name(s string) string { return s + "NEON" }

// word emits an instruction of up to three registers, Rd the lowest.
func (m *arm) word(comment string, code uint32, d, n, second int) {
	m.emit("WORD $%#08x // %s", code|uint32(second)<<16|uint32(n)<<5|uint32(d), comment)
}

func (m *arm) three(name string, code uint32, d, n, second vec) {
	m.word(fmt.Sprintf("%s v%d, v%d, v%d", name, d, n, second), code, int(d), int(n), int(second))
}

func (m *arm) two(name string, code uint32, d, n vec) {
	m.word(fmt.Sprintf("%s v%d, v%d", name, d, n), code, int(d), int(n), 0)
}

func number(r gp) int {
	n, err := strconv.Atoi(string(r[1:]))
	if err != nil {
		panic(err)
	}
	return n
}

func (m *arm) begin(name, doc, params, result string) {
	m.open(name, doc, params, result)
	m.constants = map[uint32]vec{}
	m.pool = nil
	for i := range 16 {
		m.pool = append(m.pool, gp(fmt.Sprintf("R%d", i)))
	}
	m.pool = append(m.pool, "R19", "R20", "R21", "R22", "R23", "R24")
}

func (m *arm) end() { m.emit("RET") }

func (m *arm) argument(name string) gp {
	r := m.take()
	m.reload(r, name)
	return r
}

func (m *arm) reload(r gp, name string) { m.emit("MOVD %s, %s", m.frame(name), r) }

func (m *arm) floatArgument(v vec, of string) {
	m.emit("FMOVS %s, F%d", m.frame(of), v)
	m.everywhere(v)
}

// everywhere copies lane 0 to every lane.
func (m *arm) everywhere(v vec) {
	m.word(fmt.Sprintf("dup v%d.4s, v%d.s[0]", v, v), 0x4e040400, int(v), int(v), 0)
}

func (m *arm) giveBack(v vec) { m.emit("FMOVS F%d, %s", v, m.result) }

func (m *arm) load(v vec, p gp, offset int) {
	m.word(fmt.Sprintf("ldr q%d, [x%d, #%d]", v, number(p), offset), 0x3dc00000|uint32(offset/16)<<10, int(v), number(p), 0)
}

func (m *arm) store(v vec, p gp, offset int) {
	m.word(fmt.Sprintf("str q%d, [x%d, #%d]", v, number(p), offset), 0x3d800000|uint32(offset/16)<<10, int(v), number(p), 0)
}

func (m *arm) storeCodes(vs []vec, p gp) {
	m.three("uzp1.8h", 0x4e401800, vs[0], vs[0], vs[1])
	m.three("uzp1.8h", 0x4e401800, vs[2], vs[2], vs[3])
	m.three("uzp1.16b", 0x4e001800, vs[0], vs[0], vs[2])
	m.store(vs[0], p, 0)
}

func (m *arm) constant(bits uint32) operand {
	v, ok := m.constants[bits]
	if !ok {
		v = vec(31 - len(m.constants))
		m.constants[bits] = v
		m.emit("MOVW $%#08x, R25", bits)
		m.word(fmt.Sprintf("dup v%d.4s, w25", v), 0x4e040c00, int(v), 25, 0)
	}
	return v
}

func (m *arm) set(v vec, to operand) { m.three("mov.16b", 0x4ea01c00, v, to.(vec), to.(vec)) }

func (m *arm) hold(_ vec, c operand) operand { return c }

func (m *arm) op(o op, to, a vec, b operand) {
	name := [...]string{"fadd", "fsub", "fmul", "fdiv", "fmax", "fminnm", "and", "add"}[o]
	code := [...]uint32{0x4e20d400, 0x4ea0d400, 0x6e20dc00, 0x6e20fc00, 0x4e20f400, 0x4ea0c400, 0x4e201c00, 0x4ea08400}[o]
	m.three(name+".4s", code, to, a, b.(vec))
}

func (m *arm) fma(sum, a vec, b operand)  { m.three("fmla.4s", 0x4e20cc00, sum, a, b.(vec)) }
func (m *arm) fnma(sum, a vec, b operand) { m.three("fmls.4s", 0x4ea0cc00, sum, a, b.(vec)) }

func (m *arm) horner(p, spare, x vec, c operand) (vec, vec) {
	m.set(spare, c)
	m.fma(spare, p, x)
	return spare, p
}

func (m *arm) shift23(to, from vec) { m.two("shl.4s #23,", 0x4f375400, to, from) }
func (m *arm) root(to, from vec)    { m.two("fsqrt.4s", 0x6ea1f800, to, from) }

func (m *arm) across(o op, v, spare vec) {
	if o == most {
		m.two("fmaxv", 0x6e30f800, v, v)
		m.everywhere(v)
		return
	}
	m.three("ext.16b #8,", 0x6e004000, spare, v, v)
	m.op(plus, v, v, spare)
	m.three("faddp.4s", 0x6e20d400, v, v, v)
}

func (m *arm) add(r gp, n int)     { m.emit("ADD $%d, %s", n, r) }
func (m *arm) addRegister(r, n gp) { m.emit("ADD %s, %s", n, r) }

func (m *arm) scaled(r gp, size int) {
	if size == 4 {
		m.emit("LSL $2, %s, %s", r, r)
	}
}

func (m *arm) loop(n gp, step int, body func()) {
	top, done := m.label(), m.label()
	fmt.Fprintf(&m.body, "%s:\n", top)
	m.emit("CMP $%d, %s", step, n)
	m.emit("BLT %s", done)
	body()
	m.emit("SUB $%d, %s", step, n)
	m.emit("B %s", top)
	fmt.Fprintf(&m.body, "%s:\n", done)
}

func (m *arm) repeat(n gp, body func()) {
	top := m.label()
	fmt.Fprintf(&m.body, "%s:\n", top)
	body()
	m.emit("SUBS $1, %s, %s", n, n)
	m.emit("BNE %s", top)
}

// rows need a register each, which moves on as an element is read.
func (m *arm) rows(first, stride gp, size, n int) rows {
	m.scaled(stride, size)
	r := rows{string(first)}
	for i := 1; i < n; i++ {
		next := m.take()
		m.emit("ADD %s, %s, %s", stride, r[i-1], next)
		r = append(r, string(next))
	}
	return r
}

func (m *arm) spread(v vec, r rows, i int) {
	n := number(gp(r[i]))
	m.word(fmt.Sprintf("ld1r {v%d.4s}, [x%d], #4", v, n), 0x4ddfc800, int(v), n, 0)
}

func (m *arm) next(rows, int, int) {}

func (m *arm) turn() {
	m.begin(m.name("turn"), turnDoc, turnParams, "")
	to, width := m.argument("to"), m.argument("width")
	m.scaled(width, 4)
	from, stride, d := m.argument("from"), m.argument("stride"), m.argument("d")
	fs := m.rows(from, stride, 4, 8)
	m.loop(d, 4, func() {
		for i, r := range fs {
			m.loadNext(vec(i), r)
		}
		for half := range vec(2) { // of the rows
			v := half * 4
			for i, odd := range []vec{0, 0, 1, 1} {
				code, name := m.zip(i % 2)
				m.three(name, code, 16+v+vec(i), v+odd, v+odd+2)
			}
		}
		for i := range 4 { // rows of to
			code, name := m.zip(i % 2)
			for half := range vec(2) {
				v := 16 + half*4 + vec(i/2)
				m.three(name, code, 8, v, v+2)
				m.store(8, to, int(half)*16)
			}
			m.addRegister(to, width)
		}
	})
	m.end()
}

func (m *arm) zip(second int) (code uint32, name string) {
	if second == 1 {
		return 0x4e807800, "zip2.4s"
	}
	return 0x4e803800, "zip1.4s"
}

// loadNext loads from where a row's register points, and moves it on.
func (m *arm) loadNext(v vec, row string) {
	n := number(gp(row))
	m.word(fmt.Sprintf("ldr q%d, [x%d], #16", v, n), 0x3cc10400, int(v), n, 0)
}

func (m *arm) text() string { return "#include \"textflag.h\"\n" + m.body.String() }
