package alerts

import (
	"context"
	"fmt"
	"log/slog"

	"tonewatch/monitor"
)

// TellStore keeps who is to be told.
type TellStore interface {
	Episode(ctx context.Context, id int64) (monitor.Episode, error)
	// SaveTold writes one delivery for each receiver that has none yet, gives
	// every delivery of the episode to DELIVER, and ends the job: all or nothing.
	SaveTold(ctx context.Context, e monitor.Episode, receivers []string) error
}

// Teller is the step TELL.
type Teller struct {
	Store  TellStore
	Routes []Route
	Log    *slog.Logger
}

// Tell chooses the receivers of an episode, which is the job's subject. A
// receiver that was told before hears of the change even when its route is gone
// since: it has a message to be brought up to date.
func (t *Teller) Tell(ctx context.Context, job monitor.Job) error {
	e, err := t.Store.Episode(ctx, job.Subject)
	if err != nil {
		return fmt.Errorf("tell episode %d: %w", job.Subject, err)
	}
	receivers := Receivers(t.Routes, e)
	if len(receivers) == 0 {
		t.Log.Warn("no route matches", "episode", e.ID, "actor", e.Actor, "rule", e.Rule, "voice", e.Voice)
	}
	if err := t.Store.SaveTold(ctx, e, receivers); err != nil {
		return fmt.Errorf("tell episode %d: %w", job.Subject, err)
	}
	return nil
}
