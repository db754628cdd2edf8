package store_test

import (
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/monitor"
	"tonewatch/monitor/store"
)

// fewer asks for half of the stories of a day.
func fewer() monitor.Rule {
	return monitor.Rule{
		Name: "silence", Toward: []string{"*"}, Voice: monitor.AnyVoice, Volume: &monitor.VolumeRule{By: 0.5, Sigma: 2, Fewer: true},
		Window: 24 * time.Hour, Baseline: 6 * 24 * time.Hour, Stories: 4, Rearm: 0.2,
	}
}

// What a rule for fewer stories says while the daemon is off, or has no network,
// and what a replay of the same store says of it.
func TestOwnOutageIsNoSilence(t *testing.T) {
	t.Parallel()
	const day = 24
	for name, c := range map[string]struct {
		watch  func(hour int) (on, online bool) // of the last days
		missed []int
		told   []string
	}{
		"nothing is published": {
			watch: func(int) (on, online bool) { return true, true },
			told:  []string{"firing at 184"},
		},
		"the daemon is off": {
			watch:  func(h int) (on, online bool) { return h < 7*day || h >= 9*day, true },
			missed: []int{7 * day, 9 * day},
		},
		"the network is gone": {
			watch:  func(h int) (on, online bool) { return true, h < 7*day || h >= 9*day },
			missed: []int{7 * day, 9 * day},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, path := fresh(t)
			defer func() { mustClose(t, s) }()
			detect := func(at time.Time) {
				d := &monitor.Detector{Store: s, Rules: []monitor.Rule{fewer()}, Log: slog.New(slog.DiscardHandler)}
				must(t, d.Detect(t.Context(), monitor.Job{Subject: 1, Attempt: 1, Now: at}))
			}
			f := theFeed(t, s)
			var readings []monitor.Reading
			for h := range 10 * day {
				at := monday.Add(time.Duration(h) * time.Hour)
				on, online := c.watch(h)
				if !on {
					if h == 8*day {
						mustClose(t, s)
						s = mustOpen(t, path)
					}
					continue
				}
				f.Tried, f.Next = at, at.Add(time.Hour)
				f.Failures++
				if online {
					f.Succeeded, f.Failures = at, 0
				}
				_, _, err := s.SavePoll(t.Context(), f, nil)
				must(t, err)
				for made := 1; made > 0; {
					made, err = s.Sweep(t.Context(), at.Add(time.Minute))
					must(t, err)
				}
				quiet := h >= 7*day && h < 9*day
				if !quiet && h%2 == 0 {
					r := monitor.Reading{Actor: "Acme", Voice: monitor.AnyVoice, Outlet: "Alpha", At: at.Add(2 * time.Minute), Tone: 0.1}
					readings = append(readings, r)
					tellStory(t, s, r, len(readings))
				}
				if h >= 6*day {
					detect(at.Add(3 * time.Minute))
				}
			}

			var want []time.Time
			if c.missed != nil {
				for h := c.missed[0]; h < c.missed[1]; h++ {
					want = append(want, monday.Add(time.Duration(h)*time.Hour))
				}
			}
			got, err := store.AllMissed(t.Context(), path, time.Time{}, time.Time{})
			must(t, err)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("missed (-want +got):\n%s", diff)
			}
			if bounded, err := s.Missed(t.Context(), monday.Add(8*day*time.Hour), monday.Add(27*day*time.Hour)); err != nil ||
				len(bounded) != max(0, len(want)-day)+17*day || !slices.IsSortedFunc(bounded, time.Time.Compare) {
				t.Errorf("%d hours missed since day 8 (%v), want %d in order", len(bounded), err, max(0, len(want)-day)+17*day)
			}

			fired, err := s.Fired(t.Context())
			must(t, err)
			var told []string
			for _, e := range fired {
				told = append(told, fmt.Sprintf("firing at %d", int(e.Fired.Sub(monday).Hours())))
			}
			if diff := cmp.Diff(c.told, told); diff != "" {
				t.Errorf("told (-want +got):\n%s", diff)
			}
			replay := monitor.NewReplay([]monitor.Rule{fewer()})
			replay.Missed(got)
			var replayed []string
			for _, r := range readings {
				for _, e := range replay.Observe([]monitor.Reading{r}, r.At) {
					if e.Phase == monitor.Firing && e.Revision == 1 {
						replayed = append(replayed, fmt.Sprintf("firing at %d", int(e.Fired.Sub(monday).Hours())))
					}
				}
			}
			if diff := cmp.Diff(c.told, replayed); diff != "" {
				t.Errorf("replayed (-want +got):\n%s", diff)
			}
		})
	}
}

// tellStory keeps a story with one reading.
func tellStory(t *testing.T, s *store.Store, r monitor.Reading, n int) {
	t.Helper()
	f := theFeed(t, s)
	_, _, err := s.SavePoll(t.Context(), f, []monitor.Article{{
		Feed: f.ID, Key: fmt.Sprint(n), Outlet: r.Outlet, URL: fmt.Sprintf("https://e.org/%d", n), Title: fmt.Sprint(n), Published: r.At, Seen: r.At,
	}})
	must(t, err)
	article, err := s.Article(t.Context(), int64(n))
	must(t, err)
	must(t, s.SaveRead(t.Context(), monitor.Read{
		Article: article, Sketch: monitor.NewSketch("", "", "", fmt.Sprint(n)), Readings: []monitor.Reading{r}, At: r.At,
	}))
}

// An hour is watched while some feed's answer is still good, whichever was asked
// last.
func TestAnHourIsWatchedWhileAnAnswerIsGood(t *testing.T) {
	t.Parallel()
	s, path := freshFile(t)
	defer func() { mustClose(t, s) }()
	feeds := []monitor.Feed{{URL: "https://a.org/feed", Every: "@every 20m"}, {URL: "https://b.org/feed", Every: "@every 20m"}}
	must(t, s.SyncFeeds(t.Context(), feeds, monday))
	feeds, err := s.Feeds(t.Context())
	must(t, err)
	good, dead := feeds[0], feeds[1]
	poll := func(f *monitor.Feed, at time.Time, answers bool) {
		t.Helper()
		ask[int](t, path, `DELETE FROM river_job WHERE kind = 'poll' AND args ->> 'id' = `+fmt.Sprint(f.ID)+`; SELECT 1`)
		f.Tried, f.Next, f.Failures = at, at.Add(20*time.Minute), f.Failures+1
		if answers {
			f.Succeeded, f.Failures = at, 0
		}
		_, _, err := s.SavePoll(t.Context(), *f, nil)
		must(t, err)
	}
	sweep := func(at time.Time) {
		t.Helper()
		for made := 1; made > 0; {
			var err error
			made, err = s.Sweep(t.Context(), at)
			must(t, err)
		}
	}
	want := func(when string, at time.Time, watched bool) {
		t.Helper()
		sweep(at)
		if got := ask[int](t, path, fmt.Sprintf(`SELECT count(*) FROM watched WHERE hour = %d`, at.Truncate(time.Hour).UnixMilli())) == 1; got != watched {
			t.Errorf("%s: the hour is watched: %v, want %v", when, got, watched)
		}
	}
	at := monday
	want("before any answer", at, false)
	poll(&dead, at, false)
	want("when none has answered", at.Add(time.Second), false)
	poll(&good, at.Add(time.Minute), true)
	poll(&dead, at.Add(2*time.Minute), false)
	want("when the dead feed was asked last", at.Add(3*time.Minute), true)

	at = at.Add(100 * time.Hour)
	want("while the feeds are asked after a long stop", at, false)
	want("while they still are", at.Add(time.Minute), false)
	poll(&good, at.Add(2*time.Minute), false)
	poll(&dead, at.Add(2*time.Minute), false)
	want("when there is no network", at.Add(3*time.Minute), false)
	want("when they are asked again", at.Add(30*time.Minute), false)
	poll(&good, at.Add(31*time.Minute), true)
	want("when one answers again", at.Add(32*time.Minute), true)
}
