package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// look opens a file only to read it, which may be in use by another process.
func look(path string, at func(*sql.DB) error) (err error) {
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
	return at(db)
}

// visit scans rows one by one, until see returns false.
func visit[T any](ctx context.Context, db querier, scan func(*sql.Rows) (T, error), see func(T) bool, query string, args ...any) error {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // its error is that of rows.Err
	for rows.Next() {
		item, err := scan(rows)
		if err != nil || !see(item) {
			return err
		}
	}
	return rows.Err()
}

// hasTable says whether a file has a table: one of a former release may not.
func hasTable(ctx context.Context, db querier, name string) (has bool, err error) {
	rows, err := db.QueryContext(ctx, `SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?`, name)
	found, err := collect(rows, err, scanID)
	return len(found) > 0, err
}
