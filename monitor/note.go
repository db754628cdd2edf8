package monitor

import "time"

// Note is a message about the program itself that comes by a schedule.
type Note struct {
	ID       int64
	Name     string // "quiet", "heartbeat"
	Receiver string
	Every    string    // a cron expression or descriptor, see [ParseSchedule]
	Slot     time.Time // the time of the schedule that it is due for
}

// Day is what the last 24 hours were like, for a note.
type Day struct {
	Stories int // read about actors
	Actors  int
	Feeds   []Feed
	Fired   []Episode // that began to fire within the day, oldest first
	Open    []Episode // that receivers know of and that are not over
	Outbox  Outbox
}
