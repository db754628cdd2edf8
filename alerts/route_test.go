package alerts_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tonewatch/alerts"
	"tonewatch/alerts/alertstest"
	"tonewatch/monitor"
)

func TestReceivers(t *testing.T) {
	t.Parallel()
	korea := monitor.Episode{Actor: "North Korea", Rule: "sharp turn", Voice: monitor.AnyVoice}
	own := monitor.Episode{Actor: "Seoul", Rule: "harsh", Voice: monitor.OwnVoice}
	route := func(m alerts.Match, receiver string) alerts.Route { return alerts.Route{Match: m, Receiver: receiver} }
	tests := map[string]struct {
		routes  []alerts.Route
		episode monitor.Episode
		want    []string
	}{
		"an empty match takes all":   {[]alerts.Route{route(alerts.Match{}, "console")}, korea, []string{"console"}},
		"every field has to match":   {[]alerts.Route{route(alerts.Match{Actor: "North Korea", Rule: "harsh"}, "a")}, korea, nil},
		"by actor, rule and voice":   {[]alerts.Route{route(alerts.Match{Actor: "North Korea", Rule: "sharp turn", Voice: "any"}, "a")}, korea, []string{"a"}},
		"another voice":              {[]alerts.Route{route(alerts.Match{Voice: "any"}, "a"), route(alerts.Match{Voice: "Seoul"}, "b")}, own, nil},
		"the outlets' own voice":     {[]alerts.Route{route(alerts.Match{Voice: alerts.OwnVoice}, "a")}, own, []string{"a"}},
		"case matters":               {[]alerts.Route{route(alerts.Match{Actor: "north korea"}, "a")}, korea, nil},
		"each once, in order":        {[]alerts.Route{route(alerts.Match{}, "b"), route(alerts.Match{}, "a"), route(alerts.Match{Actor: "North Korea"}, "b")}, korea, []string{"b", "a"}},
		"without routes to nobody":   {nil, korea, nil},
		"one that matches, one not":  {[]alerts.Route{route(alerts.Match{Actor: "Seoul"}, "a"), route(alerts.Match{Rule: "sharp turn"}, "b")}, korea, []string{"b"}},
		"the word outlets is no any": {[]alerts.Route{route(alerts.Match{Voice: alerts.OwnVoice}, "a")}, korea, nil},
	}
	for name, test := range tests {
		if diff := cmp.Diff(test.want, alerts.Receivers(test.routes, test.episode)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestTell(t *testing.T) {
	t.Parallel()
	episode := alertstest.Example().Episode
	routes := []alerts.Route{{Receiver: "slack:#desk-korea"}, {Receiver: "console"}}

	t.Run("one delivery a receiver, however often it is told", func(t *testing.T) {
		t.Parallel()
		store := alertstest.NewStore(episode)
		teller := &alerts.Teller{Store: store, Routes: routes, Log: slog.New(slog.DiscardHandler)}
		for range 3 {
			if err := teller.Tell(t.Context(), monitor.Job{Subject: episode.ID}); err != nil {
				t.Fatal(err)
			}
		}
		var got []string
		for _, d := range store.Deliveries() {
			got = append(got, d.Receiver)
		}
		if diff := cmp.Diff([]string{"slack:#desk-korea", "console"}, got); diff != "" {
			t.Errorf("deliveries (-want +got):\n%s", diff)
		}
	})
	t.Run("no route is a warning and no error", func(t *testing.T) {
		t.Parallel()
		var log bytes.Buffer
		store := alertstest.NewStore(episode)
		teller := &alerts.Teller{Store: store, Log: slog.New(slog.NewTextHandler(&log, nil))}
		if err := teller.Tell(t.Context(), monitor.Job{Subject: episode.ID}); err != nil {
			t.Fatal(err)
		}
		if want := `level=WARN msg="no route matches" episode=1 actor="North Korea"`; !strings.Contains(log.String(), want) {
			t.Errorf("log %q, want %q in it", log.String(), want)
		}
		if got := store.Deliveries(); len(got) != 0 {
			t.Errorf("deliveries %v, want none", got)
		}
	})
	t.Run("errors name the episode", func(t *testing.T) {
		t.Parallel()
		teller := &alerts.Teller{Store: alertstest.NewStore(episode), Routes: routes, Log: slog.New(slog.DiscardHandler)}
		err := teller.Tell(t.Context(), monitor.Job{Subject: 9})
		if err == nil || err.Error() != "tell episode 9: no episode 9" {
			t.Errorf("error %v, want \"tell episode 9: no episode 9\"", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := teller.Tell(ctx, monitor.Job{Subject: 1}); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want %v", err, context.Canceled)
		}
	})
}
