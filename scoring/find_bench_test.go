package scoring_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"tonewatch/scoring"
)

// The words of the texts and the parts of the names to measure with.
var (
	plain = strings.Fields(`the the the the the the of of of to to to and and and in in in a a a that is for for on on it was with as
		as he she his her be at at by by this have has had from or an are but not they which said said will would who were been their
		its one more about after new over up out into than could also two first last year years week day days month time people
		government officials minister leaders president chairman talks deal trade economy market company shares growth billion
		million percent police court law case state states country countries world war troops military attack security vote election
		party campaign parliament support policy plan report statement news agency press conference told reporters spokesman decision
		pressure sanctions nuclear weapons program health virus hospital patients school students children family home city town
		house street water food energy oil gas prices climate change storm fire south north east west western former senior early
		late while when where there because before between under against during since until among across long high low large small
		strong public national international foreign federal local political economic financial social private major recent possible
		likely expected announced agreed called made took came went left found asked added warned rejected accused denied may us`)
	given = strings.Fields(`James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan Joseph
		Jessica Thomas Karen Charles Sarah Christopher Lisa Daniel Nancy Matthew Sandra Anthony Betty Mark Ashley Donald Emily Steven
		Kimberly Andrew Margaret Paul Donna Joshua Michelle Kenneth Carol Kevin Amanda Brian Melissa George Deborah Timothy Stephanie
		Ronald Rebecca Jason Sharon Edward Laura Jeffrey Cynthia Ryan Dorothy Jacob Amy Jean-Luc José`)
	surnames = strings.Fields(`Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez
		Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson
		Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter
		Roberts May Phillips Evans Turner Diaz Parker Cruz Edwards Collins Reyes Stewart Morris Morales Murphy Cook Rogers Gutiérrez
		Ortiz Morgan Cooper Peterson Bailey Reed Kelly Howard Ramos Kim Cox Ward Richardson Watson Brooks Chávez Wood James Bennett
		Gray Mendoza Ruiz Hughes Price Álvarez Castillo Sanders Patel Myers Long Ross Foster`)
	towns = strings.Fields(`Ash Oak Brad Chester Clear Cold Dart East Fair Glen Green Hart High Kings Lake Mill New North Old Red River
		Rock Sand Shel South Spring Stan Stone Sun West White Win Wood York`)
	endings = strings.Fields(`ford ham ton field ville bury worth mouth dale wick borough bridge view port minster stead land burn more
		well haven gate ridge side hurst ley`)
	trades  = strings.Fields(`Steel Motors Bank Energy`)
	forms   = strings.Fields(`Group Corp Holdings Company Trust International Europe Asia`)
	regions = strings.Fields(`County City Council Valley Region Island Coast Republic`)
	offices = []string{"the president", "the prime minister", "foreign minister", "the governor", "chief executive", "the chairman"}
)

// manyActors returns n persons, towns and companies, at most 10,756, mixed in
// a fixed order. Each has a name, so many aliases, at most 8, and a title or an
// exclusion. They share the parts of their names as real ones do.
func manyActors(n, aliases int) []scoring.Actor {
	var actors []scoring.Actor
	for _, town := range towns {
		for _, ending := range endings {
			name := town + ending
			actors = append(actors, scoring.Actor{Name: name, Aliases: join(name, regions[:aliases], ""), Not: []string{name + " Times"}})
			for _, trade := range trades {
				company := name + " " + trade
				actors = append(actors, scoring.Actor{Name: company, Aliases: join(company, forms[:aliases], ""), Titles: []string{"the company"}})
			}
		}
	}
	initials := strings.Split("A. B. C. D. E. F. G. H.", " ")
	for i, first := range given {
		for _, last := range surnames {
			office := offices[i%len(offices)]
			actors = append(actors, scoring.Actor{Name: first + " " + last, Aliases: join(first, initials[:aliases], last), Titles: []string{office}})
		}
	}
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(actors), func(i, j int) { actors[i], actors[j] = actors[j], actors[i] })
	return actors[:n]
}

// knowPersons sets the kind of the persons among actors, so that their surnames
// and pronouns are looked for, too.
func knowPersons(actors []scoring.Actor) {
	for i := range actors {
		if first, _, _ := strings.Cut(actors[i].Name, " "); slices.Contains(given, first) {
			actors[i].Kind = scoring.ActorPerson
		}
	}
}

// join returns the names with a part of parts each between before and after.
func join(before string, parts []string, after string) []string {
	var names []string
	for _, part := range parts {
		names = append(names, strings.TrimSpace(before+" "+part+" "+after))
	}
	return names
}

// news returns 64,000 words in sentences that mention an actor every 40 words,
// a few actors often and most seldom, as the news does.
func news(actors []scoring.Actor) string {
	rng := rand.New(rand.NewPCG(2, 2))
	named := rand.NewZipf(rng, 1.2, 2, uint64(len(actors)-1))
	var b strings.Builder
	left := 0 // words of the sentence
	for i := range 64_000 {
		word := plain[rng.IntN(len(plain))]
		if i%40 == 20 {
			actor := actors[named.Uint64()]
			word = append(actor.Aliases, actor.Name)[rng.IntN(1+len(actor.Aliases))]
			if rng.IntN(5) == 0 {
				word += "’s"
			}
		}
		switch {
		case left > 0 && rng.IntN(15) == 0:
			b.WriteString(", ")
		case left > 0:
			b.WriteByte(' ')
		default:
			left = 8 + rng.IntN(25)
			word = strings.ToUpper(word[:1]) + word[1:]
			if i > 0 {
				b.WriteString([]string{". ", ". ", ". ", ".\n\n", ".” ", ". “"}[rng.IntN(6)])
			}
		}
		b.WriteString(word)
		left--
	}
	return b.String() + "."
}

// BenchmarkFind measures that a text costs the same however many actors there
// are: x10actors is the speed in terms of that with ten. The first row, a loop
// that only adds up the bytes, tells how fast the machine is. The last one also looks for surnames and pronouns.
func BenchmarkFind(b *testing.B) {
	b.Run("bytes", func(b *testing.B) {
		text := news(manyActors(10, 1))
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			sum := byte(0)
			for i := range len(text) {
				sum += text[i]
			}
		}
	})
	var ten float64 // ns a byte
	for _, row := range []struct {
		actors  int
		persons bool // are known to be such
	}{{10, false}, {1_000, false}, {10_000, false}, {10_000, true}} {
		b.Run(fmt.Sprintf("actors=%d,persons=%t", row.actors, row.persons), func(b *testing.B) {
			actors := manyActors(row.actors, 1)
			text := news(actors)
			if row.persons {
				knowPersons(actors)
			}
			f := newFinder(b, actors...)
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				f.Find(text)
			}
			cost := float64(b.Elapsed()) / float64(b.N) / float64(len(text))
			if row.actors == 10 {
				ten = cost
			}
			b.ReportMetric(ten/cost, "x10actors")
		})
	}
}

// BenchmarkFindRepeated measures a megabyte of one alias; all is without the
// bound on mentions, for what each costs.
func BenchmarkFindRepeated(b *testing.B) {
	for _, alias := range []string{"Kim", "Kim Jong Un", "A", "The A"} {
		b.Run(alias, func(b *testing.B) {
			text := strings.Repeat(alias+" ", 1<<20/(len(alias)+1))
			f := newFinder(b, scoring.Actor{Name: alias, Titles: []string{"leader"}, Not: []string{alias + " Square"}})
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				f.Find(text)
			}
		})
		b.Run(alias+"/all", func(b *testing.B) {
			text := strings.Repeat(alias+" ", 1<<20/(len(alias)+1))
			f := newFinder(b, scoring.Actor{Name: alias, Titles: []string{"leader"}, Not: []string{alias + " Square"}})
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				f.FindAll(text)
			}
		})
	}
}

// BenchmarkNewFinder measures the making of a finder of 10,000 actors, and the
// memory that it keeps for each phrase.
func BenchmarkNewFinder(b *testing.B) {
	for _, phrases := range []int{3, 10} {
		b.Run(fmt.Sprintf("phrases=%d", phrases), func(b *testing.B) {
			actors := manyActors(10_000, phrases-2)
			for b.Loop() {
				newFinder(b, actors...)
			}
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			f := newFinder(b, actors...)
			runtime.GC()
			runtime.ReadMemStats(&after)
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(phrases*len(actors)), "B/phrase")
			runtime.KeepAlive(f)
		})
	}
}
