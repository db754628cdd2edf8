package store

import (
	"context"
	"database/sql"

	"tonewatch/monitor"
)

// insertArticle keeps an article that is not here. One that is skipped, or that
// another one stands for, will never be read.
func insertArticle(ctx context.Context, tx *sql.Tx, a monitor.Article, skipped bool, sameAs, digest int64) (id int64, err error) {
	var read int64
	var problem string
	switch {
	case sameAs != 0:
		read, a.Summary, a.Content = millis(a.Seen), "", ""
	case skipped:
		read, problem = millis(a.Seen), "not read: the feed showed too much at once"
	}
	err = tx.QueryRowContext(ctx, `INSERT INTO articles
			(feed_id, key, outlet, url, title, summary, content, published_at, seen_at, backfill, shared, read_at, problem, same_as, digest)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
		a.Feed, a.Key, a.Outlet, a.URL, a.Title, a.Summary, a.Content,
		millis(a.Published), millis(a.Seen), a.Backfill, a.Shared, read, problem, sameAs, digest).Scan(&id)
	return id, err
}

// Article implements [monitor.ReadStore].
func (s *Store) Article(ctx context.Context, id int64) (monitor.Article, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT articles.id, feed_id, key, outlet, articles.url, articles.title, summary, content,
			published_at, seen_at, backfill, changes, read_at > 0, shared,
			stories.id IS NOT NULL, coalesce(stories.article_id, 0) = articles.id, coalesce(stories.title, ''), text, original, text_from
		FROM articles LEFT JOIN stories ON stories.id = story_id WHERE articles.id = ?`, id)
	return one(rows, err, func(rows *sql.Rows) (a monitor.Article, err error) {
		var published, seen int64
		var again bool
		var before monitor.Before
		err = rows.Scan(&a.ID, &a.Feed, &a.Key, &a.Outlet, &a.URL, &a.Title, &a.Summary, &a.Content,
			&published, &seen, &a.Backfill, &a.Changes, &a.Done, &a.Shared,
			&again, &before.Told, &before.Title, &before.Text, &before.Original, &before.From)
		a.Published, a.Seen = fromMillis(published), fromMillis(seen)
		if !a.Shared {
			a.Page = monitor.CanonicalURL(a.URL)
		}
		if again {
			a.Before = &before
		}
		return a, err
	})
}
