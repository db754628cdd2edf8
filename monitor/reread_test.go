package monitor_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/monitor"
	"tonewatch/scoring"
)

// shelf is a store with one story.
type shelf struct {
	story monitor.Stored
	stale bool
	saved [][]monitor.Reading
}

var _ monitor.RereadStore = (*shelf)(nil)

func (s *shelf) StaleStory(context.Context, int64) (monitor.Stored, bool, error) {
	return s.story, s.stale, nil
}

func (s *shelf) SaveReread(_ context.Context, _ int64, readings []monitor.Reading) (bool, error) {
	s.saved = append(s.saved, readings)
	return true, nil
}

// brokenScorer fails on everything.
type brokenScorer struct{ evenScorer }

func (brokenScorer) Score(context.Context, []scoring.Passage) ([]scoring.Scores, error) {
	return nil, errors.New("out of weights")
}

func TestReread(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)
	story := monitor.Stored{
		Article: monitor.Article{Title: "Steel", URL: "https://e.org/1", Outlet: "Example", Published: at, Backfill: true},
		Text:    "Acme did it.",
	}
	gone := story
	gone.Text = ""
	reading := func(voice string) monitor.Reading {
		return monitor.Reading{
			Story: monitor.Story{Title: "Steel", URL: "https://e.org/1"}, Actor: "Acme", Voice: voice,
			Outlet: "Example", At: at, Tone: 0.5, Named: new(0.5), Backfill: true,
			Quotes: []monitor.Quote{{Sentence: "Acme did it.", At: 7, End: 4, Kind: scoring.KindName, Sure: 1, Tone: 0.5}},
		}
	}
	var none []monitor.Reading
	for name, c := range map[string]struct {
		story   monitor.Stored
		fresh   bool
		broken  bool
		stopped bool
		attempt int
		want    [][]monitor.Reading
		err     string
	}{
		"puts readings of the same outlet and time in place": {story: story, attempt: 1, want: [][]monitor.Reading{{reading(monitor.OwnVoice), reading(monitor.AnyVoice)}}},
		"leaves a story alone that is not stale":             {story: story, fresh: true, attempt: 1},
		"leaves no readings to a text that is gone":          {story: gone, attempt: 1, want: [][]monitor.Reading{none}},
		"tries again where the engine fails":                 {story: story, broken: true, attempt: 2, err: `reread "https://e.org/1": score 1 sentences: out of weights`},
		"gives a story up that the engine fails on thrice":   {story: story, broken: true, attempt: 3, want: [][]monitor.Reading{none}},
		"gives nothing up because it is stopped":             {story: story, broken: true, stopped: true, attempt: 3, err: `reread "https://e.org/1": score 1 sentences: out of weights`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			finder, err := scoring.NewFinder([]scoring.Actor{{Name: "Acme"}})
			if err != nil {
				t.Fatal(err)
			}
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			if c.stopped {
				stop()
			}
			s := &shelf{story: c.story, stale: !c.fresh}
			r := &monitor.Rereader{Store: s, Finder: finder, Scorer: evenScorer{new(int)}, Log: slog.New(slog.DiscardHandler)}
			if c.broken {
				r.Scorer = brokenScorer{}
			}
			err = r.Reread(ctx, monitor.Job{Subject: 1, Attempt: c.attempt, Now: at})
			if got := errorText(err); got != c.err {
				t.Errorf("error %q, want %q", got, c.err)
			}
			if diff := cmp.Diff(c.want, s.saved); diff != "" {
				t.Errorf("saved (-want +got):\n%s", diff)
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
