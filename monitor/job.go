package monitor

import (
	"fmt"
	"time"
)

// Job is one step's order: what to work on, the how-manieth try this is
// (from 1), and what time it is.
type Job struct {
	Subject int64
	Attempt int
	Now     time.Time
}

// Later is the error of a step that is not done and not at fault: the job is
// to come again after a time, without counting as a failed try.
type Later struct {
	After time.Duration
	Err   error
}

func (l *Later) Error() string { return fmt.Sprintf("again in %v: %v", l.After, l.Err) }

func (l *Later) Unwrap() error { return l.Err }
