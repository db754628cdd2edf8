package configs

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// MuteTime is a span of the day, on some days of each week, in which routes that
// name it tell nothing new.
type MuteTime struct {
	Name string    `yaml:"name"`           // unique whatever the case
	Days []Weekday `yaml:"days,omitempty"` // on which it begins; default every day

	// From and To are times of the day by the clocks of Zone; a To before From is
	// on the next day. Default the whole day.
	From Clock `yaml:"from"`
	To   Clock `yaml:"to"`

	// Zone is a name of the IANA time zone database, as "Europe/Berlin". Default
	// "UTC".
	Zone string `yaml:"zone"`
}

func (m *MuteTime) setDefaults() { m.To, m.Zone = Clock(day), time.UTC.String() }

// Clock is a time of the day, from "00:00" to "24:00", as what has passed of it.
type Clock time.Duration

// UnmarshalText reads hours and minutes, as "06:30".
func (c *Clock) UnmarshalText(text []byte) error {
	hours, minutes, found := strings.Cut(string(text), ":")
	h, errHours := strconv.ParseUint(hours, 10, 8)
	m, errMinutes := strconv.ParseUint(minutes, 10, 8)
	of := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
	if !found || errHours != nil || errMinutes != nil || len(hours) > 2 || len(minutes) != 2 || m > 59 || of > day {
		return errors.New("no time of the day")
	}
	*c = Clock(of)
	return nil
}

// MarshalText writes what [Clock.UnmarshalText] reads.
func (c Clock) MarshalText() ([]byte, error) {
	of := time.Duration(c)
	return fmt.Appendf(nil, "%02d:%02d", of/time.Hour, of%time.Hour/time.Minute), nil
}

// Weekday is a day of the week.
type Weekday time.Weekday

// UnmarshalText reads an English name, or its first three letters.
func (d *Weekday) UnmarshalText(text []byte) error {
	for w := time.Sunday; w <= time.Saturday; w++ {
		if name := w.String(); strings.EqualFold(name, string(text)) || strings.EqualFold(name[:3], string(text)) {
			*d = Weekday(w)
			return nil
		}
	}
	return errors.New("no day of the week")
}

// MarshalText writes what [Weekday.UnmarshalText] reads.
func (d Weekday) MarshalText() ([]byte, error) {
	return []byte(strings.ToLower(time.Weekday(d).String()[:3])), nil
}

func (f *file) muteTimes(c *Config) {
	names := map[string]int{}
	for i := range c.MuteTimes {
		m := &c.MuteTimes[i]
		f.uniqueName(m, &m.Name, names)
		if m.Days != nil && len(m.Days) == 0 {
			f.wrong(&m.Days, "leave the key out for every day", "is empty")
		}
		if f.absent(&m.To) {
			f.must(m.From < m.To, &m.From, "before the end of the day")
		} else {
			f.must(m.From != m.To, &m.To, `another time than "from"; leave both out for the whole day`)
		}
		// A zone of the machine's own would be another on the next machine.
		if _, err := time.LoadLocation(m.Zone); err != nil || m.Zone == "" || m.Zone == "Local" {
			f.wrong(&m.Zone, "", `must be a time zone like "Europe/Berlin", not %s`, f.quote(&m.Zone))
		}
	}
}
