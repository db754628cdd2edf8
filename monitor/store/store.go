package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
	"github.com/riverqueue/river"
	_ "modernc.org/sqlite" // the driver named "sqlite"

	"tonewatch/monitor"
	"tonewatch/scoring"
)

// Options say which file, and how.
type Options struct {
	Path string // of the SQLite file; created when missing
	Log  *slog.Logger
	// Engine is what judges now. Stories judged by another are given out to be
	// read again; the zero Engine gives out none.
	Engine scoring.Engine
	Keep   Keep // how long what is kept
	// Now is the clock that jobs are given; nil is the wall clock. A replay
	// gives article time.
	Now func() time.Time
}

// Store is an open database. Its methods are safe for concurrent use.
type Store struct {
	// write has one connection: SQLite has one writer, and waiting for it in
	// Go is better than being told "database is locked".
	write  *sql.DB
	read   *sql.DB
	lock   *flock.Flock
	engine string // name of the running one; empty for none
	keep   Keep
	jobs   *river.Client[*sql.Tx]
	now    func() time.Time
	log    *slog.Logger
}

// Open opens the file, creates or migrates its schema, and puts back what a
// crash left behind. A file that another process has open is an error.
func Open(ctx context.Context, o Options) (_ *Store, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("open store %q: %w", o.Path, err)
		}
	}()
	s := &Store{now: o.Now, log: o.Log, engine: engineName(o.Engine), keep: o.Keep, lock: flock.New(o.Path + ".lock")}
	if s.now == nil {
		s.now = time.Now
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if err := s.acquire(); err != nil {
		return nil, err
	}
	if s.write, err = connect(o.Path, "_txlock=immediate"); err != nil {
		return nil, err
	}
	s.write.SetMaxOpenConns(1)
	if err := migrate(ctx, s.write); err != nil {
		return nil, err
	}
	if s.read, err = connect(o.Path, "_pragma=query_only(1)"); err != nil {
		return nil, err
	}
	s.read.SetMaxOpenConns(4)
	if s.jobs, err = newClient(s.write, nil, s.log); err != nil {
		return nil, err
	}
	if err := s.recover(ctx); err != nil {
		return nil, err
	}
	return s, s.announce(ctx)
}

// Close closes the file. Running jobs must have been stopped.
func (s *Store) Close() error {
	var errs []error
	for _, db := range []*sql.DB{s.read, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Unlock())
	}
	return errors.Join(errs...)
}

func (s *Store) acquire() error {
	free, err := s.lock.TryLock()
	if err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	if !free {
		return errors.New("another tonewatch has it open; stop that one, or give this one a path of its own under store")
	}
	return nil
}

// connect opens a pool whose every connection has the same settings.
func connect(path, extra string) (*sql.DB, error) {
	query := "_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&" + extra
	name := url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath(), RawQuery: query}
	return sql.Open("sqlite", name.String())
}

// inTx runs f in a transaction of the one writer.
func (s *Store) inTx(ctx context.Context, f func(tx *sql.Tx) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// millis is how times are stored; the zero time is 0.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// collect reads all rows of a query.
func collect[T any](rows *sql.Rows, err error, scan func(*sql.Rows) (T, error)) (list []T, _ error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // its error is that of rows.Err
	for rows.Next() {
		item, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, item)
	}
	return list, rows.Err()
}

// one reads the single row of a query; none is sql.ErrNoRows.
func one[T any](rows *sql.Rows, err error, scan func(*sql.Rows) (T, error)) (item T, _ error) {
	list, err := collect(rows, err, scan)
	if err != nil {
		return item, err
	}
	if len(list) == 0 {
		return item, sql.ErrNoRows
	}
	return list[0], nil
}

var (
	_ monitor.PollStore   = (*Store)(nil)
	_ monitor.ReadStore   = (*Store)(nil)
	_ monitor.RereadStore = (*Store)(nil)
	_ monitor.DetectStore = (*Store)(nil)
)
