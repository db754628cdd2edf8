package monitor

import "time"

// Delivery is the intent and the receipt of telling one receiver about one
// episode. The row is written, with its unique pair of episode and receiver,
// before anything is sent; it lives beside the episode because both change in
// one transaction.
//
// Its life:
//
//	intended --claim (Sending set)--> posting --receipt (TS set)--> told
//	                                     |
//	                                     +-- outcome unclear: Sending stays,
//	                                         look in the channel before
//	                                         posting again
//
// A told delivery is edited in place whenever its episode moves on; Told says
// which revision of the episode the message shows.
type Delivery struct {
	ID       int64
	Episode  int64
	Receiver string    // a route's target: "slack:#desk-korea", "console"
	Key      string    // unique and unguessable; travels in the message's metadata
	Sending  time.Time // when a post was last begun; zero: never
	Channel  string    // where the message is, as the receiver names it
	TS       string    // the message's own identifier there; empty until told
	Told     int       // revision of the episode that the message shows
	Touched  int64     // how often people did something about the episode
	Shown    int64     // how much of that the message shows
	Problem  string    // what the last failed attempt said
}
