package alerts_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/alerts"
	"tonewatch/alerts/alertstest"
	"tonewatch/monitor"
)

// board is a receiver in memory: a wall with messages on it, some of which are
// still on their way. The func fields, if set, take the place of what it does.
type board struct {
	post   func(alerts.Message) (alerts.Receipt, error)
	update func(alerts.Alert) error
	find   func() (alerts.Receipt, bool, error)

	mu       sync.Mutex
	now      func() time.Time
	messages []message
	deadline time.Duration // that the last post was given
	gone     string        // the TS of a message that a person deleted
}

type message struct {
	key      string
	at       time.Time // when it can be seen
	revision int
	thread   string // the TS of its head
	news     alerts.News
	shown    alerts.Message
}

// about is the alert that a message shows, empty of a digest and a note.
func about(m alerts.Message) (a alerts.Alert) {
	switch {
	case m.Alert != nil:
		a = *m.Alert
	case m.Reply != nil:
		a = m.Reply.Alert
	}
	return a
}

var _ alerts.Receiver = (*board)(nil)

// show puts up a message that can be seen from a time on.
func (b *board) show(m alerts.Message, at time.Time) alerts.Receipt {
	b.mu.Lock()
	defer b.mu.Unlock()
	seen := message{key: m.Key, at: at, revision: about(m).Episode.Revision, thread: m.Thread.TS, shown: m}
	if m.Reply != nil {
		seen.news = m.Reply.News
	}
	b.messages = append(b.messages, seen)
	return alerts.Receipt{Channel: "C1", TS: fmt.Sprint(len(b.messages))}
}

func (b *board) Post(ctx context.Context, m alerts.Message) (alerts.Receipt, error) {
	if until, ok := ctx.Deadline(); ok {
		b.deadline = time.Until(until)
	}
	if m.Thread.TS != "" && m.Thread.TS == b.gone {
		return alerts.Receipt{}, &alerts.Failure{Reason: "thread_not_found", Permanent: true, Err: alerts.ErrFinal}
	}
	if b.post != nil {
		return b.post(m)
	}
	return b.show(m, b.now()), nil
}

func (b *board) Update(_ context.Context, r alerts.Receipt, m alerts.Message) error {
	if b.update != nil {
		if err := b.update(about(m)); err != nil {
			return err
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.messages {
		if r.TS == fmt.Sprint(i+1) {
			b.messages[i].revision, b.messages[i].shown = about(m).Episode.Revision, m
			return nil
		}
	}
	return &alerts.Failure{Reason: "message_not_found", Permanent: true, Err: alerts.ErrFinal}
}

func (b *board) Find(_ context.Context, m alerts.Message, since time.Time) (alerts.Receipt, bool, error) {
	if b.find != nil {
		return b.find()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, seen := range b.messages {
		if seen.key == m.Key && !seen.at.Before(since) && !seen.at.After(b.now()) {
			return alerts.Receipt{Channel: "C1", TS: fmt.Sprint(i + 1)}, true, nil
		}
	}
	return alerts.Receipt{}, false, nil
}

// world is a deliverer with what it works on, and a clock that only tests move.
type world struct {
	store *alertstest.Store
	board *board
	log   strings.Builder
	at    time.Time
	*alerts.Deliverer
	*alerts.Teller
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{store: alertstest.NewStore(alertstest.Example().Episode), at: time.Date(2026, 3, 4, 13, 5, 0, 0, time.UTC)}
	now := func() time.Time { return w.at }
	w.board = &board{now: now}
	w.Deliverer = &alerts.Deliverer{
		Store: w.store, Receivers: map[string]alerts.Receiver{"board": w.board},
		Rules: []monitor.Rule{alertstest.Example().Rule}, Now: now,
		Log: slog.New(slog.NewTextHandler(&w.log, nil)),
	}
	w.Teller = &alerts.Teller{Store: w.store, Routes: []alerts.Route{{Receiver: "board"}}, Log: w.Deliverer.Log}
	w.tell(t)
	return w
}

func (w *world) tell(t *testing.T) {
	t.Helper()
	if err := w.Tell(t.Context(), monitor.Job{Subject: 1, Now: w.at}); err != nil {
		t.Fatal(err)
	}
}

func (w *world) deliver(t *testing.T) error {
	t.Helper()
	return w.Deliver(t.Context(), monitor.Job{Subject: 1, Now: w.at})
}

func (w *world) row() monitor.Delivery { return w.store.Deliveries()[0] }

// move gives the episode another revision.
func (w *world) move(phase monitor.Phase, revision int) {
	e := alertstest.Example().Episode
	e.Phase, e.Revision = phase, revision
	w.store.Put(e)
}

// wantLater fails unless the error asks to come again after a time.
func wantLater(t *testing.T, err error, after time.Duration, text string) {
	t.Helper()
	var later *monitor.Later
	if !errors.As(err, &later) || later.After != after || !strings.Contains(err.Error(), text) {
		t.Fatalf("error %v, want one to come again after %v with %q in it", err, after, text)
	}
}

func TestDeliverPostsThenEdits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.deliver(t); err != nil {
		t.Fatal(err)
	}
	want := monitor.Delivery{
		ID: 1, Kind: monitor.AlertDelivery, Episode: 1, Receiver: "board", Key: "k1-7f3a9c", Body: `{"revision":1}`, Made: w.at,
		Sending: w.at, Channel: "C1", TS: "1", Told: 1, Touched: 1, Shown: 1,
	}
	if diff := cmp.Diff(want, w.row()); diff != "" {
		t.Errorf("after the post (-want +got):\n%s", diff)
	}
	w.move(monitor.Quiet, 2)
	if err := w.deliver(t); err != nil {
		t.Fatal(err)
	}
	want.Told = 2
	if diff := cmp.Diff(want, w.row()); diff != "" {
		t.Errorf("after the edit (-want +got):\n%s", diff)
	}
	if err := w.deliver(t); err != nil {
		t.Fatal(err)
	}
	if got := w.board.messages; len(got) != 1 || got[0].revision != 2 {
		t.Errorf("messages %v, want one that shows revision 2", got)
	}
	if got := w.store.Ended(1); got != 2 {
		t.Errorf("job ended by %d receipts, want 2: what is told is left alone", got)
	}
}

func TestDeliverGivesAPostHalfTheGrace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.deliver(t); err != nil {
		t.Fatal(err)
	}
	if got := w.board.deadline; got <= 0 || got > alerts.DefaultGrace/2 {
		t.Errorf("a post was given %v, want at most %v", got, alerts.DefaultGrace/2)
	}
}

func TestDeliverAfterAFailedPost(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 4, 13, 5, 0, 0, time.UTC)
	tests := map[string]struct {
		err     error
		after   time.Duration // 0: an error for the queue's own back-off
		text    string
		sending time.Time
	}{
		"refused": {
			err:  &alerts.Failure{Reason: "not_in_channel", Permanent: true, Err: errors.New("not_in_channel: invite the bot")},
			text: `deliver 1: post to "board": not_in_channel: invite the bot`,
		},
		"limited": {
			err:   &alerts.Failure{Reason: "rate_limited", RetryAfter: 7 * time.Second, Err: errors.New("slow down")},
			after: 7 * time.Second, text: `post to "board": slow down`,
		},
		"unclear": {
			err:   &alerts.Failure{Reason: "timeout", Unclear: true, Err: errors.New("no answer")},
			after: alerts.DefaultGrace, text: `post to "board", outcome unclear: no answer`, sending: start,
		},
		"unclear, at the receiver's wish": {
			err:   &alerts.Failure{Reason: "http_503", Unclear: true, RetryAfter: time.Hour, Err: errors.New("HTTP 503")},
			after: time.Hour, text: `post to "board", outcome unclear: HTTP 503`, sending: start,
		},
		"of an unknown kind": {
			err: errors.New("odd"), after: alerts.DefaultGrace, text: `post to "board", outcome unclear: odd`, sending: start,
		},
		"cancelled": {
			err: context.Canceled, after: alerts.DefaultGrace, text: "outcome unclear: context canceled", sending: start,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.board.post = func(alerts.Message) (alerts.Receipt, error) { return alerts.Receipt{}, test.err }
			err := w.deliver(t)
			if test.after > 0 {
				wantLater(t, err, test.after, test.text)
			} else if err == nil || err.Error() != test.text {
				t.Fatalf("error %v, want %q", err, test.text)
			}
			row := w.row()
			if !row.Sending.Equal(test.sending) {
				t.Errorf("sending %v, want %v", row.Sending, test.sending)
			}
			if !strings.Contains(row.Problem, test.err.Error()) {
				t.Errorf("problem %q, want %q in it", row.Problem, test.err)
			}
			w.board.post = nil
			w.at = w.at.Add(max(alerts.DefaultGrace, test.after))
			if err := w.deliver(t); err != nil {
				t.Fatalf("the next try: %v", err)
			}
			if row := w.row(); row.Told != 1 || row.Problem != "" || len(w.board.messages) != 1 {
				t.Errorf("the next try left %+v and %v, want one message told", row, w.board.messages)
			}
		})
	}
}

// A receiver that accepts and then fails would be called by every post.
func TestDeliverPostsLessOftenWhatStaysUnclear(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	fail := &alerts.Failure{Reason: "http_500", Unclear: true, Err: errors.New("HTTP 500")}
	posts := 0
	w.board.post = func(alerts.Message) (alerts.Receipt, error) { posts++; return alerts.Receipt{}, fail }
	after := alerts.DefaultGrace
	for try := 1; try <= 10; try++ {
		wantLater(t, w.deliver(t), after, "HTTP 500")
		if posts != try {
			t.Fatalf("%d posts after %d tries", posts, try)
		}
		w.at = w.at.Add(after)
		after = min(2*after, time.Hour)
	}
	fail.RetryAfter = 3 * time.Hour
	wantLater(t, w.deliver(t), 3*time.Hour, "HTTP 500")
	w.move(monitor.Easing, 2) // which gives DELIVER a job of its own
	w.at = w.at.Add(time.Hour)
	wantLater(t, w.deliver(t), 2*time.Hour, "an earlier post may still be on its way")
	w.board.post = nil
	w.at = w.at.Add(2 * time.Hour)
	if err := w.deliver(t); err != nil {
		t.Fatal(err)
	}
	if row := w.row(); row.Pause != 0 || row.Told != 2 {
		t.Errorf("row %+v, want it told, and no pause left", row)
	}
}

// A pause is for a post of which the outcome is unclear, and ends with that.
func TestDeliverPausesNoLongerThanAPostIsUnclear(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	fail := &alerts.Failure{Reason: "http_500", Unclear: true, RetryAfter: time.Hour, Err: errors.New("HTTP 500")}
	w.board.post = func(alerts.Message) (alerts.Receipt, error) { return alerts.Receipt{}, fail }
	wantLater(t, w.deliver(t), time.Hour, "HTTP 500")
	w.at = w.at.Add(time.Hour)
	fail = &alerts.Failure{Reason: "not_in_channel", Permanent: true, Err: errors.New("not_in_channel")}
	w.board.post = func(alerts.Message) (alerts.Receipt, error) {
		if row := w.row(); row.Pause != 0 {
			t.Errorf("a pause of %v during a new post", row.Pause)
		}
		return alerts.Receipt{}, fail
	}
	if err := w.deliver(t); err == nil {
		t.Error("a refused post is no error")
	}
	fail = &alerts.Failure{Reason: "timeout", Unclear: true, Err: errors.New("no answer")}
	wantLater(t, w.deliver(t), alerts.DefaultGrace, "no answer")
}

func TestDeliverAfterALostReply(t *testing.T) {
	t.Parallel()
	lost := func(w *world, late time.Duration) func(alerts.Message) (alerts.Receipt, error) {
		return func(m alerts.Message) (alerts.Receipt, error) {
			w.board.show(m, w.at.Add(late))
			return alerts.Receipt{}, &alerts.Failure{Reason: "broken_answer", Unclear: true, Err: errors.New("connection reset")}
		}
	}
	t.Run("waits out the grace, finds the message and edits it", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.board.post = lost(w, 20*time.Second)
		wantLater(t, w.deliver(t), alerts.DefaultGrace, "connection reset")
		w.move(monitor.Easing, 2)
		w.at = w.at.Add(10 * time.Second)
		wantLater(t, w.deliver(t), 20*time.Second, "an earlier post may still be on its way")
		w.at = w.at.Add(20 * time.Second)
		if err := w.deliver(t); err != nil {
			t.Fatal(err)
		}
		if row := w.row(); row.Told != 2 || row.TS != "1" || len(w.board.messages) != 1 || w.board.messages[0].revision != 2 {
			t.Errorf("row %+v, messages %v; want one message that shows revision 2", row, w.board.messages)
		}
	})
	t.Run("finds it though the receiver's clock lags", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.board.post = lost(w, -4*time.Minute)
		wantLater(t, w.deliver(t), alerts.DefaultGrace, "connection reset")
		w.at = w.at.Add(alerts.DefaultGrace)
		if err := w.deliver(t); err != nil {
			t.Fatal(err)
		}
		if len(w.board.messages) != 1 {
			t.Errorf("messages %v, want one", w.board.messages)
		}
	})
	t.Run("does not post while it cannot look", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.board.post = lost(w, 0)
		wantLater(t, w.deliver(t), alerts.DefaultGrace, "connection reset")
		w.at = w.at.Add(alerts.DefaultGrace)
		w.board.find = func() (alerts.Receipt, bool, error) { return alerts.Receipt{}, false, errors.New("missing_scope") }
		sending := w.row().Sending
		if err := w.deliver(t); err == nil || err.Error() != "deliver 1: look for an earlier post: missing_scope" {
			t.Errorf("error %v, want \"deliver 1: look for an earlier post: missing_scope\"", err)
		}
		if row := w.row(); !row.Sending.Equal(sending) || row.Problem != "look for an earlier post: missing_scope" {
			t.Errorf("row %+v, want the same intent and the problem noted", row)
		}
		if len(w.board.messages) != 1 {
			t.Errorf("messages %v, want one", w.board.messages)
		}
	})
}

func TestDeliverUpdate(t *testing.T) {
	t.Parallel()
	told := func(t *testing.T) *world {
		w := newWorld(t)
		if err := w.deliver(t); err != nil {
			t.Fatal(err)
		}
		w.move(monitor.Easing, 2)
		return w
	}
	t.Run("a message that a person deleted is left alone", func(t *testing.T) {
		t.Parallel()
		w := told(t)
		w.board.messages = nil
		if err := w.deliver(t); err != nil {
			t.Fatal(err)
		}
		if row := w.row(); row.Told != 2 || len(w.board.messages) != 0 {
			t.Errorf("row %+v, messages %v; want it told, and nothing posted again", row, w.board.messages)
		}
		if want := `level=WARN msg="message left as it is" delivery=1`; !strings.Contains(w.log.String(), want) {
			t.Errorf("log %q, want %q in it", w.log.String(), want)
		}
	})
	t.Run("a failure is noted and tried again", func(t *testing.T) {
		t.Parallel()
		w := told(t)
		w.board.update = func(alerts.Alert) error { return errors.New("no answer") }
		if err := w.deliver(t); err == nil || err.Error() != `deliver 1: update in "board": no answer` {
			t.Errorf("error %v, want the update's", err)
		}
		if row := w.row(); row.Told != 1 || row.TS != "1" || row.Problem != `update in "board": no answer` {
			t.Errorf("row %+v, want the receipt kept and the problem noted", row)
		}
		w.board.update = nil
		if err := w.deliver(t); err != nil || w.board.messages[0].revision != 2 {
			t.Errorf("error %v, messages %v; want revision 2 shown", err, w.board.messages)
		}
	})
	t.Run("a limit is obeyed", func(t *testing.T) {
		t.Parallel()
		w := told(t)
		w.board.update = func(alerts.Alert) error {
			return &alerts.Failure{Reason: "rate_limited", RetryAfter: 3 * time.Second, Err: errors.New("slow down")}
		}
		wantLater(t, w.deliver(t), 3*time.Second, "slow down")
	})
	t.Run("an episode that moves on meanwhile is shown as it stands", func(t *testing.T) {
		t.Parallel()
		w := told(t)
		w.board.update = func(a alerts.Alert) error {
			if a.Episode.Revision == 2 {
				w.move(monitor.Quiet, 3)
			}
			return nil
		}
		if err := w.deliver(t); err != nil {
			t.Fatal(err)
		}
		if row := w.row(); row.Told != 3 || w.board.messages[0].revision != 3 {
			t.Errorf("row %+v, messages %v; want revision 3 told and shown", row, w.board.messages)
		}
	})
}

func TestTroublesAreThoseOfTheLastMessage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Receivers["idle"] = &board{}
	want := func(when, trouble string) {
		t.Helper()
		got := ""
		if err := w.Troubles()["board"]; err != nil {
			got = err.Error()
		}
		if got != trouble {
			t.Errorf("%s: trouble %q, want %q", when, got, trouble)
		}
		if err, known := w.Troubles()["idle"]; !known || err != nil {
			t.Errorf("%s: trouble %v of a receiver that was not called", when, err)
		}
	}
	fail := func(f alerts.Failure) {
		t.Helper()
		w.board.post = func(alerts.Message) (alerts.Receipt, error) { return alerts.Receipt{}, &f }
		if err := w.deliver(t); err == nil {
			t.Error("a failed post is no error")
		}
	}
	want("at first", "")
	fail(alerts.Failure{Err: errors.New("busy")})
	want("when it may pass", "")
	fail(alerts.Failure{Permanent: true, Message: true, Err: errors.New("invalid_blocks: no")})
	want("when it is one message's fault", "")
	fail(alerts.Failure{Permanent: true, Err: errors.New("not_in_channel: invite the bot")})
	want("when a person must mend it", `post to "board": not_in_channel: invite the bot`)
	w.board.post = nil
	if err := w.deliver(t); err != nil {
		t.Fatal(err)
	}
	want("when it is mended", "")
}

func TestDeliverToAReceiverOutOfTheConfiguration(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Receivers = nil
	want := `deliver 1: receiver "board" is in no route any more: route something to it again, and its message is brought up to date`
	if err := w.deliver(t); err == nil || err.Error() != want {
		t.Errorf("error %v, want %q", err, want)
	}
}

func TestDeliverKeepsAReceiptWhenStopped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, stop := context.WithCancel(t.Context())
	w.board.post = func(m alerts.Message) (alerts.Receipt, error) {
		stop()
		return w.board.show(m, w.at), nil
	}
	if err := w.Deliver(ctx, monitor.Job{Subject: 1}); err != nil {
		t.Fatal(err)
	}
	if row := w.row(); row.TS != "1" || row.Told != 1 {
		t.Errorf("row %+v, want the receipt kept", row)
	}
}
