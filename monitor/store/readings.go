package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"tonewatch/monitor"
	"tonewatch/scoring"
)

// querier is a pool or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// SaveRead implements [monitor.ReadStore].
func (s *Store) SaveRead(ctx context.Context, read monitor.Read) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		k, ok, err := keptWhere(ctx, tx, `WHERE articles.id = ?`, read.Article.ID)
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("article %d is not here", read.Article.ID)
		}
		if !k.unread || k.changes != read.Article.Changes {
			return endJob(ctx, tx) // it has changed since, or another job has read it
		}
		told, err := s.tell(ctx, tx, k, read)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE articles
			SET read_at = ?, text = ?, text_from = ?, original = ?, language = ?, problem = ?, story_id = ?, same_as = ? WHERE id = ?`,
			millis(read.At), read.Text, read.From, read.Original, read.Language, read.Problem, told.story, told.sameAs, k.id); err != nil {
			return err
		}
		if told.left != 0 {
			if _, err := tx.ExecContext(ctx, `DELETE FROM stories WHERE id = ?`, told.left); err != nil {
				return err
			}
		}
		if err := told.savePages(ctx, tx, k, read); err != nil {
			return err
		}
		return endJob(ctx, tx)
	})
}

// saveReadings keeps the readings of a story and makes their actors due. Backfill
// teaches the baseline, and asks no question.
func saveReadings(ctx context.Context, tx *sql.Tx, story int64, read monitor.Read) error {
	for _, r := range read.Readings {
		if err := saveReading(ctx, tx, story, engineName(read.Engine), r); err != nil {
			return err
		}
	}
	return makeDue(ctx, tx, story, read.At)
}

// makeDue makes those actors due for DETECT that a story has readings toward, but
// for backfill.
func makeDue(ctx context.Context, tx *sql.Tx, story int64, at time.Time) error {
	_, err := tx.ExecContext(ctx, `UPDATE actors SET due_at = ? WHERE (due_at = 0 OR due_at > ?)
		AND id IN (SELECT actor_id FROM readings WHERE story_id = ? AND backfill = ?)`, millis(at), millis(at), story, false)
	return err
}

// saveReading keeps a reading and counts it in the series.
func saveReading(ctx context.Context, tx *sql.Tx, story int64, engine string, r monitor.Reading) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("reading toward %q: %w", r.Actor, err)
		}
	}()
	quotes, err := json.Marshal(r.Quotes)
	if err != nil {
		return err
	}
	var actor int64
	if err := tx.QueryRowContext(ctx, `SELECT id FROM actors WHERE name = ?`, r.Actor).Scan(&actor); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO readings
			(story_id, actor_id, voice, outlet, at, tone, named, backfill, engine, quotes)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		story, actor, r.Voice, r.Outlet, millis(r.At), r.Tone, r.Named, r.Backfill, engine, string(quotes)); err != nil {
		return err
	}
	return addToSeries(ctx, tx, actor, r, 1)
}

// addToSeries counts a reading toward an actor n times: once, or -1 times to
// take it out again; what is empty then stays, to tell of its change. What lies
// before the actor's hours is counted with its day.
func addToSeries(ctx context.Context, tx *sql.Tx, actor int64, r monitor.Reading, n int) error {
	var all, named monitor.Sum
	all = all.Add(r.Tone)
	if r.Named != nil {
		named = named.Add(*r.Named)
	}
	times := int64(n)
	if _, err := tx.ExecContext(ctx, `UPDATE actors SET changed = changed + 1 WHERE id = ?`, actor); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO series (actor_id, hour, voice, outlet, backfill,
			n, total, squares, named_n, named_total, named_squares, changed)
		SELECT id, iif(?2 < merged, ?3, ?2), ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, changed FROM actors WHERE id = ?1
		ON CONFLICT DO UPDATE SET n = n + excluded.n, total = total + excluded.total, squares = squares + excluded.squares,
			named_n = named_n + excluded.named_n, named_total = named_total + excluded.named_total,
			named_squares = named_squares + excluded.named_squares, changed = excluded.changed`,
		actor, millis(r.At.Truncate(time.Hour)), millis(r.At.Truncate(day)), r.Voice, r.Outlet, r.Backfill,
		n*all.N, times*all.Total, times*all.Squares, n*named.N, times*named.Total, times*named.Squares)
	return err
}

func engineName(e scoring.Engine) string {
	return strings.TrimSpace(e.Name + " " + e.Version + " " + e.Hash)
}

// Buckets implements [monitor.DetectStore]. All of a month is one range scan of
// the hours in it, what has changed one over the changes.
func (s *Store) Buckets(ctx context.Context, actor string, since time.Time, after int64) (changed []monitor.Bucket, newest int64, err error) {
	// The number first: what changes in between is given once more the next time.
	var id int64
	if err := s.read.QueryRowContext(ctx, `SELECT id, changed FROM actors WHERE name = ?`, actor).Scan(&id, &newest); err != nil {
		return nil, 0, err
	}
	// By hour, or by change: SQLite cannot know which of the two says more. The
	// plus sign keeps it from the index of the other.
	by := `series WHERE actor_id = ? AND hour >= ? AND +changed > ? AND n > 0`
	if after > 0 {
		by = `series INDEXED BY series_changed WHERE actor_id = ? AND hour >= ? AND changed > ?`
	}
	rows, err := s.read.QueryContext(ctx, `SELECT hour, voice, outlet, backfill,
			n, total, squares, named_n, named_total, named_squares FROM `+by, id, millis(since), after)
	changed, err = collect(rows, err, func(rows *sql.Rows) (b monitor.Bucket, err error) {
		var hour int64
		err = rows.Scan(&hour, &b.Voice, &b.Outlet, &b.Backfill,
			&b.N, &b.Total, &b.Squares, &b.Named.N, &b.Named.Total, &b.Named.Squares)
		b.Hour = fromMillis(hour)
		return b, err
	})
	return changed, newest, err
}

// Readings implements [monitor.DetectStore].
func (s *Store) Readings(ctx context.Context, actor, voice string, from, to time.Time) ([]monitor.Reading, error) {
	rows, err := s.read.QueryContext(ctx, selectReadings(copyOutlets)+`WHERE actor_id = (SELECT id FROM actors WHERE name = ?)
		AND voice = ? AND readings.at >= ? AND readings.at < ?
		ORDER BY readings.at, readings.id`, actor, voice, millis(from), millis(to))
	return collect(rows, err, scanReading)
}

// selectReadings selects what scanReading takes, outlets being how the outlets of
// a story's copies are counted.
func selectReadings(outlets string) string {
	return `SELECT stories.id, stories.title, stories.url, stories.copies, ` + outlets + `, actors.name,
			readings.voice, readings.outlet, readings.at, readings.tone, readings.named, readings.backfill, readings.quotes
		FROM readings JOIN stories ON stories.id = story_id JOIN actors ON actors.id = actor_id `
}

func scanReading(rows *sql.Rows) (r monitor.Reading, err error) {
	var at int64
	var quotes []byte
	if err := rows.Scan(&r.Story.ID, &r.Story.Title, &r.Story.URL, &r.Story.Copies, &r.Story.Outlets, &r.Actor,
		&r.Voice, &r.Outlet, &at, &r.Tone, &r.Named, &r.Backfill, &quotes); err != nil {
		return r, err
	}
	r.At = fromMillis(at)
	return r, json.Unmarshal(quotes, &r.Quotes)
}
