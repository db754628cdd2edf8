package alertstest

import (
	"fmt"
	"time"

	"tonewatch/alerts"
	"tonewatch/monitor"
)

// Shown is a message with the name of what it shows.
type Shown struct {
	Name    string
	Message alerts.Message
}

// Messages are one of each kind, an alert in each of the states of [Cases].
func Messages() []Shown {
	var list []Shown
	for _, c := range Cases() {
		list = append(list, Shown{c.Name, c.Alert.Message()})
	}
	return append(list,
		reply("reply-worse", of(Example(), grow, call), alerts.Worse),
		reply("reply-driven", Example(), alerts.Driven),
		reply("reply-recovered", of(Example(), ease, end), alerts.Recovered),
		reply("reply-still", of(Example(), stay), alerts.Still),
		reply("reply-level-worse", level(), alerts.Worse),
		reply("reply-volume-recovered", of(volume(), calm, end), alerts.Recovered),
		reply("reply-split-still", of(split(), stay), alerts.Still),
		Shown{"digest", digest(level(), volume(), split(), of(Example(), ease, end), drift())},
		Shown{"digest-long", digest(many(37)...)},
		Shown{"note", alerts.Message{Key: "n1-7f3a9c", Note: &alerts.Note{
			At: fired, Title: "A quiet day: nothing has shifted since 3 March",
			Lines: []string{"41 feeds watched, 2 of them stale", "1,204 articles read, 612 stories", "12 actors; the nearest to a shift: North Korea, 1.9 sigma"},
		}}},
		Shown{"note-empty", alerts.Message{Key: "n2-7f3a9c", Note: &alerts.Note{At: fired, Title: "tonewatch is alive"}}},
	)
}

func reply(name string, a alerts.Alert, n alerts.News) Shown {
	return Shown{name, alerts.Message{
		Key: "r1-7f3a9c", Reply: &alerts.Reply{Alert: a, News: n},
		Thread: alerts.Receipt{Channel: "C0DESKKOREA", TS: "1772629500.000001"},
	}}
}

func digest(list ...alerts.Alert) alerts.Message {
	return alerts.Message{Key: "d1-7f3a9c", Digest: &alerts.Digest{Since: fired, Alerts: list}}
}

func many(n int) (list []alerts.Alert) {
	for i := range n {
		list = append(list, with(func(a *alerts.Alert) { a.Episode.Actor = fmt.Sprintf("Actor %d", i+1) }))
	}
	return list
}

// grow makes the shift half as large again.
func grow(a *alerts.Alert) {
	a.Episode.Last = monitor.Shift{
		At: fired.Add(5 * time.Hour), Recent: -0.41, Baseline: 0.184, Size: -0.57, Mix: -0.024, Error: 0.081,
		Stories: 19, Outlets: 7, Before: 140, Score: -6.4,
	}
	a.Episode.Peak = a.Episode.Last
}

func stay(a *alerts.Alert) { a.Episode.Last.At = fired.Add(49 * time.Hour) }

func call(a *alerts.Alert) { a.Mention = []string{"S0614TZR7"} }
