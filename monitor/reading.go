package monitor

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tonewatch/scoring"
)

// Reading is one observation: the mean tone of a story's mentions of one actor
// by one voice.
type Reading struct {
	Story  Story
	Actor  string
	Voice  string // [OwnVoice], [AnyVoice], an actor's name or the source's words
	Outlet string
	At     time.Time
	Tone   float64 // mean over the quotes, in [-1, 1]
	// Named is the mean over those quotes that call the actor by name
	// ([scoring.Kind.Named]), nil where none does.
	Named    *float64
	Backfill bool
	Quotes   []Quote
}

// tone is what the reading counts as: its tone, or that by name alone. It is
// absent where only names count and there is none.
func (r Reading) tone(named bool) (tone float64, ok bool) {
	switch {
	case !named:
		return r.Tone, true
	case r.Named != nil:
		return *r.Named, true
	default:
		return 0, false
	}
}

// Story is what a reading points back to.
type Story struct {
	ID      int64
	Title   string
	URL     string
	Copies  int // further articles that print it
	Outlets int // that these are in
}

// Quote is a sentence with one mention in it, as evidence; of one that is very
// long, what is next to the mention.
type Quote struct {
	Sentence string       `json:"sentence"`
	At       int          `json:"at"`    // where Sentence begins, bytes into the text that was read
	Start    int          `json:"start"` // of the mention, bytes into Sentence
	End      int          `json:"end"`
	Kind     scoring.Kind `json:"kind"` // how the mention means the actor
	Sure     float64      `json:"sure"` // that it does, in (0, 1]
	Voice    string       `json:"voice"`
	Tone     float64      `json:"tone"`
}

// Readings sums up a text's opinions: one reading an actor and voice,
// and one for [AnyVoice], in order of actor and voice.
func Readings(text string, opinions []scoring.Opinion) []Reading {
	type key struct{ actor, voice string }
	quotes := make(map[key][]Quote)
	for _, o := range opinions {
		near := excerpt(text, o.Sentence, o.Span)
		q := Quote{
			Sentence: near.Of(text),
			At:       near.Start,
			Start:    o.Span.Start - near.Start,
			End:      o.Span.End - near.Start,
			Kind:     o.Kind,
			Sure:     o.Sure,
			Voice:    o.Voice,
			Tone:     o.Tone.Value(),
		}
		for _, voice := range []string{o.Voice, AnyVoice} {
			k := key{o.Actor, voice}
			quotes[k] = append(quotes[k], q)
		}
	}
	keys := slices.SortedFunc(maps.Keys(quotes), func(a, b key) int {
		return cmp.Or(cmp.Compare(a.actor, b.actor), cmp.Compare(a.voice, b.voice))
	})
	readings := make([]Reading, 0, len(keys))
	for _, k := range keys {
		r := Reading{Actor: k.actor, Voice: k.voice, Quotes: quotes[k]}
		var all, named mean
		for _, q := range r.Quotes {
			all.add(q.Tone)
			if q.Kind.Named() {
				named.add(q.Tone)
			}
		}
		r.Tone = all.value()
		if named.n > 0 {
			r.Named = new(named.value())
		}
		readings = append(readings, r)
	}
	return readings
}

// quoteReach is how many bytes of a sentence a quote keeps on each side of its
// mention. It is more than any receiver shows. A hostile page may be one sentence
// of thousands of mentions, each of which would keep all of it.
const quoteReach = 500

// excerpt is the part of a sentence next to a mention in it, cut between words
// where there are any.
func excerpt(text string, sentence, mention scoring.Span) scoring.Span {
	part := sentence
	if start := mention.Start - quoteReach; start > part.Start {
		for !utf8.RuneStart(text[start]) {
			start++
		}
		part.Start = start + strings.IndexByte(text[start:mention.Start], ' ') + 1
	}
	if end := mention.End + quoteReach; end < part.End {
		for !utf8.RuneStart(text[end]) {
			end--
		}
		part.End = end
		if n := strings.LastIndexByte(text[mention.End:end], ' '); n >= 0 {
			part.End = mention.End + n
		}
	}
	return part
}

// mostQuotes is how many quotes a story keeps of a reading.
const mostQuotes = 20

// strongest are the quotes that evidence is chosen from, in the order of the text:
// all of a few; of more the coldest and the warmest of those that name the actor,
// and of the others.
func strongest(quotes []Quote) []Quote {
	if len(quotes) <= mostQuotes {
		return quotes
	}
	groups := make(map[bool][]int) // by whether they name the actor
	for i, q := range quotes {
		groups[q.Kind.Named()] = append(groups[q.Kind.Named()], i)
	}
	keep := make(map[int]bool)
	for _, group := range groups {
		for _, direction := range []float64{-1, 1} {
			slices.SortFunc(group, func(a, b int) int {
				return cmp.Or(cmp.Compare(quotes[b].Tone*direction, quotes[a].Tone*direction), cmp.Compare(a, b))
			})
			for _, i := range group[:min(mostQuotes/4, len(group))] {
				keep[i] = true
			}
		}
	}
	kept := make([]Quote, 0, len(keep))
	for _, i := range slices.Sorted(maps.Keys(keep)) {
		kept = append(kept, quotes[i])
	}
	return kept
}

// mean is that of a story's tones, which unlike a [Sum] need not be taken apart
// again and are not rounded.
type mean struct{ n, total float64 }

func (m *mean) add(tone float64) { m.n, m.total = m.n+1, m.total+tone }

func (m mean) value() float64 { return m.total / m.n }

// Evidence is a story that moved a shift.
type Evidence struct {
	Title   string    `json:"title"`
	URL     string    `json:"url"`
	Outlet  string    `json:"outlet"`
	At      time.Time `json:"at"`
	Copies  int       `json:"copies"`
	Outlets int       `json:"outlets"` // that these are in
	Tone    float64   `json:"tone"`
	Moved   float64   `json:"moved"` // its part of the shift's Size
	Quote   Quote     `json:"quote"` // the sentence that speaks most for it
}
