package alerts_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tonewatch/alerts"
	"tonewatch/monitor"
)

func TestRemarks(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 4, 13, 5, 0, 0, time.UTC)
	acts := []monitor.Act{
		{At: at, By: "U1", Kind: monitor.ActAcknowledge},
		{At: at, By: "U2", Kind: monitor.ActSnooze, Until: at.Add(3 * time.Hour)},
		{At: at, By: "U2", Kind: monitor.ActMute, Actor: "North\nKorea", Until: at.Add(24 * time.Hour)},
		{At: at, By: "U3", Kind: monitor.ActWrong, Story: "A \u202estory", Label: "neutral"},
		{At: at, By: "U3", Kind: monitor.ActWrong, Label: "positive", Note: "<!channel>\n" + strings.Repeat("x", 200)},
		{At: at, By: "U4", Kind: "of a later release"},
	}
	want := []alerts.Remark{
		{At: at, By: "U1", Text: "acknowledged"},
		{At: at, By: "U2", Text: "snoozed until 4 Mar 16:05 UTC"},
		{At: at, By: "U2", Text: "muted North Korea until 5 Mar 13:05 UTC"},
		{At: at, By: "U3", Text: "called the tone of “A story” wrong: should be neutral"},
		{At: at, By: "U3", Text: "called the tone wrong: should be positive (“<!channel> " + strings.Repeat("x", 108) + "…”)"},
		{At: at, By: "U4", Text: "of a later release"},
	}
	if diff := cmp.Diff(want, alerts.Remarks(acts)); diff != "" {
		t.Errorf("remarks (-want +got):\n%s", diff)
	}
	if got := alerts.Remarks(nil); len(got) != 0 {
		t.Errorf("remarks %v of no acts, want none", got)
	}
}
