package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"tonewatch/monitor"
)

// wanted are the deliveries d, with the episodes e of those that have one, that do
// not show what they are to show and do not wait for anything; unsent those of
// them that are not given up.
const (
	wanted = `(d.held = 0 AND d.digest_id = 0 AND (d.shown < d.touched OR d.kind = 'alert' AND d.told < e.revision)
		AND (d.thread_id = 0 OR EXISTS (SELECT 1 FROM deliveries WHERE id = d.thread_id AND ts <> '')))`
	unsent = `(d.dead = 0 AND ` + wanted + `)`
)

// withEpisodes joins every delivery with its episode, if it has one.
const withEpisodes = ` FROM deliveries AS d LEFT JOIN episodes AS e ON e.id = d.episode_id `

const deliveryColumns = `d.id, d.kind, coalesce(d.episode_id, 0), d.receiver, d.news, d.slot, d.key, d.body, d.grouped,
	d.thread_id, d.digest_id, d.held, d.made_at, d.sending_at, d.channel, d.ts, d.told, d.touched, d.shown, d.problem, d.refused, d.dead, d.pause`

func scanDelivery(rows *sql.Rows) (d monitor.Delivery, err error) {
	var made, sending, pause int64
	err = rows.Scan(&d.ID, &d.Kind, &d.Episode, &d.Receiver, &d.News, &d.Slot, &d.Key, &d.Body, &d.Group,
		&d.Thread, &d.Digest, &d.Held, &made, &sending, &d.Channel, &d.TS, &d.Told, &d.Touched, &d.Shown, &d.Problem, &d.Refused, &d.Dead, &pause)
	d.Made, d.Sending, d.Pause = fromMillis(made), fromMillis(sending), time.Duration(pause)*time.Millisecond
	return d, err
}

// deliver gives to DELIVER what matches a condition on deliveries d and their
// episodes e: what was given up is tried again.
func (s *Store) deliver(ctx context.Context, tx *sql.Tx, where string, args ...any) error {
	rows, err := tx.QueryContext(ctx, `UPDATE deliveries SET refused = 0, dead = 0
		WHERE id IN (SELECT d.id`+withEpisodes+`WHERE `+where+`) RETURNING id`, args...)
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

// Delivery is a row of the outbox with the episodes that it is about and the head
// of its thread, all as of one moment.
func (s *Store) Delivery(ctx context.Context, id int64) (d monitor.Delivery, err error) {
	tx, err := s.read.BeginTx(ctx, nil)
	if err != nil {
		return d, err
	}
	defer tx.Rollback() //nolint:errcheck // only read
	rows, err := tx.QueryContext(ctx, `SELECT `+deliveryColumns+` FROM deliveries AS d WHERE d.id = ?`, id)
	if d, err = one(rows, err, scanDelivery); err != nil {
		return d, err
	}
	if d.Thread != 0 {
		if err := tx.QueryRowContext(ctx, `SELECT channel, ts FROM deliveries WHERE id = ?`, d.Thread).Scan(&d.ThreadChannel, &d.ThreadTS); err != nil {
			return d, fmt.Errorf("head of the thread: %w", err)
		}
	}
	rows, err = tx.QueryContext(ctx, `SELECT d.key, d.body, `+episodeColumns+` FROM deliveries AS d JOIN episodes ON episodes.id = d.episode_id
		WHERE d.kind = 'alert' AND CASE ?1 WHEN 'digest' THEN d.digest_id = ?2 ELSE d.episode_id = ?3 AND d.receiver = ?4 END ORDER BY d.id`,
		d.Kind, d.ID, d.Episode, d.Receiver)
	d.Subjects, err = collect(rows, err, func(rows *sql.Rows) (u monitor.Subject, err error) {
		u.Episode, err = scanEpisodeAfter(rows, &u.Key, &u.Body)
		return u, err
	})
	return d, err
}

// ClaimSending notes, before a post, that it begins: only if Sending is still
// as it was. The pause belonged to the post before. False says that another worker was
// faster.
func (s *Store) ClaimSending(ctx context.Context, id int64, was, at time.Time) (bool, error) {
	result, err := s.write.ExecContext(ctx, `UPDATE deliveries SET sending_at = ?, pause = 0 WHERE id = ? AND sending_at = ? AND ts = ''`,
		millis(at), id, millis(was))
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// SaveProblem notes a failed attempt, if Sending still is was: the intent of a
// worker that took over meanwhile stays. It keeps Sending, which is zero when the
// receiver surely has nothing, Pause, Problem, Refused and Dead; with the last the
// job ends.
func (s *Store) SaveProblem(ctx context.Context, was time.Time, d monitor.Delivery) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE deliveries SET sending_at = ?, pause = ?, problem = ?, refused = ?, dead = ? WHERE id = ? AND sending_at = ?`,
			millis(d.Sending), d.Pause.Milliseconds(), d.Problem, d.Refused, d.Dead, d.ID, millis(was)); err != nil {
			return err
		}
		if !d.Dead {
			return nil
		}
		return endJob(ctx, tx)
	})
}

// SaveReceipt keeps where a delivery's message is and what it shows, gives what
// waits for its thread to DELIVER, and ends the job.
func (s *Store) SaveReceipt(ctx context.Context, d monitor.Delivery) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE deliveries SET channel = ?, ts = ?, told = max(told, ?),
			shown = max(shown, ?), pause = 0, problem = '', refused = 0, dead = 0 WHERE id = ?`,
			d.Channel, d.TS, d.Told, d.Shown, d.ID); err != nil {
			return err
		}
		if err := s.deliver(ctx, tx, wanted+` AND d.thread_id = ?`, d.ID); err != nil {
			return err
		}
		return endJob(ctx, tx)
	})
}
