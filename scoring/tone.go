package scoring

// Label is the most likely class of a [Tone] or a [Direction], spelled as the
// command line prints it.
type Label string

// The labels of a [Tone]. Neutral is also the first label of a [Direction].
const (
	Negative Label = "negative"
	Neutral  Label = "neutral"
	Positive Label = "positive"
)

// Tone is how warm a passage is toward one target: three probabilities that
// sum to 1.
type Tone struct{ Negative, Neutral, Positive float64 }

// Value is P(positive) - P(negative), from -1 to 1.
func (t Tone) Value() float64 { return t.Positive - t.Negative }

// Label is the class that beats both others; a tie is neutral. The sign of
// [Tone.Value] never contradicts it.
func (t Tone) Label() Label {
	switch {
	case t.Positive > t.Neutral && t.Positive > t.Negative:
		return Positive
	case t.Negative > t.Neutral && t.Negative > t.Positive:
		return Negative
	default:
		return Neutral
	}
}
