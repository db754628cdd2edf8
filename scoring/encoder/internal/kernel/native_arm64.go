package kernel

import "golang.org/x/sys/cpu"

func native() []Kernels {
	neon := loops{
		maxAbs: maxAbsNEON, encode: encodeNEON, gelu: geluNEON, scaleAdd: scaleAddNEON, norm: normNEON, softmax: softmaxNEON, turn: turnNEON,
		tiles:     []tile{{6, 16, tile6x16NEON}, {3, 16, tile3x16NEON}, {1, 16, tile1x16NEON}},
		dots:      []dot{{2, 16, dot2x16NEON}, {1, 16, dot1x16NEON}},
		dotInputs: 16,
	}
	sets := []Kernels{checked(neon.kernels("neon"))}
	if cpu.ARM64.HasASIMDDP {
		dotprod := neon
		dotprod.dots = []dot{{4, 16, dot4x16Dotprod}, {2, 16, dot2x16Dotprod}, {1, 16, dot1x16Dotprod}}
		sets = append([]Kernels{checked(dotprod.kernels("dotprod"))}, sets...)
	}
	return sets
}
