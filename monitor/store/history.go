package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"
	"time"

	"tonewatch/monitor"
)

// AllReadings gives the readings toward all actors that a store has kept within
// [from, to), in order of time; a zero time is no bound. It ends with the first
// error. The file is only read, and may be in use by another process.
func AllReadings(ctx context.Context, path string, from, to time.Time) iter.Seq2[monitor.Reading, error] {
	return func(yield func(monitor.Reading, error) bool) {
		if err := eachReading(ctx, path, from, to, func(r monitor.Reading) bool { return yield(r, nil) }); err != nil {
			yield(monitor.Reading{}, fmt.Errorf("read store %q: %w", path, err))
		}
	}
}

func eachReading(ctx context.Context, path string, from, to time.Time, visit func(monitor.Reading) bool) (err error) {
	db, err := connect(path, "mode=ro&_pragma=query_only(1)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	since, until := int64(math.MinInt64), int64(math.MaxInt64)
	if !from.IsZero() {
		since = millis(from)
	}
	if !to.IsZero() {
		until = millis(to)
	}
	rows, err := db.QueryContext(ctx, `SELECT stories.id, stories.title, stories.url, stories.copies, actors.name,
			readings.voice, readings.outlet, readings.at, readings.tone, readings.named, readings.backfill, readings.quotes
		FROM readings JOIN stories ON stories.id = story_id JOIN actors ON actors.id = actor_id
		WHERE readings.at >= ? AND readings.at < ?
		ORDER BY readings.at, readings.id`, since, until)
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // its error is that of rows.Err
	for rows.Next() {
		r, err := scanReading(rows)
		if err != nil || !visit(r) {
			return err
		}
	}
	return rows.Err()
}

func scanReading(rows *sql.Rows) (r monitor.Reading, err error) {
	var at int64
	var quotes []byte
	if err := rows.Scan(&r.Story.ID, &r.Story.Title, &r.Story.URL, &r.Story.Copies, &r.Actor,
		&r.Voice, &r.Outlet, &at, &r.Tone, &r.Named, &r.Backfill, &quotes); err != nil {
		return r, err
	}
	r.At = fromMillis(at)
	return r, json.Unmarshal(quotes, &r.Quotes)
}
