package store

import (
	"context"
	"fmt"
	"time"

	"tonewatch/monitor"
)

// Status is a summary of everything, taken with a few counting queries. It
// grows with the number of feeds, open episodes and jobs, not with history: how
// many rows were ever made of a table is counted as they are.
func (s *Store) Status(ctx context.Context, now time.Time) (status monitor.Status, err error) {
	status.At = now.UTC()
	for _, part := range []struct {
		name string
		fill func(context.Context, *monitor.Status) error
	}{
		{"feeds", s.feedStatus}, {"totals", s.totals}, {"empty articles", s.emptyArticles}, {"foreign articles", s.foreignArticles}, {"actors", s.actorStatus}, {"jobs", s.jobStatus}, {"outbox", s.outbox},
	} {
		if err := part.fill(ctx, &status); err != nil {
			return status, fmt.Errorf("status of %s: %w", part.name, err)
		}
	}
	return status, nil
}

func (s *Store) feedStatus(ctx context.Context, status *monitor.Status) (err error) {
	status.Feeds, err = s.Feeds(ctx)
	return err
}

func (s *Store) totals(ctx context.Context, status *monitor.Status) error {
	return s.read.QueryRowContext(ctx, `SELECT
		(SELECT n FROM made WHERE what = 'articles'), (SELECT count(*) FROM articles WHERE read_at = 0),
		(SELECT n FROM made WHERE what = 'stories'), (SELECT n FROM made WHERE what = 'readings')`).
		Scan(&status.Articles, &status.Unread, &status.Stories, &status.Readings)
}

func (s *Store) emptyArticles(ctx context.Context, status *monitor.Status) error {
	// "read_at > 0" lets SQLite see that the partial index holds all that is asked for.
	const where = ` FROM articles WHERE read_at > 0 AND read_at > ?1 AND text = '' AND same_as = 0 `
	return s.read.QueryRowContext(ctx, `SELECT count(*), coalesce((SELECT url || ': ' || problem`+where+`ORDER BY read_at DESC LIMIT 1), '')`+where,
		millis(status.At.Add(-24*time.Hour))).Scan(&status.Empty, &status.EmptyProblem)
}

func (s *Store) foreignArticles(ctx context.Context, status *monitor.Status) error {
	const where = ` FROM articles WHERE read_at > 0 AND read_at > ?1 AND language <> '' `
	return s.read.QueryRowContext(ctx, `SELECT count(*), coalesce((SELECT url || ': ' || language`+where+`ORDER BY read_at DESC LIMIT 1), '')`+where,
		millis(status.At.Add(-24*time.Hour))).Scan(&status.Foreign, &status.ForeignExample)
}

func (s *Store) actorStatus(ctx context.Context, status *monitor.Status) error {
	rows, err := s.read.QueryContext(ctx, `SELECT name FROM actors WHERE active = 1 ORDER BY name`)
	names, err := collect(rows, err, scanText)
	if err != nil {
		return err
	}
	episodes, err := openEpisodes(ctx, s.read)
	if err != nil {
		return err
	}
	open := make(map[string][]monitor.Episode)
	for _, e := range episodes {
		open[e.Actor] = append(open[e.Actor], e)
	}
	for _, name := range names {
		status.Actors = append(status.Actors, monitor.ActorStatus{Actor: name, Open: open[name]})
	}
	return nil
}

// jobStatus counts River's jobs. One that has failed waits as "retryable", or as
// "available" when its pause is short; what tells it is that it has errors.
func (s *Store) jobStatus(ctx context.Context, status *monitor.Status) error {
	const failing = `state NOT IN ('completed', 'cancelled', 'discarded') AND json_array_length(coalesce(errors, '[]')) > 0`
	var oldest *string
	if err := s.read.QueryRowContext(ctx, `SELECT
			count(*) FILTER (WHERE state IN ('available', 'running', 'pending')),
			min(scheduled_at) FILTER (WHERE state = 'available'),
			count(*) FILTER (WHERE `+failing+`),
			count(*) FILTER (WHERE state = 'discarded')
		FROM river_job`).Scan(&status.Waiting, &oldest, &status.Failing, &status.Failed); err != nil {
		return err
	}
	if oldest != nil {
		at, err := time.Parse("2006-01-02 15:04:05.999999999", *oldest)
		if err != nil {
			return err
		}
		status.Oldest = at
	}
	if status.Failing+status.Failed == 0 {
		return nil
	}
	return s.read.QueryRowContext(ctx, `SELECT kind || ': ' || (errors ->> '$[#-1].error') FROM river_job
		WHERE state = 'discarded' OR `+failing+` ORDER BY attempted_at DESC LIMIT 1`).Scan(&status.Problem)
}

func (s *Store) outbox(ctx context.Context, status *monitor.Status) error {
	var oldest int64
	o := &status.Outbox
	err := s.read.QueryRowContext(ctx, `SELECT
			(SELECT n FROM made WHERE what = 'told'),
			count(*) FILTER (WHERE `+unsent+`),
			coalesce(min(max(d.touched_at, CASE d.kind WHEN 'alert' THEN e.changed_at ELSE 0 END)) FILTER (WHERE `+unsent+`), 0),
			coalesce(max(d.problem) FILTER (WHERE `+unsent+`), ''),
			count(*) FILTER (WHERE d.dead = 1) + (SELECT count(*) FROM river_job WHERE kind = 'deliver' AND state = 'discarded'),
			coalesce(max(d.problem) FILTER (WHERE d.dead = 1), '')`+withEpisodes).
		Scan(&o.Told, &o.Unsent, &oldest, &o.Problem, &o.Dead, &o.DeadProblem)
	o.Oldest = fromMillis(oldest)
	return err
}
