package slack_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/alerts"
	"tonewatch/alerts/alertstest"
	"tonewatch/monitor"
)

func wantLater(t *testing.T, err error, after time.Duration, text string) {
	t.Helper()
	var later *monitor.Later
	if !errors.As(err, &later) || later.After != after || !strings.Contains(err.Error(), text) {
		t.Fatalf("error %v, want one to come again after %v with %q in it", err, after, text)
	}
}

func TestOneMessageIsPostedAndEditedOnRecovery(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	if err := d.deliver(t); err != nil {
		t.Fatal(err)
	}
	first := d.sent()[0]
	want := url.Values{
		"channel": {"#desk-korea"}, "text": {alertstest.Example().Spoken()}, "mrkdwn": {"false"}, "parse": {"none"},
		"unfurl_links": {"false"}, "unfurl_media": {"false"},
		"metadata": {`{"event_type":"tonewatch_alert","event_payload":{"key":"k1-7f3a9c"}}`},
		"blocks":   first.form["blocks"], "attachments": first.form["attachments"],
	}
	if diff := cmp.Diff(want, first.form); diff != "" {
		t.Errorf("form (-want +got):\n%s", diff)
	}
	for _, state := range []string{"easing", "over"} {
		d.pass(time.Hour)
		d.move(state)
		if err := d.deliver(t); err != nil {
			t.Fatal(err)
		}
	}
	if len(d.sent()) != 1 || d.sent()[0].edits != 2 {
		t.Fatalf("%d messages, want one that was edited twice: %v", len(d.sent()), d.asked())
	}
	last := d.sent()[0].form
	if text := last.Get("blocks"); !strings.Contains(text, "✓ North Korea: tone recovered after 9 h") {
		t.Errorf("blocks %s, want the recovery in them", text)
	}
	for _, part := range []string{"text", "blocks", "attachments", "metadata"} {
		if last.Get(part) == "" {
			t.Errorf("the edit leaves out %s, so the old one stays", part)
		}
	}
	row := d.store.Deliveries()[0]
	if row.Channel != "C0DESKKOREA" || row.TS != first.ts || row.Told != 3 {
		t.Errorf("row %+v, want the receipt in C0DESKKOREA and revision 3 told", row)
	}
}

func TestRateLimitIsObeyed(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.breakNext("chat.postMessage", limited)
	wantLater(t, d.deliver(t), 7*time.Second, "chat.postMessage: slack rate limit exceeded, retry after 7s")
	if n := d.calls("chat.postMessage"); n != 1 {
		t.Fatalf("%d posts, want 1: the limit was not obeyed", n)
	}
	d.pass(7 * time.Second)
	if err := d.deliver(t); err != nil {
		t.Fatal(err)
	}
	if len(d.sent()) != 1 || d.calls("conversations.history") != 0 {
		t.Errorf("requests %v, want two posts and no look: a 429 is a clear no", d.asked())
	}
}

func TestRateLimitOfAnEditIsObeyed(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	if err := d.deliver(t); err != nil {
		t.Fatal(err)
	}
	d.move("easing")
	d.breakNext("chat.update", limited)
	wantLater(t, d.deliver(t), 7*time.Second, "chat.update: slack rate limit exceeded")
}

func TestReplyLostAfterAcceptDoesNotPostTwice(t *testing.T) {
	t.Parallel()
	for _, f := range []fault{acceptCut, accept500, accept200, internal} {
		for _, private := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, private %v", f, private), func(t *testing.T) {
				t.Parallel()
				d := newDesk(t)
				d.private = private
				for i, name := range []string{"a", "b", "c", "x", "y"} { // ours is not on the first page
					d.channels[name] = fmt.Sprint("C0OTHER", i)
				}
				d.breakNext("chat.postMessage", f)
				wantLater(t, d.deliver(t), alerts.DefaultGrace, "outcome unclear: chat.postMessage: ")
				for range 5 { // people go on talking
					d.say(url.Values{"channel": {"#desk-korea"}, "text": {"k1, did you see?"}})
				}
				d.move("easing")
				d.pass(alerts.DefaultGrace)
				if err := d.deliver(t); err != nil {
					t.Fatal(err)
				}
				if n := d.calls("chat.postMessage"); n != 1 {
					t.Errorf("posted %d times, want once: %v", n, d.asked())
				}
				if m := d.sent()[0]; m.edits != 1 || !strings.Contains(m.form.Get("blocks"), "easing back") {
					t.Errorf("%d edits of the message found, want one that shows the present state", m.edits)
				}
			})
		}
	}
}

func TestLostReplyIsFoundByTheKeyAtTheFoot(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.breakNext("chat.postMessage", acceptCut)
	wantLater(t, d.deliver(t), alerts.DefaultGrace, "outcome unclear")
	d.strip()
	d.pass(alerts.DefaultGrace)
	if err := d.deliver(t); err != nil || len(d.sent()) != 1 {
		t.Errorf("error %v, %d messages; want one", err, len(d.sent()))
	}
}

func TestPostThatNeverArrivedIsPostedAgain(t *testing.T) {
	t.Parallel()
	for _, f := range []fault{refuseCut, refuse500, notSlack} {
		d := newDesk(t)
		d.breakNext("chat.postMessage", f)
		wantLater(t, d.deliver(t), alerts.DefaultGrace, "outcome unclear")
		d.pass(alerts.DefaultGrace)
		if err := d.deliver(t); err != nil || len(d.sent()) != 1 {
			t.Errorf("%s: error %v, %d messages; want one", f, err, len(d.sent()))
		}
	}
}

func TestNothingIsPostedWhileTheHistoryCannotBeRead(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ method, answer, want string }{
		"scope for the history": {
			"conversations.history", `{"ok":false,"error":"missing_scope","needed":"channels:history","provided":"chat:write"}`,
			"conversations.history: missing_scope: give the app the scope channels:history and install it again",
		},
		"scope for the channels": {
			"users.conversations", `{"ok":false,"error":"missing_scope"}`,
			"users.conversations: missing_scope: give the app the scope channels:read (groups:read for a private channel) and install it again",
		},
		"not in the channel": {
			"users.conversations", `{"ok":true,"channels":[]}`,
			`users.conversations: the bot is in no channel "#desk-korea", so it cannot see whether a message is there: invite it with /invite, or route to the channel's ID`,
		},
		"an answer that is not Slack's": {
			"conversations.history", `{}`, "conversations.history: the answer is not one of Slack's",
		},
		"more without a way to it": {
			"conversations.history", `{"ok":true,"messages":[],"has_more":true}`, "conversations.history: the answer is not one of Slack's",
		},
		"a history without end": {
			"conversations.history", `{"ok":true,"messages":[],"has_more":true,"response_metadata":{"next_cursor":"x"}}`,
			`conversations.history: more than 10000 messages in "#desk-korea" since 2026-03-04T13:00:00Z, not all looked at`,
		},
		"channels without end": {
			"users.conversations", `{"ok":true,"channels":[],"response_metadata":{"next_cursor":"x"}}`,
			`users.conversations: more than 20000 channels, not all looked at: route to the channel's ID instead of its name`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.breakNext("chat.postMessage", acceptCut)
			wantLater(t, d.deliver(t), alerts.DefaultGrace, "outcome unclear")
			d.pass(alerts.DefaultGrace)
			d.answer(test.method, test.answer)
			want := "deliver 1: look for an earlier post: " + test.want
			if err := d.deliver(t); err == nil || err.Error() != want {
				t.Errorf("error %v,\nwant %q", err, want)
			}
			if n := d.calls("chat.postMessage"); n != 1 {
				t.Errorf("posted %d times, want once", n)
			}
		})
	}
}

func TestFindInAChannelRoutedToByID(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	var log bytes.Buffer
	channel := f.client(&log).Channel("C0BYNUMBER")
	f.breakNext("chat.postMessage", acceptCut)
	if _, err := channel.Post(t.Context(), alertstest.Example().Message()); err == nil {
		t.Fatal("no error for a lost reply")
	}
	receipt, found, err := channel.Find(t.Context(), alerts.Message{Key: "k1-7f3a9c"}, f.clock().Add(-time.Minute))
	if want := (alerts.Receipt{Channel: "C0BYNUMBER", TS: f.sent()[0].ts}); err != nil || !found || receipt != want {
		t.Errorf("found %v %v, error %v; want %v", receipt, found, err, want)
	}
	if _, found, err := channel.Find(t.Context(), alerts.Message{Key: "k1-7f3a9c"}, f.clock().Add(time.Minute)); found || err != nil {
		t.Errorf("found %v, error %v; want nothing since a minute from now", found, err)
	}
	if _, _, err := channel.Find(t.Context(), alerts.Message{}, f.clock()); err == nil || err.Error() != "look for a message: it has no key" {
		t.Errorf("error %v, want that there is no key to look for", err)
	}
	if n := f.calls("users.conversations"); n != 0 {
		t.Errorf("%d searches for the channel, want none", n)
	}
}

func TestFindAfterAPostKnowsTheChannel(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	var log bytes.Buffer
	channel := f.client(&log).Channel("#desk-korea")
	want, err := channel.Post(t.Context(), alertstest.Example().Message())
	if err != nil {
		t.Fatal(err)
	}
	got, found, err := channel.Find(t.Context(), alerts.Message{Key: "k1-7f3a9c"}, f.clock().Add(-time.Minute))
	if err != nil || !found || got != want {
		t.Errorf("found %v %v, error %v; want %v", got, found, err, want)
	}
	if n := f.calls("users.conversations"); n != 0 {
		t.Errorf("%d searches for the channel, want none", n)
	}
}

func TestPlainTextWhenTheLayoutIsRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.answer("chat.postMessage", `{"ok":false,"error":"invalid_blocks","response_metadata":{"messages":["[ERROR] no more than 50 items"]}}`)
	var log bytes.Buffer
	_, err := d.client(&log).Channel("#desk-korea").Post(t.Context(), alertstest.Example().Message())
	want := "chat.postMessage: invalid_blocks: [ERROR] no more than 50 items"
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %q", err, want)
	}
	if !strings.Contains(log.String(), "sending it without its chart") || !strings.Contains(log.String(), "sending its text alone") {
		t.Errorf("log %q, want two warnings", log.String())
	}
	if len(d.asked()) != 3 {
		t.Fatalf("requests %v, want three, and no upload", d.asked())
	}
	form, err := url.ParseQuery(strings.TrimPrefix(d.asked()[2], "chat.postMessage "))
	if err != nil {
		t.Fatal(err)
	}
	if form.Get("blocks") != "[]" || form.Get("attachments") != "[]" || form.Get("text") != alertstest.Example().Spoken() {
		t.Errorf("third form %v, want the text alone", form)
	}
	d.say(form)
	if _, found, err := d.client(&log).Channel("#desk-korea").Find(t.Context(), alerts.Message{Key: "k1-7f3a9c"}, d.clock().Add(-time.Minute)); !found || err != nil {
		t.Errorf("found %v, error %v; want the plain message found by its key", found, err)
	}
}

func TestDeletedMessageIsFinal(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	var log bytes.Buffer
	err := f.client(&log).Channel("#desk-korea").Update(t.Context(), alerts.Receipt{Channel: "C0DESKKOREA", TS: "1.000001"}, alertstest.Example().Message())
	want := "chat.update: message_not_found: message is gone or can no longer be edited"
	if !errors.Is(err, alerts.ErrFinal) || err.Error() != want {
		t.Errorf("error %v, want %q", err, want)
	}
}

func TestChannelTakesABurstOfThree(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	var log bytes.Buffer
	channel := f.client(&log).Channel("#desk-korea")
	var mu sync.Mutex
	var again []time.Duration
	var workers sync.WaitGroup
	for range 12 { // at once, so that most would have to wait for seconds
		workers.Go(func() {
			_, err := channel.Post(t.Context(), alertstest.Example().Message())
			mu.Lock()
			defer mu.Unlock()
			var busy *alerts.Failure
			if errors.As(err, &busy) {
				again = append(again, busy.RetryAfter.Round(time.Second))
				if busy.Reason != "busy" || busy.Unclear {
					t.Errorf("error %v, want a clear busy", err)
				}
			} else if err != nil {
				t.Error(err)
			}
		})
	}
	workers.Wait()
	slices.Sort(again)
	if n := f.calls("chat.postMessage"); n+len(again) != 12 || n < 3 || len(again) < 4 || again[len(again)-1] < 2*time.Second {
		t.Errorf("%d posts, the others are to come again in %v; want three posts at least, and the others one after the other", n, again)
	}
}

// died is how a process ends in the test below.
type died struct{}

// TestMessageIsPostedOnceWhateverDies is the protocol over HTTP: replies lost,
// refused and cut, and a process that dies before and after every commit.
func TestMessageIsPostedOnceWhateverDies(t *testing.T) {
	t.Parallel()
	posts := []fault{limited, accept500, accept200, acceptCut, refuseCut, refuse500, internal, notSlack, refuseName}
	others := []fault{limited, refuse500, refuseCut, notSlack, accept500, acceptCut}
	for seed := range uint64(150) {
		d := newDesk(t)
		rng := rand.New(rand.NewPCG(seed, 11))
		for range rng.IntN(3) {
			d.breakNext("chat.postMessage", posts[rng.IntN(len(posts))])
			d.breakNext("chat.update", others[rng.IntN(len(others))])
			d.breakNext("conversations.history", others[rng.IntN(len(others))])
			d.breakNext("users.conversations", others[rng.IntN(len(others))])
		}
		deaths := rng.IntN(4)
		d.store.Step = func(string) {
			if deaths > 0 && rng.IntN(5) == 0 {
				deaths--
				panic(died{})
			}
		}
		states := []string{"colder", "easing", "over"}
		for try := 0; d.store.Deliveries()[0].Told < 3; try++ {
			if try == 200 {
				t.Fatalf("seed %d: never told: %+v", seed, d.store.Deliveries()[0])
			}
			if len(states) > 0 && rng.IntN(3) == 0 {
				d.move(states[0])
				states = states[1:]
			}
			d.pass(time.Duration(rng.Int64N(int64(20 * time.Second))))
			d.try(t)
		}
		if len(d.sent()) != 1 || !strings.Contains(d.sent()[0].form.Get("blocks"), "recovered after 9 h") {
			t.Fatalf("seed %d: %d messages, want one that shows the end:\n%s", seed, len(d.sent()), strings.Join(d.asked(), "\n"))
		}
		if strings.Contains(d.log.String(), token) {
			t.Fatalf("seed %d: the log holds the token", seed)
		}
	}
}

// try is one try that may die, and of which no error may hold the token.
func (d *desk) try(t *testing.T) {
	t.Helper()
	defer func() {
		if cause := recover(); cause != nil {
			if _, ok := cause.(died); !ok {
				panic(cause)
			}
		}
	}()
	if err := d.deliver(t); err != nil && strings.Contains(err.Error(), token) {
		t.Fatalf("the error holds the token: %v", err)
	}
}
