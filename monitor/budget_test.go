package monitor_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"tonewatch/monitor"
)

const oneDay = 24 * time.Hour

// lastMonday is where the histories of these tests end.
var lastMonday = time.Date(2024, 7, 1, 0, 0, 0, 0, time.UTC)

func budgeted(per time.Duration) monitor.Rule {
	return monitor.Rule{
		Name: "turn", Toward: []string{"*"}, Voice: monitor.AnyVoice, Shift: &monitor.ShiftRule{By: 0.05, Sigma: 3},
		Window: oneDay, Baseline: 28 * oneDay, Stories: 8, Outlets: 3, Rearm: 0.025,
		Budget: monitor.Budget{Alarms: 1, Per: per},
	}
}

// quietDays is the news of so many days before a time in which nothing happens.
func quietDays(days int, until time.Time) *monitor.Series {
	rng := rand.New(rand.NewPCG(3, 3))
	s := monitor.NewSeries(nil)
	for at := until.Add(-time.Duration(days) * oneDay); at.Before(until); at = at.Add(time.Hour) {
		for range rng.IntN(3) {
			s.Add(monitor.Reading{
				Actor: "Acme", Voice: monitor.AnyVoice, Outlet: fmt.Sprint("outlet ", rng.IntN(6)), At: at,
				Tone: min(1, max(-1, 0.4*rng.NormFloat64())),
			})
		}
	}
	return s
}

func TestLearnLimit(t *testing.T) {
	t.Parallel()
	s := quietDays(84, lastMonday)
	seldom := monitor.LearnLimit(budgeted(90*oneDay), s, lastMonday)
	often := monitor.LearnLimit(budgeted(7*oneDay), s, lastMonday)
	if seldom.Problem != "" || seldom.Days != 84 || !seldom.Learned.Equal(lastMonday) {
		t.Fatalf("got %+v, want a limit learnt from 84 days", seldom)
	}
	// Sigma is nearly normal here: once in 90 days is about 3.
	if seldom.Sigma < 2.5 || seldom.Sigma > 3.6 {
		t.Errorf("got %.2f for 1 per 90d, want about 3", seldom.Sigma)
	}
	if often.Sigma >= seldom.Sigma {
		t.Errorf("1 per 7d gives %.2f, want less than the %.2f of 1 per 90d", often.Sigma, seldom.Sigma)
	}
}

// A limit depends on the week alone: not on when in it, nor on what came in it,
// nor on backfill.
func TestLimitIsOfTheWeek(t *testing.T) {
	t.Parallel()
	r := budgeted(90 * oneDay)
	want := monitor.LearnLimit(r, quietDays(84, lastMonday), lastMonday)
	s := quietDays(84, lastMonday)
	for i := range 20 {
		s.Add(monitor.Reading{Voice: monitor.AnyVoice, Outlet: "outlet 1", At: lastMonday.Add(time.Duration(i) * time.Hour), Tone: -1})
		s.Add(monitor.Reading{Voice: monitor.AnyVoice, Outlet: "outlet 1", At: lastMonday.Add(-time.Duration(i) * oneDay), Tone: -1, Backfill: true})
	}
	if got := monitor.LearnLimit(r, s, lastMonday.Add(6*oneDay+23*time.Hour)); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if want.Stale(lastMonday.Add(6*oneDay+23*time.Hour)) || !want.Stale(lastMonday.Add(7*oneDay)) {
		t.Error("a limit must be stale from the next Monday on, and not before")
	}
}

// A day in progress must look to the learner as it does to the daemon, which has
// not seen the rest of it: else the limit is learnt from one look a day.
func TestLearnerSeesNothingToCome(t *testing.T) {
	t.Parallel()
	s := monitor.NewSeries(nil)
	for at := lastMonday.Add(-84 * oneDay); at.Before(lastMonday); at = at.Add(time.Hour) {
		s.Add(monitor.Reading{Actor: "Acme", Voice: monitor.AnyVoice, Outlet: "outlet", At: at})
	}
	drift, volume := budgeted(90*oneDay), budgeted(90*oneDay)
	drift.Shift, drift.Drift = nil, &monitor.DriftRule{By: 0.05, Sigma: 3}
	volume.Shift, volume.Volume = nil, &monitor.VolumeRule{By: 0.5, Sigma: 3}
	for _, c := range []struct {
		name string
		rule monitor.Rule
		want func(hour int) int
	}{
		{"shift", budgeted(90 * oneDay), func(int) int { return 24 }},
		{"volume", volume, func(int) int { return 24 }},
		{"drift", drift, func(hour int) int { return hour + 1 }}, // since midnight
	} {
		c.rule.Stories, c.rule.Outlets = 1, 1
		measured := monitor.Rehearsed(c.rule, s, lastMonday)
		if len(measured) < 52*7*24 {
			t.Errorf("%s: %d looks, want a year of hours at least", c.name, len(measured))
		}
		for _, m := range measured {
			if m.Stories != c.want(m.At.Hour()) {
				t.Fatalf("%s: %d stories at %v, want %d", c.name, m.Stories, m.At, c.want(m.At.Hour()))
			}
		}
	}
}

func TestLearnLimitProblems(t *testing.T) {
	t.Parallel()
	thin := budgeted(90 * oneDay)
	thin.Stories = 5000
	level := budgeted(90 * oneDay)
	level.Shift, level.Level = nil, &monitor.LevelRule{Line: -0.5, Below: true}
	for _, c := range []struct {
		name string
		rule monitor.Rule
		days int
		want string
	}{
		{"no history", budgeted(90 * oneDay), 0, "only 0 of 63 days of history"},
		{"short history", budgeted(90 * oneDay), 40, "only 40 of 63 days of history"},
		{"no evidence", thin, 70, "in 70 days of history no window held the stories and outlets that the rule asks for"},
		{"level", level, 70, "a level has no sigma to learn"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := monitor.LearnLimit(c.rule, quietDays(c.days, lastMonday), lastMonday)
			if got.Problem != c.want {
				t.Errorf("got %q, want %q", got.Problem, c.want)
			}
			if r := c.rule.Under(got); r.Shift != c.rule.Shift {
				t.Error("a limit with a problem changed the rule")
			}
		})
	}
}

func TestUnder(t *testing.T) {
	t.Parallel()
	r := budgeted(90 * oneDay)
	under := r.Under(monitor.Limit{Sigma: 3.7})
	if under.Shift.Sigma != 3.7 || under.Shift.By != 0.05 {
		t.Errorf("got %+v, want sigma 3.7 and by 0.05", *under.Shift)
	}
	if r.Shift.Sigma != 3 {
		t.Error("the rule itself was changed")
	}
}

func BenchmarkLearnLimit(b *testing.B) {
	s := quietDays(182, lastMonday)
	for b.Loop() {
		monitor.LearnLimit(budgeted(90*oneDay), s, lastMonday)
	}
}
