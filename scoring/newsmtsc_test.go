package scoring_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"tonewatch/scoring"
)

var newsmtsc = flag.String("newsmtsc", "", "train.jsonl.gz of NewsMTSC (https://github.com/fhamborg/NewsMTSC), to measure the finder on")

// row is a sentence of NewsMTSC with the targets in it.
type row struct {
	Text    string `json:"sentence_normalized"`
	Targets []struct {
		coreference
		Further []coreference `json:"further_mentions"` // not all of them are marked
	}
}

// coreference is a mention of a target; offsets are code points.
type coreference struct {
	Mention  string
	From, To int
}

func (c coreference) span(text string) scoring.Span {
	s := scoring.Span{Start: len(text), End: len(text)}
	n := 0
	for i := range text {
		switch n {
		case c.From:
			s.Start = i
		case c.To:
			s.End = i
		}
		n++
	}
	return s
}

func (c coreference) isPronoun() bool {
	return slices.Contains([]string{"he", "him", "his", "himself", "she", "her", "hers", "herself"}, strings.ToLower(c.Mention))
}

func readRows(tb testing.TB, file string) []row {
	tb.Helper()
	f, err := os.Open(file)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	var rows []row
	lines := bufio.NewScanner(unzipped)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r row
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			tb.Fatal(err)
		}
		rows = append(rows, r)
	}
	if err := lines.Err(); err != nil {
		tb.Fatal(err)
	}
	return rows
}

// noNames are capitalised words that are no part of a name: titles and parties
// before it, words that open a sentence, pronouns.
var noNames = strings.Fields(`President Sen. Senator Sens. Mr. Mrs. Ms. Miss Rep. Reps. Gov. Governor Judge Justice Dr. Secretary State
	Speaker Attorney General Gen. Former The Vice House Minister Prime Chancellor Democrat Republican GOP Candidate
	Leader Director Chairman Congressman Congresswoman Mayor King Chief Nominee Republicans Democrats Majority Minority
	If When But As And While For In At With By On Did Is Does Will Can Should Has That Since After Like Then Now So Because
	What Why How Even To Of From Although Though Yet Was Under Unlike He She I They It We His Her You My Their This Who Its`)

// fullName returns the name that a mention is part of in a sentence, without a
// title, but with the given names before it; "" if it is no name of one to four
// capitalised words.
func fullName(text string, c coreference) string {
	isName := func(word string) bool {
		first, _ := utf8.DecodeRuneInString(word)
		return unicode.IsUpper(first) && !slices.Contains(noNames, word) && !strings.ContainsAny(word, "“”\"()[]/—,;:’'")
	}
	words := strings.Fields(strings.Trim(c.Mention, " ,.;:()[]“”\"'’—–-\u00a0"))
	for i, word := range words {
		words[i] = strings.TrimSuffix(strings.TrimSuffix(word, "'s"), "’s")
	}
	for len(words) > 1 && (slices.Contains(noNames, words[0]) || words[0] == "former" || words[0] == "the") {
		words = words[1:]
	}
	if before := text[:c.span(text).Start]; len(words) == 1 && strings.HasSuffix(before, " ") {
		given := strings.Fields(before)
		for n := 0; n < 2 && len(given) > 0 && isName(given[len(given)-1]); n++ {
			words = slices.Insert(words, 0, given[len(given)-1])
			given = given[:len(given)-1]
		}
	}
	if len(words) == 0 || len(words) > 4 || slices.ContainsFunc(words, func(word string) bool { return !isName(word) }) {
		return ""
	}
	return strings.Join(words, " ")
}

// TestNewsMTSC measures the finder on sentences of news in which targets are
// marked. Each target alone is made an actor by its full name: is the mention
// that is marked found, and are the pronouns? A target is a person if in some
// sentence a pronoun is marked as a mention of one with its last word.
//
// Many pronouns are not marked; so their precision counts only where some are.
func TestNewsMTSC(t *testing.T) {
	if *newsmtsc == "" {
		t.Skip("no -newsmtsc FILE")
	}
	last := func(name string) string { return name[strings.LastIndexByte(name, ' ')+1:] }
	rows := readRows(t, *newsmtsc)
	people := make(map[string]bool)
	for _, r := range rows {
		for _, target := range r.Targets {
			if slices.ContainsFunc(target.Further, coreference.isPronoun) {
				people[last(fullName(r.Text, target.coreference))] = true
			}
		}
	}
	var given, pronouns tally
	for _, r := range rows {
		for _, target := range r.Targets {
			actor := scoring.Actor{Name: fullName(r.Text, target.coreference)}
			if actor.Name == "" {
				continue
			}
			if people[last(actor.Name)] {
				actor.Kind = scoring.ActorPerson
			}
			want := make(map[int]bool)
			for _, c := range target.Further {
				if c.isPronoun() {
					want[c.span(r.Text).Start] = true
				}
			}
			at, found, n := target.span(r.Text), false, tally{wanted: len(want)}
			for _, m := range newFinder(t, actor).Find(r.Text) {
				if m.Kind != scoring.KindPronoun {
					found = found || m.Span.Start < at.End && at.Start < m.Span.End
					continue
				}
				n.got++
				if want[m.Span.Start] {
					n.both++
				} else {
					t.Logf("%q is not marked as %q in %s", r.Text[m.Span.Start:], actor.Name, r.Text)
				}
			}
			given.wanted++
			if found {
				given.add(tally{0, 1, 1})
			} else {
				t.Logf("missed %q as %q in %s", target.Mention, actor.Name, r.Text)
			}
			if n.wanted > 0 {
				pronouns.add(n)
			}
		}
	}
	t.Logf("given mention  %v", given)
	t.Logf("pronouns       %v", pronouns)
	if given.recall() < 0.97 {
		t.Errorf("found %.3f of the given mentions, want at least 0.97", given.recall())
	}
}
