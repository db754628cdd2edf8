//go:build amd64 || arm64

package kernel

import "math"

// loops is the assembly of one instruction set. What a loop cannot take for its
// shape goes to the portable functions.
type loops struct {
	// Of one row, a multiple of grain long.
	maxAbs   func(x []float32) float32
	encode   func(codes []uint8, x []float32, inverse float32)
	gelu     func(x []float32)
	scaleAdd func(x, y []float32, scale float32) // x = x*scale + y
	norm     func(x, residual, weight, bias []float32, overWidth, epsilon float32)
	softmax  func(x, edge []float32, scale float32) // of min(x, edge)*scale
	// turn makes 8 columns, in rows of width, of 8 rows of d elements; d is a
	// multiple of 8.
	turn func(to *float32, width int, from *float32, stride, d int)

	// tiles are of a product of floats, the widest first, then the highest; the
	// last is one row by grain columns. Strides are in elements; rows of b follow
	// one another.
	tiles []tile
	// dots are of a product of bytes, the highest first, all of the same width;
	// the last is one row.
	dots []dot
	// dotInputs is what they need K to be a multiple of.
	dotInputs int
}

type tile struct {
	rows, columns int
	run           func(c *float32, cStride int, a *float32, aStride int, b *float32, k int)
}

type dot struct {
	rows, columns int
	run           func(tiles int, y *float32, yStride int, codes *uint8, stride int, weights *int8, groups int, start *int32, scale, bias, rowScale *float32, ahead, step int)
}

func (l *loops) kernels(name string) Kernels {
	return Kernels{Name: name, Quantise: l.quantise, Survey: func(*Matrix) {}, Mul: l.mul, GELU: l.geluAny, AddNorm: l.addNorm, Attend: l.attend}
}

func (l *loops) quantise(codes []uint8, scale, x []float32, rows, k int) {
	if k%grain != 0 {
		quantise(codes, scale, x, rows, k)
		return
	}
	for r := range rows {
		row := x[r*k : (r+1)*k]
		l.encode(codes[r*k:(r+1)*k], row, inverse(&scale[r], l.maxAbs(row)))
	}
}

// block is how many bytes of activations every panel of weights meets before the
// next panel is read: both stay in a cache of 512 KB.
const block = 256 << 10

// mul has all weights fetched from memory, evenly, while those of a panel before
// are multiplied: a pass of one sentence would otherwise wait for most of them. In a
// file the matrix that follows is the one that is needed next, so that fetching may
// run on beyond the last panel.
func (l *loops) mul(y []float32, m *Matrix, codes []uint8, scale []float32, rows int) {
	k, high, columns := roundUp(m.K, Group), l.dots[0].rows, l.dots[0].columns
	whole := m.N / columns * columns
	if m.K%l.dotInputs != 0 {
		whole = 0
	}
	step := max(block/k/high, 1) * high
	for from := 0; from < rows; from += step {
		to := min(from+step, rows)
		tiles := roundUp(to-from, high) / high
		fetched := roundUp(columns*Group, tiles) / tiles // a group of a tile
		for n := 0; n < whole; n += columns {
			ahead := k * Panel
			for r := from; r < to; {
				d := highest(l.dots, to-r)
				tiles := (to - r) / d.rows
				d.run(tiles, &y[r*m.N+n], m.N, &codes[r*k], k, &m.Codes[n*k], k/Group, &m.Start[n], &m.Scale[n], &m.Bias[n], &scale[r], ahead, fetched)
				ahead += tiles * k / Group * fetched
				r += tiles * d.rows
			}
		}
	}
	mulFrom(whole, y, m, codes, scale, rows)
}

func highest(dots []dot, rows int) *dot {
	i := 0
	for dots[i].rows > rows {
		i++
	}
	return &dots[i]
}

func (l *loops) geluAny(x []float32) {
	whole := len(x) / grain * grain
	l.gelu(x[:whole])
	gelu(x[whole:])
}

func (l *loops) addNorm(x, residual, weight, bias []float32, width int, epsilon float32) {
	if width%grain != 0 {
		addNorm(x, residual, weight, bias, width, epsilon)
		return
	}
	for from := 0; from < len(x); from += width {
		l.norm(x[from:from+width], residual[from:from+width], weight[:width], bias[:width], 1/float32(width), epsilon)
	}
}

// attend copies keys, transposed, and values into panels as wide as a tile, which
// a tile reads from one end to the other; rows of the encoder's own matrices lie
// at strides at which caches hold few of them. It goes through the queries as
// many at a time as a tile is high.
func (l *loops) attend(out []float32, outStride int, q, k, v []float32, stride, n, d int, scale float32, bias, scratch []float32) {
	if d%grain != 0 {
		attend(out, outStride, q, k, v, stride, n, d, scale, bias, scratch)
		return
	}
	wide, high := roundUp(n, grain), l.tiles[0].rows
	cut := func(length int) (part []float32) {
		part, scratch = scratch[:length], scratch[length:]
		return part
	}
	keys, values, scores, edge, last := cut(d*wide), cut(d*wide), cut(high*wide), cut(wide), cut(wide)
	l.packKeys(keys, k, stride, n, d)
	l.packValues(values, v, stride, n, d)
	for j := range edge {
		edge[j] = math.MaxFloat32
		if j >= n {
			edge[j] = -math.MaxFloat32 // No key: its weight is as good as 0.
		}
	}
	for from := 0; from < n; from += high {
		rows := min(high, n-from)
		l.product(scores, wide, q[from*stride:], stride, keys, rows, wide, d)
		factor := scale
		if bias != nil {
			for r := range rows {
				// What is beyond a row does not matter, but must be there.
				row := bias[n-1-from-r:]
				if len(row) < wide {
					copy(last, row[:n])
					row = last
				}
				l.scaleAdd(scores[r*wide:(r+1)*wide], row, scale)
			}
			factor = 1
		}
		for r := range rows {
			l.softmax(scores[r*wide:(r+1)*wide], edge, factor)
		}
		l.product(out[from*outStride:], outStride, scores, wide, values, rows, d, n)
	}
}

// packKeys makes panels of keys, one element a row.
func (l *loops) packKeys(panels, k []float32, stride, n, d int) {
	for first := 0; first < n; {
		width := largest(l.tiles, 1, roundUp(n-first, grain)).columns
		panel, last, j := panels[first*d:], min(first+width, n), first
		for ; j+8 <= last; j += 8 {
			l.turn(&panel[j-first], width, &k[j*stride], stride, d)
		}
		for ; j < last; j++ {
			for t, x := range k[j*stride : j*stride+d] {
				panel[t*width+j-first] = x
			}
		}
		first += width
	}
}

// packValues makes panels of values, one token a row.
func (l *loops) packValues(panels, v []float32, stride, n, d int) {
	for first := 0; first < d; {
		width := largest(l.tiles, 1, d-first).columns
		panel := panels[first*n : (first+width)*n]
		for j := range n {
			copy(panel[j*width:(j+1)*width], v[j*stride+first:])
		}
		first += width
	}
}

// product is c = a b, b in panels, columns a multiple of grain.
func (l *loops) product(c []float32, cStride int, a []float32, aStride int, b []float32, rows, columns, depth int) {
	for column := 0; column < columns; {
		var t *tile
		for r := 0; r < rows; r += t.rows {
			t = largest(l.tiles, rows-r, columns-column)
			t.run(&c[r*cStride+column], cStride, &a[r*aStride], aStride, &b[column*depth], depth)
		}
		column += t.columns
	}
}

func largest(tiles []tile, rows, columns int) *tile {
	i := 0
	for tiles[i].columns > columns || tiles[i].rows > rows {
		i++
	}
	return &tiles[i]
}
