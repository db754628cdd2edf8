package configs_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"tonewatch/configs"
)

func TestProblems(t *testing.T) {
	t.Parallel()
	const cronHint = ` | write "@every 15m", "@hourly", or a cron expression of five fields, as "*/15 * * * *"`
	const feed = minimal + "feeds: [{url: 'https://a.example/f', "
	const rule = minimal + "rules: [{name: r, toward: ['*'], "
	testProblems(t, []problemCase{
		// Structure.
		{"empty file", "‹", []string{`missing key "actors"`}},
		{"only comments", "‹# nothing\n", []string{`missing key "actors"`}},
		{"a list", "‹- a\n", []string{`"configuration" must be a mapping of keys to values, not a list`}},
		{"a word", "‹hello\n", []string{`"configuration" must be a mapping of keys to values, not "hello"`}},
		{"unknown key, far from any", minimal + "‹zzzzzz: 1", []string{`unknown key "zzzzzz" | known: store, feeds, fetch, actors, scoring, rules, routes, mute_times, webhooks, tell, slack, http, log`}},
		{"unknown key, misspelt", minimal + "http: {‹lsiten: x}", []string{`unknown key "lsiten" | did you mean "listen"?`}},
		{"misspelt key is not missing too", "‹actor: [{name: A}]", []string{`unknown key "actor" | did you mean "actors"?`}},
		{"key one level too high", rule + "shift: {by: 1}, ‹window: 2h}]", []string{`unknown key "window" | it belongs under "shift", "level", "drift", "volume" or "split"`}},
		{"duplicate key", minimal + "http: {}\nlog: {}\n‹http: {}", []string{`key "http" is already on line 2`}},
		{"merge key", minimal + "http: {‹<<: {}}", []string{`merge keys are not supported | alias the whole value, or write it out`}},
		{"key that is a list", minimal + "? ‹[a]\n: b", []string{`a key must be text`}},
		{"empty key", minimal + "‹'': b", []string{`unknown key "" | known: store, feeds, fetch, actors, scoring, rules, routes, mute_times, webhooks, tell, slack, http, log`}},
		{"explicit tag", minimal + "store: {path: ‹!!str x}", []string{`"path" has a tag, which is not supported`}},
		{"two documents", minimal + "‹---\nstore: 5\n", []string{`a second YAML document starts here | keep one and remove the other`}},
		{"second document does not hide the rest", "actors: ‹[]\n‹---\nx", []string{`"actors" is empty: there must be someone to track`, `a second YAML document starts here | keep one and remove the other`}},
		{"second document that is no YAML", minimal + "---\na: ‹]\n", []string{`not YAML: did not find expected node content while parsing a block node`}},
		{"far too long a key", minimal + "‹" + strings.Repeat("x", 101) + ": 1", []string{
			`unknown key "` + strings.Repeat("x", 101) + `" | known: store, feeds, fetch, actors, scoring, rules, routes, mute_times, webhooks, tell, slack, http, log`,
		}},

		// Text that is no YAML.
		{"tab", "http:\n‹\tlisten: x", []string{`not YAML: found character that cannot start any token while scanning for the next token | indent with spaces, not with tabs`}},
		{"unquoted at", "feeds: [{every: ‹@hourly}]", []string{`not YAML: found character that cannot start any token while scanning for the next token | a value that begins with '@' must be quoted`}},
		{"left open", "store: {path: x\nactors‹: []\n", []string{`not YAML: did not find expected ',' or '}' while parsing a flow mapping that starts on line 1`}},
		{"left open to the end", minimal + "store: {path: ‹\"x\n\n\n", []string{`not YAML: found unexpected end of stream while scanning a quoted scalar that starts on line 2`}},
		{"unknown alias", "actors: ‹*who", []string{`not YAML: unknown anchor 'who' referenced`}},
		{"control character", minimal + "store: {path: a‹\x1bb}", []string{`character U+001B is not allowed in a configuration file`}},
		{"invisible line break", minimal + "store: {path: a‹\u2028b}", []string{`character U+2028 is not allowed in a configuration file`}},
		{"not UTF-8", minimal + "store: {path: caf‹\xe9}", []string{`byte 0xe9 is not UTF-8 text`}},
		{"UTF-16", "‹\xff\xfea\x00", []string{`byte 0xff is not UTF-8 text`}},

		// Types.
		{"list for text", minimal + "store: {path: ‹[a]}", []string{`"path" must be text, not a list`}},
		{"mapping for list", minimal + "feeds: ‹{url: x}", []string{`"feeds" must be a list, not a mapping`}},
		{"text for list", minimal + "feeds: ‹x", []string{`"feeds" must be a list, not "x" | put it in brackets: [...]`}},
		{"text for mapping", minimal + "feeds: [‹https://a.example/f]", []string{`"feeds[0]" must be a mapping of keys to values, not "https://a.example/f"`}},
		{"item without value", minimal + "feeds: [‹~]", []string{`"feeds[0]" has no value`}},
		{"key without value", minimal + "store:\n  ‹path:\nhttp: {}", []string{`"path" has no value`}},
		{"storms", minimal + "tell: {storm: ‹-1, within: ‹0s}", []string{
			`"storm" must be 0 or more, not "-1"`, `"within" must be longer than 0, not "0s"`,
		}},
		{"notes without a receiver", minimal + "tell: {notes: ‹{quiet: '@daily'}}", []string{`missing key "slack" or "console"`}},
		{"notes of nothing", minimal + "tell: {notes: ‹{console: true}}", []string{`missing key "quiet" or "heartbeat"`}},
		{"notes to a channel", minimal + "tell: {notes: {slack: ‹'#ops', console: ‹true, heartbeat: ‹'@every 5s'}}", []string{
			`"slack" cannot be posted to: missing token | set slack.token (as ${SLACK_BOT_TOKEN}) or slack.token_file; to try without Slack, write console: true`,
			`"console" cannot stand beside "slack" | remove one`,
			`"heartbeat" must be a minute or longer, not "@every 5s"`,
		}},
		{"channel without quotes", minimal + "routes:\n  - ‹slack: #desk\n", []string{`"slack" has no value | "#" begins a comment: write "#desk", with the quotes`}},
		{"word for switch", feed + "critical: ‹maybe}]", []string{`"critical" must be true or false, not "maybe"`}},
		{"word for number", rule + "shift: {by: ‹much}}]", []string{`"by" must be a number, not "much"`}},
		{"quoted number", rule + "shift: {by: ‹'0.5'}}]", []string{`"by" must be a number, not "0.5" | without quotes, if it is one`}},
		{"no number", rule + "shift: {by: ‹.nan, sigma: ‹.inf}}]", []string{`"by" must be a number, not ".nan"`, `"sigma" must be a number, not ".inf"`}},
		{"fraction for whole number", rule + "shift: {by: 1, stories: ‹2.5}}]", []string{`"stories" must be a whole number, not "2.5"`}},
		{"two lines for text", minimal + "store: {path: ‹\"a\\nb\"}", []string{`"path" must be one line of text`}},
		{"durations", rule + "shift: {by: 1, window: ‹3}, for: ‹-1h, keep_firing_for: ‹2 days}]", []string{
			`"window" must be a duration like "90m", "24h" or "28d", not "3"`,
			`"for" must be a duration like "90m", "24h" or "28d", not "-1h"`,
			`"keep_firing_for" must be a duration like "90m", "24h" or "28d", not "2 days"`,
		}},
		{"long values are cut", minimal + "http: {listen: ‹" + strings.Repeat("é", 70) + "}", []string{
			`"listen" must be an address like "127.0.0.1:8080", not "` + strings.Repeat("é", 30) + `"...`,
		}},

		// Variables.
		{"variable not set", minimal + "store: {path: ‹${NONE}/x}", []string{`environment variable "NONE" is not set | set it, or give a default: ${NONE:-...}`}},
		{"two variables not set", minimal + "store: {path: ‹‹${NONE}${NIL}}", []string{
			`environment variable "NONE" is not set | set it, or give a default: ${NONE:-...}`,
			`environment variable "NIL" is not set | set it, or give a default: ${NIL:-...}`,
		}},
		{"dollar alone", minimal + "store: {path: ‹$HOME/x}", []string{`a single "$" means nothing here | write ${NAME} for a variable, $$ for a dollar sign`}},
		{"no name", minimal + "store: {path: ‹'${a-b}'}", []string{`"${...}" holds no name of a variable | write ${NAME} or ${NAME:-default}`}},
		{"left open variable", minimal + "store: {path: ‹'${A'}", []string{`"${" without its "}" | write ${NAME}, or $${ for these two characters`}},
		{"nested variable", minimal + "store: {path: ‹'${A:-${B}}'}", []string{`the default of "A" holds a variable | a default is plain text`}},
		{"what a variable held is not shown", minimal + "http: {listen: ‹${SET}}\nlog: {level: ‹${SET}}", []string{
			`"listen" must be an address like "127.0.0.1:8080", not the value of "${SET}"`,
			`"level" cannot be the value of "${SET}" | known: debug, info, warn, error`,
		}},
		{"nothing for a number", rule + "shift: {by: ‹${EMPTY}}}]", []string{`"by" must be a number, not the value of "${EMPTY}"`}},
		{"schedule from a variable", feed + "every: ‹${SET}}]", []string{`"every" is no schedule: the value of "${SET}"` + cronHint}},

		// Feeds and fetching.
		{"feed without url", minimal + "feeds: [‹{every: '@hourly'}]", []string{`missing key "url"`}},
		{"no web address", minimal + "feeds: [{url: ‹'ftp://a.example'}, {url: ‹a.example/f}, {url: ‹'http://'}, {url: ‹':'}]", []string{
			`"url" must be an http or https address`, `"url" must be an http or https address`,
			`"url" must be an http or https address`, `"url" must be an http or https address`,
		}},
		{"feed twice", feed + "}, {url: ‹'HTTPS://A.Example/f#top'}]", []string{`"url" is already polled by the feed on line 2`}},
		{"empty outlet", feed + "outlet: ‹''}]", []string{`"outlet" must be a name, not ""`}},
		{"too often", feed + "every: ‹'@every 59s'}]", []string{`"every" must be a minute or longer, not "@every 59s"`}},
		{"cron field", feed + "every: ‹'99 * * * *'}]", []string{`"every" is no schedule: end of range (99) above maximum (59): 99` + cronHint}},
		{"seconds field", feed + "every: ‹'0 0 * * * *'}]", []string{`"every" is no schedule: expected exactly 5 fields, found 6: [0 0 * * * *]` + cronHint}},
		{"time zone alone", feed + "every: ‹'TZ=UTC'}]", []string{`"every" is no schedule: nothing follows the time zone` + cronHint}},
		{"day that never comes", feed + "every: ‹'0 0 30 2 *'}]", []string{`"every" never comes: no month has such a day`}},
		{"fetch", minimal + "fetch: {timeout: ‹0, max_feed_bytes: ‹0, max_page_bytes: ‹8 parsecs, host_requests: ‹0, host_pause: ‹61s, contact: ‹'é', allow: [‹10.0.0.1]}", []string{
			`"timeout" must be longer than 0, not "0"`,
			`"max_feed_bytes" must be more than 0 bytes, not "0"`,
			`"max_page_bytes" must be a size like "8MB", or a number of bytes, not "8 parsecs"`,
			`"host_requests" must be 1 or more, not "0"`,
			`"host_pause" must be from 0 to a minute, not "61s"`,
			`"contact" must be ASCII text, because it is sent in a header, not "é"`,
			`"allow[0]" must be a network like "10.0.0.0/8", not "10.0.0.1"`,
		}},

		// Actors.
		{"names", "actors: [{name: A}, {name: ‹a}, {name: ‹' '}, {name: ‹Any}, ‹{}]", []string{
			`"name" is taken: "a" is on line 1`,
			`"name" must be a name, not " "`,
			`"name" is taken: "Any" has a meaning in rules`,
			`missing key "name"`,
		}},
		{"phrases", "actors: [{name: A, aliases: [B, ‹B, ‹'']}, {name: C, aliases: [‹A, ‹B], titles: [‹' '], not: [‹'']}]", []string{
			`"aliases[1]" is taken: "B" is on line 1`,
			`"aliases[2]" must be a phrase, not ""`,
			`"aliases[0]" is taken: "A" is on line 1`,
			`"aliases[1]" is taken: "B" is on line 1`,
			`"titles[0]" must be a phrase, not " "`,
			`"not[0]" must be a phrase, not ""`,
		}},
		{"kinds", "actors: [{name: A, kind: ‹persn}, {name: B, kind: ‹''}, {name: C, kind: person, pronouns: ‹him}]", []string{
			`"kind" cannot be "persn" | did you mean "person"?`,
			`"kind" cannot be "" | known: person, country, organisation`,
			`"pronouns" cannot be "him" | known: he, she, they`,
		}},
		{"what goes with a kind", "actors: [{name: A, pronouns: ‹he, expand: ‹true}, {name: B, kind: person, expand: ‹false}, {name: C, kind: country, pronouns: ‹she}, {name: D, kind: ‹persn, pronouns: he}]", []string{
			`"pronouns" are followed of a person only | add "kind: person" if it is one`,
			`"expand" is for countries only | add "kind: country" if it is one`,
			`"expand" is for countries only | add "kind: country" if it is one`,
			`"pronouns" are followed of a person only | add "kind: person" if it is one`,
			`"kind" cannot be "persn" | did you mean "person"?`,
		}},
		{"engine", minimal + "scoring: {engine: ‹bays}", []string{`"engine" cannot be "bays" | did you mean "bayes"?`}},

		// Routes and where they lead.
		{"match", minimal + "routes: [{match: {actor: ‹X, rule: ‹r, voice: ‹y}, console: true}]", []string{
			`"actor" names no actor: "X" | known: Acme`,
			`"rule" names no rule: "r"`,
			`"voice" names no actor: "y" | known: any, outlets, Acme`,
		}},
		{"receivers", minimal + "slack: {token: t}\nroutes: [‹{}, {slack: '#a', console: ‹true}, {console: ‹false}, {slack: ‹desk}]", []string{
			`missing key "slack", "webhook" or "console"`,
			`"console" cannot stand beside "slack" | make it two routes, the first with continue: true`,
			`"console" must be true where it is the receiver, not "false"`,
			`"slack" must be a channel like "#desk", or its ID, not "desk"`,
		}},
		{"no token", minimal + "routes: [{slack: ‹'#desk'}]", []string{
			`"slack" cannot be posted to: missing token | set slack.token (as ${SLACK_BOT_TOKEN}) or slack.token_file; to try without Slack, write console: true`,
		}},
		{"token of an unset variable is told once", minimal + "routes: [{slack: '#desk'}]\nslack: {token: ‹${NONE}}", []string{
			`environment variable "NONE" is not set | set it, or give a default: ${NONE:-...}`,
		}},
		{"two app tokens", minimal + "slack: {app_token: t, app_token_file: ‹f}", []string{`"app_token_file" cannot stand beside "app_token" | remove one`}},
		{"tokens swapped", minimal + "slack: {token: ‹xapp-1-a, app_token: ‹xoxb-1-a}", []string{
			`"token" is an app-level token | the bot token begins with xoxb-, and stands under OAuth & Permissions`,
			`"app_token" is a bot token | the app-level token begins with xapp-, and stands under Basic Information`,
		}},
		{"users", minimal + "slack: {users: [U0123456789, ‹'@ann', ‹C0123456789]}", []string{
			`"users[1]" must be the ID of a person, as "U0123456789", not "@ann"`,
			`"users[2]" must be the ID of a person, as "U0123456789", not "C0123456789"`,
		}},
		{"two tokens", minimal + "slack: {token: t, token_file: ‹f, api_url: ‹x}", []string{
			`"token_file" cannot stand beside "token" | remove one`,
			`"api_url" must be an http or https address, not "x"`,
		}},
		{"listener", minimal + "http: {listen: ‹'localhost:http'}\nlog: {level: ‹trace, format: ‹yaml}", []string{
			`"listen" must be an address like "127.0.0.1:8080", not "localhost:http"`,
			`"level" cannot be "trace" | known: debug, info, warn, error`,
			`"format" cannot be "yaml" | known: auto, text, json`,
		}},
		{"store", minimal + "store: {path: ‹''}", []string{`"path" must be a file, not ""`}},
	})
}

// problemCase is a file and all its problems, as "message | hint". A mark stands
// in the file before each place that one must point at.
type problemCase struct {
	name, src string
	want      []string
}

func testProblems(t *testing.T, cases []problemCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			src, places := cutMarks(c.src)
			_, err := configs.Parse("test.yaml", []byte(src), func(name string) (string, bool) {
				return map[string]string{"SET": "hush"}[name], name == "SET" || name == "EMPTY"
			})
			var got []string
			var at [][2]int
			for _, p := range mustProblems(t, err) {
				text := p.Message
				if p.Hint != "" {
					text += " | " + p.Hint
				}
				got = append(got, text)
				at = append(at, [2]int{p.Line, p.Column})
			}
			if diff := cmp.Diff(places, at); diff != "" {
				t.Errorf("line and column (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if strings.Contains(err.Error(), "hush") {
				t.Errorf("what a variable held is shown:\n%v", err)
			}
		})
	}
}

// cutMarks takes the marks out of a file, and returns where they stood: line and
// column from 1.
func cutMarks(marked string) (src string, places [][2]int) {
	for {
		before, after, found := strings.Cut(marked, "‹")
		src += before
		if !found {
			return src, places
		}
		lastLine := src[strings.LastIndexByte(src, '\n')+1:]
		places = append(places, [2]int{1 + strings.Count(src, "\n"), 1 + utf8.RuneCountInString(lastLine)})
		marked = after
	}
}

func TestVariablesAreReplacedInsideValues(t *testing.T) {
	t.Parallel()
	env := func(name string) (string, bool) {
		v, ok := map[string]string{"DIR": "/data", "EMPTY": "", "EVIL": "x}\nlog: {level: ${DIR}", "NUM": "0.5", "ON": "true"}[name]
		return v, ok
	}
	for in, want := range map[string]string{
		"${DIR}/t.db":         "/data/t.db",
		"${DIR:-x}":           "/data",
		"${NONE:-x}":          "x",
		"${EMPTY:-x}":         "x",
		"a${EMPTY}b":          "ab",
		"a${NONE:-}b":         "ab",
		"$$5":                 "$5",
		"$${DIR}":             "${DIR}",
		"'${DIR}'":            "/data",
		"${NONE:-a:-b}":       "a:-b",
		"\"${DIR}\\u002f$$\"": "/data/$",
	} {
		c, err := configs.Parse("test.yaml", []byte(minimal+"store: {path: "+in+"}"), env)
		if err != nil {
			t.Errorf("%s: %v", in, err)
		} else if c.Store.Path != want {
			t.Errorf("%s became %q, want %q", in, c.Store.Path, want)
		}
	}

	c, err := configs.Parse("test.yaml", []byte(minimal+"feeds: [{url: 'http://a.example', critical: ${ON}}]\nrules: [{name: r, toward: ['*'], shift: {by: ${NUM}}}]"), env)
	if err != nil || c.Rules[0].Shift.By != 0.5 || !c.Feeds[0].Critical {
		t.Errorf("a bare variable is no number or switch: %v", err)
	}

	_, err = configs.Parse("test.yaml", []byte(minimal+"store: {path: ${EVIL}}"), env)
	if err == nil || !strings.Contains(err.Error(), `"path" must be one line of text`) {
		t.Errorf("a variable reached beyond its value: %v", err)
	}
}

func TestProblemsShowTheLine(t *testing.T) {
	t.Parallel()
	long := minimal + "store: {path: " + strings.Repeat("a", 300) + ", nope: 1, nope: " + strings.Repeat("b", 300) + "}"
	for _, c := range []struct{ name, src, want string }{
		{"with a caret", minimal + "  # comment\nhttp: {lissten: x}", `test.yaml:3:8: unknown key "lissten"
    http: {lissten: x}
           ^
    did you mean "listen"?`},
		{"tabs stay under tabs", minimal + "http:\t{ \tnope: x}", "test.yaml:2:10: unknown key \"nope\"\n    http:\t{ \tnope: x}\n         \t  \t^\n    known: listen"},
		{"in characters, not bytes", minimal + `store: {"päth": x}`, `test.yaml:2:9: unknown key "päth"
    store: {"päth": x}
            ^
    did you mean "path"?`},
		{"a long line is cut", long, "test.yaml:2:317: unknown key \"nope\"\n    " + strings.Repeat("a", 58) + ", nope: 1, nope: " + strings.Repeat("b", 45) +
			"\n    " + strings.Repeat(" ", 60) + "^\n    known: path, keep\n" +
			"test.yaml:2:326: key \"nope\" is already on line 2\n    " + strings.Repeat("a", 49) + ", nope: 1, nope: " + strings.Repeat("b", 54) +
			"\n    " + strings.Repeat(" ", 60) + "^"},
		{"what a terminal would obey is not shown", "store: \x1b[2J", "test.yaml:1:8: character U+001B is not allowed in a configuration file\n    store: \uFFFD[2J\n           ^"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := configs.Parse("test.yaml", []byte(c.src), noVariables)
			if diff := cmp.Diff(c.want, mustProblems(t, err).Error()); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

func TestProblemsAreSortedAndReadByMachines(t *testing.T) {
	t.Parallel()
	_, err := configs.Parse("test.yaml", []byte("log: {level: x, levle: y}\nactors: 5\nfeeds: [{}]"), noVariables)
	problems := mustProblems(t, err)
	if !slices.IsSortedFunc(problems, func(a, b configs.Problem) int { return 1000*(a.Line-b.Line) + a.Column - b.Column }) {
		t.Errorf("not sorted:\n%v", err)
	}
	got, err := json.Marshal(problems[1])
	if err != nil {
		t.Fatal(err)
	}
	want := `{"file":"test.yaml","line":1,"column":17,"message":"unknown key \"levle\"",` +
		`"excerpt":"log: {level: x, levle: y}\n                ^","hint":"did you mean \"level\"?"}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
	if got, want := problems[1].Error(), `test.yaml:1:17: unknown key "levle"`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A file full of mistakes is told in full, but soon without guesses.
func TestManyProblemsAreToldWithoutHints(t *testing.T) {
	t.Parallel()
	src := minimal + "rules: [{toward: [" + strings.Repeat("Acne, ", 2000) + "]}]"
	_, err := configs.Parse("test.yaml", []byte(src), noVariables)
	problems := mustProblems(t, err)
	if first, last := problems[2].Hint, problems[len(problems)-1].Hint; first != `did you mean "Acme"?` || last != "" {
		t.Errorf("hints are %q and %q", first, last)
	}
	if got, want := len(problems), 2000+2; got != want { // no name and no kind of rule
		t.Errorf("got %d problems, want %d", got, want)
	}
}

func TestFileBeyondTheLimitIsRefused(t *testing.T) {
	t.Parallel()
	_, err := configs.Parse("test.yaml", []byte(minimal+strings.Repeat("#", 4<<20)), noVariables)
	if got, want := mustProblems(t, err)[0].Message, "larger than 4194304 bytes"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// An alias bomb ends, and with one problem.
func TestAliasesCannotMultiplyWithoutEnd(t *testing.T) {
	t.Parallel()
	src := "actors:\n  - &a {name: x, aliases: &l [" + strings.Repeat("y,", 1000) + "]}\n" + strings.Repeat("  - {name: z, titles: *l}\n", 300)
	_, err := configs.Parse("test.yaml", []byte(src), noVariables)
	got := 0
	for _, p := range mustProblems(t, err) {
		if p.Message == "more than 200000 values" {
			got++
		}
	}
	if got != 1 {
		t.Errorf("%d problems tell of the limit, want 1", got)
	}
}
