package encoder

import (
	"context"
	"fmt"
	"slices"

	"tonewatch/scoring"
	"tonewatch/scoring/encoder/internal/kernel"
)

// MaxAttributed is how many tokens of a text are searched for attributions,
// some 40 printed pages; no article is longer, and a text that is must not hold
// up all others.
const MaxAttributed = 1 << 15

// said is one content and what it was joined to, nil for nothing.
type said struct {
	content     scoring.Span
	source, cue *scoring.Span
}

// Attribute implements [scoring.Scorer].
func (e *Engine) Attribute(ctx context.Context, text string) ([]scoring.Attribution, error) {
	var cut tokens
	e.pieces.cut(text, &cut)
	if len(cut.ids) == 0 {
		return nil, ctx.Err()
	}
	cut.ids, cut.spans = cut.ids[:min(len(cut.ids), MaxAttributed)], cut.spans[:min(len(cut.spans), MaxAttributed)]
	windows := e.pieces.windows(&cut, e.header.Window.Article, e.header.Window.Stride)
	found := make([]heard, len(windows))
	err := e.each(ctx, len(windows), func(w *workspace, i int) { found[i] = e.listen(w, &windows[i]) })
	if err != nil {
		return nil, fmt.Errorf("encoder: attribute a text of %d bytes: %w", len(text), err)
	}
	return merge(stitch(windows, found)), nil
}

// heard is what is said in the core of a window, and all the contents in it.
type heard struct {
	said     []said
	contents []scoring.Span
}

// listen runs a window through the network. A window is long enough for a pass of
// its own.
func (e *Engine) listen(w *workspace, win *window) heard {
	w.sequences = append(w.sequences[:0], win.ids)
	states := e.forward(w, w.sequences, e.Middle)
	tags := room(&w.tags, len(win.ids)*tagsEach)
	for i := range win.ids {
		for j := range tagsEach {
			tags[i*tagsEach+j] = e.tags.dot(states[i*e.Hidden:(i+1)*e.Hidden], j)
		}
	}
	spans := tagSpans(tags, win.edges)
	var h heard
	for _, c := range spans[content] {
		h.contents = append(h.contents, *win.span(c))
	}
	contents := slices.DeleteFunc(spans[content], func(s [2]int) bool {
		return s[0] < win.core[0] || win.core[1] <= s[0] || s[1]-s[0] < leastContent
	})
	if len(contents) == 0 {
		return h
	}
	h.said = make([]said, len(contents))
	ofSources := e.scores(w, source, &w.ofSources, states, contents, spans[source])
	ofCues := e.scores(w, cue, &w.ofCues, states, contents, spans[cue])
	sources, cues := 1+len(spans[source]), 1+len(spans[cue])
	for i, c := range contents {
		h.said[i].content = *win.span(c)
		ofSource, ofCue := ofSources[i*sources:(i+1)*sources], ofCues[i*cues:(i+1)*cues]
		keepNear(ofSource, c, spans[source], win.edges)
		keepNear(ofCue, c, spans[cue], win.edges)
		s, c := pair(ofSource, ofCue, spans[source], spans[cue])
		if s >= 0 {
			h.said[i].source = win.span(spans[source][s])
		}
		if c >= 0 {
			h.said[i].cue = win.span(spans[cue][c])
		}
	}
	return h
}

// span is where tokens of a window lie in the text.
func (w *window) span(s [2]int) *scoring.Span {
	return &scoring.Span{Start: w.spans[s[0]-1].Start, End: w.spans[s[1]-2].End}
}

// scores returns, a row a content, how well it joins none and each candidate.
func (e *Engine) scores(w *workspace, kind int, into *[]float32, states []float32, contents, candidates [][2]int) []float32 {
	j, wide := &e.join[kind], 1+len(candidates)
	scores := room(into, len(contents)*wide)
	asked := e.ends(w, &w.contents, j.content, states, contents)
	offered := e.ends(w, &w.candidates, j.candidate, states, candidates)
	thought := room(&w.hidden, joinWidth)
	for i, c := range contents {
		row, to := asked[i*joinWidth:(i+1)*joinWidth], scores[i*wide:(i+1)*wide]
		copy(thought, row)
		e.kernels.GELU(thought)
		to[0] = j.none.dot(thought, 0)
		w.ranks = ranks(c, candidates, e.Ranks, w.ranks)
		for k, candidate := range candidates {
			fit := float32(dot(row, offered[k*joinWidth:(k+1)*joinWidth]) * rootOfJoin)
			to[1+k] = fit + j.distance[distance(c, candidate, e.Reach)] + j.rank[w.ranks[k]]
		}
	}
	return scores
}

// ends puts the first and the last state of each span through m.
func (e *Engine) ends(w *workspace, into *[]float32, m *kernel.Matrix, states []float32, spans [][2]int) []float32 {
	h, n := e.Hidden, len(spans)
	out := room(into, n*joinWidth)
	if n == 0 {
		return out
	}
	both := room(&w.means, n*2*h)
	for i, s := range spans {
		copy(both[i*2*h:], states[s[0]*h:(s[0]+1)*h])
		copy(both[i*2*h+h:], states[(s[1]-1)*h:s[1]*h])
	}
	codes, scale := room(&w.codes, n*2*h), room(&w.scale, n)
	e.kernels.Quantise(codes, scale, both, n, 2*h)
	e.kernels.Mul(out, m, codes, scale, n)
	return out
}

// stitch returns what is said in all windows, in order. A content that a window
// cuts short goes on as far as the windows after it say.
func stitch(windows []window, found []heard) []said {
	var all []said
	for i := range found {
		for _, s := range found[i].said {
			for k := i + 1; k < len(windows) && s.content.End == windows[k-1].end(); k++ {
				for _, c := range found[k].contents {
					if c.Start < s.content.End {
						s.content.End = max(s.content.End, c.End)
					}
				}
			}
			all = append(all, s)
		}
	}
	return all
}

// merge makes one attribution of the contents that one cue gives to one source;
// a content without a cue stands alone. They are in the order of their first
// contents, as found is.
func merge(found []said) []scoring.Attribution {
	type saying struct {
		cue, source   scoring.Span
		alone, voiced bool
	}
	var made []scoring.Attribution
	known := make(map[saying]int)
	for _, s := range found {
		var key saying
		if key.voiced = s.source != nil; key.voiced {
			key.source = *s.source
		}
		if s.cue != nil {
			key.cue = *s.cue
		} else {
			key = saying{cue: s.content, alone: true}
		}
		i, ok := known[key]
		if !ok {
			i = len(made)
			known[key] = i
			made = append(made, scoring.Attribution{Source: s.source, Cue: s.cue})
		}
		made[i].Content = append(made[i].Content, s.content)
	}
	return made
}
