package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"time"

	"tonewatch/monitor"
)

// Alerts are the alerts of an episode, one a receiver that is told of it.
func (s *Store) Alerts(ctx context.Context, episode int64) ([]monitor.Delivery, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+deliveryColumns+` FROM deliveries AS d WHERE d.kind = 'alert' AND d.episode_id = ? ORDER BY d.id`, episode)
	return collect(rows, err, scanDelivery)
}

// Recent are the alerts that were made for a receiver since a time, oldest first,
// without those held.
func (s *Store) Recent(ctx context.Context, receiver string, since time.Time) ([]monitor.Delivery, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+deliveryColumns+` FROM deliveries AS d
		WHERE d.receiver = ? AND d.made_at >= ? AND d.kind = 'alert' AND d.held = 0 ORDER BY d.made_at, d.id`, receiver, millis(since))
	return collect(rows, err, scanDelivery)
}

// Head is the alert in whose thread a group of alerts stands in a receiver: the
// oldest that has a message of its own, or may yet have one, and whose episode is
// open; 0 for none.
func (s *Store) Head(ctx context.Context, receiver, group string) (id int64, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT coalesce(min(d.id), 0)`+withEpisodes+`WHERE d.receiver = ? AND d.grouped = ? AND d.kind = 'alert'
		AND d.held = 0 AND d.digest_id = 0 AND d.thread_id = 0 AND (d.dead = 0 OR d.ts <> '') AND e.phase <> 'quiet'`, receiver, group).Scan(&id)
	return id, err
}

// SaveTold writes what was decided about an episode, gives its messages that are
// to change to DELIVER, and ends the job. What there is already is not written
// again.
func (s *Store) SaveTold(ctx context.Context, e monitor.Episode, t monitor.Telling) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		for _, d := range t.New {
			if err := s.begin(ctx, tx, d); err != nil {
				return fmt.Errorf("%s to %q: %w", d.Kind, d.Receiver, err)
			}
		}
		for _, d := range t.Release {
			if err := s.release(ctx, tx, d); err != nil {
				return fmt.Errorf("%s to %q: %w", d.Kind, d.Receiver, err)
			}
		}
		if _, err := tx.ExecContext(ctx, `UPDATE episodes SET tell_at = ? WHERE id = ?`, millis(t.Again), e.ID); err != nil {
			return err
		}
		if err := s.show(ctx, tx, e.ID); err != nil {
			return err
		}
		return endJob(ctx, tx)
	})
}

// begin writes a delivery, and before it the digest that it begins.
func (s *Store) begin(ctx context.Context, tx *sql.Tx, d monitor.Delivery) (err error) {
	if d.Digest, err = s.digest(ctx, tx, d); err != nil {
		return err
	}
	return s.insert(ctx, tx, d)
}

// release lets a held alert go.
func (s *Store) release(ctx context.Context, tx *sql.Tx, d monitor.Delivery) (err error) {
	if d.Digest, err = s.digest(ctx, tx, d); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE deliveries SET held = 0, body = ?2, grouped = ?3, thread_id = ?4, digest_id = ?5, made_at = ?6, touched_at = ?6
		WHERE id = ?1 AND held = 1`, d.ID, d.Body, d.Group, d.Thread, d.Digest, millis(d.Made))
	return err
}

// digest is the one that is to show an alert, written if it is new.
func (s *Store) digest(ctx context.Context, tx *sql.Tx, d monitor.Delivery) (id int64, err error) {
	if d.Digest != monitor.NewDigest {
		return d.Digest, nil
	}
	slot := millis(d.Made)
	if err := s.insert(ctx, tx, monitor.Delivery{Kind: monitor.DigestDelivery, Receiver: d.Receiver, Slot: slot, Made: d.Made}); err != nil {
		return 0, fmt.Errorf("digest: %w", err)
	}
	err = tx.QueryRowContext(ctx, `SELECT id FROM deliveries WHERE receiver = ? AND kind = 'digest' AND slot = ?`, d.Receiver, slot).Scan(&id)
	return id, err
}

// insert writes a delivery unless there is one like it.
func (s *Store) insert(ctx context.Context, tx *sql.Tx, d monitor.Delivery) error {
	var episode *int64
	if d.Episode != 0 {
		episode = &d.Episode
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO deliveries
			(kind, episode_id, receiver, news, slot, key, body, grouped, thread_id, digest_id, held, made_at, touched_at)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12) ON CONFLICT DO NOTHING`,
		d.Kind, episode, d.Receiver, d.News, d.Slot, rand.Text(), d.Body, d.Group, d.Thread, d.Digest, d.Held, millis(d.Made))
	return err
}

// show gives to DELIVER what does not show an episode as it stands.
func (s *Store) show(ctx context.Context, tx *sql.Tx, episode int64) error {
	// A digest has many episodes; which revision of each it was touched for is kept
	// with the alert that it stands for.
	if _, err := tx.ExecContext(ctx, `UPDATE deliveries SET touched = touched + 1, touched_at = ?2 WHERE id IN (
			SELECT d.digest_id`+withEpisodes+`WHERE d.episode_id = ?1 AND d.digest_id > 0 AND d.told < e.revision)`,
		episode, millis(s.now())); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE deliveries SET told = (SELECT revision FROM episodes WHERE id = episode_id)
		WHERE episode_id = ? AND digest_id > 0`, episode); err != nil {
		return err
	}
	return s.deliver(ctx, tx, wanted+` AND (d.episode_id = ?1 OR d.id IN (SELECT digest_id FROM deliveries WHERE episode_id = ?1))`, episode)
}

// touch has every message that shows an episode brought up to date, as something
// beside the episode itself has changed.
func (s *Store) touch(ctx context.Context, tx *sql.Tx, episode int64) error {
	if _, err := tx.ExecContext(ctx, `UPDATE deliveries SET touched = touched + 1, touched_at = ?2 WHERE id IN (
			SELECT CASE digest_id WHEN 0 THEN id ELSE digest_id END FROM deliveries WHERE kind = 'alert' AND held = 0 AND episode_id = ?1)`,
		episode, millis(s.now())); err != nil {
		return err
	}
	return s.show(ctx, tx, episode)
}
