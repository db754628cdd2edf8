package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"tonewatch/monitor"
)

// Rest is the last rest that a host asked for, the zero Rest for none.
func (s *Store) Rest(ctx context.Context, host string) (monitor.Rest, error) {
	var until, span int64
	err := s.read.QueryRowContext(ctx, `SELECT until, span FROM hosts WHERE name = ?`, host).Scan(&until, &span)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return monitor.Rest{}, fmt.Errorf("rest of host %q: %w", host, err)
	}
	return monitor.Rest{Until: fromMillis(until), Span: time.Duration(span) * time.Millisecond}, nil
}

// SaveRest keeps a host's rest in place of the one before, and forgets those
// that ended too long ago to matter.
func (s *Store) SaveRest(ctx context.Context, host string, r monitor.Rest) error {
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM hosts WHERE until < ?`, millis(r.Until.Add(-2*monitor.MaxWait))); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO hosts (name, until, span) VALUES (?, ?, ?)
			ON CONFLICT (name) DO UPDATE SET until = excluded.until, span = excluded.span`,
			host, millis(r.Until), r.Span.Milliseconds())
		return err
	})
	if err != nil {
		return fmt.Errorf("save rest of host %q: %w", host, err)
	}
	return nil
}
