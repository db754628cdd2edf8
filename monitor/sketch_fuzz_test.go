package monitor_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"tonewatch/monitor"
)

// Whatever strangers write, its sketch is one and the same, no larger than is said
// of it, and of its own story; and so is what is read back from the store, or it is
// refused.
func FuzzSketch(f *testing.F) {
	f.Add("Example", "https://www.e.org/1?utm_source=x", "Talks resume in Karsholm | Example", "The talks resumed on 3 May.", []byte(nil))
	f.Add("", "http://[", "\xff\xfe", "\xf0\x9f\x98\x80 a\u0301 ١٢٣ İi \x00", []byte("0123456789012345678901234567"))
	f.Add("x", "https://e.org/%zz?a;b", "— — — —", strings.Repeat("the same three words ", 5), bytes.Repeat([]byte{255}, 64))
	f.Add("x", "//e.org", "", strings.Repeat("1 2 3 4 5 6 7 8 9 0 ", 3), make([]byte, 28))
	f.Fuzz(func(t *testing.T, outlet, address, title, text string, stored []byte) {
		s := monitor.NewSketch(outlet, address, title, text)
		kept := s.Bytes()
		if again := monitor.NewSketch(outlet, address, title, text); !bytes.Equal(kept, again.Bytes()) {
			t.Error("one text, two sketches")
		}
		if len(kept) > monitor.MaxSketchBytes || len(kept) > 28+8*len(text) {
			t.Errorf("%d bytes of text make a sketch of %d bytes", len(text), len(kept))
		}
		if n := len(s.Keys()); n > monitor.MaxSketchKeys {
			t.Errorf("it is found by %d keys", n)
		}
		back, err := monitor.ReadSketch(kept)
		if err != nil || !bytes.Equal(back.Bytes(), kept) {
			t.Fatalf("read back: error %v, or another sketch", err)
		}
		other := monitor.NewSketch(outlet, "", "", text[len(text)/3:])
		for name, pair := range map[string][2]monitor.Sketch{"itself": {s, back}, "its end": {s, other}} {
			shared, contained := monitor.Containment(pair[0], pair[1])
			if shared < 0 || contained < 0 || contained > 1 {
				t.Errorf("%s: %d shared, containment %v", name, shared, contained)
			}
			if name == "itself" && len(s.Keys()) > 3 && (shared == 0 || contained != 1) {
				t.Errorf("a text is contained in itself to %v", contained)
			}
			if monitor.SameStory(pair[0], pair[1]) != monitor.SameStory(pair[1], pair[0]) {
				t.Errorf("%s: the one is a copy of the other, but not the other of the one", name)
			}
		}
		if read, err := monitor.ReadSketch(stored); err == nil {
			monitor.SameStory(s, read)
			read.Keys()
			if !bytes.Equal(read.Bytes(), stored) {
				t.Error("stored bytes mean something else")
			}
		}
	})
}

// A text without an end is looked at so far and no further.
func TestASketchIsBounded(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&text, "%d ", i*i)
	}
	s := monitor.NewSketch("Example", "https://e.org/1", "A headline of five words", text.String())
	if n := len(s.Bytes()); n > monitor.MaxSketchBytes || n < monitor.MaxSketchBytes/4 {
		t.Errorf("a sketch of %d bytes, want many and at most %d", n, monitor.MaxSketchBytes)
	}
	if n := len(s.Keys()); n != monitor.MaxSketchKeys {
		t.Errorf("%d keys, want %d", n, monitor.MaxSketchKeys)
	}
	if shared, contained := monitor.Containment(s, s); contained != 1 || shared < 7000 || shared > 9500 {
		t.Errorf("it is contained in itself to %v, by %d shingles; want 1, and by some 8,190", contained, shared)
	}
}
