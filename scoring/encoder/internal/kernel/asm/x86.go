package main

import (
	"fmt"
	"strings"
)

// x86 is AVX2 with FMA, or AVX-512 where wide.
type x86 struct {
	page
	suffix    string
	wide      bool
	constants []uint32
}

func (m *x86) lanes() int {
	if m.wide {
		return 16
	}
	return 8
}

func (m *x86) name(s string) string { return s + m.suffix }

func (m *x86) v(v vec) string {
	if m.wide {
		return fmt.Sprintf("Z%d", v)
	}
	return fmt.Sprintf("Y%d", v)
}

func (m *x86) o(o operand) string {
	if v, ok := o.(vec); ok {
		return m.v(v)
	}
	return o.(string)
}

func (m *x86) begin(name, doc, params, result string) {
	m.open(name, doc, params, result)
	// Without SP, BP for stack traces, R14 and R15 for dynamic linking.
	m.pool = []gp{"AX", "BX", "CX", "DX", "SI", "DI", "R8", "R9", "R10", "R11", "R12", "R13"}
}

func (m *x86) end() {
	m.emit("VZEROUPPER")
	m.emit("RET")
}

func (m *x86) argument(name string) gp {
	r := m.take()
	m.reload(r, name)
	return r
}

func (m *x86) reload(r gp, name string) { m.emit("MOVQ %s, %s", m.frame(name), r) }

func (m *x86) floatArgument(v vec, of string) {
	m.emit("VBROADCASTSS %s, %s", m.frame(of), m.v(v))
}

func (m *x86) giveBack(v vec) { m.emit("VMOVSS X%d, %s", v, m.result) }

func (m *x86) load(v vec, p gp, offset int)  { m.emit("VMOVUPS %d(%s), %s", offset, p, m.v(v)) }
func (m *x86) store(v vec, p gp, offset int) { m.emit("VMOVUPS %s, %d(%s)", m.v(v), offset, p) }

func (m *x86) storeCodes(vs []vec, p gp) {
	if m.wide {
		m.emit("VPMOVDB Z%d, (%s)", vs[0], p)
		return
	}
	a, b := vs[0], vs[1]
	for _, v := range vs {
		m.op(and, v, v, m.constant(0xff))
	}
	m.emit("VPACKUSDW Y%d, Y%d, Y%d", b, a, a) // a0 b0 a1 b1, of four each
	m.emit("VPERMQ $0xd8, Y%d, Y%d", a, a)
	m.emit("VEXTRACTI128 $1, Y%d, X%d", a, b)
	m.emit("VPACKUSWB X%d, X%d, X%d", b, a, a)
	m.emit("VMOVDQU X%d, (%s)", a, p)
}

func (m *x86) constant(bits uint32) operand {
	i := 0
	for i < len(m.constants) && m.constants[i] != bits {
		i++
	}
	if i == len(m.constants) {
		m.constants = append(m.constants, bits)
	}
	return fmt.Sprintf("constants<>+%d(SB)", i*m.lanes()*4)
}

func (m *x86) set(v vec, to operand) { m.emit("VMOVUPS %s, %s", m.o(to), m.v(v)) }

func (m *x86) hold(spare vec, c operand) operand {
	m.set(spare, c)
	return spare
}

func (m *x86) op(o op, to, a vec, b operand) {
	name := [...]string{"VADDPS", "VSUBPS", "VMULPS", "VDIVPS", "VMAXPS", "VMINPS", "VANDPS", "VPADDD"}[o]
	m.emit("%s %s, %s, %s", name, m.o(b), m.v(a), m.v(to))
}

func (m *x86) fma(sum, a vec, b operand) {
	m.emit("VFMADD231PS %s, %s, %s", m.o(b), m.v(a), m.v(sum))
}

func (m *x86) fnma(sum, a vec, b operand) {
	m.emit("VFNMADD231PS %s, %s, %s", m.o(b), m.v(a), m.v(sum))
}

func (m *x86) horner(p, spare, x vec, c operand) (vec, vec) {
	m.emit("VFMADD213PS %s, %s, %s", m.o(c), m.v(x), m.v(p))
	return p, spare
}

func (m *x86) shift23(to, from vec) { m.emit("VPSLLD $23, %s, %s", m.v(from), m.v(to)) }
func (m *x86) root(to, from vec)    { m.emit("VSQRTPS %s, %s", m.v(from), m.v(to)) }

func (m *x86) across(o op, v, spare vec) {
	name := map[op]string{plus: "VADDPS", most: "VMAXPS"}[o]
	if m.wide {
		m.emit("VEXTRACTF64X4 $1, Z%d, Y%d", v, spare)
		m.emit("%s Y%d, Y%d, Y%d", name, spare, v, v)
	}
	m.emit("VEXTRACTF128 $1, Y%d, X%d", v, spare)
	m.emit("%s X%d, X%d, X%d", name, spare, v, v)
	for _, swap := range []string{"$0x4e", "$0xb1"} {
		m.emit("VPERMILPS %s, X%d, X%d", swap, v, spare)
		m.emit("%s X%d, X%d, X%d", name, spare, v, v)
	}
	m.emit("VBROADCASTSS X%d, %s", v, m.v(v))
}

func (m *x86) add(r gp, n int)     { m.emit("ADDQ $%d, %s", n, r) }
func (m *x86) addRegister(r, n gp) { m.emit("ADDQ %s, %s", n, r) }
func (m *x86) scaled(r gp, size int) {
	if shift := map[int]int{1: 0, 4: 2}[size]; shift > 0 {
		m.emit("SHLQ $%d, %s", shift, r)
	}
}

func (m *x86) loop(n gp, step int, body func()) {
	top, done := m.label(), m.label()
	fmt.Fprintf(&m.body, "%s:\n", top)
	m.emit("CMPQ %s, $%d", n, step)
	m.emit("JLT %s", done)
	body()
	m.emit("SUBQ $%d, %s", step, n)
	m.emit("JMP %s", top)
	fmt.Fprintf(&m.body, "%s:\n", done)
}

func (m *x86) repeat(n gp, body func()) {
	top := m.label()
	m.emit("PCALIGN $32")
	fmt.Fprintf(&m.body, "%s:\n", top)
	body()
	m.emit("DECQ %s", n)
	m.emit("JNZ %s", top)
}

// rows need a register every four, one for the stride and one for its triple.
func (m *x86) rows(first, stride gp, size, n int) rows {
	m.scaled(stride, size)
	var triple gp
	if n > 3 {
		triple = m.take()
		m.emit("LEAQ (%s)(%s*2), %s", stride, stride, triple)
	}
	base := first
	var r rows
	for i := range n {
		if i > 0 && i%4 == 0 {
			next := m.take()
			m.emit("LEAQ (%s)(%s*4), %s", base, stride, next)
			base = next
		}
		r = append(r, []string{
			fmt.Sprintf("(%s)", base),
			fmt.Sprintf("(%s)(%s*1)", base, stride),
			fmt.Sprintf("(%s)(%s*2)", base, stride),
			fmt.Sprintf("(%s)(%s*1)", base, triple),
		}[i%4])
	}
	return r
}

func (m *x86) spread(v vec, r rows, i int) { m.spreadFrom(v, r, i, 0) }

// spreadFrom spreads what lies so many bytes from the element.
func (m *x86) spreadFrom(v vec, r rows, i, offset int) {
	m.emit("VBROADCASTSS %d%s, %s", offset, r[i], m.v(v))
}

func (m *x86) next(r rows, n, size int) {
	for i := 0; i < len(r); i += 4 {
		m.add(gp(strings.Trim(r[i], "()")), n*size)
	}
}

// turn needs lanes of AVX2 alone: a lane takes 4 of the rows, and the upper one
// the other 4.
func (m *x86) turn() {
	m.begin(m.name("turn"), turnDoc, turnParams, "")
	to, width := m.argument("to"), m.argument("width")
	ts := m.rows(to, width, 4, 8)
	from, stride, d := m.argument("from"), m.argument("stride"), m.argument("d")
	fs := m.rows(from, stride, 4, 8)
	m.loop(d, 8, func() {
		for half := range 2 {
			for i := range 4 {
				m.emit("VMOVUPS %d%s, X%d", half*16, fs[i], i)
				m.emit("VINSERTF128 $1, %d%s, Y%d, Y%d", half*16, fs[i+4], i, i)
			}
			for i, join := range []string{"VUNPCKLPS Y1, Y0, Y4", "VUNPCKHPS Y1, Y0, Y5", "VUNPCKLPS Y3, Y2, Y6", "VUNPCKHPS Y3, Y2, Y7",
				"VUNPCKLPD Y6, Y4, Y0", "VUNPCKHPD Y6, Y4, Y1", "VUNPCKLPD Y7, Y5, Y2", "VUNPCKHPD Y7, Y5, Y3"} {
				m.emit("%s", join)
				if i >= 4 {
					m.emit("VMOVUPS Y%d, %s", i-4, ts[half*4+i-4])
				}
			}
		}
		m.next(fs, 8, 4)
		for _, base := range []string{ts[0], ts[4]} {
			m.emit("LEAQ (%s)(%s*8), %s", strings.Trim(base, "()"), width, strings.Trim(base, "()"))
		}
	})
	m.end()
}

func (m *x86) text() string {
	var s strings.Builder
	s.WriteString("#include \"textflag.h\"\n\n")
	for i, bits := range m.constants {
		for at := 0; at < m.lanes()*4; at += 8 {
			fmt.Fprintf(&s, "DATA constants<>+%d(SB)/8, $%#08x%08x\n", i*m.lanes()*4+at, bits, bits)
		}
	}
	if len(m.constants) > 0 {
		fmt.Fprintf(&s, "GLOBL constants<>(SB), RODATA|NOPTR, $%d\n", len(m.constants)*m.lanes()*4)
	}
	return s.String() + m.body.String()
}
