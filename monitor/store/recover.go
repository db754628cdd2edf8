package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/riverqueue/river"
)

// recover puts back what a killed process left behind. It runs under the
// file's lock, so whatever is marked as running is not.
//
// Attempts are kept as they are: a job that kills the process must run out of
// tries some day.
func (s *Store) recover(ctx context.Context) error {
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		// The dead leader's lease would hold up retries for fifteen seconds.
		if _, err := tx.ExecContext(ctx, `DELETE FROM river_leader`); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE river_job
			SET state = CASE WHEN attempt >= max_attempts THEN 'discarded' ELSE 'available' END,
			    finalized_at = CASE WHEN attempt >= max_attempts THEN CURRENT_TIMESTAMP END
			WHERE state = 'running'`); err != nil {
			return err
		}
		return s.revive(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("recover: %w", err)
	}
	return nil
}

// revive gives a new job to whatever lost its own by running out of tries: an
// operator who has mended a token or a disk restarts, and nothing is lost.
func (s *Store) revive(ctx context.Context, tx *sql.Tx) error {
	if _, err := tx.ExecContext(ctx, `UPDATE deliveries SET refused = 0, dead = 0 WHERE dead = 1`); err != nil {
		return err
	}
	const noJob = ` NOT IN (SELECT args ->> 'id' FROM river_job
		WHERE kind = ? AND state IN ('available', 'pending', 'retryable', 'scheduled'))`
	for _, orphan := range []struct {
		kind, query string
		job         func(id int64) river.JobArgs
	}{
		{"read", `SELECT id FROM articles WHERE read_at = 0 AND id` + noJob,
			func(id int64) river.JobArgs { return readJob{subject{id}} }},
		{"tell", `SELECT id FROM episodes WHERE phase <> 'quiet' AND revision > 0
			AND id NOT IN (SELECT episode_id FROM deliveries WHERE episode_id IS NOT NULL) AND id` + noJob,
			func(id int64) river.JobArgs { return tellJob{subject{id}} }},
		{"deliver", `SELECT d.id` + withEpisodes + `WHERE ` + unsent + ` AND d.id` + noJob,
			func(id int64) river.JobArgs { return deliverJob{subject{id}} }},
	} {
		rows, err := tx.QueryContext(ctx, orphan.query, orphan.kind)
		ids, err := collect(rows, err, scanID)
		if err != nil {
			return fmt.Errorf("%s: %w", orphan.kind, err)
		}
		for _, id := range ids {
			if _, err := s.jobs.InsertTx(ctx, tx, orphan.job(id), nil); err != nil {
				return fmt.Errorf("%s %d: %w", orphan.kind, id, err)
			}
		}
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM river_job WHERE state = 'discarded'`)
	return err
}
