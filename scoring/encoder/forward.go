package encoder

import (
	"slices"

	"tonewatch/scoring/encoder/internal/kernel"
)

// workspace is what one pass through a network needs beside the weights. It
// grows to the largest pass that it has seen; then nothing is allocated.
type workspace struct {
	x, y    []float32 // tokens x hidden
	qkv     []float32 // tokens x 3 hidden
	mixed   []float32 // tokens x hidden
	up      []float32 // tokens x inner
	codes   []uint8   // tokens x the widest input
	scale   []float32 // tokens
	offsets []float32 // heads x positions from furthest left to furthest right
	scratch []float32 // of the kernels
	means   []float32 // what judges read
	hidden  []float32 // what judges think
	logits  []float32 // of one judge
	tags    []float32 // of one window, tokens x tagsEach

	contents   []float32 // of a join, spans x joinWidth
	candidates []float32
	ofSources  []float32 // contents x none and candidates
	ofCues     []float32
	ranks      []int // of the candidates

	sequences [][]int32
}

// room returns s with n elements, whatever they hold.
func room[T any](s *[]T, n int) []T {
	*s = slices.Grow((*s)[:0], n)[:n]
	return *s
}

// forward runs sequences of tokens through the first layers and returns the
// states of all their tokens, one row of hidden a token, valid until the
// workspace is used again. Sequences share every matrix product and nothing
// else: each is answered as if alone.
func (n *network) forward(w *workspace, sequences [][]int32, layers int) []float32 {
	tokens, longest := 0, 0
	for _, s := range sequences {
		tokens += len(s)
		longest = max(longest, len(s))
	}
	h, k := n.Hidden, &n.kernels
	x, y := room(&w.x, tokens*h), room(&w.y, tokens*h)
	qkv, mixed, up := room(&w.qkv, tokens*3*h), room(&w.mixed, tokens*h), room(&w.up, tokens*n.Inner)
	codes, scale := room(&w.codes, tokens*((max(h, n.Inner)+3)&^3)), room(&w.scale, tokens)

	n.embed(x, sequences)
	n.spread(w, longest)
	for i := range n.layers[:layers] {
		l := &n.layers[i]
		k.Quantise(codes, scale, x, tokens, h)
		k.Mul(qkv, l.qkv, codes, scale, tokens)
		n.attend(w, mixed, qkv, sequences, longest)
		k.Quantise(codes, scale, mixed, tokens, h)
		k.Mul(y, l.mix, codes, scale, tokens)
		k.AddNorm(y, x, l.norm1.weight, l.norm1.bias, h, n.Epsilon)

		k.Quantise(codes, scale, y, tokens, h)
		k.Mul(up, l.up, codes, scale, tokens)
		k.GELU(up)
		k.Quantise(codes, scale, up, tokens, n.Inner)
		k.Mul(x, l.down, codes, scale, tokens)
		k.AddNorm(x, y, l.norm2.weight, l.norm2.bias, h, n.Epsilon)
	}
	return x
}

// embed writes the sum of word and place of every token, normed.
func (n *network) embed(x []float32, sequences [][]int32) {
	h := n.Hidden
	for _, s := range sequences {
		for i, id := range s {
			to, word, scale := x[i*h:(i+1)*h], n.words[int(id)*h:(int(id)+1)*h], n.wordScale[id]
			for j := range to {
				to[j] = float32(word[j]) * scale
			}
		}
		n.kernels.AddNorm(x[:len(s)*h], n.places, n.norm.weight, n.norm.bias, h, n.Epsilon)
		x = x[len(s)*h:]
	}
}

// spread lays out the bias of every head by relative position, key minus
// query, from 1-longest to longest-1.
func (n *network) spread(w *workspace, longest int) {
	if n.Buckets == 0 {
		return
	}
	width := 2*longest - 1
	offsets := room(&w.offsets, n.Heads*width)
	for at := range width {
		b := n.bucket(longest - 1 - at)
		for head := range n.Heads {
			offsets[head*width+at] = n.relative[b*n.Heads+head]
		}
	}
}

// attend mixes the values of each sequence, head by head.
func (n *network) attend(w *workspace, out, qkv []float32, sequences [][]int32, longest int) {
	h, wide := n.Hidden, 3*n.Hidden
	d := h / n.Heads
	scratch := room(&w.scratch, kernel.Scratch(longest, d))
	for head := range n.Heads {
		row := 0
		var bias []float32
		for _, s := range sequences {
			if n.Buckets > 0 {
				bias = w.offsets[head*(2*longest-1)+longest-len(s):][:2*len(s)-1]
			}
			from := qkv[row*wide:]
			n.kernels.Attend(out[row*h+head*d:], h, from[head*d:], from[h+head*d:], from[2*h+head*d:], wide, len(s), d, n.rootOfHead, bias, scratch)
			row += len(s)
		}
	}
}

// mean writes the mean of rows [first, last) of x, each as long as to.
func mean(to, x []float32, first, last int) {
	clear(to)
	for row := first; row < last; row++ {
		for i, v := range x[row*len(to) : (row+1)*len(to)] {
			to[i] += v
		}
	}
	for i := range to {
		to[i] /= float32(last - first)
	}
}
