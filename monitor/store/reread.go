package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"tonewatch/monitor"
)

// Stories whose readings were made by another engine than the running one are
// stale; so are those that a migration has taken the engine's name from, because
// a former release did not keep all that is kept of them now. No list of them is
// kept: the index readings_engine holds one entry a story and actor, by engine and
// time, and so
//
//   - that nothing is stale is seen by stepping over the engines in it, one
//     probe each, of which there is then one;
//   - the newest stale stories are a range of it, of the length of a batch;
//   - whether an actor has stale readings is a range over what is stale since a
//     time, and nothing when nothing is.

// indexed is the condition of readings_engine.
const indexed = `voice = '` + monitor.AnyVoice + `'`

// others are the engines, other than the running one, that readings are of.
func (s *Store) others(ctx context.Context, q querier) ([]string, error) {
	if s.engine == "" {
		return nil, nil
	}
	list, err := engines(ctx, q)
	return slices.DeleteFunc(list, func(name string) bool { return name == s.engine }), err
}

// engines are those that readings are of.
func engines(ctx context.Context, q querier) ([]string, error) {
	rows, err := q.QueryContext(ctx, `WITH RECURSIVE engines (name) AS (
			SELECT min(engine) FROM readings WHERE `+indexed+`
			UNION ALL
			SELECT (SELECT min(engine) FROM readings WHERE `+indexed+` AND engine > name) FROM engines WHERE name IS NOT NULL)
		SELECT name FROM engines WHERE name IS NOT NULL`)
	return collect(rows, err, scanText)
}

// announce logs how many stories are stale, if any are.
func (s *Store) announce(ctx context.Context) error {
	others, err := s.others(ctx, s.read)
	if err != nil {
		return err
	}
	var stale int
	for _, engine := range others {
		var n int
		if err := s.read.QueryRowContext(ctx, `SELECT count(DISTINCT story_id) FROM readings WHERE `+indexed+` AND engine = ?`, engine).Scan(&n); err != nil {
			return err
		}
		stale += n
	}
	if stale > 0 {
		s.log.Info("readings of another engine or release: stories are to be read again", "stories", stale, "engine", s.engine)
	}
	return nil
}

// sweepStale gives out stale stories, newest first, as long as fewer than a
// batch of them wait. It costs as much as a batch, however long the history.
func (s *Store) sweepStale(ctx context.Context, tx *sql.Tx) (int, error) {
	others, err := s.others(ctx, tx)
	if err != nil || len(others) == 0 {
		return 0, err
	}
	const waiting = ` FROM river_job WHERE queue = 'reread'
		AND state IN ('available', 'pending', 'running', 'retryable', 'scheduled')`
	var n int
	if err := tx.QueryRowContext(ctx, `SELECT count(*)`+waiting).Scan(&n); err != nil {
		return 0, err
	}
	room := sweepBatch - n
	if room <= 0 {
		return 0, nil
	}
	type story struct{ id, at int64 }
	var newest []story
	for _, engine := range others {
		rows, err := tx.QueryContext(ctx, `SELECT story_id, at FROM readings WHERE `+indexed+` AND engine = ?
				AND story_id NOT IN (SELECT args ->> 'id'`+waiting+`)
			GROUP BY at, story_id ORDER BY at DESC, story_id DESC LIMIT ?`, engine, room)
		list, err := collect(rows, err, func(rows *sql.Rows) (x story, err error) {
			err = rows.Scan(&x.id, &x.at)
			return x, err
		})
		if err != nil {
			return 0, err
		}
		newest = append(newest, list...)
	}
	slices.SortStableFunc(newest, func(a, b story) int { return cmp.Compare(b.at, a.at) })
	newest = newest[:min(room, len(newest))]
	for _, x := range newest {
		if _, err := s.jobs.InsertTx(ctx, tx, rereadJob{subject{x.id}}, nil); err != nil {
			return 0, err
		}
	}
	return len(newest), nil
}

// Stale implements [monitor.DetectStore].
func (s *Store) Stale(ctx context.Context, actor string, since time.Time) (stale bool, err error) {
	others, err := s.others(ctx, s.read)
	for _, engine := range others {
		if err := s.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM readings WHERE `+indexed+`
				AND engine = ? AND at >= ? AND actor_id = (SELECT id FROM actors WHERE name = ?))`,
			engine, millis(since), actor).Scan(&stale); err != nil || stale {
			return stale, err
		}
	}
	return false, err
}

// StaleStory implements [monitor.RereadStore].
func (s *Store) StaleStory(ctx context.Context, id int64) (monitor.Stored, bool, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT stories.title, stories.url, stories.at, outlet, backfill,
			coalesce((SELECT text FROM articles WHERE id = stories.article_id), '')
		FROM stories JOIN readings ON readings.story_id = stories.id
		WHERE stories.id = ? AND engine <> ? LIMIT 1`, id, s.engine)
	story, err := one(rows, err, func(rows *sql.Rows) (x monitor.Stored, err error) {
		var at int64
		err = rows.Scan(&x.Article.Title, &x.Article.URL, &at, &x.Article.Outlet, &x.Article.Backfill, &x.Text)
		x.Article.Published = fromMillis(at)
		return x, err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return story, false, nil
	}
	return story, err == nil, err
}

// SaveReread implements [monitor.RereadStore].
func (s *Store) SaveReread(ctx context.Context, story int64, readings []monitor.Reading) (last bool, err error) {
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		var stale bool
		if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM readings WHERE story_id = ? AND engine <> ?)`, story, s.engine).Scan(&stale); err != nil {
			return err
		}
		if !stale {
			// Upkeep threw its readings away meanwhile, and left them in the series.
			readings = nil
		} else if err := dropReadings(ctx, tx, story); err != nil {
			return err
		}
		for _, r := range readings {
			if err := saveReading(ctx, tx, story, s.engine, r); err != nil {
				return err
			}
		}
		others, err := s.others(ctx, tx)
		if err != nil {
			return err
		}
		last = len(others) == 0
		return endJob(ctx, tx)
	})
	return last, err
}

// dropReadings takes a story's readings out of the series and then away.
func dropReadings(ctx context.Context, tx *sql.Tx, story int64) error {
	type owned struct {
		actor int64
		monitor.Reading
	}
	rows, err := tx.QueryContext(ctx, `SELECT actor_id, voice, outlet, at, tone, named, backfill FROM readings WHERE story_id = ?`, story)
	old, err := collect(rows, err, func(rows *sql.Rows) (r owned, err error) {
		var at int64
		err = rows.Scan(&r.actor, &r.Voice, &r.Outlet, &at, &r.Tone, &r.Named, &r.Backfill)
		r.At = fromMillis(at)
		return r, err
	})
	if err != nil {
		return err
	}
	for _, r := range old {
		if err := addToSeries(ctx, tx, r.actor, r.Reading, -1); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM readings WHERE story_id = ?`, story)
	return err
}
