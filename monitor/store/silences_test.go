package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/monitor"
	"tonewatch/monitor/store"
)

// quietened is a store with three open episodes, told to one receiver each.
func quietened(t *testing.T) (s *store.Store, path string, ids map[string]int64) {
	t.Helper()
	path = file(t)
	s = mustOpen(t, path)
	must(t, s.SyncActors(t.Context(), []string{"Acme", "Bolt"}, monday))
	ids = make(map[string]int64)
	for _, e := range []monitor.Episode{
		{Actor: "Acme", Rule: "turn", Voice: monitor.AnyVoice},
		{Actor: "Acme", Rule: "frost", Voice: monitor.OwnVoice},
		{Actor: "Bolt", Rule: "turn", Voice: monitor.AnyVoice},
	} {
		e.Phase, e.Since, e.Revision = monitor.Firing, monday, 1
		must(t, s.SaveDetection(t.Context(), e.Actor, monitor.Detection{Moves: []monitor.Move{{After: e}}}))
		e.ID = ask[int64](t, path, `SELECT max(id) FROM episodes`)
		must(t, s.SaveTold(t.Context(), e, toldIn(e.ID, "console")))
		ids[e.Actor+" "+e.Rule] = e.ID
	}
	ask[int](t, path, `DELETE FROM river_job RETURNING 1`) // what was told above
	return s, path, ids
}

func TestSilences(t *testing.T) {
	t.Parallel()
	s, path, _ := quietened(t)
	defer mustClose(t, s)
	acme := monitor.Silence{Actor: "Acme", Starts: monday, Ends: monday.Add(8 * time.Hour), Author: "U0123456789", Comment: "known"}
	own := monitor.Silence{Rule: "frost", Voice: monitor.OutletVoices, Starts: monday.Add(time.Hour), Ends: monday.Add(2 * time.Hour)}
	var err error
	acme.ID, err = s.AddSilence(t.Context(), acme)
	must(t, err)
	// Their messages are to say so, of those that match and are open.
	if got := ask[string](t, path, `SELECT group_concat(touched) FROM (SELECT touched FROM deliveries ORDER BY id)`); got != "2,2,1" {
		t.Errorf("touched = %s, want the first two", got)
	}
	if got := ask[int](t, path, `SELECT count(*) FROM river_job WHERE kind = 'deliver'`); got != 2 {
		t.Errorf("%d jobs for DELIVER, want 2", got)
	}
	own.ID, err = s.AddSilence(t.Context(), own)
	must(t, err)
	if got := ask[string](t, path, `SELECT group_concat(touched) FROM (SELECT touched FROM deliveries ORDER BY id)`); got != "2,3,1" {
		t.Errorf("touched = %s, want the second again", got)
	}
	for _, c := range []struct {
		at   time.Duration
		want []monitor.Silence
	}{
		{0, []monitor.Silence{own, acme}},
		{2*time.Hour - time.Millisecond, []monitor.Silence{own, acme}},
		{2 * time.Hour, []monitor.Silence{acme}},
		{8 * time.Hour, nil},
	} {
		got, err := s.Silences(t.Context(), monday.Add(c.at))
		must(t, err)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("silences after %v (-want +got):\n%s", c.at, diff)
		}
		looked, err := store.Silences(t.Context(), path, monday.Add(c.at))
		must(t, err)
		if diff := cmp.Diff(got, looked); diff != "" {
			t.Errorf("silences from outside (-inside +outside):\n%s", diff)
		}
	}
}

func TestASilenceExpires(t *testing.T) {
	t.Parallel()
	s, path, ids := quietened(t)
	defer mustClose(t, s)
	id, err := s.AddSilence(t.Context(), monitor.Silence{Actor: "Acme", Starts: monday, Ends: monday.Add(8 * time.Hour)})
	must(t, err)
	at := monday.Add(time.Hour)
	must(t, s.ExpireSilence(t.Context(), id, at))
	if list, err := s.Silences(t.Context(), at); err != nil || len(list) != 0 {
		t.Errorf("silences %v, error %v; want none", list, err)
	}
	want := fmt.Sprintf("%d,%d", ids["Acme turn"], ids["Acme frost"])
	if got := ask[string](t, path, `SELECT group_concat(args ->> 'id') FROM (SELECT args FROM river_job WHERE kind = 'tell' ORDER BY id)`); got != want {
		t.Errorf("episodes %s are given to TELL, want %s", got, want)
	}
	for _, gone := range []int64{id, 99} {
		want := fmt.Sprintf("expire silence %d: no such silence, or it has ended", gone)
		if err := s.ExpireSilence(t.Context(), gone, at); !errors.Is(err, store.ErrNoSilence) || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	// One that has not begun is gone, too.
	id, err = s.AddSilence(t.Context(), monitor.Silence{Actor: "Acme", Starts: monday.Add(3 * time.Hour), Ends: monday.Add(8 * time.Hour)})
	must(t, err)
	must(t, s.ExpireSilence(t.Context(), id, at))
	if list, err := s.Silences(t.Context(), at); err != nil || len(list) != 0 {
		t.Errorf("silences %v, error %v; want none", list, err)
	}
}

func TestASilenceOfEverythingIsRefused(t *testing.T) {
	t.Parallel()
	s, _, _ := quietened(t)
	defer mustClose(t, s)
	_, err := s.AddSilence(t.Context(), monitor.Silence{Starts: monday, Ends: monday.Add(time.Hour)})
	if want := "add silence: a silence of everything: name an actor, a rule or a voice"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestOldSilencesGo(t *testing.T) {
	t.Parallel()
	room := openNewsroom(t, keeping(), "Acme")
	for _, ends := range []time.Duration{time.Hour, 10 * day} {
		_, err := room.s.AddSilence(t.Context(), monitor.Silence{Actor: "Acme", Starts: monday, Ends: monday.Add(ends)})
		must(t, err)
	}
	tend(t, room.s, monday.Add(21*day), 10)
	if list, err := room.s.Silences(t.Context(), monday); err != nil || len(list) != 1 || !list[0].Ends.Equal(monday.Add(10*day)) {
		t.Errorf("silences %v, error %v; want the later one", list, err)
	}
}

// Another process may change silences while the owner writes as fast as it can,
// and the owner works the jobs that come of it.
func TestJoinWritesBesideTheOwner(t *testing.T) {
	t.Parallel()
	s, path, ids := quietened(t)
	defer mustClose(t, s)
	told := make(chan int64, 100)
	nothing := func(context.Context, monitor.Job) error { return nil }
	must(t, s.Start(context.WithoutCancel(t.Context()), store.Steps{
		Poll: nothing, Read: nothing, Reread: nothing, Detect: nothing, Deliver: nothing,
		Tell: func(_ context.Context, j monitor.Job) error { told <- j.Subject; return nil },
	}))
	var owner sync.WaitGroup
	stop := make(chan struct{})
	owner.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				if err := s.SyncActors(t.Context(), []string{"Acme", "Bolt"}, monday.Add(time.Duration(i))); err != nil {
					t.Error(err)
				}
			}
		}
	})
	for range 20 {
		must(t, store.Join(t.Context(), path, func(beside *store.Store) error {
			id, err := beside.AddSilence(t.Context(), monitor.Silence{Actor: "Bolt", Starts: monday, Ends: monday.Add(time.Hour)})
			if err != nil {
				return err
			}
			return beside.ExpireSilence(t.Context(), id, monday)
		}))
	}
	close(stop)
	owner.Wait()
	for range 20 {
		if got := receive(t, told); got != ids["Bolt turn"] {
			t.Errorf("episode %d is told, want %d", got, ids["Bolt turn"])
		}
	}
	must(t, s.Stop(context.WithoutCancel(t.Context())))
}

func TestJoinRefusesAnotherSchema(t *testing.T) {
	t.Parallel()
	never := func(*store.Store) error { t.Error("the change is made"); return nil }
	path := file(t)
	want := fmt.Sprintf(`join store %q: there is none yet: the daemon makes it; "tonewatch run"`, path)
	if err := store.Join(t.Context(), path, never); err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	must(t, store.MigrateTo(t.Context(), path, 7))
	if list, err := store.Silences(t.Context(), path, monday); err != nil || list != nil {
		t.Errorf("silences %v, error %v of an old file, want none", list, err)
	}
	wantError(t, store.Join(t.Context(), path, never), "its schema is version 7, from a release before this one, which has ", ": start the daemon of this release first")
	mustClose(t, mustOpen(t, path))
	ask[int](t, path, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1) RETURNING 1`)
	wantError(t, store.Join(t.Context(), path, never), "its schema is version 999, from a release after this one", ": use the release that the daemon is of")
}

func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("error %v, want %q in it", err, part)
		}
	}
}
