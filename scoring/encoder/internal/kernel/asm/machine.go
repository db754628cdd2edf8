package main

import (
	"fmt"
	"strings"
)

// machine is one instruction set's spelling of what the loops are made of. A
// vector holds lanes float32 or int32.
type machine interface {
	frame
	memory
	arithmetic
	control
	matrix

	lanes() int
	text() string  // of the file of assembly
	stubs() string // the declarations in Go
}

type frame interface {
	// name is a function's, with the suffix of the instruction set.
	name(string) string
	// begin opens a function of the given signature in Go; end closes it.
	begin(name, doc, params, result string)
	end()

	argument(name string) gp // in a register
	reload(r gp, name string)
	floatArgument(v vec, of string) // in every lane
	giveBack(v vec)                 // lane 0 is the result
}

type memory interface {
	load(v vec, p gp, offset int)
	store(v vec, p gp, offset int)
	// storeCodes stores the lowest byte of every lane of vs, 16 lanes, and
	// spoils vs.
	storeCodes(vs []vec, p gp)

	// constant is good until the end of the function.
	constant(bits uint32) operand
	// hold is c in a register, spare if it is in none: worth it where c is used more
	// than once, since a processor loads no faster than it multiplies.
	hold(spare vec, c operand) operand
}

type arithmetic interface {
	set(v vec, to operand)
	op(o op, to, a vec, b operand) // least is b where a is NaN
	fma(sum, a vec, b operand)     // sum += a*b
	fnma(sum, a vec, b operand)    // sum -= a*b
	// horner is p*x + c, in the first of what it returns; the second is spare.
	horner(p, spare, x vec, c operand) (vec, vec)
	shift23(to, from vec)
	root(to, from vec)
	// across folds the lanes by halves, each to their sum or to the most of them,
	// into every lane.
	across(o op, v, spare vec)
}

type control interface {
	add(r gp, n int)
	addRegister(r, n gp)
	scaled(r gp, size int) // r *= size
	// loop runs body as long as at least step is left of n, and takes it off.
	loop(n gp, step int, body func())
	// repeat runs body n times, at least once.
	repeat(n gp, body func())
}

type matrix interface {
	// rows are the addresses of consecutive rows; a stride is in elements, and
	// spoilt.
	rows(first, stride gp, size, n int) rows
	spread(v vec, r rows, i int) // an element of row i in every lane
	next(r rows, n, size int)    // n elements on, where spread does not go on itself
	// turn is a function that transposes 8 rows.
	turn()
}

type (
	vec     int
	gp      string
	operand interface{} // a vec, or what constant returns
	op      int
	rows    []string
)

const (
	plus op = iota
	minus
	times
	over
	most
	least
	and
	plusInt
)

const (
	turnParams = "to *float32, width int, from *float32, stride, d int"
	turnDoc    = "makes 8 columns, in rows of width, of 8 rows of d elements."
)

// page is the text of one file of assembly and of its declarations in Go.
type page struct {
	body, declared strings.Builder
	labels         int
	offsets        map[string]int // of the open function's arguments
	result         string         // its offset
	pool           []gp           // registers left
	locals         int            // bytes on the stack of the next function to open
}

func (p *page) emit(format string, args ...any) {
	fmt.Fprintf(&p.body, "\t"+format+"\n", args...)
}

func (p *page) label() string {
	p.labels++
	return fmt.Sprintf("l%d", p.labels)
}

func (p *page) take() gp {
	r := p.pool[0]
	p.pool = p.pool[1:]
	return r
}

// open lays out the frame as Go's stack calling convention does, and declares.
func (p *page) open(name, doc, params, result string) {
	sizes := map[string][2]int{"int": {8, 8}, "float32": {4, 4}} // size, alignment
	p.offsets = map[string]int{}
	at := 0
	fields := strings.Split(params, ", ")
	kind := ""
	for i := len(fields) - 1; i >= 0; i-- { // "a, b int" gives both the kind
		name, k, has := strings.Cut(fields[i], " ")
		if has {
			kind = k
		}
		fields[i] = name + " " + kind
	}
	for _, f := range fields {
		name, kind, _ := strings.Cut(f, " ")
		size, ok := sizes[kind]
		switch {
		case strings.HasPrefix(kind, "[]"):
			at = (at + 7) &^ 7
			p.offsets[name+"_base"], p.offsets[name+"_len"] = at, at+8
			at += 24
			continue
		case strings.HasPrefix(kind, "*"):
			size = sizes["int"]
		case !ok:
			panic("kind " + kind)
		}
		at = (at + size[1] - 1) &^ (size[1] - 1)
		p.offsets[name] = at
		at += size[0]
	}
	if result != "" {
		at = (at + 7) &^ 7
		p.result = fmt.Sprintf("ret+%d(FP)", at)
		at += sizes[result][0]
		result = " " + result
	}
	fmt.Fprintf(&p.body, "\n// func %s(%s)%s\nTEXT ·%s(SB), NOSPLIT, $%d-%d\n", name, params, result, name, p.locals, at)
	p.locals = 0
	fmt.Fprintf(&p.declared, "\n// %s %s\n//\n//go:noescape\nfunc %s(%s)%s\n", name, doc, name, params, result)
}

func (p *page) frame(name string) string {
	at, ok := p.offsets[name]
	if !ok {
		panic("argument " + name)
	}
	return fmt.Sprintf("%s+%d(FP)", name, at)
}

func (p *page) stubs() string { return p.declared.String() }
