package alerts

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"tonewatch/monitor"
)

// The names of the notes.
const (
	// QuietNote says once a day that nothing moved, so that silence is not taken for
	// death, or else what did.
	QuietNote = "quiet"
	// HeartbeatNote says that the program is at work.
	HeartbeatNote = "heartbeat"
)

// NoteStore keeps notes and what they tell.
type NoteStore interface {
	// Note is one that is due, with the slot that was claimed for it.
	Note(ctx context.Context, id int64) (monitor.Note, error)
	// Day is what the 24 hours before a time were like.
	Day(ctx context.Context, now time.Time) (monitor.Day, error)
	// SaveNote writes a note for its receiver, once a slot, gives it to DELIVER and
	// ends the job: all or nothing.
	SaveNote(ctx context.Context, d monitor.Delivery) error
}

// Noter is the step NOTE.
type Noter struct {
	Store NoteStore
	Log   *slog.Logger
}

// Note writes a note, which is the job's subject, as of now.
func (n *Noter) Note(ctx context.Context, job monitor.Job) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("note %d: %w", job.Subject, err)
		}
	}()
	due, err := n.Store.Note(ctx, job.Subject)
	if err != nil {
		return err
	}
	day, err := n.Store.Day(ctx, job.Now)
	if err != nil {
		return err
	}
	note := Heartbeat(day, job.Now)
	if due.Name == QuietNote {
		note = Quiet(day, job.Now)
	}
	return n.Store.SaveNote(ctx, monitor.Delivery{
		Kind: monitor.NoteDelivery, Receiver: due.Receiver, News: due.Name, Slot: due.Slot.UnixMilli(), Made: job.Now,
		Body: frozen{Note: &note}.String(),
	})
}

// mostNamed is how many episodes a note names.
const mostNamed = 5

// Quiet is the note of a day: one line when nothing moved, and one when something
// did.
//
//	Nothing moved: 41 stories toward 6 actors from 12 feeds, all feeds fresh
//	2 began, 1 open (North Korea: sharp turn): 41 stories toward 6 actors from 12 feeds, 1 feed stale
func Quiet(d monitor.Day, now time.Time) Note {
	if len(d.Fired)+len(d.Open) == 0 {
		return Note{At: now, Title: "Nothing moved: " + watched(d, now)}
	}
	var names []string
	for _, e := range d.Open {
		names = append(names, Clean(e.Actor, maxName)+": "+Clean(e.Rule, maxName))
	}
	if more := len(names) - mostNamed; more > 0 {
		names = append(names[:mostNamed], fmt.Sprintf("+%d more", more))
	}
	open := fmt.Sprintf("%d open", len(d.Open))
	if len(names) > 0 {
		open += " (" + strings.Join(names, ", ") + ")"
	}
	return Note{At: now, Title: fmt.Sprintf("%d began, %s: %s", len(d.Fired), open, watched(d, now))}
}

// Heartbeat is the note that the program is at work.
func Heartbeat(d monitor.Day, now time.Time) Note {
	n := Note{At: now, Title: "At work: " + watched(d, now)}
	if d.Outbox.Unsent > 0 {
		n.Lines = append(n.Lines, number(d.Outbox.Unsent, "message", "messages")+" still to be told")
	}
	if d.Outbox.Dead > 0 {
		n.Lines = append(n.Lines, number(d.Outbox.Dead, "message", "messages")+" given up; the health check says why")
	}
	return n
}

// watched is what was looked at in a day.
func watched(d monitor.Day, now time.Time) string {
	stale := 0
	for _, f := range d.Feeds {
		if is, err := f.Stale(now); is || err != nil {
			stale++
		}
	}
	fresh := "all feeds fresh"
	if stale > 0 {
		fresh = number(stale, "feed", "feeds") + " stale"
	}
	return fmt.Sprintf("%s toward %s from %s, %s", number(d.Stories, "story", "stories"),
		number(d.Actors, "actor", "actors"), number(len(d.Feeds), "feed", "feeds"), fresh)
}
