package configs_test

import "testing"

func TestProblemsOfRoutes(t *testing.T) {
	t.Parallel()
	const rule = minimal + "rules: [{name: r, toward: ['*'], shift: {by: 1}}]\n"
	testProblems(t, []problemCase{
		{"names of a match", rule + "routes: [{match: {actor: [Acme, ‹Acne], rule: [r, ‹s], voice: [outlets, Acme, ‹outlet]}, console: true}]", []string{
			`"actor[1]" names no actor: "Acne" | did you mean "Acme"?`,
			`"rule[1]" names no rule: "s" | did you mean "r"?`,
			`"voice[2]" names no actor: "outlet" | did you mean "outlets"?`,
		}},
		{"patterns of a match", rule + "routes: [{match: {actor: ‹=~Ac, rule: [‹'=~(', ‹'=~a)|(b'], voice: ‹'=~${SET}('}, console: true}]", []string{
			`"actor" matches no actor: "=~Ac" | it has to match a name in whole`,
			`"rule[0]" is no regular expression: missing closing ): ` + "`(`",
			`"rule[1]" is no regular expression: unexpected ): ` + "`a)|(b`",
			`"voice" is no regular expression: the value of "=~${SET}("`,
		}},
		{"nobody", rule + "routes: [{match: {actor: ‹[], rule: ‹{a: b}}, console: true}]", []string{
			`"actor" is empty | leave the key out for all`,
			`"rule" must be a name or a list of names, not a mapping`,
		}},
		{"receivers below", rule + "routes: [{console: true, routes: [{}, {console: ‹false}, {webhook: ‹hook, console: ‹true}, {routes: [{webhook: ‹other}]}]}]\nwebhooks: [{name: hooks, url: 'http://a.example/'}]", []string{
			`"console" must be true where it is the receiver, not "false"`,
			`"webhook" names none of "webhooks": "hook" | did you mean "hooks"?`,
			`"console" cannot stand beside "webhook" | make it two routes, the first with continue: true`,
			`"webhook" names none of "webhooks": "other" | known: hooks`,
		}},
		{"manner", rule + "routes: [{console: true, mention: [U0123456789, ‹'@ada', ‹U0123456789, here], group: [actor, ‹actors, ‹actor], repeat: ‹30s, mute: [‹night, nights, ‹nights]}]\nmute_times: [{name: nights}]", []string{
			`"mention[1]" must be the ID of a user or user group in Slack, "here", "channel" or "everyone", not "@ada"`,
			`"mention[2]" names "U0123456789" again`,
			`"group[1]" cannot be "actors" | did you mean "actor"?`,
			`"group[2]" names "actor" again`,
			`"repeat" must be a minute or longer, or 0 for never, not "30s"`,
			`"mute[0]" names none of "mute_times": "night" | did you mean "nights"?`,
			`"mute[2]" names "nights" again`,
		}},
		{"switch", rule + "routes: [{console: true, continue: ‹maybe}]", []string{`"continue" must be true or false, not "maybe"`}},
		{"routes in themselves", rule + "routes: ‹&r [{console: true, routes: *r}]", []string{`"routes" contains itself`}},
		{"a route in itself", rule + "routes: [‹&r {console: true, routes: [*r]}]", []string{`"routes[0]" contains itself`}},

		{"mute times", minimal + "mute_times: [‹{}, {name: a, days: ‹[], from: ‹9, to: ‹'25:00', zone: ‹Berlin}, {name: ‹A, days: [mon, ‹tues], from: '09:00', to: ‹'9:00', zone: ‹Local}, {name: c, from: ‹'24:00'}]", []string{
			`missing key "name"`,
			`"days" is empty | leave the key out for every day`,
			`"from" must be a time of the day like "22:30", not "9"`,
			`"to" must be a time of the day like "22:30", not "25:00"`,
			`"zone" must be a time zone like "Europe/Berlin", not "Berlin"`,
			`"name" is taken: "A" is on line 2`,
			`"days[1]" must be a day of the week like "mon", not "tues"`,
			`"to" must be another time than "from"; leave both out for the whole day, not "9:00"`,
			`"zone" must be a time zone like "Europe/Berlin", not "Local"`,
			`"from" must be before the end of the day, not "24:00"`,
		}},
		{"webhooks of Slack's", minimal + "webhooks: [{name: a, url: ‹'https://hooks.slack.com/services/T/B/x'}, {name: b, url: 'https://hooks.slack.com/services/T/B/x', format: slack, secret: ‹s}, {name: c, url: 'http://localhost/', format: ‹salck}]", []string{
			`"url" is one of Slack's, which takes no other format | add format: slack`,
			`"secret" signs nothing that Slack takes | take it out: what Slack knows a post by is the address`,
			`"format" cannot be "salck" | did you mean "slack"?`,
		}},
		{"webhooks", minimal + "webhooks: [‹‹{}, {name: a, url: ‹desk}, {name: ‹A, url: ‹'ftp://a.example/', secret: s, secret_file: ‹f}]", []string{
			`missing key "name"`,
			`missing key "url"`,
			`"url" must be an http or https address`,
			`"name" is taken: "A" is on line 2`,
			`"url" must be an http or https address`,
			`"secret_file" cannot stand beside "secret" | remove one`,
		}},
	})
}
