package web_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"tonewatch/cmd/tonewatch/internal/web"
	"tonewatch/monitor"
)

func TestRedaction(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		{"no address here: a//b, http: c", "no address here: a//b, http: c"},
		{`Get "https://a.example/x": EOF`, `Get "https://a.example/x": EOF`},
		{`Get "https://u:p@a.example/x?t=s#f": EOF`, `Get "https://a.example/x?redacted": EOF`},
		{"see HTTPS://u:p@a.example/x, then http://b.example/?k=s.", "see https://a.example/x, then http://b.example/?redacted."},
		{"postgres://u:p@db/tw?sslmode=disable refused", "postgres://db/tw?redacted refused"},
		{"https://u:it's@a.example/ and on", "https://a.example/ and on"},
		{`https://a.example/?t="s"<s> and on`, "https://a.example/?redacted and on"},
		{"http://u:p?s@a.example/ and on", "redacted and on"},
		{"http://[::1/ and on", "redacted and on"},
		{"(https://a.example/feed/@user)", "(https://a.example/feed/@user)"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			s := refreshed(t, web.Options{}, monitor.Status{Failed: 1, Problem: tt.text})
			got := lines(report(t, s), "jobs:failed")
			if diff := cmp.Diff([]string{"jobs:failed: warn: 1 job given up: " + tt.want}, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// FuzzRedaction hides a secret where a feed's address can hold one, lets the
// usual errors quote it, and looks for it in everything that is served.
func FuzzRedaction(f *testing.F) {
	f.Add("user", "pass", "/feed", "token", "no such host")
	f.Add("", "it's", "/@user/feed", "q", "said \"no\" <b>`")
	f.Add("\x00", "?#@:/", "//", "a b", "\xff\n\x1b[31m")
	f.Add("é", "%zz", "/%2f", "", "https://b.example/?x=1")
	f.Fuzz(func(t *testing.T, user, pass, path, key, said string) {
		const secret = "s3cr3tw0rd"
		feed := url.URL{
			Scheme: "https", Host: "a.example", Path: "/" + path, Fragment: pass + secret,
			User:     url.UserPassword(user+secret, secret+pass),
			RawQuery: url.QueryEscape(key) + "=" + secret + url.QueryEscape(pass),
		}
		if strings.Contains(user+pass+path+key+said, secret) {
			t.Skip("the secret is no secret")
		}
		address := feed.String()
		quoted := fmt.Sprintf("fetch %q: network: Get %q: %s", address, address, said)
		bare := said + " " + address + ": refused"
		s := refreshed(t, web.Options{Receivers: func() map[string]error {
			return map[string]error{"slack": errors.New(bare)}
		}}, monitor.Status{
			Feeds:  []monitor.Feed{{URL: address, Every: "@hourly", Failures: 1, Problem: quoted}},
			Failed: 1, Problem: bare,
			Outbox: monitor.Outbox{Dead: 1, Problem: quoted},
		})
		for _, target := range []string{"/health", "/metrics"} {
			body := get(t, s, target).Body.String()
			if strings.Contains(body, secret) {
				t.Errorf("%s of %q holds the secret:\n%s", target, address, body)
			}
			if !utf8.ValidString(body) {
				t.Errorf("%s is not UTF-8: %q", target, body)
			}
		}
		if body := get(t, s, "/health").Body.Bytes(); !json.Valid(body) {
			t.Errorf("not JSON: %s", body)
		}
	})
}
