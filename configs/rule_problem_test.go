package configs_test

import "testing"

func TestProblemsOfRules(t *testing.T) {
	t.Parallel()
	const budgetHint = ` | a number above 0, the word "per", and a span of time; without a budget leave the key out`
	const rule = minimal + "rules: [{name: r, toward: ['*'], "
	testProblems(t, []problemCase{
		{"bare rule", minimal + "rules: [‹‹‹{}]", []string{`missing key "name"`, `missing key "toward"`, `missing key "shift", "level", "drift", "volume" or "split"`}},
		{"rule names", rule + "shift: {by: 1}}, {name: ‹R, toward: [Acme], shift: {by: 1}}]", []string{`"name" is taken: "R" is on line 2`}},
		{"toward", minimal + "rules: [{name: r, shift: {by: 1}, toward: [‹Acne, ‹'*', Acme, ‹Acme]}, {name: s, shift: {by: 1}, toward: ‹[]}]", []string{
			`"toward[0]" names no actor: "Acne" | did you mean "Acme"?`,
			`"toward[1]" cannot stand beside other actors | "*" is all of them`,
			`"toward[3]" names "Acme" again`,
			`"toward" is empty | name actors, or write ["*"] for all`,
		}},
		{"alias for a name", "actors: [{name: North Korea, aliases: [DPRK]}]\nroutes: [{match: {actor: ‹DPRK}, console: true}]", []string{
			`"actor" names no actor: "DPRK" | it is an alias: write "North Korea"`,
		}},
		{"voice", rule + "voice: ‹outlet, shift: {by: 1}}]", []string{`"voice" names no actor: "outlet" | did you mean "outlets"?`}},
		{"mentions", rule + "mentions: ‹name, shift: {by: 1}}]", []string{`"mentions" cannot be "name" | did you mean "named"?`}},
		{"both kinds are checked", rule + "shift: {by: ‹0}, level: ‹{below: ‹-2}}]", []string{
			`"by" must be above 0 and at most 2, not "0"`,
			`"level" cannot stand beside "shift" | make it two rules`,
			`"below" must be from -1 to 1, not "-2"`,
		}},
		{"shift", rule + "shift: ‹{sigma: ‹-1, window: 2d, baseline: ‹1d, stories: ‹0, outlets: ‹-1}}]", []string{
			`missing key "by"`,
			`"sigma" must be 0 or more, not "-1"`,
			`"baseline" must be at least the window, 2d, not "1d"`,
			`"stories" must be 1 or more, not "0"`,
			`"outlets" must be 1 or more, not "-1"`,
		}},
		{"window beyond the default baseline", rule + "shift: {by: 1, window: ‹5w}}]", []string{`"window" must be at most the baseline, 4w, not "5w"`}},
		{"no window", rule + "shift: {by: 1, window: ‹0}}]", []string{`"window" must be longer than 0, not "0"`}},
		{"rearm of a shift", rule + "shift: {by: 0.2}, rearm: ‹0.2}]", []string{`"rearm" must be above 0 and below "by", 0.2, not "0.2"`}},
		{"level without a line", rule + "level: ‹{}}]", []string{`missing key "below" or "above"`}},
		{"level with two lines", rule + "level: {below: 0, above: ‹0}}]", []string{`"above" cannot stand beside "below" | make it two rules`}},
		{"rearm beyond the scale", rule + "level: {above: -0.9}, rearm: ‹0.2}]", []string{`"rearm" must be from 0 to 0.1, the end of the scale, not "0.2"`}},
		{"aliased mistakes are told once", minimal + "rules: [{name: r, toward: ['*'], shift: ‹&s {sigma: ‹x}}, {name: s, toward: ['*'], shift: *s}]", []string{
			`missing key "by"`, `"sigma" must be a number, not "x"`,
		}},
		{"wrong kind of rule", rule + "shift: ‹0.25}]", []string{`"shift" must be a mapping of keys to values, not "0.25"`}},
		{"quoted word", rule + "shift: {by: 1, window: ‹'1 day'}}]", []string{`"window" must be a duration like "90m", "24h" or "28d", not "1 day"`}},
		{"line at the end of the scale", rule + "level: {below: ‹1}}]", []string{`"below" must be a line that tone can come back from, not "1"`}},

		{"budget", rule + "shift: {by: 1, false_alarms: ‹1}}, {name: s, toward: ['*'], drift: {by: 1, false_alarms: ‹1 per fortnight}}]", []string{
			`"false_alarms" must be a rate like "1 per 90d", not "1"` + budgetHint,
			`"false_alarms" must be a rate like "1 per 90d", not "1 per fortnight"` + budgetHint,
		}},
		{"budget of none", rule + "volume: {by: 1, false_alarms: ‹0 per 90d}}]", []string{`"false_alarms" must be a rate like "1 per 90d", not "0 per 90d"` + budgetHint}},
		{"budget that is no text", rule + "shift: {by: 1, false_alarms: ‹{alarms: 1}}}]", []string{`"false_alarms" must be a rate like "1 per 90d", not a mapping` + budgetHint}},
		{"drift", rule + "drift: ‹{sigma: ‹-1, window: ‹23h, baseline: ‹2h, stories: ‹0, outlets: ‹0}}]", []string{
			`missing key "by"`,
			`"sigma" must be 0 or more, not "-1"`,
			`"window" must be 1d or longer, not "23h"`,
			`"baseline" must be at least the window, 23h, not "2h"`,
			`"stories" must be 1 or more, not "0"`,
			`"outlets" must be 1 or more, not "0"`,
		}},
		{"volume", rule + "volume: {by: ‹1001, window: ‹0, stories: ‹0, ‹outlets: 3}}]", []string{
			`"by" must be above 0 and at most 1000, not "1001"`,
			`"window" must be longer than 0, not "0"`,
			`"stories" must be 1 or more, not "0"`,
			`unknown key "outlets" | known: by, sigma, false_alarms, fewer, window, baseline, stories`,
		}},
		{"fewer than none", rule + "volume: {by: ‹1.5, fewer: true}}]", []string{`"by" must be above 0 and at most 1, not "1.5"`}},
		{"split of one side", rule + "split: {by: 1, between: ‹[any]}}]", []string{
			`"between" must be two sides, not 1 | a side is a voice, or a mapping with a voice, outlets or both`,
		}},
		{"split without sides", rule + "split: ‹{by: 1}}]", []string{`missing key "between"`}},
		{"sides", rule + "split: {by: 1, between: [‹Acne, ‹{}]}}, {name: s, toward: ['*'], split: {by: 1, between: [{voice: ‹[any]}, ‹[A]]}}]", []string{
			`"between[0]" names no actor: "Acne" | did you mean "Acme"?`,
			`missing key "voice" or "outlets"`,
			`"voice" must be text, not a list`,
			`"between[1]" must be a voice, or a mapping with a voice, outlets or both, not a list`,
		}},
		{"outlets of a side", rule + "split: {by: 1, between: [{outlets: ‹[]}, {outlets: [A, ‹A, ‹' ']}]}}]", []string{
			`"outlets" is empty | leave the key out for all outlets`,
			`"outlets[1]" names "A" again`,
			`"outlets[2]" must be a name, not " "`,
		}},
		{"one side twice", rule + "voice: outlets, split: {by: 1, between: [{outlets: [A, B]}, ‹{voice: outlets, outlets: [B, A]}]}}]", []string{
			`"between[1]" is the first side again | nothing parts ways with itself`,
		}},
		{"three kinds", rule + "volume: ‹{by: 1}, shift: {by: 1}, drift: ‹{by: 1}}]", []string{
			`"volume" cannot stand beside "shift" | make it two rules`,
			`"drift" cannot stand beside "shift" | make it two rules`,
		}},
		{"rearm of a volume", rule + "volume: {by: 1}, rearm: ‹1}]", []string{`"rearm" must be above 0 and below "by", 1, not "1"`}},
		{"cool-down", rule + "shift: {by: 1}, cool_down: ‹long}]", []string{`"cool_down" must be a duration like "90m", "24h" or "28d", not "long"`}},

		// What the store keeps.
		{"kept too short", minimal + "store: {keep: {articles: ‹6d, series: ‹28d}}\nrules: [{name: r, toward: ['*'], shift: {by: 1}}]", []string{
			`"articles" must be at least 1w, which the rules and the copies of a story need, not "6d"`,
			`"series" must be at least 29d, which the rules look back to, not "28d"`,
		}},
		{"longer than is kept", rule + "drift: {by: 1, window: ‹401d, baseline: ‹2000d}, cool_down: ‹401d}]", []string{
			`"window" must be no longer than articles are kept, 400d, not "401d"`,
			`"baseline" must be no longer, with the window, than series are kept, 5y, not "2000d"`,
			`"cool_down" must be no longer than articles are kept, 400d, not "401d"`,
		}},
		{"longer than any time", rule + "shift: {by: 1, window: 1d, baseline: ‹106751d}}]", []string{
			`"baseline" must be no longer, with the window, than series are kept, 5y, not "106751d"`,
		}},
	})
}
