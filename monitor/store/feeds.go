package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"tonewatch/monitor"
)

const feedColumns = `id, url, outlet, every, critical, etag, last_modified, next_at, tried_at, succeeded_at, failures, problem`

func scanFeed(rows *sql.Rows) (f monitor.Feed, err error) {
	var next, tried, succeeded int64
	err = rows.Scan(&f.ID, &f.URL, &f.Outlet, &f.Every, &f.Critical,
		&f.Validators.ETag, &f.Validators.LastModified, &next, &tried, &succeeded, &f.Failures, &f.Problem)
	f.Next, f.Tried, f.Succeeded = fromMillis(next), fromMillis(tried), fromMillis(succeeded)
	return f, err
}

// SyncFeeds makes the configured feeds the active ones. A feed known by its URL
// keeps its state and its next poll, so that a restart asks nobody twice; a new
// one is due at once; one that is gone is kept, for its articles, and asked no
// more.
func (s *Store) SyncFeeds(ctx context.Context, feeds []monitor.Feed, now time.Time) error {
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE feeds SET active = 0`); err != nil {
			return err
		}
		for _, f := range feeds {
			schedule, err := monitor.ParseSchedule(f.Every)
			if err != nil {
				return fmt.Errorf("feed %q: %w", f.URL, err)
			}
			// A changed schedule counts from now; an unchanged one goes on.
			if _, err := tx.ExecContext(ctx, `INSERT INTO feeds (url, outlet, every, critical, active, next_at)
				VALUES (?, ?, ?, ?, 1, ?)
				ON CONFLICT (url) DO UPDATE SET
					outlet = excluded.outlet, critical = excluded.critical, active = 1,
					next_at = CASE WHEN every = excluded.every THEN next_at ELSE min(next_at, ?) END,
					every = excluded.every`,
				f.URL, f.Outlet, f.Every, f.Critical, millis(now), millis(schedule.After(now))); err != nil {
				return fmt.Errorf("feed %q: %w", f.URL, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("sync feeds: %w", err)
	}
	return nil
}

// Feeds are the active ones, in order of URL.
func (s *Store) Feeds(ctx context.Context) ([]monitor.Feed, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+feedColumns+` FROM feeds WHERE active = 1 ORDER BY url`)
	return collect(rows, err, scanFeed)
}

// Feed implements [monitor.PollStore].
func (s *Store) Feed(ctx context.Context, id int64) (monitor.Feed, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+feedColumns+` FROM feeds WHERE id = ?`, id)
	return one(rows, err, scanFeed)
}

// SavePoll implements [monitor.PollStore].
func (s *Store) SavePoll(ctx context.Context, f monitor.Feed, articles []monitor.Article) (fresh, unread int, err error) {
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		fresh, unread = 0, 0
		for _, a := range articles {
			full := fresh-unread == monitor.MaxNewItems
			id, err := insertArticle(ctx, tx, a, full)
			if err != nil {
				return fmt.Errorf("article %q: %w", a.Key, err)
			}
			if id == 0 {
				continue // seen before
			}
			fresh++
			if full {
				unread++
				continue
			}
			if _, err := s.jobs.InsertTx(ctx, tx, readJob{subject{id}}, nil); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, `UPDATE feeds SET etag = ?, last_modified = ?, next_at = ?,
				tried_at = ?, succeeded_at = ?, failures = ?, problem = ? WHERE id = ?`,
			f.Validators.ETag, f.Validators.LastModified, millis(f.Next),
			millis(f.Tried), millis(f.Succeeded), f.Failures, f.Problem, f.ID); err != nil {
			return err
		}
		return endJob(ctx, tx)
	})
	return fresh, unread, err
}
