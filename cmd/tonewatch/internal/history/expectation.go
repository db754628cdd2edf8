package history

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tonewatch/configs"
	"tonewatch/monitor"
)

// Expectations are what a history must bring to light, and what it must not.
type Expectations struct {
	Expect []Expectation `yaml:"expect"`
	None   []Expectation `yaml:"none"`
}

// Expectation is about episodes told within a time; an empty field is any.
type Expectation struct {
	Rule      string `yaml:"rule"`
	Actor     string `yaml:"actor"`
	Voice     string `yaml:"voice"` // any, outlets or a holder's name
	Direction string `yaml:"direction"`
	From      string `yaml:"from"` // a date or RFC 3339
	To        string `yaml:"to"`   // a date is its whole day

	from, to  time.Time
	direction int
	at        string // where it stands
}

// Directions are the words for the way a shift goes: tone, and the number of
// stories.
var directions = map[string]int{"": 0, "colder": -1, "fewer": -1, "warmer": +1, "more": +1}

// ReadExpectations reads a YAML file, strictly, whose rules and actors are among
// those given. The error is [configs.Problems] where the file can be read.
func ReadExpectations(path string, rules, actors []string) (*Expectations, error) {
	var e Expectations
	sheet, err := configs.ReadSheet(path, &e)
	if err != nil {
		return nil, err
	}
	for i := range e.Expect {
		if x := &e.Expect[i]; sheet.Need(x, &x.Rule, "rule") && sheet.Need(x, &x.Actor, "actor") {
			x.check(sheet, rules, actors)
		}
	}
	for i := range e.None {
		e.None[i].check(sheet, rules, actors)
	}
	if err := sheet.Err(); err != nil {
		return nil, err
	}
	return &e, nil
}

func (x *Expectation) check(sheet *configs.Sheet, rules, actors []string) {
	x.at = sheet.At(x)
	sheet.OneOf(&x.Rule, append(rules, "")...)
	sheet.OneOf(&x.Actor, append(actors, "")...)
	sheet.OneOf(&x.Direction, "colder", "warmer", "fewer", "more", "")
	x.direction = directions[x.Direction]
	x.from = x.time(sheet, &x.From, "from", 0)
	x.to = x.time(sheet, &x.To, "to", 24*time.Hour-time.Nanosecond)
	if !x.to.IsZero() && x.to.Before(x.from) {
		sheet.Wrong(&x.To, "", "is before \"from\", %s", x.From)
	}
}

// time reads a time; a date gets something on top.
func (x *Expectation) time(sheet *configs.Sheet, field *string, key string, whole time.Duration) time.Time {
	if !sheet.Need(x, field, key) {
		return time.Time{}
	}
	at, err := ParseTime(*field)
	if err != nil {
		sheet.Wrong(field, `write "2026-03-14", or "2026-03-14T06:00:00Z"`, "must be a time, not %q", *field)
	}
	if len(*field) == len(time.DateOnly) {
		at = at.Add(whole)
	}
	return at
}

func (x Expectation) meets(e Episode) bool {
	voice := x.Voice
	if voice == configs.OutletVoices {
		voice = monitor.OwnVoice
	}
	return (x.Rule == "" || x.Rule == e.Rule) && (x.Actor == "" || x.Actor == e.Actor) &&
		(x.Voice == "" || voice == e.Voice) && (x.direction == 0 || x.direction == e.Direction) &&
		!e.Start.Before(x.from) && !e.Start.After(x.to)
}

// String is the expectation in the words of its file.
func (x Expectation) String() string {
	var b strings.Builder
	for _, f := range [][2]string{{"rule", x.Rule}, {"actor", x.Actor}, {"voice", x.Voice}, {"direction", x.Direction}, {"from", x.From}, {"to", x.To}} {
		if f[1] != "" {
			fmt.Fprintf(&b, ", %s: %s", f[0], f[1])
		}
	}
	return strings.TrimPrefix(b.String(), ", ")
}

// Missed says which expectations the episodes do not meet, a line each.
func (e Expectations) Missed(episodes []Episode) []string {
	missed := []string{}
	for _, x := range e.Expect {
		if !slices.ContainsFunc(episodes, x.meets) {
			missed = append(missed, fmt.Sprintf("%s: did not happen: %s", x.at, x))
		}
	}
	for _, x := range e.None {
		for _, found := range episodes {
			if x.meets(found) {
				missed = append(missed, fmt.Sprintf("%s: happened on %s (%s, %s): %s", x.at, found.Start.Format("2006-01-02 15:04"), found.Actor, found.Rule, x))
			}
		}
	}
	return missed
}
