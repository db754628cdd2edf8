package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"tonewatch/monitor"
)

// mostActs is how many of an episode's acts are given, the newest.
const mostActs = 50

// EpisodeByKey is the episode that a message is about, by the key that the
// message carries. False: there is none such, or it is no longer kept.
func (s *Store) EpisodeByKey(ctx context.Context, key string) (e monitor.Episode, found bool, err error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+episodeColumns+` FROM episodes
		JOIN deliveries ON episode_id = episodes.id WHERE key = ?`, key)
	e, err = one(rows, err, scanEpisode)
	if errors.Is(err, sql.ErrNoRows) {
		return e, false, nil
	}
	return e, err == nil, err
}

// SaveAct keeps what a person did, with the silence that it asks for, if any,
// and has the episode's messages show it: all or nothing. False: it was done
// before, and nothing has changed.
func (s *Store) SaveAct(ctx context.Context, a monitor.Act, silence *monitor.Silence) (fresh bool, err error) {
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		fresh = false
		result, err := tx.ExecContext(ctx, `INSERT INTO acts (ref, at, kind, by_id, by_name, episode_id, actor, until, story, link, label, note)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			a.Ref, millis(a.At), a.Kind, a.By, a.Name, sql.NullInt64{Int64: a.Episode, Valid: a.Episode != 0}, a.Actor,
			millis(a.Until), a.Story, a.Link, a.Label, a.Note)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); n == 0 || err != nil {
			return err
		}
		fresh = true
		if silence != nil {
			if _, err := s.addSilence(ctx, tx, *silence); err != nil {
				return fmt.Errorf("silence: %w", err)
			}
		}
		if a.Episode == 0 {
			return nil
		}
		return s.touch(ctx, tx, a.Episode)
	})
	if err != nil {
		return false, fmt.Errorf("save act %q of %q: %w", a.Kind, a.By, err)
	}
	return fresh, nil
}

// dropActs takes away what was done before a time about actors, and no longer
// holds; what was done about an episode goes with that.
func dropActs(ctx context.Context, tx *sql.Tx, before time.Time) (some bool, err error) {
	result, err := tx.ExecContext(ctx, `DELETE FROM acts WHERE id IN (
		SELECT id FROM acts WHERE episode_id IS NULL AND max(at, until) < ? LIMIT ?)`, millis(before), upkeepBatch)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

const actColumns = `acts.id, ref, at, kind, by_id, by_name, coalesce(episode_id, 0), acts.actor, until, story, link, label, note`

func actFields(a *monitor.Act, at, until *int64) []any {
	return []any{&a.ID, &a.Ref, at, &a.Kind, &a.By, &a.Name, &a.Episode, &a.Actor, until, &a.Story, &a.Link, &a.Label, &a.Note}
}

// Acts are what people did about an episode, oldest first; of very many, the
// newest.
func (s *Store) Acts(ctx context.Context, episode int64) ([]monitor.Act, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+actColumns+` FROM acts WHERE episode_id = ? ORDER BY id DESC LIMIT ?`, episode, mostActs)
	acts, err := collect(rows, err, func(rows *sql.Rows) (a monitor.Act, err error) {
		var at, until int64
		err = rows.Scan(actFields(&a, &at, &until)...)
		a.At, a.Until = fromMillis(at), fromMillis(until)
		return a, err
	})
	slices.Reverse(acts)
	return acts, err
}

// Told are the episodes that receivers were told of and that are open, or have
// changed since a time, oldest first.
func (s *Store) Told(ctx context.Context, since time.Time) ([]monitor.Episode, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+episodeColumns+` FROM episodes
		WHERE revision > 0 AND (phase <> 'quiet' OR changed_at >= ?) ORDER BY id`, millis(since))
	return collect(rows, err, scanEpisode)
}

// Feedback gives the acts that call a tone wrong, with their episodes, in order,
// until see returns false. The file is only read, and may be in use by another
// process; one of a release that kept no acts has none.
func Feedback(ctx context.Context, path string, see func(monitor.Act, monitor.Episode) bool) error {
	type judged struct {
		act     monitor.Act
		episode monitor.Episode
	}
	return look(path, func(db *sql.DB) error {
		if has, err := hasTable(ctx, db, "acts"); !has || err != nil {
			return err
		}
		scan := func(rows *sql.Rows) (j judged, err error) {
			var at, until int64
			var body []byte
			if err := rows.Scan(append(actFields(&j.act, &at, &until), &body)...); err != nil {
				return j, err
			}
			j.act.At, j.act.Until = fromMillis(at), fromMillis(until)
			err = json.Unmarshal(body, &j.episode)
			j.episode.ID = j.act.Episode
			return j, err
		}
		return visit(ctx, db, scan, func(j judged) bool { return see(j.act, j.episode) },
			`SELECT `+actColumns+`, body FROM acts JOIN episodes ON episodes.id = episode_id WHERE kind = ? ORDER BY acts.id`, monitor.ActWrong)
	})
}
