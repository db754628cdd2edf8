package monitor

import (
	"encoding/binary"
	"errors"
	"math"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

const (
	// maxWords is how many words of a text are looked at. Reprints are cut at the
	// end.
	maxWords = 8192
	// A text with more shingles than this is known by one in sampled of them.
	maxWhole, sampled = 256, 4
	// A sketch is found by its lowest shingles: those among the lowest one in
	// keyed of all that there can be, at least minKeys, at most maxKeys.
	keyed, minKeys, maxKeys = 16, 12, 128
	// minTitle is how many words a headline has that says something.
	minTitle = 4
	// maxAddress is how many bytes an address of a page has at most.
	maxAddress = 2048
)

// Sketch is what is kept of a text to find others that print its story: hashes
// of its words, of its three-word shingles, of its figures, of its headline, of
// its address and of its outlet. The zero Sketch is that of no text and like no
// other. It takes four bytes for each of up to 256 shingles, one for each shingle of
// a longer text, and four for each figure: half a kilobyte to one for most news,
// 64 KB at most, whatever the text.
type Sketch struct {
	exact    uint64   // of all words; 0: none
	title    uint32   // 0: none that says something
	url      uint32   // 0: none
	outlet   uint32   // 0: unknown
	step     uint32   // shingles are the lowest one in so many
	shingles []uint32 // ascending
	figures  []uint32 // ascending; words with a digit
}

// NewSketch sketches an article: its outlet, address and headline, each of which
// may be empty, and its cleaned text.
func NewSketch(outlet, address, title, text string) Sketch {
	s := Sketch{step: 1, title: titleHash(title)}
	if outlet != "" {
		s.outlet = uint32(mix(hashOf(outlet)))
	}
	if address = CanonicalURL(address); address != "" {
		s.url = uint32(mix(hashOf(address)))
	}
	var last, next uint64 // the two words before
	n := 0
	for word := range words(text) {
		n++
		s.exact = mix(s.exact ^ word.hash)
		if word.figure {
			s.figures = append(s.figures, uint32(mix(word.hash)))
		}
		if n > 2 {
			s.shingles = append(s.shingles, uint32(mix(mix(mix(last)^next)^word.hash)))
		}
		last, next = next, word.hash
		if n == maxWords {
			break
		}
	}
	s.shingles, s.figures = ascending(s.shingles), ascending(s.figures)
	if len(s.shingles) > maxWhole {
		s.step = sampled
		s.shingles = slices.Clone(within(s.shingles, sampled))
	}
	return s
}

// Keys are what a sketch is found by: two of one story nearly always share one. They
// are 131 at most, and for most news about thirty.
func (s Sketch) Keys() []uint32 {
	if s.exact == 0 {
		return nil
	}
	n := min(max(minKeys, len(within(s.shingles, keyed))), maxKeys, len(s.shingles))
	keys := append(make([]uint32, 0, n+3), s.shingles[:n]...)
	keys = append(keys, uint32(s.exact))
	if s.title != 0 {
		keys = append(keys, s.title)
	}
	if s.url != 0 {
		keys = append(keys, s.url)
	}
	return ascending(keys)
}

// within are the lowest one in so many of all hashes that there can be.
func within(hashes []uint32, oneIn uint32) []uint32 {
	n, _ := slices.BinarySearch(hashes, math.MaxUint32/oneIn)
	return hashes[:n]
}

func ascending(hashes []uint32) []uint32 {
	slices.Sort(hashes)
	return slices.Compact(hashes)
}

// Bytes is the sketch as it is stored: exact, title, url, outlet, step, the number of
// shingles, the shingles and the figures, little endian.
func (s Sketch) Bytes() []byte {
	b := make([]byte, 0, 28+4*(len(s.shingles)+len(s.figures)))
	b = binary.LittleEndian.AppendUint64(b, s.exact)
	for _, x := range []uint32{s.title, s.url, s.outlet, s.step, uint32(len(s.shingles))} {
		b = binary.LittleEndian.AppendUint32(b, x)
	}
	for _, x := range append(s.shingles[:len(s.shingles):len(s.shingles)], s.figures...) {
		b = binary.LittleEndian.AppendUint32(b, x)
	}
	return b
}

// ReadSketch is a sketch from its bytes.
func ReadSketch(b []byte) (Sketch, error) {
	if len(b) < 28 || len(b)%4 != 0 {
		return Sketch{}, errors.New("sketch of a story: cut off")
	}
	s := Sketch{exact: binary.LittleEndian.Uint64(b)}
	numbers := make([]uint32, 0, len(b)/4-2)
	for b = b[8:]; len(b) > 0; b = b[4:] {
		numbers = append(numbers, binary.LittleEndian.Uint32(b))
	}
	s.title, s.url, s.outlet, s.step = numbers[0], numbers[1], numbers[2], numbers[3]
	n, hashes := int(numbers[4]), numbers[5:]
	if s.step == 0 || n > len(hashes) || !slices.IsSorted(hashes[:n]) || !slices.IsSorted(hashes[n:]) {
		return Sketch{}, errors.New("sketch of a story: damaged")
	}
	s.shingles, s.figures = hashes[:n:n], hashes[n:]
	return s, nil
}

// word is a run of letters and digits, lower-cased.
type word struct {
	hash   uint64
	figure bool // it holds a digit
}

// FNV-1a, taken rune by rune.
const basis, prime = 14695981039346656037, 1099511628211

// words gives the words of a text in turn.
func words(text string) func(yield func(word) bool) {
	return func(yield func(word) bool) {
		w := word{hash: basis}
		within := false
		for _, r := range text {
			digit := unicode.IsDigit(r)
			if digit || unicode.IsLetter(r) {
				w.hash = (w.hash ^ uint64(unicode.ToLower(r))) * prime
				w.figure, within = w.figure || digit, true
				continue
			}
			if within && !yield(w) {
				return
			}
			w, within = word{hash: basis}, false
		}
		if within {
			yield(w)
		}
	}
}

func hashOf(text string) uint64 {
	h := uint64(basis)
	for _, r := range text {
		h = (h ^ uint64(r)) * prime
	}
	return h
}

// mix spreads a hash over all its bits (the finalizer of MurmurHash3), so that
// its lowest values are a fair sample.
func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// titleHash is that of a headline's words, without the outlet's name that may
// stand behind a dash or a bar; 0 for too few words to say something.
func titleHash(title string) uint32 {
	title = norm.NFKC.String(title)
	for _, mark := range []string{" | ", " - ", " – ", " — "} {
		if at := strings.LastIndex(title, mark); at >= 0 && len(strings.Fields(title[:at])) >= minTitle {
			title = title[:at]
		}
	}
	var h uint64
	n := 0
	for word := range words(title) {
		n, h = n+1, mix(h^word.hash)
	}
	if n < minTitle {
		return 0
	}
	return uint32(h)
}

// CanonicalURL is what a page's addresses have in common, whoever links to it
// and for whatever device: host and path, with what of the query names the
// page. It is empty for a front page, for one of more than 2,048 bytes, and for what
// is no web address.
func CanonicalURL(address string) string {
	if len(address) > maxAddress {
		return ""
	}
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	host := strings.TrimSuffix(strings.ToLower(u.Host), ".")
	for _, device := range []string{"www.", "amp.", "m.", "mobile."} {
		if rest := strings.TrimPrefix(host, device); strings.Contains(rest, ".") {
			host = rest
		}
	}
	path := strings.TrimSuffix(u.EscapedPath(), "/")
	path = strings.TrimSuffix(strings.TrimSuffix(path, "/amp"), ".amp")
	if rest, ok := strings.CutPrefix(path, "/amp/"); ok {
		path = "/" + rest
	}
	query := u.Query()
	for name := range query {
		if tracks(strings.ToLower(name)) {
			delete(query, name)
		}
	}
	if path == "" && len(query) == 0 {
		return ""
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return host + path
}

// tracks says whether a parameter tells how a reader came to a page, or on which
// device, rather than which page it is.
func tracks(name string) bool {
	switch name {
	case "fbclid", "gclid", "dclid", "msclkid", "igshid", "mc_cid", "mc_eid", "cmpid", "ocid", "ito", "smid", "xtor",
		"ref", "referrer", "source", "amp", "outputtype":
		return true
	}
	return strings.HasPrefix(name, "utm_") || strings.HasPrefix(name, "at_") || strings.HasPrefix(name, "ns_")
}
