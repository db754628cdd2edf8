package store_test

import (
	"path/filepath"
	"strings"
	"testing"

	"tonewatch/monitor"
)

// One paragraph without a full stop and with two thousand mentions is kept with
// quotes of some kilobytes.
func TestAHostileParagraphIsKeptInLittle(t *testing.T) {
	t.Parallel()
	d := openDesk(t, filepath.Join(t.TempDir(), "q.db"), cool("1"), monday)
	_, _, err := d.s.SavePoll(t.Context(), theFeed(t, d.s), []monitor.Article{{
		Feed: 1, Key: "1", Outlet: "Alpha", Title: "One sentence", Published: monday, Seen: monday,
		Content: strings.Repeat("and then Acme had a wonderful time with all of them ", 2000),
	}})
	must(t, err)
	d.settle()
	const most = 20 * (1000 + 200) // its quotes, each with its names
	if got := ask[int](t, d.path, `SELECT max(length(quotes)) FROM readings`); got == 0 || got > most {
		t.Errorf("quotes of %d bytes are kept, want some and at most %d", got, most)
	}
	if got := ask[int](t, d.path, `SELECT count(*) FROM readings WHERE tone < 0`); got != 2 {
		t.Errorf("%d readings, want 2", got)
	}
}
