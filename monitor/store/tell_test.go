package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/monitor"
	"tonewatch/monitor/store"
)

// office is a store with actors and what is told of them.
type office struct {
	*testing.T
	s    *store.Store
	path string
}

func newOffice(t *testing.T) *office {
	t.Helper()
	path := file(t)
	o := &office{t, mustOpen(t, path), path}
	t.Cleanup(func() { mustClose(t, o.s) })
	must(t, o.s.SyncActors(t.Context(), []string{"actor 1", "actor 2", "actor 3"}, monday))
	return o
}

// move gives the episode of an actor, numbered from 1, its next revision; the
// first begins it.
func (o *office) move(n int64, phase monitor.Phase) monitor.Episode {
	o.Helper()
	before := monitor.Episode{Rule: "turn", Actor: fmt.Sprint("actor ", n), Voice: monitor.AnyVoice}
	fired, err := o.s.Fired(o.Context())
	must(o.T, err)
	for _, e := range fired {
		if e.Actor == before.Actor {
			before = e
		}
	}
	after := before
	after.Phase, after.Since = phase, monday
	after.Revision++
	must(o.T, o.s.SaveDetection(o.Context(), after.Actor, monitor.Detection{Moves: []monitor.Move{{Before: before, After: after}}}))
	after, err = o.s.Episode(o.Context(), ask[int64](o.T, o.path, `SELECT id FROM episodes WHERE actor_id = `+fmt.Sprint(n)))
	must(o.T, err)
	return after
}

func (o *office) tell(e monitor.Episode, all monitor.Telling) {
	o.Helper()
	must(o.T, o.s.SaveTold(o.Context(), e, all))
}

func alertFor(e monitor.Episode) monitor.Delivery {
	return monitor.Delivery{Kind: monitor.AlertDelivery, Episode: e.ID, Receiver: "console", Made: monday}
}

// delivery is a row as DELIVER sees it.
func (o *office) delivery(id int64) monitor.Delivery {
	o.Helper()
	d, err := o.s.Delivery(o.Context(), id)
	must(o.T, err)
	return d
}

// receive keeps a receipt for all that a delivery shows.
func (o *office) receive(id int64, ts string) {
	o.Helper()
	d := o.delivery(id)
	d.Channel, d.TS, d.Shown = "C1", ts, d.Touched
	if d.Kind == monitor.AlertDelivery {
		d.Told = d.Subjects[0].Episode.Revision
	}
	must(o.T, o.s.SaveReceipt(o.Context(), d))
}

// given are the jobs of a kind that wait, as ids, and takes them away.
func (o *office) given(kind string) string {
	o.Helper()
	ids := ask[string](o.T, o.path, `SELECT coalesce(group_concat(args ->> 'id', ' '), '') FROM (SELECT args FROM river_job WHERE kind = '`+kind+`' ORDER BY args ->> 'id')`)
	ask[int](o.T, o.path, `DELETE FROM river_job; SELECT 1`)
	return ids
}

func (o *office) wantGiven(when, kind, want string) {
	o.Helper()
	if got := o.given(kind); got != want {
		o.Errorf("%s %s is given %q, want %q", when, kind, got, want)
	}
}

func TestWhatIsToldIsWrittenOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	e := o.move(1, monitor.Firing)
	o.wantGiven("when it fires", "tell", "1")
	for range 2 {
		o.tell(e, monitor.Telling{New: []monitor.Delivery{alertFor(e)}})
	}
	o.wantGiven("as nothing is shown yet", "deliver", "1 1")
	o.receive(1, "17.1")
	reply := monitor.Delivery{Kind: monitor.ReplyDelivery, Episode: e.ID, Receiver: "console", News: "worse", Slot: 2, Thread: 1, Body: "as it was", Made: monday}
	e = o.move(1, monitor.Firing)
	for range 2 {
		o.tell(e, monitor.Telling{New: []monitor.Delivery{reply}})
	}
	still := reply
	still.News = "still"
	o.tell(e, monitor.Telling{New: []monitor.Delivery{still}})
	if n := ask[int](t, o.path, `SELECT count(*) FROM deliveries`); n != 3 {
		t.Errorf("%d deliveries, want the alert and two replies", n)
	}
	got := o.delivery(2)
	want := monitor.Delivery{
		ID: 2, Kind: monitor.ReplyDelivery, Episode: 1, Receiver: "console", News: "worse", Slot: 2, Key: got.Key, Body: "as it was", Made: monday,
		Thread: 1, Touched: 1, ThreadChannel: "C1", ThreadTS: "17.1", Subjects: []monitor.Subject{{Key: o.delivery(1).Key, Episode: e}},
	}
	if diff := cmp.Diff(want, got); diff != "" || got.Key == "" {
		t.Errorf("key %q, delivery (-want +got):\n%s", got.Key, diff)
	}
}

func TestRepliesAreGivenOutWhenTheirThreadIsThere(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	e := o.move(1, monitor.Firing)
	reply := monitor.Delivery{Kind: monitor.ReplyDelivery, Episode: e.ID, Receiver: "console", News: "worse", Thread: 1}
	o.tell(e, monitor.Telling{New: []monitor.Delivery{alertFor(e), reply}})
	o.wantGiven("before the alert is there", "deliver", "1")
	if status, err := o.s.Status(t.Context(), monday); err != nil || status.Outbox.Unsent != 1 {
		t.Errorf("%d unsent (%v), want the alert alone: the reply waits for it", status.Outbox.Unsent, err)
	}
	o.receive(1, "17.1")
	o.wantGiven("with the alert's receipt", "deliver", "2")
	o.receive(2, "17.2")
	o.wantGiven("in the end", "deliver", "")
}

func TestADigestShowsWhatItsEpisodesDo(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	first, second := o.move(1, monitor.Firing), o.move(2, monitor.Firing)
	o.given("tell")
	in := alertFor(first)
	in.Digest = monitor.NewDigest
	o.tell(first, monitor.Telling{New: []monitor.Delivery{in}})
	digest := o.delivery(2).Digest
	if d := o.delivery(digest); d.Kind != monitor.DigestDelivery || len(d.Subjects) != 1 || d.Slot != monday.UnixMilli() {
		t.Fatalf("digest %+v, want it to show one alert", d)
	}
	o.wantGiven("with its first alert", "deliver", fmt.Sprint(digest))
	o.receive(digest, "17.1")
	in = alertFor(second)
	in.Digest = digest
	o.tell(second, monitor.Telling{New: []monitor.Delivery{in}})
	o.wantGiven("with its second", "deliver", fmt.Sprint(digest))
	if d := o.delivery(digest); d.Done() || len(d.Subjects) != 2 {
		t.Errorf("digest %+v, want it to have two alerts to show", d)
	}
	o.receive(digest, "17.1")
	second = o.move(2, monitor.Quiet)
	o.given("tell")
	for range 2 { // the second time nothing is new
		o.tell(second, monitor.Telling{})
	}
	o.wantGiven("when one is over", "deliver", fmt.Sprint(digest, " ", digest))
	o.receive(digest, "17.1")
	if d := o.delivery(digest); !d.Done() || d.Subjects[1].Episode.Phase != monitor.Quiet {
		t.Errorf("digest %+v, want it to show all there is", d)
	}
	o.tell(second, monitor.Telling{})
	o.wantGiven("when nothing is new", "deliver", "")
}

func TestWhatIsTouchedIsShownAnew(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	e := o.move(1, monitor.Firing)
	own, shared, held := alertFor(e), alertFor(e), alertFor(e)
	shared.Receiver, shared.Digest = "slack:#desk", monitor.NewDigest
	held.Receiver, held.Held = "slack:#ops", true
	reply := monitor.Delivery{Kind: monitor.ReplyDelivery, Episode: e.ID, Receiver: "console", News: "worse", Thread: 1}
	o.tell(e, monitor.Telling{New: []monitor.Delivery{own, shared, held, reply}})
	for id := range int64(5) {
		if d := o.delivery(id + 1); !d.Held && d.Digest == 0 {
			o.receive(d.ID, "17.1")
		}
	}
	o.given("deliver")
	must(t, o.s.Touch(t.Context(), e.ID))
	o.wantGiven("when touched", "deliver", "1 2") // the alert and the digest
	if d := o.delivery(1); d.Done() || d.Told != 1 {
		t.Errorf("alert %+v, want it told and yet not done", d)
	}
}

func TestAHeldAlertIsGivenOutWhenReleased(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	e := o.move(1, monitor.Firing)
	held := alertFor(e)
	held.Held = true
	again := monday.Add(time.Hour)
	o.tell(e, monitor.Telling{New: []monitor.Delivery{held}, Again: again})
	o.wantGiven("while it is held", "deliver", "")
	if made, err := o.s.Sweep(t.Context(), again.Add(-time.Millisecond)); err != nil || o.given("tell") != "" {
		t.Fatalf("%d made (%v); want TELL to be given nothing before its time", made, err)
	}
	for range 2 {
		_, err := o.s.Sweep(t.Context(), again)
		must(t, err)
	}
	o.wantGiven("at its time", "tell", "1")
	d := o.delivery(1)
	d.Body, d.Made = "who to call", again
	o.tell(e, monitor.Telling{Release: []monitor.Delivery{d}})
	o.wantGiven("when it is released", "deliver", "1")
	if got := o.delivery(1); got.Held || got.Body != d.Body || !got.Made.Equal(again) {
		t.Errorf("delivery %+v, want it released", got)
	}
}

func TestAStormAndAGroupAreFound(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for n := range int64(3) {
		e := o.move(n+1, monitor.Firing)
		d := alertFor(e)
		d.Made, d.Group, d.Held = monday.Add(time.Duration(n)*time.Minute), "all", n == 0
		o.tell(e, monitor.Telling{New: []monitor.Delivery{d}})
	}
	recent, err := o.s.Recent(t.Context(), "console", monday)
	if err != nil || len(recent) != 2 || recent[0].ID != 2 {
		t.Errorf("recent %+v (%v), want the two that are not held", recent, err)
	}
	if recent, err := o.s.Recent(t.Context(), "console", monday.Add(90*time.Second)); err != nil || len(recent) != 1 {
		t.Errorf("recent %+v (%v), want one", recent, err)
	}
	for receiver, want := range map[string]int64{"console": 2, "slack:#desk": 0} {
		if head, err := o.s.Head(t.Context(), receiver, "all"); err != nil || head != want {
			t.Errorf("head of the group in %s = %d (%v), want %d", receiver, head, err, want)
		}
	}
	dead := o.delivery(2)
	was := dead.Sending
	dead.Dead = true
	must(t, o.s.SaveProblem(t.Context(), was, dead))
	if head, err := o.s.Head(t.Context(), "console", "all"); err != nil || head != 3 {
		t.Errorf("head of the group = %d (%v), want the one that is not given up", head, err)
	}
	o.receive(2, "17.1")
	if head, err := o.s.Head(t.Context(), "console", "all"); err != nil || head != 2 {
		t.Errorf("head of the group = %d (%v), want the one that was told after all", head, err)
	}
	o.move(2, monitor.Quiet)
	if head, err := o.s.Head(t.Context(), "console", "all"); err != nil || head != 3 {
		t.Errorf("head of the group = %d (%v), want the one whose episode is open", head, err)
	}
}

func TestADeadDeliveryIsKeptAndRevived(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	e := o.move(1, monitor.Firing)
	o.tell(e, monitor.Telling{New: []monitor.Delivery{alertFor(e)}})
	o.given("deliver")
	bury := func() {
		t.Helper()
		d := o.delivery(1)
		d.Pause, d.Problem, d.Refused, d.Dead = 90*time.Second, "is_archived: unarchive the channel", 5, true
		must(t, o.s.SaveProblem(t.Context(), d.Sending, d))
	}
	bury()
	status, err := o.s.Status(t.Context(), monday)
	must(t, err)
	if out := status.Outbox; out.Dead != 1 || out.DeadProblem != "is_archived: unarchive the channel" || out.Unsent != 0 {
		t.Errorf("outbox %+v, want one dead with its problem, and none unsent", out)
	}
	e = o.move(1, monitor.Easing)
	o.tell(e, monitor.Telling{})
	o.wantGiven("with the next revision", "deliver", "1")
	bury()
	mustClose(t, o.s)
	o.s = mustOpen(t, o.path)
	o.wantGiven("after a restart", "deliver", "1")
	if d := o.delivery(1); d.Dead || d.Refused != 0 || d.Problem == "" || d.Pause != 90*time.Second {
		t.Errorf("delivery %+v, want it alive, its problem and its pause still known", d)
	}
	d := o.delivery(1)
	if ours, err := o.s.ClaimSending(t.Context(), 1, d.Sending, monday.Add(time.Hour)); err != nil || !ours {
		t.Fatalf("not claimed: %v", err)
	}
	if d := o.delivery(1); d.Pause != 0 || d.Problem == "" {
		t.Errorf("delivery %+v, want no pause from the post that begins", d)
	}
	o.receive(1, "17.1")
	if d := o.delivery(1); d.Pause != 0 || d.Problem != "" {
		t.Errorf("delivery %+v, want it without problem and pause", d)
	}
}

func TestANoteComesOnceASlot(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	notes := []monitor.Note{{Name: "quiet", Receiver: "console", Every: "0 8 * * *"}, {Name: "heartbeat", Receiver: "console", Every: "@hourly"}}
	must(t, o.s.SyncNotes(t.Context(), notes, monday.Add(7*time.Hour+time.Minute)))
	sweep := func(at time.Time) string {
		t.Helper()
		for range 2 {
			_, err := o.s.Sweep(t.Context(), at)
			must(t, err)
		}
		return o.given("note")
	}
	if got := sweep(monday.Add(7*time.Hour + 59*time.Minute)); got != "" {
		t.Errorf("before eight NOTE is given %q, want nothing", got)
	}
	// The slot of eight is missed, and a restart with other plans comes between.
	mustClose(t, o.s)
	o.s = mustOpen(t, o.path)
	notes[1].Every = "0 9 * * *"
	must(t, o.s.SyncNotes(t.Context(), notes, monday.Add(8*time.Hour+30*time.Minute)))
	if got := sweep(monday.Add(8*time.Hour + 30*time.Minute)); got != "1" {
		t.Errorf("at half past eight NOTE is given %q, want the one of eight", got)
	}
	n, err := o.s.Note(t.Context(), 1)
	if want := monday.Add(8 * time.Hour); err != nil || n.Name != "quiet" || !n.Slot.Equal(want) {
		t.Errorf("note %+v (%v), want the one of %v", n, err, want)
	}
	for range 2 {
		must(t, o.s.SaveNote(t.Context(), monitor.Delivery{Kind: monitor.NoteDelivery, Receiver: "console", News: n.Name, Slot: n.Slot.UnixMilli(), Body: "text"}))
	}
	if n := ask[int](t, o.path, `SELECT count(*) FROM deliveries`); n != 1 {
		t.Errorf("%d deliveries of a slot, want 1", n)
	}
	must(t, o.s.SyncNotes(t.Context(), notes[1:], monday.Add(10*time.Hour)))
	if got := sweep(monday.Add(33 * time.Hour)); got != "2" {
		t.Errorf("a day later NOTE is given %q, want the one that is still configured", got)
	}
}

func TestDayIsWhatMovedInIt(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	now := monday.Add(30 * time.Hour)
	fire := func(n int64, phase monitor.Phase, at time.Time) {
		t.Helper()
		e := monitor.Episode{Rule: "turn", Actor: fmt.Sprint("actor ", n), Voice: monitor.AnyVoice, Phase: phase, Since: at, Fired: at, Revision: 1}
		must(t, o.s.SaveDetection(t.Context(), e.Actor, monitor.Detection{Moves: []monitor.Move{{After: e}}}))
	}
	fire(1, monitor.Firing, monday)                  // open, of the day before
	fire(2, monitor.Quiet, monday)                   // over, of the day before
	fire(3, monitor.Quiet, monday.Add(29*time.Hour)) // over, of today
	d, err := o.s.Day(t.Context(), now)
	must(t, err)
	names := func(list []monitor.Episode) (names []string) {
		for _, e := range list {
			names = append(names, e.Actor)
		}
		return names
	}
	if diff := cmp.Diff([][]string{{"actor 3"}, {"actor 1"}}, [][]string{names(d.Fired), names(d.Open)}); diff != "" || d.Actors != 3 {
		t.Errorf("%d actors; fired and open (-want +got):\n%s", d.Actors, diff)
	}
}

// What an earlier release has told is known, and what it has not is still to be.
func TestDeliveriesOfAnEarlierReleaseStay(t *testing.T) {
	t.Parallel()
	path := file(t)
	must(t, store.MigrateTo(t.Context(), path, 7))
	ask[int](t, path, `INSERT INTO actors (id, name, active) VALUES (1, 'actor 1', 1) RETURNING 1`)
	ask[int](t, path, fmt.Sprintf(`INSERT INTO episodes (id, rule, actor_id, voice, phase, revision, version, changed_at, body)
		VALUES (1, 'turn', 1, 'any', 'firing', 2, 1, %d, '{"rule":"turn","actor":"actor 1","phase":"firing","revision":2}') RETURNING 1`, monday.UnixMilli()))
	ask[int](t, path, `INSERT INTO deliveries (episode_id, receiver, key, channel, ts, told) VALUES (1, 'console', 'k1', 'C1', '17.1', 2) RETURNING 1`)
	ask[int](t, path, `INSERT INTO deliveries (episode_id, receiver, key) VALUES (1, 'slack:#desk', 'k2') RETURNING 1`)
	o := &office{t, mustOpen(t, path), path}
	t.Cleanup(func() { mustClose(t, o.s) })
	o.wantGiven("at the start", "deliver", "2")
	told, untold := o.delivery(1), o.delivery(2)
	if !told.Done() || told.Kind != monitor.AlertDelivery || told.TS != "17.1" || !told.Made.Equal(monday) {
		t.Errorf("delivery %+v, want it told", told)
	}
	if untold.Done() || untold.Waits() || untold.Key != "k2" {
		t.Errorf("delivery %+v, want it to be told", untold)
	}
}

// An episode that TELL has given up is given to it again, whatever else is told.
func TestTellIsRevived(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.move(1, monitor.Firing)
	o.given("tell")
	must(t, o.s.SaveNote(t.Context(), monitor.Delivery{Kind: monitor.NoteDelivery, Receiver: "console", News: "quiet", Slot: 1}))
	o.given("deliver")
	mustClose(t, o.s)
	o.s = mustOpen(t, o.path)
	o.wantGiven("after a restart", "tell", "1")
}

// Notes and digests go when they are old, and no digest before its alerts.
func TestOldMessagesGo(t *testing.T) {
	t.Parallel()
	room := openNewsroom(t, keeping(), "Acme")
	o := &office{t, room.s, room.path}
	e := monitor.Episode{Rule: "turn", Actor: "Acme", Voice: monitor.AnyVoice, Phase: monitor.Firing, Since: monday, Revision: 1}
	must(t, room.s.SaveDetection(t.Context(), "Acme", monitor.Detection{Moves: []monitor.Move{{After: e}}}))
	e.ID = 1
	in := alertFor(e)
	in.Digest = monitor.NewDigest
	o.tell(e, monitor.Telling{New: []monitor.Delivery{in}})
	note := monitor.Delivery{Kind: monitor.NoteDelivery, Receiver: "console", News: "quiet", Made: monday}
	for slot := range int64(2) {
		note.Slot, note.Made = slot, monday.Add(time.Duration(slot)*20*day)
		must(t, room.s.SaveNote(t.Context(), note))
	}
	tend(t, room.s, monday.Add(21*day), 10)
	const left = `SELECT coalesce(group_concat(kind || ' ' || slot, ', '), '') FROM (SELECT * FROM deliveries ORDER BY id)`
	if got, want := ask[string](t, room.path, left), fmt.Sprintf("digest %d, alert 0, note 1", monday.UnixMilli()); got != want {
		t.Errorf("deliveries %q, want %q", got, want)
	}
}
