package configs_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tonewatch/configs"
)

// Each case is a file and its warnings, as "message | hint"; marks stand in the
// file where they must point.
func TestWarnings(t *testing.T) {
	t.Setenv("SECRET", "hush hush")
	inside := func(alias, cited, name string) string {
		return `"` + alias + `" is a part of another actor's name: ` + cited + ` | where it may mean "` + name +
			`" write a longer name; for persons, give both "kind: person"; if it never does, add "` + name + `" to "not"`
	}
	common := func(word string) string {
		return `"` + word + `" is a common word, too | write a longer name, or add to "not" what else begins with "` + word + `"`
	}
	const rules = minimal + "rules: [{name: r, toward: ['*'],\n"
	const turns = minimal + "rules: [{name: r, toward: ['*'], shift: {by: 1}},\n{name: s, toward: [Acme], voice: outlets, shift: {by: 1}}]\n"
	const noKind = ` and no kind | add "kind: person", so that surname and pronouns are followed; or another kind, if it is no person`
	for _, c := range []struct {
		name, src string
		want      []string
	}{
		{"nothing to say", "actors: [{name: North Korea, aliases: [DPRK]}, {name: South Korea, aliases: [ROK]}, {name: Kim Jong Un, kind: person, titles: [Chairman]}]", nil},

		{"alias inside a name", "actors:\n- {name: Kim Jong Un, aliases: [‹Kim]}\n- {name: Kim Yo Jong}\n", []string{
			inside("Kim", `"Kim Yo Jong" on line 3`, "Kim Yo Jong"),
		}},
		{"alias inside an alias, a hyphen being a space", "actors: [{name: A, aliases: [‹Jong Un]}, {name: B, aliases: [Kim Jong-Un]}]", []string{
			inside("Jong Un", `"Kim Jong-Un" on line 1`, "Kim Jong-Un"),
		}},
		{"alias inside many names", "actors:\n- {name: Alef, aliases: [‹Kim]}\n- {name: Kim B}\n- {name: C Kim}\n- {name: D Kim D}\n- {name: Kim E}\n- {name: Kim F}", []string{
			inside("Kim", `"Kim B" on line 3, "C Kim" on line 4, "D Kim D" on line 5, 2 more`, "Kim B"),
		}},
		{"name inside a name is no alias", "actors: [{name: Georgia}, {name: Georgia Tech}]", nil},
		{"alias inside its own name", "actors: [{name: Kim Jong Un, aliases: [Kim]}]", nil},
		{"alias inside a word", "actors: [{name: Alef, aliases: [Kim]}, {name: Kimberly Clark}]", nil},
		{"alias in other case", "actors: [{name: Alef, aliases: [USA]}, {name: Toys Usa}]", nil},
		{"alias that is excluded there", "actors: [{name: Kim Jong Un, aliases: [Kim], not: [Kim Yo]}, {name: Kim Yo Jong}]", nil},
		{"exclusion of something else", "actors: [{name: Kim Jong Un, aliases: [‹Kim], not: [Kim Il Sung]}, {name: Kim Yo Jong}]", []string{
			inside("Kim", `"Kim Yo Jong" on line 1`, "Kim Yo Jong"),
		}},
		{"surname of a person among persons", "actors: [{name: Kim Jong Un, kind: person, aliases: [Kim]}, {name: Kim Yo Jong, kind: person}]", nil},
		{"nickname of a person among persons", "actors: [{name: Kim Jong Un, kind: person, aliases: [‹Yo]}, {name: Kim Yo Jong, kind: person}]", []string{
			inside("Yo", `"Kim Yo Jong" on line 1`, "Kim Yo Jong"),
		}},

		{"equal but for case", "actors:\n- {name: Alef, aliases: [DPRK]}\n- {name: ‹Dprk}\n- {name: C, aliases: [‹dprk]}", []string{
			`"Dprk" is another actor's but for its case: "DPRK" on line 2 | in capitals they look alike: write a longer name`,
			`"dprk" is another actor's but for its case: "DPRK" on line 2 | in capitals they look alike: write a longer name`,
		}},
		{"equal but for case of one actor", "actors: [{name: Alef, aliases: [DPRK, Dprk]}]", nil},

		{"shared title", "actors:\n- {name: Alef, kind: person, titles: [the chief]}\n- {name: Bet, kind: person, titles: [x, ‹The Chief]}", []string{
			`"The Chief" is a title of "Alef", too: "the chief" on line 2 | it means the one whom a text has named last; a longer title tells them apart`,
		}},
		{"title twice of one actor", "actors: [{name: Alef, kind: person, titles: [the chief, The Chief]}]", nil},

		{"person without kind", "actors:\n- {name: ‹Alef, titles: [the one, Vice-Chairman, the leader]}\n- {name: Bet, titles: [the company]}\n- {name: Gimel, kind: organisation, titles: [market leader]}", []string{
			`"Alef" has a person's title, "Vice-Chairman",` + noKind,
		}},

		{"common words", "actors:\n- {name: ‹Target}\n- {name: Theresa May, aliases: [‹May]}\n- {name: A B, aliases: [‹US, ‹WHO, ‹us]}\n- {name: Apple Records, aliases: [W.H.Y., Big Apple, Appleby]}", []string{
			common("Target"), common("May"), common("US"), common("WHO"), common("us"),
		}},
		{"common word with an exclusion", "actors: [{name: Target, not: [Target date]}]", nil},

		{"rare alarms", rules + "shift: {by: 1, false_alarms: ‹1 per 400d}}, {name: s, toward: ['*'],\nshift: {by: 1, false_alarms: 0.5 per 180d}}]", []string{
			`1 per 400d is less than one false alarm a year: months of history can hardly tell the limit for it | write "1 per 1y" or more`,
		}},
		{"parts of hours and days", rules + "shift: {by: 1, window: ‹90m}}, {name: s, toward: ['*'],\ndrift: {by: 1, window: ‹36h, baseline: 3d}}]", []string{
			`90m is no whole number of hours, which stories are counted by | `,
			`36h is no whole number of days, which stories are counted by | `,
		}},
		{"few weeks", rules + "volume: {by: 1, baseline: ‹3w}}, {name: s, toward: ['*'], shift: {by: 1, baseline: 3w}}]", []string{
			`3w are too few weeks to learn the rhythm of the week from | write 28d or more`,
		}},
		{"sides that overlap", "feeds: [{url: 'http://a.example'}]\n" + rules + "split: {by: 1, between: [{outlets: [a.example, ‹b.example]}, {outlets: [‹a.example]}]}}]", []string{
			`"b.example" is the outlet of no feed | did you mean "a.example"?`,
			`"a.example" is on both sides: its stories part from nobody | `,
		}},
		{"outlet of both sides in two voices", rules + "split: {by: 1, between: [{outlets: [a]}, {outlets: [a], voice: outlets}]}}]", nil},
		{"voice of no side", rules + "voice: ‹outlets, split: {by: 1, between: [Acme, any]}}]", []string{
			`"outlets" is not heard: both sides have a voice of their own | leave it out, or take the voices out of the sides`,
		}},

		{"routes that say what they do", turns + "routes:\n- {match: {rule: r}, console: true, continue: false}\n- {match: {actor: Acme}, console: true, continue: true}\n- {console: true}", nil},
		{"routes that have nothing in common", turns + "routes: [{match: {rule: r}, console: true}, {match: {rule: s}, console: true}]", nil},
		{"what a route before has", turns + "routes:\n- {match: {rule: r}, console: true}\n- ‹{console: true}", []string{
			`"r" toward "Acme" does not come to this route: the one on line 5 has it | write continue: true there to tell both, continue: false if it is meant so`,
		}},
		{"all of which a route before has", turns + "routes:\n- {match: {rule: '=~[rs]'}, console: true, continue: false}\n- ‹{match: {actor: [Acme]}, console: true}", []string{
			`nothing comes to this route: the one on line 5 has it all | write continue: true in the former, or take this one away`,
		}},
		{"what a route before has among children", turns + "routes:\n- console: true\n  routes:\n  - {match: {rule: r}}\n  - ‹{match: {voice: any, rule: [s, r]}}", []string{
			`"r" toward "Acme" does not come to this route: the one on line 7 has it | write continue: true there to tell both, continue: false if it is meant so`,
		}},
		{"a route to nowhere", turns + "routes:\n‹- {match: {voice: Acme}, console: true}", []string{
			`"r" toward "Acme" goes nowhere: no route matches, nor does one match 1 more | add a last route without a match`,
		}},

		{"a webhook of Slack's", minimal + "webhooks:\n- name: a\n  url: 'https://hooks.slack-gov.com/x'\n  format: ‹slack\n- {name: b, url: 'https://b.example/'}", []string{
			`through a webhook of Slack's no message is edited, none has buttons or a thread, and one may come twice after a failure | give the app a bot token, slack.token, and route to the channel to have all of these`,
		}},

		{"what a variable held is not shown", "actors: [{name: ‹${SECRET}, titles: [chief]}]", []string{
			`the value of "${SECRET}" has a person's title, "chief",` + noKind,
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			src, places := cutMarks(c.src)
			i := inspect(t, src)
			var got []string
			var at [][2]int
			for _, p := range i.Warnings() {
				got = append(got, p.Message+" | "+p.Hint)
				at = append(at, [2]int{p.Line, p.Column})
				line, caret, _ := strings.Cut(p.Excerpt, "\n")
				if line != strings.Split(src, "\n")[p.Line-1] || len(caret) != p.Column {
					t.Errorf("excerpt %q is not of line %d, column %d", p.Excerpt, p.Line, p.Column)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(places, at); diff != "" {
				t.Errorf("line and column (-want +got):\n%s", diff)
			}
		})
	}
}

func inspect(t *testing.T, src string) *configs.Inspection {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tonewatch.yaml")
	must(t, os.WriteFile(path, []byte(src), 0o600))
	i, err := configs.Inspect(path)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func TestExampleHasNoWarnings(t *testing.T) {
	t.Setenv("SLACK_BOT_TOKEN", "xoxb-1-example")
	i, err := configs.Inspect("example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if w := i.Warnings(); len(w) > 0 {
		t.Errorf("warnings:\n%v", w)
	}
}

func TestWarnPointsAtAField(t *testing.T) {
	t.Parallel()
	i := inspect(t, "store: {path: x.db}\n"+minimal)
	i.Warn(&i.Config.HTTP.Listen, "", "is %s", "not in the file")
	i.Warn(&i.Config.Actors[0].Name, "mend it", "is odd")
	i.Warn(&i.Config.Store.Path, "", "is odd, too")
	var got []string
	for _, p := range i.Warnings() {
		p.File = "t"
		got = append(got, configs.Problems{p}.Error())
	}
	want := []string{
		"t:1:1: is not in the file",
		"t:1:15: is odd, too\n    store: {path: x.db}\n                  ^",
		"t:2:17: is odd\n    actors: [{name: Acme}]\n                    ^\n    mend it",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

func TestInspectReportsProblemsAsLoadDoes(t *testing.T) {
	t.Parallel()
	const path = "testdata/ten-mistakes.yaml"
	_, want := configs.Load(path)
	if _, err := configs.Inspect(path); err == nil || err.Error() != want.Error() {
		t.Errorf("error %v, want %v", err, want)
	}
	if _, err := configs.Inspect("none.yaml"); err == nil || err.Error() != `load configuration "none.yaml": no such file or directory` {
		t.Errorf("error %v does not name the file", err)
	}
}

// The list stays what its head says: words, in small letters, in order.
func TestCommonWordsAreInOrder(t *testing.T) {
	t.Parallel()
	var words []string
	for line := range strings.Lines(string(mustRead(t, "words.txt"))) {
		line, _, _ = strings.Cut(line, "#")
		words = append(words, strings.Fields(line)...)
	}
	if len(words) < 500 {
		t.Errorf("%d words, want 500 or more", len(words))
	}
	if !slices.IsSorted(words) || len(slices.Compact(slices.Clone(words))) != len(words) {
		t.Error("the words are not in order, each once")
	}
	for _, w := range words {
		if strings.ContainsFunc(w, func(r rune) bool { return r < 'a' || r > 'z' }) {
			t.Errorf("%q is no word in small letters", w)
		}
	}
}
