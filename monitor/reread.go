package monitor

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"tonewatch/scoring"
)

// RereadStore keeps stories with readings of another engine than the running
// one, which are called stale.
type RereadStore interface {
	// StaleStory is the stale story with an id; false when it is not stale, or
	// is no longer.
	StaleStory(ctx context.Context, id int64) (Stored, bool, error)
	// SaveReread puts readings by the running engine in the place of all that a
	// story has, in the series too, and ends the job: all or nothing. Its copies
	// stay counted, and no actor becomes due. It says whether that was the last
	// stale story.
	SaveReread(ctx context.Context, story int64, readings []Reading) (last bool, err error)
}

// Stored is a story as it can be judged again: the article that first told it,
// with the outlet, the time and the backfill mark of its readings, and the text
// that was read then; empty when it is gone.
type Stored struct {
	Article Article
	Text    string
}

// Rereader is the step that judges stories anew, from their stored text, after
// the engine or its weights have changed, so that a series is on one scale. It
// asks nobody for anything, and goes on in the background beside READ; DETECT
// of an actor waits for those stories that its rules look back to.
//
// A story that cannot be judged anew is left without readings rather than with
// those of another scale: one whose text is gone, and one that the engine fails
// on three times. The actors are those of the present configuration: readings
// toward one that is gone from it go too.
type Rereader struct {
	Store  RereadStore
	Finder *scoring.Finder
	Scorer scoring.Scorer
	Log    *slog.Logger
}

const (
	// judgeTries is how often a story is tried before it is given up. One text
	// that an engine fails on must not hold up an actor's DETECT for good.
	judgeTries = 3
	// JudgeWithin is how long a text may take to be judged. It leaves a job time to
	// say that it took too long.
	JudgeWithin = time.Minute
)

// Reread judges a story anew.
func (r *Rereader) Reread(ctx context.Context, job Job) error {
	story, stale, err := r.Store.StaleStory(ctx, job.Subject)
	if err != nil {
		return fmt.Errorf("reread story %d: %w", job.Subject, err)
	}
	if !stale {
		return nil
	}
	readings, err := r.judge(ctx, story, job.Attempt)
	if err != nil {
		return fmt.Errorf("reread %q: %w", story.Article.URL, err)
	}
	last, err := r.Store.SaveReread(ctx, job.Subject, readings)
	if err != nil {
		return fmt.Errorf("reread %q: %w", story.Article.URL, err)
	}
	r.Log.Debug("reread", "article", story.Article.URL, "readings", len(readings))
	if last {
		r.Log.Info("all stories are read again", "engine", r.Scorer.Engine().Name)
	}
	return nil
}

func (r *Rereader) judge(ctx context.Context, story Stored, attempt int) ([]Reading, error) {
	if story.Text == "" {
		r.Log.Warn("story loses its readings", "article", story.Article.URL, "problem", "its text is gone")
		return nil, nil
	}
	within, cancel := context.WithTimeout(ctx, JudgeWithin)
	defer cancel()
	readings, _, err := Judge(within, r.Finder, r.Scorer, story.Article, story.Text)
	if err != nil && ctx.Err() == nil && attempt >= judgeTries {
		r.Log.Warn("story loses its readings", "article", story.Article.URL, "problem", err)
		return nil, nil
	}
	return readings, err
}
