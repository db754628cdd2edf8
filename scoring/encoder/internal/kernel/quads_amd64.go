package kernel

const (
	quadInputs = 4 * Group
	atOnce     = 64 // quads
)

// surveyQuads readies a matrix for mulQuads if its inputs come in quads.
func surveyQuads(m *Matrix) {
	m.quads = nil
	k := roundUp(m.K, Group)
	if k%quadInputs != 0 {
		return
	}
	m.quads = make([]quads, roundUp(m.N, Panel)/Strip*perStrip(k))
	found := m.quads
	for strip := 0; strip < roundUp(m.N, Panel)*k; strip += Strip * k {
		for left, at := k/quadInputs, strip; left > 0; left -= atOnce {
			surveyAVX2(&found[0], &m.Codes[at], min(left, atOnce))
			found, at = found[1:], at+atOnce*quadInputs*Strip
		}
	}
}

func perStrip(k int) int { return roundUp(k/quadInputs, atOnce) / atOnce }

// mulQuads sums products in the 16 bits that an instruction leaves them in as long as
// those hold them, over four groups at best: widening to 32 costs as much as to
// multiply. Of eight weights w and activations a, codes less 128, the sum of products
// is 128*sum(w) + sum(a*w), at most 128*|sum(w)| + |a|*|w| (Cauchy and Schwarz). Weights
// leave room for some length |a|, of any row and lane of 16 bits; where it is enough,
// 16 bits do, whatever happens on the way, as additions wrap. Where it is not, two
// groups are summed if that fits, else one.
func (l *loops) mulQuads(y []float32, m *Matrix, codes []uint8, scale []float32, rows int) {
	const high = 4
	var lengths [block/high/quadInputs + atOnce]uint8 // of a tile's quads
	k := roundUp(m.K, Group)
	quads, perStrip := k/quadInputs, perStrip(k)
	if m.quads == nil || quads > len(lengths)-atOnce {
		l.mul(y, m, codes, scale, rows)
		return
	}
	whole := m.N / Strip * Strip
	step := max(block/k/high, 1) * high
	for from := 0; from < rows; from += step {
		to := min(from+step, rows)
		tiles := roundUp(to-from, high) / high
		for t := range tiles {
			r := from + t*high
			lengthsAVX2(&lengths[t*quads], &codes[r*k], k, min(high, to-r), quads)
		}
		fetched := roundUp(2*Strip*Group, tiles) / tiles // two groups of a tile; see mul
		for n := 0; n < whole; n += Strip {
			ahead := k * Panel
			for t := range tiles {
				r := from + t*high
				dotQuads(to-r, &y[r*m.N+n], m.N, &codes[r*k], k, &m.Codes[n*k], quads, &m.Start[n], &m.Scale[n], &m.Bias[n], &scale[r], ahead, fetched, &m.quads[n/Strip*perStrip], &lengths[t*quads])
				ahead += 2 * quads * fetched
			}
		}
	}
	mulFrom(whole, y, m, codes, scale, rows)
}

// dotQuads calls tiles by name, or lengths would be allocated.
func dotQuads(rows int, y *float32, yStride int, codes *uint8, stride int, weights *int8, groups int, start *int32, scale, bias, rowScale *float32, ahead, step int, found *quads, lengths *uint8) {
	switch rows {
	case 1:
		dot1x16Quads(y, yStride, codes, stride, weights, groups, start, scale, bias, rowScale, ahead, step, found, lengths)
	case 2:
		dot2x16Quads(y, yStride, codes, stride, weights, groups, start, scale, bias, rowScale, ahead, step, found, lengths)
	case 3:
		dot3x16Quads(y, yStride, codes, stride, weights, groups, start, scale, bias, rowScale, ahead, step, found, lengths)
	default:
		dot4x16Quads(y, yStride, codes, stride, weights, groups, start, scale, bias, rowScale, ahead, step, found, lengths)
	}
}
