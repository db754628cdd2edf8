package alerts

import (
	"encoding/json"
	"fmt"

	"tonewatch/monitor"
)

// frozen is what a delivery keeps in its body: what must be shown as it was when
// the message was decided on, whenever it is sent.
type frozen struct {
	// Revision is that of the episode when its alert was made: what happened up to
	// then is no news.
	Revision int              `json:"revision,omitempty"`
	Mention  []string         `json:"mention,omitempty"` // whom the message calls
	Episode  *monitor.Episode `json:"episode,omitempty"` // of a reply
	Note     *Note            `json:"note,omitempty"`
}

func (f frozen) String() string {
	text, err := json.Marshal(f)
	if err != nil {
		panic(err) // unreachable: it holds plain values only
	}
	return string(text)
}

// thaw reads a body; that of an alert made by an earlier release is empty.
func thaw(body string) (f frozen, err error) {
	if body == "" {
		return f, nil
	}
	if err := json.Unmarshal([]byte(body), &f); err != nil {
		return f, fmt.Errorf("body of a delivery: %w", err)
	}
	return f, nil
}
