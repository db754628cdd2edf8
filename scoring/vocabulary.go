package scoring

import "unicode/utf8"

// vocabulary numbers words from 1, by their capitals. It is an open-addressed
// table by the hash that [words] finds on its way: nearly every word of a text
// stands in no phrase, and is known to by one look at an empty slot.
type vocabulary struct {
	slots []slot   // a power of two of them, at most one in four taken
	mask  uint32   // their number - 1
	words []string // by number - 1: their capitals
}

// slot holds a word, or none if its number is 0.
type slot struct {
	hash   uint32
	number int32
}

func newVocabulary() vocabulary { return vocabulary{slots: make([]slot, 1)} }

// number returns the number of word, whose hash is h, and 0 for a word that
// was not added.
func (v *vocabulary) number(h uint32, word string) int32 {
	if v.slots[h&v.mask].number == 0 {
		return 0
	}
	return v.probe(h, word)
}

// probe is [vocabulary.number] where the first slot is taken.
func (v *vocabulary) probe(h uint32, word string) int32 {
	for i := h & v.mask; v.slots[i].number != 0; i = (i + 1) & v.mask {
		if s := v.slots[i]; s.hash == h && hasCapitals(word, v.words[s.number-1]) {
			return s.number
		}
	}
	return 0
}

// add returns the number of word, a new one if need be.
func (v *vocabulary) add(h uint32, word string) int32 {
	if n := v.number(h, word); n != 0 {
		return n
	}
	v.words = append(v.words, string(capitals(nil, word)))
	if 4*len(v.words) > len(v.slots) {
		old := v.slots
		v.slots = make([]slot, 2*len(old))
		v.mask = uint32(len(v.slots) - 1)
		for _, s := range old {
			if s.number != 0 {
				v.put(s)
			}
		}
	}
	n := int32(len(v.words))
	v.put(slot{h, n})
	return n
}

// put sets s into the first slot free for it.
func (v *vocabulary) put(s slot) {
	i := s.hash & v.mask
	for v.slots[i].number != 0 {
		i = (i + 1) & v.mask
	}
	v.slots[i] = s
}

// hasCapitals reports whether word reads want in capitals.
func hasCapitals(word, want string) bool {
	if len(word) == len(want) {
		for i := 0; ; i++ {
			if i == len(word) {
				return true
			}
			c := word[i]
			if 'a' <= c && c <= 'z' {
				c -= 'a' - 'A'
			}
			if c != want[i] {
				if c < utf8.RuneSelf && c != '.' {
					return false
				}
				break
			}
		}
	}
	var buf [64]byte
	return string(capitals(buf[:0], word)) == want
}
