package encoder

import "tonewatch/scoring"

// window is a part of an article, ready for the encoder. Its tokens count from
// the begin token, which is 0.
type window struct {
	ids   []int32
	spans []scoring.Span // of ids without begin and end, in the article
	edges []edge         // before each of these

	// core is the tokens [first, last) that this window answers for: contents
	// that start there are read here, with the tokens around as context, and
	// nowhere else.
	core [2]int
}

// windows returns the windows of at most size tokens that an article needs,
// each stride tokens after the one before; 0 < stride <= size. They share the
// spans of t, and so last until t is cut anew.
func (p *pieces) windows(t *tokens, size, stride int) []window {
	margin := (size - stride) / 2
	edges := p.edges(t)
	var made []window
	for low := 0; ; low += stride {
		high := min(low+size, len(t.ids))
		w := window{
			ids:   make([]int32, 0, 2+high-low),
			spans: t.spans[low:high],
			edges: edges[low:high],
			core:  [2]int{1 + margin, 1 + margin + stride},
		}
		w.ids = append(w.ids, p.begin)
		w.ids = append(w.ids, t.ids[low:high]...)
		w.ids = append(w.ids, p.end)
		if low == 0 {
			w.core[0] = 1
		}
		if high == len(t.ids) {
			w.core[1] = 1 + high - low
		}
		made = append(made, w)
		if high == len(t.ids) {
			return made
		}
	}
}

// end is where the text of the window ends in the article.
func (w *window) end() int {
	if len(w.spans) == 0 {
		return 0
	}
	return w.spans[len(w.spans)-1].End
}
