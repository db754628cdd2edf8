package monitor

import (
	"fmt"
	"hash/fnv"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

const (
	day  = 24 * time.Hour
	week = 7 * day
)

// BudgetHistory is the most history that a limit is learnt from: half a year,
// after which the news is no longer the same.
const BudgetHistory = 26 * week

// leastHistory is the least that is learnt from, and twice a rule's reach.
const leastHistory = 6 * week

// Budget is how many false alarms a rule may raise toward one actor while
// nothing happens: Alarms within Per. Zero is no budget.
type Budget struct {
	Alarms float64
	Per    time.Duration
}

// in is how many alarms the budget allows in a span.
func (b Budget) in(span time.Duration) float64 { return b.Alarms * float64(span) / float64(b.Per) }

// Limit is what a budget comes to for one rule and one actor.
type Limit struct {
	Sigma   float64   `json:"sigma"`             // stands in for the kind's Sigma; 2 to 38
	Learned time.Time `json:"learned"`           // the Monday whose past it was learnt from
	Days    int       `json:"days"`              // of history it was learnt from
	Problem string    `json:"problem,omitempty"` // why the rule's own sigma stands instead
}

// Stale says whether the limit was learnt in an earlier week than that of a
// time; weeks begin on Monday, 00:00 UTC.
func (l Limit) Stale(at time.Time) bool { return l.Learned.Before(mondayOf(at)) }

// Under is the rule with a learnt limit in place of its own sigma. A limit with
// a problem changes nothing.
func (r Rule) Under(l Limit) Rule {
	if l.Problem != "" {
		return r
	}
	return r.withSigma(l.Sigma)
}

func (r Rule) withSigma(sigma float64) Rule {
	switch {
	case r.Shift != nil:
		kind := *r.Shift
		kind.Sigma, r.Shift = sigma, &kind
	case r.Drift != nil:
		kind := *r.Drift
		kind.Sigma, r.Drift = sigma, &kind
	case r.Volume != nil:
		kind := *r.Volume
		kind.Sigma, r.Volume = sigma, &kind
	case r.Split != nil:
		kind := *r.Split
		kind.Sigma, r.Split = sigma, &kind
	}
	return r
}

// LearnLimit finds the sigma at which a rule keeps its budget on an actor whose
// past goes on as it was. Whole weeks of that past, drawn at random, make a
// long stream in which by construction nothing happens: a bootstrap in blocks
// (Künsch 1989), because stories come in bursts and with a rhythm, so neither
// stories nor hours can be exchanged. The rule measures along that stream as it
// does along the real one, and the limit is where its episodes begin as seldom
// as the budget asks.
//
// It is a pure function of the rule, of the Monday of at, and of the live
// buckets in the [BudgetHistory] before it; backfill teaches nothing here. It
// costs some ten thousand measurements: 20 to 100 ms.
func LearnLimit(r Rule, s *Series, at time.Time) Limit {
	until := mondayOf(at)
	p := newPast(r, s, until)
	limit := Limit{Learned: until, Days: p.days}
	need := max(leastHistory, 2*r.Reach())
	weeks := int((need + week - 1) / week)
	switch {
	case r.Level != nil:
		limit.Problem = "a level has no sigma to learn"
	case len(p.weeks) < weeks:
		limit.Problem = fmt.Sprintf("only %d of %d days of history", p.days, 7*weeks)
	default:
		h := p.rehearse(r)
		limit.Sigma = h.limit(r)
		if len(h.measured) == 0 {
			limit.Problem = fmt.Sprintf("in %d days of history no window held the stories and outlets that the rule asks for", p.days)
		}
	}
	return limit
}

// mondayOf is when the week of a time began.
func mondayOf(at time.Time) time.Time {
	date := at.UTC().Truncate(day)
	return date.Add(-day * time.Duration((int(date.Weekday())+6)%7))
}

// past is what a rule may count of an actor's history, in whole weeks.
type past struct {
	until time.Time
	days  int // since the first bucket
	weeks [][]Bucket
}

func newPast(r Rule, s *Series, until time.Time) past {
	p := past{until: until}
	first := until
	var live []Bucket
	for b := range s.Buckets() {
		if !b.Backfill && r.Hears(b.Voice) && b.Hour.Before(until) && !b.Hour.Before(until.Add(-BudgetHistory)) {
			live = append(live, b)
			if b.Hour.Before(first) {
				first = b.Hour
			}
		}
	}
	first = first.Truncate(day)
	p.days = int(until.Sub(first) / day)
	p.weeks = make([][]Bucket, p.days/7)
	slices.SortStableFunc(live, func(a, b Bucket) int { return a.Hour.Compare(b.Hour) })
	for _, b := range live {
		ago := int((until.Sub(b.Hour) - 1) / week)
		if ago < len(p.weeks) {
			p.weeks[ago] = append(p.weeks[ago], b)
		}
	}
	return p
}

// rehearsal is what a rule measured, with enough evidence, in a stream in which
// nothing happened.
type rehearsal struct {
	history  time.Duration // that the stream was drawn from
	span     time.Duration // of the stream
	measured []Shift
}

// rehearse measures along ten of the budget's intervals, one to eight years.
func (p past) rehearse(r Rule) rehearsal {
	const intervals, least, most = 10, 52 * week, 8 * 52 * week
	h := rehearsal{history: week * time.Duration(len(p.weeks))}
	span := min(most, max(least, time.Duration(intervals*float64(r.Budget.Per)/r.Budget.Alarms)))
	rng := rand.New(rand.NewPCG(seedOf(r.Name), uint64(p.until.Unix())))
	series := NewSeries(nil)
	used := make([]time.Time, len(p.weeks))
	begin := p.until.Add((r.Reach() + week).Truncate(week))
	for at := p.until; at.Before(begin.Add(span)); at = at.Add(week) {
		series.Drop(at.Add(-r.Reach() - time.Hour))
		drawn := draw(used, at.Add(-r.Reach()-week), rng)
		used[drawn] = at
		heard := !at.Before(begin)
		if heard {
			h.span += week
		}
		for look := range p.relive(drawn, at, series, r) {
			if !heard {
				continue
			}
			m := Measure(series, r, look)
			if v, _ := r.Judge(m); v != Unknown {
				h.measured = append(h.measured, m)
			}
		}
	}
	return h
}

// draw chooses one of the weeks not used since a time, or else the one unused
// for longest. A story that stood in the window and in its own baseline would
// be expected too well; drawn from a finite past without putting back, windows
// and baselines differ as much as in an endless one.
func draw(used []time.Time, since time.Time, rng *rand.Rand) int {
	best, n := 0, 0
	for i, last := range used {
		switch {
		case last.Before(since):
			if n++; rng.IntN(n) == 0 {
				best = i
			}
		case n == 0 && last.Before(used[best]):
			best = i
		}
	}
	return best
}

// relive brings the stories of a drawn week to a series as if they came from a
// time on, and stops where the rule is stepped: at the end of each hour with a
// story and, where silence is what the rule waits for, of every hour. What is to
// come is not in the series yet: a day in progress must look as it does to the
// daemon.
func (p past) relive(drawn int, begin time.Time, s *Series, r Rule) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		shift := begin.Sub(p.until) + week*time.Duration(drawn+1)
		coming := p.weeks[drawn]
		for end := begin.Add(time.Hour); !end.After(begin.Add(week)); end = end.Add(time.Hour) {
			n := len(coming)
			for len(coming) > 0 && coming[0].Hour.Add(shift).Before(end) {
				b := coming[0]
				b.Hour = b.Hour.Add(shift)
				s.Put(b)
				coming = coming[1:]
			}
			if len(coming) == n && !r.asksForFewer() {
				continue
			}
			if !yield(end.Add(-time.Second)) {
				return
			}
		}
	}
}

// limit goes down to a sigma at which a few times as many episodes begin as are
// asked for, where a short past still has something to say, and up again from
// there: over a threshold the squared peaks of a Gaussian statistic fall off
// like an exponential with mean 2 (Rice 1945), and the mean over that of these
// peaks says how this one differs. Both what the peaks say and how many there
// were is held toward the careful side, as by a few episodes more.
func (h rehearsal) limit(r Rule) float64 {
	const (
		least, most = 2.0, 38.0 // outside of these is no evidence, or no alarm at all
		factor      = 3         // as many episodes
	)
	believed, feared := 4.0, 2.0 // episodes with the theory's peaks; those that this past happened not to have
	if r.Split != nil {
		// Its sides share the events, so the peaks of their difference are few and
		// low: with the care that the other kinds need it uses a third of its budget.
		believed, feared = 1, 0.5
	}
	low, high := least, most
	peaks := h.peaks(r, low)
	for high-low > 0.02 && float64(len(peaks)) > factor*r.Budget.in(h.span) {
		middle := (low + high) / 2
		if p := h.peaks(r, middle); float64(len(p)) > factor*r.Budget.in(h.span) {
			low, peaks = middle, p
		} else {
			high = middle
		}
	}
	scale := float64(h.history) / float64(h.span) // to what the past itself holds
	var excess float64
	for _, p := range peaks {
		excess += scale * (p*p - low*low) / 2
	}
	episodes := scale * float64(len(peaks))
	tail := (believed + excess) / (believed + episodes)
	over := math.Log((episodes + feared) / r.Budget.in(h.history))
	return math.Sqrt(min(most*most, max(least*least, low*low+2*tail*over)))
}

// peaks gives, for each episode that fires under a sigma, the largest sigma
// while it lasted. The stream has one look an hour, the daemon one a story: what
// must last for less than an hour is taken to have lasted.
func (h rehearsal) peaks(r Rule, sigma float64) (peaks []float64) {
	r = r.withSigma(sigma)
	r.For = r.For.Truncate(time.Hour)
	e := Episode{Phase: Quiet}
	for i := range h.measured {
		m := &h.measured[i]
		before := e.Fired
		e = e.follow(r, *m, m.At)
		if e.Fired.IsZero() {
			continue
		}
		if !e.Fired.Equal(before) {
			peaks = append(peaks, sigma)
		}
		if e.Open() {
			last := &peaks[len(peaks)-1]
			*last = max(*last, m.Sigma()*float64(e.Direction))
		}
	}
	return peaks
}

func seedOf(name string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(name)) // a hash takes everything
	return h.Sum64()
}
