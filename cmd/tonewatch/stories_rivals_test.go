package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"tonewatch/cmd/tonewatch/internal/demo"
)

// events are each told by two writers, in their own words, with the names, the
// figures and the quotes that both have from one place.
var events = [][2]string{
	{
		`At least 14 people were killed and 37 injured when a commuter train left the rails outside Karsholm early on Tuesday, the interior ministry said. ` +
			`"We will not rest until we know how this could happen," the minister, Maria Velk, told reporters at the scene. Rescue teams worked through the morning ` +
			`to reach passengers who were trapped in the second of six carriages. The line between Karsholm and Telmis will stay closed until Friday. ` +
			`Investigators have found the recorder of the locomotive, which was travelling at 112 kilometres an hour in a bend for which 80 are allowed.`,
		`Grief hung over the valley of the Telm yesterday, hours after the 6.40 to Karsholm jumped its track in the bend that drivers here call the elbow. ` +
			`The interior ministry puts the dead at 14 and the hurt at 37; three were still missing when night fell. Maria Velk, the minister, came before noon. ` +
			`"We will not rest until we know how this could happen," she said. Its recorder, dug out of the mud by a crane, has the train at 112 kilometres an hour. ` +
			`The sign at the roadside says 80. Buses carry travellers between Karsholm and Telmis until Friday, and few of those who wait for them talk.`,
	},
	{
		`The central bank of Norland raised its key rate by a quarter of a point to 3.75 percent on Thursday, the third rise this year, and signalled that more may follow. ` +
			`"Inflation is still too high for comfort," Governor Anders Holt said after the meeting of the board. Consumer prices rose by 4.1 percent in the year to April. ` +
			`The crown gained half a percent against the euro. Five of the seven members voted for the rise, two for no change, the minutes are to show on 12 June.`,
		`Borrowers in Norland will pay more from next week. The bank's board lifted the rate to 3.75 percent on Thursday, after two earlier steps since January, with two of seven members against. ` +
			`Traders had bet on it, and still the crown rose. Anders Holt, who heads the bank, left little hope for a pause: "Inflation is still too high for comfort." ` +
			`With prices up 4.1 percent on the year to April, a family with a mortgage of 300,000 crowns will find 62 less in its purse each month, according to the savings banks.`,
	},
	{
		`North Korea fired two short-range ballistic missiles into the sea off its east coast on Monday, South Korea's military said, its fifth launch this month. ` +
			`The missiles flew about 380 kilometres at a height of up to 50, the Joint Chiefs of Staff said in a statement. "We strongly condemn the launch as an act that harms peace," it added. ` +
			`Japan's coast guard told ships to keep away from what had fallen. The launch came two days before drills of the United States and South Korea are to begin.`,
		`Pyongyang greeted the coming drills in its own manner. Two missiles of short range rose near Wonsan at dawn on Monday and fell, some 380 kilometres away, into the sea, ` +
			`according to officers in Seoul who count them: this was the fifth time in June. Neither went higher than 50 kilometres. Washington's troops exercise with their allies from Wednesday on. ` +
			`Seoul's Joint Chiefs of Staff said, "We strongly condemn the launch as an act that harms peace." In Tokyo, where the alarm had sounded, schools opened an hour late.`,
	},
	{
		`Vantholm Lines will cut 1,200 jobs, or 8 percent of its staff, after a loss of 214 million crowns in the first quarter, the shipping company said on Wednesday. ` +
			`Chief executive Petra Lund said rates for containers had fallen by half since last summer. "We have ordered too many ships for the world that is coming," she said. ` +
			`Four of eleven ships on order are to be cancelled. The shares fell 6.3 percent to 88.40 crowns in Karsholm, their lowest since 2020.`,
		`Every twelfth sailor and clerk has to go. So much Petra Lund, at the helm of Vantholm Lines for only seven months, made plain on Wednesday, when she laid out a quarter that cost ` +
			`the company 214 million crowns. The boom that filled its coffers is gone, a container earns half of what it did a year ago, and eleven new hulls lie in the yards, ` +
			`four of which nobody wants now. "We have ordered too many ships for the world that is coming," she said. Unions, which count 1,200 jobs, call for talks; the market took off 6.3 percent.`,
	},
}

// rivals are the events as told by both their writers for two outlets, an hour
// apart, under one headline or two; each is a story of its own.
func rivals(story int) (articles []printed) {
	for i, event := range events {
		for j, text := range event {
			title := fmt.Sprintf("What came of event number %d today", i)
			if i%2 == 1 {
				title = fmt.Sprintf("Headline of writer %d on event number %d", j, i)
			}
			articles = append(articles, printed{
				outlet: fmt.Sprint("writer ", j), title: title, text: text,
				at: demo.Start().Add(time.Duration(2*i+j) * time.Hour), story: story + 2*i + j, kind: "own words",
			})
		}
	}
	return articles
}

// tickers are running reports of one form, each an outlet's own, every half hour of
// a day: most of what they say is what they said before, and the figures are new.
func tickers(n, story int) (reports []printed) {
	r := rand.New(rand.NewPCG(5, 5))
	for i := range n {
		at := demo.Start().Add(time.Duration(i) * 30 * time.Minute)
		var lines []string
		for _, share := range []string{"Vantholm Lines", "Telmis Power", "Karsholm Steel", "Norland Bank", "Velk Foods", "Holt & Lund"} {
			lines = append(lines, fmt.Sprintf("%s traded at %d.%02d crowns, %d.%d percent from where it stood at the opening of the exchange.", share, 20+r.IntN(300), r.IntN(100), r.IntN(6), r.IntN(10)))
		}
		reports = append(reports, printed{
			outlet: "the exchange's wire", title: "Karsholm exchange: prices of the day",
			text: fmt.Sprintf("Prices on the Karsholm exchange as of %s, with turnover of %d million crowns so far. ", at.Format("15:04"), 100+r.IntN(900)) +
				strings.Join(lines, " ") + " These prices come without guarantee and are for information only; the exchange advises nobody to buy or to sell.",
			at: at, story: story + i, kind: "ticker",
		})
	}
	return reports
}

// What is about one thing, and what is of one form, is no copy for that.
func TestStoriesOfRivals(t *testing.T) {
	t.Parallel()
	for name, articles := range map[string][]printed{"two writers on one event": rivals(0), "running reports": tickers(48, 0)} {
		got := group(articles)
		for _, pair := range got.wrong {
			t.Errorf("%s: %q at %s is put with %q at %s", name, pair[0].text, pair[0].at.Format("15:04"), pair[1].text, pair[1].at.Format("15:04"))
		}
	}
	// Their reprints are found all the same, each with its own.
	articles := rivals(0)
	for _, a := range rivals(0) {
		a.outlet, a.title, a.kind, a.at = "a third", "Read elsewhere, story "+fmt.Sprint(a.story), "reprint", a.at.Add(5*time.Hour)
		a.text = "This is what others wrote on the matter, which we print with their leave. " + a.text
		articles = append(articles, a)
	}
	if got := group(articles); len(got.wrong) > 0 || got.found["reprint"] != 2*len(events) {
		t.Errorf("reprints of rivals: %v", got)
	}
}
