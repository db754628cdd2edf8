package parse_test

import (
	"testing"
	"unicode/utf8"

	"tonewatch/monitor/parse"
)

// FuzzPage holds what both decoders promise: valid UTF-8 without the characters
// that XML forbids, not much longer than the bytes it is made of.
func FuzzPage(f *testing.F) {
	f.Add([]byte("\xff\xfe<\x00a\x00"), "")
	f.Add([]byte(`<meta charset="shift_jis">`+in(sjis, "東京")), "text/html")
	f.Add([]byte(declared("ibm437", cp437, "naïve")), "text/xml; charset=koi8-r")
	f.Add([]byte("caf\xe9 \x80 \xed\xa0\x80"), `text/html; charset="utf-8"`)
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		text := parse.Page(body, contentType)
		if !utf8.Valid(text) {
			t.Errorf("%q is no UTF-8", text)
		}
		if len(text) > 3*len(body)+3 {
			t.Errorf("%d bytes of %d", len(text), len(body))
		}
		for _, r := range string(text) {
			if r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
				t.Errorf("%U is left", r)
			}
		}
	})
}
