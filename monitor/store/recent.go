package store

import (
	"context"
	"database/sql"
	"time"
)

// Recent gives the title and the text of every article read that a feed has
// shown since a time, the newest first, until see returns false. The file is
// only read, and may be in use by another process. It costs as much as the
// articles that are given.
func Recent(ctx context.Context, path string, since time.Time, see func(title, text string) bool) error {
	type article struct {
		seen        int64
		title, text string
	}
	return look(path, func(db *sql.DB) error {
		return visit(ctx, db, func(rows *sql.Rows) (a article, err error) {
			err = rows.Scan(&a.seen, &a.title, &a.text)
			return a, err
		}, func(a article) bool {
			return a.seen >= millis(since) && see(a.title, a.text)
		}, `SELECT seen_at, title, text FROM articles WHERE read_at > 0 ORDER BY id DESC`)
	})
}
