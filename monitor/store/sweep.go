package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"tonewatch/monitor"
)

// sweepBatch bounds one transaction of the sweep.
const sweepBatch = 200

// Sweep turns what has fallen due by a time into jobs: feeds into POLL, actors
// into DETECT, stories that another engine judged into REREAD, old things into
// upkeep, episodes that were put off into TELL, notes into NOTE. Job and next due
// time are one transaction, so a due time makes one job, whoever dies. It also
// notes that somebody watches. It returns how many it made; call it again at
// once while that is not 0.
//
// Our own table and sweep stand in for River's periodic jobs, which forget
// their ticks when a process dies.
func (s *Store) Sweep(ctx context.Context, now time.Time) (made int, err error) {
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		if err := watch(ctx, tx, now); err != nil {
			return err
		}
		feeds, err := s.sweepFeeds(ctx, tx, now)
		if err != nil {
			return err
		}
		actors, err := s.sweepActors(ctx, tx, now)
		if err != nil {
			return err
		}
		stories, err := s.sweepStale(ctx, tx)
		if err != nil {
			return err
		}
		upkeep, err := s.sweepUpkeep(ctx, tx, now)
		if err != nil {
			return err
		}
		episodes, err := s.sweepEpisodes(ctx, tx, now)
		if err != nil {
			return err
		}
		notes, err := s.sweepNotes(ctx, tx, now)
		made = feeds + actors + stories + upkeep + episodes + notes
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("sweep: %w", err)
	}
	return made, nil
}

func (s *Store) sweepFeeds(ctx context.Context, tx *sql.Tx, now time.Time) (int, error) {
	rows, err := tx.QueryContext(ctx,
		`SELECT `+feedColumns+` FROM feeds WHERE active = 1 AND gone_at = 0 AND next_at <= ? ORDER BY next_at LIMIT ?`, millis(now), sweepBatch)
	due, err := collect(rows, err, scanFeed)
	if err != nil {
		return 0, err
	}
	for _, f := range due {
		schedule, err := monitor.ParseSchedule(f.Every)
		if err != nil {
			return 0, err
		}
		// The poll itself sets the true next time, when it has heard what the
		// publisher wishes.
		if _, err := tx.ExecContext(ctx, `UPDATE feeds SET next_at = ? WHERE id = ?`, millis(schedule.After(now)), f.ID); err != nil {
			return 0, err
		}
		if _, err := s.jobs.InsertTx(ctx, tx, pollJob{subject{f.ID}}, nil); err != nil {
			return 0, err
		}
	}
	return len(due), nil
}

func (s *Store) sweepActors(ctx context.Context, tx *sql.Tx, now time.Time) (int, error) {
	rows, err := tx.QueryContext(ctx,
		`UPDATE actors SET due_at = 0, deadline_at = CASE WHEN deadline_at <= ?1 THEN 0 ELSE deadline_at END
		 WHERE id IN (
			SELECT id FROM actors WHERE due_at > 0 AND due_at <= ?1
			UNION SELECT id FROM actors WHERE deadline_at > 0 AND deadline_at <= ?1
			LIMIT ?2)
		 RETURNING id`, millis(now), sweepBatch)
	due, err := collect(rows, err, scanID)
	if err != nil {
		return 0, err
	}
	for _, id := range due {
		if _, err := s.jobs.InsertTx(ctx, tx, detectJob{subject{id}}, nil); err != nil {
			return 0, err
		}
	}
	return len(due), nil
}

// sweepEpisodes gives to TELL what it wanted to look at again.
func (s *Store) sweepEpisodes(ctx context.Context, tx *sql.Tx, now time.Time) (int, error) {
	rows, err := tx.QueryContext(ctx, `UPDATE episodes SET tell_at = 0 WHERE id IN (
			SELECT id FROM episodes WHERE tell_at > 0 AND tell_at <= ? LIMIT ?) RETURNING id`, millis(now), sweepBatch)
	due, err := collect(rows, err, scanID)
	if err != nil {
		return 0, err
	}
	for _, id := range due {
		if _, err := s.jobs.InsertTx(ctx, tx, tellJob{subject{id}}, nil); err != nil {
			return 0, err
		}
	}
	return len(due), nil
}

func scanID(rows *sql.Rows) (id int64, err error) {
	err = rows.Scan(&id)
	return id, err
}

func scanText(rows *sql.Rows) (text string, err error) {
	err = rows.Scan(&text)
	return text, err
}
