package encoder

import (
	"fmt"
	"strings"

	"tonewatch/scoring"
)

// longestWord is how many characters a word may have; a longer one is one
// unknown piece.
const longestWord = 100

// pieces cuts text into the lower-case word pieces of a vocabulary, exactly as
// the tokenizer that the weights were trained with: BERT's, as in Hugging Face
// tokenizers 0.23.3. No text makes a control token: "[SEP]" in a stranger's
// text is a bracket, a word and a bracket. It is safe for concurrent use.
type pieces struct {
	heads dictionary // pieces that start a word
	tails dictionary // pieces that continue one, without their "##"

	begin, end, pad, unknown int32
	marks                    map[byte]int32 // what a passage may set around its spans
	points                   map[int32]rune // what punctuation a piece is

	characters characters
}

// dictionary finds the ids of pieces.
type dictionary struct {
	ids     map[string]int32
	longest int // piece, in bytes
}

func (d *dictionary) add(piece string, id int) {
	d.ids[piece] = int32(id) // of equal ones the last, as in training
	d.longest = max(d.longest, len(piece))
}

// find returns the longest piece that letters hold from start on and its end,
// which is start if there is none.
func (d *dictionary) find(letters []byte, start int) (id int32, end int) {
	for end = min(len(letters), start+d.longest); end > start; end-- {
		if id, ok := d.ids[string(letters[start:end])]; ok {
			return id, end
		}
	}
	return 0, start
}

// newPieces returns the pieces of a vocabulary, whose ids are its indices, or
// an error that names what the vocabulary lacks.
func newPieces(vocabulary []string) (*pieces, error) {
	p := &pieces{
		heads:      dictionary{ids: make(map[string]int32, len(vocabulary))},
		tails:      dictionary{ids: make(map[string]int32)},
		marks:      make(map[byte]int32),
		points:     make(map[int32]rune),
		characters: newCharacters(),
	}
	for id, piece := range vocabulary {
		if tail, ok := strings.CutPrefix(piece, "##"); ok {
			p.tails.add(tail, id)
		} else {
			p.heads.add(piece, id)
		}
	}
	var lacking []string
	find := func(names ...string) int32 {
		for _, name := range names {
			if id, ok := p.heads.ids[name]; ok {
				return id
			}
		}
		lacking = append(lacking, strings.Join(names, " or "))
		return 0
	}
	p.begin, p.end = find("[CLS]", "<s>"), find("[SEP]", "</s>")
	p.pad, p.unknown = find("[PAD]", "<pad>"), find("[UNK]")
	for _, mark := range []byte("*@#") {
		p.marks[mark] = find(string(mark))
	}
	for _, point := range punctuation {
		if id, ok := p.heads.ids[string(point)]; ok {
			p.points[id] = point
		}
	}
	if lacking != nil {
		return nil, fmt.Errorf("vocabulary of %d pieces: lacks %s", len(vocabulary), strings.Join(lacking, ", "))
	}
	return p, nil
}

// tokens are the pieces of one text, without begin and end. They are made to
// be used again: after the first texts, cutting into them allocates nothing.
type tokens struct {
	ids []int32

	// spans are where ids lie in the text. None is empty; they are ordered by
	// start and by end, and equal where one character makes several pieces.
	spans []scoring.Span

	text   string
	word   word           // empty between words
	marks  []mark         // that follow the last starter
	last   scoring.Span   // of the last starter
	places []scoring.Span // scratch of settle
}

// word is a word as the dictionaries spell it.
type word struct {
	letters []byte         // of its first longestWord characters
	at      []scoring.Span // in the text, one a byte of letters; empty if they lie there one by one from start on
	start   int            // in the text
	end     int
	length  int // in characters
}

// span returns where the bytes [first, last) of the letters come from.
func (w *word) span(first, last int) scoring.Span {
	if len(w.at) == 0 {
		return scoring.Span{Start: w.start + first, End: w.start + last}
	}
	return scoring.Span{Start: w.at[first].Start, End: w.at[last-1].End}
}

// cut sets into to the tokens of text. The text may hold invalid UTF-8, each
// byte of which is a replacement character.
func (p *pieces) cut(text string, into *tokens) {
	into.text, into.ids, into.spans = text, into.ids[:0], into.spans[:0]
	ascii := &p.characters.ascii
	for at := 0; at < len(text); {
		end := at + 1
		switch ascii[text[at]] {
		case apart:
			p.cutPlain(into, at, end)
		case letter:
			for end < len(text) && ascii[text[end]] == letter {
				end++
			}
			if end < len(text) && (ascii[text[end]] == dropped || ascii[text[end]] == beyond) {
				end = p.cutAny(into, at)
			} else {
				p.cutPlain(into, at, end)
			}
		case beyond:
			end = p.cutAny(into, at)
		}
		at = end
	}
}

// cutPlain appends the pieces of one word of ASCII.
func (p *pieces) cutPlain(t *tokens, start, end int) {
	w := &t.word
	w.start, w.end, w.length = start, end, end-start
	for _, c := range []byte(t.text[start:min(end, start+longestWord)]) {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		w.letters = append(w.letters, c)
	}
	p.endWord(t)
}

// endWord appends the pieces of the word, if there is one, and empties it. From
// the start on it is always the longest piece that fits; if in the end none
// does, all of the word is one unknown piece.
func (p *pieces) endWord(t *tokens) {
	w, before := &t.word, len(t.ids)
	known, start := &p.heads, 0
	for start < len(w.letters) && w.length <= longestWord {
		id, end := known.find(w.letters, start)
		if end == start {
			break
		}
		t.ids = append(t.ids, id)
		t.spans = append(t.spans, w.span(start, end))
		known, start = &p.tails, end
	}
	if start < len(w.letters) {
		t.ids = append(t.ids[:before], p.unknown)
		t.spans = append(t.spans[:before], scoring.Span{Start: w.start, End: w.end})
	}
	*w = word{letters: w.letters[:0], at: w.at[:0]}
}
