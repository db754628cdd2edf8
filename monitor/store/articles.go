package store

import (
	"context"
	"database/sql"
	"errors"

	"tonewatch/monitor"
)

// insertArticle returns 0 when the feed has shown the article before. One that
// is skipped will never be read, and says so.
func insertArticle(ctx context.Context, tx *sql.Tx, a monitor.Article, skipped bool) (id int64, err error) {
	var read int64
	var problem string
	if skipped {
		read, problem = millis(a.Seen), "not read: the feed showed too much at once"
	}
	err = tx.QueryRowContext(ctx, `INSERT INTO articles
			(feed_id, key, outlet, url, title, summary, content, published_at, seen_at, backfill, read_at, problem)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (feed_id, key) DO NOTHING RETURNING id`,
		a.Feed, a.Key, a.Outlet, a.URL, a.Title, a.Summary, a.Content,
		millis(a.Published), millis(a.Seen), a.Backfill, read, problem).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, err
}

// Article implements [monitor.ReadStore].
func (s *Store) Article(ctx context.Context, id int64) (monitor.Article, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT id, feed_id, key, outlet, url, title, summary, content,
		published_at, seen_at, backfill FROM articles WHERE id = ?`, id)
	return one(rows, err, func(rows *sql.Rows) (a monitor.Article, err error) {
		var published, seen int64
		err = rows.Scan(&a.ID, &a.Feed, &a.Key, &a.Outlet, &a.URL, &a.Title, &a.Summary, &a.Content,
			&published, &seen, &a.Backfill)
		a.Published, a.Seen = fromMillis(published), fromMillis(seen)
		return a, err
	})
}
