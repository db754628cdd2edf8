package alerts_test

import (
	"net/url"
	"strings"
	"testing"

	"tonewatch/alerts"
	"tonewatch/alerts/alertstest"
)

func TestClean(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		most int
		want string
	}{
		"plain text is kept":              {"Talks résumé – “open”", 99, "Talks résumé – “open”"},
		"white space becomes one space":   {" a\t\r\nb\u2028c\u00a0\u3000d ", 99, "a b c d"},
		"terminal escapes lose their ESC": {"\x1b[31mred\x1b[0m\x07", 99, "[31mred[0m"},
		"overrides are dropped":           {"\u202eabc\u2066d\u200f", 99, "abcd"},
		"invisible text is dropped":       {"a\u200bb\u00adc\ufeffd\u3164e\U000e0041\ufe0f", 99, "abcde"},
		"private use is dropped":          {"a\ue000b", 99, "ab"},
		"broken UTF-8 is dropped":         {"a\xff\xc3b", 99, "ab"},
		"piles of marks are cut down":     {"e\u0301\u0302\u0303\u0304\u0305x\u0301", 99, "e\u0301\u0302\u0303x\u0301"},
		"cut after most characters":       {"häuser am see", 6, "häuse…"},
		"cut leaves no space at the end":  {"abcd efgh", 6, "abcd…"},
		"just fits":                       {"abcdef", 6, "abcdef"},
		"nothing":                         {"", 6, ""},
	}
	for name, test := range tests {
		if got := alerts.Clean(test.text, test.most); got != test.want {
			t.Errorf("%s: Clean(%q, %d) = %q, want %q", name, test.text, test.most, got, test.want)
		}
	}
}

// TestCleanOfLongTextLooksNoFurther holds what Clean makes of a part of the text
// against the whole of it, cut.
func TestCleanOfLongTextLooksNoFurther(t *testing.T) {
	t.Parallel()
	for _, text := range append(alertstest.Headlines(), " a b c ", "a  b", " ab", "ab  ") {
		whole := []rune(strings.TrimSpace(alerts.Visible(text)))
		for _, most := range []int{1, 2, 3, 5, 20, 300} {
			want := string(whole)
			if len(whole) > most {
				want = strings.TrimRight(string(whole[:most-1]), " ") + "…"
			}
			if got := alerts.Clean(text, most); got != want {
				t.Errorf("Clean(%.40q, %d) = %q, want %q", text, most, got, want)
			}
		}
	}
}

// linkTo is the link that a story at an address gets.
func linkTo(address string) string {
	a := alertstest.Example()
	a.Episode.Evidence[0].URL = address
	stories, _ := a.Stories(1)
	return stories[0].Link
}

func TestLink(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"https://a.example/b?c=d#e":                      "https://a.example/b?c=d#e",
		"HTTP://A.example:8080/":                         "http://A.example:8080/",
		" https://a.example/b \n":                        "https://a.example/b",
		"http://[2001:db8::1]/x":                         "http://[2001:db8::1]/x",
		"https://a.example/ü?q=<b>|c d`\"ü":              "https://a.example/%C3%BC?q=%3Cb%3E%7Cc%20d%60%22%C3%BC",
		"https://a.example/a%20b":                        "https://a.example/a%20b",
		"javascript:alert(1)":                            "",
		"data:text/html,x":                               "",
		"file:///etc/passwd":                             "",
		"slack://open":                                   "",
		"//a.example/b":                                  "",
		"/b":                                             "",
		"https://":                                       "",
		"https:a.example":                                "",
		"https://bank.example@evil.example":              "",
		"https://exаmple.org":                            "", // a Cyrillic letter
		"https://a.example/\x1b[31m":                     "",
		"https://a.example/" + strings.Repeat("b", 1000): "",
		"": "",
	}
	for raw, want := range tests {
		if got := linkTo(raw); got != want {
			t.Errorf("link to %q is %q, want %q", raw, got, want)
		}
	}
}

// safeLink fails for a link that is more than an address of the web.
func safeLink(t *testing.T, link string) {
	t.Helper()
	if link == "" {
		return
	}
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || len(link) > 800 {
		t.Errorf("unsafe link %q (%v)", link, err)
	}
	if strings.ContainsFunc(link, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("<>\"`|", r) }) {
		t.Errorf("link %q holds characters that are not a URL's", link)
	}
	if again := linkTo(link); again != link {
		t.Errorf("not stable: %q became %q", link, again)
	}
}

func FuzzLink(f *testing.F) {
	for _, raw := range []string{
		"https://a.example/b?c=d#e", "http://[::1%25eth0]/", "https://a.example/?q=<b>|c d", "https://u:p@a.example",
		"javascript:alert(1)", "https://exаmple.org/\u202e", "http://a.example/%zz", "http://a.example:99999999/#|",
	} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) { safeLink(t, linkTo(raw)) })
}
