package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"tonewatch/monitor"
)

const silenceColumns = `id, actor, rule, voice, starts_at, ends_at, author, comment`

func scanSilence(rows *sql.Rows) (s monitor.Silence, err error) {
	var starts, ends int64
	err = rows.Scan(&s.ID, &s.Actor, &s.Rule, &s.Voice, &starts, &ends, &s.Author, &s.Comment)
	s.Starts, s.Ends = fromMillis(starts), fromMillis(ends)
	return s, err
}

// AddSilence keeps a silence and has the messages of the open episodes that it
// matches say so. It returns the silence's id. A silence that [monitor.Silence]
// finds fault with is refused.
func (s *Store) AddSilence(ctx context.Context, silence monitor.Silence) (id int64, err error) {
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		id, err = s.addSilence(ctx, tx, silence)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("add silence: %w", err)
	}
	return id, nil
}

func (s *Store) addSilence(ctx context.Context, tx *sql.Tx, silence monitor.Silence) (id int64, err error) {
	if err := silence.Check(); err != nil {
		return 0, err
	}
	if err := tx.QueryRowContext(ctx, `INSERT INTO silences (actor, rule, voice, starts_at, ends_at, author, comment)
		VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`, silence.Actor, silence.Rule, silence.Voice,
		millis(silence.Starts), millis(silence.Ends), silence.Author, silence.Comment).Scan(&id); err != nil {
		return 0, err
	}
	matched, err := silenced(ctx, tx, silence)
	if err != nil {
		return 0, err
	}
	for _, episode := range matched {
		if err := s.touch(ctx, tx, episode); err != nil {
			return 0, err
		}
	}
	return id, nil
}

// ErrNoSilence is the error of a silence that is not there, or has ended.
var ErrNoSilence = errors.New("no such silence, or it has ended")

// ExpireSilence ends a silence now rather than later, and gives the open episodes
// that it matches to TELL, which finds out what is to be told of them.
func (s *Store) ExpireSilence(ctx context.Context, id int64, at time.Time) error {
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `UPDATE silences SET ends_at = ?2, starts_at = min(starts_at, ?2)
			WHERE id = ?1 AND ends_at > ?2 RETURNING `+silenceColumns, id, millis(at))
		silence, err := one(rows, err, scanSilence)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNoSilence
		}
		if err != nil {
			return err
		}
		matched, err := silenced(ctx, tx, silence)
		if err != nil {
			return err
		}
		for _, episode := range matched {
			if err := s.touch(ctx, tx, episode); err != nil {
				return err
			}
			if _, err := s.jobs.InsertTx(ctx, tx, tellJob{subject{episode}}, nil); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("expire silence %d: %w", id, err)
	}
	return nil
}

// Silences are those that have not ended at a time, in order of their ends.
func (s *Store) Silences(ctx context.Context, at time.Time) ([]monitor.Silence, error) {
	return silences(ctx, s.read, at)
}

// Silences are those of a file as [Store.Silences] gives them. The file is only
// read, and may be in use by another process. One that is not there has none, and
// so has one that was written before there were silences.
func Silences(ctx context.Context, path string, at time.Time) (list []monitor.Silence, err error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	err = look(path, func(db *sql.DB) error {
		if has, err := hasTable(ctx, db, "silences"); !has || err != nil {
			return err
		}
		list, err = silences(ctx, db, at)
		return err
	})
	return list, err
}

func silences(ctx context.Context, db querier, at time.Time) ([]monitor.Silence, error) {
	rows, err := db.QueryContext(ctx, `SELECT `+silenceColumns+` FROM silences WHERE ends_at > ? ORDER BY ends_at, id`, millis(at))
	return collect(rows, err, scanSilence)
}

// silenced are the open episodes that a silence matches.
func silenced(ctx context.Context, tx *sql.Tx, silence monitor.Silence) (ids []int64, err error) {
	open, err := openEpisodes(ctx, tx)
	for _, e := range open {
		if silence.Matches(e) {
			ids = append(ids, e.ID)
		}
	}
	return ids, err
}

// dropSilences takes away silences that have ended before a time.
func dropSilences(ctx context.Context, tx *sql.Tx, before time.Time) (some bool, err error) {
	result, err := tx.ExecContext(ctx, `DELETE FROM silences WHERE id IN (SELECT id FROM silences WHERE ends_at < ? LIMIT ?)`,
		millis(before), upkeepBatch)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}
