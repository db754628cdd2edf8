package scoring_test

import (
	"testing"

	"tonewatch/scoring"
)

func TestTone(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		tone  scoring.Tone
		value float64
		label scoring.Label
	}{
		{scoring.Tone{Negative: 0.75, Neutral: 0.25}, -0.75, scoring.Negative},
		{scoring.Tone{Neutral: 0.25, Positive: 0.75}, 0.75, scoring.Positive},
		{scoring.Tone{Neutral: 1}, 0, scoring.Neutral},
		{scoring.Tone{Negative: 0.5, Positive: 0.5}, 0, scoring.Neutral},
		{scoring.Tone{Negative: 0.5, Neutral: 0.5}, -0.5, scoring.Neutral},
		{scoring.Tone{Neutral: 0.5, Positive: 0.5}, 0.5, scoring.Neutral},
		{scoring.Tone{Negative: 0.25, Neutral: 0.5, Positive: 0.25}, 0, scoring.Neutral},
	} {
		if got := test.tone.Value(); got != test.value {
			t.Errorf("%+v.Value() = %v, want %v", test.tone, got, test.value)
		}
		if got := test.tone.Label(); got != test.label {
			t.Errorf("%+v.Label() = %q, want %q", test.tone, got, test.label)
		}
	}
}

func TestDirection(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		direction scoring.Direction
		want      scoring.Label
	}{
		{scoring.Direction{1, 0, 0, 0, 0}, scoring.Neutral},
		{scoring.Direction{0.2, 0.5, 0.1, 0.1, 0.1}, scoring.PPosQ},
		{scoring.Direction{0.2, 0.1, 0.5, 0.1, 0.1}, scoring.QPosP},
		{scoring.Direction{0.2, 0.1, 0.1, 0.5, 0.1}, scoring.PNegQ},
		{scoring.Direction{0.2, 0.1, 0.1, 0.1, 0.5}, scoring.QNegP},
		{scoring.Direction{0.1, 0.4, 0, 0.4, 0.1}, scoring.Neutral},
		{scoring.Direction{0.4, 0.4, 0.2, 0, 0}, scoring.Neutral},
		{scoring.Direction{0.1, 0.1, 0.2, 0.2, 0.4}, scoring.QNegP},
	} {
		if got := test.direction.Label(); got != test.want {
			t.Errorf("%v.Label() = %q, want %q", test.direction, got, test.want)
		}
	}
}

func TestPassageCheck(t *testing.T) {
	t.Parallel()
	in := scoring.Span{Start: 0, End: 4}
	for _, test := range []struct {
		name    string
		passage scoring.Passage
		want    string
	}{
		{"empty", scoring.Passage{}, ""},
		{"inside", scoring.Passage{Text: "Kim.", Targets: []scoring.Span{in, {Start: 4, End: 4}}, Pairs: []scoring.Pair{{P: in, Q: in}}}, ""},
		{"target outside", scoring.Passage{Text: "Kim", Targets: []scoring.Span{{Start: 0, End: 3}, in}}, "target 1: span [0,4) outside a text of 3 bytes"},
		{"p outside", scoring.Passage{Text: "Kim", Pairs: []scoring.Pair{{P: in}}}, "pair 0: span [0,4) outside a text of 3 bytes"},
		{"q outside", scoring.Passage{Text: "Kim", Pairs: []scoring.Pair{{}, {Q: scoring.Span{Start: -2, End: -1}}}}, "pair 1: span [-2,-1) outside a text of 3 bytes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if err := test.passage.Check(); err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("Check() = %q, want %q", got, test.want)
			}
		})
	}
}
