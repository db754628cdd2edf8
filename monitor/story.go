package monitor

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
	"unicode"
)

// StoryWindow is how long a text can be printed again and still be the same
// story.
const StoryWindow = 72 * time.Hour

// opening is how many words of a text name its story. Copies are cut at the
// end and given other headlines; what they open with is what the wire sent.
const opening = 40

// Fingerprint names the story that a text tells: equal for texts that open
// with the same forty words, whatever their case, punctuation and length. Text
// is the cleaned body, without headline and dateline. A text of fewer words is
// only ever equal to itself.
func Fingerprint(text string) string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	sum := sha256.Sum256([]byte(strings.Join(words[:min(len(words), opening)], " ")))
	return hex.EncodeToString(sum[:16])
}
