package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

// mostTroubles is how many an [Examination] lists.
const mostTroubles = 20

// Examination is what can be seen of a file from outside.
type Examination struct {
	Schema   int64     // the file's version of the schema
	Newest   int64     // and the one of this release
	Troubles []Trouble // messages whose last try failed, the newest; of very many not all
}

// Trouble is a message that could not be told, or brought up to date.
type Trouble struct {
	Receiver    string
	Actor, Rule string // empty where it is not about an episode
	Problem     string
}

// Examine looks at a file, which is only read and may be in use by another
// process.
func Examine(ctx context.Context, path string) (e Examination, err error) {
	if e.Newest, err = newest(); err != nil {
		return e, err
	}
	err = look(path, func(db *sql.DB) error {
		if err := db.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&e.Schema); err != nil {
			return fmt.Errorf("it is no store of tonewatch: %w", err)
		}
		rows, err := db.QueryContext(ctx, `SELECT receiver, coalesce(name, ''), coalesce(rule, ''), problem FROM deliveries
			LEFT JOIN episodes ON episodes.id = episode_id LEFT JOIN actors ON actors.id = actor_id
			WHERE problem <> '' ORDER BY deliveries.id DESC LIMIT ?`, mostTroubles)
		e.Troubles, err = collect(rows, err, func(rows *sql.Rows) (t Trouble, err error) {
			err = rows.Scan(&t.Receiver, &t.Actor, &t.Rule, &t.Problem)
			return t, err
		})
		return err
	})
	return e, err
}

// newest is the version that the last of our migrations makes.
func newest() (version int64, err error) {
	files, err := fs.ReadDir(migrations, "migrations")
	for _, file := range files {
		n, parsing := goose.NumericComponent(file.Name())
		version, err = max(version, n), errors.Join(err, parsing)
	}
	return version, err
}
