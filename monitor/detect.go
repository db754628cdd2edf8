package monitor

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// DetectStore keeps series and episodes.
type DetectStore interface {
	// Actor is the name of the actor with an id.
	Actor(ctx context.Context, id int64) (string, error)
	Buckets(ctx context.Context, actor string, since time.Time) ([]Bucket, error)
	// Episodes are those of an actor that are open.
	Episodes(ctx context.Context, actor string) ([]Episode, error)
	// Readings are those of an actor in one voice within [from, to).
	Readings(ctx context.Context, actor, voice string, from, to time.Time) ([]Reading, error)
	// Stale says whether an actor has readings since a time by another engine
	// than the running one.
	Stale(ctx context.Context, actor string, since time.Time) (bool, error)
	// SaveDetection keeps the episodes that moved, gives those with a new
	// revision to TELL, makes the actor due again at a time (zero: only by
	// the next reading), and ends the job: all or nothing.
	SaveDetection(ctx context.Context, actor string, moved []Move, due time.Time) error
}

// Move is one episode's step under its rule.
type Move struct {
	Rule          Rule
	Before, After Episode
}

// Told says whether receivers are to hear of the move.
func (m Move) Told() bool { return m.After.Revision > m.Before.Revision }

// Detector is the step DETECT.
type Detector struct {
	Store DetectStore
	Rules []Rule
	Log   *slog.Logger
}

// stalePause is how long DETECT of an actor waits for stale stories to be read
// again before it looks anew.
const stalePause = time.Minute

// Detect steps every rule that watches an actor. It is cheap and may be called
// at any time: what did not change is not stored. While a rule looks back to
// readings of two engines nothing is stepped: a difference of scales is no
// shift.
func (d *Detector) Detect(ctx context.Context, job Job) error {
	actor, err := d.Store.Actor(ctx, job.Subject)
	if err != nil {
		return fmt.Errorf("detect actor %d: %w", job.Subject, err)
	}
	rules := watching(d.Rules, actor)
	since := job.Now.Add(-reach(rules) - time.Hour)
	stale, err := d.Store.Stale(ctx, actor, since)
	if err != nil {
		return fmt.Errorf("detect %q: %w", actor, err)
	}
	if stale {
		// Not [Later]: new readings would pile up jobs that wait.
		if err := d.Store.SaveDetection(ctx, actor, nil, job.Now.Add(stalePause)); err != nil {
			return fmt.Errorf("detect %q: %w", actor, err)
		}
		d.Log.Debug("detect waits for stories to be read again", "actor", actor)
		return nil
	}
	series, open, err := d.load(ctx, actor, since)
	if err != nil {
		return fmt.Errorf("detect %q: %w", actor, err)
	}
	moves, due := stepAll(rules, actor, open, series, job.Now)
	if err := explain(moves, series, func(voice string, from, to time.Time) ([]Reading, error) {
		return d.Store.Readings(ctx, actor, voice, from, to)
	}); err != nil {
		return fmt.Errorf("detect %q: %w", actor, err)
	}
	if err := d.Store.SaveDetection(ctx, actor, moves, due); err != nil {
		return fmt.Errorf("detect %q: %w", actor, err)
	}
	for _, m := range moves {
		if m.Told() {
			d.Log.Info("episode", "actor", actor, "rule", m.After.Rule, "phase", m.After.Phase,
				"size", m.After.Last.Size, "sigma", m.After.Last.Sigma(), "stories", m.After.Last.Stories)
		}
	}
	return nil
}

func (d *Detector) load(ctx context.Context, actor string, since time.Time) (*Series, []Episode, error) {
	buckets, err := d.Store.Buckets(ctx, actor, since)
	if err != nil {
		return nil, nil, err
	}
	open, err := d.Store.Episodes(ctx, actor)
	if err != nil {
		return nil, nil, err
	}
	return NewSeries(buckets), open, nil
}

// reach is how far back the rules look.
func reach(rules []Rule) (longest time.Duration) {
	for _, r := range rules {
		longest = max(longest, r.Reach())
	}
	return longest
}

func watching(rules []Rule, actor string) []Rule {
	var list []Rule
	for _, r := range rules {
		if r.Watches(actor) {
			list = append(list, r)
		}
	}
	return list
}

// stepAll steps each rule once and returns the moves, and when the first
// deadline of an open episode falls due after now; zero for none.
func stepAll(rules []Rule, actor string, open []Episode, s *Series, now time.Time) (moves []Move, due time.Time) {
	for _, r := range rules {
		before := Episode{Rule: r.Name, Actor: actor, Voice: r.Voice, Phase: Quiet}
		for _, e := range open {
			if e.Rule == r.Name && e.Voice == r.Voice {
				before = e
			}
		}
		after := Step(r, before, s, now)
		if before.Open() || after.Open() || after.Revision != before.Revision {
			moves = append(moves, Move{r, before, after})
		}
		if next := after.Due(r); next.After(now) && (due.IsZero() || next.Before(due)) {
			due = next
		}
	}
	return moves, due
}

// explain puts the evidence to those moves that begin to fire.
func explain(moves []Move, s *Series, readings func(voice string, from, to time.Time) ([]Reading, error)) error {
	for i := range moves {
		m := &moves[i]
		if !m.Told() || m.After.Phase != Firing {
			continue
		}
		from, to := window(m.After.Last.At, m.Rule.Window)
		list, err := readings(m.Rule.Voice, from, to)
		if err != nil {
			return err
		}
		m.After.Evidence = evidence(m.Rule, m.After, s, list)
	}
	return nil
}
