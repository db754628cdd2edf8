// Package encoder is the targeted engine: a MPNet encoder of twelve layers in
// int8, trained to tell the tone toward one target of a sentence, the direction
// of tone between two, and who says what in an article. train/ is how it was
// made and how well it does.
//
// Read in this order: [Engine] and its Score, attribute.go, forward.go,
// network.go; wordpiece.go, passage.go, edge.go and window.go are text on its way
// in, tag.go and decode.go what tags mean, weights.go the file, internal/kernel the numbers.
//
// A target is marked and costs a pass of its own, so a sentence with five
// actors costs five sentences; a pair costs one more. Attribution reads the
// whole article, in windows that overlap, through half of the layers. All of it
// is linear in the length of the text.
//
// Limits: English. Of a sentence above 256 tokens the part around the target is
// read, of a text above [MaxAttributed] tokens the first so many are attributed
// and the rest is the outlet's narration. A window holds 254 tokens: a source
// further than that from its content is not found.
package encoder

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"tonewatch/scoring"
	"tonewatch/scoring/encoder/internal/kernel"
)

// The weights that are built in; weights/README.md tells what they are.
var (
	//go:embed weights/tonewatch.weights.0
	part0 []byte
	//go:embed weights/tonewatch.weights.1
	part1 []byte
)

// builtIn unpacks them once, for all engines of the process.
var builtIn = sync.OnceValues(func() (*weights, error) {
	w, err := readWeights(part0, part1)
	if err != nil {
		return nil, err
	}
	return w, w.arrange()
})

// perPass is how many tokens go through the network at once: enough to read
// each weight for many rows, few enough for the rows to stay in the cache.
const perPass = 512

// revision counts the ways in which answers were made from the same weights, so
// that a new one is another engine. The second joins tags by Viterbi.
const revision = 2

// Options of an engine.
type Options struct {
	// Threads is how many passes run at once, however many calls there are;
	// 0 for one a processor. Each takes some 20 MB.
	Threads int

	// Kernels names the instruction set, "" for the fastest that runs here.
	Kernels string
}

// Engine is the targeted engine. It is safe for concurrent use.
type Engine struct {
	*network
	header header
	pieces *pieces
	id     scoring.Engine
	free   chan *workspace // as many as threads
}

var _ scoring.Scorer = (*Engine)(nil)

// New returns an engine on the weights that are built into the binary. The first
// of a process unpacks them, which takes some tenths of a second and 120 MB.
func New(o Options) (*Engine, error) {
	k, err := kernels(o.Kernels)
	if err != nil {
		return nil, fmt.Errorf("encoder: %w", err)
	}
	w, err := builtIn()
	if err != nil {
		return nil, fmt.Errorf("encoder: unpack the built-in weights: %w", err)
	}
	n, err := newNetwork(w, k)
	if err != nil {
		return nil, fmt.Errorf("encoder: build the network: %w", err)
	}
	p, err := newPieces(w.Vocabulary)
	if err != nil {
		return nil, fmt.Errorf("encoder: %w", err)
	}
	threads := o.Threads
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	e := &Engine{
		network: n, header: w.header, pieces: p, free: make(chan *workspace, threads),
		id: scoring.Engine{Name: "encoder", Version: fmt.Sprintf("%s.%d", w.Name, revision), Hash: w.hash},
	}
	for range threads {
		e.free <- new(workspace)
	}
	return e, nil
}

func kernels(name string) (kernel.Kernels, error) {
	if name == "" {
		return kernel.Best(), nil
	}
	var names []string
	for _, k := range kernel.All() {
		if k.Name == name {
			return k, nil
		}
		names = append(names, k.Name)
	}
	return kernel.Kernels{}, fmt.Errorf("kernels %q: this processor runs %s", name, strings.Join(names, ", "))
}

// Engine implements [scoring.Scorer].
func (e *Engine) Engine() scoring.Engine { return e.id }

// Kernels names the instruction set in use: "avx512-vnni", "portable".
func (e *Engine) Kernels() string { return e.kernels.Name }

// question is one target or pair on its way through the network.
type question struct {
	passage
	judge     *judge
	tone      *scoring.Tone // of the two, the one that is asked for
	direction *scoring.Direction
}

// Score implements [scoring.Scorer]. Questions of all passages go through the
// network together, those of like length in one pass.
func (e *Engine) Score(ctx context.Context, in []scoring.Passage) ([]scoring.Scores, error) {
	out := make([]scoring.Scores, len(in))
	var asked []question
	var cut tokens
	for i, p := range in {
		if err := p.Check(); err != nil {
			return nil, fmt.Errorf("encoder: passage %d: %w", i, err)
		}
		out[i] = scoring.Scores{Targets: make([]scoring.Tone, len(p.Targets)), Pairs: make([]scoring.Direction, len(p.Pairs))}
		if len(p.Targets)+len(p.Pairs) > 0 {
			e.pieces.cut(p.Text, &cut)
			asked = e.ask(asked, &cut, p, out[i])
		}
	}
	slices.SortStableFunc(asked, func(a, b question) int { return cmp.Compare(len(b.ids), len(a.ids)) })
	groups := group(asked, func(q question) int { return len(q.ids) }, e.budget(asked))
	if err := e.each(ctx, len(groups), func(w *workspace, i int) { e.answer(w, groups[i]) }); err != nil {
		return nil, fmt.Errorf("encoder: score %d passages: %w", len(in), err)
	}
	return out, nil
}

// ask appends the questions of p, whose answers go into scores. A text without
// a token is neutral and asks nothing.
func (e *Engine) ask(asked []question, cut *tokens, p scoring.Passage, scores scoring.Scores) []question {
	blank := len(cut.ids) == 0
	for i, t := range p.Targets {
		if blank {
			scores.Targets[i] = scoring.Tone{Neutral: 1}
			continue
		}
		made := e.pieces.passage(cut, []scoring.Span{t}, e.header.Marks.Tone, e.header.Window.Passage)
		asked = append(asked, question{passage: made, judge: &e.tone, tone: &scores.Targets[i]})
	}
	for i, pair := range p.Pairs {
		if blank {
			scores.Pairs[i] = scoring.Direction{1}
			continue
		}
		made := e.pieces.passage(cut, []scoring.Span{pair.P, pair.Q}, e.header.Marks.Pair, e.header.Window.Passage)
		asked = append(asked, question{passage: made, judge: &e.direction, direction: &scores.Pairs[i]})
	}
	return asked
}

// budget is the tokens of one pass: perPass, or less where there would not be
// a pass for every thread.
func (e *Engine) budget(asked []question) int {
	tokens := 0
	for _, q := range asked {
		tokens += len(q.ids)
	}
	return min(perPass, tokens/cap(e.free)+1)
}

// group cuts items into runs of at most budget, but at least one item, each.
func group[T any](items []T, size func(T) int, budget int) [][]T {
	var groups [][]T
	left := 0
	for i, item := range items {
		n := size(item)
		if i == 0 || n > left {
			groups = append(groups, items[i:i])
			left = max(budget, n)
		}
		last := len(groups) - 1
		groups[last] = groups[last][:len(groups[last])+1]
		left -= n
	}
	return groups
}

// each does n things, as many at once as there are workspaces.
func (e *Engine) each(ctx context.Context, n int, do func(w *workspace, i int)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(cap(e.free))
	for i := range n {
		group.Go(func() error {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case w := <-e.free:
				defer func() { e.free <- w }()
				if err := ctx.Err(); err != nil {
					return err // select picks any that is ready
				}
				do(w, i)
				return nil
			}
		})
	}
	return group.Wait()
}

// answer runs questions through the network and fills their answers in.
func (e *Engine) answer(w *workspace, asked []question) {
	w.sequences = w.sequences[:0]
	for _, q := range asked {
		w.sequences = append(w.sequences, q.ids)
	}
	states := e.forward(w, w.sequences, e.Layers)
	for _, q := range asked {
		rows := len(q.ids)
		logits := e.logits(w, q.judge, states[:rows*e.Hidden], q.at)
		states = states[rows*e.Hidden:]
		if q.tone != nil {
			p := softmax[[tones]float64](logits, e.header.Calibration.Tone.Temperature)
			*q.tone = scoring.Tone{Negative: p[0], Neutral: p[1], Positive: p[2]}
		} else {
			*q.direction = softmax[scoring.Direction](logits, e.header.Calibration.Direction.Temperature)
		}
	}
}

// logits are what a judge makes of the means of the places at and of the whole
// sequence; valid until the next call.
func (e *Engine) logits(w *workspace, j *judge, states []float32, at [][2]int) []float32 {
	h := e.Hidden
	wide := (len(at) + 1) * h
	means, hidden := room(&w.means, wide), room(&w.hidden, h)
	for i, a := range at {
		mean(means[i*h:(i+1)*h], states, a[0], a[1])
	}
	mean(means[len(at)*h:], states, 0, len(states)/h)
	codes, scale := room(&w.codes, wide), room(&w.scale, 1)
	e.kernels.Quantise(codes, scale, means, 1, wide)
	e.kernels.Mul(hidden, j.dense, codes, scale, 1)
	e.kernels.GELU(hidden)
	logits := room(&w.logits, len(j.out.bias))
	for i := range logits {
		logits[i] = j.out.dot(hidden, i)
	}
	return logits
}

// softmax makes probabilities that sum to 1 of logits over a temperature.
func softmax[P ~[3]float64 | ~[5]float64](logits []float32, temperature float64) (p P) {
	top := float64(slices.Max(logits))
	sum := 0.0
	for i, l := range logits {
		p[i] = math.Exp((float64(l) - top) / temperature)
		sum += p[i]
	}
	for i := range len(p) {
		p[i] /= sum
	}
	return p
}
