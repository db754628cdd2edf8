package alerts

import (
	"strings"
	"time"
)

// Message is one thing shown in one place. Exactly one of Alert, Reply, Digest
// and Note is set.
type Message struct {
	// Key is unique to the message and travels in it: who finds the key knows
	// that the message is there.
	Key string

	Alert  *Alert  // an episode as it stands; edited on every change
	Reply  *Reply  // news of an episode, in the thread of its alert
	Digest *Digest // many episodes at once, in place of their alerts
	Note   *Note   // something about tonewatch itself

	// Thread is where the head of the message's thread is: of a Reply its alert or
	// digest, of an Alert the one whose group it belongs to. It is empty for a message
	// that is in no thread.
	Thread Receipt
}

// Message is the alert as a message to show.
func (a Alert) Message() Message { return Message{Key: a.Key, Alert: &a} }

// News is what a reply tells of an episode.
type News string

// The kinds of news.
const (
	Worse     News = "worse"     // the shift has grown well beyond what was told
	Driven    News = "driven"    // other stories drive it now
	Recovered News = "recovered" // it is over
	Still     News = "still"     // nothing new: a reminder that it goes on
)

// Reply is news of an episode as it stood when the news came.
type Reply struct {
	Alert Alert
	News  News
}

// Digest stands for the alerts of a storm: more episodes in a short time than a
// channel should be told of one by one.
type Digest struct {
	Since  time.Time // when the first of them fired
	Alerts []Alert   // as they stand, in the order in which they fired
}

// Note is a message about tonewatch itself: a quiet day, a heartbeat, something
// that the operator should see.
type Note struct {
	At    time.Time
	Title string
	Lines []string
}

// Remark is what a person has done about an episode: "acknowledged", "snoozed
// until 16:00 UTC".
type Remark struct {
	At   time.Time
	By   string // a receiver's own name for the person: a Slack user's ID; empty for an operator
	Text string // without the person
}

// Foot is the last line of a message: where it comes from, and the key by which
// it is found again.
func (m Message) Foot() string {
	key := "key " + Clean(m.Key, maxName)
	switch {
	case m.Alert != nil:
		return m.Alert.origin() + " · " + key
	case m.Reply != nil:
		return m.Reply.Alert.origin() + " · " + key
	default:
		return "tonewatch · " + key
	}
}

// Spoken is the message in words that read well aloud: all that a notification
// or a screen reader may give.
func (m Message) Spoken() string {
	switch {
	case m.Alert != nil:
		return m.Alert.Spoken()
	case m.Reply != nil:
		return m.Reply.Spoken()
	case m.Digest != nil:
		return m.Digest.Spoken()
	case m.Note != nil:
		return m.Note.Spoken()
	default:
		return ""
	}
}

// maxRemark is how much is shown of what a person did.
const maxRemark = 140

// Words say what was done and when; the day only where it is not that on which
// the episode fired.
func (r Remark) Words(fired time.Time) string {
	layout := "15:04 UTC"
	if fired.UTC().Truncate(24*time.Hour) != r.At.UTC().Truncate(24*time.Hour) {
		layout = "2 Jan 15:04 UTC"
	}
	return Clean(r.Text, maxRemark) + ", " + r.At.UTC().Format(layout)
}

// Done is what people did, the latest so many in order, and how many there were
// before.
func (a Alert) Done(most int) (shown []Remark, earlier int) {
	earlier = max(0, len(a.Remarks)-most)
	return a.Remarks[earlier:], earlier
}

// How much of a note is read out, in lines, and how long a line is, in runes.
const (
	spokenLines = 5
	maxLine     = 160
)

// Headline is the note's title.
func (n Note) Headline() string {
	if title := Clean(n.Title, maxHeadline); title != "" {
		return title
	}
	return "tonewatch"
}

// Text are the note's lines, at most so many, and how many more there are. None
// is empty.
func (n Note) Text(most int) (lines []string, more int) {
	for _, line := range n.Lines {
		if line = Clean(line, maxLine); line != "" {
			lines = append(lines, line)
		}
	}
	shown := min(most, len(lines))
	return lines[:shown], len(lines) - shown
}

// Spoken is the note in words that read well aloud.
func (n Note) Spoken() string {
	lines, _ := n.Text(spokenLines)
	return strings.Join(append([]string{strings.TrimRight(n.Headline(), ".")}, lines...), ". ") + "."
}
