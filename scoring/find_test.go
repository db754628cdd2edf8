package scoring_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tonewatch/scoring"
)

// koreas are the actors of testdata/stories/letter.txt.
func koreas() []scoring.Actor {
	return []scoring.Actor{
		{Name: "North Korea", Aliases: []string{"DPRK", "Pyongyang"}},
		{Name: "South Korea", Aliases: []string{"Seoul"}},
		{Name: "Kim Jong Un", Aliases: []string{"Kim"}, Titles: []string{"North Korean leader", "Chairman"}, Not: []string{"Kim Yo Jong"}},
		{Name: "Kim Yo Jong"},
		{Name: "Donald Trump", Aliases: []string{"Trump"}, Titles: []string{"U.S. president", "the president"}, Not: []string{"Trump Tower"}},
		{Name: "United States", Aliases: []string{"US"}},
	}
}

func newFinder(tb testing.TB, actors ...scoring.Actor) *scoring.Finder {
	tb.Helper()
	f, err := scoring.NewFinder(actors)
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

// marked returns text with its mentions in brackets, each with the initials of
// its actor and the first letter of its kind.
func marked(text string, mentions []scoring.Mention) string {
	var b strings.Builder
	end := 0
	for _, m := range mentions {
		b.WriteString(text[end:m.Span.Start])
		initials := ""
		for word := range strings.FieldsSeq(m.Actor) {
			initials += word[:1]
		}
		fmt.Fprintf(&b, "[%s %s:%c]", m.Span.Of(text), initials, m.Kind[0])
		end = m.Span.End
	}
	return b.String() + text[end:]
}

func TestFind(t *testing.T) {
	t.Parallel()
	companies := []scoring.Actor{
		{Name: "Apple"},
		{Name: "AT&T"},
		{Name: "Disney+"},
		{Name: "McDonald's"},
		{Name: "Yahoo! Japan"},
		{Name: "iPhone maker", Aliases: []string{"al Jazeera", "Le Café"}},
		{Name: "New York", Not: []string{"New York Times"}},
		{Name: "The Times", Aliases: []string{"Times Square Alliance", "New York Times Company"}},
	}
	for _, test := range []struct {
		name   string
		actors []scoring.Actor
		text   string // with the brackets of marked
	}{
		{"name and alias", koreas(), "[North Korea NK:n], or the [DPRK NK:a], is ruled from [Pyongyang NK:a]."},
		{"word bounds", koreas(), "Trumpism, Trumps, KimKim, North Koreans and outTrump."},
		{"longest match", koreas(), "[Kim Yo Jong KYJ:n] and [Kim Jong Un KJU:n] and Kim Jong Il."},
		{"exclusion", koreas(), "[Trump DT:a] left Trump Tower, TRUMP TOWER and [Trump DT:a]."},
		{"exclusion after a name", koreas(), "Donald Trump Tower"},
		{"exclusion within a name", []scoring.Actor{{Name: "Trump Tower Fund", Not: []string{"Trump Tower"}}}, "The [Trump Tower Fund TTF:n]"},
		{"shorter name before an exclusion", []scoring.Actor{{Name: "New York", Aliases: []string{"New York Blue"}, Not: []string{"Blue Line"}}}, "[New York NY:n] Blue Line"},
		{"exclusion of one actor is the name of another", companies, "In [New York NY:n] the New York Times and the [New York Times Company TT:a]"},
		{"possessive", koreas(), "[Trump DT:a]'s, [Kim KJU:a]’s and the [United States US:n]' aims"},
		{"apostrophe in a name", companies, "[McDonald's M:n] and [McDonald’s M:n], not McDonald"},
		{"hyphens", koreas(), "anti-[Trump DT:a], the [Trump DT:a]-[Kim KJU:a] talks, [US US:a]-led, [Kim Jong-un KJU:n], [Kim Jong\u2011Un KJU:n]"},
		{"dash is no hyphen", koreas(), "North - Korea, North—Korea"},
		{"white space", koreas(), "[North\nKorea NK:n], [North \t Korea NK:n], [North\u00a0Korea NK:n]"},
		{"blank line parts words", koreas(), "The North\n\nKorea; the North\r\n\r\nKorea"},
		{"marks part words", koreas(), "North, Korea. North. Korea. North (Korea)"},
		{"invisible characters", koreas(), "[No\u00adrth Ko\u00adrea NK:n] and [Trump DT:a]\u200b"},
		{"acronym with stops", koreas(), "The [U.S. US:a] and [US US:a] and U.S.A. and [U.S. US:a]'s and [U.S US:a]"},
		{"acronym is not a small word", koreas(), "Tell us, Us or u.s. about it"},
		{"headline in capitals", koreas(), "[NORTH KOREA NK:n] AND [TRUMP DT:a] MEET [KIM Jong Un KJU:n]"},
		{"small letters are another word", companies, "an apple, an [Apple A:n], an [APPLE A:n]"},
		{"small letters in the alias", companies, "[al Jazeera im:a], [Al Jazeera im:a], [AL JAZEERA im:a] and the [iPhone maker im:n]"},
		{"marks in names", companies, "[AT&T A:n], AT & T, [Disney+ D:n], Disney, [Yahoo! Japan YJ:n], Yahoo Japan"},
		{"accents composed or not", companies, "[Le Café im:a], [Le Cafe\u0301 im:a], Le Cafe"},
		{"initials with or without stops", []scoring.Actor{{Name: "John F Kennedy", Aliases: []string{"JD Vance"}}}, "[John F. Kennedy JFK:n], [J.D. Vance JFK:a]"},
		{"scripts without spaces", []scoring.Actor{{Name: "Trump", Aliases: []string{"特朗普", "트럼프"}}}, "美国总统[特朗普 T:a]说 [트럼프 T:a]는"},
		{"closest case wins", []scoring.Actor{{Name: "Us"}, {Name: "Government", Aliases: []string{"US"}}}, "[Us U:n] and [US G:a]"},
		{"title after the name", koreas(), "The president met the Chairman. [Trump DT:a] met [Kim KJU:a]; [the president DT:t] and [the chairman KJU:t] left."},
		{"title before the name", koreas(), "US President [Donald Trump DT:n] and US President [Donald Trump DT:n]"},
		{"title does not name", []scoring.Actor{{Name: "A", Titles: []string{"the boss"}}}, "The boss met the boss."},
		{
			"shared title refers to the last named", []scoring.Actor{{Name: "Moon", Titles: []string{"president"}}, {Name: "Trump", Titles: []string{"President"}}},
			"A president. [Moon M:n] met [Trump T:n]. [The president T:t] asked [Moon M:n]. [The president M:t] left.",
		},
		{"alias before title", []scoring.Actor{{Name: "Moon", Titles: []string{"Sun"}}, {Name: "Sun"}}, "[Moon M:n] met [Sun S:n]"},
		{"exclusion of a title", []scoring.Actor{{Name: "Moon", Titles: []string{"president"}, Not: []string{"vice president"}}}, "[Moon M:n] met the Vice President and the vice president."},
		{"pronoun after a name with a stop in it", []scoring.Actor{{Name: "Pink! Moore", Kind: scoring.ActorPerson, Pronouns: "she"}}, "A [Pink! Moore PM:n] sang. [She PM:p] left."},
		{"broken text", koreas(), "\xff[Trump DT:a]\xc3 \xe2\x80[Kim KJU:a]\x80 North\xa0Korea"},
		{"nothing", koreas(), ""},
		{"no actors", nil, "Trump"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := newFinder(t, test.actors...)
			text := unmarked(test.text)
			if diff := cmp.Diff(test.text, marked(text, f.Find(text))); diff != "" {
				t.Errorf("mentions (-want +got):\n%s", diff)
			}
		})
	}
}

// unmarked takes out what marked puts in.
func unmarked(text string) string {
	var b strings.Builder
	for text != "" {
		before, rest, ok := strings.Cut(text, "[")
		b.WriteString(before)
		if !ok {
			break
		}
		inner, after, _ := strings.Cut(rest, "]")
		b.WriteString(inner[:strings.LastIndex(inner, " ")])
		text = after
	}
	return b.String()
}

func TestNewFinder(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		actors []scoring.Actor
		want   string
	}{
		{"no name", []scoring.Actor{{Name: "A"}, {}}, `actor 2 has no name`},
		{"empty alias", []scoring.Actor{{Name: "A", Aliases: []string{""}}}, `actor "A": alias "" has no word in it`},
		{"wordless title", []scoring.Actor{{Name: "A", Titles: []string{"--"}}}, `actor "A": title "--" has no word in it`},
		{"long exclusion", []scoring.Actor{{Name: "A", Not: []string{strings.Repeat("x ", 33)}}}, `actor "A": not "` + strings.Repeat("x ", 33) + `" has 33 words, at most 32 are allowed`},
		{"same name", []scoring.Actor{{Name: "A"}, {Name: "A"}}, `actor "A": name "A" already means actor "A"`},
		{"clash of spellings", []scoring.Actor{{Name: "A", Aliases: []string{"U.S. Steel"}}, {Name: "B", Aliases: []string{"US  Steel"}}}, `actor "B": alias "US  Steel" already means actor "A"`},
		{"exclusion of the own name", []scoring.Actor{{Name: "A", Not: []string{"A"}}}, `actor "A": not "A" excludes the actor's own name`},
		{
			"all at once", []scoring.Actor{{Name: "A", Aliases: []string{"."}}, {Name: "B", Aliases: []string{"A"}}},
			"actor \"A\": alias \".\" has no word in it\nactor \"B\": alias \"A\" already means actor \"A\"",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := scoring.NewFinder(test.actors)
			if err == nil || err.Error() != test.want {
				t.Errorf("error:\n%v\nwant:\n%s", err, test.want)
			}
		})
	}
	t.Run("same alias twice, shared title and shared exclusion", func(t *testing.T) {
		t.Parallel()
		newFinder(t,
			scoring.Actor{Name: "A", Aliases: []string{"A", "A"}, Titles: []string{"boss", "A"}, Not: []string{"X"}},
			scoring.Actor{Name: "B", Titles: []string{"boss"}, Not: []string{"X", "A"}})
	})
}

// FuzzFind also feeds the text to the finder as an alias and as an exclusion.
func FuzzFind(f *testing.F) {
	f.Add("Kim Yo Jong, U.S. President Donald Trump's \u200b KIM JONG-un\n\nthe president")
	f.Add("\xffTrump\xc3 Trump Tower. AT&T+ 特朗普 Cafe\u0301")
	f.Add("U.S U.S.. U.S.A-US us K.im . Kim\u0301")
	f.Add("President Trump’s “He said Mr. May, he” he. \n\nSeoul, the Russian foreign ministry and Georgia: she; Chairman Kim Yong Chol.'s")
	actors := koreas()
	for i, a := range actors {
		actors[i].Kind = scoring.ActorPerson
		if strings.HasSuffix(a.Name, "Korea") || a.Name == "United States" {
			actors[i].Kind, actors[i].Expand = scoring.ActorCountry, true
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, more := range []scoring.Actor{
			{Name: "Fuzz", Aliases: []string{text}},
			{Name: "Fuzz", Titles: []string{text}, Aliases: []string{"Korea"}, Not: []string{text + " Kim"}},
			{Name: "Fuzz " + text, Kind: scoring.ActorPerson, Titles: []string{text}},
			{Name: text, Kind: scoring.ActorPerson, Pronouns: "she"},
			{Name: text, Kind: scoring.ActorCountry, Expand: true},
		} {
			finder, err := scoring.NewFinder(append(actors[:len(actors):len(actors)], more))
			if err != nil {
				finder = newFinder(t, actors...)
			}
			mentions := finder.Find(text)
			checkMentions(t, text, mentions)
			if diff := cmp.Diff(mentions, finder.Find(text)); diff != "" {
				t.Fatalf("searched twice:\n%s", diff)
			}
		}
	})
}

func checkMentions(t *testing.T, text string, mentions []scoring.Mention) {
	t.Helper()
	edges := runeEdges(text)
	end := 0
	named := make(map[string]bool)
	for _, m := range mentions {
		if m.Span.Start < end || m.Span.End <= m.Span.Start || !edges[m.Span.Start] || !edges[m.Span.End] {
			t.Fatalf("mention %+v after %d of %q", m, end, text)
		}
		if (m.Kind == scoring.KindTitle || m.Kind == scoring.KindPronoun) && !named[m.Actor] {
			t.Fatalf("%+v before a name of its actor in %q", m, text)
		}
		if m.Sure <= 0 || m.Sure > 1 || m.From.End > m.Span.Start {
			t.Fatalf("mention %+v is not sure, or leans on what follows, in %q", m, text)
		}
		named[m.Actor] = true
		end = m.Span.End
	}
}

// TestFindHostile finds in a megabyte of one phrase sixteen times what it finds
// in a sixteenth of it, but for what stands at the ends. Were the cost to grow
// faster than the text, it would not end.
func TestFindHostile(t *testing.T) {
	t.Parallel()
	f := newFinder(t, readActors(t)...)
	for _, phrase := range []string{
		"Trump ", "Kim Jong Un ", "Trump he ", "Trump, who said him ", "he Trump he. ", "President President Trump said \"he\" ",
		"Kim Yong Chol Kim ", "May 5 ", "US ", "Georgia ", "Seoul and ", "South Korean air ", "Trump, the president, ",
		"Bush’s half-", "Trump \n", "the president of Trump ", "Mr. ", "“Trump he ", "Ann Lee, he Trump ",
	} {
		t.Run(phrase, func(t *testing.T) {
			t.Parallel()
			const parts, ends = 16, 8
			repeats := 1 << 20 / len(phrase) / parts
			part := strings.Repeat(phrase, repeats)
			few, many := len(f.FindAll(part)), len(f.FindAll(strings.Repeat(part, parts)))
			if many < parts*few-parts*ends || many > parts*few+parts*ends {
				t.Errorf("%d mentions in %d times %q, %d in %d times as much", few, repeats, phrase, many, parts)
			}
		})
	}
}

// TestFindStops looks for no more than the first mentions, and finds those that
// it finds among all.
func TestFindStops(t *testing.T) {
	t.Parallel()
	f := newFinder(t, readActors(t)...)
	text := strings.Repeat("Donald Trump met Kim Jong Un. He said that he trusts him.\n\nThe president left.\n\n", scoring.MaxMentions)
	got, all := f.Find(text), f.FindAll(text)
	if len(got) != scoring.MaxMentions || len(all) <= len(got) {
		t.Fatalf("%d mentions of %d, want %d", len(got), len(all), scoring.MaxMentions)
	}
	if diff := cmp.Diff(all[:len(got)], got); diff != "" {
		t.Errorf("-all +first:\n%s", diff)
	}
}

// TestFindRepeats searches what costs most: one alias again and again, and at
// each word the start of the longest phrase allowed.
func TestFindRepeats(t *testing.T) {
	t.Parallel()
	f := newFinder(t, scoring.Actor{Name: "a", Aliases: []string{"a a", strings.Repeat("a ", 31) + "b"}, Not: []string{"a c"}})
	const pairs = 50_000
	mentions := f.FindAll(strings.Repeat("a a ", pairs))
	if got, want := len(mentions), pairs; got != want {
		t.Errorf("%d mentions, want %d", got, want)
	}
}
