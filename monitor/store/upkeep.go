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

// Keep says how long what is kept; zero is for ever.
type Keep struct {
	// Articles is for texts and quotes, from when an article was seen, for episodes
	// and silences that have ended, and for what people did about actors; no shorter
	// than any rule's window and cool-down.
	// What tells an article from a new one stays: a feed that shows it again is
	// not read again.
	Articles time.Duration
	// Series is for the sums of tones.
	Series time.Duration
	// Hours is how long sums are kept by the hour; older ones are by the day. Within
	// it every window is what it was; no shorter than [monitor.History].
	Hours time.Duration
}

// readings is how long these are kept, from when their story was published.
func (k Keep) readings() time.Duration {
	if k.Articles == 0 {
		return 0
	}
	return max(k.Articles, k.Hours)
}

// forgot says whether the readings of a story may be gone from where they stood,
// and be left in the series alone.
func (k Keep) forgot(published, now time.Time) bool {
	return k.Articles > 0 && now.Sub(published) > k.readings()-time.Hour
}

const (
	day         = 24 * time.Hour
	upkeepEvery = day
	// A transaction of upkeep takes so many articles, stories or episodes, or so
	// many days of actors' series: a few milliseconds, in which nobody else writes.
	upkeepBatch = 100
	daysBatch   = 31
	// A job of upkeep does so many transactions and then makes room, so that
	// whoever stops the daemon need not wait for it.
	choresAJob  = 50
	upkeepPause = time.Second
)

// sweepUpkeep makes a job once a day.
func (s *Store) sweepUpkeep(ctx context.Context, tx *sql.Tx, now time.Time) (int, error) {
	if s.keep == (Keep{}) {
		return 0, nil
	}
	result, err := tx.ExecContext(ctx, `UPDATE upkeep SET due_at = ? WHERE due_at <= ?`, millis(now.Add(upkeepEvery)), millis(now))
	if err != nil {
		return 0, err
	}
	if due, err := result.RowsAffected(); err != nil || due == 0 {
		return 0, err
	}
	_, err = s.jobs.InsertTx(ctx, tx, upkeepJob{}, nil)
	return 1, err
}

// A chore throws away a batch of what is older than its age, in one transaction
// that leaves everything right by itself. It says whether there was some.
type chore struct {
	name string
	age  time.Duration // 0: never
	do   func(ctx context.Context, tx *sql.Tx, before time.Time) (some bool, err error)
}

// upkeep throws away what is older than it is to be kept, and merges old hours
// into days. The file does not shrink: SQLite writes anew where it is empty.
func (s *Store) upkeep(ctx context.Context, job monitor.Job) error {
	done, err := s.tend(ctx, job.Now, choresAJob)
	if err != nil {
		return fmt.Errorf("upkeep: %w", err)
	}
	if !done {
		return &monitor.Later{After: upkeepPause, Err: errors.New("upkeep has more to do")}
	}
	return nil
}

// tend does at most so many transactions of upkeep, and says whether it found
// nothing more to do.
func (s *Store) tend(ctx context.Context, now time.Time, transactions int) (done bool, err error) {
	for _, c := range []chore{
		{"articles", s.keep.Articles, clearArticles},
		{"readings", s.keep.readings(), forgetReadings},
		{"episodes", s.keep.Articles, dropEpisodes},
		{"silences", s.keep.Articles, dropSilences},
		{"acts", s.keep.Articles, dropActs},
		{"messages", s.keep.Articles, dropMessages},
		{"hours", s.keep.Hours, mergeHours},
		{"series", s.keep.Series, dropSeries},
	} {
		for some := c.age > 0; some; {
			if err := s.inTx(ctx, func(tx *sql.Tx) (err error) {
				some, err = c.do(ctx, tx, now.Add(-c.age))
				return err
			}); err != nil {
				return false, fmt.Errorf("%s: %w", c.name, err)
			}
			if some {
				transactions--
			}
			if transactions == 0 {
				return false, nil
			}
		}
	}
	return true, nil
}

// clearArticles takes the texts of articles seen before a time, in the order in
// which they came, and the quotes from them.
func clearArticles(ctx context.Context, tx *sql.Tx, before time.Time) (some bool, err error) {
	type article struct{ id, seen, story int64 }
	rows, err := tx.QueryContext(ctx, `SELECT id, seen_at, coalesce(story_id, 0) FROM articles
		WHERE id > (SELECT article_id FROM upkeep) ORDER BY id LIMIT ?`, upkeepBatch)
	list, err := collect(rows, err, func(rows *sql.Rows) (a article, err error) {
		err = rows.Scan(&a.id, &a.seen, &a.story)
		return a, err
	})
	if err != nil {
		return false, err
	}
	var last int64
	var stories []int64
	for _, a := range list {
		if a.seen >= millis(before) {
			break
		}
		last = a.id
		if a.story != 0 {
			stories = append(stories, a.story)
		}
	}
	if last == 0 {
		return false, nil
	}
	if _, err := tx.ExecContext(ctx, `UPDATE articles SET summary = '', content = '', text = '', original = '', story_id = NULL,
			read_at = max(read_at, seen_at), problem = iif(read_at = 0, 'not read in time', problem)
		WHERE id > (SELECT article_id FROM upkeep) AND id <= ?`, last); err != nil {
		return false, err
	}
	if err := each(ctx, tx, stories, `UPDATE readings SET quotes = '[]' WHERE story_id `); err != nil {
		return false, err
	}
	if err := dropLonely(ctx, tx, stories); err != nil {
		return false, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE upkeep SET article_id = ?`, last)
	return true, err
}

// forgetReadings takes away the readings of stories before a time. What they
// added to the series stays there.
func forgetReadings(ctx context.Context, tx *sql.Tx, before time.Time) (some bool, err error) {
	names, err := engines(ctx, tx)
	if err != nil {
		return false, err
	}
	var stories []int64
	for _, name := range names {
		rows, err := tx.QueryContext(ctx, `SELECT story_id FROM readings WHERE `+indexed+` AND engine = ? AND at < ?
			GROUP BY at, story_id ORDER BY at LIMIT ?`, name, millis(before), upkeepBatch)
		ids, err := collect(rows, err, scanID)
		if err != nil {
			return false, err
		}
		stories = append(stories, ids...)
	}
	if err := each(ctx, tx, stories, `DELETE FROM readings WHERE story_id `); err != nil {
		return false, err
	}
	return len(stories) > 0, dropLonely(ctx, tx, stories)
}

// dropLonely takes away those stories that neither articles nor readings tell.
func dropLonely(ctx context.Context, tx *sql.Tx, stories []int64) error {
	return each(ctx, tx, stories, `DELETE FROM stories
		WHERE NOT EXISTS (SELECT 1 FROM articles WHERE story_id = stories.id)
			AND NOT EXISTS (SELECT 1 FROM readings WHERE story_id = stories.id) AND id `)
}

// dropEpisodes takes away episodes that have ended before a time, that all
// receivers know of and in whose threads no other stands.
func dropEpisodes(ctx context.Context, tx *sql.Tx, before time.Time) (some bool, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT id FROM episodes AS e WHERE phase = 'quiet' AND changed_at < ?
		AND NOT EXISTS (SELECT 1 FROM deliveries AS d WHERE episode_id = e.id AND `+unsent+`)
		AND NOT EXISTS (SELECT 1 FROM deliveries AS head JOIN deliveries AS under ON under.thread_id = head.id
			WHERE head.episode_id = e.id AND under.episode_id <> e.id) LIMIT ?`, millis(before), upkeepBatch)
	ids, err := collect(rows, err, scanID)
	if err != nil {
		return false, err
	}
	if err := each(ctx, tx, ids, `DELETE FROM deliveries WHERE episode_id `); err != nil {
		return false, err
	}
	return len(ids) > 0, each(ctx, tx, ids, `DELETE FROM episodes WHERE id `)
}

// dropMessages takes away notes, and digests of episodes that are gone, made before
// a time.
func dropMessages(ctx context.Context, tx *sql.Tx, before time.Time) (some bool, err error) {
	result, err := tx.ExecContext(ctx, `DELETE FROM deliveries WHERE id IN (SELECT d.id FROM deliveries AS d
		WHERE d.episode_id IS NULL AND d.made_at < ? AND NOT EXISTS (SELECT 1 FROM deliveries WHERE digest_id = d.id) LIMIT ?)`,
		millis(before), upkeepBatch)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// each completes a statement with "IN (ids)" and runs it.
func each(ctx context.Context, tx *sql.Tx, ids []int64, statement string) error {
	if len(ids) == 0 {
		return nil
	}
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	_, err := tx.ExecContext(ctx, statement+`IN (?`+strings.Repeat(`, ?`, len(ids)-1)+`)`, args...)
	return err
}
