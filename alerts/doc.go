// Package alerts says who is told of an episode, and tells each of them once.
//
// Read it in the order of an alert's way:
//
//	route.go     which receivers hear of an episode, and how
//	mute.go      and at what times of the week not
//	tell.go      TELL: one delivery a receiver, all in one transaction
//	deliver.go   DELIVER: intent, look, post, receipt; edit on every change
//	receiver.go  what a receiver can do, and what its errors say is known
//	message.go   what it is given: an alert, a reply, a digest, a note
//	alert.go     an episode as it stands, for eyes and for ears
//	reply.go     what is new about it
//	digest.go    many of them at once, a row each
//	headline.go  how it is put, of each kind of rule
//	field.go     the figures behind it, each with what the rule asks
//	story.go     the evidence: stories that moved the tone
//	chart.go     how it went, ready to be drawn
//	clean.go     strangers' text and links, made safe to show
//	wording.go   how numbers and times are put
//
// One episode has one message a receiver. It is posted when the episode first
// fires and edited in place on every later change. Both steps are jobs in the
// sense of package monitor: the folders slack, webhook and console implement
// [Receiver], and a store elsewhere implements [TellStore] and [DeliverStore].
//
// Limits: no receiver offers an idempotent post, so a post whose outcome is
// unclear is looked for before it is repeated. That holds while the receiver
// shows a message within the grace after accepting it and keeps the key that
// the message carries; what a person deletes in that time is posted again.
package alerts
