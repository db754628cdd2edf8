package configs_test

import (
	"slices"
	"testing"

	"tonewatch/configs"
)

const guarded = `
actors: [{name: Acme}]
routes: [{slack: "#desk"}, {webhook: pager}, {webhook: ops}]
webhooks:
  - {name: pager, url: "https://${UNSET_HOST}/x", secret: &shared "${UNSET_SECRET}"}
  - {name: ops, url: "${UNSET_URL}", secret_file: absent.txt}
slack: {token: "${UNSET_TOKEN}", app_token_file: absent.txt}
`

// What tells nobody anything loads where no secret is; what tells, does not.
func TestLoadWithoutSecrets(t *testing.T) {
	t.Parallel()
	path := write(t, guarded)
	c, err := configs.LoadWithoutSecrets(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range []configs.Secret{
		c.Slack.Token, c.Slack.AppToken, c.Webhooks[0].URL, c.Webhooks[0].Secret, c.Webhooks[1].URL, c.Webhooks[1].Secret,
	} {
		if !s.IsZero() {
			t.Errorf("secret %d is not empty", i)
		}
	}
	_, err = configs.Load(path)
	var got []string
	for _, p := range mustProblems(t, err) {
		got = append(got, p.Message)
	}
	want := []string{
		`environment variable "UNSET_HOST" is not set`, `environment variable "UNSET_SECRET" is not set`,
		`environment variable "UNSET_URL" is not set`, `"secret_file" cannot be read: no such file or directory`,
		`environment variable "UNSET_TOKEN" is not set`, `"app_token_file" cannot be read: no such file or directory`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("Load tells %q, want %q", got, want)
	}
	full, err := configs.Parse(path, []byte(guarded), func(string) (string, bool) { return "e.org", true })
	if err == nil || full != nil {
		t.Errorf("an address without a scheme is sound: %v", err)
	}
}

// A secret that is written out is left out as well, so that what such a command
// does never hangs on whether it is there.
func TestLoadWithoutSecretsLeavesOutThoseThatAreThere(t *testing.T) {
	t.Parallel()
	c, err := configs.LoadWithoutSecrets(write(t, "actors: [{name: Acme}]\nroutes: [{slack: '#desk'}]\nslack: {token: xoxb-1-x}\n"))
	if err != nil || !c.Slack.Token.IsZero() {
		t.Errorf("token %v, error %v; want neither", c.Slack.Token, err)
	}
}

// Only secrets are spared.
func TestLoadWithoutSecretsTellsAllElse(t *testing.T) {
	t.Parallel()
	for more, want := range map[string]string{
		"store: {path: \"${UNSET_PATH}\"}":                                            `environment variable "UNSET_PATH" is not set`,
		"slack: {token: &t \"${UNSET_TOKEN}\"}\nhttp: {listen: *t}":                   `environment variable "UNSET_TOKEN" is not set`,
		"slack: {token: \"${UNSET_TOKEN}\", api_url: \"${UNSET_API}\"}":               `environment variable "UNSET_API" is not set`,
		"routes: [{slack: '#desk'}]":                                                  `"slack" cannot be posted to: missing token`,
		"webhooks: [{name: pager, secret: \"${UNSET_SECRET}\"}]":                      `missing key "url"`,
		"slack: {token: \"${UNSET_TOKEN}\", token_file: f}":                           `"token_file" cannot stand beside "token"`,
		"slack: {app_token: xapp-1, app_token_file: f}":                               `"app_token_file" cannot stand beside "app_token"`,
		"webhooks: [{name: pager, url: \"${UNSET_URL}\", secret: s, secret_file: f}]": `"secret_file" cannot stand beside "secret"`,
		"slack: {token: \"${UNSET_TOKEN}\", nope: 1}":                                 `unknown key "nope"`,
		"webhooks: [{name: pager, url: \"${UNSET_URL}\", format: \"${UNSET_F}\"}]":    `environment variable "UNSET_F" is not set`,
	} {
		_, err := configs.LoadWithoutSecrets(write(t, "actors: [{name: Acme}]\n"+more+"\n"))
		if problems := mustProblems(t, err); len(problems) != 1 || problems[0].Message != want {
			t.Errorf("%s:\n%v\nwant only %s", more, problems, want)
		}
	}
}
