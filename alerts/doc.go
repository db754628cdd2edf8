// Package alerts says who is told of an episode, and tells each of them once.
//
// Read it in the order of an alert's way:
//
//	route.go     which receivers hear of an episode, and how
//	mute.go      and at what times of the week not
//	tell.go      TELL: which messages there are to be, all in one transaction
//	note.go      NOTE: a message about tonewatch itself
//	frozen.go    what a delivery keeps to show as it was
//	deliver.go   DELIVER: intent, look, post, receipt; edit on every change
//	outgoing.go  a delivery as a message to show
//	receiver.go  what a receiver can do, and what its errors say is known
//	message.go   what it is given: an alert, a reply, a digest, a note
//	alert.go     an episode as it stands, for eyes and for ears
//	reply.go     what is new about it
//	digest.go    many of them at once, a row each
//	headline.go  how it is put, of each kind of rule
//	field.go     the figures behind it, each with what the rule asks
//	story.go     the evidence: stories that moved the tone
//	chart.go     how it went, ready to be drawn
//	act.go       what people did about it, as the alert shows that
//	desk.go      where people act and ask, whatever the receiver
//	answer.go    what they are told
//	clean.go     strangers' text and links, made safe to show
//	wording.go   how numbers and times are put
//
// One episode has one message a receiver. It is posted when the episode first
// fires and edited in place on every later change; news goes into its thread as
// replies. In a storm the later episodes share one message, a digest, see [Storm].
// The steps are jobs in the sense of package monitor: the folders slack, webhook
// and console implement [Receiver], and a store elsewhere implements [TellStore],
// [DeliverStore], [NoteStore] and [DeskStore].
//
// Every message is a delivery, a row of the outbox that is written before it is
// sent, and each is posted once:
//
//	TELL, NOTE --row--> DELIVER: Waits ---> for its thread, or as it is held
//	                            Sending --> look, once its pause is over
//	                            else -----> claim, post, receipt
//
// What a receiver refuses for a reason that a person must mend is given up after
// a few tries. Its row stays with the problem, which the health check shows, and
// it is tried again when its episode moves on or the program starts.
//
// A post of which the outcome is unclear is followed by a pause: the grace in
// which it may still appear, doubled each time up to an hour, and no shorter than
// the receiver wishes.
//
// An episode that is withdrawn, see [monitor.Episode.Withdraw], has its messages
// edited and is no news: nobody is told of it who was not told before.
//
// Limits: no receiver offers an idempotent post, so a post whose outcome is
// unclear is looked for before it is repeated. That holds while the receiver
// shows a message within the grace after accepting it and keeps the key that
// the message carries; what a person deletes in that time is posted again.
package alerts
