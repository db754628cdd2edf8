package kernel

import "golang.org/x/sys/cpu"

func native() []Kernels {
	avx2 := loops{
		maxAbs: maxAbsAVX2, encode: encodeAVX2, gelu: geluAVX2, scaleAdd: scaleAddAVX2, norm: normAVX2, softmax: softmaxAVX2, turn: turnAVX2,
		tiles:     []tile{{6, 16, tile6x16AVX2}, {3, 16, tile3x16AVX2}, {1, 16, tile1x16AVX2}},
		dots:      []dot{{6, 16, dot6x16AVX2}, {4, 16, dot4x16AVX2}, {2, 16, dot2x16AVX2}, {1, 16, dot1x16AVX2}},
		dotInputs: 1,
	}
	vnni := avx2
	vnni.dots = []dot{{6, 16, dot6x16VNNI}, {4, 16, dot4x16VNNI}, {2, 16, dot2x16VNNI}, {1, 16, dot1x16VNNI}}
	avx512 := loops{
		maxAbs: maxAbsAVX512, encode: encodeAVX512, gelu: geluAVX512, scaleAdd: scaleAddAVX512, norm: normAVX512, softmax: softmaxAVX512, turn: turnAVX2,
		tiles: []tile{
			{12, 32, tile12x32AVX512}, {6, 32, tile6x32AVX512}, {3, 32, tile3x32AVX512}, {1, 32, tile1x32AVX512},
			{12, 16, tile12x16AVX512}, {6, 16, tile6x16AVX512}, {3, 16, tile3x16AVX512}, {1, 16, tile1x16AVX512},
		},
		dots:      []dot{{6, 64, dot6x64AVX512}, {4, 64, dot4x64AVX512}, {2, 64, dot2x64AVX512}, {1, 64, dot1x64AVX512}},
		dotInputs: 1,
	}

	has := cpu.X86
	var sets []Kernels
	if has.HasAVX512F && has.HasAVX512BW && has.HasAVX512VL && has.HasAVX512DQ && has.HasAVX512VNNI {
		sets = append(sets, checked(avx512.kernels("avx512-vnni")))
	}
	if has.HasAVX2 && has.HasFMA {
		if has.HasAVXVNNI {
			sets = append(sets, checked(vnni.kernels("avx-vnni")))
		}
		set := avx2.kernels("avx2")
		if has.HasBMI1 && has.HasBMI2 {
			set.Survey, set.Mul = surveyDozens, avx2.mulDozens
		}
		sets = append(sets, checked(set))
	}
	return sets
}
