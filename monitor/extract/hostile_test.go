package extract_test

import (
	"strings"
	"testing"

	"tonewatch/monitor/extract"
	"tonewatch/monitor/hostiletest"
)

// hostile are pages of up to 2 MB, which is what the client lets in by default,
// or more, that cost an extractor that meets them unprepared seconds to hours.
var hostile = map[string]hostiletest.Case{
	"deep nesting": {Input: func() string { return strings.Repeat("<div>", 400_000) }, Want: "more than 50000 elements"},
	"deep nesting within the limit": {Input: func() string {
		return strings.Repeat("<div>", 40_000) + page(article...)
	}, Want: "html: open stack of elements exceeds 512 nodes"},
	"sixty thousand paragraphs": {Input: func() string { return page(strings.Repeat("<p>word word word word", 60_000)) }, Want: "are too many to search"},
	"forty-five thousand paragraphs": {Input: func() string {
		return page(strings.Repeat("<p>word word, word", 45_000))
	}, Want: "are too many to search"},
	"thousands of short paragraphs": {Input: func() string {
		return page(strings.Repeat("<p>some word, and another word, and one more word.", 7_900))
	}, Want: "<nil>"},
	"as much text as trafilatura gets": {Input: func() string {
		return page(strings.Repeat("<p>"+strings.Repeat("some word, and another word, and one more word. ", 4), 1_320))
	}, Want: "<nil>"},
	"a huge attribute": {Input: func() string {
		return strings.Replace(page(article...), "<main", `<main class="`+strings.Repeat("article ", 250_000)+`"`, 1)
	}, Want: "<nil>"},
	"a hundred thousand attributes": {Input: func() string {
		return strings.Replace(page(article...), "<main", "<main"+attributes(100_000), 1)
	}, Want: "<nil>"},
	"megabytes of text in one element":  {Input: func() string { return page(strings.Repeat("Some words, and more. ", 90_000)) }, Want: "too long for an article"},
	"a megabyte of text in one element": {Input: func() string { return page(strings.Repeat("Some words, and more. ", 47_000)) }, Want: "<nil>"},
	"a line of names and brackets": {Input: func() string {
		return page(strings.Repeat("WASHINGTON, D. C. (Reporting by A. B. and ", 23_000))
	}, Want: "<nil>"},
	"thousands of tables": {Input: func() string {
		return page(strings.Repeat("<table><tr><td>word word, word", 15_000))
	}, Want: "are too many to search"},
	"thousands of closed tables": {Input: func() string {
		return page(strings.Repeat("<table><tr><td>word word, word</table>", 12_000))
	}, Want: "are too many to search"},
	"a script bomb": {Input: func() string {
		return page(strings.Repeat("<script>document.write('<p>')</script><svg><script>", 40_000))
	}, Want: "too short for an article: 75 characters"},
	"structured data": {Input: func() string {
		return page(article...) + `<script type="application/ld+json">` + strings.Repeat(`{"a":[`, 300_000) + "</script>"
	}, Want: "<nil>"},
}

func TestMain(m *testing.M) {
	hostiletest.Main(m, hostile, func(input string) error {
		found, err := extract.Page([]byte(input), address)
		extract.Language(extract.Furniture(found.Body)) // which READ asks next
		return err
	})
}

func TestHostilePagesCostLittle(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and not about concurrency")
	}
	hostiletest.Run(t, hostile)
}
