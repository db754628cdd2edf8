package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"time"

	"tonewatch/monitor"
)

// SaveTold writes one delivery for each receiver that has none of the episode
// yet, gives all the episode's deliveries to DELIVER, and ends the job.
func (s *Store) SaveTold(ctx context.Context, e monitor.Episode, receivers []string) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		for _, receiver := range receivers {
			if _, err := tx.ExecContext(ctx, `INSERT INTO deliveries (episode_id, receiver, key) VALUES (?, ?, ?)
				ON CONFLICT (episode_id, receiver) DO NOTHING`, e.ID, receiver, rand.Text()); err != nil {
				return fmt.Errorf("delivery to %q: %w", receiver, err)
			}
		}
		if err := s.deliver(ctx, tx, e.ID); err != nil {
			return err
		}
		return endJob(ctx, tx)
	})
}

// touch has every message about an episode brought up to date, as something
// that it shows has changed beside the episode itself.
func (s *Store) touch(ctx context.Context, tx *sql.Tx, episode int64) error {
	if _, err := tx.ExecContext(ctx, `UPDATE deliveries SET touched = touched + 1 WHERE episode_id = ?`, episode); err != nil {
		return err
	}
	return s.deliver(ctx, tx, episode)
}

// deliver gives all of an episode's deliveries to DELIVER.
func (s *Store) deliver(ctx context.Context, tx *sql.Tx, episode int64) error {
	rows, err := tx.QueryContext(ctx, `SELECT id FROM deliveries WHERE episode_id = ? ORDER BY id`, episode)
	ids, err := collect(rows, err, scanID)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if _, err := s.jobs.InsertTx(ctx, tx, deliverJob{subject{id}}, nil); err != nil {
			return err
		}
	}
	return nil
}

// Delivery is a row of the outbox with the episode as it stands now.
func (s *Store) Delivery(ctx context.Context, id int64) (monitor.Delivery, monitor.Episode, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT id, episode_id, receiver, key, sending_at, channel, ts, told, touched, shown, problem
		FROM deliveries WHERE id = ?`, id)
	d, err := one(rows, err, func(rows *sql.Rows) (d monitor.Delivery, err error) {
		var sending int64
		err = rows.Scan(&d.ID, &d.Episode, &d.Receiver, &d.Key, &sending, &d.Channel, &d.TS, &d.Told, &d.Touched, &d.Shown, &d.Problem)
		d.Sending = fromMillis(sending)
		return d, err
	})
	if err != nil {
		return d, monitor.Episode{}, err
	}
	e, err := s.Episode(ctx, d.Episode)
	return d, e, err
}

// ClaimSending notes, before a post, that it begins: only if Sending is still
// as it was. False says that another worker was faster.
func (s *Store) ClaimSending(ctx context.Context, id int64, was, at time.Time) (bool, error) {
	result, err := s.write.ExecContext(ctx, `UPDATE deliveries SET sending_at = ? WHERE id = ? AND sending_at = ? AND ts = ''`,
		millis(at), id, millis(was))
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// SaveProblem notes a failed attempt, if Sending still is was: the intent of a
// worker that took over meanwhile stays. Sending becomes sending: zero when the
// receiver surely has nothing.
func (s *Store) SaveProblem(ctx context.Context, id int64, was, sending time.Time, problem string) error {
	_, err := s.write.ExecContext(ctx, `UPDATE deliveries SET sending_at = ?, problem = ? WHERE id = ? AND sending_at = ?`,
		millis(sending), problem, id, millis(was))
	return err
}

// SaveReceipt keeps where a delivery's message is and what it shows, and ends
// the job.
func (s *Store) SaveReceipt(ctx context.Context, d monitor.Delivery) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE deliveries SET channel = ?, ts = ?, told = max(told, ?),
			shown = max(shown, ?), problem = '' WHERE id = ?`,
			d.Channel, d.TS, d.Told, d.Shown, d.ID); err != nil {
			return err
		}
		return endJob(ctx, tx)
	})
}
