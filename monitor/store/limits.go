package store

import (
	"context"
	"database/sql"
	"encoding/json"

	"tonewatch/monitor"
)

// Limits implements [monitor.DetectStore]. An actor that is not known has none.
func (s *Store) Limits(ctx context.Context, actor string) ([]monitor.RuleLimit, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT '', rule, wording, body FROM limits
		WHERE actor_id = (SELECT id FROM actors WHERE name = ?) ORDER BY rule`, actor)
	return collect(rows, err, func(rows *sql.Rows) (monitor.RuleLimit, error) {
		var known string
		return scanLimit(rows, &known)
	})
}

// scanLimit takes the actor's name beside the limit.
func scanLimit(rows *sql.Rows, actor *string) (l monitor.RuleLimit, err error) {
	var body []byte
	if err := rows.Scan(actor, &l.Rule, &l.Of, &body); err != nil {
		return l, err
	}
	return l, json.Unmarshal(body, &l.Limit)
}

// saveLimits puts limits in the place of all that an actor has; nil leaves those.
func saveLimits(ctx context.Context, tx *sql.Tx, actor string, limits []monitor.RuleLimit) error {
	if limits == nil {
		return nil
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM limits WHERE actor_id = (SELECT id FROM actors WHERE name = ?)`, actor); err != nil {
		return err
	}
	for _, l := range limits {
		body, err := json.Marshal(l.Limit)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO limits (actor_id, rule, wording, body)
			SELECT id, ?, ?, ? FROM actors WHERE name = ?`, l.Rule, l.Of, string(body), actor); err != nil {
			return err
		}
	}
	return nil
}
