package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"tonewatch/monitor"
)

// SyncNotes makes the configured notes the ones there are. One whose schedule is
// what it was stays due when it was: a restart neither repeats nor loses it. Those
// missed while the daemon was down come once.
func (s *Store) SyncNotes(ctx context.Context, notes []monitor.Note, now time.Time) error {
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE notes SET next_at = next_at * -1 WHERE next_at > 0`); err != nil {
			return err
		}
		for _, n := range notes {
			schedule, err := monitor.ParseSchedule(n.Every)
			if err != nil {
				return fmt.Errorf("note %q: %w", n.Name, err)
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO notes (name, receiver, spec, next_at) VALUES (?1, ?2, ?3, ?4)
				ON CONFLICT (name) DO UPDATE SET receiver = excluded.receiver, spec = excluded.spec,
					next_at = CASE WHEN spec = excluded.spec THEN abs(next_at) ELSE excluded.next_at END`,
				n.Name, n.Receiver, n.Every, millis(schedule.After(now))); err != nil {
				return fmt.Errorf("note %q: %w", n.Name, err)
			}
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM notes WHERE next_at < 0`)
		return err
	})
	if err != nil {
		return fmt.Errorf("sync notes: %w", err)
	}
	return nil
}

func scanNote(rows *sql.Rows) (n monitor.Note, err error) {
	var slot int64
	err = rows.Scan(&n.ID, &n.Name, &n.Receiver, &n.Every, &slot)
	n.Slot = fromMillis(slot)
	return n, err
}

// sweepNotes claims the slots that are due.
func (s *Store) sweepNotes(ctx context.Context, tx *sql.Tx, now time.Time) (int, error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, name, receiver, spec, next_at FROM notes WHERE next_at <= ?`, millis(now))
	due, err := collect(rows, err, scanNote)
	if err != nil {
		return 0, err
	}
	for _, n := range due {
		schedule, err := monitor.ParseSchedule(n.Every)
		if err != nil {
			return 0, fmt.Errorf("note %q: %w", n.Name, err)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE notes SET slot_at = next_at, next_at = ? WHERE id = ?`, millis(schedule.After(now)), n.ID); err != nil {
			return 0, err
		}
		if _, err := s.jobs.InsertTx(ctx, tx, noteJob{subject{n.ID}}, nil); err != nil {
			return 0, err
		}
	}
	return len(due), nil
}

// Note is one that is due.
func (s *Store) Note(ctx context.Context, id int64) (monitor.Note, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT id, name, receiver, spec, slot_at FROM notes WHERE id = ?`, id)
	return one(rows, err, scanNote)
}

// Day is what the 24 hours before a time were like.
func (s *Store) Day(ctx context.Context, now time.Time) (d monitor.Day, err error) {
	from := millis(now.Add(-day))
	if err := s.read.QueryRowContext(ctx, `SELECT (SELECT count(DISTINCT story_id) FROM actors JOIN readings ON actor_id = actors.id AND voice = ?3
				WHERE active = 1 AND backfill = 0 AND at > ?1 AND at <= ?2),
			(SELECT count(*) FROM actors WHERE active = 1)`, from, millis(now), monitor.AnyVoice).Scan(&d.Stories, &d.Actors); err != nil {
		return d, fmt.Errorf("day: %w", err)
	}
	if d.Feeds, err = s.Feeds(ctx); err != nil {
		return d, fmt.Errorf("day: %w", err)
	}
	rows, err := s.read.QueryContext(ctx, `SELECT `+episodeColumns+` FROM episodes WHERE revision > 0 AND (phase <> 'quiet' OR changed_at > ?) ORDER BY id`, from)
	episodes, err := collect(rows, err, scanEpisode)
	if err != nil {
		return d, fmt.Errorf("day: %w", err)
	}
	for _, e := range episodes {
		if e.Fired.After(now.Add(-day)) {
			d.Fired = append(d.Fired, e)
		}
		if e.Open() {
			d.Open = append(d.Open, e)
		}
	}
	var status monitor.Status
	err = s.outbox(ctx, &status)
	d.Outbox = status.Outbox
	return d, err
}

// SaveNote writes a note for its receiver, once a slot, and ends the job.
func (s *Store) SaveNote(ctx context.Context, d monitor.Delivery) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		if err := s.insert(ctx, tx, d); err != nil {
			return fmt.Errorf("note to %q: %w", d.Receiver, err)
		}
		if err := s.deliver(ctx, tx, wanted+` AND d.kind = 'note' AND d.receiver = ? AND d.news = ? AND d.slot = ?`, d.Receiver, d.News, d.Slot); err != nil {
			return err
		}
		return endJob(ctx, tx)
	})
}
