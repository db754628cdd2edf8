package scoring_test

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"tonewatch/scoring"
)

// passage is one of testdata/mentions: a text and the mentions in it.
type passage struct {
	hard     string // what is hard about it, "" if nothing
	text     string
	mentions []scoring.Mention
}

// mark is how a passage marks a mention: [words](Actor kind).
var mark = regexp.MustCompile(`\[([^\]]+)\]\(([^)]+) (name|alias|surname|title|pronoun|metonym)\)`)

func readPassages(tb testing.TB, file string) []passage {
	tb.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	var passages []passage
	for part := range strings.SplitSeq(string(content), "\n---\n") {
		part = strings.TrimSpace(part)
		var p passage
		if first, rest, ok := strings.Cut(part, "\n"); ok && strings.HasPrefix(first, "# ") {
			p.hard, part = strings.TrimPrefix(first, "# "), rest
		}
		var text strings.Builder
		end := 0
		for _, m := range mark.FindAllStringSubmatchIndex(part, -1) {
			text.WriteString(part[end:m[0]])
			start := text.Len()
			text.WriteString(part[m[2]:m[3]])
			p.mentions = append(p.mentions, scoring.Mention{
				Actor: part[m[4]:m[5]], Kind: scoring.Kind(part[m[6]:m[7]]), Span: scoring.Span{Start: start, End: text.Len()},
			})
			end = m[1]
		}
		text.WriteString(part[end:])
		p.text = text.String()
		if strings.Contains(p.text, "](") {
			tb.Fatalf("%s: a mark is broken in %q", file, part)
		}
		passages = append(passages, p)
	}
	return passages
}

func readActors(tb testing.TB) []scoring.Actor {
	tb.Helper()
	content, err := os.ReadFile("../testdata/mentions/actors.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	var config struct{ Actors []scoring.Actor }
	if err := yaml.Unmarshal(content, &config); err != nil {
		tb.Fatal(err)
	}
	return config.Actors
}

// tally counts mentions.
type tally struct{ wanted, got, both int }

func (t *tally) add(u tally) { t.wanted, t.got, t.both = t.wanted+u.wanted, t.got+u.got, t.both+u.both }

func (t tally) precision() float64 { return float64(t.both) / float64(max(t.got, 1)) }
func (t tally) recall() float64    { return float64(t.both) / float64(max(t.wanted, 1)) }
func (t tally) f1() float64        { return 2 * float64(t.both) / float64(max(t.wanted+t.got, 1)) }

func (t tally) String() string {
	return fmt.Sprintf("wanted %4d  got %4d  precision %.3f  recall %.3f  F1 %.3f", t.wanted, t.got, t.precision(), t.recall(), t.f1())
}

// TestGold measures the finder on passages whose mentions were marked by hand.
// A mention counts where one of the same actor overlaps it, one to one.
func TestGold(t *testing.T) {
	t.Parallel()
	finder := newFinder(t, readActors(t)...)
	for _, split := range []string{"dev", "held"} {
		t.Run(split, func(t *testing.T) {
			t.Parallel()
			byKind := make(map[scoring.Kind]*tally)
			byHard := make(map[string]*tally)
			for _, p := range readPassages(t, "../testdata/mentions/"+split+".md") {
				got := finder.Find(p.text)
				checkMentions(t, p.text, got)
				wrong := compare(p, got, byKind, byHard)
				if len(wrong) > 0 && split == "dev" { // the other is only ever measured
					t.Logf("%s\n\t%s", p.text, strings.Join(wrong, "\n\t"))
				}
			}
			var named, all tally
			for kind, tally := range byKind {
				all.add(*tally)
				if kind.Named() {
					named.add(*tally)
				}
				t.Logf("%-12s %v", kind, tally)
			}
			for _, hard := range slices.Sorted(maps.Keys(byHard)) {
				t.Logf("# %-10s %v", hard, byHard[hard])
			}
			t.Logf("%-12s %v", "named", named)
			t.Logf("%-12s %v", "all", all)
			pronouns := byKind[scoring.KindPronoun]
			if named.f1() < 0.97 || all.f1() < 0.85 || pronouns.precision() < 0.95 {
				t.Errorf("F1 %.3f named, %.3f of all, precision %.3f of pronouns; want at least 0.97, 0.85, 0.95", named.f1(), all.f1(), pronouns.precision())
			}
		})
	}
}

// compare counts the mentions of p that were got, and returns those that were
// missed or wrong.
func compare(p passage, got []scoring.Mention, byKind map[scoring.Kind]*tally, byHard map[string]*tally) (wrong []string) {
	hit := make([]bool, len(got))
	of := func(kind scoring.Kind) []*tally {
		if kind == scoring.KindAlias {
			kind = scoring.KindName // the passages tell no aliases from names
		}
		if byKind[kind] == nil {
			byKind[kind] = new(tally)
		}
		if byHard[p.hard] == nil {
			byHard[p.hard] = new(tally)
		}
		return []*tally{byKind[kind], byHard[p.hard]}
	}
	for _, want := range p.mentions {
		i := slices.IndexFunc(got, func(m scoring.Mention) bool {
			return m.Actor == want.Actor && m.Span.Start < want.Span.End && want.Span.Start < m.Span.End
		})
		found := i >= 0 && !hit[i]
		for _, tally := range of(want.Kind) {
			tally.wanted++
			if found {
				tally.got++
				tally.both++
			}
		}
		if found {
			hit[i] = true
		} else {
			wrong = append(wrong, fmt.Sprintf("missed %q: %s, %s", want.Span.Of(p.text), want.Actor, want.Kind))
		}
	}
	for i, m := range got {
		if !hit[i] {
			for _, tally := range of(m.Kind) {
				tally.got++
			}
			wrong = append(wrong, fmt.Sprintf("wrong %q at %d: %s, %s", m.Span.Of(p.text), m.Span.Start, m.Actor, m.Kind))
		}
	}
	return wrong
}
