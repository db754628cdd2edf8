package monitor_test

import (
	"net/url"
	"testing"

	"tonewatch/monitor"
)

func TestHostOf(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://example.org/feed":              "example.org",
		"https://Feeds.Example.ORG.:8443/feed":  "example.org",
		"https://a.b.example.co.uk/":            "example.co.uk",
		"https://one.blogspot.com/":             "one.blogspot.com", // a publisher of its own, says the list
		"http://127.0.0.1:8080/":                "127.0.0.1",
		"http://10.1.2.3/":                      "10.1.2.3",
		"http://[2606:4700::1111]/":             "2606:4700::1111",
		"http://localhost/":                     "localhost",
		"http://co.uk/":                         "co.uk",
		"http://xn--bcher-kva.example.test/foo": "example.test",
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := monitor.HostOf(u); got != want {
			t.Errorf("%s belongs to %q, want %q", address, got, want)
		}
	}
}
