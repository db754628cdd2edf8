package parse_test

import (
	"fmt"
	"strings"
	"testing"

	"tonewatch/monitor/hostiletest"
	"tonewatch/monitor/parse"
)

// hostile are feeds that cost a parser that meets them unprepared gigabytes,
// seconds or the process, at their full size, and what is said of them.
var hostile = map[string]hostiletest.Case{
	"nested namespaces": {Input: func() string {
		var b strings.Builder
		b.WriteString("<rss><channel>")
		for i := range 10_000 {
			fmt.Fprintf(&b, `<x:q xmlns:p%d="u%d">`, i, i)
		}
		return b.String()
	}, Want: "elements nested deeper than 64"},
	"nested bases": {Input: func() string {
		return "<rss><channel>" + strings.Repeat(`<x:q xml:base="a/">`, 30_000)
	}, Want: "elements nested deeper than 64"},
	"two million open tags": {Input: func() string {
		return "<rss><channel>" + strings.Repeat("<x:q>", 2_000_000)
	}, Want: "10000014 bytes, more than 8388608"},
	"a million and a half open tags": {Input: func() string {
		return "<rss><channel>" + strings.Repeat("<x:q>", 1_500_000)
	}, Want: "elements nested deeper than 64"},
	"7 MB of items": {Input: func() string {
		return "<rss><channel>" + strings.Repeat("<item/>", 1_000_000) + "</channel></rss>"
	}, Want: "more than 5000 items"},
	"a description of 100 MB": {Input: func() string {
		before, after, _ := strings.Cut(item("<description>|</description>"), "|")
		part := strings.Repeat("a", 100_000)
		var b strings.Builder // what is copied or thrown away here would count, too
		b.Grow(101_000_000)
		b.WriteString(before)
		for range 1_000 {
			b.WriteString(part)
		}
		b.WriteString(after)
		return b.String()
	}, Want: "more than 8388608"},
	"a description of 8 MB": {Input: func() string {
		return item("<description>" + strings.Repeat("a &amp; ", 1_000_000) + "</description>")
	}, Want: "<nil>"},
	"8 MB that triple when decoded": {Input: func() string {
		return "<rss><channel><title>" + strings.Repeat("\x80", 8_000_000)
	}, Want: "bytes when decoded, more than 8388608"},
	"a million tags in a description": {Input: func() string {
		return item("<description>" + strings.Repeat("&lt;p&gt;x&lt;iframe&gt;", 240_000) + "</description>")
	}, Want: "<nil>"},
	"sections escaped without end": {Input: func() string {
		return item("<description>" + strings.Repeat("&lt;![CDATA[a]]&gt;", 400_000) + "</description>")
	}, Want: "<nil>"},
	"references without end": {Input: func() string {
		return `<!DOCTYPE rss [<!ENTITY a "b">]>` + item("<description>"+strings.Repeat("&a;&", 2_000_000)+"</description>")
	}, Want: "more than 1000000 references"},
	"a title escaped for ever": {Input: func() string {
		return titled("&" + strings.Repeat("amp;", 1_900_000) + "lt;b>")
	}, Want: "<nil>"},
}

func TestMain(m *testing.M) {
	hostiletest.Main(m, hostile, func(input string) error {
		_, _, err := parse.Feed([]byte(input), "", base)
		return err
	})
}

func TestHostileFeedsCostLittle(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and not about concurrency")
	}
	hostiletest.Run(t, hostile)
}
