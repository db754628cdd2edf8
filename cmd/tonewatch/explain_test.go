package main

import (
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"tonewatch/scoring"
)

// What an article would do to a terminal does not reach it.
func TestExplainPrintsNothingThatSteersATerminal(t *testing.T) {
	t.Parallel()
	const sentence = "Acme\x1b[31m is\twonderful,\nsays\u202e Brick\x08."
	spanOf := func(word string) scoring.Span {
		at := strings.Index(sentence, word)
		return scoring.Span{Start: at, End: at + len(word)}
	}
	e := explanation{Sentence: sentence, target: spanOf("Brick"), weights: []scoring.Weight{{Word: spanOf("wonderful"), Moved: 0.5}}}
	if diff := cmp.Diff("Acme[31m is wonderful{+0.50}, says [Brick].", e.marked(false)); diff != "" {
		t.Errorf("sentence (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff("Acme[31m is \x1b[1m\x1b[33mwonderful\x1b[0m, says [Brick].", e.marked(true)); diff != "" {
		t.Errorf("sentence in colours (-want +got):\n%s", diff)
	}

	var out strings.Builder
	mention := found{
		Actor: "Brick", Kind: scoring.KindTitle, Sure: 0.9,
		part: part{Text: "the\x1b[2J\nmason", span: span{Start: 7}}, From: &part{Text: "Br\u200bick"},
	}
	if err := printMentions(&out, []found{mention}); err != nil {
		t.Fatal(err)
	}
	const want = "AT  MENTION       ACTOR  KIND   SURE\n7   the[2J mason  Brick  title  0.90  leans on \"Brick\" at 0\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("mentions (-want +got):\n%s", diff)
	}
	if strings.ContainsFunc(strings.ReplaceAll(out.String(), "\n", ""), unicode.IsControl) {
		t.Errorf("control characters in %q", out.String())
	}
}
