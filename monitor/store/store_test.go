package store_test

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/goleak"

	"tonewatch/monitor"
	"tonewatch/monitor/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var monday = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

func mustOpen(t *testing.T, path string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Path: path, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return monday }})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func mustClose(t *testing.T, s *store.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// fresh is a new store with one feed and one actor.
func fresh(t *testing.T) (s *store.Store, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "a b?#%.db") // a path is not a URL
	s = mustOpen(t, path)
	must(t, s.SyncFeeds(t.Context(), []monitor.Feed{{URL: "https://e.org/feed", Outlet: "Example", Every: "@every 15m"}}, monday))
	must(t, s.SyncActors(t.Context(), []string{"Acme"}, monday))
	return s, path
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func theFeed(t *testing.T, s *store.Store) monitor.Feed {
	t.Helper()
	feeds, err := s.Feeds(t.Context())
	must(t, err)
	if len(feeds) != 1 {
		t.Fatalf("%d active feeds, want 1", len(feeds))
	}
	return feeds[0]
}

// done waits for a step to have run, or fails.
func receive[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(20 * time.Second):
		t.Fatal("no job came within 20 s")
		panic("unreachable")
	}
}

func TestOpenRefusesASecondProcess(t *testing.T) {
	t.Parallel()
	s, path := fresh(t)
	defer mustClose(t, s)
	_, err := store.Open(t.Context(), store.Options{Path: path, Log: slog.New(slog.DiscardHandler)})
	want := fmt.Sprintf("open store %q: another tonewatch has it open; stop that one, or give this one a path of its own under store", path)
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestOpenSaysWhatIsWrongWithTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "missing", "x.db")
	_, err := store.Open(t.Context(), store.Options{Path: path, Log: slog.New(slog.DiscardHandler)})
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("open store %q: lock: ", path)) {
		t.Errorf("error %v does not name the file", err)
	}
}

func TestSyncFeedsKeepsWhatIsKnown(t *testing.T) {
	t.Parallel()
	s, path := fresh(t)
	f := theFeed(t, s)
	f.Validators = monitor.Validators{ETag: `W/"1"`, LastModified: "Mon, 02 Mar 2026 00:00:00 GMT"}
	f.Next, f.Tried, f.Succeeded = monday.Add(7*time.Minute), monday, monday
	_, _, err := s.SavePoll(t.Context(), f, nil)
	must(t, err)
	mustClose(t, s)

	s = mustOpen(t, path)
	defer mustClose(t, s)
	must(t, s.SyncFeeds(t.Context(), []monitor.Feed{{URL: f.URL, Outlet: "Renamed", Every: f.Every}}, monday.Add(time.Minute)))
	f.Outlet = "Renamed"
	if diff := cmp.Diff(f, theFeed(t, s)); diff != "" {
		t.Errorf("after a restart (-want +got):\n%s", diff)
	}
	must(t, s.SyncFeeds(t.Context(), []monitor.Feed{{URL: "https://e.org/other", Outlet: "Other", Every: "@hourly"}}, monday))
	if got := theFeed(t, s); got.URL != "https://e.org/other" || !got.Next.Equal(monday) {
		t.Errorf("feed = %+v, want only the other one, due at once", got)
	}
}

func TestSavePollKeepsEachArticleOnce(t *testing.T) {
	t.Parallel()
	s, _ := fresh(t)
	defer mustClose(t, s)
	f := theFeed(t, s)
	articles := []monitor.Article{
		{Feed: f.ID, Key: "id:1", Outlet: "Example", Title: "One", Published: monday, Seen: monday},
		{Feed: f.ID, Key: "id:2", Outlet: "Example", Title: "Two", Published: monday, Seen: monday, Backfill: true},
	}
	for i, want := range []int{2, 0} {
		fresh, unread, err := s.SavePoll(t.Context(), f, articles)
		must(t, err)
		if fresh != want || unread != 0 {
			t.Errorf("poll %d: %d new articles, %d unread, want %d and none", i, fresh, unread, want)
		}
	}
	read := make(chan int64, 10)
	must(t, s.Start(context.WithoutCancel(t.Context()), store.Steps{Read: func(_ context.Context, j monitor.Job) error {
		read <- j.Subject
		return nil
	}}))
	ids := map[int64]bool{receive(t, read): true, receive(t, read): true}
	must(t, s.Stop(context.WithoutCancel(t.Context())))
	if len(ids) != 2 || len(read) != 0 {
		t.Errorf("read jobs for %v and %d more, want one an article", ids, len(read))
	}
	for id := range ids {
		got, err := s.Article(t.Context(), id)
		must(t, err)
		want := articles[id-1]
		want.ID = id
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("article %d (-want +got):\n%s", id, diff)
		}
	}
}

func TestSavePollBoundsAFlood(t *testing.T) {
	t.Parallel()
	s, _ := fresh(t)
	defer mustClose(t, s)
	f := theFeed(t, s)
	flood := make([]monitor.Article, monitor.MaxNewItems+3)
	for i := range flood {
		flood[i] = monitor.Article{Feed: f.ID, Key: fmt.Sprint(i), Published: monday, Seen: monday}
	}
	for i, want := range [][2]int{{len(flood), 3}, {0, 0}} {
		fresh, unread, err := s.SavePoll(t.Context(), f, flood)
		must(t, err)
		if got := [2]int{fresh, unread}; got != want {
			t.Errorf("poll %d: new and unread = %v, want %v", i, got, want)
		}
	}
	status, err := s.Status(t.Context(), monday)
	must(t, err)
	if status.Unread != monitor.MaxNewItems {
		t.Errorf("%d articles wait to be read, want %d", status.Unread, monitor.MaxNewItems)
	}
}

func TestSweepMakesOneJobOfADueTime(t *testing.T) {
	t.Parallel()
	s, _ := fresh(t)
	defer mustClose(t, s)
	for i, want := range []int{2, 0} { // the feed and the actor, then nothing
		made, err := s.Sweep(t.Context(), monday)
		must(t, err)
		if made != want {
			t.Errorf("sweep %d made %d jobs, want %d", i, made, want)
		}
	}
	made, err := s.Sweep(t.Context(), monday.Add(16*time.Minute))
	must(t, err)
	if made != 1 {
		t.Errorf("sweep at the next due time found %d due, want the feed", made)
	}
	polled := make(chan monitor.Job, 10)
	must(t, s.Start(context.WithoutCancel(t.Context()), store.Steps{Poll: func(_ context.Context, j monitor.Job) error {
		polled <- j
		return nil
	}, Detect: func(context.Context, monitor.Job) error { return nil }}))
	receive(t, polled)
	must(t, s.Stop(context.WithoutCancel(t.Context())))
	if len(polled) != 0 {
		t.Error("a feed that was due again before it was polled got a second job")
	}
}

func TestAJobComesBack(t *testing.T) {
	t.Parallel()
	t.Run("after it is put off, without a try used", func(t *testing.T) {
		t.Parallel()
		s, _ := fresh(t)
		defer mustClose(t, s)
		jobs := make(chan monitor.Job, 10)
		var putOff atomic.Bool
		must(t, s.Start(context.WithoutCancel(t.Context()), store.Steps{Poll: func(_ context.Context, j monitor.Job) error {
			jobs <- j
			if putOff.CompareAndSwap(false, true) {
				return fmt.Errorf("poll: %w", &monitor.Later{After: time.Millisecond, Err: fmt.Errorf("wait")})
			}
			return nil
		}, Detect: func(context.Context, monitor.Job) error { return nil }}))
		_, err := s.Sweep(t.Context(), monday)
		must(t, err)
		first := receive(t, jobs)
		if first.Subject != theFeed(t, s).ID || first.Attempt != 1 || !first.Now.Equal(monday) {
			t.Errorf("job = %+v, want the feed's first try on Monday", first)
		}
		if again := receive(t, jobs); again != first {
			t.Errorf("again = %+v, want %+v", again, first)
		}
		must(t, s.Stop(context.WithoutCancel(t.Context())))
	})
	t.Run("after it failed, which the status tells", func(t *testing.T) {
		t.Parallel()
		s, _ := fresh(t)
		defer mustClose(t, s)
		jobs := make(chan monitor.Job, 10)
		must(t, s.Start(context.WithoutCancel(t.Context()), store.Steps{Poll: func(_ context.Context, j monitor.Job) error {
			jobs <- j
			if j.Attempt == 1 {
				return fmt.Errorf("the disk is full")
			}
			status, err := s.Status(context.WithoutCancel(t.Context()), monday)
			if err != nil || status.Waiting != 1 {
				t.Errorf("%d jobs at work (%v), want this one", status.Waiting, err)
			}
			return nil
		}, Detect: func(context.Context, monitor.Job) error { return nil }}))
		_, err := s.Sweep(t.Context(), monday)
		must(t, err)
		receive(t, jobs)
		for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
			status, err := s.Status(t.Context(), monday)
			must(t, err)
			if status.Failing == 1 && status.Problem == "poll: the disk is full" {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("status = %+v, want one failing job and why", status)
			}
		}
		if again := receive(t, jobs); again.Attempt != 2 {
			t.Errorf("again = %+v, want its second try", again)
		}
		must(t, s.Stop(context.WithoutCancel(t.Context())))
	})
	t.Run("after a process died with it", func(t *testing.T) {
		t.Parallel()
		s, _ := fresh(t)
		running, release := make(chan monitor.Job, 1), make(chan struct{})
		must(t, s.Start(context.WithoutCancel(t.Context()), store.Steps{Poll: func(_ context.Context, j monitor.Job) error {
			running <- j
			<-release
			return nil
		}, Detect: func(context.Context, monitor.Job) error { return nil }}))
		_, err := s.Sweep(t.Context(), monday)
		must(t, err)
		receive(t, running)

		// What a dead process leaves: its file as it stands now, no lock.
		copied := filepath.Join(t.TempDir(), "copy.db")
		must(t, s.CopyTo(t.Context(), copied))
		close(release)
		must(t, s.Stop(context.WithoutCancel(t.Context())))
		mustClose(t, s)

		s = mustOpen(t, copied)
		defer mustClose(t, s)
		again := make(chan monitor.Job, 1)
		began := time.Now()
		must(t, s.Start(context.WithoutCancel(t.Context()), store.Steps{Poll: func(_ context.Context, j monitor.Job) error {
			again <- j
			return nil
		}, Detect: func(context.Context, monitor.Job) error { return nil }}))
		if j := receive(t, again); j.Attempt != 2 {
			t.Errorf("job = %+v, want its second try", j)
		}
		t.Logf("back %v after the start", time.Since(began).Round(time.Millisecond))
		must(t, s.Stop(context.WithoutCancel(t.Context())))
	})
}

// rule fires on two stories of two outlets within two hours.
func rule() monitor.Rule {
	return monitor.Rule{
		Name: "turn", Toward: []string{"*"}, Voice: monitor.AnyVoice,
		Shift:  &monitor.ShiftRule{By: 0.3, Sigma: 2},
		Window: 4 * time.Hour, Baseline: 40 * time.Hour, Stories: 3, Outlets: 2,
		For: time.Hour, KeepFiringFor: 90 * time.Minute, Rearm: 0.15,
	}
}

// history is a seeded stream of stories whose tone turns now and then.
func history(seed uint64) (readings []monitor.Reading) {
	r := rand.New(rand.NewPCG(seed, 1))
	at, level := monday, 0.2
	for i := range 600 {
		if r.IntN(60) == 0 {
			level = -level - 0.6*float64(r.IntN(2)) + 0.2
		}
		at = at.Add(time.Duration(1+r.IntN(40)) * time.Minute)
		tone := math.Max(-1, math.Min(1, level+0.3*r.NormFloat64()))
		var named *float64
		if i%3 > 0 {
			named = new(tone - 0.1*float64(i%2))
		}
		readings = append(readings, monitor.Reading{
			Actor: "Acme", Voice: monitor.AnyVoice, Outlet: fmt.Sprintf("Outlet %d", r.IntN(4)), At: at, Tone: tone, Named: named,
			Story:  monitor.Story{Title: fmt.Sprintf("Story %d", i), URL: fmt.Sprintf("https://e.org/%d", i)},
			Quotes: []monitor.Quote{{Sentence: "Acme did it.", End: 4, Tone: tone}},
		})
	}
	return readings
}

// The daemon, restarted at random instants, must tell exactly what a replay in
// memory tells.
func TestLiveEqualsReplay(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and not about concurrency")
	}
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			r := rule()
			r.Named = seed%2 == 1
			if seed > 1 {
				r.CoolDown, r.Budget = 9*time.Hour, monitor.Budget{Alarms: 1, Per: 30 * 24 * time.Hour}
			}
			readings := history(seed)
			var want []monitor.Episode
			replay := monitor.NewReplay([]monitor.Rule{r})
			for _, reading := range readings {
				want = append(want, replay.Observe([]monitor.Reading{reading}, reading.At)...)
			}
			got := live(t, r, readings, rand.New(rand.NewPCG(seed, 2)))
			if len(want) < 4 {
				t.Fatalf("the history tells only %d changes; it proves nothing", len(want))
			}
			ignore := cmpopts.IgnoreFields(monitor.Episode{}, "ID", "Version", "Evidence")
			if diff := cmp.Diff(want, got, ignore); diff != "" {
				t.Errorf("told (-replay +live):\n%s", diff)
			}
			for i := range min(len(want), len(got)) {
				if len(want[i].Evidence) != len(got[i].Evidence) {
					t.Errorf("change %d: %d stories of evidence, replay has %d", i, len(got[i].Evidence), len(want[i].Evidence))
				}
			}
		})
	}
}

// live pushes readings through a real store and DETECT, closing and opening
// the file at random.
func live(t *testing.T, rule monitor.Rule, readings []monitor.Reading, r *rand.Rand) (told []monitor.Episode) {
	t.Helper()
	s, path := fresh(t)
	defer func() { mustClose(t, s) }()
	f := theFeed(t, s)
	d := &monitor.Detector{Store: s, Rules: []monitor.Rule{rule}, Log: slog.New(slog.DiscardHandler)}
	detect := func(at time.Time) {
		t.Helper()
		before := revisions(t, s)
		must(t, d.Detect(t.Context(), monitor.Job{Subject: 1, Attempt: 1, Now: at}))
		fired, err := s.Fired(t.Context())
		must(t, err)
		for _, e := range fired {
			if e.Revision > before[e.ID] {
				told = append(told, e)
			}
		}
	}
	for i, reading := range readings {
		earlier := reading.At.Add(-time.Millisecond)
		for due := claim(t, s, earlier); !due.IsZero(); due = claim(t, s, earlier) {
			detect(due)
		}
		if r.IntN(40) == 0 {
			mustClose(t, s)
			s = mustOpen(t, path)
			d = &monitor.Detector{Store: s, Rules: d.Rules, Log: d.Log}
		}
		_, _, err := s.SavePoll(t.Context(), f, []monitor.Article{{
			Feed: f.ID, Key: fmt.Sprint(i), Outlet: reading.Outlet, URL: reading.Story.URL, Title: reading.Story.Title,
			Published: reading.At, Seen: reading.At,
		}})
		must(t, err)
		article, err := s.Article(t.Context(), int64(i+1))
		must(t, err)
		must(t, s.SaveRead(t.Context(), monitor.Read{
			Article: article, Sketch: monitor.NewSketch("", "", "", fmt.Sprint(i)), Readings: []monitor.Reading{reading}, At: reading.At,
		}))
		if due := claim(t, s, reading.At); !due.Equal(reading.At) {
			t.Fatalf("after a reading at %v the actor is due at %v", reading.At, due)
		}
		detect(reading.At)
	}
	return told
}

func claim(t *testing.T, s *store.Store, until time.Time) time.Time {
	t.Helper()
	due, err := s.ClaimDue(t.Context(), until)
	must(t, err)
	return due
}

func revisions(t *testing.T, s *store.Store) map[int64]int {
	t.Helper()
	fired, err := s.Fired(t.Context())
	must(t, err)
	revisions := make(map[int64]int)
	for _, e := range fired {
		revisions[e.ID] = e.Revision
	}
	return revisions
}
