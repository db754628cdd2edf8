// Package alertstest holds what the tests of alerts and of its receivers share:
// a store in memory, alerts in every state of an episode's life, and headlines
// written by somebody who means no good.
package alertstest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"tonewatch/alerts"
	"tonewatch/monitor"
)

// Store keeps episodes and deliveries in memory with the semantics that a
// database gives: every method is one transaction, ClaimSending compares before
// it sets, and times are kept to the millisecond. The SQLite store passes the
// same protocol in its own tests.
type Store struct {
	// Step, if set, is called with a method's name before and after it takes
	// effect. A test in which the process dies panics there.
	Step func(method string)

	mu         sync.Mutex
	episodes   map[int64]monitor.Episode
	deliveries map[int64]monitor.Delivery
	ended      map[int64]int
}

var (
	_ alerts.TellStore    = (*Store)(nil)
	_ alerts.DeliverStore = (*Store)(nil)
)

// NewStore returns a store with an episode in it.
func NewStore(e monitor.Episode) *Store {
	return &Store{
		episodes:   map[int64]monitor.Episode{e.ID: e},
		deliveries: make(map[int64]monitor.Delivery),
		ended:      make(map[int64]int),
	}
}

// Put keeps an episode as it now stands.
func (s *Store) Put(e monitor.Episode) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.episodes[e.ID] = e
}

// Deliveries are all there are, in order of ID.
func (s *Store) Deliveries() []monitor.Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.SortedFunc(maps.Values(s.deliveries), func(a, b monitor.Delivery) int { return int(a.ID - b.ID) })
}

// Ended counts how often a delivery's job was ended by a receipt.
func (s *Store) Ended(id int64) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended[id]
}

// Episode implements [alerts.TellStore].
func (s *Store) Episode(ctx context.Context, id int64) (e monitor.Episode, err error) {
	err = s.transaction(ctx, "Episode", func() error {
		var ok bool
		if e, ok = s.episodes[id]; !ok {
			return fmt.Errorf("no episode %d", id)
		}
		return nil
	})
	return e, err
}

// SaveTold implements [alerts.TellStore].
func (s *Store) SaveTold(ctx context.Context, e monitor.Episode, receivers []string) error {
	return s.transaction(ctx, "SaveTold", func() error {
		for _, receiver := range receivers {
			known := func(d monitor.Delivery) bool { return d.Episode == e.ID && d.Receiver == receiver }
			if slices.ContainsFunc(slices.Collect(maps.Values(s.deliveries)), known) {
				continue
			}
			id := int64(len(s.deliveries) + 1)
			s.deliveries[id] = monitor.Delivery{
				ID: id, Episode: e.ID, Receiver: receiver, Key: fmt.Sprintf("k%d-7f3a9c", id),
			}
		}
		return nil
	})
}

// Delivery implements [alerts.DeliverStore].
func (s *Store) Delivery(ctx context.Context, id int64) (d monitor.Delivery, e monitor.Episode, err error) {
	err = s.transaction(ctx, "Delivery", func() error {
		var ok bool
		if d, ok = s.deliveries[id]; !ok {
			return fmt.Errorf("no delivery %d", id)
		}
		e = s.episodes[d.Episode]
		return nil
	})
	return d, e, err
}

// ClaimSending implements [alerts.DeliverStore].
func (s *Store) ClaimSending(ctx context.Context, id int64, was, at time.Time) (ours bool, err error) {
	err = s.transaction(ctx, "ClaimSending", func() error {
		d := s.deliveries[id]
		if ours = d.Sending.Equal(was); ours {
			d.Sending = at.UTC().Truncate(time.Millisecond)
			s.deliveries[id] = d
		}
		return nil
	})
	return ours, err
}

// SaveProblem implements [alerts.DeliverStore].
func (s *Store) SaveProblem(ctx context.Context, id int64, was, sending time.Time, problem string) error {
	return s.transaction(ctx, "SaveProblem", func() error {
		d := s.deliveries[id]
		if !d.Sending.Equal(was.UTC().Truncate(time.Millisecond)) {
			return nil
		}
		d.Sending, d.Problem = sending.UTC().Truncate(time.Millisecond), problem
		s.deliveries[id] = d
		return nil
	})
}

// SaveReceipt implements [alerts.DeliverStore].
func (s *Store) SaveReceipt(ctx context.Context, d monitor.Delivery) error {
	return s.transaction(ctx, "SaveReceipt", func() error {
		row := s.deliveries[d.ID]
		row.Channel, row.TS, row.Told, row.Shown, row.Problem = d.Channel, d.TS, d.Told, d.Shown, ""
		s.deliveries[d.ID] = row
		s.ended[d.ID]++
		return nil
	})
}

func (s *Store) transaction(ctx context.Context, method string, effect func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.step(method)
	defer s.step(method)
	s.mu.Lock()
	defer s.mu.Unlock()
	return effect()
}

func (s *Store) step(method string) {
	if s.Step != nil {
		s.Step(method)
	}
}
