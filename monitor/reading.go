package monitor

import (
	"cmp"
	"maps"
	"slices"
	"time"

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

// Quote is a sentence with one mention in it, as evidence.
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
		q := Quote{
			Sentence: text[o.Sentence.Start:o.Sentence.End],
			At:       o.Sentence.Start,
			Start:    o.Span.Start - o.Sentence.Start,
			End:      o.Span.End - o.Sentence.Start,
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
