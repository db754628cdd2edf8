package monitor

import (
	"errors"
	"fmt"
	"time"
	"unicode/utf8"
)

// OutletVoices is what people call [OwnVoice], which is empty: the outlets' own
// narration.
const OutletVoices = "outlets"

// VoiceName is the episode's voice as people call it.
func (e Episode) VoiceName() string {
	if e.Voice == OwnVoice {
		return OutletVoices
	}
	return e.Voice
}

// Silence keeps new messages about the episodes that it matches from being told
// for a time, as in Alertmanager. What was told already is kept up to date. An
// episode that still fires when the silence ends is told then.
type Silence struct {
	ID int64 `json:"id"` // 0 until stored

	// Who is silenced: an empty field matches all, and one at least is set. A
	// voice is [AnyVoice], [OutletVoices] or a holder's name.
	Actor string `json:"actor,omitempty"`
	Rule  string `json:"rule,omitempty"`
	Voice string `json:"voice,omitempty"`

	Starts  time.Time `json:"starts"`
	Ends    time.Time `json:"ends"`             // after Starts; at it nothing is silenced any more
	Author  string    `json:"author,omitempty"` // a Slack user's ID, or an operator's name
	Comment string    `json:"comment,omitempty"`
}

// maxSilenceText bounds each text of a silence, in characters.
const maxSilenceText = 500

// Check says what is wrong with a silence, and how to mend it.
func (s Silence) Check() error {
	if s.Actor == "" && s.Rule == "" && s.Voice == "" {
		return errors.New("a silence of everything: name an actor, a rule or a voice")
	}
	if !s.Ends.After(s.Starts) {
		return fmt.Errorf("a silence that ends at %s, not after it starts at %s: give a later end",
			s.Ends.UTC().Format(time.RFC3339), s.Starts.UTC().Format(time.RFC3339))
	}
	for _, text := range []string{s.Actor, s.Rule, s.Voice, s.Author, s.Comment} {
		if utf8.RuneCountInString(text) > maxSilenceText {
			return fmt.Errorf("a text of more than %d characters: shorten it", maxSilenceText)
		}
	}
	return nil
}

// Matches says whether the silence is about an episode, whatever the time.
func (s Silence) Matches(e Episode) bool {
	return (s.Actor == "" || s.Actor == e.Actor) && (s.Rule == "" || s.Rule == e.Rule) && (s.Voice == "" || s.Voice == e.VoiceName())
}

// Silenced is until when an episode is silenced at a time, zero when it is not.
// Silences that follow each other without a gap are one.
func Silenced(silences []Silence, e Episode, at time.Time) (until time.Time) {
	for again := true; again; {
		again = false
		for _, s := range silences {
			if s.Matches(e) && !at.Before(s.Starts) && at.Before(s.Ends) {
				at, until, again = s.Ends, s.Ends, true
			}
		}
	}
	return until
}
