package store

import (
	"context"
	"database/sql"
	"time"
)

// watch notes that an hour is watched: the daemon sweeps, and the last answer of some
// feed is still good, which it is until the feed is asked again. While the network is
// gone, that ends for one after the other.
func watch(ctx context.Context, tx *sql.Tx, now time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO watched (hour) SELECT ?1
		WHERE NOT EXISTS (SELECT 1 FROM watched WHERE hour = ?1)
			AND EXISTS (SELECT 1 FROM feeds WHERE active = 1 AND gone_at = 0 AND failures = 0 AND succeeded_at > 0 AND next_at > ?2
				AND id NOT IN (SELECT args ->> 'id' FROM river_job
					WHERE kind = 'poll' AND state IN ('available', 'pending', 'running', 'retryable', 'scheduled')))`,
		millis(now.Truncate(time.Hour)), millis(now))
	return err
}

// Missed implements [monitor.DetectStore]. Nothing is known of the time before the
// first hour that was noted, and so none of it is missed.
func (s *Store) Missed(ctx context.Context, from, to time.Time) ([]time.Time, error) {
	return missed(ctx, s.read, from, to)
}

func missed(ctx context.Context, q querier, from, to time.Time) (hours []time.Time, err error) {
	rows, err := q.QueryContext(ctx, `SELECT hour FROM watched
		WHERE hour >= (SELECT max(hour) FROM watched WHERE hour <= ?1) OR hour > ?1 ORDER BY hour`, millis(from))
	watched, err := collect(rows, err, scanID)
	if err != nil || len(watched) == 0 {
		return nil, err
	}
	if to.IsZero() {
		to = fromMillis(watched[len(watched)-1])
	}
	next := fromMillis(watched[0])
	for _, hour := range append(watched, millis(to)) {
		for ; next.Before(fromMillis(hour)); next = next.Add(time.Hour) {
			if !next.Before(from) && next.Before(to) {
				hours = append(hours, next)
			}
		}
		next = fromMillis(hour).Add(time.Hour)
	}
	return hours, nil
}

// AllMissed gives the hours within [from, to) in which nobody watched, of a file as
// [AllReadings] takes it. Up to a zero time they are those before the last that was
// watched.
func AllMissed(ctx context.Context, path string, from, to time.Time) (hours []time.Time, err error) {
	err = look(path, func(db *sql.DB) error {
		has, err := hasTable(ctx, db, "watched")
		if err != nil || !has {
			return err
		}
		hours, err = missed(ctx, db, from, to)
		return err
	})
	return hours, err
}
