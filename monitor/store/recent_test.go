package store_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/monitor"
	"tonewatch/monitor/store"
)

func TestRecentGivesWhatWasReadLately(t *testing.T) {
	t.Parallel()
	d := openDesk(t, file(t), cool("1"), monday.Add(20*24*time.Hour))
	f := theFeed(t, d.s)
	for i, days := range []int{1, 9, 10, 11} {
		at := monday.Add(time.Duration(days) * 24 * time.Hour)
		_, _, err := d.s.SavePoll(t.Context(), f, []monitor.Article{{
			Feed: f.ID, Key: fmt.Sprint(i), Outlet: "Alpha", Title: fmt.Sprintf("Day %d", days), Content: fmt.Sprintf("It is day %d.", days),
			Published: monday, Seen: at,
		}})
		must(t, err)
	}
	d.settle()
	unread := monitor.Article{Feed: f.ID, Key: "unread", Title: "Unread", Published: monday, Seen: monday.Add(12 * 24 * time.Hour)}
	_, _, err := d.s.SavePoll(t.Context(), f, []monitor.Article{unread})
	must(t, err)

	recent := func(most int) (list []string) {
		t.Helper()
		must(t, store.Recent(t.Context(), d.path, monday.Add(8*24*time.Hour), func(title, text string) bool {
			list = append(list, title+": "+text)
			return len(list) < most
		}))
		return list
	}
	want := []string{"Day 11: It is day 11.", "Day 10: It is day 10.", "Day 9: It is day 9."}
	if diff := cmp.Diff(want, recent(99)); diff != "" {
		t.Errorf("beside the daemon (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want[:2], recent(2)); diff != "" {
		t.Errorf("until enough (-want +got):\n%s", diff)
	}
	mustClose(t, d.s)
	d.s = nil
	before, err := os.ReadFile(d.path)
	must(t, err)
	if diff := cmp.Diff(want, recent(99)); diff != "" {
		t.Errorf("of a closed file (-want +got):\n%s", diff)
	}
	after, err := os.ReadFile(d.path)
	must(t, err)
	if string(before) != string(after) {
		t.Error("the file has changed")
	}
}

func TestRecentMakesNoFile(t *testing.T) {
	t.Parallel()
	path := file(t)
	err := store.Recent(t.Context(), path, monday, func(string, string) bool { return true })
	if err == nil || !strings.HasPrefix(err.Error(), fmt.Sprintf("read store %q: ", path)) {
		t.Errorf("error %v does not name the file", err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("a file was made: %v", err)
	}
}
