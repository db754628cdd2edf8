package extract_test

import (
	"strings"
	"testing"

	"tonewatch/monitor/extract"
)

func TestCanonical(t *testing.T) {
	t.Parallel()
	const from = "https://www.news.example.co.uk/world/story-1?utm_source=feed"
	link := func(href string) string {
		return `<html><head><title>x</title><link rel="canonical" href="` + href + `"></head><body>text</body></html>`
	}
	const story = "https://news.example.co.uk/story-1"
	for name, c := range map[string]struct{ page, want string }{
		"full":                     {link(story), story},
		"another subdomain":        {link("http://m.example.co.uk/1"), "http://m.example.co.uk/1"},
		"relative":                 {link("/story-1"), "https://www.news.example.co.uk/story-1"},
		"without a scheme":         {link("//example.co.uk/story-1"), "https://example.co.uk/story-1"},
		"spaces and a fragment":    {link(" \n" + story + "#top "), story},
		"entities":                 {link(story + "?a=1&amp;b=2"), story + "?a=1&b=2"},
		"capitals, several words":  {`<LINK REL="alternate Canonical" HREF='` + story + `'>`, story},
		"the first of two":         {link(story + `"><link rel="canonical" href="/other`), story},
		"none":                     {`<html><head><link rel="stylesheet" href="/x.css"></head></html>`, ""},
		"no address":               {link(""), ""},
		"another domain":           {link("https://elsewhere.example/story-1"), ""},
		"a domain that looks like": {link("https://evil-example.co.uk/story-1"), ""},
		"the suffix itself":        {link("https://co.uk/story-1"), ""},
		"a script":                 {link("javascript:alert(1)"), ""},
		"a file":                   {link("file:///etc/passwd"), ""},
		"with a password":          {link("https://a:b@example.co.uk/story-1"), ""},
		"broken":                   {link("https://example.co.uk:port/%zz"), ""},
		"long":                     {link("/" + strings.Repeat("x", 3000)), ""},
		"in the body":              {`<html><head></head><body><link rel="canonical" href="` + story + `"></body>`, ""},
		"in a body without head":   {`<body><link rel="canonical" href="` + story + `">`, ""},
		"in a comment":             {`<head><!-- <link rel="canonical" href="` + story + `"> --></head>`, ""},
		"in a script's text":       {`<head><script>'<link rel="canonical" href="` + story + `">'</script></head>`, ""},
		"behind megabytes":         {`<head><style>` + strings.Repeat("a{}\n", 1<<20) + `</style>` + link(story), ""},
		"nothing":                  {"", ""},
	} {
		if got := extract.Canonical([]byte(c.page), from); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if got := extract.Canonical([]byte(link("https://127.0.0.2/1")), "https://127.0.0.1/1"); got != "" {
		t.Errorf("another address is believed: %q", got)
	}
	if got := extract.Canonical([]byte(link("/1")), "http://["); got != "" {
		t.Errorf("from nowhere: %q", got)
	}
}
