package scoring

// These tests are inside the package because they hold the search by itself,
// which is fast, against what it means, which is short.

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	gocmp "github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
)

// entry is a phrase as it is added to a trie.
type entry struct {
	actor int
	kind  Kind
	text  string
}

// hit is a phrase that a search found, an exclusion too.
type hit struct {
	span  Span
	kind  Kind
	actor int
}

func compareHits(p, q hit) int {
	return cmp.Or(cmp.Compare(p.span.Start, q.span.Start), cmp.Compare(p.span.End, q.span.End), cmp.Compare(p.kind, q.kind), cmp.Compare(p.actor, q.actor))
}

// naiveSearch tries every phrase at every word of text.
func naiveSearch(entries []entry, text string) []hit {
	var hits []hit
	words := naiveWords(text)
	for i := range words {
		for _, e := range entries {
			if span, ok := e.startOf(text, words[i:]); ok {
				hits = append(hits, hit{span, e.kind, e.actor})
			}
		}
	}
	slices.SortFunc(hits, compareHits)
	return slices.Compact(hits)
}

func naiveWords(text string) []Span {
	var words []Span
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		if isAlnum(r) {
			size = wordLen(text[at:], r, size)
			words = append(words, Span{at, at + size})
		}
		at += size
	}
	return words
}

// startOf reports whether words, of text, start with e, and where it lies.
func (e entry) startOf(text string, words []Span) (Span, bool) {
	phrase := strings.Join(strings.Fields(e.text), " ")
	wants := naiveWords(phrase)
	if len(wants) > len(words) {
		return Span{}, false
	}
	for i, w := range wants {
		want, got := naiveSpelling(w.Of(phrase)), naiveSpelling(words[i].Of(text))
		if e.kind == KindTitle && strings.ToUpper(want) != want {
			want = strings.ToLower(want)
		}
		if g, w := strings.ToUpper(got), strings.ToUpper(want); g != w {
			return Span{}, false
		}
		if i > 0 {
			gap := naiveGap(text, words[i-1], words[i])
			if string(appendGap(nil, gap)) != string(appendGap(nil, naiveGap(phrase, wants[i-1], w))) {
				return Span{}, false
			}
			if isHyphen(gap) {
				continue
			}
		}
		if !slices.EqualFunc([]rune(got), []rune(want), func(g, w rune) bool { return g == w || g == unicode.ToUpper(w) }) {
			return Span{}, false
		}
	}
	return Span{words[0].Start, words[len(wants)-1].End}, true
}

func naiveSpelling(word string) string {
	return norm.NFC.String(strings.Map(func(r rune) rune {
		if r == '.' || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, word))
}

func naiveGap(text string, last, next Span) string {
	gap := text[last.End:next.Start]
	if first := []rune(last.Of(text)); len(first) == 1 && unicode.IsUpper(first[0]) {
		gap = strings.TrimPrefix(gap, ".")
	}
	return gap
}

// newTrieOf returns a trie of entries of so many actors, and those of them that
// may stand together.
func newTrieOf(tb testing.TB, actors int, entries []entry) (*trie, []entry) {
	tb.Helper()
	t, err := newTrie(nil)
	if err != nil {
		tb.Fatal(err)
	}
	t.actors = make([]string, actors)
	slices.SortStableFunc(entries, func(p, q entry) int { return p.actor - q.actor })
	return t, slices.DeleteFunc(entries, func(e entry) bool { return t.add(e.actor, e.kind, e.text) != nil })
}

// hits returns what t finds in text, in its order.
func (t *trie) hits(text string) []hit {
	var all matches
	t.search(text, &all)
	var hits []hit
	for _, m := range all.found {
		for _, actor := range m.actors {
			hits = append(hits, hit{m.span, m.kind, actor})
		}
	}
	for actor, spans := range all.excluded {
		for _, span := range spans {
			hits = append(hits, hit{span, kindNot, actor})
		}
	}
	return hits
}

// FuzzSearch holds the search against the naive one, in texts that are thrown
// together from what is hard in words.
func FuzzSearch(f *testing.F) {
	pieces := []string{
		"Kim", "kim", "KIM", "Kimberley", "Jong", "Un", "un", "US", "us", "Us", "U.S.", "U.S", "u.s.", "F.", "F", "A", "the", "The",
		"president", "President", "PRESIDENT", "AT&T", "AT", "&", "T", "Disney", "+", "Yahoo", "!", "Japan", "Internationalisation", "9",
		"Kim Jong", "Kim Jong-un", "F. Kim", "F Kim", "US-president", "Yahoo! Japan", "the\u00a0\npresident", "Café", "CAFE\u0301", "e\u0301", "É", "ſ", "S", "s", "ı", "I", "ß", "Ǆ", "ǅ", "特", "朗普", "한", strings.Repeat("é", 40),
		"\u00ad", "\u200b", "\u0301", " ", " ", " ", " ", " ", "  ", "\n", "\n\n", "\u2029", "-", "\u2011", "—", "'", "’", "“", ".", ",", "\xff", "\xc3",
	}
	rng := rand.New(rand.NewPCG(1, 1))
	throw := func(most int) string {
		var b strings.Builder
		for range rng.IntN(most) {
			b.WriteString(pieces[rng.IntN(len(pieces))])
		}
		return b.String()
	}
	for range 1_000 {
		f.Add(throw(60), throw(6))
	}
	f.Fuzz(func(t *testing.T, text, phrase string) {
		trie, entries := newTrieOf(t, 4, []entry{
			{0, KindName, "Kim Jong Un"}, {0, KindAlias, "Kim"}, {0, KindTitle, "the President"}, {0, KindTitle, "US President"}, {0, kindNot, "Kim Un"},
			{1, KindName, "US"}, {1, KindAlias, "AT&T"}, {1, KindAlias, "Disney+"}, {1, KindAlias, "Yahoo! Japan"}, {1, KindTitle, "The president"}, {1, kindNot, "Kim Un"},
			{2, KindName, "Us"}, {2, KindAlias, "Café Internationalisation"}, {2, KindAlias, "F. Kim"}, {2, KindAlias, "ſ"}, {2, KindAlias, "ı"}, {2, KindAlias, "特朗普"},
			{3, KindName, phrase}, {3, KindTitle, phrase}, {3, kindNot, phrase + " kim"},
		})
		got := trie.hits(text)
		if !slices.IsSortedFunc(got, func(p, q hit) int {
			if p.kind == kindNot || q.kind == kindNot {
				return 0
			}
			return cmp.Or(cmp.Compare(p.span.Start, q.span.Start), cmp.Compare(p.span.End, q.span.End))
		}) {
			t.Errorf("out of order in %q: %v", text, got)
		}
		slices.SortFunc(got, compareHits)
		if diff := gocmp.Diff(naiveSearch(entries, text), got, gocmp.AllowUnexported(hit{})); diff != "" {
			t.Errorf("in %q (-naive +got):\n%s", text, diff)
		}
	})
}

// TestSearchShared has what many actors share found once.
func TestSearchShared(t *testing.T) {
	t.Parallel()
	const actors = 1_000
	var entries []entry
	for i := range actors {
		entries = append(entries, entry{i, KindName, fmt.Sprint("A", i)}, entry{i, KindTitle, "the chairman"}, entry{i, KindTitle, "The Chairman"})
	}
	trie, _ := newTrieOf(t, actors, entries)
	var m matches
	trie.search("A7 met the chairman.", &m)
	found := m.found
	if len(found) != 2 || found[0].spelling != "A7" || found[1].spelling != "the chairman" || len(found[1].actors) != actors {
		t.Errorf("found %+v", found)
	}
}

// TestVocabulary tells words apart whose hashes are the same.
func TestVocabulary(t *testing.T) {
	t.Parallel()
	v := newVocabulary()
	seen := make(map[uint32]string)
	for i := 0; ; i++ {
		word := fmt.Sprint("w", i)
		_, hash := firstWord(word, 0)
		other, ok := seen[hash]
		if !ok {
			seen[hash] = word
			continue
		}
		first, none := v.add(hash, other), v.number(hash, word)
		second, again := v.add(hash, word), v.number(hash, strings.ToUpper(other))
		if first != 1 || none != 0 || second != 2 || again != 1 {
			t.Errorf("%q and %q, which have one hash, are %d, %d, %d and %d", other, word, first, none, second, again)
		}
		return
	}
}

// TestSearchNothing searches where nothing is found, which must cost no memory.
func TestSearchNothing(t *testing.T) {
	trie, _ := newTrieOf(t, 2, []entry{
		{0, KindName, "Kim Jong Un"}, {0, KindTitle, "the president"}, {0, kindNot, "Kim Yo Jong"},
		{1, KindName, "US"}, {1, KindAlias, "Café Noir"}, {1, KindAlias, "Yahoo! Japan"}, {1, KindAlias, "特朗普"},
	})
	for _, text := range []string{
		"",
		"It gave the chairman of the board, a friend, little hope.",
		"“Tell us, Jong’s men,” the Un, Kim — Yahoo, Japan said in the U.K.",
		"Kim café “noir”, un café, naïve Ca\u00adfé; 特朗; президент; ΑΘΗΝΑ",
	} {
		if n := testing.AllocsPerRun(10, func() {
			var m matches
			if trie.search(text, &m); m.found != nil || m.excluded != nil {
				t.Fatalf("found %v, %v in %q", m.found, m.excluded, text)
			}
		}); n != 0 {
			t.Errorf("%v allocations in %q", n, text)
		}
	}
}
