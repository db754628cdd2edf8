package extract_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"tonewatch/monitor/extract"
)

// hostileEnv makes the test binary a child that searches one hostile page.
const hostileEnv = "TONEWATCH_HOSTILE_PAGE"

// hostile are pages of up to 2 MB, which is what the client lets in by default,
// or more, that cost an extractor that meets them unprepared seconds to hours.
var hostile = map[string]struct {
	page func() string
	want string // of what is said of them, the end
}{
	"deep nesting": {func() string { return strings.Repeat("<div>", 400_000) }, "more than 50000 elements"},
	"deep nesting within the limit": {func() string {
		return strings.Repeat("<div>", 40_000) + page(article...)
	}, "html: open stack of elements exceeds 512 nodes"},
	"sixty thousand paragraphs": {func() string { return page(strings.Repeat("<p>word word word word", 60_000)) }, "are too many to search"},
	"forty-five thousand paragraphs": {func() string {
		return page(strings.Repeat("<p>word word, word", 45_000))
	}, "are too many to search"},
	"as many paragraphs as trafilatura gets": {func() string {
		return page(strings.Repeat("<p>some word, and another word, and one more word.", 7_900))
	}, "<nil>"},
	"a huge attribute": {func() string {
		return strings.Replace(page(article...), "<main", `<main class="`+strings.Repeat("article ", 250_000)+`"`, 1)
	}, "<nil>"},
	"a hundred thousand attributes": {func() string {
		return strings.Replace(page(article...), "<main", "<main"+attributes(100_000), 1)
	}, "<nil>"},
	"megabytes of text in one element": {func() string { return page(strings.Repeat("Some words, and more. ", 90_000)) }, "<nil>"},
	"thousands of tables": {func() string {
		return page(strings.Repeat("<table><tr><td>word word, word", 15_000))
	}, "are too many to search"},
	"thousands of closed tables": {func() string {
		return page(strings.Repeat("<table><tr><td>word word, word</table>", 12_000))
	}, "are too many to search"},
	"a script bomb": {func() string {
		return page(strings.Repeat("<script>document.write('<p>')</script><svg><script>", 40_000))
	}, "too short for an article: 75 characters"},
	"structured data": {func() string {
		return page(article...) + `<script type="application/ld+json">` + strings.Repeat(`{"a":[`, 300_000) + "</script>"
	}, "<nil>"},
}

const maxResident = 256 << 20

func TestMain(m *testing.M) {
	if name := os.Getenv(hostileEnv); name != "" {
		_, err := extract.Page([]byte(hostile[name].page()), address)
		fmt.Print(err)
		return
	}
	os.Exit(m.Run())
}

// Each page is searched by a process of its own, because what it costs is memory
// that only the process shows, and at worst the process.
func TestHostilePagesCostLittle(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and not about concurrency")
	}
	if runtime.GOOS == "windows" {
		t.Skip("tells no peak of memory")
	}
	for name, tc := range hostile {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // for what hangs
			defer cancel()
			child := exec.CommandContext(ctx, os.Args[0])
			child.Env = append(os.Environ(), hostileEnv+"="+name)
			out, err := child.CombinedOutput()
			if err != nil {
				t.Fatalf("child died: %v\n%.2000s", err, out)
			}
			if !strings.HasSuffix(string(out), tc.want) {
				t.Errorf("said %q, want %q", out, tc.want)
			}
			took := child.ProcessState.UserTime() + child.ProcessState.SystemTime()
			peak := resident(child.ProcessState)
			t.Logf("%v of processor, %d MB", took.Round(time.Millisecond), peak>>20)
			if peak > maxResident {
				t.Errorf("took %d MB, more than %d", peak>>20, maxResident>>20)
			}
		})
	}
}

// resident is the greatest memory that a process had, in bytes.
func resident(state *os.ProcessState) int64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return usage.Maxrss
	}
	return usage.Maxrss << 10 // in kilobytes elsewhere
}
