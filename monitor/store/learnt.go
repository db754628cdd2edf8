package store

import (
	"context"
	"database/sql"
	"fmt"

	"tonewatch/monitor"
)

// Learnt gives the limits that budgets of false alarms have come to, by actor. The
// file is only read, and may be in use by another process. One that was written
// before there were limits has none.
func Learnt(ctx context.Context, path string) (limits map[string][]monitor.RuleLimit, err error) {
	err = look(path, func(db *sql.DB) error {
		if has, err := hasTable(ctx, db, "limits"); !has || err != nil {
			return err
		}
		limits = make(map[string][]monitor.RuleLimit)
		var actor string
		scan := func(rows *sql.Rows) (monitor.RuleLimit, error) {
			l, err := scanLimit(rows, &actor)
			if err != nil {
				err = fmt.Errorf("limit of rule %q for %q: %w", l.Rule, actor, err)
			}
			return l, err
		}
		return visit(ctx, db, scan, func(l monitor.RuleLimit) bool {
			limits[actor] = append(limits[actor], l)
			return true
		}, `SELECT actors.name, rule, wording, body FROM limits JOIN actors ON actors.id = actor_id ORDER BY rule`)
	})
	if err != nil {
		return nil, err
	}
	return limits, nil
}
