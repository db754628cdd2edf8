package encoder

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"tonewatch/scoring/encoder/internal/kernel"
)

// damaged returns the built-in parts after a change to a copy of the first.
func damaged(change func(first []byte) []byte) [][]byte {
	return [][]byte{change(bytes.Clone(part0)), part1}
}

// withHeader returns the first part with its header changed and hashed anew.
func withHeader(t *testing.T, first []byte, change func(h map[string]any)) []byte {
	t.Helper()
	end := prefix + int(binary.LittleEndian.Uint32(first[12:]))
	var h map[string]any
	if err := json.Unmarshal(first[prefix:end], &h); err != nil {
		t.Fatal(err)
	}
	change(h)
	text, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(text)
	made := append([]byte(magic), binary.LittleEndian.AppendUint32(nil, version)...)
	made = binary.LittleEndian.AppendUint32(made, uint32(len(text)))
	made = append(append(made, sum[:]...), text...)
	return append(made, first[end:]...)
}

func TestDamagedWeightsAreRefused(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		parts [][]byte
		want  string
	}{
		"empty":        {[][]byte{nil}, "not a weights file"},
		"another file": {damaged(func(p []byte) []byte { p[0] = 'X'; return p }), "not a weights file"},
		"version":      {damaged(func(p []byte) []byte { p[8] = 9; return p }), "version 9, want 2"},
		"short header": {damaged(func(p []byte) []byte { return p[:1000] }), "cut short"},
		"header":       {damaged(func(p []byte) []byte { p[prefix+9] ^= 1; return p }), "header damaged: its hash does not match"},
		"frame":        {damaged(func(p []byte) []byte { p[len(p)-9] ^= 1; return p }), "damaged: its hash does not match"},
		"short data":   {damaged(func(p []byte) []byte { return p[:len(p)-9] }), "cut short"},
		"missing part": {[][]byte{part0}, "cut short"},
		"huge": {damaged(func(p []byte) []byte {
			return withHeader(t, p, func(h map[string]any) { h["bytes"] = 1 << 40 })
		}), "frames of"},
		"no stride": {damaged(func(p []byte) []byte {
			return withHeader(t, p, func(h map[string]any) { h["window"].(map[string]any)["stride"] = 0 })
		}), "windows 0 tokens apart, want 1 to 254"},
		"no temperature": {damaged(func(p []byte) []byte {
			return withHeader(t, p, func(h map[string]any) {
				h["calibration"].(map[string]any)["tone"].(map[string]any)["temperature"] = 0
			})
		}), "temperature 0, want it above 0"},
		"other words": {damaged(func(p []byte) []byte {
			return withHeader(t, p, func(h map[string]any) { h["vocabulary"] = []string{"[CLS]"} })
		}), "1 words, want 30527"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := readWeights(test.parts...)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q in it", err, test.want)
			}
		})
	}
}

func TestMisfitsAreRefused(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(w *weights)
		want   string
	}{
		"missing": {func(w *weights) { delete(w.Tensors, "tags.weight") }, `tensor "tags.weight": missing`},
		"another shape": {func(w *weights) { w.Tensors["tags.bias"] = tensor{"f32", []int{8}, 0} },
			`tensor "tags.bias": f32 [8], want f32 [9]`},
		"another type": {func(w *weights) { w.Tensors["tags.bias"] = tensor{"i32", []int{9}, 0} },
			`tensor "tags.bias": i32 [9], want f32 [9]`},
		"outside":       {func(w *weights) { w.Tensors["tags.bias"] = tensor{"f32", []int{9}, 1 << 40} }, "outside the data"},
		"out of step":   {func(w *weights) { w.Tensors["tags.bias"] = tensor{"f32", []int{9}, 4} }, "out of step"},
		"no heads":      {func(w *weights) { w.Shape.Heads = 0 }, "want each from 1"},
		"odd heads":     {func(w *weights) { w.Shape.Heads = 7 }, "want a multiple of 16"},
		"middle above":  {func(w *weights) { w.Shape.Middle = w.Shape.Layers + 1 }, "middle 13 of 12 layers"},
		"uneven reach":  {func(w *weights) { w.Shape.Reach++ }, "17 distance buckets, want an even number"},
		"strange bias":  {func(w *weights) { w.Shape.Buckets = 31 }, "31 buckets, want a multiple of 4"},
		"other buckets": {func(w *weights) { w.Shape.Buckets = 64 }, "want f32 [64 12]"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			built, err := builtIn()
			if err != nil {
				t.Fatal(err)
			}
			w := *built
			w.Tensors = maps.Clone(built.Tensors)
			test.change(&w)
			_, err = newNetwork(&w, kernel.Best())
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q in it", err, test.want)
			}
		})
	}
}
