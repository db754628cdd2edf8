package alerts

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"tonewatch/monitor"
)

// DefaultGrace outlasts a post in flight: an HTTP timeout of 10 s, and 20 s for
// the receiver to show what it accepted.
const DefaultGrace = 30 * time.Second

// skew is by how much the receiver's clock may lag behind ours: a message is
// looked for so much earlier than our own note of its post.
const skew = 5 * time.Minute

// keepWithin bounds the writing down of what has happened, which goes on when
// the program is asked to stop.
const keepWithin = 5 * time.Second

// DeliverStore keeps the intents and the receipts of deliveries.
type DeliverStore interface {
	Delivery(ctx context.Context, id int64) (monitor.Delivery, monitor.Episode, error)
	// ClaimSending sets Sending to at if it still is was; false when another
	// worker was faster. It is committed at once: it is the intent.
	ClaimSending(ctx context.Context, id int64, was, at time.Time) (bool, error)
	// SaveProblem notes a failed attempt, if Sending still is was: another worker's
	// intent stays. Sending becomes sending, zero
	// when the message was surely not accepted.
	SaveProblem(ctx context.Context, id int64, was, sending time.Time, problem string) error
	// SaveReceipt keeps Channel, TS, Told and Shown, clears Problem and ends the job.
	// Sending stays, so that the claim of a worker that lags behind fails.
	SaveReceipt(ctx context.Context, d monitor.Delivery) error
}

// Deliverer is the step DELIVER.
type Deliverer struct {
	Store     DeliverStore
	Receivers map[string]Receiver // by the name that routes use
	Rules     []monitor.Rule
	Now       func() time.Time
	Grace     time.Duration // after which an unclear post is looked for; 0 is DefaultGrace
	Log       *slog.Logger
}

// Deliver makes one receiver show an episode as it stands; the delivery is the
// job's subject. A death at any line leaves a row from which the next try goes
// on without posting twice.
func (d *Deliverer) Deliver(ctx context.Context, job monitor.Job) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("deliver %d: %w", job.Subject, err)
		}
	}()
	row, episode, err := d.Store.Delivery(ctx, job.Subject)
	if err != nil {
		return err
	}
	if row.Told >= episode.Revision && row.Shown >= row.Touched {
		return nil
	}
	receiver, ok := d.Receivers[row.Receiver]
	if !ok {
		return fmt.Errorf("receiver %q is in no route any more: route something to it again, and its message is brought up to date", row.Receiver)
	}
	if row.TS == "" && !row.Sending.IsZero() {
		if row, err = d.find(ctx, receiver, row, episode); err != nil {
			return err
		}
	}
	if row.TS == "" {
		return d.post(ctx, receiver, row, episode)
	}
	return d.update(ctx, receiver, row, episode)
}

// find settles an earlier post whose outcome is unknown, once the grace has
// passed in which it could still be on its way. The row has a TS if it is there.
func (d *Deliverer) find(ctx context.Context, receiver Receiver, row monitor.Delivery, e monitor.Episode) (monitor.Delivery, error) {
	if rest := row.Sending.Add(d.grace()).Sub(d.Now()); rest > 0 {
		return row, &monitor.Later{After: rest, Err: errors.New("an earlier post may still be on its way")}
	}
	receipt, found, err := receiver.Find(ctx, d.message(row, e), row.Sending.Add(-skew))
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
func (d *Deliverer) post(ctx context.Context, receiver Receiver, row monitor.Delivery, e monitor.Episode) error {
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
	receipt, err := receiver.Post(sending, d.message(row, e))
	switch {
	case err == nil:
		row.Channel, row.TS = receipt.Channel, receipt.TS
		return d.told(ctx, row, e)
	case refused(err):
		return d.failed(ctx, row, time.Time{}, fmt.Errorf("post to %q: %w", row.Receiver, err))
	default:
		err = d.failed(ctx, row, at, fmt.Errorf("post to %q, outcome unclear: %w", row.Receiver, err))
		return &monitor.Later{After: d.grace(), Err: err}
	}
}

// refused says whether a failed post surely showed nothing.
func refused(err error) bool {
	var f *Failure
	return errors.As(err, &f) && !f.Unclear
}

// update edits the message. Two workers may edit it at once and land in either
// order; whoever lands with an episode that has moved on since edits again.
func (d *Deliverer) update(ctx context.Context, receiver Receiver, row monitor.Delivery, e monitor.Episode) error {
	for {
		err := receiver.Update(ctx, Receipt{row.Channel, row.TS}, d.message(row, e))
		if errors.Is(err, ErrFinal) {
			d.Log.Warn("message left as it is", "delivery", row.ID, "receiver", row.Receiver, "error", err)
			return d.told(ctx, row, e)
		}
		if err != nil {
			return d.failed(ctx, row, row.Sending, fmt.Errorf("update in %q: %w", row.Receiver, err))
		}
		again, latest, err := d.Store.Delivery(ctx, row.ID)
		if err != nil {
			return err
		}
		if latest.Revision == e.Revision && again.Touched == row.Touched {
			return d.told(ctx, row, e)
		}
		row.Touched, e = again.Touched, latest
	}
}

func (d *Deliverer) told(ctx context.Context, row monitor.Delivery, e monitor.Episode) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepWithin)
	defer cancel()
	row.Told, row.Shown = e.Revision, row.Touched
	if err := d.Store.SaveReceipt(ctx, row); err != nil {
		return err
	}
	d.Log.Info("told", "delivery", row.ID, "receiver", row.Receiver, "episode", e.ID, "phase", e.Phase)
	return nil
}

// failed notes what a receiver said and returns when to try again: when the
// receiver wishes, else with the back-off of the queue.
func (d *Deliverer) failed(ctx context.Context, row monitor.Delivery, sending time.Time, err error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepWithin)
	defer cancel()
	if saving := d.Store.SaveProblem(ctx, row.ID, row.Sending, sending, err.Error()); saving != nil {
		err = errors.Join(err, saving)
	}
	var f *Failure
	if errors.As(err, &f) && f.RetryAfter > 0 {
		return &monitor.Later{After: f.RetryAfter, Err: err}
	}
	return err
}

func (d *Deliverer) message(row monitor.Delivery, e monitor.Episode) Message {
	a := Alert{Episode: e, Rule: monitor.Rule{Name: e.Rule}, Key: row.Key}
	for _, r := range d.Rules {
		if r.Name == e.Rule {
			a.Rule = r
		}
	}
	return a.Message()
}

func (d *Deliverer) grace() time.Duration {
	if d.Grace == 0 {
		return DefaultGrace
	}
	return d.Grace
}
