package monitor_test

import (
	"strings"
	"testing"
	"time"

	"tonewatch/monitor"
)

func TestIdentity(t *testing.T) {
	t.Parallel()
	full := monitor.Item{ID: "7", Link: "https://e.org/7", Title: "Seven", Published: monday}
	noID, noLink := full, full
	noID.ID, noLink.ID, noLink.Link = "", "", ""
	if got := monitor.Identity(full); got != "id:7" {
		t.Errorf("with a GUID: %q", got)
	}
	if got := monitor.Identity(noID); got != "link:https://e.org/7" {
		t.Errorf("without a GUID: %q", got)
	}
	hashed := monitor.Identity(noLink)
	if !strings.HasPrefix(hashed, "hash:") || len(hashed) != len("hash:")+32 {
		t.Errorf("without either: %q", hashed)
	}
	other := noLink
	other.Published = monday.Add(time.Second)
	if monitor.Identity(other) == hashed {
		t.Error("two dates, one identity")
	}
}

func TestPublishedAt(t *testing.T) {
	t.Parallel()
	seen := monday
	earlier := monday.Add(-5 * time.Hour)
	cases := map[string]struct {
		item monitor.Item
		want time.Time
	}{
		"its own date":            {monitor.Item{Published: earlier}, earlier},
		"the update's, if alone":  {monitor.Item{Updated: earlier}, earlier},
		"none: when seen":         {monitor.Item{}, seen},
		"in the future":           {monitor.Item{Published: seen.Add(time.Hour)}, seen},
		"a clock slightly ahead":  {monitor.Item{Published: seen.Add(time.Minute)}, seen.Add(time.Minute)},
		"before there were feeds": {monitor.Item{Published: time.Unix(0, 0)}, seen},
	}
	for name, c := range cases {
		if got := monitor.PublishedAt(c.item, seen); !got.Equal(c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
