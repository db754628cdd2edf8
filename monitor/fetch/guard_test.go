package fetch_test

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"tonewatch/monitor"
	"tonewatch/monitor/fetch"
)

func TestGuard(t *testing.T) {
	t.Parallel()
	private := []string{
		"127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
		"100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192", "198.18.0.1", "224.0.0.1", "240.0.0.1",
		"255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::127.0.0.1", "fe80::1", "fe80::1%eth0", "fc00::1",
		"fd00:ec2::254", "fec0::1", "ff02::1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001::1",
	}
	for _, address := range private {
		err := fetch.Reachable(netip.MustParseAddr(address))
		if err == nil || !strings.HasSuffix(err.Error(), "is not a public address; if it is meant, name its network under fetch.allow") {
			t.Errorf("%s: error %v, want a refusal", address, err)
		}
	}
	for _, address := range []string{"93.184.215.14", "1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1"} {
		if err := fetch.Reachable(netip.MustParseAddr(address)); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	allow := []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fe80::/10")}
	for _, address := range []string{"10.1.2.3", "::ffff:10.1.2.3", "fe80::1%eth0"} {
		if err := fetch.Reachable(netip.MustParseAddr(address), allow...); err != nil {
			t.Errorf("%s is allowed: %v", address, err)
		}
	}
	if err := fetch.Reachable(netip.MustParseAddr("10.2.2.3"), allow...); err == nil {
		t.Error("10.2.2.3 is outside what is allowed")
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/file":
			w.Header().Set("Location", "file:///etc/passwd")
			w.WriteHeader(http.StatusFound)
		case "/inside":
			http.Redirect(w, r, "http://10.0.0.1/admin", http.StatusFound)
		}
	})
	strict := fetch.New(fetch.Options{})
	t.Cleanup(strict.Close)
	open := client(t, fetch.Options{})
	tests := map[string]struct {
		client *fetch.Client
		url    string
		want   string
	}{
		"loopback":            {strict, s.URL, `fetch "` + s.URL + `": refused: 127.0.0.1 is not a public address; if it is meant, name its network under fetch.allow`},
		"file":                {strict, "file:///etc/passwd", `fetch "file:///etc/passwd": refused: scheme "file" is neither http nor https`},
		"no host":             {strict, "http:///feed", `fetch "http:///feed": refused: the address names no host`},
		"no address":          {strict, "http://[", `fetch "redacted": refused: missing ']' in host`},
		"password is hidden":  {strict, "ftp://me:secret@example.org/", `fetch "ftp://example.org/": refused: scheme "ftp" is neither http nor https`},
		"redirect loop":       {open, s.URL + "/loop", `fetch "` + s.URL + `/loop": refused: more than 5 redirects`},
		"redirect to a file":  {open, s.URL + "/file", `fetch "` + s.URL + `/file": refused: redirect to file:///etc/passwd: scheme "file" is neither http nor https`},
		"redirect to private": {open, s.URL + "/inside", `fetch "` + s.URL + `/inside": refused: 10.0.0.1 is not a public address; if it is meant, name its network under fetch.allow`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := tc.client.Page(t.Context(), tc.url)
			got := failure(t, err)
			if got.Kind != monitor.FetchRefused || got.Error() != tc.want {
				t.Errorf("got %v\nwant %s", got, tc.want)
			}
			if got.Temporary {
				t.Error("a refusal must not be tried again")
			}
		})
	}
}
