package alerts_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/alerts"
	"tonewatch/alerts/alertstest"
	"tonewatch/monitor"
)

// names is a pattern that the test says is sound.
func names(t *testing.T, list ...string) *regexp.Regexp {
	t.Helper()
	p, err := alerts.Names(list...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		list    []string
		yes, no []string
	}{
		{[]string{"North Korea"}, []string{"North Korea"}, []string{"north korea", "North Korea ", "The North Korea", "", "North Koreas"}},
		{[]string{"U.S.", "a|b"}, []string{"U.S.", "a|b"}, []string{"UxSx", "a", "b"}},
		{[]string{"=~North|South"}, []string{"North", "South"}, []string{"North Korea", "The South", "=~North"}},
		{[]string{"=~.* Korea", "Japan"}, []string{"North Korea", "Japan"}, []string{"Korea", "North Korean", "Japan x"}},
		{[]string{"=~(?i)acme"}, []string{"ACME"}, []string{"acme\n"}},
	} {
		pattern := names(t, c.list...)
		for _, name := range c.yes {
			if !pattern.MatchString(name) {
				t.Errorf("%q does not match %q", c.list, name)
			}
		}
		for _, name := range c.no {
			if pattern.MatchString(name) {
				t.Errorf("%q matches %q", c.list, name)
			}
		}
	}
	for _, list := range [][]string{{"=~("}, {"=~a)|(b"}} { // the latter is sound only with what stands around it
		if _, err := alerts.Names(list...); err == nil {
			t.Errorf("%q is taken for a pattern", list)
		}
	}
}

func TestWays(t *testing.T) {
	t.Parallel()
	const hour = time.Hour
	wednesday := time.Date(2026, 3, 4, 13, 5, 0, 0, time.UTC)
	korea := monitor.Episode{Actor: "North Korea", Rule: "sharp turn", Voice: monitor.AnyVoice}
	own := monitor.Episode{Actor: "Seoul", Rule: "harsh", Voice: monitor.OwnVoice}
	to := func(receiver string, m alerts.Match, routes ...alerts.Route) alerts.Route {
		return alerts.Route{Match: m, Receiver: receiver, Routes: routes}
	}
	on := func(r alerts.Route) alerts.Route { r.Continue = true; return r }
	var all alerts.Match
	actor := func(name string) alerts.Match { return alerts.Match{Actor: names(t, name)} }
	rule := func(name string) alerts.Match { return alerts.Match{Rule: names(t, name)} }
	voice := func(name string) alerts.Match { return alerts.Match{Voice: names(t, name)} }
	both := alerts.Match{Actor: names(t, "North Korea"), Rule: names(t, "harsh")}
	for name, test := range map[string]struct {
		routes  []alerts.Route
		episode monitor.Episode
		want    []string
	}{
		"an empty match takes all":       {[]alerts.Route{to("a", all)}, korea, []string{"a"}},
		"every field has to match":       {[]alerts.Route{to("a", both)}, korea, nil},
		"another voice":                  {[]alerts.Route{to("a", voice("any")), to("b", voice("Seoul"))}, own, nil},
		"the outlets' own voice":         {[]alerts.Route{to("a", voice(alerts.OwnVoice))}, own, []string{"a"}},
		"the word outlets is no any":     {[]alerts.Route{to("a", voice(alerts.OwnVoice))}, korea, nil},
		"without routes to nobody":       {nil, korea, nil},
		"the first that matches":         {[]alerts.Route{to("a", actor("Seoul")), to("b", rule("sharp turn")), to("c", all)}, korea, []string{"b"}},
		"and on to the next":             {[]alerts.Route{on(to("a", all)), to("b", actor("Seoul")), to("c", all), to("d", all)}, korea, []string{"a", "c"}},
		"each receiver once":             {[]alerts.Route{on(to("b", all)), on(to("a", all)), to("b", all)}, korea, []string{"b", "a"}},
		"a child before its parent":      {[]alerts.Route{to("a", all, to("b", actor("North Korea")))}, korea, []string{"b"}},
		"the parent where no child does": {[]alerts.Route{to("a", all, to("b", actor("North Korea")))}, own, []string{"a"}},
		"no child without its parent":    {[]alerts.Route{to("a", actor("Seoul"), to("b", all)), to("c", all)}, korea, []string{"c"}},
		"the first child":                {[]alerts.Route{to("a", all, to("b", all), to("c", all))}, korea, []string{"b"}},
		"children go on by themselves":   {[]alerts.Route{to("a", all, on(to("b", all)), to("c", all)), to("d", all)}, korea, []string{"b", "c"}},
		"the parent's siblings by it":    {[]alerts.Route{on(to("a", all, to("b", all))), to("d", all)}, korea, []string{"b", "d"}},
		"a child that goes on to none":   {[]alerts.Route{to("a", all, on(to("b", all)), to("c", actor("Seoul")))}, korea, []string{"b"}},
		"a grandchild":                   {[]alerts.Route{to("a", all, to("b", all, to("c", rule("sharp turn"))))}, korea, []string{"c"}},
	} {
		if diff := cmp.Diff(test.want, alerts.Receivers(test.routes, test.episode)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}

	night := alerts.MuteTime{From: 12 * hour, To: 14 * hour}
	full := alerts.Route{
		Receiver: "a", Mention: []string{"U1"}, Group: []alerts.Label{alerts.ByActor, alerts.ByRule, alerts.ByVoice},
		Repeat: hour, Mute: []alerts.MuteTime{night}, Continue: true,
	}
	got := alerts.Ways([]alerts.Route{full, {Receiver: "b"}, {Receiver: "c"}}, own, wednesday)
	want := []alerts.Way{
		{Receiver: "a", Mention: []string{"U1"}, Group: `actor="Seoul" rule="harsh" voice="outlets"`, Repeat: hour, Until: wednesday.Add(55 * time.Minute)},
		{Receiver: "b"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("a way has all that its route says (-want +got):\n%s", diff)
	}
}

func TestTell(t *testing.T) {
	t.Parallel()
	episode := alertstest.Example().Episode
	routes := []alerts.Route{{Receiver: "slack:#desk-korea", Continue: true}, {Receiver: "console"}}

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
