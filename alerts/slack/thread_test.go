package slack_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"tonewatch/alerts"
	"tonewatch/alerts/alertstest"
	"tonewatch/monitor"
)

// newsIn is news in the thread of a message.
func newsIn(news alerts.News, thread alerts.Receipt) alerts.Message {
	a := alertstest.Example()
	return alerts.Message{Key: "k2-7f3a9c", Reply: &alerts.Reply{Alert: a, News: news}, Thread: thread}
}

func TestNewsGoesIntoTheThread(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	var log bytes.Buffer
	channel := f.client(&log).Channel("#desk-korea")
	head, err := channel.Post(t.Context(), alertstest.Example().Message())
	if err != nil {
		t.Fatal(err)
	}
	for news, broadcast := range map[alerts.News]string{alerts.Worse: "true", alerts.Recovered: "", alerts.Driven: "", alerts.Still: ""} {
		if _, err := channel.Post(t.Context(), newsIn(news, head)); err != nil {
			t.Fatal(err)
		}
		form := f.sent()[len(f.sent())-1].form
		if form.Get("channel") != "C0DESKKOREA" || form.Get("thread_ts") != head.TS || form.Get("reply_broadcast") != broadcast {
			t.Errorf("%s: form %v, want it in the thread, with reply_broadcast %q", news, form, broadcast)
		}
	}
}

func TestALostReplyIsLookedForInItsThread(t *testing.T) {
	t.Parallel()
	for _, f := range []fault{acceptCut, accept500, internal, refuseCut, refuse500} {
		d := newDesk(t)
		if err := d.deliver(t); err != nil {
			t.Fatal(err)
		}
		d.pass(time.Hour)
		d.move("over")
		d.tell(t)
		d.breakNext("chat.postMessage", f)
		wantLater(t, d.deliverOne(t, 2), alerts.DefaultGrace, "outcome unclear: chat.postMessage: ")
		d.pass(alerts.DefaultGrace)
		d.breakNext("conversations.replies", limited)
		wantLater(t, d.deliverOne(t, 2), 7*time.Second, "look for an earlier post: conversations.replies: slack rate limit exceeded")
		d.pass(7 * time.Second)
		if err := d.deliverOne(t, 2); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		if len(d.sent()) != 2 || d.sent()[1].edits != 0 || !d.store.Deliveries()[1].Done() {
			t.Errorf("%s: %d messages, row %+v; want the alert and one reply, told", f, len(d.sent()), d.store.Deliveries()[1])
		}
		if d.calls("conversations.history") != 0 {
			t.Errorf("%s: looked in the channel", f)
		}
	}
}

func TestAThreadThatIsNoThreadIsNotEmpty(t *testing.T) {
	t.Parallel()
	thread := alerts.Receipt{Channel: "C0DESKKOREA", TS: "1.000001"}
	for answer, want := range map[string]string{
		`{}`: "conversations.replies: the answer is not one of Slack's",
		`{"ok":true,"messages":[{"ts":"1.000001"}],"has_more":true}`: "conversations.replies: the answer is not one of Slack's",
		`{"ok":false,"error":"missing_scope"}`:                       "conversations.replies: missing_scope: give the app the scope channels:history (groups:history for a private channel) and install it again",
		`{"ok":false,"error":"thread_not_found"}`:                    "conversations.replies: thread_not_found: message is gone or can no longer be edited",
	} {
		f := newFake(t)
		f.answer("conversations.replies", answer)
		var log bytes.Buffer
		_, found, err := f.client(&log).Channel("#desk-korea").Find(t.Context(), newsIn(alerts.Worse, thread), f.clock())
		if found || err == nil || err.Error() != want {
			t.Errorf("%s: found %v, error %v; want %q", answer, found, err, want)
		}
	}
}

func TestWhatIsOverIsMarked(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	if err := d.deliver(t); err != nil {
		t.Fatal(err)
	}
	d.move("easing")
	if err := d.deliver(t); err != nil || len(d.sent()[0].marks) != 0 {
		t.Fatalf("error %v, marks %v; want none while it eases", err, d.sent()[0].marks)
	}
	d.move("over")
	if err := d.deliver(t); err != nil {
		t.Fatal(err)
	}
	d.store.Act(monitor.Act{Episode: 1, Kind: "acknowledge"}) // it is edited once more
	if err := d.deliver(t); err != nil {
		t.Fatal(err)
	}
	if marks := d.sent()[0].marks; !slices.Equal(marks, []string{"white_check_mark"}) || d.calls("reactions.add") != 2 {
		t.Errorf("marks %v after %d calls, want one mark, and the second refused", marks, d.calls("reactions.add"))
	}
	if strings.Contains(d.log.String(), "WARN") {
		t.Errorf("log %q, want no warning: a mark that is there is well", d.log.String())
	}
}

func TestAMarkThatFailsHoldsUpNothing(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.answer("reactions.add", `{"ok":false,"error":"missing_scope"}`)
	var log bytes.Buffer
	channel := f.client(&log).Channel("#desk-korea")
	a := alertstest.Example()
	a.Episode.Phase = monitor.Quiet
	for range 2 {
		if _, err := channel.Post(t.Context(), a.Message()); err != nil {
			t.Fatal(err)
		}
	}
	const want = "reactions.add: missing_scope: give the app the scope reactions:write and install it again"
	if n := strings.Count(log.String(), want); n != 1 {
		t.Errorf("log %q, want %q in it once", log.String(), want)
	}
}

func TestAReplyToADeletedMessageIsFinal(t *testing.T) {
	t.Parallel()
	for _, reason := range []string{"thread_not_found", "message_not_found", "cannot_reply_to_message"} {
		f := newFake(t)
		f.answer("chat.postMessage", `{"ok":false,"error":"`+reason+`"}`)
		var log bytes.Buffer
		_, err := f.client(&log).Channel("#desk-korea").Post(t.Context(), newsIn(alerts.Worse, alerts.Receipt{Channel: "C0DESKKOREA", TS: "1.000001"}))
		if !errors.Is(err, alerts.ErrFinal) {
			t.Errorf("%s: error %v, want it final", reason, err)
		}
	}
}
