package store_test

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tonewatch/monitor"
	"tonewatch/monitor/store"
)

// frugal is a rule with a budget, without delays.
func frugal() monitor.Rule {
	return monitor.Rule{
		Name: "frugal", Toward: []string{"*"}, Voice: monitor.AnyVoice, Shift: &monitor.ShiftRule{By: 0.05, Sigma: 2.5},
		Window: day, Baseline: 7 * day, Stories: 3, Outlets: 2, Rearm: 0.03, Budget: monitor.Budget{Alarms: 1, Per: 10 * day},
	}
}

// ordinary is a day's readings toward an actor, of which one in three is of
// another mood.
func ordinary(actor string, morning time.Time, r *rand.Rand) (readings []monitor.Reading) {
	mood := 0.4 * float64(r.IntN(3)/2)
	for i := range 3 + r.IntN(6) {
		readings = append(readings, monitor.Reading{
			Actor: actor, Voice: monitor.AnyVoice, Outlet: fmt.Sprintf("Outlet %d", i%3),
			At: morning.Add(time.Duration(r.IntN(int(8 * time.Hour)))).Truncate(time.Millisecond), Tone: mood + 0.3*r.NormFloat64(),
		})
	}
	return readings
}

// The daemon learns each week what a budget comes to, and tells what a replay
// tells that learns for itself.
func TestLimitsAreLearntWeekly(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and not about concurrency")
	}
	t.Parallel()
	room := openNewsroom(t, store.Keep{}, "Acme")
	rules := []monitor.Rule{frugal(), rule()}
	replay := monitor.NewReplay(rules)
	r := rand.New(rand.NewPCG(3, 3))
	d := &monitor.Detector{Store: room.s, Rules: rules, Log: slog.New(slog.DiscardHandler)}
	var want []monitor.Episode
	learnt := make(map[string]bool) // the limits seen, and on which Monday each was learnt
	for n := range 75 {
		evening := monday.Add(time.Duration(n)*day + 20*time.Hour)
		readings := ordinary("Acme", evening.Add(-10*time.Hour), r)
		for _, reading := range readings {
			room.publish(presentEngine, evening, reading)
		}
		for _, e := range replay.Observe(readings, evening) {
			if e.Rule == "frugal" {
				want = append(want, e)
			}
		}
		must(t, d.Detect(t.Context(), monitor.Job{Subject: 1, Attempt: 1, Now: evening}))
		limits, err := room.s.Limits(t.Context(), "Acme")
		must(t, err)
		if len(limits) != 1 || limits[0].Rule != "frugal" || limits[0].Limit.Stale(evening) {
			t.Fatalf("on %v limits are %+v, want one of this week", evening, limits)
		}
		learnt[fmt.Sprint(limits[0].Limit)] = true
		if len(readings) == 0 {
			t.Fatal("a day without readings")
		}
	}
	if len(learnt) != 11 {
		t.Errorf("%d limits in eleven weeks: %v", len(learnt), learnt)
	}
	var got []monitor.Episode
	fired, err := room.s.Fired(t.Context())
	must(t, err)
	for _, e := range fired {
		if e.Rule == "frugal" {
			got = append(got, e)
		}
	}
	last := make(map[time.Time]monitor.Episode) // as it was last told
	var sure int
	for _, e := range want {
		last[e.Fired] = e
		if e.Limit == nil {
			t.Errorf("fired at %v under no limit", e.Fired)
		} else if e.Limit.Problem == "" {
			sure++
		}
	}
	if sure == 0 {
		t.Error("nothing was told under a learnt limit; it proves nothing")
	}
	if len(got) != len(last) {
		t.Errorf("%d episodes, replay has %d", len(got), len(last))
	}
	ignore := cmpopts.IgnoreFields(monitor.Episode{}, "ID", "Version", "Evidence", "Last", "Peak")
	for _, e := range got {
		if diff := cmp.Diff(last[e.Fired], e, ignore); diff != "" {
			t.Errorf("fired at %v (-replay +live):\n%s", e.Fired, diff)
		}
	}
	t.Logf("%d episodes, %d told under a learnt limit; limits %v", len(got), sure, learnt)
}

// A limit is that of its rule as it stands, and is not learnt from readings of
// two engines.
func TestLimitsFollowTheRules(t *testing.T) {
	t.Parallel()
	room := openNewsroom(t, store.Keep{}, "Acme", "Brick")
	r := rand.New(rand.NewPCG(4, 4))
	for n := range 20 {
		for _, reading := range ordinary("Acme", monday.Add(time.Duration(n)*day), r) {
			room.publish(presentEngine, reading.At, reading)
		}
	}
	now := monday.Add(20 * day)
	expect := func(when string, now time.Time, rules []monitor.Rule, want ...string) (limits []monitor.RuleLimit) {
		t.Helper()
		d := &monitor.Detector{Store: room.s, Rules: rules, Log: slog.New(slog.DiscardHandler)}
		must(t, d.Detect(t.Context(), monitor.Job{Subject: 1, Attempt: 1, Now: now}))
		limits, err := room.s.Limits(t.Context(), "Acme")
		must(t, err)
		var got []string
		for _, l := range limits {
			got = append(got, l.Rule+" "+l.Limit.Learned.Format(time.DateOnly))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", when, diff)
		}
		return limits
	}
	other := frugal()
	other.Name, other.Stories = "other", 2
	expect("without a budget", now, []monitor.Rule{rule()})
	first := expect("with one", now, []monitor.Rule{frugal(), rule()}, "frugal 2026-03-16")
	if got := first[0].Limit.Problem; got == "" {
		t.Errorf("three weeks are enough for %+v", first[0].Limit)
	}
	second := expect("with two", now, []monitor.Rule{frugal(), rule(), other}, "frugal 2026-03-16", "other 2026-03-16")
	if diff := cmp.Diff(first[0], second[0]); diff != "" {
		t.Errorf("the first changed (-before +after):\n%s", diff)
	}
	elsewhere := frugal()
	elsewhere.Toward = []string{"Acme"}
	third := expect("toward others", now, []monitor.Rule{elsewhere}, "frugal 2026-03-16", "other 2026-03-16")
	if diff := cmp.Diff(second, third); diff != "" {
		t.Errorf("nothing was to learn (-before +after):\n%s", diff)
	}
	elsewhere.Stories++
	fourth := expect("with other words", now, []monitor.Rule{elsewhere}, "frugal 2026-03-16")
	if fourth[0].Of == third[0].Of {
		t.Error("a changed rule is taken for the former")
	}
	stale := room.publish(formerEngine, now, monitor.Reading{Actor: "Acme", Voice: monitor.AnyVoice, Outlet: "Outlet 1", At: monday.Add(day)})
	expect("with an old story that is stale", now.Add(7*day), []monitor.Rule{elsewhere}, "frugal 2026-03-16")
	_, err := room.s.SaveReread(t.Context(), stale, nil)
	must(t, err)
	expect("when it is read again", now.Add(7*day), []monitor.Rule{elsewhere}, "frugal 2026-03-23")
	for _, nobody := range []string{"Brick", "unknown"} {
		if limits, err := room.s.Limits(t.Context(), nobody); err != nil || limits != nil {
			t.Errorf("limits of %q: %v, %v; want none", nobody, limits, err)
		}
	}
}
