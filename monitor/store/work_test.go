package store_test

import (
	"context"
	"testing"
	"time"

	"tonewatch/monitor"
	"tonewatch/monitor/store"
)

// An article waits for seven others to be judged before it, each of which may take
// all of its time.
func TestAReadHasTimeForItsTurn(t *testing.T) {
	t.Parallel()
	s, _ := fresh(t)
	defer mustClose(t, s)
	_, _, err := s.SavePoll(t.Context(), theFeed(t, s), []monitor.Article{{Feed: 1, Key: "1", Outlet: "E", Title: "News", Published: monday, Seen: monday}})
	must(t, err)
	left := make(chan time.Duration, 10)
	nothing := func(context.Context, monitor.Job) error { return nil }
	must(t, s.Start(context.WithoutCancel(t.Context()), store.Steps{Poll: nothing, Detect: nothing, Read: func(ctx context.Context, _ monitor.Job) error {
		if deadline, ok := ctx.Deadline(); ok {
			left <- time.Until(deadline)
		}
		return nil
	}}))
	if got := receive(t, left); got <= 8*monitor.JudgeWithin {
		t.Errorf("a read has %v, want more than %v", got, 8*monitor.JudgeWithin)
	}
	must(t, s.Stop(context.WithoutCancel(t.Context())))
}
