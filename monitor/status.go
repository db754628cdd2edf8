package monitor

import "time"

// Status is what the store knows of the daemon's work at one moment. It is
// taken at intervals and served from memory: no health check ever waits for a
// database, a feed or Slack.
type Status struct {
	At       time.Time
	Feeds    []Feed
	Actors   []ActorStatus
	Articles int // kept
	Unread   int // kept, not yet read
	// Empty counts articles of the last day that gave no text to read, and
	// EmptyProblem is why the newest of them did not.
	Empty        int
	EmptyProblem string
	// Foreign counts articles of the last day that were not judged because they
	// are not in English; ForeignExample is the newest, with its language.
	Foreign        int
	ForeignExample string
	Stories        int
	Readings       int

	// Waiting jobs and the age of the one that waited longest.
	Waiting int
	Oldest  time.Time
	// Failing counts jobs on which at least one try has failed; Failed those
	// given up; Problem is the last error of either.
	Failing int
	Failed  int
	Problem string

	Outbox Outbox
}

// ActorStatus is the state of one actor's rules.
type ActorStatus struct {
	Actor string
	Open  []Episode
}

// Outbox is what is still to be told.
type Outbox struct {
	Told    int
	Unsent  int       // deliveries that do not show their episode's revision
	Oldest  time.Time // since when the oldest of them waits; zero for none
	Problem string    // the last error of a delivery not yet made good
	Dead    int       // deliveries given up
	// DeadProblem is the last error of one that a receiver refuses for good.
	DeadProblem string
}
