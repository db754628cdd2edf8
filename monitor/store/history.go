package store

import (
	"context"
	"database/sql"
	"iter"
	"math"
	"time"

	"tonewatch/monitor"
)

// AllReadings gives the readings toward all actors that a store has kept within
// [from, to), in order of time; a zero time is no bound. It ends with the first
// error. The file is only read, and may be in use by another process. The outlets
// of copies are not counted: they would cost as much as all the rest.
func AllReadings(ctx context.Context, path string, from, to time.Time) iter.Seq2[monitor.Reading, error] {
	since, until := int64(math.MinInt64), int64(math.MaxInt64)
	if !from.IsZero() {
		since = millis(from)
	}
	if !to.IsZero() {
		until = millis(to)
	}
	return func(yield func(monitor.Reading, error) bool) {
		if err := look(path, func(db *sql.DB) error {
			return visit(ctx, db, scanReading, func(r monitor.Reading) bool { return yield(r, nil) },
				selectReadings(`0`)+`WHERE readings.at >= ? AND readings.at < ? ORDER BY readings.at, readings.id`, since, until)
		}); err != nil {
			yield(monitor.Reading{}, err)
		}
	}
}
