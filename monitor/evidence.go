package monitor

import (
	"cmp"
	"slices"
	"time"
)

// mostEvidence is how many stories an episode keeps.
const mostEvidence = 10

// evidence ranks the stories that a rule counted by how far each moved the
// shift in the episode's direction, and keeps the first few. Of a volume each
// moved the same: those most printed come first, then the newest. Readings
// gives those in one voice within [from, to).
func evidence(r Rule, e Episode, s *Series, readings func(voice string, from, to time.Time) ([]Reading, error)) ([]Evidence, error) {
	var list []Evidence
	for i, side := range r.sides() {
		w := s.roll(r.scope(side), e.Last.At)
		from := time.Unix(int64(w.from)*3600, 0).UTC()
		if !e.Last.Since.IsZero() {
			from = e.Last.Since
		}
		found, err := readings(side.Voice, from, time.Unix(int64(w.to)*3600, 0).UTC())
		if err != nil {
			return nil, err
		}
		sign := 1.0
		if i == 1 {
			sign = -1 // the second side of a split
		}
		list = append(list, w.evidence(s, r, e, sign, found)...)
	}
	direction := float64(e.Direction)
	slices.SortStableFunc(list, func(a, b Evidence) int {
		if r.Volume != nil {
			return cmp.Or(cmp.Compare(b.Copies, a.Copies), b.At.Compare(a.At), cmp.Compare(a.URL, b.URL))
		}
		return cmp.Or(cmp.Compare(b.Moved*direction, a.Moved*direction), a.At.Compare(b.At), cmp.Compare(a.URL, b.URL))
	})
	return list[:min(mostEvidence, len(list))], nil
}

// evidence is what each reading of one side moved, with the quote that speaks
// most for the episode's direction.
func (w *rolling) evidence(s *Series, r Rule, e Episode, sign float64, readings []Reading) (list []Evidence) {
	var counted int
	for _, reading := range readings {
		if _, ok := w.counted(s, reading); ok {
			counted++
		}
	}
	for _, reading := range readings {
		tone, ok := w.counted(s, reading)
		if !ok {
			continue
		}
		expected := w.expected[s.ids[reading.Outlet]].tone // 0 of a level
		moved := sign * (tone - expected) / float64(counted)
		if r.Volume != nil {
			moved = 1 / e.Last.Expected
		}
		list = append(list, Evidence{
			Title: reading.Story.Title, URL: reading.Story.URL, Outlet: reading.Outlet,
			At: reading.At, Copies: reading.Story.Copies, Outlets: reading.Story.Outlets, Tone: tone, Moved: moved,
			Quote: reading.quote(r.Named, sign*float64(e.Direction)),
		})
	}
	return list
}

// counted is the tone that a reading counts with, if it does.
func (w *rolling) counted(s *Series, r Reading) (tone float64, ok bool) {
	id, known := s.ids[r.Outlet]
	if r.Backfill || !known || !w.counts[id] {
		return 0, false
	}
	return r.tone(w.scope.named)
}

// quote is the sentence that speaks most for a direction; where names count,
// one with a name.
func (r Reading) quote(named bool, direction float64) Quote {
	if len(r.Quotes) == 0 {
		return Quote{}
	}
	return slices.MaxFunc(r.Quotes, func(a, b Quote) int {
		return cmp.Or(
			compareBool(named && a.Kind.Named(), named && b.Kind.Named()),
			cmp.Compare(a.Tone*direction, b.Tone*direction),
		)
	})
}
