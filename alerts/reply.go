package alerts

import "strings"

// Headline says in one line what is new, at most 150 characters long:
//
//	▼ Gone further. North Korea: tone fell by 0.55 (+0.16 → −0.39) in 24 h
//	▼ Other stories drive it now. North Korea: tone fell by 0.41 (+0.18 → −0.23) in 24 h
//	✓ North Korea: tone recovered after 9 h (at its peak −0.41)
//	▼ Still on after 2 d. North Korea: tone fell by 0.41 (+0.18 → −0.23) in 24 h
func (r Reply) Headline() string {
	return clip(r.Alert.mark()+" "+r.opening(printed)+r.Alert.says(printed), maxHeadline)
}

// opening is what sets the news apart from the alert as it was told.
func (r Reply) opening(w wording) string {
	switch r.News {
	case Worse:
		return "Gone further. "
	case Driven:
		return "Other stories drive it now. "
	case Still:
		return "Still on after " + w.span(r.Alert.Episode.Last.At.Sub(r.Alert.Episode.Fired)) + ". "
	default:
		return ""
	}
}

// Spoken is the reply in words that read well aloud.
func (r Reply) Spoken() string {
	if r.News == Worse || r.News == Driven {
		return r.opening(aloud) + r.Alert.Spoken()
	}
	return r.opening(aloud) + r.Alert.says(aloud) + "."
}

// Figures are the ones that count, on one line.
func (r Reply) Figures() string {
	a := r.Alert
	row := a.row()
	parts := []string{"Size " + row.Size, "sigma " + row.Sigma, number(a.Episode.Last.Stories, "story", "stories")}
	switch {
	case r.News == Recovered:
		parts = []string{"Peak " + a.peak(), "fired " + a.fired()}
	case a.kind() == level:
		parts = []string{"Tone " + row.Size, parts[2]}
	}
	return strings.Join(parts, " · ")
}

// Stories are the evidence that is news, at most so many, and how many more
// there are: none of a shift that is over, or goes on as it was.
func (r Reply) Stories(most int) (shown []Story, more int) {
	if r.News != Worse && r.News != Driven {
		return nil, 0
	}
	return r.Alert.Stories(most)
}
