package monitor

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// DetectStore keeps series, episodes and limits.
type DetectStore interface {
	// Actor is the name of the actor with an id.
	Actor(ctx context.Context, id int64) (string, error)
	// Buckets are those of an actor since a time that have changed after a
	// change number; after 0 they are all. One of which nothing is left has
	// empty sums. Newest is the number to ask with the next time: it only ever
	// rises with the actor's changes, whoever makes them.
	Buckets(ctx context.Context, actor string, since time.Time, after int64) (changed []Bucket, newest int64, err error)
	// Episodes are those of an actor that are open, and those that have ended
	// since a time.
	Episodes(ctx context.Context, actor string, ended time.Time) ([]Episode, error)
	// Limits are those that were learnt for an actor.
	Limits(ctx context.Context, actor string) ([]RuleLimit, error)
	// Readings are those of an actor in one voice within [from, to).
	Readings(ctx context.Context, actor, voice string, from, to time.Time) ([]Reading, error)
	// Stale says whether an actor has readings since a time by another engine
	// than the running one.
	Stale(ctx context.Context, actor string, since time.Time) (bool, error)
	// Missed are the whole hours within [from, to) in which nobody watched: the
	// program was off, or no feed answered.
	Missed(ctx context.Context, from, to time.Time) ([]time.Time, error)
	// SaveDetection keeps what a detection came to and ends the job: all or
	// nothing.
	SaveDetection(ctx context.Context, actor string, d Detection) error
}

// Detection is what one DETECT of an actor came to.
type Detection struct {
	Moves  []Move      // those with a new revision are given to TELL
	Limits []RuleLimit // in the place of all that the actor has; nil: as they are
	Due    time.Time   // when the actor is due again; zero: only by the next reading
}

// Move is one episode's step under its rule.
type Move struct {
	Rule          Rule
	Before, After Episode
}

// Told says whether receivers are to hear of the move.
func (m Move) Told() bool { return m.After.Revision > m.Before.Revision }

// Detector is the step DETECT. It keeps the series of the actors that it has
// seen lately, see [seriesCache]; it is safe for concurrent use.
type Detector struct {
	Store DetectStore
	Rules []Rule
	Log   *slog.Logger

	cache seriesCache
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
	if err := d.detect(ctx, actor, job.Now); err != nil {
		return fmt.Errorf("detect %q: %w", actor, err)
	}
	return nil
}

func (d *Detector) detect(ctx context.Context, actor string, now time.Time) error {
	rules := watching(d.Rules, actor)
	stale, err := d.Store.Stale(ctx, actor, since(rules, now))
	if err != nil {
		return err
	}
	if stale {
		d.Log.Debug("detect waits for stories to be read again", "actor", actor)
		// Not [Later]: new readings would pile up jobs that wait.
		return d.Store.SaveDetection(ctx, actor, Detection{Due: now.Add(stalePause)})
	}
	series, err := d.series(ctx, actor, rules, now)
	if err != nil {
		return err
	}
	defer d.cache.keep(series)
	episodes, err := d.Store.Episodes(ctx, actor, now.Add(-longestCoolDown(rules)))
	if err != nil {
		return err
	}
	limits, learnt, err := d.limits(ctx, actor, rules, now)
	if err != nil {
		return err
	}
	var result Detection
	result.Moves, result.Due = stepAll(rules, limits, actor, episodes, series.Series, now)
	if learnt {
		result.Limits = limits
	}
	if err := explain(result.Moves, series.Series, func(voice string, from, to time.Time) ([]Reading, error) {
		return d.Store.Readings(ctx, actor, voice, from, to)
	}); err != nil {
		return err
	}
	if err := d.Store.SaveDetection(ctx, actor, result); err != nil {
		return err
	}
	d.log(actor, result.Moves)
	return nil
}

func (d *Detector) log(actor string, moves []Move) {
	for _, m := range moves {
		if m.Told() {
			d.Log.Info("episode", "actor", actor, "rule", m.After.Rule, "phase", m.After.Phase,
				"size", m.After.Last.Size, "sigma", m.After.Last.Sigma(), "stories", m.After.Last.Stories)
		}
	}
}

// series is the actor's as it stands now.
func (d *Detector) series(ctx context.Context, actor string, rules []Rule, now time.Time) (cached, error) {
	k := d.cache.take(actor, since(rules, now))
	changed, newest, err := d.Store.Buckets(ctx, actor, k.since, k.newest)
	if err != nil {
		return k, err
	}
	if newest < k.newest { // another file, or an older copy of it
		k = cached{actor: actor, since: k.since}
		if changed, newest, err = d.Store.Buckets(ctx, actor, k.since, 0); err != nil {
			return k, err
		}
	}
	k.put(changed, newest, rules)
	if slices.ContainsFunc(rules, Rule.asksForFewer) {
		missed, err := d.Store.Missed(ctx, since(rules, now), now.Truncate(time.Hour))
		if err != nil {
			return k, err
		}
		k.Missed(missed)
	}
	return k, nil
}

// limits are those under which the rules are stepped, and whether any of them
// was learnt just now. Nothing is learnt from readings of two engines.
func (d *Detector) limits(ctx context.Context, actor string, rules []Rule, now time.Time) (limits []RuleLimit, learnt bool, err error) {
	if !budgeted(rules) {
		return nil, false, nil
	}
	known, err := d.Store.Limits(ctx, actor)
	if err != nil {
		return nil, false, err
	}
	known = ofRules(rules, known)
	if !unlearnt(rules, known, now) {
		return known, false, nil
	}
	from := now.Add(-History(rules))
	if stale, err := d.Store.Stale(ctx, actor, from); err != nil || stale {
		return known, false, err
	}
	past, _, err := d.Store.Buckets(ctx, actor, from, 0)
	if err != nil {
		return nil, false, err
	}
	return learn(rules, known, NewSeries(past), now), true, nil
}

// reach is how far back the rules look.
func reach(rules []Rule) (longest time.Duration) {
	for _, r := range rules {
		longest = max(longest, r.Reach())
	}
	return longest
}

// since is from when on a bucket can be in a window of the rules: windows are
// of whole hours.
func since(rules []Rule, now time.Time) time.Time { return now.Add(-reach(rules) - time.Hour) }

func longestCoolDown(rules []Rule) (longest time.Duration) {
	for _, r := range rules {
		longest = max(longest, r.CoolDown)
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

// stepAll steps each rule once, under its limit, and returns the moves, and when
// the first deadline of an open episode falls due after now; zero for none.
// Episodes are the actor's open ones, and at least the last that has ended of
// each rule within its cool-down.
func stepAll(rules []Rule, limits []RuleLimit, actor string, episodes []Episode, s *Series, now time.Time) (moves []Move, due time.Time) {
	for _, r := range rules {
		limit := limitOf(limits, r.Name)
		if limit != nil {
			r = r.Under(*limit)
		}
		before := presentEpisode(r, actor, episodes, now)
		after := Step(r, before, s, now)
		if after.Phase == Firing && before.Phase != Firing && before.Phase != Easing {
			after.Limit = limit
		}
		if before.Open() || after.Open() || after.Revision != before.Revision {
			moves = append(moves, Move{r, before, after})
		}
		if next := after.Due(r, now); !next.IsZero() && (due.IsZero() || next.Before(due)) {
			due = next
		}
	}
	return moves, due
}

// presentEpisode is the open one of a rule, or a blank one that knows, as long
// as the rule cools down, when the last has ended.
func presentEpisode(r Rule, actor string, episodes []Episode, now time.Time) Episode {
	blank := Episode{Rule: r.Name, Actor: actor, Voice: r.Voice, Phase: Quiet}
	for _, e := range episodes {
		switch {
		case e.Rule != r.Name || e.Voice != r.Voice:
		case e.Open():
			return e
		case e.Ended.Add(r.CoolDown).After(now) && e.Ended.After(blank.Ended):
			blank.Ended = e.Ended
		}
	}
	return blank
}

// drivers is how many stories at the head of the evidence are said to drive a
// shift.
const drivers = 3

// driven says whether other stories drive a shift than did before.
func driven(before, after []Evidence) bool {
	before, after = before[:min(drivers, len(before))], after[:min(drivers, len(after))]
	for _, e := range after {
		if !slices.ContainsFunc(before, func(b Evidence) bool { return b.URL == e.URL && b.Title == e.Title && b.Outlet == e.Outlet }) {
			return true
		}
	}
	return false
}

// explain puts a chart to the moves that receivers are told of, and the evidence
// to those of them that begin to fire, fire again or grow worse.
func explain(moves []Move, s *Series, readings func(voice string, from, to time.Time) ([]Reading, error)) error {
	for i := range moves {
		m := &moves[i]
		if !m.Told() {
			continue
		}
		m.After.Chart = chart(m.Rule, m.After, s)
		if m.After.Phase != Firing {
			continue
		}
		list, err := evidence(m.Rule, m.After, s, readings)
		if err != nil {
			return err
		}
		m.After.Evidence = list
		if m.Before.Revision > 0 && m.After.Worse < m.After.Revision && driven(m.Before.Evidence, list) {
			m.After.Driven = m.After.Revision
		}
	}
	return nil
}
