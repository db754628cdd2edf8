package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Recent gives the title and the text of every article read that a feed has
// shown since a time, the newest first, until visit returns false. The file is
// only read, and may be in use by another process. It costs as much as the
// articles that are given.
func Recent(ctx context.Context, path string, since time.Time, visit func(title, text string) bool) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("read store %q: %w", path, err)
		}
	}()
	db, err := connect(path, "mode=ro&_pragma=query_only(1)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	rows, err := db.QueryContext(ctx, `SELECT seen_at, title, text FROM articles WHERE read_at > 0 ORDER BY id DESC`)
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // its error is that of rows.Err
	for rows.Next() {
		var seen int64
		var title, text string
		if err := rows.Scan(&seen, &title, &text); err != nil {
			return err
		}
		if seen < millis(since) || !visit(title, text) {
			return nil
		}
	}
	return rows.Err()
}
