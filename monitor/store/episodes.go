package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"tonewatch/monitor"
)

// SyncActors makes the configured actors the active ones, and all of them due
// for DETECT: rules may have changed, and deadlines passed, while the daemon
// was down.
func (s *Store) SyncActors(ctx context.Context, names []string, now time.Time) error {
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE actors SET active = 0, due_at = 0, deadline_at = 0`); err != nil {
			return err
		}
		for _, name := range names {
			if _, err := tx.ExecContext(ctx, `INSERT INTO actors (name, active, due_at) VALUES (?, 1, ?)
				ON CONFLICT (name) DO UPDATE SET active = 1, due_at = excluded.due_at`, name, millis(now)); err != nil {
				return fmt.Errorf("actor %q: %w", name, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("sync actors: %w", err)
	}
	return nil
}

// SyncEpisodes withdraws the open episodes that none of the configured rules and
// actors owns, and gives those to TELL that receivers have heard of: nobody else
// would ever end them. It returns how many it withdrew.
func (s *Store) SyncEpisodes(ctx context.Context, rules []monitor.Rule, actors []string, now time.Time) (withdrawn int, err error) {
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		withdrawn = 0
		open, err := openEpisodes(ctx, tx)
		if err != nil {
			return err
		}
		for _, e := range open {
			if e.Owned(rules, actors) {
				continue
			}
			if err := s.saveMove(ctx, tx, monitor.Move{Before: e, After: e.Withdraw(now)}); err != nil {
				return err
			}
			withdrawn++
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("sync episodes: %w", err)
	}
	return withdrawn, nil
}

// openEpisodes are those that have not ended, oldest first.
func openEpisodes(ctx context.Context, db querier) ([]monitor.Episode, error) {
	rows, err := db.QueryContext(ctx, `SELECT `+episodeColumns+` FROM episodes WHERE phase <> 'quiet' ORDER BY id`)
	return collect(rows, err, scanEpisode)
}

// Actor implements [monitor.DetectStore].
func (s *Store) Actor(ctx context.Context, id int64) (name string, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT name FROM actors WHERE id = ?`, id).Scan(&name)
	return name, err
}

const episodeColumns = `episodes.id, episodes.version, episodes.body`

func scanEpisode(rows *sql.Rows) (monitor.Episode, error) { return scanEpisodeAfter(rows) }

// scanEpisodeAfter reads an episode that comes after other columns.
func scanEpisodeAfter(rows *sql.Rows, others ...any) (e monitor.Episode, err error) {
	var id int64
	var version int
	var body string
	if err := rows.Scan(append(others, &id, &version, &body)...); err != nil {
		return e, err
	}
	err = json.Unmarshal([]byte(body), &e)
	e.ID, e.Version = id, version
	return e, err
}

// Episodes implements [monitor.DetectStore]: of those that have ended, the last
// of each rule and voice.
func (s *Store) Episodes(ctx context.Context, actor string, ended time.Time) ([]monitor.Episode, error) {
	const of = ` FROM episodes WHERE actor_id = (SELECT id FROM actors WHERE name = ?1) AND phase `
	rows, err := s.read.QueryContext(ctx, `SELECT `+episodeColumns+of+`<> 'quiet'
		UNION ALL SELECT id, version, body FROM (
			SELECT `+episodeColumns+`, max(changed_at)`+of+`= 'quiet' AND changed_at >= ?2 GROUP BY rule, voice)`,
		actor, millis(ended))
	return collect(rows, err, scanEpisode)
}

// Episode is one by its id.
func (s *Store) Episode(ctx context.Context, id int64) (monitor.Episode, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+episodeColumns+` FROM episodes WHERE id = ?`, id)
	return one(rows, err, scanEpisode)
}

// Fired are the episodes that receivers were told of, oldest first.
func (s *Store) Fired(ctx context.Context) ([]monitor.Episode, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+episodeColumns+` FROM episodes WHERE revision > 0 ORDER BY id`)
	return collect(rows, err, scanEpisode)
}

// SaveDetection implements [monitor.DetectStore].
func (s *Store) SaveDetection(ctx context.Context, actor string, d monitor.Detection) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		for _, m := range d.Moves {
			if err := s.saveMove(ctx, tx, m); err != nil {
				return err
			}
		}
		if err := saveLimits(ctx, tx, actor, d.Limits); err != nil {
			return fmt.Errorf("limits: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE actors SET deadline_at = ? WHERE name = ?`, millis(d.Due), actor); err != nil {
			return err
		}
		return endJob(ctx, tx)
	})
}

// errOvertaken is the fate of the slower of two detections of one actor; its
// job comes again and sees what the faster one left.
var errOvertaken = errors.New("another detection was faster")

// saveMove writes an episode's step, and gives the episode to TELL when receivers
// are to hear of it.
func (s *Store) saveMove(ctx context.Context, tx *sql.Tx, m monitor.Move) error {
	id, err := saveEpisode(ctx, tx, m)
	if err != nil {
		return fmt.Errorf("episode of rule %q: %w", m.After.Rule, err)
	}
	if !m.Told() {
		return nil
	}
	_, err = s.jobs.InsertTx(ctx, tx, tellJob{subject{id}}, nil)
	return err
}

func saveEpisode(ctx context.Context, tx *sql.Tx, m monitor.Move) (int64, error) {
	e := m.After
	body, err := json.Marshal(e)
	if err != nil {
		return 0, err
	}
	var id int64
	switch {
	case e.Phase == monitor.Quiet && e.Revision == 0:
		// It never came to more than pending, so nobody heard of it.
		err = tx.QueryRowContext(ctx, `DELETE FROM episodes WHERE id = ? AND version = ? RETURNING id`, e.ID, e.Version).Scan(&id)
	case e.ID == 0:
		err = tx.QueryRowContext(ctx, `INSERT INTO episodes (rule, actor_id, voice, phase, revision, version, changed_at, body)
			VALUES (?, (SELECT id FROM actors WHERE name = ?), ?, ?, ?, 1, ?, ?)
			ON CONFLICT DO NOTHING RETURNING id`,
			e.Rule, e.Actor, e.Voice, e.Phase, e.Revision, millis(e.Since), string(body)).Scan(&id)
	default:
		err = tx.QueryRowContext(ctx, `UPDATE episodes SET phase = ?, version = version + 1, body = ?,
				changed_at = CASE WHEN revision < ? THEN ? ELSE changed_at END, revision = ?
			WHERE id = ? AND version = ? RETURNING id`,
			e.Phase, string(body), e.Revision, millis(e.Since), e.Revision, e.ID, e.Version).Scan(&id)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return 0, errOvertaken
	}
	return id, err
}
