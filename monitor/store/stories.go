package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"tonewatch/monitor"
)

const (
	// sketchAge is how long a sketch is kept after its article was seen: a day
	// more than copies come in, for a daemon that was away.
	sketchAge = monitor.StoryWindow + day
	// staleSketches is how many old sketches go with each that comes. Two are
	// enough to catch up, and too few to be felt.
	staleSketches = 2
)

// copyOutlets counts, for readings joined with stories, the outlets of a story's
// copies: of all that prints it but the page that first told it.
const copyOutlets = `(SELECT count(DISTINCT outlet) FROM articles WHERE story_id = stories.id AND articles.id <> stories.article_id)`

// StoryOf implements [monitor.ReadStore].
func (s *Store) StoryOf(ctx context.Context, sketch monitor.Sketch, at time.Time) (int64, error) {
	return storyOf(ctx, s.read, sketch, at)
}

// storyOf looks at the newest sketches under each key and compares the likeliest
// in full. In a transaction that writes, no other reader can tell the story
// between this and saveSketch.
func storyOf(ctx context.Context, q querier, sketch monitor.Sketch, at time.Time) (int64, error) {
	byKey, err := sketchesByKey(ctx, q, sketch.Keys())
	if err != nil {
		return 0, err
	}
	for _, id := range monitor.Suspects(byKey) {
		var story int64
		var body []byte
		err := q.QueryRowContext(ctx, `SELECT story_id, body FROM sketches
				WHERE id = ? AND at BETWEEN ? AND ? AND story_id IN (SELECT id FROM stories)`,
			id, millis(at.Add(-monitor.StoryWindow)), millis(at.Add(monitor.StoryWindow))).Scan(&story, &body)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return 0, err
		}
		other, err := monitor.ReadSketch(body)
		if err != nil {
			return 0, fmt.Errorf("sketch %d: %w", id, err)
		}
		if monitor.SameStory(sketch, other) {
			return story, nil
		}
	}
	return 0, nil
}

// sketchesByKey gives the newest sketches with each key.
func sketchesByKey(ctx context.Context, q querier, keys []uint32) ([][]int64, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	const one = `SELECT * FROM (SELECT key, sketch_id FROM sketch_keys WHERE key = ? ORDER BY sketch_id DESC LIMIT ?)`
	args := make([]any, 0, 2*len(keys))
	for _, key := range keys {
		args = append(args, key, monitor.KeyDepth)
	}
	rows, err := q.QueryContext(ctx, one+strings.Repeat(` UNION ALL `+one, len(keys)-1), args...)
	type found struct{ key, sketch int64 }
	list, err := collect(rows, err, func(rows *sql.Rows) (f found, err error) {
		err = rows.Scan(&f.key, &f.sketch)
		return f, err
	})
	var byKey [][]int64
	for i, f := range list {
		if i == 0 || f.key != list[i-1].key {
			byKey = append(byKey, nil)
		}
		byKey[len(byKey)-1] = append(byKey[len(byKey)-1], f.sketch)
	}
	return byKey, err
}

// countCopy counts one more copy of a story.
func countCopy(ctx context.Context, tx *sql.Tx, story int64) error {
	result, err := tx.ExecContext(ctx, `UPDATE stories SET copies = copies + 1 WHERE id = ?`, story)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, fmt.Errorf("story %d went while its copy was read", story))
	}
	return nil
}

// saveSketch keeps what a new story's copies are told by, and throws away what
// is too old to have any.
func saveSketch(ctx context.Context, tx *sql.Tx, story int64, read monitor.Read) error {
	keys := read.Sketch.Keys()
	if len(keys) == 0 {
		return nil // no text: nothing is its copy
	}
	var id int64
	if err := tx.QueryRowContext(ctx, `INSERT INTO sketches (story_id, at, seen_at, body) VALUES (?, ?, ?, ?) RETURNING id`,
		story, millis(read.Article.Published), millis(read.Article.Seen), read.Sketch.Bytes()).Scan(&id); err != nil {
		return err
	}
	args := make([]any, 0, 2*len(keys))
	for _, key := range keys {
		args = append(args, key, id)
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO sketch_keys VALUES (?, ?)`+strings.Repeat(`, (?, ?)`, len(keys)-1), args...); err != nil {
		return err
	}
	return dropSketches(ctx, tx, read.At.Add(-sketchAge))
}

// dropSketches takes away a few sketches of articles seen before a time.
func dropSketches(ctx context.Context, tx *sql.Tx, before time.Time) error {
	return dropSketchesWhere(ctx, tx, `seen_at < ? ORDER BY seen_at LIMIT ?`, millis(before), staleSketches)
}

func dropSketchesWhere(ctx context.Context, tx *sql.Tx, where string, args ...any) error {
	type old struct {
		id   int64
		body []byte
	}
	rows, err := tx.QueryContext(ctx, `SELECT id, body FROM sketches WHERE `+where, args...)
	list, err := collect(rows, err, func(rows *sql.Rows) (o old, err error) {
		err = rows.Scan(&o.id, &o.body)
		return o, err
	})
	if err != nil {
		return err
	}
	for _, o := range list {
		sketch, err := monitor.ReadSketch(o.body)
		if err != nil {
			return fmt.Errorf("sketch %d: %w", o.id, err)
		}
		args := []any{o.id}
		for _, key := range sketch.Keys() {
			args = append(args, key)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM sketch_keys WHERE sketch_id = ? AND key IN (?`+strings.Repeat(`, ?`, len(args)-2)+`)`, args...); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM sketches WHERE id = ?`, o.id); err != nil {
			return err
		}
	}
	return nil
}
