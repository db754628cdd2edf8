package alerts

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"tonewatch/monitor"
)

// DefaultGrace outlasts a post in flight: an HTTP timeout of 10 s, and 20 s for
// the receiver to show what it accepted.
const DefaultGrace = 30 * time.Second

// longestPause is how far the pause between posts of which the outcome stays
// unclear grows: it doubles from the grace on, since a receiver that accepts and
// then fails is called by each of them.
const longestPause = time.Hour

// skew is by how much the receiver's clock may lag behind ours: a message is
// looked for so much earlier than our own note of its post.
const skew = 5 * time.Minute

// keepWithin bounds the writing down of what has happened, which goes on when
// the program is asked to stop.
const keepWithin = 5 * time.Second

// refusals is how often in a row a receiver may refuse a message for a reason that
// a person must mend before it is given up; with the pauses of the queue in
// between, that is some minutes.
const refusals = 5

// DeliverStore keeps the intents and the receipts of deliveries, and what is shown
// beside episodes.
type DeliverStore interface {
	// Delivery is a row with its subjects as they stand.
	Delivery(ctx context.Context, id int64) (monitor.Delivery, error)
	// ClaimSending sets Sending to at, and Pause to 0, if Sending still is was;
	// false when another worker was faster. It is committed at once: it is the intent.
	ClaimSending(ctx context.Context, id int64, was, at time.Time) (bool, error)
	// SaveProblem keeps Sending, Pause, Problem, Refused and Dead after a failed
	// attempt, if Sending still is was: another worker's intent stays. Sending is zero when the
	// message was surely not accepted. It ends the job of what is dead.
	SaveProblem(ctx context.Context, was time.Time, d monitor.Delivery) error
	// SaveReceipt keeps Channel, TS, Told and Shown, clears the problem, gives what
	// waits for its thread to DELIVER, and ends the job.
	// Sending stays, so that the claim of a worker that lags behind fails.
	SaveReceipt(ctx context.Context, d monitor.Delivery) error
	DeliverNotes
}

// DeliverNotes says what people did about an episode.
type DeliverNotes interface {
	Acts(ctx context.Context, episode int64) ([]monitor.Act, error)
	// Silences are those that have not ended at a time.
	Silences(ctx context.Context, at time.Time) ([]monitor.Silence, error)
}

// Deliverer is the step DELIVER.
type Deliverer struct {
	Store     DeliverStore
	Receivers map[string]Receiver // by the name that routes use
	Rules     []monitor.Rule
	Engine    string // what judges the tone, as alerts show it
	Config    string // a short hash of the configuration
	Now       func() time.Time
	Grace     time.Duration // after which an unclear post is looked for; 0 is DefaultGrace
	Log       *slog.Logger

	troubles sync.Map // an error by the receiver's name, see Troubles
}

// Deliver makes one receiver show a message as it stands; the delivery is the
// job's subject. A death at any line leaves a row from which the next try goes
// on without posting twice.
func (d *Deliverer) Deliver(ctx context.Context, job monitor.Job) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("deliver %d: %w", job.Subject, err)
		}
	}()
	row, err := d.Store.Delivery(ctx, job.Subject)
	if err != nil {
		return err
	}
	if row.Done() || row.Waits() {
		return nil
	}
	receiver, ok := d.Receivers[row.Receiver]
	if !ok {
		return d.failed(ctx, row, row.Sending, &Failure{Reason: "no_receiver", Permanent: true, Err: fmt.Errorf(
			"receiver %q is in no route any more: route something to it again, and its message is brought up to date", row.Receiver)})
	}
	err = d.show(ctx, receiver, row)
	if row.Thread == 0 || !errors.Is(err, ErrFinal) {
		return err
	}
	// A person deleted the head of its thread: an alert stands by itself then, news
	// of what nobody sees is not told.
	d.Log.Warn("its thread is gone", "delivery", row.ID, "kind", row.Kind, "receiver", row.Receiver, "error", err)
	if row.Kind != monitor.AlertDelivery {
		return d.told(ctx, row)
	}
	row.ThreadChannel, row.ThreadTS = "", ""
	return d.show(ctx, receiver, row)
}

// show looks for an earlier post, and then posts or edits.
func (d *Deliverer) show(ctx context.Context, receiver Receiver, row monitor.Delivery) (err error) {
	if row.TS == "" && !row.Sending.IsZero() {
		if row, err = d.find(ctx, receiver, row); err != nil {
			return err
		}
	}
	switch {
	case row.TS == "":
		return d.post(ctx, receiver, row)
	case row.Kind == monitor.AlertDelivery || row.Kind == monitor.DigestDelivery:
		return d.update(ctx, receiver, row)
	default:
		return d.told(ctx, row) // an earlier post was found; replies and notes stay as they are
	}
}

// find settles an earlier post whose outcome is unknown, once the grace has
// passed in which it could still be on its way, and the pause that it led to. The
// row has a TS if it is there.
func (d *Deliverer) find(ctx context.Context, receiver Receiver, row monitor.Delivery) (monitor.Delivery, error) {
	if rest := row.Sending.Add(max(d.grace(), row.Pause)).Sub(d.Now()); rest > 0 {
		return row, &monitor.Later{After: rest, Err: errors.New("an earlier post may still be on its way")}
	}
	message, err := d.message(ctx, row)
	if err != nil {
		return row, err
	}
	receipt, found, err := receiver.Find(ctx, message, row.Sending.Add(-skew))
	if err != nil {
		return row, d.failed(ctx, row, row.Sending, fmt.Errorf("look for an earlier post: %w", err))
	}
	if found {
		d.Log.Info("found an earlier post", "delivery", row.ID, "receiver", row.Receiver)
		row.Channel, row.TS = receipt.Channel, receipt.TS
	}
	return row, nil
}

// post notes the intent, posts, and notes the receipt.
func (d *Deliverer) post(ctx context.Context, receiver Receiver, row monitor.Delivery) error {
	message, err := d.message(ctx, row)
	if err != nil {
		return err
	}
	// The deadline is set before the claim, so that a process which was frozen
	// in between gives up rather than post after another has looked in vain.
	sending, cancel := context.WithTimeout(ctx, d.grace()/2)
	defer cancel()

	at := d.Now().UTC().Truncate(time.Millisecond) // as a store keeps it
	ours, err := d.Store.ClaimSending(ctx, row.ID, row.Sending, at)
	if err != nil {
		return err
	}
	if !ours {
		return &monitor.Later{After: d.grace(), Err: errors.New("another worker is posting it")}
	}
	row.Sending = at
	receipt, err := receiver.Post(sending, message)
	switch {
	case err == nil:
		row.Channel, row.TS = receipt.Channel, receipt.TS
		return d.told(ctx, row)
	case refused(err):
		return d.failed(ctx, row, time.Time{}, fmt.Errorf("post to %q: %w", row.Receiver, err))
	default:
		row.Pause = d.pause(row.Pause, err)
		err = d.failed(ctx, row, at, fmt.Errorf("post to %q, outcome unclear: %w", row.Receiver, err))
		return &monitor.Later{After: row.Pause, Err: err}
	}
}

// pause is the one after an unclear post that came after a pause, no shorter than
// the receiver wishes.
func (d *Deliverer) pause(before time.Duration, err error) time.Duration {
	after := max(d.grace(), min(2*before, longestPause))
	if f := (*Failure)(nil); errors.As(err, &f) {
		after = max(after, f.RetryAfter)
	}
	return after
}

// refused says whether a failed post surely showed nothing.
func refused(err error) bool {
	var f *Failure
	return errors.As(err, &f) && !f.Unclear
}

// update edits the message. Two workers may edit it at once and land in either
// order; whoever lands with an episode that has moved on since edits again.
func (d *Deliverer) update(ctx context.Context, receiver Receiver, row monitor.Delivery) error {
	for {
		message, err := d.message(ctx, row)
		if err != nil {
			return err
		}
		err = receiver.Update(ctx, Receipt{row.Channel, row.TS}, message)
		if errors.Is(err, ErrFinal) {
			d.Log.Warn("message left as it is", "delivery", row.ID, "receiver", row.Receiver, "error", err)
			return d.told(ctx, row)
		}
		if err != nil {
			return d.failed(ctx, row, row.Sending, fmt.Errorf("update in %q: %w", row.Receiver, err))
		}
		again, err := d.Store.Delivery(ctx, row.ID)
		if err != nil {
			return err
		}
		if revision(again) == revision(row) && again.Touched == row.Touched {
			return d.told(ctx, row)
		}
		row.Touched, row.Subjects = again.Touched, again.Subjects
	}
}

// revision is that of an alert's episode.
func revision(d monitor.Delivery) int {
	if d.Kind != monitor.AlertDelivery || len(d.Subjects) == 0 {
		return 0
	}
	return d.Subjects[0].Episode.Revision
}

func (d *Deliverer) told(ctx context.Context, row monitor.Delivery) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepWithin)
	defer cancel()
	row.Told, row.Shown = revision(row), row.Touched
	if err := d.Store.SaveReceipt(ctx, row); err != nil {
		return err
	}
	d.troubles.Delete(row.Receiver)
	d.Log.Info("told", "delivery", row.ID, "kind", row.Kind, "receiver", row.Receiver, "episode", row.Episode, "news", row.News)
	return nil
}

// failed notes what a receiver said and returns when to try again: when the
// receiver wishes, else with the back-off of the queue. What is refused too often
// is given up.
func (d *Deliverer) failed(ctx context.Context, row monitor.Delivery, sending time.Time, err error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepWithin)
	defer cancel()
	var f *Failure
	failure := errors.As(err, &f)
	was := row.Sending
	row.Sending, row.Problem = sending, err.Error()
	row.Refused++
	if !failure || !f.Permanent {
		row.Refused = 0
	}
	if sending.IsZero() {
		row.Pause = 0 // it was for a post of which the outcome is clear now
	}
	row.Dead = row.Refused >= refusals
	if row.Refused > 0 && !f.Message {
		d.troubles.Store(row.Receiver, err)
	}
	if saving := d.Store.SaveProblem(ctx, was, row); saving != nil {
		return errors.Join(err, saving)
	}
	switch {
	case row.Dead:
		d.Log.Error("given up until its episode moves on or the program starts anew", "delivery", row.ID, "receiver", row.Receiver, "error", err)
		return nil
	case failure && f.RetryAfter > 0:
		return &monitor.Later{After: f.RetryAfter, Err: err}
	}
	return err
}

// Troubles says of each receiver, by name, why it shows nothing until a person mends
// that: credentials, scope, channel or address. Nil is for nothing. What is wrong with
// one message is none of these. Since the program started.
func (d *Deliverer) Troubles() map[string]error {
	all := make(map[string]error, len(d.Receivers))
	for name := range d.Receivers {
		all[name] = nil
		if err, ok := d.troubles.Load(name); ok {
			all[name] = err.(error)
		}
	}
	return all
}

func (d *Deliverer) grace() time.Duration {
	if d.Grace == 0 {
		return DefaultGrace
	}
	return d.Grace
}
