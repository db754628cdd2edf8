package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"tonewatch/monitor"
)

// Learnt gives the limits that budgets of false alarms have come to, by actor. The
// file is only read, and may be in use by another process. One that was written
// before there were limits has none.
func Learnt(ctx context.Context, path string) (limits map[string][]monitor.RuleLimit, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("read store %q: %w", path, err)
		}
	}()
	db, err := connect(path, "mode=ro&_pragma=query_only(1)")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var tables int
	if err := db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'limits'`).Scan(&tables); err != nil || tables == 0 {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, `SELECT actors.name, rule, wording, body FROM limits
		JOIN actors ON actors.id = actor_id ORDER BY rule`)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // its error is that of rows.Err
	limits = make(map[string][]monitor.RuleLimit)
	for rows.Next() {
		var actor string
		var body []byte
		var l monitor.RuleLimit
		if err := rows.Scan(&actor, &l.Rule, &l.Of, &body); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(body, &l.Limit); err != nil {
			return nil, fmt.Errorf("limit of rule %q for %q: %w", l.Rule, actor, err)
		}
		limits[actor] = append(limits[actor], l)
	}
	return limits, rows.Err()
}
