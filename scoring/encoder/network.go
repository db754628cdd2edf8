package encoder

import (
	"fmt"
	"math"

	"tonewatch/scoring/encoder/internal/kernel"
)

// network is the encoder and its heads, read only once built: BERT's layers
// (Devlin et al. 2019) with MPNet's bias by relative position (Song et al.
// 2020), and what train/model.py puts on top.
type network struct {
	shape
	words      []int8    // vocabulary x hidden
	wordScale  []float32 // vocabulary
	places     []float32 // positions x hidden
	norm       layerNorm
	relative   []float32 // buckets x heads, empty for none
	layers     []layer
	tone       judge
	direction  judge
	tags       dense
	join       [2]join // of source, of cue
	kernels    kernel.Kernels
	rootOfHead float32 // 1/sqrt(width of a head)
}

type layerNorm struct{ weight, bias []float32 }

type layer struct {
	qkv, mix, up, down *kernel.Matrix
	norm1, norm2       layerNorm
}

// judge makes logits of the means of some places.
type judge struct {
	dense *kernel.Matrix
	out   dense
}

// dense is a matrix too small to be worth a kernel.
type dense struct {
	weight []float32 // outputs x inputs
	bias   []float32
}

// join scores the candidates of a content.
type join struct {
	content, candidate *kernel.Matrix
	none               dense
	distance, rank     []float32
}

const (
	tones      = 3
	directions = 5
	joinWidth  = 128                 // outputs of a join's matrices
	rootOfJoin = 0.08838834764831845 // 1/sqrt(joinWidth)
)

// newNetwork views the data of built as a network.
func newNetwork(built *weights, k kernel.Kernels) (*network, error) {
	v := &view{weights: built, kernels: k}
	s := v.Shape
	if err := s.check(); err != nil {
		return nil, err
	}
	n := &network{
		shape:      s,
		words:      v.i8("encoder.words.codes", s.Vocabulary, s.Hidden),
		wordScale:  v.f32("encoder.words.scale", s.Vocabulary),
		places:     v.f32("encoder.places.weight", s.Positions, s.Hidden),
		norm:       v.norm("encoder.norm", s.Hidden),
		tone:       v.judge("tone", s.Hidden, 2, tones),
		direction:  v.judge("direction", s.Hidden, 3, directions),
		tags:       v.dense("tags", tagsEach, s.Hidden),
		join:       [2]join{v.join("join.source", s), v.join("join.cue", s)},
		kernels:    k,
		rootOfHead: float32(1 / math.Sqrt(float64(s.Hidden/s.Heads))),
	}
	if s.Buckets > 0 {
		n.relative = v.f32("encoder.relative.weight", s.Buckets, s.Heads)
	}
	for i := range s.Layers {
		name := fmt.Sprintf("encoder.layers.%d.", i)
		n.layers = append(n.layers, layer{
			qkv:   v.matrix(name+"qkv", 3*s.Hidden, s.Hidden),
			mix:   v.matrix(name+"mix", s.Hidden, s.Hidden),
			up:    v.matrix(name+"up", s.Inner, s.Hidden),
			down:  v.matrix(name+"down", s.Hidden, s.Inner),
			norm1: v.norm(name+"norm1", s.Hidden),
			norm2: v.norm(name+"norm2", s.Hidden),
		})
	}
	return n, v.err
}

// check refuses a shape that the kernels or the tokens cannot live with.
func (s shape) check() error {
	const largest = 1 << 20
	for _, n := range []int{s.Vocabulary, s.Hidden, s.Inner, s.Layers, s.Middle, s.Heads, s.Positions, s.Reach, s.Ranks} {
		if n < 1 || n > largest {
			return fmt.Errorf("shape %+v: want each from 1 to %d", s, largest)
		}
	}
	switch {
	case s.Hidden%s.Heads != 0 || (s.Hidden/s.Heads)%16 != 0:
		return fmt.Errorf("shape: heads of %d/%d, want a multiple of 16", s.Hidden, s.Heads)
	case s.Reach%2 != 0:
		return fmt.Errorf("shape: %d distance buckets, want an even number", s.Reach)
	case s.Middle > s.Layers:
		return fmt.Errorf("shape: middle %d of %d layers", s.Middle, s.Layers)
	case s.Buckets < 0 || s.Buckets%4 != 0 || s.Buckets > largest:
		return fmt.Errorf("shape: %d buckets, want a multiple of 4", s.Buckets)
	}
	return nil
}

func (v *view) norm(name string, width int) layerNorm {
	return layerNorm{v.f32(name+".weight", width), v.f32(name+".bias", width)}
}

func (v *view) matrix(name string, outputs, inputs int) *kernel.Matrix {
	panels := (outputs + kernel.Panel - 1) / kernel.Panel
	groups := (inputs + kernel.Group - 1) / kernel.Group
	m := &kernel.Matrix{
		N: outputs, K: inputs,
		Codes: v.i8(name+".codes", panels, groups, kernel.Panel, kernel.Group),
		Scale: v.f32(name+".scale", outputs),
		Start: v.i32(name+".start", outputs),
		Bias:  v.f32(name+".bias", outputs),
	}
	if v.err == nil {
		v.kernels.Survey(m)
	}
	return m
}

func (v *view) dense(name string, outputs, inputs int) dense {
	return dense{v.f32(name+".weight", outputs, inputs), v.f32(name+".bias", outputs)}
}

func (v *view) judge(name string, hidden, places, classes int) judge {
	return judge{v.matrix(name+".dense", hidden, hidden*places), v.dense(name+".out", classes, hidden)}
}

func (v *view) join(name string, s shape) join {
	return join{
		content:   v.matrix(name+".content", joinWidth, 2*s.Hidden),
		candidate: v.matrix(name+".candidate", joinWidth, 2*s.Hidden),
		none:      v.dense(name+".none", 1, joinWidth),
		distance:  v.f32(name+".distance.weight", s.Reach, 1),
		rank:      v.f32(name+".rank.weight", s.Ranks, 1),
	}
}

// dot returns output i of d for one row of inputs.
func (d dense) dot(x []float32, i int) float32 {
	return dot(x, d.weight[i*len(x):(i+1)*len(x)]) + d.bias[i]
}

// dot has four sums, since each addition waits for the one before it. Conversions
// keep products from being fused with them, as they would be on some processors:
// every one is to read the same bits, see internal/kernel.
func dot(x, y []float32) float32 {
	var a, b, c, d float32
	y = y[:len(x)]
	i := 0
	for ; i+4 <= len(x); i += 4 {
		a += float32(x[i] * y[i])
		b += float32(x[i+1] * y[i+1])
		c += float32(x[i+2] * y[i+2])
		d += float32(x[i+3] * y[i+3])
	}
	for ; i < len(x); i++ {
		a += float32(x[i] * y[i])
	}
	return a + b + c + d
}

// bucket numbers the relative position of a key as seen from a query; see
// train/encoder.py.
func (s shape) bucket(queryMinusKey int) int {
	half := s.Buckets / 2
	exact := half / 2
	side, size := 0, queryMinusKey
	if size < 0 {
		side, size = half, -size
	}
	if size < exact {
		return side + size
	}
	const furthest = 128
	far := math.Log(float64(float32(size)/float32(exact))) / math.Log(furthest/float64(exact)) * float64(half-exact)
	return side + min(exact+int(far), half-1)
}
