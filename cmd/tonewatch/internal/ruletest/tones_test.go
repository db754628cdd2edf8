package ruletest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseTones(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]interval{
		"":                   nil,
		"0.1":                {{1, 0.1}},
		" -.5x2\n1":          {{1, -0.5}, {1, -0.5}, {1, 1}},
		"_x2 _ 0*2":          {{0, 0}, {0, 0}, {0, 0}, {2, 0}},
		"0.25*3x2":           {{3, 0.25}, {3, 0.25}},
		"0.5+0.25x3":         {{1, 0.5}, {1, 0.75}, {1, 1}},
		"-0.5-0.25*2x2":      {{2, -0.5}, {2, -0.75}},
		"0.5x0":              nil,
		"0.1+0.3x4":          {{1, 0.1}, {1, 0.4}, {1, 0.7}, {1, 1}}, // a little above 1 as floats add
		"1000000":            nil,
		"0.5+0.1x10":         nil,
		"0.1xx3":             nil,
		"_*3":                nil,
		"0.1x-3":             nil,
		"0.1e3":              nil,
		"NaN":                nil,
		"0.1*100x11":         nil,
		"0.1x99999999999999": nil,
	} {
		left := 1000
		got, err := parseTones(text, &left)
		if bad := want == nil && text != "" && text != "0.5x0"; bad != (err != nil) {
			t.Errorf("%q: error %v", text, err)
			continue
		}
		if err != nil {
			continue
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(interval{}), cmp.Comparer(func(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 })); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

// Whatever is read stays within the bounds that the file promises.
func FuzzParseTones(f *testing.F) {
	for _, seed := range []string{"0.1x48 -0.4x12 _x6 0.1+0.01x10", "0.1*3x48", "_ _x9999999", "-1-0x3", "0.00000000000000000001"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		left := 10_000
		list, err := parseTones(text, &left)
		if err != nil {
			return
		}
		var stories int
		for _, of := range list {
			if of.tone < -1 || of.tone > 1 || of.stories < 0 {
				t.Fatalf("%q: %d stories of tone %v", text, of.stories, of.tone)
			}
			stories += max(1, of.stories)
		}
		if stories != 10_000-left {
			t.Fatalf("%q: %d stories and gaps, counted were %d", text, stories, 10_000-left)
		}
	})
}
