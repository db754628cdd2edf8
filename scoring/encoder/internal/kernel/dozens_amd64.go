package kernel

const (
	dozenGroups = 12
	dozenInputs = dozenGroups * Group
)

// surveyDozens readies a matrix for mulDozens if its inputs come in dozens of groups.
func surveyDozens(m *Matrix) {
	m.shifts, m.rooms = nil, nil
	k := roundUp(m.K, Group)
	if k%dozenInputs != 0 {
		return
	}
	n := roundUp(m.N, Panel) / Strip * k / dozenInputs
	m.shifts, m.rooms = make([]shift, n), make([]uint16, n)
	surveyAVX2(&m.shifts[0][0], &m.rooms[0], &m.Codes[0], n)
}

// mulDozens sums products in the 16 bits that an instruction leaves them in, over a
// dozen groups: widening to 32 costs as much as to multiply. Of 24 weights w and
// activations a, codes less 128, the sum of products is sum(code*w) - 128*sum(w), at
// most |a|*|w| (Cauchy and Schwarz). Weights leave room for some length |a|, of any row
// and lane of 16 bits; where it is enough, 16 bits do, whatever happens on the way, as
// additions wrap. Where it is not, 16 bits hold what two groups come to.
func (l *loops) mulDozens(y []float32, m *Matrix, codes []uint8, scale []float32, rows int) {
	const high = 6
	var lengths [block / high / dozenInputs]uint16 // of the dozens of tiles
	k := roundUp(m.K, Group)
	dozens := k / dozenInputs
	if m.shifts == nil || dozens > len(lengths) {
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
			lengthsAVX2(&lengths[t*dozens], &codes[r*k], k, min(high, to-r), dozens)
		}
		fetched := roundUp(2*Strip*Group, tiles) / tiles // two groups of a tile; see mul
		full, rest := (to-from)/high, (to-from)%high
		for n := 0; n < whole; n += Strip {
			ahead, first := k*Panel, n/Strip*dozens
			if full > 0 {
				dotDozens(high, full, &y[from*m.N+n], m.N, &codes[from*k], k, &m.Codes[n*k], dozens, &m.Scale[n], &m.Bias[n], &scale[from], ahead, fetched, &m.shifts[first][0], &m.rooms[first], &lengths[0])
			}
			if rest > 0 {
				r := to - rest
				ahead += full * k / Group / 2 * fetched
				dotDozens(rest, 1, &y[r*m.N+n], m.N, &codes[r*k], k, &m.Codes[n*k], dozens, &m.Scale[n], &m.Bias[n], &scale[r], ahead, fetched, &m.shifts[first][0], &m.rooms[first], &lengths[full*dozens])
			}
		}
	}
	mulFrom(whole, y, m, codes, scale, rows)
}

// dotDozens calls tiles by name, or lengths would be allocated.
func dotDozens(rows, tiles int, y *float32, yStride int, codes *uint8, stride int, weights *int8, groups int, scale, bias, rowScale *float32, ahead, step int, shifts *int16, rooms, lengths *uint16) {
	switch rows {
	case 1:
		dot1x16Dozens(tiles, y, yStride, codes, stride, weights, groups, scale, bias, rowScale, ahead, step, shifts, rooms, lengths)
	case 2:
		dot2x16Dozens(tiles, y, yStride, codes, stride, weights, groups, scale, bias, rowScale, ahead, step, shifts, rooms, lengths)
	case 3:
		dot3x16Dozens(tiles, y, yStride, codes, stride, weights, groups, scale, bias, rowScale, ahead, step, shifts, rooms, lengths)
	case 4:
		dot4x16Dozens(tiles, y, yStride, codes, stride, weights, groups, scale, bias, rowScale, ahead, step, shifts, rooms, lengths)
	case 5:
		dot5x16Dozens(tiles, y, yStride, codes, stride, weights, groups, scale, bias, rowScale, ahead, step, shifts, rooms, lengths)
	default:
		dot6x16Dozens(tiles, y, yStride, codes, stride, weights, groups, scale, bias, rowScale, ahead, step, shifts, rooms, lengths)
	}
}
