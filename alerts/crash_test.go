package alerts_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tonewatch/alerts"
	"tonewatch/monitor"
)

func TestDeliverByManyWorkersPostsOnce(t *testing.T) {
	t.Parallel()
	const many = 16
	w := newWorld(t)
	// Nobody claims before everybody has read the row as one never sent.
	var ready, workers sync.WaitGroup
	var claims atomic.Int32
	ready.Add(many)
	w.store.Step = func(method string) {
		if method == "ClaimSending" && claims.Add(1) <= many {
			ready.Done()
			ready.Wait()
		}
	}
	for range many {
		workers.Go(func() {
			var later *monitor.Later
			if err := w.Deliver(t.Context(), monitor.Job{Subject: 1}); err != nil && !errors.As(err, &later) {
				t.Error(err)
			}
		})
	}
	workers.Wait()
	if got := w.board.messages; len(got) != 1 {
		t.Errorf("%d messages, want 1", len(got))
	}
}

// died is how a process ends in the test below.
type died struct{}

// TestDeliverPostsOnceWhateverDies lets an episode go through its life while
// posts are refused, delayed and lost and the process dies before or after any
// step that leaves a trace, then lets it all come to rest.
func TestDeliverPostsOnceWhateverDies(t *testing.T) {
	t.Parallel()
	var deaths, lost int
	for seed := range uint64(3000) {
		rng := rand.New(rand.NewPCG(seed, 7))
		w := newWorld(t)
		trouble(w, rng, &deaths, &lost)
		live(t, w, rng)
		got := w.board.messages
		if len(got) != 1 || got[0].revision != 3 || w.row().Told != 3 {
			t.Fatalf("seed %d: messages %v, row %+v; want one message that shows revision 3", seed, got, w.row())
		}
	}
	if deaths < 1000 || lost < 500 {
		t.Errorf("%d deaths and %d lost replies, too few to prove anything", deaths, lost)
	}
}

// live runs the delivery's job again and again, as a queue would, while its
// episode moves on, until it has nothing left to do.
func live(t *testing.T, w *world, rng *rand.Rand) {
	t.Helper()
	revision := 1
	for range 1000 {
		if revision < 3 && rng.IntN(3) == 0 {
			revision++
			w.move(monitor.Easing, revision)
		}
		err, dead := run(t, w)
		var later *monitor.Later
		switch {
		case err == nil && !dead && revision == 3:
			return
		case errors.As(err, &later) && rng.IntN(4) > 0:
			w.at = w.at.Add(later.After)
		default: // a restart, or a queue that comes when it likes
			w.at = w.at.Add(time.Duration(rng.Int64N(int64(20 * time.Second))))
		}
	}
	t.Fatal("the delivery never comes to rest")
}

func run(t *testing.T, w *world) (err error, dead bool) {
	t.Helper()
	return survive(func() error { return w.deliver(t) })
}

// survive is a process that may die of it.
func survive(f func() error) (err error, dead bool) {
	defer func() {
		if cause := recover(); cause != nil {
			if _, ok := cause.(died); !ok {
				panic(cause)
			}
			dead = true
		}
	}()
	return f(), false
}

// trouble lets posts be refused, delayed and lost, edits fail, and the process die
// before or after any step that leaves a trace, a few times. It counts the deaths
// and the lost replies.
func trouble(w *world, rng *rand.Rand, deaths, lost *int) {
	faults := rng.IntN(8)
	fault := func(odds float64) bool {
		if faults > 0 && rng.Float64() < odds {
			faults--
			return true
		}
		return false
	}
	die := func() {
		if fault(0.1) {
			*deaths++
			panic(died{})
		}
	}
	w.store.Step = func(string) { die() }
	w.board.update = func(alerts.Alert) error {
		die()
		if fault(0.3) {
			return errors.New("no answer")
		}
		return nil
	}
	w.board.post = func(m alerts.Message) (alerts.Receipt, error) {
		die()
		// A post is given half the grace; what it sent lands within the rest.
		late := time.Duration(rng.Int64N(int64(alerts.DefaultGrace)))
		switch {
		case fault(0.3):
			return alerts.Receipt{}, &alerts.Failure{Reason: "rate_limited", RetryAfter: time.Second, Err: errors.New("slow down")}
		case fault(0.4):
			*lost++
			w.board.show(m, w.at.Add(late))
			if rng.IntN(2) == 0 {
				panic(died{})
			}
			return alerts.Receipt{}, &alerts.Failure{Unclear: true, Err: errors.New("connection reset")}
		case fault(0.2):
			return alerts.Receipt{}, &alerts.Failure{Unclear: true, Err: errors.New("connection reset before it was read")}
		}
		return w.board.show(m, w.at), nil
	}
}

// The same of a whole life with TELL in it: an alert, a digest with another in it,
// and the news in their threads.
func TestALifeIsToldOnceWhateverDies(t *testing.T) {
	t.Parallel()
	var deaths, lost int
	for seed := range uint64(1500) {
		rng := rand.New(rand.NewPCG(seed, 8))
		w := newWorld(t)
		w.Storm = alerts.Storm{Alerts: 1, Within: 24 * time.Hour}
		other := stage(monitor.Firing, 1, nil)
		other.ID, other.Actor = 2, "South Korea"
		w.store.Put(other)
		trouble(w, rng, &deaths, &lost)
		alive := func(f func(context.Context, monitor.Job) error, id int64) bool {
			err, dead := survive(func() error { return f(t.Context(), monitor.Job{Subject: id, Now: w.at}) })
			return err == nil && !dead
		}
		// A queue tries each job until it has ended, in any order.
		try := func(f func(context.Context, monitor.Job) error, id int64) {
			for !alive(f, id) {
				w.at = w.at.Add(time.Duration(rng.Int64N(int64(20 * time.Second))))
			}
		}
		deliver := func() {
			for range 2 { // the second time for what waited for its thread
				rows := w.store.Deliveries()
				for _, i := range rng.Perm(len(rows)) {
					try(w.Deliver, rows[i].ID)
				}
			}
		}
		for revision, change := range []func(*monitor.Episode){nil, worse, nil} {
			phase := []monitor.Phase{monitor.Firing, monitor.Firing, monitor.Quiet}[revision]
			for id := range int64(2) {
				e := stage(phase, revision+1, change)
				e.ID = id + 1
				w.store.Put(e)
				try(w.Tell, e.ID)
				if rng.IntN(2) == 0 {
					deliver()
				}
			}
		}
		deliver()
		wall := slices.Sorted(slices.Values(w.wall()))
		for i := range wall { // in whatever order they were posted
			_, wall[i], _ = strings.Cut(wall[i], ": ")
			wall[i], _, _ = strings.Cut(wall[i], " in ")
		}
		slices.Sort(wall)
		if want := []string{"digest of North Korea quiet", "quiet", "recovered, was quiet", "worse, was firing", "worse, was firing"}; !slices.Equal(wall, want) {
			t.Fatalf("seed %d: the board shows %q, want %q", seed, w.wall(), want)
		}
	}
	if deaths < 1000 || lost < 150 {
		t.Errorf("%d deaths and %d lost replies, too few to prove anything", deaths, lost)
	}
}
