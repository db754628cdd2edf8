package console_test

import (
	"io"
	"log/slog"
	"testing"

	"tonewatch/alerts"
	"tonewatch/alerts/alertstest"
	"tonewatch/alerts/console"
)

func TestKeepsSecrets(t *testing.T) {
	t.Parallel()
	alertstest.KeepsSecrets(t, []string{"it has none"}, func(string, *slog.Logger) alerts.Receiver {
		return console.New(console.Options{Out: io.Discard})
	})
}
