package scoring

// The labels of a [Direction] beside [Neutral]: who of the pair speaks or acts
// warmly (pos) or coldly (neg) toward whom.
const (
	PPosQ Label = "p_pos_q"
	QPosP Label = "q_pos_p"
	PNegQ Label = "p_neg_q"
	QNegP Label = "q_neg_p"
)

// Direction is the tone between the two targets of a [Pair]: probabilities of
// [Neutral], [PPosQ], [QPosP], [PNegQ] and [QNegP], in this order, that sum to
// 1.
type Direction [5]float64

// Label is the class that beats all others; a tie at the top is [Neutral].
func (d Direction) Label() Label {
	labels := [len(d)]Label{Neutral, PPosQ, QPosP, PNegQ, QNegP}
	best, tied := 0, false
	for i := 1; i < len(d); i++ {
		switch {
		case d[i] > d[best]:
			best, tied = i, false
		case d[i] == d[best]:
			tied = true
		}
	}
	if tied {
		return Neutral
	}
	return labels[best]
}
