// Package alertstest holds what the tests of alerts and of its receivers share:
// a store in memory, alerts in every state of an episode's life, and headlines
// written by somebody who means no good.
package alertstest

import (
	"cmp"
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
	again      map[int64]time.Time // of an episode: when TELL is to look anew
	silences   []monitor.Silence
	acts       map[int64][]monitor.Act
	notes      map[int64]monitor.Note
	day        monitor.Day
}

var (
	_ alerts.TellStore    = (*Store)(nil)
	_ alerts.DeliverStore = (*Store)(nil)
	_ alerts.NoteStore    = (*Store)(nil)
)

// NewStore returns a store with an episode in it.
func NewStore(e monitor.Episode) *Store {
	return &Store{
		episodes:   map[int64]monitor.Episode{e.ID: e},
		deliveries: make(map[int64]monitor.Delivery),
		ended:      make(map[int64]int),
		again:      make(map[int64]time.Time),
		acts:       make(map[int64][]monitor.Act),
		notes:      make(map[int64]monitor.Note),
	}
}

// Silence keeps a silence, which may match what is told already.
func (s *Store) Silence(silence monitor.Silence) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.silences = append(s.silences, silence)
}

// Act keeps what a person did, and touches the alerts that show it.
func (s *Store) Act(a monitor.Act) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.acts[a.Episode] = append(s.acts[a.Episode], a)
	for id, d := range s.deliveries {
		if d.Kind == monitor.AlertDelivery && d.Episode == a.Episode {
			d.Touched++
			s.deliveries[id] = d
		}
	}
}

// Due keeps a note that is due, and what its day was like.
func (s *Store) Due(n monitor.Note, day monitor.Day) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notes[n.ID], s.day = n, day
}

// Again is when TELL is to look anew at an episode.
func (s *Store) Again(episode int64) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.again[episode]
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

// Alerts implements [alerts.TellStore].
func (s *Store) Alerts(ctx context.Context, episode int64) (list []monitor.Delivery, err error) {
	return s.choose(ctx, "Alerts", func(d monitor.Delivery) bool {
		return d.Kind == monitor.AlertDelivery && d.Episode == episode
	})
}

// Recent implements [alerts.TellPlaces].
func (s *Store) Recent(ctx context.Context, receiver string, since time.Time) ([]monitor.Delivery, error) {
	return s.choose(ctx, "Recent", func(d monitor.Delivery) bool {
		return d.Kind == monitor.AlertDelivery && d.Receiver == receiver && !d.Held && !d.Made.Before(since)
	})
}

// Head implements [alerts.TellPlaces].
func (s *Store) Head(ctx context.Context, receiver, group string) (int64, error) {
	list, err := s.choose(ctx, "Head", func(d monitor.Delivery) bool {
		return d.Kind == monitor.AlertDelivery && d.Receiver == receiver && d.Group == group && !d.Held &&
			d.Digest == 0 && d.Thread == 0 && (!d.Dead || d.TS != "") && s.episodes[d.Episode].Open()
	})
	if err != nil || len(list) == 0 {
		return 0, err
	}
	return list[0].ID, nil
}

func (s *Store) choose(ctx context.Context, method string, which func(monitor.Delivery) bool) (list []monitor.Delivery, err error) {
	err = s.transaction(ctx, method, func() error {
		for _, d := range s.deliveries {
			if which(d) {
				list = append(list, d)
			}
		}
		slices.SortFunc(list, func(a, b monitor.Delivery) int { return cmp.Or(a.Made.Compare(b.Made), cmp.Compare(a.ID, b.ID)) })
		return nil
	})
	return list, err
}

// Silences implements [alerts.TellStore] and [alerts.DeliverNotes].
func (s *Store) Silences(ctx context.Context, at time.Time) (list []monitor.Silence, err error) {
	err = s.transaction(ctx, "Silences", func() error {
		for _, silence := range s.silences {
			if silence.Ends.After(at) {
				list = append(list, silence)
			}
		}
		return nil
	})
	return list, err
}

// Acts implements [alerts.DeliverNotes].
func (s *Store) Acts(ctx context.Context, episode int64) (list []monitor.Act, err error) {
	err = s.transaction(ctx, "Acts", func() error {
		list = slices.Clone(s.acts[episode])
		return nil
	})
	return list, err
}

// SaveTold implements [alerts.TellStore].
func (s *Store) SaveTold(ctx context.Context, e monitor.Episode, t monitor.Telling) error {
	return s.transaction(ctx, "SaveTold", func() error {
		for _, d := range t.New {
			d.Digest = s.digest(d)
			s.insert(d)
		}
		for _, d := range t.Release {
			if s.deliveries[d.ID].Held {
				d.Held, d.Digest = false, s.digest(d)
				s.deliveries[d.ID] = d
			}
		}
		s.again[e.ID] = t.Again
		for id, d := range s.deliveries {
			if d.Episode == e.ID && d.Digest != 0 && d.Told < s.episodes[e.ID].Revision {
				d.Told = s.episodes[e.ID].Revision
				s.deliveries[id] = d
				digest := s.deliveries[d.Digest]
				digest.Touched++
				s.deliveries[d.Digest] = digest
			}
		}
		return nil
	})
}

func (s *Store) digest(d monitor.Delivery) int64 {
	if d.Digest != monitor.NewDigest {
		return d.Digest
	}
	return s.insert(monitor.Delivery{Kind: monitor.DigestDelivery, Receiver: d.Receiver, Slot: d.Made.UnixMilli(), Made: d.Made})
}

// insert keeps a delivery unless there is one like it, and returns its ID.
func (s *Store) insert(d monitor.Delivery) int64 {
	for id, known := range s.deliveries {
		if known.Receiver == d.Receiver && known.Kind == d.Kind && known.Episode == d.Episode && known.News == d.News && known.Slot == d.Slot {
			return id
		}
	}
	d.ID = int64(len(s.deliveries) + 1)
	d.Key, d.Touched, d.Made = fmt.Sprintf("k%d-7f3a9c", d.ID), 1, d.Made.UTC().Truncate(time.Millisecond)
	s.deliveries[d.ID] = d
	return d.ID
}

// Delivery implements [alerts.DeliverStore].
func (s *Store) Delivery(ctx context.Context, id int64) (d monitor.Delivery, err error) {
	err = s.transaction(ctx, "Delivery", func() error {
		var ok bool
		if d, ok = s.deliveries[id]; !ok {
			return fmt.Errorf("no delivery %d", id)
		}
		head := s.deliveries[d.Thread]
		d.ThreadChannel, d.ThreadTS = head.Channel, head.TS
		for _, a := range slices.Sorted(maps.Keys(s.deliveries)) {
			alert := s.deliveries[a]
			about := alert.Episode == d.Episode && alert.Receiver == d.Receiver
			if d.Kind == monitor.DigestDelivery {
				about = alert.Digest == d.ID
			}
			if alert.Kind == monitor.AlertDelivery && about {
				d.Subjects = append(d.Subjects, monitor.Subject{Key: alert.Key, Body: alert.Body, Episode: s.episodes[alert.Episode]})
			}
		}
		return nil
	})
	return d, err
}

// ClaimSending implements [alerts.DeliverStore].
func (s *Store) ClaimSending(ctx context.Context, id int64, was, at time.Time) (ours bool, err error) {
	err = s.transaction(ctx, "ClaimSending", func() error {
		d := s.deliveries[id]
		if ours = d.Sending.Equal(was) && d.TS == ""; ours {
			d.Sending, d.Pause = at.UTC().Truncate(time.Millisecond), 0
			s.deliveries[id] = d
		}
		return nil
	})
	return ours, err
}

// SaveProblem implements [alerts.DeliverStore].
func (s *Store) SaveProblem(ctx context.Context, was time.Time, d monitor.Delivery) error {
	return s.transaction(ctx, "SaveProblem", func() error {
		row := s.deliveries[d.ID]
		if !row.Sending.Equal(was.UTC().Truncate(time.Millisecond)) {
			return nil
		}
		row.Sending, row.Pause = d.Sending.UTC().Truncate(time.Millisecond), d.Pause.Truncate(time.Millisecond)
		row.Problem, row.Refused, row.Dead = d.Problem, d.Refused, d.Dead
		s.deliveries[d.ID] = row
		if d.Dead {
			s.ended[d.ID]++
		}
		return nil
	})
}

// SaveReceipt implements [alerts.DeliverStore].
func (s *Store) SaveReceipt(ctx context.Context, d monitor.Delivery) error {
	return s.transaction(ctx, "SaveReceipt", func() error {
		row := s.deliveries[d.ID]
		row.Channel, row.TS, row.Told, row.Shown = d.Channel, d.TS, max(row.Told, d.Told), max(row.Shown, d.Shown)
		row.Pause, row.Problem, row.Refused, row.Dead = 0, "", 0, false
		s.deliveries[d.ID] = row
		s.ended[d.ID]++
		return nil
	})
}

// Day implements [alerts.NoteStore].
func (s *Store) Day(ctx context.Context, _ time.Time) (day monitor.Day, err error) {
	err = s.transaction(ctx, "Day", func() error { day = s.day; return nil })
	return day, err
}

// Note implements [alerts.NoteStore].
func (s *Store) Note(ctx context.Context, id int64) (n monitor.Note, err error) {
	err = s.transaction(ctx, "Note", func() error { n = s.notes[id]; return nil })
	return n, err
}

// SaveNote implements [alerts.NoteStore].
func (s *Store) SaveNote(ctx context.Context, d monitor.Delivery) error {
	return s.transaction(ctx, "SaveNote", func() error { s.insert(d); return nil })
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
