package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"

	"tonewatch/monitor"
)

// Step is what a job runs. An error is another try later, with growing pauses;
// a [*monitor.Later] is another try after its time, not counted.
type Step func(ctx context.Context, job monitor.Job) error

// Steps are the program's jobs.
type Steps struct {
	Poll    Step // a feed
	Read    Step // an article
	Reread  Step // a story
	Detect  Step // an actor
	Tell    Step // an episode
	Deliver Step // a delivery
	Note    Step // a note that is due
}

// The jobs as River stores them: a kind and the id of what to work on.
type (
	subject struct {
		ID int64 `json:"id"`
	}
	pollJob    struct{ subject }
	readJob    struct{ subject }
	rereadJob  struct{ subject }
	detectJob  struct{ subject }
	tellJob    struct{ subject }
	deliverJob struct{ subject }
	noteJob    struct{ subject }
	upkeepJob  struct{ subject } // of everything; the id means nothing
)

func (s subject) id() int64 { return s.ID }

func (pollJob) Kind() string    { return "poll" }
func (readJob) Kind() string    { return "read" }
func (rereadJob) Kind() string  { return "reread" }
func (detectJob) Kind() string  { return "detect" }
func (tellJob) Kind() string    { return "tell" }
func (deliverJob) Kind() string { return "deliver" }
func (noteJob) Kind() string    { return "note" }
func (upkeepJob) Kind() string  { return "upkeep" }

// Every step has its own queue, so that a slow one holds up no other.
func (pollJob) InsertOpts() river.InsertOpts {
	// A feed that takes longer to poll than its interval must not pile up jobs.
	return river.InsertOpts{Queue: "poll", UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: unfinished()}}
}
func (readJob) InsertOpts() river.InsertOpts    { return river.InsertOpts{Queue: "read"} }
func (rereadJob) InsertOpts() river.InsertOpts  { return river.InsertOpts{Queue: "reread"} }
func (detectJob) InsertOpts() river.InsertOpts  { return river.InsertOpts{Queue: "detect"} }
func (tellJob) InsertOpts() river.InsertOpts    { return river.InsertOpts{Queue: "tell"} }
func (deliverJob) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: "deliver"} }
func (noteJob) InsertOpts() river.InsertOpts    { return river.InsertOpts{Queue: "tell"} }
func (upkeepJob) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: "upkeep", UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: unfinished()}}
}

// unfinished are the states of a job that is still to be worked, or at work.
func unfinished() []rivertype.JobState {
	return []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
		rivertype.JobStateRunning, rivertype.JobStateScheduled,
	}
}

// queues gives POLL and READ room to wait for the network; the rest is quick
// and works in order. Stories are read again one at a time, so that they take
// little from READ.
func queues() map[string]river.QueueConfig {
	return map[string]river.QueueConfig{
		"poll":    {MaxWorkers: 32}, // 10,000 feeds in a quarter of an hour, at two seconds each
		"read":    {MaxWorkers: readsPerCore * runtime.GOMAXPROCS(0)},
		"reread":  {MaxWorkers: 1},
		"detect":  {MaxWorkers: 1},
		"tell":    {MaxWorkers: 1},
		"deliver": {MaxWorkers: 4},
		"upkeep":  {MaxWorkers: 1},
	}
}

const (
	// jobTimeout bounds one try of a job: two slow fetches and the scoring.
	jobTimeout = 2 * time.Minute
	// readsPerCore is how many articles are read at once for each text that is
	// judged: most wait for their page. The last of them waits for the others.
	readsPerCore = 8
	readTimeout  = jobTimeout + readsPerCore*monitor.JudgeWithin
	// A job that fails comes again after attempt^4 seconds, longestPause at most:
	// a feed must not rest for hours because the disk was full for one. With
	// these pauses maxAttempts is about a day.
	longestPause = 15 * time.Minute
	maxAttempts  = 100
)

func newClient(db *sql.DB, workers *river.Workers, log *slog.Logger) (*river.Client[*sql.Tx], error) {
	config := &river.Config{
		Logger:                      log.With("component", "jobs"),
		MaxAttempts:                 maxAttempts,
		JobTimeout:                  jobTimeout,
		FetchCooldown:               20 * time.Millisecond,
		CompletedJobRetentionPeriod: 10 * time.Minute,
	}
	if workers != nil {
		config.Workers, config.Queues = workers, queues()
	}
	client, err := river.NewClient(riversqlite.New(db), config)
	if err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	return client, nil
}

// Start begins to work the jobs, until Stop.
func (s *Store) Start(ctx context.Context, steps Steps) error {
	workers := river.NewWorkers()
	river.AddWorker(workers, &worker[pollJob]{store: s, step: steps.Poll})
	river.AddWorker(workers, &worker[readJob]{store: s, step: steps.Read, timeout: readTimeout})
	river.AddWorker(workers, &worker[rereadJob]{store: s, step: steps.Reread})
	river.AddWorker(workers, &worker[detectJob]{store: s, step: steps.Detect})
	river.AddWorker(workers, &worker[tellJob]{store: s, step: steps.Tell})
	river.AddWorker(workers, &worker[deliverJob]{store: s, step: steps.Deliver})
	river.AddWorker(workers, &worker[noteJob]{store: s, step: steps.Note})
	river.AddWorker(workers, &worker[upkeepJob]{store: s, step: s.upkeep})
	client, err := newClient(s.write, workers, s.log)
	if err != nil {
		return err
	}
	s.jobs = client
	return client.Start(ctx)
}

// Stop lets running jobs finish; those that have not when ctx ends are
// cancelled and handed back.
func (s *Store) Stop(ctx context.Context) error {
	if err := s.jobs.Stop(ctx); err == nil || ctx.Err() == nil {
		return err
	}
	const unwind = 2 * time.Second
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), unwind)
	defer cancel()
	return s.jobs.StopAndCancel(ctx)
}

// job is what a River job of ours must tell.
type job interface {
	river.JobArgs
	id() int64
}

// worker runs a step as a River job.
type worker[T job] struct {
	river.WorkerDefaults[T]
	store   *Store
	step    Step
	timeout time.Duration // of one try; 0: jobTimeout
}

// Timeout implements [river.Worker].
func (w *worker[T]) Timeout(*river.Job[T]) time.Duration { return w.timeout }

func (w *worker[T]) Work(ctx context.Context, j *river.Job[T]) error {
	end := func(ctx context.Context, tx *sql.Tx) error {
		_, err := river.JobCompleteTx[*riversqlite.Driver](ctx, tx, j)
		return err
	}
	err := w.step(context.WithValue(ctx, endKey{}, end), monitor.Job{
		Subject: j.Args.id(), Attempt: j.Attempt, Now: w.store.now().UTC(),
	})
	var later *monitor.Later
	switch {
	case errors.As(err, &later):
		return river.JobSnooze(later.After)
	case err != nil && errors.Is(context.Cause(ctx), context.Canceled):
		return river.JobSnooze(0) // we are stopping: handed back, no try used
	}
	return err
}

// NextRetry implements [river.Worker].
func (w *worker[T]) NextRetry(j *river.Job[T]) time.Time {
	n := min(j.Attempt, 10) // beyond is longestPause anyway
	return time.Now().Add(min(time.Duration(n*n*n*n)*time.Second, longestPause))
}

type endKey struct{}

// endJob ends the job of ctx, if any, in the transaction that keeps its result.
func endJob(ctx context.Context, tx *sql.Tx) error {
	end, ok := ctx.Value(endKey{}).(func(context.Context, *sql.Tx) error)
	if !ok {
		return nil
	}
	return end(ctx, tx)
}

// Idle says whether no job is waiting or running.
func (s *Store) Idle(ctx context.Context) (bool, error) {
	var busy bool
	err := s.read.QueryRowContext(ctx,
		`SELECT EXISTS (SELECT 1 FROM river_job WHERE state IN ('available', 'pending', 'running', 'retryable', 'scheduled'))`).Scan(&busy)
	return !busy, err
}
