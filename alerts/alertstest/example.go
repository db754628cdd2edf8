package alertstest

import (
	"strings"
	"time"

	"tonewatch/alerts"
	"tonewatch/monitor"
)

// Case is an alert with the name of what it shows.
type Case struct {
	Name  string
	Alert alerts.Alert
}

// fired is when the examples began to fire.
var fired = time.Date(2026, time.March, 4, 13, 5, 0, 0, time.UTC)

// sign says what made the alert, and where its page is.
func sign(a *alerts.Alert) {
	a.Engine, a.Config = "encoder 1.4 (9c1f2e)", "5d41402a"
	a.Page = "https://tonewatch.example/episodes/1"
}

// remark has people act on the alert.
func remark(a *alerts.Alert) {
	a.Silenced = fired.Add(8 * time.Hour)
	a.Remarks = []alerts.Remark{
		{At: fired.Add(27 * time.Minute), By: "U012AB3CD", Text: "acknowledged"},
		{At: fired.Add(58 * time.Minute), By: "U09XYZ8QR", Text: "called the tone of “Seoul: patience is at an end” wrong: should be neutral"},
		{At: fired.Add(29 * time.Hour), Text: "snoozed until 21:05 UTC"},
	}
}

// Example is an alert of a shift that has just begun to fire.
func Example() alerts.Alert {
	shift := monitor.Shift{
		At: fired, Recent: -0.234, Baseline: 0.184, Size: -0.392, Mix: -0.026, Error: 0.0933,
		Stories: 12, Outlets: 5, Before: 140, Score: -4.2,
	}
	return alerts.Alert{
		Key: "k1-7f3a9c",
		Rule: monitor.Rule{
			Name: "sharp turn", Toward: []string{"*"}, Voice: monitor.AnyVoice,
			Shift:  &monitor.ShiftRule{By: 0.25, Sigma: 3},
			Window: 24 * time.Hour, Baseline: 28 * 24 * time.Hour, Stories: 8, Outlets: 3, Rearm: 0.1,
		},
		Episode: monitor.Episode{
			ID: 1, Rule: "sharp turn", Actor: "North Korea", Voice: monitor.AnyVoice,
			Phase: monitor.Firing, Direction: -1, Start: fired.Add(-30 * time.Minute), Since: fired, Fired: fired,
			Last: shift, Peak: shift, Evidence: evidence(), Revision: 1,
			Chart: chart(24*time.Hour, 0.184, []float64{0.21, 0.15, 0.24, 0.12, 0.19, 0.17, 0.05, -0.234}),
		},
	}
}

// chart draws values, of a split two a point, up to the hour of firing. A day is
// missing, as nothing was published.
func chart(span time.Duration, baseline float64, lines ...[]float64) monitor.Chart {
	c := monitor.Chart{Span: span, Baseline: baseline}
	for i := range lines[0] {
		if i == 2 {
			continue
		}
		p := monitor.Point{At: fired.Truncate(time.Hour).Add(time.Hour - time.Duration(len(lines[0])-1-i)*span), Stories: 5}
		for _, l := range lines {
			p.Values = append(p.Values, l[i])
		}
		c.Points = append(c.Points, p)
	}
	return c
}

func evidence() []monitor.Evidence {
	list := []monitor.Evidence{
		{
			Title: "Talks in Geneva collapse after two missiles fall into the sea", URL: "https://ledger.example/world/geneva?ref=feed",
			Outlet: "The Ledger", Copies: 19, Tone: -0.62, Moved: -0.065,
			Quote: Quote("Envoys left the hall after North Korea, which had asked for the meeting, called it a farce.", "North Korea", monitor.OwnVoice),
		},
		{
			Title: "Seoul: patience is at an end", URL: "https://meridian.example/2026/03/04/seoul",
			Outlet: "Meridian", Copies: 1, Tone: -0.58, Moved: -0.06,
			Quote: Quote("“The North has chosen to threaten its neighbours once more,” the minister said.", "The North", "South Korea"),
		},
		{
			Title: "Grain ships turned away at Nampo", Outlet: "Harbour News", Tone: -0.41, Moved: -0.047,
			Quote: Quote("The port authority gave no reason, and Pyongyang has not answered questions.", "Pyongyang", monitor.OwnVoice),
		},
	}
	for range 7 {
		list = append(list, monitor.Evidence{Title: "A lesser story", Outlet: "The Ledger", Tone: -0.2})
	}
	return list
}

// Quote is a sentence with its target marked.
func Quote(sentence, target, voice string) monitor.Quote {
	start := strings.Index(sentence, target)
	return monitor.Quote{Sentence: sentence, Start: start, End: start + len(target), Voice: voice, Tone: -0.6}
}

// Cases are alerts in every state that a receiver shows differently.
func Cases() []Case {
	return []Case{
		{"colder", Example()},
		{"warmer", with(func(a *alerts.Alert) {
			a.Episode.Direction = 1
			a.Episode.Last = monitor.Shift{Recent: 0.31, Baseline: -0.02, Size: 0.33, Error: 0.1, Score: 3.3, Stories: 9, Outlets: 3, Before: 61}
			a.Episode.Evidence = a.Episode.Evidence[:1]
		})},
		{"easing", with(ease)},
		{"over", of(Example(), ease, end)},
		{"budget", with(func(a *alerts.Alert) {
			budget(a, monitor.Limit{Sigma: 3.4, Days: 84})
			a.Episode.Last.Dispersion = 2.03
		})},
		{"budget-unlearnt", with(func(a *alerts.Alert) {
			budget(a, monitor.Limit{Sigma: 3, Days: 9, Problem: "only 9 of 42 days of history"})
		})},
		{"level", level()},
		{"level-easing", of(level(), func(a *alerts.Alert) { ease(a); a.Episode.Last.Recent = -0.28 })},
		{"level-over", of(level(), func(a *alerts.Alert) { end(a); a.Episode.Last.Recent = -0.21 })},
		{"drift", drift()},
		{"drift-easing", of(drift(), ease)},
		{"drift-over", of(drift(), ease, end)},
		{"volume", volume()},
		{"volume-easing", of(volume(), calm)},
		{"volume-over", of(volume(), calm, end)},
		{"fewer", fewer()},
		{"fewer-over", of(fewer(), calm, end)},
		{"split", split()},
		{"split-easing", of(split(), ease)},
		{"split-over", of(split(), ease, end)},
		{"one-voice", with(func(a *alerts.Alert) {
			a.Episode.Voice, a.Rule.Voice = "South Korea", "South Korea"
		})},
		{"own-voice", with(func(a *alerts.Alert) {
			a.Episode.Voice, a.Rule.Voice = monitor.OwnVoice, monitor.OwnVoice
		})},
		{"no-evidence", with(func(a *alerts.Alert) { a.Episode.Evidence = nil })},
		{"no-chart", with(func(a *alerts.Alert) { a.Episode.Chart.Points = a.Episode.Chart.Points[:1] })},
		{"called", with(func(a *alerts.Alert) { a.Mention = []string{"U012AB3CD", "S0614TZR7", "@here", "the night desk"} })},
		{"signed", with(sign)},
		{"remarked", of(Example(), ease, sign, remark)},
		{"remarked-over", of(Example(), ease, end, sign, remark)},
		{"rule-gone", with(func(a *alerts.Alert) { a.Rule = monitor.Rule{Name: "sharp turn"}; ease(a); end(a) })},
		{"withdrawn", of(Example(), ease, end, func(a *alerts.Alert) { a.Rule, a.Episode.Withdrawn = monitor.Rule{Name: "sharp turn"}, true })},
	}
}

func with(change func(*alerts.Alert)) alerts.Alert { return of(Example(), change) }

func of(a alerts.Alert, changes ...func(*alerts.Alert)) alerts.Alert {
	for _, change := range changes {
		change(&a)
	}
	return a
}

func ease(a *alerts.Alert) {
	a.Episode.Phase, a.Episode.Since, a.Episode.Revision = monitor.Easing, fired.Add(7*time.Hour), 2
	a.Episode.Last = monitor.Shift{Recent: 0.10, Baseline: 0.184, Size: -0.08, Error: 0.09, Score: -0.9, Stories: 10, Outlets: 4, Before: 140}
}

func end(a *alerts.Alert) {
	a.Episode.Phase, a.Episode.Revision = monitor.Quiet, 3
	a.Episode.Ended = fired.Add(9*time.Hour + 4*time.Minute)
}
