package history

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"tonewatch/alerts"
	"tonewatch/monitor"
)

// Setting is rules, and where what they find is told.
type Setting struct {
	Rules  []monitor.Rule
	Routes []alerts.Route
	// Bare episodes have no evidence, to keep those of many settings.
	Bare bool
}

// Episode is an episode as its receivers would have heard of it.
type Episode struct {
	Rule      string             `json:"rule"`
	Actor     string             `json:"actor"`
	Voice     string             `json:"voice"`
	Direction int                `json:"direction"` // -1 colder or fewer, +1 warmer or more
	Start     time.Time          `json:"start"`     // when it was told
	End       *time.Time         `json:"end"`       // null: still open when the history ended
	Size      float64            `json:"size"`      // at the peak, as Sigma and Stories
	Sigma     float64            `json:"sigma"`
	Stories   int                `json:"stories"`
	Receivers []string           `json:"receivers"`
	Evidence  []monitor.Evidence `json:"evidence"`
}

// Run replays the history under each of some settings, on all cores, and returns
// the episodes of each in order of time, then of actor, then of rule. After each
// actor it says how many readings were replayed. Actors know nothing of each
// other, so each is a replay of its own.
func (h *History) Run(ctx context.Context, settings []Setting, replayed func(readings int)) ([][]Episode, error) {
	found := make([][][]Episode, len(settings)) // by setting and actor
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, s := range settings {
		found[i] = make([][]Episode, len(h.actors))
		for j, actor := range h.actors {
			group.Go(func() error {
				if err := ctx.Err(); err != nil {
					return err
				}
				found[i][j] = s.replay(h.readings[actor], h.Missed, h.To)
				replayed(len(h.readings[actor]))
				return nil
			})
		}
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	all := make([][]Episode, len(settings))
	for i := range found {
		all[i] = slices.Concat(found[i]...)
		slices.SortStableFunc(all[i], func(a, b Episode) int {
			return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Actor, b.Actor))
		})
	}
	return all, nil
}

// replay runs one actor's readings up to a time.
func (s Setting) replay(readings []monitor.Reading, missed []time.Time, until time.Time) []Episode {
	replay := monitor.NewReplay(s.Rules)
	replay.Missed(missed)
	book := ledger{routes: s.Routes, open: make(map[ledgerKey]int)}
	for len(readings) > 0 {
		at, n := readings[0].At, 1
		for n < len(readings) && readings[n].At.Equal(at) {
			n++
		}
		book.note(replay.Observe(readings[:n], at))
		readings = readings[n:]
	}
	book.note(replay.Advance(until))
	if s.Bare {
		for i := range book.episodes {
			book.episodes[i].Evidence = nil
		}
	}
	return book.episodes
}

// ledger writes down episodes as receivers would have heard of them.
type ledger struct {
	routes   []alerts.Route
	episodes []Episode
	open     map[ledgerKey]int // index into episodes
}

type ledgerKey struct{ rule, voice string }

func (l *ledger) note(told []monitor.Episode) {
	for _, e := range told {
		key := ledgerKey{e.Rule, e.Voice}
		i, ok := l.open[key]
		if !ok {
			i = len(l.episodes)
			l.episodes = append(l.episodes, Episode{
				Rule: e.Rule, Actor: e.Actor, Voice: e.Voice, Direction: e.Direction, Start: e.Fired,
				Receivers: alerts.Receivers(l.routes, e), Evidence: e.Evidence,
			})
			l.open[key] = i
		}
		past := &l.episodes[i]
		past.Size, past.Sigma, past.Stories = e.Peak.Size, e.Peak.Sigma(), e.Peak.Stories
		if e.Phase == monitor.Quiet {
			past.End = &e.Ended
			delete(l.open, key)
		}
	}
}
