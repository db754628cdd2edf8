package store_test

import (
	"database/sql"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tonewatch/monitor"
	"tonewatch/monitor/store"
)

func TestLearntGivesEveryLimit(t *testing.T) {
	t.Parallel()
	d := openDesk(t, file(t), cool("1"), monday)
	want := map[string][]monitor.RuleLimit{
		"Acme": {
			{Rule: "a", Of: "x", Limit: monitor.Limit{Sigma: 3.4, Days: 84, Learned: monday}},
			{Rule: "b", Of: "y", Limit: monitor.Limit{Learned: monday, Problem: "only 9 of 42 days of history"}},
		},
	}
	for actor, limits := range want {
		must(t, d.s.SaveDetection(t.Context(), actor, monitor.Detection{Limits: limits}))
	}
	got, err := store.Learnt(t.Context(), d.path)
	must(t, err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("beside the daemon (-want +got):\n%s", diff)
	}
}

func TestLearntOfAnOlderStoreIsNothing(t *testing.T) {
	t.Parallel()
	path := file(t)
	db, err := sql.Open("sqlite", path)
	must(t, err)
	_, err = db.ExecContext(t.Context(), `PRAGMA journal_mode = WAL; CREATE TABLE actors (id INTEGER PRIMARY KEY, name TEXT)`)
	must(t, err)
	must(t, db.Close())
	if got, err := store.Learnt(t.Context(), path); err != nil || len(got) > 0 {
		t.Errorf("got %v, %v; want no limits", got, err)
	}
}
