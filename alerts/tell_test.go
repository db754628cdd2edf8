package alerts_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/alerts"
	"tonewatch/alerts/alertstest"
	"tonewatch/monitor"
)

// settle tells and then delivers all there is, as the queue would.
func (w *world) settle(t *testing.T) {
	t.Helper()
	w.tell(t)
	for range 2 { // the second time for what waited for its thread
		for _, d := range w.store.Deliveries() {
			if err := w.Deliver(t.Context(), monitor.Job{Subject: d.ID, Now: w.at}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// wall is what the board shows, a line a message.
func (w *world) wall() (lines []string) {
	for i, m := range w.board.messages {
		line := fmt.Sprintf("%d: %s", i+1, about(m.shown).Episode.Phase)
		switch {
		case m.shown.Digest != nil:
			line = fmt.Sprintf("%d: digest of", i+1)
			for _, a := range m.shown.Digest.Alerts {
				line += fmt.Sprintf(" %s %s", a.Episode.Actor, a.Episode.Phase)
			}
		case m.shown.Reply != nil:
			line = fmt.Sprintf("%d: %s, was %s", i+1, m.news, about(m.shown).Episode.Phase)
		}
		if m.thread != "" {
			line += " in " + m.thread
		}
		if mention := about(m.shown).Mention; len(mention) > 0 {
			line += " for " + strings.Join(mention, " ")
		}
		lines = append(lines, line)
	}
	return lines
}

func (w *world) want(t *testing.T, when string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, w.wall()); diff != "" {
		t.Errorf("%s the board shows (-want +got):\n%s", when, diff)
	}
}

// stage is one moment in an episode's life.
func stage(phase monitor.Phase, revision int, change func(*monitor.Episode)) monitor.Episode {
	e := alertstest.Example().Episode
	e.Phase, e.Revision = phase, revision
	if change != nil {
		change(&e)
	}
	return e
}

func worse(e *monitor.Episode)  { e.Worse = e.Revision }
func driven(e *monitor.Episode) { e.Driven = e.Revision }

func TestRepliesTellTheNewsOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.settle(t)
	w.store.Put(stage(monitor.Firing, 2, worse))
	w.settle(t)
	w.store.Put(stage(monitor.Easing, 3, func(e *monitor.Episode) { e.Worse = 2 }))
	w.settle(t)
	w.store.Put(stage(monitor.Firing, 4, func(e *monitor.Episode) { e.Worse = 2; driven(e) }))
	w.settle(t)
	w.store.Put(stage(monitor.Quiet, 5, func(e *monitor.Episode) { e.Worse, e.Driven = 2, 4 }))
	w.settle(t)
	w.settle(t)
	w.want(t, "in the end", "1: quiet", "2: worse, was firing in 1", "3: driven, was firing in 1", "4: recovered, was quiet in 1")
}

// An episode that is withdrawn has not recovered: its message says what is so, and
// nobody is told of it anew.
func TestAWithdrawnEpisodeIsOnlyEdited(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.settle(t)
	withdrawn := stage(monitor.Firing, 1, nil).Withdraw(w.at.Add(time.Hour))
	w.store.Put(withdrawn)
	w.Routes = []alerts.Route{{Receiver: "board", Repeat: time.Hour, Continue: true}, {Receiver: "another board"}}
	w.at = w.at.Add(3 * time.Hour)
	w.settle(t)
	w.want(t, "in the end", "1: quiet")
	if got, want := w.board.messages[0].shown.Alert.Headline(), "■ North Korea: closed after 1 h, as no configured rule watches it any more"; got != want {
		t.Errorf("the message says %q, want %q", got, want)
	}
	if n := len(w.store.Deliveries()); n != 1 {
		t.Errorf("%d deliveries, want 1", n)
	}
	if again := w.store.Again(withdrawn.ID); !again.IsZero() {
		t.Errorf("TELL looks again at %v, want never", again)
	}
}

func TestAReplyShowsTheEpisodeAsItWas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.settle(t)
	w.store.Put(stage(monitor.Firing, 2, worse))
	w.tell(t)
	w.store.Put(stage(monitor.Quiet, 3, nil)) // before it is delivered
	if err := w.Deliver(t.Context(), monitor.Job{Subject: 2}); err != nil {
		t.Fatal(err)
	}
	w.want(t, "late", "1: firing", "2: worse, was firing in 1")
}

func TestAReplyWaitsForItsThread(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.store.Put(stage(monitor.Firing, 2, worse))
	w.tell(t)
	if err := w.Deliver(t.Context(), monitor.Job{Subject: 2}); err != nil {
		t.Fatal(err)
	}
	w.want(t, "before the alert is told,")
	if row := w.store.Deliveries()[1]; row.Done() || !row.Waits() {
		t.Errorf("row %+v, want it to wait", row)
	}
}

func TestAReplyWhoseThreadIsGoneIsLeft(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.settle(t)
	w.store.Put(stage(monitor.Quiet, 2, nil))
	w.tell(t)
	w.board.gone = "1"
	if err := w.Deliver(t.Context(), monitor.Job{Subject: 2}); err != nil {
		t.Fatal(err)
	}
	if row := w.store.Deliveries()[1]; !row.Done() || row.Problem != "" {
		t.Errorf("row %+v, want it done", row)
	}
}

func TestASilencedEpisodeIsPutOff(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 4, 13, 5, 0, 0, time.UTC)
	ends := start.Add(8 * time.Hour)
	silence := monitor.Silence{Actor: "North Korea", Starts: start, Ends: ends}

	t.Run("one that is not told yet is told when the silence ends", func(t *testing.T) {
		t.Parallel()
		w := newSilent(t, silence)
		w.settle(t)
		w.want(t, "while silenced")
		if got := w.store.Again(1); !got.Equal(ends) {
			t.Errorf("TELL looks again at %v, want %v", got, ends)
		}
		w.at = ends
		w.settle(t)
		w.want(t, "after", "1: firing")
		w.store.Put(stage(monitor.Quiet, 2, nil))
		w.settle(t)
		w.want(t, "in the end", "1: quiet", "2: recovered, was quiet in 1")
	})
	t.Run("one that is over by then never", func(t *testing.T) {
		t.Parallel()
		w := newSilent(t, silence)
		w.store.Put(stage(monitor.Quiet, 2, nil))
		w.settle(t)
		if got := w.store.Again(1); !got.IsZero() {
			t.Errorf("TELL looks again at %v, want never", got)
		}
		w.at = ends
		w.settle(t)
		w.want(t, "after")
	})
	t.Run("one that is told is edited, and its news comes after", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.settle(t)
		w.store.Silence(silence)
		w.store.Put(stage(monitor.Quiet, 2, nil))
		w.settle(t)
		w.want(t, "while silenced", "1: quiet")
		if until := w.board.messages[0].shown.Alert.Silenced; !until.Equal(ends) {
			t.Errorf("the alert says it is silenced until %v, want %v", until, ends)
		}
		w.at = w.store.Again(1)
		w.settle(t)
		w.want(t, "after", "1: quiet", "2: recovered, was quiet in 1")
	})
}

// newSilent is a world in which nothing was told before the silence.
func newSilent(t *testing.T, silence monitor.Silence) *world {
	t.Helper()
	w := newWorld(t)
	w.store = alertstest.NewStore(alertstest.Example().Episode)
	w.Deliverer.Store, w.Teller.Store = w.store, w.store
	w.store.Silence(silence)
	return w
}

func TestAStormGoesIntoADigest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Storm = alerts.Storm{Alerts: 2, Within: 5 * time.Minute}
	fire := func(id int64, after time.Duration) {
		w.at = w.at.Add(after)
		e := stage(monitor.Firing, 1, nil)
		e.ID, e.Actor = id, fmt.Sprint("actor ", id)
		w.store.Put(e)
		w.settleEpisode(t, id)
	}
	w.settle(t)
	fire(2, time.Minute)
	fire(3, time.Minute) // more than two within five minutes
	fire(4, time.Minute)
	w.want(t, "in the storm", "1: firing", "2: firing", "3: digest of actor 3 firing actor 4 firing")
	e := stage(monitor.Firing, 2, worse)
	e.ID, e.Actor = 4, "actor 4"
	w.store.Put(e)
	w.settleEpisode(t, 4)
	e.Phase, e.Revision = monitor.Quiet, 3
	w.store.Put(e)
	w.settleEpisode(t, 4)
	fire(5, 6*time.Minute) // the storm is over
	w.want(t, "after", "1: firing", "2: firing", "3: digest of actor 3 firing actor 4 quiet", "4: worse, was firing in 3", "5: firing")
}

// settleEpisode is settle for another episode than the first.
func (w *world) settleEpisode(t *testing.T, id int64) {
	t.Helper()
	if err := w.Tell(t.Context(), monitor.Job{Subject: id, Now: w.at}); err != nil {
		t.Fatal(err)
	}
	for _, d := range w.store.Deliveries() {
		if err := w.Deliver(t.Context(), monitor.Job{Subject: d.ID, Now: w.at}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWhatIsRefusedForGoodIsGivenUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.board.post = func(alerts.Message) (alerts.Receipt, error) {
		return alerts.Receipt{}, &alerts.Failure{Reason: "is_archived", Permanent: true, Err: errors.New("is_archived: unarchive the channel")}
	}
	for try := 1; try < 5; try++ {
		if err := w.deliver(t); err == nil {
			t.Fatalf("try %d: no error", try)
		}
	}
	if err := w.deliver(t); err != nil {
		t.Fatalf("the last try: %v", err)
	}
	row := w.row()
	if !row.Dead || row.Refused != 5 || row.Problem != `post to "board": is_archived: unarchive the channel` || w.store.Ended(1) != 1 {
		t.Errorf("row %+v, job ended %d times; want it dead with its problem, and the job ended", row, w.store.Ended(1))
	}
	w.board.post = nil
	if err := w.deliver(t); err != nil || w.row().Dead || len(w.board.messages) != 1 {
		t.Errorf("error %v, row %+v; want it told by the next job", err, w.row())
	}
}

func TestMentionsCallWhenItFiresAndWhenItGrowsWorse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.store = alertstest.NewStore(alertstest.Example().Episode)
	w.Deliverer.Store, w.Teller.Store = w.store, w.store
	w.Routes[0].Mention = []string{"U012AB3CD"}
	w.settle(t)
	w.store.Put(stage(monitor.Firing, 2, worse))
	w.settle(t)
	w.store.Put(stage(monitor.Quiet, 3, nil))
	w.settle(t)
	w.want(t, "in the end", "1: quiet for U012AB3CD", "2: worse, was firing in 1 for U012AB3CD", "3: recovered, was quiet in 1")
}

func TestAnEpisodeThatGoesOnIsToldAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Routes[0].Repeat = 24 * time.Hour
	w.settle(t)
	start := w.at
	for _, later := range []time.Duration{24 * time.Hour, 25 * time.Hour, 71 * time.Hour, 72 * time.Hour} {
		w.at = start.Add(later)
		w.settle(t)
	}
	w.want(t, "after three days", "1: firing", "2: still, was firing in 1", "3: still, was firing in 1", "4: still, was firing in 1")
	if got, want := w.store.Again(1), start.Add(96*time.Hour); !got.Equal(want) {
		t.Errorf("TELL looks again at %v, want %v", got, want)
	}
	w.store.Put(stage(monitor.Easing, 2, nil))
	w.settle(t)
	if got := w.store.Again(1); !got.IsZero() {
		t.Errorf("TELL looks again at %v at what eases, want never", got)
	}
}

func TestAGroupSharesAThread(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.store = alertstest.NewStore(alertstest.Example().Episode)
	w.Deliverer.Store, w.Teller.Store = w.store, w.store
	w.Routes[0].Group = []alerts.Label{alerts.ByActor}
	w.settle(t)
	second := stage(monitor.Firing, 1, nil)
	second.ID, second.Rule = 2, "frost"
	w.store.Put(second)
	w.settleEpisode(t, 2)
	second.Phase, second.Revision = monitor.Quiet, 2
	w.store.Put(second)
	w.settleEpisode(t, 2)
	w.store.Put(stage(monitor.Quiet, 2, nil))
	w.settle(t)
	third := stage(monitor.Firing, 1, nil) // no head is open any more
	third.ID, third.Rule = 3, "thaw"
	w.store.Put(third)
	w.settleEpisode(t, 3)
	w.want(t, "in the end", "1: quiet", "2: quiet in 1", "3: recovered, was quiet in 1", "4: recovered, was quiet in 1", "5: firing")
}

func TestAnAlertWhoseGroupLostItsHeadStandsAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.store = alertstest.NewStore(alertstest.Example().Episode)
	w.Deliverer.Store, w.Teller.Store = w.store, w.store
	w.Routes[0].Group = []alerts.Label{alerts.ByActor}
	w.settle(t)
	w.board.gone = "1"
	second := stage(monitor.Firing, 1, nil)
	second.ID, second.Rule = 2, "frost"
	w.store.Put(second)
	w.settleEpisode(t, 2)
	w.want(t, "in the end", "1: firing", "2: firing")
	if row := w.store.Deliveries()[1]; !row.Done() || row.TS != "2" {
		t.Errorf("row %+v, want it told", row)
	}
}
