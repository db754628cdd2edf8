package store_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/monitor"
	"tonewatch/monitor/store"
)

// told is a store with one episode that two receivers were told of.
func told(t *testing.T) (s *store.Store, path, key string) {
	t.Helper()
	path = file(t)
	s = mustOpen(t, path)
	must(t, s.SyncActors(t.Context(), []string{"Acme"}, monday))
	e := monitor.Episode{Rule: "turn", Actor: "Acme", Voice: monitor.OwnVoice, Phase: monitor.Firing, Since: monday, Fired: monday, Revision: 1}
	must(t, s.SaveDetection(t.Context(), "Acme", monitor.Detection{Moves: []monitor.Move{{After: e}}}))
	e.ID = 1
	must(t, s.SaveTold(t.Context(), e, toldIn(e.ID, "console", "slack:#desk")))
	return s, path, ask[string](t, path, `SELECT key FROM deliveries WHERE receiver = 'slack:#desk'`)
}

// toldIn is an alert of an episode in each of some receivers.
func toldIn(episode int64, receivers ...string) (t monitor.Telling) {
	for _, receiver := range receivers {
		t.New = append(t.New, monitor.Delivery{Kind: monitor.AlertDelivery, Episode: episode, Receiver: receiver, Made: monday})
	}
	return t
}

func wrong(ref string) monitor.Act {
	return monitor.Act{
		Ref: ref, At: monday.Add(time.Minute), Kind: monitor.ActWrong, By: "U1", Name: "ann", Episode: 1, Actor: "Acme",
		Story: "Acme \"grows\"", Link: "https://e.org/1", Label: "neutral", Note: "a quote",
	}
}

func TestActsAreKeptOnceAndTouchTheMessages(t *testing.T) {
	t.Parallel()
	s, path, _ := told(t)
	defer mustClose(t, s)
	until := monday.Add(8 * time.Hour)
	snooze := monitor.Act{Ref: "b", At: monday, Kind: monitor.ActSnooze, By: "U1", Name: "ann", Episode: 1, Actor: "Acme", Until: until}
	silence := monitor.Silence{Actor: "Acme", Rule: "turn", Voice: "outlets", Starts: monday, Ends: until, Author: "U1", Comment: "snoozed"}
	mute := monitor.Act{Ref: "d", At: monday, Kind: monitor.ActMute, By: "U1", Name: "ann", Actor: "Acme", Until: until}
	ack := func(ref, by string) monitor.Act {
		return monitor.Act{Ref: ref, At: monday, Kind: monitor.ActAcknowledge, By: by, Name: "ann", Episode: 1, Actor: "Acme"}
	}
	for _, c := range []struct {
		name    string
		act     monitor.Act
		silence *monitor.Silence
		fresh   bool
	}{
		{"wrong tone", wrong("a"), nil, true},
		{"the same request again", wrong("a"), nil, false},
		{"snooze", snooze, &silence, true},
		{"snooze, again", snooze, &silence, false},
		{"acknowledge", ack("c1", "U1"), nil, true},
		{"acknowledge, by the same", ack("c2", "U1"), nil, false},
		{"acknowledge, by another", ack("c3", "U2"), nil, true},
		{"mute, of no episode", mute, &silence, true},
		{"mute, again", mute, &silence, false},
	} {
		before := ask[string](t, path, `SELECT group_concat(touched) FROM deliveries`)
		jobs := ask[int](t, path, `SELECT count(*) FROM river_job WHERE kind = 'deliver'`)
		fresh, err := s.SaveAct(t.Context(), c.act, c.silence)
		must(t, err)
		if fresh != c.fresh {
			t.Errorf("%s: fresh %v, want %v", c.name, fresh, c.fresh)
		}
		touched := ask[string](t, path, `SELECT group_concat(touched) FROM deliveries`) != before
		given := ask[int](t, path, `SELECT count(*) FROM river_job WHERE kind = 'deliver'`) - jobs
		if about := c.act.Episode != 0; !c.fresh && (touched || given > 0) || c.fresh && about && (!touched || given < 2) {
			t.Errorf("%s: touched %v with %d jobs, want both messages brought up to date: %v", c.name, touched, given, c.fresh)
		}
	}
	got, err := s.Acts(t.Context(), 1)
	must(t, err)
	want := []monitor.Act{wrong("a"), snooze, ack("c1", "U1"), ack("c3", "U2")}
	for i := range got {
		want[i].ID = got[i].ID
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("acts (-want +got):\n%s", diff)
	}
	silences, err := s.Silences(t.Context(), monday)
	if err != nil || len(silences) != 2 {
		t.Errorf("silences %v, error %v; want one of the snooze and one of the mute", silences, err)
	}
}

// An act whose silence cannot be kept is not kept either.
func TestActIsAllOrNothing(t *testing.T) {
	t.Parallel()
	s, path, _ := told(t)
	defer mustClose(t, s)
	ask[int](t, path, `CREATE TRIGGER full BEFORE INSERT ON silences BEGIN SELECT raise(ABORT, 'disk full'); END; SELECT 1`)
	act := wrong("a")
	_, err := s.SaveAct(t.Context(), act, &monitor.Silence{Actor: "Acme", Starts: monday, Ends: monday.Add(time.Hour)})
	if err == nil || !strings.HasPrefix(err.Error(), `save act "wrong" of "U1": silence: `) || !strings.Contains(err.Error(), "disk full") {
		t.Errorf("error %v, want why", err)
	}
	if n := ask[int](t, path, `SELECT count(*) + (SELECT sum(touched - 1) FROM deliveries) FROM acts`); n != 0 {
		t.Error("a part of the act was kept")
	}
	if fresh, err := s.SaveAct(t.Context(), act, nil); err != nil || !fresh {
		t.Errorf("fresh %v, error %v; want the act kept when it comes again", fresh, err)
	}
}

func TestEpisodeByKey(t *testing.T) {
	t.Parallel()
	s, _, key := told(t)
	defer mustClose(t, s)
	e, found, err := s.EpisodeByKey(t.Context(), key)
	if err != nil || !found || e.ID != 1 || e.Rule != "turn" || e.Version != 1 {
		t.Errorf("episode %+v, found %v, error %v; want the one told of", e, found, err)
	}
	for _, key := range []string{"", "x", key + "x"} {
		if _, found, err := s.EpisodeByKey(t.Context(), key); found || err != nil {
			t.Errorf("key %q: found %v, error %v; want none", key, found, err)
		}
	}
}

func TestToldAreOpenOrRecent(t *testing.T) {
	t.Parallel()
	s, _, _ := told(t)
	defer mustClose(t, s)
	for _, e := range []monitor.Episode{
		{Rule: "over", Voice: "any", Phase: monitor.Quiet, Since: monday, Revision: 3},
		{Rule: "just over", Voice: "any", Phase: monitor.Quiet, Since: monday.Add(2 * time.Hour), Revision: 3},
		{Rule: "untold", Voice: "any", Phase: monitor.Pending, Since: monday.Add(2 * time.Hour)},
	} {
		e.Actor = "Acme"
		must(t, s.SaveDetection(t.Context(), "Acme", monitor.Detection{Moves: []monitor.Move{{After: e}}}))
	}
	var got []string
	list, err := s.Told(t.Context(), monday.Add(time.Hour))
	must(t, err)
	for _, e := range list {
		got = append(got, e.Rule)
	}
	if diff := cmp.Diff([]string{"turn", "just over"}, got); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

func marked(ctx context.Context, path string) (acts []monitor.Act, episodes []monitor.Episode, err error) {
	err = store.Feedback(ctx, path, func(a monitor.Act, e monitor.Episode) bool {
		acts, episodes = append(acts, a), append(episodes, e)
		return true
	})
	return acts, episodes, err
}

// Feedback is read beside the process that has the file open. It goes with its
// episode, whose stories are gone then, too; and a file of a release before has
// none.
func TestFeedback(t *testing.T) {
	t.Parallel()
	s, path, _ := told(t)
	defer mustClose(t, s)
	for _, ref := range []string{"a", "b"} {
		_, err := s.SaveAct(t.Context(), wrong(ref), nil)
		must(t, err)
	}
	_, err := s.SaveAct(t.Context(), monitor.Act{Ref: "c", Kind: monitor.ActAcknowledge, By: "U1", Episode: 1}, nil)
	must(t, err)
	acts, episodes, err := marked(t.Context(), path)
	must(t, err)
	if len(acts) != 2 || acts[1].Ref != "b" || acts[0].Label != "neutral" || episodes[0].Voice != monitor.OwnVoice || !episodes[1].Fired.Equal(monday) {
		t.Errorf("acts %+v of %+v; want the two of a wrong tone, with their episode", acts, episodes)
	}
	ask[int](t, path, `PRAGMA foreign_keys = 1; DELETE FROM deliveries; DELETE FROM episodes; SELECT 1`)
	if acts, _, err := marked(t.Context(), path); len(acts) != 0 || err != nil {
		t.Errorf("acts %+v, error %v; want none without the episode", acts, err)
	}

	old := file(t)
	must(t, store.MigrateTo(t.Context(), old, 7))
	if acts, _, err := marked(t.Context(), old); len(acts) != 0 || err != nil {
		t.Errorf("acts %+v, error %v; want none of an old file", acts, err)
	}
}

func TestExamine(t *testing.T) {
	t.Parallel()
	s, path, _ := told(t)
	defer mustClose(t, s)
	ask[int](t, path, `UPDATE deliveries SET problem = 'not_in_channel' WHERE receiver = 'slack:#desk' RETURNING 1`)
	e, err := store.Examine(t.Context(), path)
	must(t, err)
	want := store.Examination{Schema: e.Newest, Newest: e.Newest, Troubles: []store.Trouble{{Receiver: "slack:#desk", Actor: "Acme", Rule: "turn", Problem: "not_in_channel"}}}
	if diff := cmp.Diff(want, e); diff != "" || e.Newest < 12 {
		t.Errorf("examination (-want +got):\n%s", diff)
	}
	old := file(t)
	must(t, store.MigrateTo(t.Context(), old, 7))
	if e, err := store.Examine(t.Context(), old); err != nil || e.Schema != 7 {
		t.Errorf("examination %+v of an old file, error %v; want schema 7", e, err)
	}
}
