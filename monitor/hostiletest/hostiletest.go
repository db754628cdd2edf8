// Package hostiletest measures what hostile input costs. Each case is worked on by
// a process of its own, because what it costs is memory that only the process
// shows, and at worst the process.
package hostiletest

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
)

// Case is input, which is made only where it is worked on, and the end of what is
// then said of it.
type Case struct {
	Input func() string
	Want  string
}

// childEnv makes a test binary a child that works on one case.
const childEnv = "TONEWATCH_HOSTILE_CASE"

const maxResident = 256 << 20

// Main is TestMain of a package that calls [Run]. As a child, it works on its case
// and prints the error that comes of it.
func Main(m *testing.M, cases map[string]Case, work func(input string) error) {
	if name := os.Getenv(childEnv); name != "" {
		fmt.Print(work(cases[name].Input()))
		return
	}
	os.Exit(m.Run())
}

// Run works on each case and fails where that takes more than 256 MB, or ends
// otherwise than it should. The time is logged, not judged.
func Run(t *testing.T, cases map[string]Case) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("tells no peak of memory")
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // for what hangs
			defer cancel()
			child := exec.CommandContext(ctx, os.Args[0])
			child.Env = append(os.Environ(), childEnv+"="+name)
			out, err := child.CombinedOutput()
			if err != nil {
				t.Fatalf("child died: %v\n%.2000s", err, out)
			}
			if !strings.HasSuffix(string(out), tc.Want) {
				t.Errorf("said %q, want %q", out, tc.Want)
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
