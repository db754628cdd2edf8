package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"
)

// Join opens a file beside the process that owns it, or in place of one, for a
// short change: SQLite lets one write at a time, and whoever writes waits for the
// other. Neither the file nor its schema is made or changed. The jobs that a change
// makes are worked by the owner, within a second if it runs, else when it starts.
func Join(ctx context.Context, path string, change func(*Store) error) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("join store %q: %w", path, err)
		}
	}()
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return errors.New(`there is none yet: the daemon makes it; "tonewatch run"`)
	}
	s := &Store{now: time.Now, log: slog.New(slog.DiscardHandler)}
	defer func() { err = errors.Join(err, s.Close()) }()
	if s.write, err = connect(path, "mode=rw&_txlock=immediate"); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	if err := s.current(ctx); err != nil {
		return err
	}
	if s.read, err = connect(path, "mode=ro&_pragma=query_only(1)"); err != nil {
		return err
	}
	if s.jobs, err = newClient(s.write, nil, s.log); err != nil {
		return err
	}
	return change(s)
}

// current says whether the schema is the one that this release makes.
func (s *Store) current(ctx context.Context) error {
	p, err := ours(s.write)
	if err != nil {
		return err
	}
	ours, err := newest()
	if err != nil {
		return err
	}
	switch has, err := p.GetDBVersion(ctx); {
	case err != nil:
		return fmt.Errorf("its schema: %w", err)
	case has < ours:
		return fmt.Errorf("its schema is version %d, from a release before this one, which has %d: start the daemon of this release first", has, ours)
	case has > ours:
		return fmt.Errorf("its schema is version %d, from a release after this one, which has %d: use the release that the daemon is of", has, ours)
	}
	return nil
}
