package configs_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.yaml.in/yaml/v4"

	"tonewatch/configs"
)

func TestDefaultsFillWhatIsLeftOut(t *testing.T) {
	t.Parallel()
	got := mustParse(t, `
feeds: [{url: "https://feeds.example.org/world.xml"}]
actors: [{name: Acme}]
rules:
  - {name: turn, toward: ["*"], shift: {by: 0.5}}
  - {name: thaw, toward: [Acme], level: {above: 0.6}}
  - {name: creep, toward: [Acme], drift: {by: 0.1}}
  - {name: flood, toward: [Acme], volume: {by: 1}}
  - {name: rift, toward: [Acme], voice: outlets, split: {between: [Acme, {outlets: [A, B]}], by: 0.3}}
`)
	const day = configs.Duration(24 * time.Hour)
	line := 0.6
	want := &configs.Config{
		Store: configs.Store{Path: "tonewatch.db", Keep: configs.Keep{Articles: 400 * day, Series: 5 * 365 * day}},
		Feeds: []configs.Feed{{URL: "https://feeds.example.org/world.xml", Outlet: "example.org", Every: "@every 15m", Adaptive: true}},
		Fetch: configs.Fetch{
			Timeout: configs.Duration(20 * time.Second), MaxFeedBytes: 8_000_000, MaxPageBytes: 2_000_000,
			HostRequests: 2, HostPause: configs.Duration(time.Second),
		},
		Actors:  []configs.Actor{{Name: "Acme"}},
		Scoring: configs.Scoring{Engine: "encoder"},
		Rules: []configs.Rule{
			{Name: "turn", Toward: []string{"*"}, Voice: "any", Mentions: "all", Rearm: 0.25, Shift: &configs.Shift{By: 0.5, Sigma: 3, Window: day, Baseline: 28 * day, Stories: 8, Outlets: 3}},
			{Name: "thaw", Toward: []string{"Acme"}, Voice: "any", Mentions: "all", Rearm: 0.05, Level: &configs.Level{Above: &line, Window: day, Stories: 8, Outlets: 3}},
			{Name: "creep", Toward: []string{"Acme"}, Voice: "any", Mentions: "all", Rearm: 0.05, Drift: &configs.Drift{By: 0.1, Sigma: 4, Window: 14 * day, Baseline: 28 * day, Stories: 20, Outlets: 3}},
			{Name: "flood", Toward: []string{"Acme"}, Voice: "any", Mentions: "all", Rearm: 0.5, Volume: &configs.Volume{By: 1, Sigma: 4, Window: day, Baseline: 28 * day, Stories: 8}},
			{Name: "rift", Toward: []string{"Acme"}, Voice: "outlets", Mentions: "all", Rearm: 0.15, Split: &configs.Split{
				Between: []configs.Side{{Voice: "Acme"}, {Voice: "outlets", Outlets: []string{"A", "B"}}},
				By:      0.3, Sigma: 3, Window: 3 * day, Baseline: 28 * day, Stories: 8, Outlets: 1,
			}},
		},
		Routes: []configs.Route{{Console: true}},
		Tell:   configs.Tell{Storm: 5, Within: configs.Duration(5 * time.Minute)},
		HTTP:   configs.HTTP{Listen: "127.0.0.1:8080"},
		Log:    configs.Log{Level: "info", Format: "auto"},
	}
	if diff := cmp.Diff(want, got, ignoreFile); diff != "" {
		t.Errorf("config (-want +got):\n%s", diff)
	}
}

func TestValuesReplaceDefaults(t *testing.T) {
	t.Parallel()
	got := mustParse(t, `
store: {keep: {series: 1y}}
feeds:
  - {url: "http://127.0.0.1:8000/f", outlet: Local, every: "*/5 * * * *", critical: yes}
fetch: {timeout: 1m, max_feed_bytes: 1MiB, max_page_bytes: 500, host_requests: 4, host_pause: 0, allow: [127.0.0.0/8, "::1/128"]}
actors:
  - {name: No, aliases: [2020, "on"]}
  - {name: Ada, kind: person, pronouns: she}
  - {name: Malta, kind: country, expand: true}
rules:
  - {name: r, toward: [No], voice: outlets, mentions: named, shift: {by: 1, sigma: 0, baseline: 1w}, for: 1d12h, keep_firing_for: 0, cool_down: 1d, rearm: 0.9}
  - {name: budget, toward: [No], shift: {by: 1, false_alarms: "0.5 per 1y"}}
  - {name: silence, toward: [No], volume: {by: 1, fewer: true, false_alarms: 1 per 90d}}
routes:
  - {match: {actor: No, rule: r, voice: any}, slack: C0123456789}
slack: {token: ${TOKEN}, api_url: "http://localhost:9000/"}
`)
	for _, c := range []struct {
		name      string
		got, want any
	}{
		{"feed", got.Feeds[0], configs.Feed{URL: "http://127.0.0.1:8000/f", Outlet: "Local", Every: "*/5 * * * *", Critical: true}},
		{"sizes", got.Fetch.MaxFeedBytes + got.Fetch.MaxPageBytes, configs.Size(1<<20 + 500)},
		{"turns", []any{got.Fetch.HostRequests, got.Fetch.HostPause}, []any{4, configs.Duration(0)}},
		{"allow", got.Fetch.Allow[1].Contains(netip.MustParseAddr("::1")), true},
		{"names that YAML takes for something else", got.Actors[0], configs.Actor{Name: "No", Aliases: []string{"2020", "on"}}},
		{"a person", got.Actors[1], configs.Actor{Name: "Ada", Kind: "person", Pronouns: "she"}},
		{"a country", got.Actors[2], configs.Actor{Name: "Malta", Kind: "country", Expand: true}},
		{"mentions", got.Rules[0].Mentions, "named"},
		{"zero is not absent", got.Rules[0].Shift.Sigma, 0.0},
		{"days", got.Rules[0].For, configs.Duration(36 * time.Hour)},
		{"cool-down", got.Rules[0].CoolDown, configs.Duration(24 * time.Hour)},
		{"rearm", got.Rules[0].Rearm, 0.9},
		{"a budget", got.Rules[1].Shift.FalseAlarms, configs.Budget{Alarms: 0.5, Per: configs.Duration(365 * 24 * time.Hour)}},
		{"an unquoted budget", got.Rules[2].Volume.FalseAlarms, configs.Budget{Alarms: 1, Per: configs.Duration(90 * 24 * time.Hour)}},
		{"none at all is the fewest", got.Rules[2].Volume.By, 1.0},
		{"one term of two", got.Store, configs.Store{Path: "tonewatch.db", Keep: configs.Keep{Articles: 400 * configs.Duration(24*time.Hour), Series: 365 * configs.Duration(24*time.Hour)}}},
		{"voice any matches all", got.Routes[0].Match, configs.Match{Actor: configs.Names{"No"}, Rule: configs.Names{"r"}}},
		{"token", got.Slack.Token.Reveal(), "value"},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestRoutesInheritWhatTheyLeaveOut(t *testing.T) {
	t.Parallel()
	got := mustParse(t, minimal+`
rules: [{name: r, toward: [Acme], shift: {by: 1}}]
mute_times: [{name: nights, days: [Monday, sun], from: "22:00", to: "6:30", zone: Europe/Berlin}, {name: days}]
webhooks: [{name: hook, url: "http://localhost/x", secret: s}]
routes:
  - slack: "#desk"
    mention: [here]
    group: [actor, voice]
    repeat: 1d
    mute: [nights]
    routes:
      - {match: {actor: =~A.*, rule: [r]}, continue: true}
      - {webhook: hook, mention: [], group: [], repeat: 0, mute: [days], routes: [{}]}
slack: {token: t}
`)
	const hour = time.Hour
	desk := configs.Route{
		Slack: "#desk", Mention: []string{"here"}, Group: []string{"actor", "voice"}, Repeat: configs.Duration(24 * hour), Mute: []string{"nights"},
	}
	first, second := desk, configs.Route{Webhook: "hook", Mention: []string{}, Group: []string{}, Mute: []string{"days"}}
	first.Match, first.Continue = configs.Match{Actor: configs.Names{"=~A.*"}, Rule: configs.Names{"r"}}, true
	second.Routes = []configs.Route{second}
	desk.Routes = []configs.Route{first, second}
	if diff := cmp.Diff([]configs.Route{desk}, got.Routes); diff != "" {
		t.Errorf("routes (-want +got):\n%s", diff)
	}
	mutes := []configs.MuteTime{
		{Name: "nights", Days: []configs.Weekday{configs.Weekday(time.Monday), configs.Weekday(time.Sunday)}, From: configs.Clock(22 * hour), To: configs.Clock(6*hour + 30*time.Minute), Zone: "Europe/Berlin"},
		{Name: "days", To: configs.Clock(24 * hour), Zone: "UTC"},
	}
	if diff := cmp.Diff(mutes, got.MuteTimes); diff != "" {
		t.Errorf("mute times (-want +got):\n%s", diff)
	}
	if w := got.Webhooks[0]; w.URL.Reveal() != "http://localhost/x" || w.Secret.Reveal() != "s" {
		t.Error("the webhook is another")
	}
}

func TestLevelMayLeadBackToTheEndOfTheScale(t *testing.T) {
	t.Parallel()
	got := mustParse(t, minimal+"rules: [{name: r, toward: [Acme], level: {above: -0.9}, rearm: 0.1}]")
	if r := got.Rules[0]; r.Rearm != 0.1 || *r.Level.Above != -0.9 {
		t.Errorf("got %+v with %+v", r, r.Level)
	}
}

// Whoever says how often means it.
func TestAFeedWithoutAScheduleIsAdaptive(t *testing.T) {
	t.Parallel()
	for keys, want := range map[string]bool{
		"": true, ", every: '@every 15m'": false, ", every: '@every 15m', adaptive: true": true, ", adaptive: false": false,
	} {
		if got := mustParse(t, minimal+"feeds: [{url: 'http://a.example/'"+keys+"}]").Feeds[0].Adaptive; got != want {
			t.Errorf("%q: adaptive = %v, want %v", keys, got, want)
		}
	}
}

func TestOutletIsTheHostByDefault(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"https://www.example.com/rss":        "example.com",
		"http://feeds.example.org:8080/a":    "example.org",
		"https://rss.example.net/":           "example.net",
		"https://news.example.co.uk/feed":    "news.example.co.uk",
		"https://WWW.Example.COM/other.html": "example.com",
	} {
		if got := mustParse(t, minimal+"feeds: [{url: '"+url+"'}]").Feeds[0].Outlet; got != want {
			t.Errorf("outlet of %q is %q, want %q", url, got, want)
		}
	}
}

func TestAliasesRepeatAValue(t *testing.T) {
	t.Parallel()
	got := mustParse(t, minimal+`
rules:
  - {name: a, toward: &all ["*"], shift: &turn {by: 0.25, stories: 4}}
  - {name: b, toward: *all, shift: *turn}
`)
	if diff := cmp.Diff(got.Rules[0].Shift, got.Rules[1].Shift); diff != "" {
		t.Errorf("rule b (-a +b):\n%s", diff)
	}
}

func TestHeadingsWithNothingBelowAreAbsent(t *testing.T) {
	t.Parallel()
	got := mustParse(t, "\ufeff# all commented out\r\nfeeds:\r\nfetch:\r\nroutes:\r\n"+minimal)
	if diff := cmp.Diff(mustParse(t, minimal), got, ignoreFile); diff != "" {
		t.Errorf("config (-without +with headings):\n%s", diff)
	}
}

func TestCheckRunWantsFeedsAndRules(t *testing.T) {
	t.Parallel()
	err := mustParse(t, minimal).CheckRun()
	want := "test.yaml:1:1: no feeds: nothing would be polled\n    add \"feeds:\" with a \"- url: ...\"\n" +
		"test.yaml:1:1: no rules: nothing would be told\n    add \"rules:\" with a \"- name: ...\""
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("CheckRun (-want +got):\n%s", diff)
	}
}

// What Parse took in, it takes again from the YAML that the structs print.
func TestEffectiveConfigIsAConfig(t *testing.T) {
	t.Parallel()
	want := mustParse(t, string(mustRead(t, "example.yaml")))
	text, err := yaml.Dump(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := configs.Parse("dump.yaml", text, noVariables)
	if err != nil {
		t.Fatalf("%v\nin:\n%s", err, text)
	}
	if diff := cmp.Diff("<redacted>", got.Slack.Token.Reveal()); diff != "" {
		t.Errorf("token (-want +got):\n%s", diff)
	}
	got.Slack.Token, got.Webhooks = want.Slack.Token, want.Webhooks
	if diff := cmp.Diff(want, got, ignoreFile, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("config (-want +got):\n%s", diff)
	}
}

// The app's token is read as the bot's is, each from its own file.
func TestLoadReadsBothTokenFiles(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "tonewatch.yaml")
	must(t, os.WriteFile(path, []byte(minimal+"slack: {token_file: bot, app_token_file: app, users: [U0123456789]}\n"), 0o600))
	must(t, os.WriteFile(filepath.Join(folder, "bot"), []byte("xoxb-1-file\n"), 0o600))
	must(t, os.WriteFile(filepath.Join(folder, "app"), []byte("xapp-1-file\n"), 0o600))
	config, err := configs.Load(path)
	must(t, err)
	if s := config.Slack; s.Token.Reveal() != "xoxb-1-file" || s.AppToken.Reveal() != "xapp-1-file" {
		t.Errorf("tokens %q and %q are not those of the files", s.Token.Reveal(), s.AppToken.Reveal())
	}
}

func TestLoadReadsTheTokenFile(t *testing.T) {
	t.Parallel()
	const src = minimal + "slack: {token_file: secret/slack}\nroutes: [{slack: '#desk'}]\n"
	for _, c := range []struct {
		name  string
		write func(t *testing.T, path string)
		want  string // the token, or the problem
	}{
		{"trimmed", writes("  xoxb-1-file\n"), "xoxb-1-file"},
		{"missing", func(*testing.T, string) {}, `"token_file" cannot be read: no such file or directory`},
		{"empty", writes("\n"), `"token_file" is an empty file`},
		{"two lines", writes("xoxb-1-file\nxoxb-2-file"), `"token_file" must hold the secret in one line of text, and nothing else`},
		{"not text", writes("xoxb\xff"), `"token_file" must hold the secret in one line of text, and nothing else`},
		{"too large", writes(strings.Repeat("x", 65<<10)), `"token_file" cannot be read: larger than 65536 bytes`},
		{"folder", func(t *testing.T, path string) { must(t, os.Mkdir(path, 0o700)) }, `"token_file" cannot be read: is a directory`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			must(t, os.Mkdir(filepath.Join(folder, "secret"), 0o700))
			path := filepath.Join(folder, "tonewatch.yaml")
			must(t, os.WriteFile(path, []byte(src), 0o600))
			c.write(t, filepath.Join(folder, "secret", "slack"))
			config, err := configs.Load(path)
			var got string
			if err == nil {
				got = config.Slack.Token.Reveal()
			} else {
				got = mustProblems(t, err)[0].Message
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestLoadReadsTheSecretsOfWebhooks(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "tonewatch.yaml")
	hooks := func(list string) { must(t, os.WriteFile(path, []byte(minimal+"webhooks: ["+list+"]"), 0o600)) }
	must(t, os.WriteFile(filepath.Join(folder, "b"), []byte("hush\n"), 0o600))
	hooks("{name: a, url: 'http://localhost/', secret: said}, {name: b, url: 'http://localhost/', secret_file: b}")
	config, err := configs.Load(path)
	must(t, err)
	if said, read := config.Webhooks[0].Secret.Reveal(), config.Webhooks[1].Secret.Reveal(); said != "said" || read != "hush" {
		t.Errorf("secrets %q and %q", said, read)
	}
	hooks("{name: a, url: 'http://localhost/', secret_file: absent}")
	_, err = configs.Load(path)
	if got, want := mustProblems(t, err)[0].Message, `"secret_file" cannot be read: no such file or directory`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLoadNamesTheFileItCannotRead(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	missing, large := filepath.Join(folder, "none.yaml"), filepath.Join(folder, "large.yaml")
	must(t, os.WriteFile(large, []byte(strings.Repeat("#", 5<<20)), 0o600))
	for path, want := range map[string]string{
		missing: `load configuration "` + missing + `": no such file or directory`,
		large:   `load configuration "` + large + `": larger than 4194304 bytes`,
		folder:  `load configuration "` + folder + `": is a directory`,
	} {
		if _, err := configs.Load(path); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

var ignoreFile = cmpopts.IgnoreUnexported(configs.Config{})

func writes(text string) func(*testing.T, string) {
	return func(t *testing.T, path string) { must(t, os.WriteFile(path, []byte(text), 0o600)) }
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestHashTellsConfigurationsApart(t *testing.T) {
	t.Parallel()
	hash := func(src string) string {
		c, err := configs.Parse("c.yaml", []byte(src), func(string) (string, bool) { return "x", true })
		if err != nil {
			t.Fatal(err)
		}
		return c.Hash()
	}
	one, again, other := hash(minimal), hash(minimal), hash(minimal+"\n# changed")
	if one != again || one == other || len(one) != 8 {
		t.Errorf("hashes %q, %q and %q, want the first two alike", one, again, other)
	}
}
