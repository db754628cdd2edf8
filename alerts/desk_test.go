package alerts_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/alerts"
	"tonewatch/alerts/alertstest"
	"tonewatch/monitor"
)

// drawer is a DeskStore in memory with one alert in it.
type drawer struct {
	episode  monitor.Episode
	acts     []monitor.Act
	silences []*monitor.Silence
	broken   error
}

var _ alerts.DeskStore = (*drawer)(nil)

func (d *drawer) EpisodeByKey(_ context.Context, key string) (monitor.Episode, bool, error) {
	return d.episode, key == "k1-7f3a9c", d.broken
}

func (d *drawer) SaveAct(_ context.Context, a monitor.Act, s *monitor.Silence) (bool, error) {
	d.acts, d.silences = append(d.acts, a), append(d.silences, s)
	return true, d.broken
}

func (d *drawer) Silences(context.Context, time.Time) ([]monitor.Silence, error) {
	return nil, d.broken
}

func (d *drawer) Status(context.Context, time.Time) (monitor.Status, error) {
	return monitor.Status{}, d.broken
}

func (d *drawer) Told(context.Context, time.Time) ([]monitor.Episode, error) {
	return []monitor.Episode{d.episode}, d.broken
}

func newDesk(change ...func(*monitor.Episode)) (*alerts.Desk, *drawer) {
	d := &drawer{episode: alertstest.Example().Episode}
	for _, c := range change {
		c(&d.episode)
	}
	return &alerts.Desk{
		Store: d, Rules: []monitor.Rule{alertstest.Example().Rule}, Actors: []string{"North Korea", "South Korea"},
		Now: func() time.Time { return noon }, Log: slog.New(slog.DiscardHandler),
		Measure: func(context.Context, string, time.Time) ([]string, error) {
			return []string{"sharp turn: silent"}, d.broken
		},
	}, d
}

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// A snooze silences the rule, actor and voice of the alert, and no other; the
// outlets' own voice is written as a route writes it.
func TestSnoozeSilencesWhatTheAlertIsAbout(t *testing.T) {
	t.Parallel()
	for voice, want := range map[string]string{monitor.AnyVoice: "any", monitor.OwnVoice: "outlets", "South Korea": "South Korea"} {
		desk, d := newDesk(func(e *monitor.Episode) { e.Voice = voice })
		if err := desk.Act(t.Context(), "k1-7f3a9c", monitor.Act{Ref: "r", Kind: monitor.ActSnooze, By: "U1"}, 8*time.Hour); err != nil {
			t.Fatal(err)
		}
		silence := monitor.Silence{Actor: "North Korea", Rule: "sharp turn", Voice: want, Starts: noon, Ends: noon.Add(8 * time.Hour), Author: "U1", Comment: "snoozed"}
		if diff := cmp.Diff(&silence, d.silences[0]); diff != "" {
			t.Errorf("voice %q (-want +got):\n%s", voice, diff)
		}
		act := monitor.Act{Ref: "r", At: noon, Kind: monitor.ActSnooze, By: "U1", Episode: 1, Actor: "North Korea", Until: noon.Add(8 * time.Hour)}
		if diff := cmp.Diff(act, d.acts[0]); diff != "" {
			t.Errorf("voice %q (-want +got):\n%s", voice, diff)
		}
	}
}

// What cannot be done is refused in words for the person, and nothing is kept.
func TestDeskRefuses(t *testing.T) {
	t.Parallel()
	const key = "k1-7f3a9c"
	for name, c := range map[string]struct {
		do   func(*alerts.Desk) error
		want string
	}{
		"an alert that is gone": {func(d *alerts.Desk) error {
			return d.Act(t.Context(), "gone", monitor.Act{Kind: monitor.ActAcknowledge}, 0)
		}, "This alert is no longer kept."},
		"to explain it": {func(d *alerts.Desk) error { _, err := d.Explain(t.Context(), "gone"); return err }, "This alert is no longer kept."},
		"no time": {func(d *alerts.Desk) error {
			return d.Act(t.Context(), key, monitor.Act{Kind: monitor.ActSnooze}, 0)
		}, "For 0s: take from 1m to 30d."},
		"too long": {func(d *alerts.Desk) error {
			_, _, err := d.Mute(t.Context(), "north korea", monitor.Act{}, 31*24*time.Hour)
			return err
		}, "For 744h0m0s: take from 1m to 30d."},
		"no label": {func(d *alerts.Desk) error { return d.Act(t.Context(), key, monitor.Act{Kind: monitor.ActWrong}, 0) },
			`Label "": take one of negative, neutral, positive.`},
		"a strange act": {func(d *alerts.Desk) error { return d.Act(t.Context(), key, monitor.Act{Kind: "delete"}, 0) },
			`"delete": nothing of that kind can be done.`},
		"a stranger": {func(d *alerts.Desk) error {
			_, _, err := d.Mute(t.Context(), "Atlantis\n<!channel>", monitor.Act{}, time.Hour)
			return err
		}, `No actor "Atlantis <!channel>" is tracked; there is: North Korea, South Korea`},
		"why a stranger": {func(d *alerts.Desk) error { _, err := d.Why(t.Context(), "Atlantis"); return err },
			`No actor "Atlantis" is tracked; there is: North Korea, South Korea`},
		"a stranger's state": {func(d *alerts.Desk) error { _, err := d.Actor(t.Context(), ""); return err },
			`No actor "" is tracked; there is: North Korea, South Korea`},
	} {
		desk, d := newDesk()
		err := c.do(desk)
		var refusal alerts.Refusal
		if !errors.As(err, &refusal) || refusal.Error() != c.want {
			t.Errorf("%s: error %v, want the refusal %q", name, err, c.want)
		}
		if len(d.acts) != 0 {
			t.Errorf("%s: %+v was kept", name, d.acts)
		}
	}
}

// A store that fails is no fault of the person: the error is for the log.
func TestDeskPassesOnWhatTheStoreSays(t *testing.T) {
	t.Parallel()
	desk, d := newDesk()
	d.broken = errors.New("disk full")
	for name, do := range map[string]func() error{
		"act":     func() error { return desk.Act(t.Context(), "k1-7f3a9c", monitor.Act{Kind: monitor.ActAcknowledge}, 0) },
		"mute":    func() error { _, _, err := desk.Mute(t.Context(), "North Korea", monitor.Act{}, time.Hour); return err },
		"status":  func() error { _, err := desk.Status(t.Context()); return err },
		"actor":   func() error { _, err := desk.Actor(t.Context(), "North Korea"); return err },
		"digest":  func() error { _, err := desk.Digest(t.Context()); return err },
		"explain": func() error { _, err := desk.Explain(t.Context(), "k1-7f3a9c"); return err },
		"why":     func() error { _, err := desk.Why(t.Context(), "North Korea"); return err },
	} {
		var refusal alerts.Refusal
		if err := do(); !errors.Is(err, d.broken) || errors.As(err, &refusal) {
			t.Errorf("%s: error %v, want that of the store", name, err)
		}
	}
}
