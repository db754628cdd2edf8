package monitor

import "time"

// DeliveryKind is what sort of message a delivery is.
type DeliveryKind string

// The kinds of deliveries.
const (
	AlertDelivery  DeliveryKind = "alert"  // an episode, edited as it moves on
	ReplyDelivery  DeliveryKind = "reply"  // news of an episode, as it stood when it came
	DigestDelivery DeliveryKind = "digest" // the episodes of a storm, edited as they move on
	NoteDelivery   DeliveryKind = "note"   // about tonewatch itself
)

// Delivery is the intent and the receipt of showing one message in one receiver.
// The row is written before anything is sent; it lives beside the episode because
// both change in one transaction. Receiver, Kind, Episode, News and Slot together
// are unique: the same news is told a receiver once.
//
// Its life:
//
//	intended --claim (Sending set)--> posting --receipt (TS set)--> told
//	    ^                                |
//	    |                                +-- outcome unclear: Sending stays,
//	    |                                    look in the channel before
//	  dead <--refused for good               posting again
//
// A told alert is edited in place whenever its episode moves on, a told digest
// whenever one of its episodes does; replies and notes stay as they are.
type Delivery struct {
	ID       int64
	Kind     DeliveryKind
	Episode  int64     // of an alert and a reply; else 0
	Receiver string    // a route's target: "slack:#desk-korea", "console"
	News     string    // of a reply: what is new; of a note: which one
	Slot     int64     // tells apart messages that are alike in all else, see below
	Key      string    // unique and unguessable; travels in the message's metadata
	Body     string    // what is shown beside or instead of Subjects; JSON that only alerts reads
	Group    string    // of an alert: those of one group share a thread
	Made     time.Time // when it was decided that the receiver is to be told
	Held     bool      // an alert that is not to be sent, as its episode is silenced

	// Thread is the delivery in whose thread this one stands, Digest the one that
	// shows this alert in place of a message of its own; 0 for none. An alert that
	// is to begin a digest is written with [NewDigest].
	Thread, Digest int64

	Sending time.Time     // when a post was last begun; zero: never
	Pause   time.Duration // from Sending until an unclear post is looked for and made again; 0: none yet
	Channel string        // where the message is, as the receiver names it
	TS      string        // the message's own identifier there; empty until told
	Told    int           // of an alert: revision of the episode that the message shows
	Touched int64         // how often what it shows has changed beside its episode
	Shown   int64         // how much of that the message shows

	Problem string // what the last failed attempt said
	Refused int    // failed attempts in a row that a person must mend
	Dead    bool   // given up, until its episode moves on or the program starts anew

	// Subjects are what it is about: of an alert its episode, of a digest all of
	// its own, as they stand, of a reply the episode as it stands.
	Subjects []Subject
	// ThreadChannel and ThreadTS are where the head of its thread is, empty until
	// that is told.
	ThreadChannel, ThreadTS string
}

// NewDigest stands for a digest that is not written yet.
const NewDigest = -1

// The Slot of an alert is 0, of a reply the revision that made the news or the
// number of the reminder, of a digest and a note its time in Unix milliseconds.

// Subject is an episode under the key of the alert that is about it.
type Subject struct {
	Key     string
	Body    string // of that alert
	Episode Episode
}

// Done says whether the receiver shows all that it is to show.
func (d Delivery) Done() bool {
	if d.Kind == AlertDelivery {
		for _, s := range d.Subjects {
			if d.Told < s.Episode.Revision {
				return false
			}
		}
	}
	return d.Shown >= d.Touched
}

// Waits says whether it is not to be sent for now, or never: it is held, shown by
// a digest, or without a thread yet to stand in.
func (d Delivery) Waits() bool {
	return d.Held || d.Digest != 0 || d.Thread != 0 && d.ThreadTS == ""
}

// Telling is what TELL decided about an episode: what is to be written.
type Telling struct {
	New     []Delivery // those that there are already are left alone
	Release []Delivery // held alerts that are told now
	// Again is when TELL is to look at the episode anew; zero: at its next revision.
	Again time.Time
}
