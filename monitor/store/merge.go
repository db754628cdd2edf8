package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// mergeHours adds up the hours of days that ended before a time, an actor after
// the other. A merged day is the bucket of its first hour; whatever still comes
// for one of its hours, or is taken out of it, is counted there.
func mergeHours(ctx context.Context, tx *sql.Tx, before time.Time) (some bool, err error) {
	until := millis(before.Truncate(day))
	for left := daysBatch * day.Milliseconds(); left > 0; {
		var actor, from int64
		err := tx.QueryRowContext(ctx, `SELECT id, coalesce((SELECT min(hour) FROM series WHERE actor_id = id AND hour >= merged), ?1)
			FROM actors WHERE merged < ?1 ORDER BY id LIMIT 1`, until).Scan(&actor, &from)
		if errors.Is(err, sql.ErrNoRows) {
			return some, nil
		}
		if err != nil {
			return false, err
		}
		from = min(from-from%day.Milliseconds(), until)
		to := min(until, from+left)
		if err := mergeDays(ctx, tx, actor, from, to); err != nil {
			return false, err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE actors SET merged = ? WHERE id = ?`, to, actor); err != nil {
			return false, err
		}
		some = true
		left -= max(day.Milliseconds(), to-from)
	}
	return some, nil
}

// mergeDays merges an actor's hours from the beginning of one day to that of
// another.
func mergeDays(ctx context.Context, tx *sql.Tx, actor, from, to int64) error {
	const of = ` WHERE actor_id = ?1 AND hour >= ?2 AND hour < ?3 `
	for _, statement := range []string{
		`INSERT INTO series SELECT actor_id, hour - hour % ?4, voice, outlet, backfill,
				sum(n), sum(total), sum(squares), sum(named_n), sum(named_total), sum(named_squares), max(changed)
			FROM series` + of + `AND hour % ?4 <> 0 GROUP BY 2, 3, 4, 5
			ON CONFLICT DO UPDATE SET n = n + excluded.n, total = total + excluded.total, squares = squares + excluded.squares,
				named_n = named_n + excluded.named_n, named_total = named_total + excluded.named_total,
				named_squares = named_squares + excluded.named_squares, changed = max(changed, excluded.changed)`,
		`DELETE FROM series` + of + `AND (hour % ?4 <> 0 OR n = 0)`,
	} {
		if _, err := tx.ExecContext(ctx, statement, actor, from, to, day.Milliseconds()); err != nil {
			return err
		}
	}
	return nil
}

// dropSeries takes away the days that ended before a time.
func dropSeries(ctx context.Context, tx *sql.Tx, before time.Time) (some bool, err error) {
	until := millis(before.Truncate(day))
	for left := daysBatch * day.Milliseconds(); left > 0; {
		var actor, from int64
		err := tx.QueryRowContext(ctx, `SELECT id, (SELECT min(hour) FROM series WHERE actor_id = id) AS oldest
			FROM actors WHERE oldest < ? ORDER BY id LIMIT 1`, until).Scan(&actor, &from)
		if errors.Is(err, sql.ErrNoRows) {
			return some, nil
		}
		if err != nil {
			return false, err
		}
		to := min(until, from+left)
		if _, err := tx.ExecContext(ctx, `DELETE FROM series WHERE actor_id = ? AND hour < ?`, actor, to); err != nil {
			return false, err
		}
		some = true
		left -= max(day.Milliseconds(), to-from)
	}
	return some, nil
}
