package history

import (
	"cmp"
	"slices"
	"time"
)

// Channel is how much one receiver would have been told.
type Channel struct {
	Receiver string  `json:"receiver"`
	Episodes int     `json:"episodes"`
	ADay     float64 `json:"a_day"`   // on average over the history
	Busiest  string  `json:"busiest"` // the day of most episodes, UTC
	Most     int     `json:"most"`    // that many
}

// Channels counts episodes by receiver, in order of name, over so many days.
func Channels(episodes []Episode, days float64) []Channel {
	list := []Channel{}
	daily := make(map[string]map[string]int)
	for _, e := range episodes {
		for _, name := range e.Receivers {
			if daily[name] == nil {
				daily[name] = make(map[string]int)
				list = append(list, Channel{Receiver: name})
			}
			daily[name][e.Start.Format(time.DateOnly)]++
		}
	}
	slices.SortFunc(list, func(a, b Channel) int { return cmp.Compare(a.Receiver, b.Receiver) })
	for i := range list {
		c := &list[i]
		for day, n := range daily[c.Receiver] {
			c.Episodes += n
			if n > c.Most || n == c.Most && day < c.Busiest {
				c.Busiest, c.Most = day, n
			}
		}
		c.ADay = float64(c.Episodes) / max(1, days)
	}
	return list
}
