package extract_test

import (
	"fmt"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"tonewatch/monitor/extract"
)

// BenchmarkExtract does what READ does with a page, on one core: the article
// found, its furniture taken out, its language told. It prints the pages a second
// of the clock and of the processor, which differ where others use the machine,
// and the mean size of a page. "own" are pages made here, "real" those that
// TONEWATCH_REAL_PAGES names.
func BenchmarkExtract(b *testing.B) {
	b.Run("own", func(b *testing.B) { benchmarkExtract(b, ownPages()) })
	b.Run("real", func(b *testing.B) { benchmarkExtract(b, realPages(b)) })
}

// ownPages are news pages of 3 to 60 paragraphs, the length of a note and of a
// long report, with the formatting and the furniture that pages have.
func ownPages() (pages []realPage) {
	for _, paragraphs := range []int{3, 8, 15, 30, 60} {
		var text []string
		for i := range paragraphs {
			text = append(text, fmt.Sprintf(`On day %d, <a href="/%d">%s</a>`, i, i, strings.Replace(article[i%len(article)], ",", "</em>,<em>", 1)))
		}
		text = append(text, "Advertisement", "Sign up for our morning briefing", "(Reporting by Jane Doe; Editing by John Roe)")
		links := strings.Repeat(`<li class="teaser"><a href="/more"><span>Another headline of the day</span></a></li>`, 80)
		whole := strings.Replace(page(text...), "<footer>", "<div><ul>"+links+"</ul></div><footer>", 1)
		pages = append(pages, realPage{name: fmt.Sprint(paragraphs), address: address, body: []byte(whole)})
	}
	return pages
}

func benchmarkExtract(b *testing.B, pages []realPage) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var size int
	for _, page := range pages {
		size += len(page.body)
	}
	before, n := processorTime(b), 0
	for b.Loop() {
		page := pages[n%len(pages)]
		found, err := extract.Page(page.body, page.address)
		if err != nil {
			b.Fatal(err)
		}
		extract.Language(extract.Furniture(found.Body))
		n++
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "pages/s")
	b.ReportMetric(float64(n)/(processorTime(b)-before).Seconds(), "pages/cpu-s")
	b.ReportMetric(float64(size)/float64(len(pages)), "bytes/page")
}

// processorTime is what this process has used so far.
func processorTime(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
