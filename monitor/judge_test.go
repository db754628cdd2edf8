package monitor_test

import (
	"context"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/monitor"
	"tonewatch/scoring"
)

// slowScorer takes its time for every text, and knows how many it was given at
// once at most.
type slowScorer struct {
	zigzag
	takes     time.Duration
	now, most atomic.Int64
}

func (s *slowScorer) Score(ctx context.Context, in []scoring.Passage) ([]scoring.Scores, error) {
	now := s.now.Add(1)
	defer s.now.Add(-1)
	for most := s.most.Load(); now > most && !s.most.CompareAndSwap(most, now); most = s.most.Load() {
	}
	select {
	case <-time.After(s.takes):
		return s.zigzag.Score(ctx, in)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func readerWith(t *testing.T, store monitor.ReadStore, scorer scoring.Scorer) *monitor.Reader {
	t.Helper()
	finder, err := scoring.NewFinder([]scoring.Actor{{Name: "Acme"}})
	if err != nil {
		t.Fatal(err)
	}
	return &monitor.Reader{
		Store: store, Finder: finder, Scorer: scorer, Clean: strings.TrimSpace,
		Language: func(string) string { return "" }, Log: slog.New(slog.DiscardHandler),
	}
}

// manyReads is a store whose articles are all alike.
type manyReads struct {
	fakeStore
	mu   sync.Mutex
	read int
}

func (s *manyReads) SaveRead(_ context.Context, r monitor.Read) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(r.Readings) > 0 {
		s.read++
	}
	return nil
}

// A slow engine that is given everything at once finishes nothing in time.
func TestTextsAreJudgedInTurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cores := runtime.GOMAXPROCS(0)
		store := &manyReads{fakeStore: fakeStore{article: monitor.Article{Title: "Acme did it", Published: monday}}}
		scorer := &slowScorer{takes: monitor.JudgeWithin - time.Second}
		r := readerWith(t, store, scorer)
		var reads sync.WaitGroup
		for range 8 * cores {
			reads.Go(func() {
				if err := r.Read(t.Context(), monitor.Job{Subject: 1, Attempt: 1, Now: monday}); err != nil {
					t.Error(err)
				}
			})
		}
		reads.Wait()
		if most := int(scorer.most.Load()); most != cores || store.read != 8*cores {
			t.Errorf("%d texts judged at once and %d read, want %d and %d", most, store.read, cores, 8*cores)
		}
	})
}

// An article that the engine fails on, or takes too long for, is tried at least
// three times, and then kept with what is wrong.
func TestAnArticleThatCannotBeJudgedIsGivenUp(t *testing.T) {
	t.Parallel()
	const slow = "score 1 sentences: context deadline exceeded"
	for name, c := range map[string]struct {
		scorer  scoring.Scorer
		problem string
	}{
		"broken": {brokenScorer{}, "score 1 sentences: out of weights"},
		"slow":   {&slowScorer{takes: time.Hour}, slow},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				store := &fakeStore{article: monitor.Article{Title: "Acme did it", Published: monday}}
				r := readerWith(t, store, c.scorer)
				var got []string
				for attempt := 1; store.read == nil && attempt < 9; attempt++ {
					got = append(got, errorText(r.Read(t.Context(), monitor.Job{Subject: 1, Attempt: attempt, Now: monday})))
				}
				failed := `read "": ` + c.problem
				if diff := cmp.Diff([]string{failed, failed, failed, failed, ""}, got); diff != "" {
					t.Errorf("errors (-want +got):\n%s", diff)
				}
				want := "the feed gives no link to a page; not judged: " + c.problem
				if store.read == nil || store.read.Problem != want || store.read.Readings != nil || store.read.Text == "" {
					t.Errorf("kept %+v, want the text with the problem %q", store.read, want)
				}
			})
		})
	}
	t.Run("not because it is stopped", func(t *testing.T) {
		t.Parallel()
		ctx, stop := context.WithCancel(t.Context())
		stop()
		store := &fakeStore{article: monitor.Article{Title: "Acme did it", Published: monday}}
		if err := readerWith(t, store, brokenScorer{}).Read(ctx, monitor.Job{Subject: 1, Attempt: 9, Now: monday}); err == nil || store.read != nil {
			t.Errorf("error %v, kept %+v; want an error and nothing", err, store.read)
		}
	})
}
