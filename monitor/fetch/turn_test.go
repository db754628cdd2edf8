package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tonewatch/monitor/fetch"
)

// enter enters or fails.
func enter(t *testing.T, turns *fetch.Turns, host string, ready time.Duration) (leave func()) {
	t.Helper()
	leave, wait, err := turns.Enter(t.Context(), host, ready)
	if err != nil || leave == nil {
		t.Fatalf("no turn at %s: wait %v, error %v", host, wait, err)
	}
	return leave
}

func TestTurnsKeepAPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		turns := fetch.NewTurns(2, time.Second)
		begin := time.Now()
		var mu sync.Mutex
		var starts []time.Duration
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				defer enter(t, turns, "a.example", time.Minute)()
				mu.Lock()
				starts = append(starts, time.Since(begin))
				mu.Unlock()
			})
		}
		enter(t, turns, "b.example", 0)() // another host is not kept waiting
		if d := time.Since(begin); d != 0 {
			t.Errorf("another host waited %v", d)
		}
		wg.Wait()
		slices.Sort(starts)
		if want := []time.Duration{0, time.Second, 2 * time.Second, 3 * time.Second}; !slices.Equal(starts, want) {
			t.Errorf("requests began at %v, want %v", starts, want)
		}
	})
}

func TestTurnsLetFewInAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		turns := fetch.NewTurns(2, 0)
		first := enter(t, turns, "a.example", 0)
		second := enter(t, turns, "a.example", 0)

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if leave, _, err := turns.Enter(ctx, "a.example", time.Minute); leave != nil || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a third got in: error %v, want the context's", err)
		}
		// Those that are put off are not told to come back all at once.
		for i := range 3 {
			leave, wait, err := turns.Enter(t.Context(), "a.example", 0)
			if want := time.Duration(i+1) * time.Second; leave != nil || wait != want || err != nil {
				t.Errorf("put off by %v with error %v, want %v", wait, err, want)
			}
		}
		go func() {
			time.Sleep(time.Second)
			first()
		}()
		third := enter(t, turns, "a.example", time.Minute)
		second()
		third()
	})
}

// Two hundred articles of one site are read in two hundred seconds, by workers
// that each wait two seconds at most.
func TestTurnsServeAQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		turns := fetch.NewTurns(2, time.Second)
		begin := time.Now()
		var wg sync.WaitGroup
		var mu sync.Mutex
		tries := 0
		for range 200 {
			wg.Go(func() {
				for {
					leave, wait, err := turns.Enter(t.Context(), "a.example", 2*time.Second)
					mu.Lock()
					tries++
					mu.Unlock()
					if err != nil {
						t.Error(err)
						return
					}
					if leave != nil {
						leave()
						return
					}
					time.Sleep(wait)
				}
			})
		}
		wg.Wait()
		if took := time.Since(begin); took < 199*time.Second || took > 210*time.Second {
			t.Errorf("took %v, want one a second", took)
		}
		if tries > 600 {
			t.Errorf("%d tries for 200 requests", tries)
		}
	})
}

func TestTurnsForgetHosts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		turns := fetch.NewTurns(2, time.Second)
		for i := range 10_000 {
			enter(t, turns, fmt.Sprintf("%d.example", i), 0)()
			time.Sleep(10 * time.Millisecond)
		}
		if n := turns.Known(); n > 1000 {
			t.Errorf("%d hosts are remembered, of which 100 were asked within the last second", n)
		}
	})
}
