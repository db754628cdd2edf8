package monitor

import "time"

// The kinds of acts.
const (
	ActAcknowledge = "acknowledge" // somebody looks after it
	ActSnooze      = "snooze"      // nothing new of the episode's rule, actor and voice until a time
	ActMute        = "mute"        // nothing new of the actor until a time
	ActWrong       = "wrong"       // tone was judged wrong, in a story or altogether
)

// Labels are what the tone of a story can be said to be instead.
func Labels() []string { return []string{"negative", "neutral", "positive"} }

// Act is what a person did about an episode, or about an actor. It lives beside
// the episode because doing it and showing it change in one transaction.
type Act struct {
	ID      int64  // 0 until stored
	Ref     string // the receiver's own name for the request, under which it is stored once
	At      time.Time
	Kind    string // one of those above
	By      string // the person, as the receiver names it: a Slack user's ID
	Name    string // and how people know it
	Episode int64  // 0 for none: a mute that no alert led to
	Actor   string
	Until   time.Time // of a snooze or a mute

	// Of a wrong tone: the story's title and address, empty for the whole alert,
	// one of [Labels], and what the person had to say.
	Story, Link string
	Label       string
	Note        string
}
