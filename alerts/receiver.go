package alerts

import (
	"context"
	"errors"
	"net"
	"time"
)

// Receiver shows messages in one place. Its errors are of type [*Failure] where
// it can tell what is known; an error of any other type is taken as unclear.
type Receiver interface {
	// Post shows a new message. It returns no later than the context's deadline
	// allows, having begun nothing that could still take effect long after.
	Post(ctx context.Context, m Message) (Receipt, error)
	// Update makes what was posted show the message as it stands. It may be
	// repeated. Its error is [ErrFinal] when no try will ever succeed.
	Update(ctx context.Context, r Receipt, m Message) error
	// Find looks for a message by its key, and a reply in its thread, that was
	// posted no earlier than since. It is an error, and not absence, when it
	// cannot look everywhere.
	Find(ctx context.Context, m Message, since time.Time) (Receipt, bool, error)
}

// Receipt says where a message is: the place, as the receiver names it, and the
// message's own identifier there.
type Receipt struct{ Channel, TS string }

// ErrFinal is wrapped by the error of an update to a message that cannot be
// edited any more, because a person deleted it or the time for edits is over, and
// of a reply whose thread is gone.
var ErrFinal = errors.New("message is gone or can no longer be edited")

// Failure is a receiver's error and what is known after it.
type Failure struct {
	Reason     string        // short and stable, for metrics: "not_in_channel", "timeout"
	Unclear    bool          // the message may have been accepted all the same
	RetryAfter time.Duration // the receiver's wish; 0 for none
	Permanent  bool          // no retry helps until a person mends something
	Message    bool          // of a permanent one: the fault is that message's; others may be shown
	Err        error         // says what, where and how to mend it; holds no secret
}

func (f *Failure) Error() string { return f.Err.Error() }

func (f *Failure) Unwrap() error { return f.Err }

// Unanswered is what is known of a request over HTTP that got no answer: before
// there was a connection, nothing can have been accepted. It has no Err.
func Unanswered(err error, connected bool) Failure {
	var network net.Error
	switch {
	case !connected:
		return Failure{Reason: "no_connection"}
	case errors.As(err, &network) && network.Timeout():
		return Failure{Reason: "timeout", Unclear: true}
	case errors.Is(err, context.Canceled):
		return Failure{Reason: "stopped", Unclear: true}
	default:
		return Failure{Reason: "broken_answer", Unclear: true}
	}
}
