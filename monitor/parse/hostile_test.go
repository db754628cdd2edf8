package parse_test

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

	"tonewatch/monitor/parse"
)

// hostileEnv makes the test binary a child that parses one hostile feed.
const hostileEnv = "TONEWATCH_HOSTILE_FEED"

// hostile are feeds that cost a parser that meets them unprepared gigabytes,
// seconds or the process, at their full size, and what is said of them.
var hostile = map[string]struct {
	feed func() string
	want string
}{
	"nested namespaces": {func() string {
		var b strings.Builder
		b.WriteString("<rss><channel>")
		for i := range 10_000 {
			fmt.Fprintf(&b, `<x:q xmlns:p%d="u%d">`, i, i)
		}
		return b.String()
	}, "elements nested deeper than 64"},
	"nested bases": {func() string {
		return "<rss><channel>" + strings.Repeat(`<x:q xml:base="a/">`, 30_000)
	}, "elements nested deeper than 64"},
	"two million open tags": {func() string {
		return "<rss><channel>" + strings.Repeat("<x:q>", 2_000_000)
	}, "10000014 bytes, more than 8388608"},
	"a million and a half open tags": {func() string {
		return "<rss><channel>" + strings.Repeat("<x:q>", 1_500_000)
	}, "elements nested deeper than 64"},
	"7 MB of items": {func() string {
		return "<rss><channel>" + strings.Repeat("<item/>", 1_000_000) + "</channel></rss>"
	}, "more than 5000 items"},
	"a description of 100 MB": {func() string {
		return item("<description>" + strings.Repeat("a", 100_000_000) + "</description>")
	}, "more than 8388608"},
	"a description of 8 MB": {func() string {
		return item("<description>" + strings.Repeat("a &amp; ", 1_000_000) + "</description>")
	}, "<nil>"},
	"8 MB that triple when decoded": {func() string {
		return "<rss><channel><title>" + strings.Repeat("\x80", 8_000_000)
	}, "bytes when decoded, more than 8388608"},
	"a million tags in a description": {func() string {
		return item("<description>" + strings.Repeat("&lt;p&gt;x&lt;iframe&gt;", 240_000) + "</description>")
	}, "<nil>"},
	"references without end": {func() string {
		return `<!DOCTYPE rss [<!ENTITY a "b">]>` + item("<description>"+strings.Repeat("&a;&", 2_000_000)+"</description>")
	}, "more than 1000000 references"},
	"a title escaped for ever": {func() string {
		return titled("&" + strings.Repeat("amp;", 1_900_000) + "lt;b>")
	}, "<nil>"},
}

const maxResident = 256 << 20

func TestMain(m *testing.M) {
	if name := os.Getenv(hostileEnv); name != "" {
		_, _, err := parse.Feed([]byte(hostile[name].feed()), "", base)
		fmt.Print(err)
		return
	}
	os.Exit(m.Run())
}

// Each feed is parsed by a process of its own, because what it costs is memory
// that only the process shows, and at worst the process.
func TestHostileFeedsCostLittle(t *testing.T) {
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
