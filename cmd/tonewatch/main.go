// Command tonewatch watches how the tone of the news toward tracked actors
// moves, and tells Slack when it shifts.
//
// Read main.go and usage.go for the command line, run.go for how a daemon is put
// together, wire.go for how a configuration becomes the parts, and then one file a
// command.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // mute times and schedules have zones, the machine perhaps none

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"tonewatch/configs"
)

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1  // the command failed, or an expectation was missed
	exitUsage  = 2  // the command line is wrong
	exitConfig = 78 // the configuration is wrong (EX_CONFIG of sysexits.h)
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := Main(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// Main runs one command line and returns its exit code. Data goes to out, logs
// and progress to err.
func Main(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	root := newRoot()
	root.SetArgs(longFlags(args))
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	strict(root)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	var usage *usageError
	var problems configs.Problems
	switch {
	case errors.Is(err, errSilent):
		return exitFailed
	case errors.As(err, &problems):
		fmt.Fprintln(errOut, problems.Error())
		return exitConfig
	case errors.As(err, &usage):
		fmt.Fprintf(errOut, "tonewatch: %v\n", err)
		return exitUsage
	default:
		fmt.Fprintf(errOut, "tonewatch: %v\n", err)
		return exitFailed
	}
}

// errSilent fails a command that has said all there is to say.
var errSilent = errors.New("failed")

// longFlags lets the long flags be written with one dash too, as the flag
// package of Go has it: tonewatch run -config FILE.
func longFlags(args []string) []string {
	long := make([]string, len(args))
	for i, arg := range args {
		if len(arg) > 2 && arg[0] == '-' && arg[1] >= 'a' && arg[1] <= 'z' {
			arg = "-" + arg
		}
		long[i] = arg
	}
	return long
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "tonewatch",
		Short: "Watch how the tone of the news toward tracked actors moves",
		Long: `tonewatch polls news feeds, reads each article for the tone it carries toward
the actors you track, notices when that tone shifts, and tells Slack once, with
the sentences that moved it.

Start with: tonewatch demo`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       version(),
	}
	root.AddCommand(
		newRun(), newDemo(), newCheck(), newDoctor(), newSlack(), newFeedback(),
		newScore(), newExplain(), newVoices(), newExtract(), newFeeds(), newBacktest(), newTune(), newTest(), newSeries(),
		newRoute(), newSilence(),
		newHealthcheck(), newVersion(),
	)
	return root
}

// configFlag adds --config to a command.
func configFlag(c *cobra.Command, path *string) {
	c.Flags().StringVarP(path, "config", "c", "tonewatch.yaml", "configuration `file`")
}

// newLogger logs as configured: text for a person, JSON for a machine.
func newLogger(w io.Writer, c configs.Log) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Level)); err != nil {
		level = slog.LevelInfo // unreachable: the configuration was checked
	}
	options := &slog.HandlerOptions{Level: level}
	if c.Format == "text" || c.Format != "json" && isTerminal(w) {
		return slog.New(slog.NewTextHandler(w, options))
	}
	return slog.New(slog.NewJSONHandler(w, options))
}

// colours says whether w shows them and its reader has not declined
// (no-color.org).
func colours(w io.Writer) bool { return isTerminal(w) && os.Getenv("NO_COLOR") == "" }

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd()) && !strings.EqualFold(os.Getenv("TERM"), "dumb")
}
