package store_test

import (
	"testing"
	"time"

	"tonewatch/monitor"
)

// What no rule steps any longer ends at the start: else its message would say
// that it fires, for ever, and it would never be thrown away.
func TestEpisodesThatNothingOwnsAreWithdrawn(t *testing.T) {
	t.Parallel()
	room := openNewsroom(t, keeping(), "Acme", "Bolt", "Gone")
	save := func(actor, rule, voice string, phase monitor.Phase, revision int) {
		t.Helper()
		e := monitor.Episode{Rule: rule, Actor: actor, Voice: voice, Phase: phase, Since: monday, Fired: monday, Revision: revision}
		must(t, room.s.SaveDetection(t.Context(), actor, monitor.Detection{Moves: []monitor.Move{{After: e}}}))
	}
	save("Acme", "turn", monitor.AnyVoice, monitor.Firing, 1)
	save("Acme", "renamed", monitor.AnyVoice, monitor.Firing, 1)
	save("Acme", "revoiced", monitor.OwnVoice, monitor.Easing, 2)
	save("Acme", "unheard", monitor.AnyVoice, monitor.Pending, 0)
	save("Bolt", "turn", monitor.AnyVoice, monitor.Firing, 1) // no longer toward it
	save("Gone", "wide", monitor.AnyVoice, monitor.Firing, 1)
	save("Bolt", "wide", monitor.AnyVoice, monitor.Pending, 0)
	ask[int](t, room.path, `DELETE FROM river_job RETURNING 1`)

	rules := []monitor.Rule{
		{Name: "turn", Toward: []string{"Acme"}, Voice: monitor.AnyVoice},
		{Name: "revoiced", Toward: []string{"*"}, Voice: monitor.AnyVoice},
		{Name: "wide", Toward: []string{"*"}, Voice: monitor.AnyVoice},
	}
	now := monday.Add(time.Hour)
	for i, want := range []int{5, 0} {
		n, err := room.s.SyncEpisodes(t.Context(), rules, []string{"Acme", "Bolt"}, now)
		must(t, err)
		if n != want {
			t.Errorf("start %d withdraws %d episodes, want %d", i+1, n, want)
		}
	}
	if got, want := ask[string](t, room.path, `SELECT group_concat(name || ' ' || rule || ' ' || phase || ' ' || revision)
		FROM (SELECT * FROM episodes JOIN actors ON actors.id = actor_id ORDER BY episodes.id)`),
		"Acme turn firing 1,Acme renamed quiet 2,Acme revoiced quiet 3,Bolt turn quiet 2,Gone wide quiet 2,Bolt wide pending 0"; got != want {
		t.Errorf("episodes\n%s, want\n%s", got, want)
	}
	if n := ask[int](t, room.path, `SELECT count(DISTINCT args ->> 'id') FROM river_job WHERE kind = 'tell'`); n != 4 {
		t.Errorf("%d episodes are given to TELL, want the 4 that were told of", n)
	}
	fired, err := room.s.Fired(t.Context())
	must(t, err)
	if e := fired[1]; !e.Withdrawn || !e.Ended.Equal(now) || e.Rule != "renamed" {
		t.Errorf("episode %+v, want it withdrawn at %v", e, now)
	}
	tend(t, room.s, now.Add(21*day), 10)
	if n := ask[int](t, room.path, `SELECT count(*) FROM episodes WHERE phase = 'quiet'`); n != 0 {
		t.Errorf("%d episodes that were withdrawn are kept for ever", n)
	}
}
