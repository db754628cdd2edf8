package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"tonewatch/monitor"
)

// Sweep names the loop that finds what is due. It is expected to beat from the
// start; without it nothing is polled.
const Sweep = "sweep"

// DefaultEvery is the pause between two snapshots where Options names none.
const DefaultEvery = 5 * time.Second

// missed is how many snapshots or beats may be missed before that is a failure.
const missed = 3

// Options are what a [Server] needs.
type Options struct {
	// Status asks the store. Only Refresh calls it, never a handler; what it
	// returns is kept and must not be changed after. Required.
	Status func(ctx context.Context) (monitor.Status, error)
	// Receivers says of each receiver, by name, what keeps it from telling
	// anything: a revoked token, a channel that is gone; nil for nothing. Only
	// Refresh calls it; it answers from memory. Nil: receivers are not checked.
	Receivers func() map[string]error
	// Version of the program, as its release is called.
	Version string
	// Every is the longest pause between two snapshots, and between two beats
	// of a loop. 0: DefaultEvery.
	Every time.Duration
	// Now is the clock whose times Refresh and Beat are given, for the ages
	// that are judged when a request comes. Nil: time.Now.
	Now func() time.Time
	// Log hears when the state of health changes. Nil: nobody.
	Log *slog.Logger
}

// Server keeps the last snapshot and the last beats. Its methods may be called
// from many goroutines.
type Server struct {
	status    func(ctx context.Context) (monitor.Status, error)
	receivers func() map[string]error
	version   string
	every     time.Duration
	now       func() time.Time
	log       *slog.Logger
	handler   http.Handler

	last atomic.Pointer[snapshot] // nil before the first Refresh

	mu    sync.Mutex // held for a look-up, never across a call
	beats map[string]time.Time
}

// snapshot is what one Refresh left; it is never changed.
type snapshot struct {
	status monitor.Status // as the store last gave it
	taken  time.Time      // when it did; zero: never yet
	store  Finding        // whether it did this time
	checks []Finding      // what the status says
}

// state is the worst of what the snapshot found.
func (s *snapshot) state() Verdict {
	return worst(append(slices.Clone(s.checks), s.store))
}

// New returns a server that is alive, and not ready before its first snapshot.
func New(o Options) *Server {
	s := &Server{
		status: o.Status, receivers: o.Receivers, version: o.Version,
		every: o.Every, now: o.Now, log: o.Log,
	}
	if s.every <= 0 {
		s.every = DefaultEvery
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.receivers == nil {
		s.receivers = func() map[string]error { return nil }
	}
	// A sweep that never begins must be noticed like one that stops.
	s.beats = map[string]time.Time{Sweep: s.now()}
	s.handler = s.routes()
	return s
}

// Handler serves the addresses of the package comment.
func (s *Server) Handler() http.Handler { return s.handler }

// Beat notes that a loop is alive. A loop other than Sweep is watched from its
// first beat on.
func (s *Server) Beat(name string, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.beats[name] = now
}

// Refresh takes a snapshot and evaluates the checks as of a time. A store that
// gives none within three times Every has failed: its error is returned and
// shown, and what was last known of the rest stays.
func (s *Server) Refresh(ctx context.Context, now time.Time) error {
	bounded, cancel := context.WithTimeout(ctx, missed*s.every)
	defer cancel()
	begun := s.now()
	status, err := s.status(bounded)
	took := s.now().Sub(begun)
	if errors.Is(ctx.Err(), context.Canceled) {
		return fmt.Errorf("health snapshot: %w", ctx.Err()) // we are stopping; the store is not to blame
	}

	next := &snapshot{store: checkStore(took, err, now)}
	switch prev := s.last.Load(); {
	case err == nil:
		next.status, next.taken = status, now
		next.checks = examine(status, s.receivers(), now)
	case prev != nil:
		next.status, next.taken, next.checks = prev.status, prev.taken, prev.checks
	}
	s.note(ctx, s.last.Swap(next), next)
	if err != nil {
		return fmt.Errorf("health snapshot: %w", err)
	}
	return nil
}

// note logs a change of state, with the checks that are to blame; their errors
// are logged where they happen.
func (s *Server) note(ctx context.Context, prev, next *snapshot) {
	was := Pass
	if prev != nil {
		was = prev.state()
	}
	state := next.state()
	if state == was {
		return
	}
	level := slog.LevelWarn
	if state == Pass {
		level = slog.LevelInfo
	}
	var blame []string
	for _, f := range append(slices.Clone(next.checks), next.store) {
		if f.Status != Pass && !slices.Contains(blame, f.Key) {
			blame = append(blame, f.Key)
		}
	}
	s.log.Log(ctx, level, "health changed", "from", was, "to", state, "checks", blame)
}

// alive is what /livez looks at: the loops, in order of name.
func (s *Server) alive(now time.Time) []Finding {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Finding, 0, len(s.beats))
	for name, beat := range s.beats {
		list = append(list, checkBeat(name, beat, s.every, now))
	}
	slices.SortFunc(list, func(a, b Finding) int { return strings.Compare(a.Key, b.Key) })
	return list
}

// ready is what /readyz looks at: what alive does, and the store.
func (s *Server) ready(now time.Time) []Finding {
	list := s.alive(now)
	last := s.last.Load()
	if last == nil {
		return append(list, checkSnapshot(time.Time{}, s.every, now))
	}
	return append(list, checkSnapshot(last.taken, s.every, now), last.store)
}

// all is what /health looks at.
func (s *Server) all(now time.Time) []Finding {
	list := s.ready(now)
	if last := s.last.Load(); last != nil {
		list = append(list, last.checks...)
	}
	return list
}
