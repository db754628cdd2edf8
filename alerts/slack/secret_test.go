package slack_test

import (
	"log/slog"
	"testing"

	"tonewatch/alerts"
	"tonewatch/alerts/alertstest"
	"tonewatch/alerts/slack"
)

func TestKeepsSecrets(t *testing.T) {
	t.Parallel()
	told := alertstest.KeepsSecrets(t, []string{token}, func(address string, log *slog.Logger) alerts.Receiver {
		return slack.New(slack.Options{Token: token, APIURL: address, Log: log}).Channel("#desk-korea")
	})
	if told == 0 {
		t.Error("no answer was ever told of, so that this proves nothing")
	}
}
