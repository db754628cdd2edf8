package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"tonewatch/monitor"
)

const feedColumns = `id, url, outlet, every, adaptive, critical, validated_url, etag, last_modified, validated_at, fresh, cycle, digest,
	moved_to, moved_at, paced, paced_since, allowed_at, next_at, tried_at, succeeded_at, gone_at, failures, problem`

func scanFeed(rows *sql.Rows) (f monitor.Feed, err error) {
	var validated, fresh, cycle, moved, paced, allowed, next, tried, succeeded, gone int64
	v := &f.Validators
	err = rows.Scan(&f.ID, &f.URL, &f.Outlet, &f.Every, &f.Adaptive, &f.Critical, &v.URL, &v.ETag, &v.LastModified, &validated, &fresh, &cycle, &f.Digest,
		&f.Moved.To, &moved, &f.Pace.Articles, &paced, &allowed, &next, &tried, &succeeded, &gone, &f.Failures, &f.Problem)
	f.Fresh, f.Cycle = time.Duration(fresh)*time.Millisecond, time.Duration(cycle)*time.Millisecond
	f.Validated = fromMillis(validated)
	f.Moved.Since, f.Pace.Since, f.Allowed, f.Next = fromMillis(moved), fromMillis(paced), fromMillis(allowed), fromMillis(next)
	f.Tried, f.Succeeded, f.Gone = fromMillis(tried), fromMillis(succeeded), fromMillis(gone)
	return f, err
}

// SyncFeeds makes the configured feeds the active ones. A feed known by its URL
// keeps its state and its next poll, so that a restart asks nobody twice; a new
// one is due at once; one that is no longer there is kept, for its articles, and
// asked no more. One that comes back is given another try, even if its publisher
// had taken it down.
func (s *Store) SyncFeeds(ctx context.Context, feeds []monitor.Feed, now time.Time) error {
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		// Not yet zero, so that those that come back can be told.
		if _, err := tx.ExecContext(ctx, `UPDATE feeds SET active = -1 WHERE active = 1`); err != nil {
			return err
		}
		for _, f := range feeds {
			schedule, err := monitor.ParseSchedule(f.Every)
			if err != nil {
				return fmt.Errorf("feed %q: %w", f.Name(), err)
			}
			// A changed schedule counts from now, but not before the publisher's
			// wish; an unchanged one goes on.
			if _, err := tx.ExecContext(ctx, `INSERT INTO feeds (url, outlet, every, adaptive, critical, active, next_at)
				VALUES (?, ?, ?, ?, ?, 1, ?)
				ON CONFLICT (url) DO UPDATE SET
					outlet = excluded.outlet, adaptive = excluded.adaptive, critical = excluded.critical, active = 1,
					gone_at = CASE WHEN active = 0 THEN 0 ELSE gone_at END,
					next_at = CASE WHEN every = excluded.every THEN next_at ELSE max(allowed_at, min(next_at, ?)) END,
					every = excluded.every`,
				f.URL, f.Outlet, f.Every, f.Adaptive, f.Critical, millis(now), millis(schedule.After(now))); err != nil {
				return fmt.Errorf("feed %q: %w", f.Name(), err)
			}
		}
		_, err := tx.ExecContext(ctx, `UPDATE feeds SET active = 0 WHERE active = -1`)
		return err
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
		var given int // to READ
		for _, a := range articles {
			came, err := arrive(ctx, tx, a, given == monitor.MaxNewItems)
			if err != nil {
				return fmt.Errorf("article %q: %w", a.Key, err)
			}
			if came.fresh {
				fresh++
			}
			if came.read == 0 {
				if came.fresh {
					unread++
				}
				continue
			}
			given++
			if _, err := s.jobs.InsertTx(ctx, tx, readJob{subject{came.read}}, nil); err != nil {
				return err
			}
		}
		if err := updateFeed(ctx, tx, f); err != nil {
			return err
		}
		return endJob(ctx, tx)
	})
	return fresh, unread, err
}

// updateFeed keeps what a poll has changed.
func updateFeed(ctx context.Context, tx *sql.Tx, f monitor.Feed) error {
	v := f.Validators
	_, err := tx.ExecContext(ctx, `UPDATE feeds SET validated_url = ?, etag = ?, last_modified = ?, validated_at = ?, fresh = ?, cycle = ?, digest = ?,
			moved_to = ?, moved_at = ?, paced = ?, paced_since = ?, allowed_at = ?, next_at = ?,
			tried_at = ?, succeeded_at = ?, gone_at = ?, failures = ?, problem = ? WHERE id = ?`,
		v.URL, v.ETag, v.LastModified, millis(f.Validated), f.Fresh.Milliseconds(), f.Cycle.Milliseconds(), f.Digest,
		f.Moved.To, millis(f.Moved.Since), f.Pace.Articles, millis(f.Pace.Since), millis(f.Allowed), millis(f.Next),
		millis(f.Tried), millis(f.Succeeded), millis(f.Gone), f.Failures, f.Problem, f.ID)
	return err
}
