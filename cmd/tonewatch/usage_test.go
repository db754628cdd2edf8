package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whatever is wrong with a command line is exit code 2, one message and nothing
// on standard output, where a script would take it for an answer.
func TestWrongCommandLines(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tonewatch.yaml")
	must(t, os.WriteFile(path, []byte("actors: [{name: Acme}]\nrules: [{name: turn, toward: [Acme], shift: {by: 0.3}}]\n"), 0o600))
	for _, c := range []struct{ args, want string }{
		{"chek", `unknown command "chek" for "tonewatch"; did you mean check?`},
		{"chek --json", `unknown command "chek" for "tonewatch"; did you mean check?`},
		{"", "unknown command \"\" for \"tonewatch\"\nSee"},
		{"--jsn", "unknown flag: --jsn"},
		{"help chek", `unknown command "chek" for "tonewatch"; did you mean check?`},
		{"help silence lsit", `unknown command "lsit" for "tonewatch silence"; did you mean list?`},
		{"completion bsh", `unknown command "bsh" for "tonewatch completion"; did you mean bash or`},
		{"silence", "a command is missing"},
		{"silence lsit", `unknown command "lsit" for "tonewatch silence"; did you mean list?`},
		{"silence lsit --json", `unknown command "lsit" for "tonewatch silence"; did you mean list?`},
		{"silence --json", "unknown flag: --json"},
		{"slack tset", `unknown command "tset" for "tonewatch slack"; did you mean test?`},
		{"feeds bogus", `unknown command "bogus" for "tonewatch feeds"`},
		{"feedback", "a command is missing"},
		{"route", "a command is missing"},
		{"series", "a command is missing"},
		{"feeds parse", `required flag(s) "jsonl" not set`},
		{"extract", `required flag(s) "jsonl" not set`},
		{"voices", `required flag(s) "jsonl" not set`},
		{"series detect", `required flag(s) "json" not set`},
		{"tune", `required flag(s) "alerts-per-week" not set`},
		{"check surplus", `unknown command "surplus" for "tonewatch check"`},
		{"run --no-such-flag", "unknown flag: --no-such-flag"},
		{"test", "requires at least 1 arg(s), only received 0"},
		{"score a b", "accepts at most 1 arg(s), received 2"},
		{"score --json --jsonl", "[json jsonl] are set none of the others can be"},
		{"feedback export --json --jsonl", "[json jsonl] are set none of the others can be"},
		{"explain --mentions --rules", "[mentions engine rules] are set none of the others can be"},
		{"backtest --sweep for=1h --diff x.yaml", "[sweep diff] are set none of the others can be"},
		{"series detect --json --kind x", `--kind "x" is not known; there are drift and shift`},
		{"series detect --json --kind shift --false-alarms 1", "--false-alarms is only for --kind drift"},
		{"series detect --json --false-alarms 1", `--false-alarms "1": write it as in "1 per 90d"`},
		{"score --jsonl --engine x", `unknown engine "x"`},
		{"silence add --config " + path + " --for soon", `--for "soon": say how long`},
		{"backtest --config " + path + " --from 2026-02-01 --to 2026-01-01", "--from 2026-02-01 is not before --to 2026-01-01"},
		{"tune --alerts-per-week 1 --config " + path + " --from 2026-02-01 --to 2026-02-01", "--from 2026-02-01 is not before --to 2026-02-01"},
		{"route test --config " + path, "give --actor and --rule"},
	} {
		code, out, errOut := runMain(t, strings.Split(c.args, " ")...)
		if code != exitUsage || out != "" || !strings.HasPrefix(errOut, "tonewatch: ") || !strings.Contains(errOut, c.want) {
			t.Errorf("%s: code %d, %q and %q; want 2 and %q", c.args, code, out, errOut, c.want)
		}
	}
}

// Help is an answer where it is asked for, and to no command at all.
func TestHelpIsNoMistake(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"": "Start with: tonewatch demo", "--help": "Start with: tonewatch demo", "help silence list": "List the silences",
		"silence --help": "Keep new alerts", "help silence": "Keep new alerts", "--version": "tonewatch version",
		"series detect --help": "A budget of false alarms",
	} {
		if code, out, errOut := runMain(t, strings.Fields(args)...); code != exitOK || !strings.Contains(out, want) || errOut != "" {
			t.Errorf("%q: code %d, %q and %q; want 0 and %q", args, code, out, errOut, want)
		}
	}
}
