package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/monitor"
	"tonewatch/monitor/store"
)

const day = 24 * time.Hour

// keeping is for tests: ages in days of a short life.
func keeping() store.Keep { return store.Keep{Articles: 20 * day, Series: 60 * day, Hours: 20 * day} }

// months is a history of some ninety days, in bursts, with late and archived
// stories in it.
func months(r *rand.Rand) (readings []monitor.Reading) {
	at := monday
	for i := 0; at.Before(monday.Add(90 * day)); i++ {
		at = at.Add(time.Duration(r.ExpFloat64() * float64(9*time.Hour)))
		for range 1 + r.IntN(4) {
			when := at.Add(-time.Duration(r.IntN(3)) * 20 * time.Hour)
			tone := 0.6*r.Float64() - 0.3 + 0.3*float64(at.Sub(monday)/(30*day)%2)
			readings = append(readings, monitor.Reading{
				Actor: []string{"Acme", "Brick"}[i%2], Voice: monitor.AnyVoice, Outlet: fmt.Sprintf("Outlet %d", r.IntN(4)),
				At: when, Tone: tone, Named: new(tone / 2), Backfill: r.IntN(9) == 0,
				Quotes: []monitor.Quote{{Sentence: "Acme did it.", Tone: tone}},
			})
		}
	}
	return readings
}

// tend does all of upkeep, and returns how many jobs' worth that was.
func tend(t *testing.T, s *store.Store, now time.Time, transactions int) (jobs int) {
	t.Helper()
	for done := false; !done; jobs++ {
		if jobs > 10_000 {
			t.Fatal("upkeep does not end")
		}
		var err error
		done, err = s.Tend(t.Context(), now, transactions)
		must(t, err)
	}
	return jobs
}

// What is thrown away and merged changes no answer of a rule that looks back no
// further than hours are kept.
func TestUpkeepChangesNoWindow(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and not about concurrency")
	}
	t.Parallel()
	room := openNewsroom(t, keeping(), "Acme", "Brick")
	readings := months(rand.New(rand.NewPCG(1, 1)))
	var seen time.Time
	for _, reading := range readings {
		own := reading
		own.Voice = monitor.OwnVoice
		if reading.At.After(seen) {
			seen = reading.At
		}
		room.publish(presentEngine, seen, reading, own)
	}
	now := monday.Add(90*day + 5*time.Hour)
	measure := func() string {
		t.Helper()
		var all strings.Builder
		for _, actor := range []string{"Acme", "Brick"} {
			for _, rule := range allKinds() {
				for at := now.Add(-20*day + rule.Reach() + time.Hour); !at.After(now); at = at.Add(97 * time.Minute) {
					buckets, _, err := room.s.Buckets(t.Context(), actor, at.Add(-rule.Reach()-time.Hour), 0)
					must(t, err)
					fmt.Fprintf(&all, "%s %s %+v\n", actor, rule.Name, monitor.Measure(monitor.NewSeries(buckets), rule, at))
				}
			}
		}
		return all.String()
	}
	const sums = `SELECT sum(n) || ' ' || sum(total) || ' ' || sum(squares) || ' ' || sum(named_n) || ' ' || sum(named_total) || ' ' || sum(named_squares)
		FROM series WHERE hour >= %d`
	kept := fmt.Sprintf(sums, now.Add(-60*day).Truncate(day).UnixMilli())
	before, total, rows := measure(), ask[string](t, room.path, kept), ask[int](t, room.path, `SELECT count(*) FROM series`)
	tend(t, room.s, now, 3)
	if diff := cmp.Diff(before, measure()); diff != "" {
		t.Errorf("windows (-before +after):\n%s", diff)
	}
	if after := ask[string](t, room.path, kept); after != total {
		t.Errorf("sums of what is kept = %s, want %s", after, total)
	}
	t.Logf("%d measurements; %d rows of %d", strings.Count(before, "\n"), ask[int](t, room.path, `SELECT count(*) FROM series`), rows)
	hours := now.Add(-20 * day).Truncate(day).UnixMilli()
	for query, want := range map[string]int{
		fmt.Sprintf(`SELECT count(*) FROM series WHERE hour < %d AND hour %% 86400000 <> 0`, hours):                                                                  0,
		fmt.Sprintf(`SELECT count(*) > 100 FROM series WHERE hour >= %d AND hour %% 86400000 <> 0`, hours):                                                           1,
		fmt.Sprintf(`SELECT count(*) FROM series WHERE hour < %d`, now.Add(-60*day).Truncate(day).UnixMilli()):                                                       0,
		fmt.Sprintf(`SELECT count(*) FROM articles WHERE seen_at < %d AND (text || content || summary || original <> '' OR key = '')`, now.Add(-20*day).UnixMilli()): 0,
		fmt.Sprintf(`SELECT count(*) FROM articles WHERE seen_at >= %d AND text = ''`, now.Add(-20*day).UnixMilli()):                                                 0,
		fmt.Sprintf(`SELECT count(*) FROM readings WHERE at < %d`, now.Add(-20*day).UnixMilli()):                                                                     0,
		`SELECT count(*) FROM articles`: len(readings),
		`SELECT count(*) FROM stories`:  ask[int](t, room.path, `SELECT count(*) FROM articles WHERE text <> ''`),
	} {
		if got := ask[int](t, room.path, query); got != want {
			t.Errorf("%s = %d, want %d", query, got, want)
		}
	}
	if jobs := tend(t, room.s, now, 10); jobs != 1 {
		t.Errorf("upkeep that is done takes %d jobs more", jobs)
	}
}

// A feed that shows an old article again is not read again, and what comes for a
// day that is merged is counted there, as is what is taken out of it.
func TestWhatIsThrownAwayIsStillKnown(t *testing.T) {
	t.Parallel()
	keep := keeping()
	keep.Articles = 50 * day
	room := openNewsroom(t, keep, "Acme")
	reading := func(after time.Duration, tone float64) monitor.Reading {
		return monitor.Reading{
			Actor: "Acme", Voice: monitor.AnyVoice, Outlet: "Alpha", At: monday.Add(after), Tone: tone,
			Quotes: []monitor.Quote{{Sentence: "Acme did it."}},
		}
	}
	room.publish(presentEngine, monday, reading(9*time.Hour, 0.5))
	stale := room.publish(formerEngine, monday, reading(11*time.Hour, 0.25))
	lost := room.publish(formerEngine, monday, reading(12*time.Hour, -1))
	expect := func(when string, want ...string) {
		t.Helper()
		got := ask[string](t, room.path, `SELECT coalesce(group_concat(((hour - `+fmt.Sprint(monday.UnixMilli())+`) / 3600000) || 'h ' || n || ' ' || (total / 1e6)), '')
			FROM (SELECT * FROM series ORDER BY hour)`)
		if diff := cmp.Diff(strings.Join(want, ","), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", when, diff)
		}
	}
	expect("hours", "9h 1 0.5", "11h 1 0.25", "12h 1 -1.0")
	tend(t, room.s, monday.Add(21*day+time.Hour), 10)
	expect("merged", "0h 3 -0.25")
	room.publish(presentEngine, monday.Add(21*day), reading(20*time.Hour, 0.125))
	room.publish(presentEngine, monday.Add(21*day), reading(44*time.Hour, 0.1))
	expect("with two late ones", "0h 4 -0.125", "44h 1 0.1")
	_, err := room.s.SaveReread(t.Context(), stale, []monitor.Reading{reading(11*time.Hour, 0.75)})
	must(t, err)
	expect("with one judged anew", "0h 4 0.375", "44h 1 0.1")

	again := func() (fresh int) {
		t.Helper()
		fresh, _, err := room.s.SavePoll(t.Context(), monitor.Feed{ID: 1}, []monitor.Article{{Feed: 1, Key: "1", Title: "Again", Published: monday, Seen: monday.Add(55 * day)}})
		must(t, err)
		return fresh
	}
	if n := again(); n != 0 {
		t.Errorf("%d new articles, want none", n)
	}
	tend(t, room.s, monday.Add(51*day), 10)
	expect("when articles are gone", "0h 4 0.375", "24h 1 0.1")
	if n := again(); n != 0 {
		t.Errorf("%d new articles when texts are gone, want none", n)
	}
	// A story that was given out to be judged anew before its readings went.
	last, err := room.s.SaveReread(t.Context(), lost, []monitor.Reading{reading(12*time.Hour, 1)})
	must(t, err)
	if !last {
		t.Error("stories that have no readings are still stale")
	}
	expect("when judged anew too late", "0h 4 0.375", "24h 1 0.1")
	if got := ask[string](t, room.path, `SELECT group_concat(id || ' ' || outlet || text || coalesce(story_id, '-')) FROM articles`); got != "1 Alpha-,2 Alpha-,3 Alpha-,4 AlphaAcme did it.4,5 AlphaAcme did it.5" {
		t.Errorf("articles = %q", got)
	}
	if n := ask[int](t, room.path, `SELECT count(*) FROM stories`); n != 2 {
		t.Errorf("%d stories, want the two late ones", n)
	}
	tend(t, room.s, monday.Add(62*day), 10)
	expect("when all is gone")
}

// An article that nobody read before its time is up stays unread, and is not
// given to READ at the next start.
func TestAnUnreadArticleGrowsOld(t *testing.T) {
	t.Parallel()
	room := openNewsroom(t, keeping(), "Acme")
	_, _, err := room.s.SavePoll(t.Context(), monitor.Feed{ID: 1}, []monitor.Article{{Feed: 1, Key: "old", Content: "Long.", Published: monday, Seen: monday}})
	must(t, err)
	now := monday.Add(21 * day)
	tend(t, room.s, now, 10)
	status, err := room.s.Status(t.Context(), now)
	must(t, err)
	if status.Unread != 0 || status.Empty != 0 || status.Articles != 1 {
		t.Errorf("status = %d unread, %d empty, %d articles; want 0, 0, 1", status.Unread, status.Empty, status.Articles)
	}
	if got := ask[string](t, room.path, `SELECT problem || content FROM articles`); got != "not read in time" {
		t.Errorf("problem = %q", got)
	}
}

// Upkeep may die between any two transactions: the next one comes to the same,
// and counts that were made stay.
func TestUpkeepSurvivesDeaths(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and not about concurrency")
	}
	t.Parallel()
	room := openNewsroom(t, store.Keep{}, "Acme", "Brick")
	readings := months(rand.New(rand.NewPCG(2, 1)))[:4*store.UpkeepBatch]
	for _, reading := range readings {
		room.publish(presentEngine, reading.At, reading)
	}
	untouched := filepath.Join(t.TempDir(), "untouched.db")
	must(t, room.s.CopyTo(t.Context(), untouched))
	now := monday.Add(80 * day)
	content := func(path string) string {
		t.Helper()
		return ask[string](t, path, `SELECT group_concat(x, char(10)) FROM (
			SELECT id || text || coalesce(story_id, '-') || problem AS x FROM articles
			UNION ALL SELECT id FROM stories UNION ALL SELECT id || quotes FROM readings
			UNION ALL SELECT actor_id || ' ' || hour || outlet || backfill || ' ' || n || ' ' || total || ' ' || named_squares FROM series)`)
	}
	mustClose(t, room.s)
	room.open(keeping())
	tend(t, room.s, now, 1000)
	want := content(room.path)
	path, steps := untouched, 0
	for done := false; !done; steps++ {
		dying := &newsroom{t: t, path: path}
		dying.open(keeping())
		var err error
		done, err = dying.s.Tend(t.Context(), now, 1)
		must(t, err)
		status, err := dying.s.Status(t.Context(), now)
		must(t, err)
		if status.Articles != len(readings) || status.Stories != len(readings) || status.Readings != len(readings) {
			t.Fatalf("step %d: status = %d articles, %d stories, %d readings made, want %d", steps, status.Articles, status.Stories, status.Readings, len(readings))
		}
		path = filepath.Join(t.TempDir(), fmt.Sprintf("death-%d.db", steps))
		must(t, dying.s.CopyTo(t.Context(), path))
		mustClose(t, dying.s)
	}
	if steps < 10 {
		t.Errorf("only %d deaths; they prove little", steps)
	}
	if diff := cmp.Diff(want, content(path)); diff != "" {
		t.Errorf("after %d deaths (-undisturbed +dying):\n%s", steps, diff)
	}
}

// Episodes that have ended go when all are told of them; open ones stay.
func TestOldEpisodesGo(t *testing.T) {
	t.Parallel()
	room := openNewsroom(t, keeping(), "Acme")
	save := func(rule string, phase monitor.Phase, at time.Time, told bool) {
		t.Helper()
		e := monitor.Episode{Rule: rule, Actor: "Acme", Voice: monitor.AnyVoice, Phase: phase, Since: at, Ended: at, Revision: 1}
		must(t, room.s.SaveDetection(t.Context(), "Acme", monitor.Detection{Moves: []monitor.Move{{After: e}}}))
		e.ID = ask[int64](t, room.path, `SELECT max(id) FROM episodes`)
		must(t, room.s.SaveTold(t.Context(), e, monitor.Telling{New: []monitor.Delivery{{Kind: monitor.AlertDelivery, Episode: e.ID, Receiver: "console"}}}))
		if told {
			must(t, room.s.SaveReceipt(t.Context(), monitor.Delivery{ID: ask[int64](t, room.path, `SELECT max(id) FROM deliveries`), Told: 1, Shown: 1}))
		}
	}
	save("old", monitor.Quiet, monday, true)
	save("old but untold", monitor.Quiet, monday, false)
	save("old but open", monitor.Firing, monday, true)
	save("recent", monitor.Quiet, monday.Add(10*day), true)
	tend(t, room.s, monday.Add(21*day), 10)
	if got := ask[string](t, room.path, `SELECT group_concat(rule || ' ' || (SELECT count(*) FROM deliveries WHERE episode_id = episodes.id)) FROM episodes`); got != "old but untold 1,old but open 1,recent 1" {
		t.Errorf("episodes and their deliveries = %q", got)
	}
}

// The head of a thread stays for as long as another episode's alert stands under
// it, which is edited, and replied to, in its thread.
func TestAHeadOutlastsItsThread(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	head := o.move(1, monitor.Firing)
	o.tell(head, monitor.Telling{New: []monitor.Delivery{alertFor(head)}})
	o.receive(1, "17.1")
	under := o.move(2, monitor.Firing)
	alert := alertFor(under)
	alert.Thread = 1
	o.tell(under, monitor.Telling{New: []monitor.Delivery{alert}})
	o.receive(2, "17.2")
	o.move(1, monitor.Quiet)
	o.receive(1, "17.1")
	mustClose(t, o.s)
	room := &newsroom{t: t, path: o.path}
	room.open(keeping())
	o.s = room.s
	tend(t, o.s, monday.Add(21*day), 10)
	if d := o.delivery(2); d.ThreadTS != "17.1" {
		t.Errorf("delivery %+v, want its thread under 17.1", d)
	}
	o.move(2, monitor.Quiet)
	o.receive(2, "17.2")
	tend(t, o.s, monday.Add(21*day), 10)
	if n := ask[int](t, o.path, `SELECT count(*) FROM episodes`); n != 0 {
		t.Errorf("%d episodes are kept after the last of the thread is over, want none", n)
	}
	if n := ask[int](t, o.path, `SELECT count(*) FROM deliveries`); n != 0 {
		t.Errorf("%d deliveries are kept, want none", n)
	}
	status, err := o.s.Status(t.Context(), monday.Add(21*day))
	must(t, err)
	if status.Outbox.Told != 2 {
		t.Errorf("%d messages were told, want 2, whatever is thrown away", status.Outbox.Told)
	}
}

// What people did about actors goes with time; what they did about an episode goes
// with it.
func TestOldActsGo(t *testing.T) {
	t.Parallel()
	room := openNewsroom(t, keeping(), "Acme")
	for ref, a := range map[string]monitor.Act{
		"old":        {At: monday, Until: monday.Add(time.Hour)},
		"still mute": {At: monday, Until: monday.Add(30 * day)},
		"recent":     {At: monday.Add(10 * day), Until: monday.Add(10*day + time.Hour)},
	} {
		a.Ref, a.Kind, a.By, a.Actor = ref, monitor.ActMute, "U1", "Acme"
		_, err := room.s.SaveAct(t.Context(), a, nil)
		must(t, err)
	}
	tend(t, room.s, monday.Add(21*day), 10)
	if got, want := ask[string](t, room.path, `SELECT group_concat(ref) FROM (SELECT ref FROM acts ORDER BY ref)`), "recent,still mute"; got != want {
		t.Errorf("acts %q are kept, want %q", got, want)
	}
}

// The sweep gives out one job of upkeep a day, and it runs to its end.
func TestUpkeepIsDaily(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and not about concurrency")
	}
	t.Parallel()
	room := openNewsroom(t, keeping(), "Acme")
	for i := range 60 {
		at := monday.Add(time.Duration(i) * 15 * time.Hour)
		room.publish(presentEngine, at, monitor.Reading{Actor: "Acme", Voice: monitor.AnyVoice, Outlet: "Alpha", At: at})
	}
	now := monday.Add(40 * day)
	claim(t, room.s, now)
	jobs := func() int {
		return ask[int](t, room.path, `SELECT count(*) FROM river_job WHERE kind = 'upkeep'`)
	}
	sweep := func(at time.Time) {
		t.Helper()
		_, err := room.s.Sweep(t.Context(), at)
		must(t, err)
	}
	mustClose(t, room.s)
	room.open(store.Keep{})
	sweep(now)
	if n := jobs(); n != 0 {
		t.Errorf("%d jobs where everything is kept for ever", n)
	}
	mustClose(t, room.s)
	room.open(keeping())
	sweep(now)
	sweep(now.Add(day - time.Second))
	if n := jobs(); n != 1 {
		t.Errorf("%d jobs on the first day, want 1", n)
	}
	nothing := func(context.Context, monitor.Job) error { return nil }
	must(t, room.s.Start(context.WithoutCancel(t.Context()), store.Steps{Poll: nothing, Read: nothing, Reread: nothing, Detect: nothing, Tell: nothing, Deliver: nothing}))
	for deadline := time.Now().Add(20 * time.Second); ask[int](t, room.path, `SELECT count(*) FROM river_job WHERE kind = 'upkeep' AND`+unfinished) > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("upkeep did not end within 20 s")
		}
	}
	must(t, room.s.Stop(context.WithoutCancel(t.Context())))
	sweep(now.Add(day))
	if n := jobs(); n != 2 {
		t.Errorf("%d jobs on the second day, want 2", n)
	}
}
