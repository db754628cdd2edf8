package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// ClaimDue does by hand what a sweep does for actors: it returns the first due
// time up to a limit and clears it; zero when there is none.
func (s *Store) ClaimDue(ctx context.Context, until time.Time) (time.Time, error) {
	var due int64
	if err := s.write.QueryRowContext(ctx, `SELECT coalesce(min(at), 0) FROM (
			SELECT due_at AS at FROM actors UNION ALL SELECT deadline_at FROM actors)
		WHERE at > 0 AND at <= ?`, millis(until)).Scan(&due); err != nil {
		return time.Time{}, err
	}
	_, err := s.write.ExecContext(ctx, `UPDATE actors SET
		due_at = CASE WHEN due_at <= ?1 THEN 0 ELSE due_at END,
		deadline_at = CASE WHEN deadline_at <= ?1 THEN 0 ELSE deadline_at END`, due)
	return fromMillis(due), err
}

// MigrateTo makes a file as the release with that version of the schema did, or
// turns one back to it.
func MigrateTo(ctx context.Context, path string, version int64) (err error) {
	db, err := connect(path, "_txlock=immediate")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	p, err := ours(db)
	if err != nil {
		return err
	}
	if _, err = p.UpTo(ctx, version); err == nil {
		_, err = p.DownTo(ctx, version)
	}
	return err
}

// CopyTo writes the file as it stands, which is what a killed process leaves.
func (s *Store) CopyTo(ctx context.Context, path string) error {
	_, err := s.write.ExecContext(ctx, `VACUUM INTO ?`, path)
	return err
}

// Tend does at most so many transactions of upkeep.
func (s *Store) Tend(ctx context.Context, now time.Time, transactions int) (done bool, err error) {
	return s.tend(ctx, now, transactions)
}

// UpkeepBatch is how many articles one transaction of upkeep takes.
const UpkeepBatch = upkeepBatch

// Touch says that something that an episode's messages show has changed.
func (s *Store) Touch(ctx context.Context, episode int64) error {
	return s.inTx(ctx, func(tx *sql.Tx) error { return s.touch(ctx, tx, episode) })
}
