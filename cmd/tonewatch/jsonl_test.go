package main

import (
	"context"
	"errors"
	"strings"
	"testing"
)

// What was answered before the command was told to stop is written: judging it
// may have taken minutes.
func TestCancelledLinesKeepTheirAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		last error // of the line during which the command is told to stop
		want string
	}{
		"between lines": {nil, "1\n2\n"},
		"within a line": {context.Canceled, "1\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			var out strings.Builder
			n := 0
			err := jsonLines(ctx, strings.NewReader("{}\n{}\n{}\n"), &out, func([]byte) (any, error) {
				if n++; n == 2 {
					cancel()
					return n, c.last
				}
				return n, nil
			})
			if !errors.Is(err, context.Canceled) || out.String() != c.want {
				t.Errorf("answers %q, error %v; want %q and that it was cancelled", out.String(), err, c.want)
			}
		})
	}
}
