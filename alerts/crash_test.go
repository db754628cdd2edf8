package alerts_test

import (
	"errors"
	"math/rand/v2"
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
				deaths++
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
		w.board.post = func(a alerts.Alert) (alerts.Receipt, error) {
			die()
			// A post is given half the grace; what it sent lands within the rest.
			late := time.Duration(rng.Int64N(int64(alerts.DefaultGrace)))
			switch {
			case fault(0.3):
				return alerts.Receipt{}, &alerts.Failure{Reason: "rate_limited", RetryAfter: time.Second, Err: errors.New("slow down")}
			case fault(0.4):
				lost++
				w.board.put(a, w.at.Add(late))
				if rng.IntN(2) == 0 {
					panic(died{})
				}
				return alerts.Receipt{}, &alerts.Failure{Unclear: true, Err: errors.New("connection reset")}
			case fault(0.2):
				return alerts.Receipt{}, &alerts.Failure{Unclear: true, Err: errors.New("connection reset before it was read")}
			}
			return w.board.put(a, w.at), nil
		}
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
	defer func() {
		if cause := recover(); cause != nil {
			if _, ok := cause.(died); !ok {
				panic(cause)
			}
			dead = true
		}
	}()
	return w.deliver(t), false
}
