package monitor_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tonewatch/monitor"
	"tonewatch/scoring"
)

func TestReadingsKeepTheToneByNameApart(t *testing.T) {
	t.Parallel()
	const text = "Kim spoke. He left."
	first, second := scoring.Span{Start: 0, End: 10}, scoring.Span{Start: 11, End: 19}
	opinion := func(voice string, sentence scoring.Span, length int, kind scoring.Kind, sure, value float64) scoring.Opinion {
		return scoring.Opinion{
			Mention: scoring.Mention{
				Actor: "Kim Jong Un", Kind: kind, Sure: sure,
				Span: scoring.Span{Start: sentence.Start, End: sentence.Start + length},
			},
			Sentence: sentence, Voice: voice, Tone: scoring.Tone{Positive: value, Neutral: 1 - value},
		}
	}
	named := opinion("", first, 3, scoring.KindSurname, 0.9, 0.75)
	pronoun := opinion("KCNA", second, 2, scoring.KindPronoun, 0.5, 0.25)
	quotes := []monitor.Quote{
		{Sentence: "Kim spoke.", End: 3, Kind: scoring.KindSurname, Sure: 0.9, Tone: 0.75},
		{Sentence: "He left.", At: 11, End: 2, Kind: scoring.KindPronoun, Sure: 0.5, Voice: "KCNA", Tone: 0.25},
	}
	want := []monitor.Reading{
		{Actor: "Kim Jong Un", Voice: monitor.OwnVoice, Tone: 0.75, Named: new(0.75), Quotes: quotes[:1]},
		{Actor: "Kim Jong Un", Voice: "KCNA", Tone: 0.25, Quotes: quotes[1:]},
		{Actor: "Kim Jong Un", Voice: monitor.AnyVoice, Tone: 0.5, Named: new(0.75), Quotes: quotes},
	}
	if diff := cmp.Diff(want, monitor.Readings(text, []scoring.Opinion{named, pronoun})); diff != "" {
		t.Errorf("readings (-want +got):\n%s", diff)
	}
}

// byName is shiftRule for mentions by name alone.
func byName() monitor.Rule {
	r := shiftRule()
	r.Named = true
	return r
}

// both is a story whose named mentions have one tone, and all of them another.
func both(h float64, outlet string, all, named float64) monitor.Reading {
	r := reading(h, outlet, all)
	r.Named = &named
	r.Quotes = []monitor.Quote{
		{Sentence: "It did.", End: 2, Kind: scoring.KindTitle, Tone: 2*all - named},
		{Sentence: "Acme did.", End: 4, Kind: scoring.KindName, Tone: named},
	}
	return r
}

func TestARuleCountsTheMentionsThatItAsksFor(t *testing.T) {
	t.Parallel()
	quiet := func() (list []monitor.Reading) {
		for h := range 48 {
			list = append(list, both(float64(h), "Alpha", 0.2, 0.2), both(float64(h)+0.5, "Beta", 0.2, 0.2))
		}
		return list
	}
	turn := func(all, named float64) (list []monitor.Reading) {
		list = quiet()
		for h := 48; h < 56; h++ {
			list = append(list, both(float64(h), "Alpha", all, named), both(float64(h)+0.5, "Beta", all, named))
		}
		return list
	}
	unnamed := turn(0.2, 0.2)
	for i := len(quiet()); i < len(unnamed); i++ {
		unnamed[i].Tone, unnamed[i].Named = -0.5, nil
	}
	fires := []string{"53 firing -1"} // two hours after enough of the window has turned
	for name, c := range map[string]struct {
		rule     monitor.Rule
		readings []monitor.Reading
		want     bool
	}{
		"all turn, a rule for all":              {shiftRule(), turn(-0.4, 0.2), true},
		"all turn, a rule for the named":        {byName(), turn(-0.4, 0.2), false},
		"the named turn, a rule for all":        {shiftRule(), turn(0.2, -0.4), false},
		"the named turn, a rule for the named":  {byName(), turn(0.2, -0.4), true},
		"nobody is named, a rule for all":       {shiftRule(), unnamed, true},
		"nobody is named, a rule for the named": {byName(), unnamed, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var want []string
			if c.want {
				want = fires
			}
			if diff := cmp.Diff(want, life(c.rule, c.readings)); diff != "" {
				t.Errorf("told (-want +got):\n%s", diff)
			}
		})
	}
}

// An outlet that never names the actor is not one of the outlets that do.
func TestOutletsOfWhichNothingCountsAreNotCounted(t *testing.T) {
	t.Parallel()
	s := monitor.NewSeries(nil)
	for h := range 6 {
		s.Add(both(float64(h), "Alpha", 0.1, 0.3))
		s.Add(reading(float64(h), "Beta", 0.5))
	}
	if got := monitor.Measure(s, byName(), hour(5.9)); got.Stories != 6 || got.Outlets != 1 || got.Recent < 0.299 || got.Recent > 0.301 {
		t.Errorf("by name: %d stories of %d outlets, tone %.2f; want 6 of 1, 0.30", got.Stories, got.Outlets, got.Recent)
	}
	if got := monitor.Measure(s, shiftRule(), hour(5.9)); got.Stories != 12 || got.Outlets != 2 {
		t.Errorf("all: %d stories of %d outlets, want 12 of 2", got.Stories, got.Outlets)
	}
}

func TestEvidenceIsOfTheMentionsThatCount(t *testing.T) {
	t.Parallel()
	replay := monitor.NewReplay([]monitor.Rule{byName()})
	var told []monitor.Episode
	for h := range 56 {
		tone := 0.2
		if h >= 48 {
			tone = -0.4
		}
		// What is not named is colder still, and no evidence for this rule.
		told = append(told, replay.Observe([]monitor.Reading{
			both(float64(h), "Alpha", tone-0.2, tone), both(float64(h), "Beta", tone-0.2, tone), reading(float64(h), "Gamma", -0.9),
		}, hour(float64(h)))...)
	}
	if len(told) != 1 {
		t.Fatalf("%d changes told, want 1", len(told))
	}
	evidence := told[0].Evidence
	if len(evidence) == 0 || slices.ContainsFunc(evidence, func(e monitor.Evidence) bool {
		return e.Outlet == "Gamma" || !e.Quote.Kind.Named() || e.Tone != e.Quote.Tone
	}) {
		t.Errorf("evidence = %+v, want named mentions with their tone", evidence)
	}
}
