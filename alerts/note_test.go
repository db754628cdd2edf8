package alerts_test

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/alerts"
	"tonewatch/alerts/alertstest"
	"tonewatch/monitor"
)

var eight = time.Date(2026, 3, 5, 8, 0, 0, 0, time.UTC)

// day is one in which nothing moved: twelve feeds, polled a minute ago.
func day(change func(*monitor.Day)) monitor.Day {
	d := monitor.Day{Stories: 41, Actors: 6, Feeds: make([]monitor.Feed, 12)}
	for i := range d.Feeds {
		d.Feeds[i] = monitor.Feed{Every: "@every 15m", Succeeded: eight.Add(-time.Minute)}
	}
	if change != nil {
		change(&d)
	}
	return d
}

func TestNotes(t *testing.T) {
	t.Parallel()
	open := alertstest.Example().Episode
	for name, c := range map[string]struct{ got, want alerts.Note }{
		"quiet": {
			alerts.Quiet(day(nil), eight),
			alerts.Note{At: eight, Title: "Nothing moved: 41 stories toward 6 actors from 12 feeds, all feeds fresh"},
		},
		"quiet, with a feed that fails": {
			alerts.Quiet(day(func(d *monitor.Day) { d.Feeds[3].Succeeded, d.Feeds[3].Failures = eight.Add(-5*time.Hour), 9 }), eight),
			alerts.Note{At: eight, Title: "Nothing moved: 41 stories toward 6 actors from 12 feeds, 1 feed stale"},
		},
		"one began and is over": {
			alerts.Quiet(day(func(d *monitor.Day) { d.Fired = []monitor.Episode{open} }), eight),
			alerts.Note{At: eight, Title: "1 began, 0 open: 41 stories toward 6 actors from 12 feeds, all feeds fresh"},
		},
		"many open": {
			alerts.Quiet(day(func(d *monitor.Day) {
				for i := range 7 {
					open.Actor = fmt.Sprintf("A%d\n<!channel>", i)
					d.Open = append(d.Open, open)
				}
			}), eight),
			alerts.Note{At: eight, Title: "0 began, 7 open (A0 <!channel>: sharp turn, A1 <!channel>: sharp turn, A2 <!channel>: sharp turn, " +
				"A3 <!channel>: sharp turn, A4 <!channel>: sharp turn, +2 more): 41 stories toward 6 actors from 12 feeds, all feeds fresh"},
		},
		"at work": {
			alerts.Heartbeat(day(nil), eight),
			alerts.Note{At: eight, Title: "At work: 41 stories toward 6 actors from 12 feeds, all feeds fresh"},
		},
		"at work, with trouble": {
			alerts.Heartbeat(day(func(d *monitor.Day) { d.Outbox = monitor.Outbox{Unsent: 1, Dead: 2} }), eight),
			alerts.Note{
				At: eight, Title: "At work: 41 stories toward 6 actors from 12 feeds, all feeds fresh",
				Lines: []string{"1 message still to be told", "2 messages given up; the health check says why"},
			},
		},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestANoteIsToldAsItWasWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.settle(t)
	w.store.Due(monitor.Note{ID: 1, Name: alerts.QuietNote, Receiver: "board", Slot: eight}, day(nil))
	noter := &alerts.Noter{Store: w.store, Log: slog.New(slog.DiscardHandler)}
	for late := range 2 { // the second time is a job that was killed after its commit
		if err := noter.Note(t.Context(), monitor.Job{Subject: 1, Now: eight.Add(time.Duration(late) * time.Hour)}); err != nil {
			t.Fatal(err)
		}
		w.store.Due(monitor.Note{ID: 1, Name: alerts.QuietNote, Receiver: "board", Slot: eight}, day(func(d *monitor.Day) { d.Stories = 99 }))
	}
	w.settle(t)
	w.settle(t)
	if n := len(w.board.messages); n != 2 {
		t.Fatalf("%d messages, want the alert and one note", n)
	}
	want := alerts.Message{Key: "k2-7f3a9c", Note: &alerts.Note{At: eight, Title: "Nothing moved: 41 stories toward 6 actors from 12 feeds, all feeds fresh"}}
	if diff := cmp.Diff(want, w.board.messages[1].shown); diff != "" {
		t.Errorf("note (-want +got):\n%s", diff)
	}
}
