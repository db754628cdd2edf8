package slack_test

import (
	"bytes"
	"image"
	_ "image/png"
	"net/url"
	"strings"
	"testing"
)

// form is that of the only request of a method.
func (f *fake) form(t *testing.T, method string) url.Values {
	t.Helper()
	var found []url.Values
	for _, asked := range f.asked() {
		if encoded, ok := strings.CutPrefix(asked, method+" "); ok {
			form, err := url.ParseQuery(encoded)
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, form)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d requests of %s, want one: %v", len(found), method, f.asked())
	}
	return found[0]
}

func TestPictureWhereChartsAreRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.noCharts = true
	if err := d.deliver(t); err != nil {
		t.Fatal(err)
	}
	sent := d.sent()
	if len(sent) != 1 || strings.Contains(sent[0].form.Get("blocks"), "data_visualization") || !strings.Contains(sent[0].form.Get("blocks"), "Baseline") {
		t.Fatalf("messages %v, want one with everything but the chart", sent)
	}
	const spoken = "Tone toward North Korea, by day, from 25 Feb to 4 Mar; tone between minus 0.23 and plus 0.21, at last minus 0.23; baseline plus 0.18."
	if got := d.form(t, "files.getUploadURLExternal"); got.Get("alt_txt") != spoken {
		t.Errorf("alt text %q, want %q", got.Get("alt_txt"), spoken)
	}
	if got := d.form(t, "files.completeUploadExternal"); got.Get("thread_ts") != sent[0].ts || got.Get("channel_id") != "C0DESKKOREA" ||
		!strings.Contains(got.Get("files"), "Tone toward North Korea, by day") {
		t.Errorf("shared by %v, want it in the thread of the alert", got)
	}
	picture, kind, err := image.Decode(bytes.NewReader(d.picture))
	if err != nil || kind != "png" || picture.Bounds() != image.Rect(0, 0, 800, 300) {
		t.Errorf("picture %q (%v), want a PNG of 800 by 300", kind, err)
	}

	d.move("easing") // an edit uploads nothing
	if err := d.deliver(t); err != nil {
		t.Fatal(err)
	}
	if d.sent()[0].edits != 1 || d.calls("files.completeUploadExternal") != 1 {
		t.Errorf("requests %v, want one edit and no second picture", d.asked())
	}
}

// A picture is worth less than the message that it belongs to.
func TestFailedUploadFailsNothing(t *testing.T) {
	t.Parallel()
	for method, answer := range map[string]string{
		"files.getUploadURLExternal":   `{"ok":false,"error":"missing_scope","needed":"files:write"}`,
		"files.completeUploadExternal": `{"ok":false,"error":"internal_error ` + token + `"}`,
	} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.noCharts = true
			d.answer(method, answer)
			if err := d.deliver(t); err != nil {
				t.Fatal(err)
			}
			if d.store.Ended(1) != 1 || len(d.sent()) != 1 {
				t.Errorf("ended %d times, %d messages, want the delivery done", d.store.Ended(1), len(d.sent()))
			}
			if log := d.log.String(); !strings.Contains(log, "a picture of the chart could not be uploaded") || strings.Contains(log, token) {
				t.Errorf("log %q, want a line about it, without the token", log)
			}
		})
	}
}
