package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFilesAreGenerated(t *testing.T) {
	t.Parallel()
	for name, want := range files() {
		got, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(string(got), "\n")); diff != "" {
			t.Errorf("%s: run go generate (-want +got):\n%s", name, diff)
		}
	}
}

// The wanted bytes are those of GNU as 2.40 for {vex} vpdpbusd. There are few
// processors with this instruction and without AVX-512 to find a mistake on.
func TestDotVNNI(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		sum, a, w vec
		want      string
	}{
		{0, 14, 12, "BYTE $0xc4; BYTE $0xc2; BYTE $0x0d; BYTE $0x50; BYTE $0xc4 //"},
		{11, 14, 13, "BYTE $0xc4; BYTE $0x42; BYTE $0x0d; BYTE $0x50; BYTE $0xdd //"},
		{8, 4, 5, "BYTE $0xc4; BYTE $0x62; BYTE $0x5d; BYTE $0x50; BYTE $0xc5 //"},
		{1, 2, 3, "BYTE $0xc4; BYTE $0xe2; BYTE $0x6d; BYTE $0x50; BYTE $0xcb //"},
	} {
		m := &x86{}
		m.dotVNNI(test.sum, test.a, test.w)
		got, _, _ := strings.Cut(strings.TrimSpace(m.body.String()), " vpdpbusd")
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("sum %d, a %d, w %d (-want +got):\n%s", test.sum, test.a, test.w, diff)
		}
	}
}
