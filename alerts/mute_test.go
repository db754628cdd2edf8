package alerts_test

import (
	"testing"
	"time"

	"tonewatch/alerts"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestMutedUntil(t *testing.T) {
	t.Parallel()
	const hour = time.Hour
	berlin, york, lordHowe := zone(t, "Europe/Berlin"), zone(t, "America/New_York"), zone(t, "Australia/Lord_Howe")
	nights := alerts.MuteTime{From: 22 * hour, To: 6 * hour, Zone: berlin}
	weekend := alerts.MuteTime{Days: []time.Weekday{time.Saturday, time.Sunday}, To: 24 * hour, Zone: berlin}
	office := alerts.MuteTime{Days: []time.Weekday{time.Monday}, From: 9 * hour, To: 17 * hour}
	small := func(z *time.Location) alerts.MuteTime {
		return alerts.MuteTime{From: 2*hour + 15*time.Minute, To: 2*hour + 45*time.Minute, Zone: z}
	}
	type mutes = []alerts.MuteTime
	for _, c := range []struct {
		name     string
		mutes    mutes
		at, want string // RFC 3339; want is empty where nothing is muted
	}{
		{"nothing", nil, "2026-03-04T12:00:00Z", ""},
		{"before", mutes{office}, "2026-03-02T08:59:59Z", ""},
		{"from the first moment", mutes{office}, "2026-03-02T09:00:00Z", "2026-03-02T17:00:00Z"},
		{"to the last", mutes{office}, "2026-03-02T16:59:59Z", "2026-03-02T17:00:00Z"},
		{"and no longer", mutes{office}, "2026-03-02T17:00:00Z", ""},
		{"on another day", mutes{office}, "2026-03-03T12:00:00Z", ""},
		{"the evening before midnight", mutes{nights}, "2026-03-04T22:30:00Z", "2026-03-05T05:00:00Z"},
		{"the morning after", mutes{nights}, "2026-03-05T04:59:00Z", "2026-03-05T05:00:00Z"},
		{"by day", mutes{nights}, "2026-03-05T05:00:00Z", ""},
		{"two days are one span", mutes{weekend}, "2026-03-06T23:00:00Z", "2026-03-08T23:00:00Z"},
		{"a weekend and its nights", mutes{nights, weekend}, "2026-03-06T21:30:00Z", "2026-03-09T05:00:00Z"},
		{"a span that begins at the end of another", mutes{office, {From: 17 * hour, To: 18 * hour}}, "2026-03-02T10:00:00Z", "2026-03-02T18:00:00Z"},
		{"without an end: for a look ahead", mutes{{To: 24 * hour}}, "2026-03-02T10:00:00Z", "2026-03-11T00:00:00Z"},
		{"from and to alike are a whole day", mutes{{Days: []time.Weekday{time.Monday}, From: 9 * hour, To: 9 * hour}}, "2026-03-03T08:00:00Z", "2026-03-03T09:00:00Z"},

		// In Berlin the clocks go from 02:00 to 03:00 on 29 March 2026, which is 01:00 UTC, and
		// from 03:00 back to 02:00 on 25 October, 01:00 UTC.
		{"a night that is an hour shorter", mutes{nights}, "2026-03-28T21:00:00Z", "2026-03-29T04:00:00Z"},
		{"a night that is an hour longer", mutes{nights}, "2026-10-24T20:00:00Z", "2026-10-25T05:00:00Z"},
		{"the day of it", mutes{weekend}, "2026-10-25T22:59:00Z", "2026-10-25T23:00:00Z"},
		{"times that do not come are no span", mutes{small(berlin)}, "2026-03-29T01:00:00Z", ""},
		{"until a time that does not come", mutes{{From: 0, To: 150 * time.Minute, Zone: berlin}}, "2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z"},
		{"and no longer, either", mutes{{From: 0, To: 150 * time.Minute, Zone: berlin}}, "2026-03-29T01:00:00Z", ""},
		{"from a time that does not come", mutes{{From: 150 * time.Minute, To: 4 * hour, Zone: berlin}}, "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"},
		{"from the first of two times", mutes{small(berlin)}, "2026-10-25T00:15:00Z", "2026-10-25T01:45:00Z"},
		{"to the last of two times", mutes{small(berlin)}, "2026-10-25T01:44:00Z", "2026-10-25T01:45:00Z"},
		{"and that is all", mutes{small(berlin)}, "2026-10-25T01:45:00Z", ""},
		{"west of Greenwich: no span", mutes{small(york)}, "2026-03-08T07:00:00Z", ""},
		{"west of Greenwich: from the first", mutes{small(york)}, "2026-11-01T06:15:00Z", ""},
		{"west of Greenwich: twice", mutes{{From: hour, To: 90 * time.Minute, Zone: york}}, "2026-11-01T05:00:00Z", "2026-11-01T06:30:00Z"},
		{"half an hour", mutes{{From: hour, To: 2 * hour, Zone: lordHowe}}, "2026-04-04T14:00:00Z", "2026-04-04T15:30:00Z"},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if until := alerts.MutedUntil(c.mutes, at); !until.IsZero() {
			got = until.Format(time.RFC3339)
		}
		if got != c.want {
			t.Errorf("%s: at %s muted until %q, want %q", c.name, c.at, got, c.want)
		}
	}
}

// At times all over two years, in zones of all kinds, the end is later than
// now, and right after it nothing is muted.
func TestMutedUntilIsAnEnd(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"} {
		z := zone(t, name)
		mutes := []alerts.MuteTime{
			{From: 22 * time.Hour, To: 2*time.Hour + 30*time.Minute, Zone: z},
			{Days: []time.Weekday{time.Sunday}, From: time.Hour, To: 3 * time.Hour, Zone: z},
		}
		muted := 0
		for at := time.Date(2010, 12, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2013; at = at.Add(61 * time.Minute) {
			until := alerts.MutedUntil(mutes, at)
			if until.IsZero() {
				continue
			}
			muted++
			if !until.After(at) || !alerts.MutedUntil(mutes, until).IsZero() || alerts.MutedUntil(mutes, until.Add(-time.Second)) != until {
				t.Fatalf("%s: at %v muted until %v, which is no end", name, at, until)
			}
		}
		if muted == 0 {
			t.Errorf("%s: never muted", name)
		}
	}
}
