package configs_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"tonewatch/configs"
)

const hush = "xoxb-17-hush"

// hidden holds a secret where fmt cannot call its methods.
type hidden struct{ secret configs.Secret }

func TestSecretIsNeverPrinted(t *testing.T) {
	t.Parallel()
	secret := configs.NewSecret(hush)
	config := configs.Config{Slack: configs.Slack{Token: secret}}
	printed := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%e", "%c", "%U", "%p", "%20s", "%-20.3v"} {
		printed["secret "+verb] = fmt.Sprintf(verb, secret)
		printed["pointer "+verb] = fmt.Sprintf(verb, &secret)
		printed["config "+verb] = fmt.Sprintf(verb, config)
		printed["list "+verb] = fmt.Sprintf(verb, []any{secret, &config})
		printed["hidden "+verb] = fmt.Sprintf(verb, hidden{secret})
		printed["hidden pointer "+verb] = fmt.Sprintf(verb, &hidden{secret})
	}
	printed["Println"] = fmt.Sprintln(secret, config)
	printed["String"] = secret.String()
	printed["GoString"] = secret.GoString()
	printed["error"] = fmt.Errorf("post with %v: %w", secret, fmt.Errorf("%v", config)).Error()

	var log bytes.Buffer
	for _, h := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(h).Info("message", "secret", secret, "config", config, "pointer", &config, "group", slog.GroupValue(slog.Any("s", secret)))
	}
	printed["slog"] = log.String()
	for name, encode := range map[string]func(any) ([]byte, error){
		"json":         json.Marshal,
		"yaml":         func(v any) ([]byte, error) { return yaml.Dump(v) },
		"yaml Marshal": yaml.Marshal,
	} {
		for what, v := range map[string]any{"secret": secret, "pointer": &secret, "config": config, "key": map[string]any{"k": secret}} {
			text, err := encode(v)
			if err != nil {
				t.Errorf("%s of %s: %v", name, what, err)
			}
			if !strings.Contains(string(text), "redacted") {
				t.Errorf("%s of %s does not say that something is redacted: %s", name, what, text)
			}
			printed[name+" "+what] = string(text)
		}
	}
	for how, text := range printed {
		if strings.Contains(text, "hush") || strings.Contains(text, fmt.Sprintf("%x", "hush")) || strings.Contains(text, fmt.Sprintf("%X", "hush")) {
			t.Errorf("%s prints the secret: %s", how, text)
		}
	}
	if got := secret.Reveal(); got != hush {
		t.Errorf("Reveal is %q, want %q", got, hush)
	}
}

func TestSecretSaysWhetherItIsThere(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{"": "", "x": "<redacted>"} {
		s := configs.NewSecret(value)
		text, err := s.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		quoted, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var unquoted string
		if err := json.Unmarshal(quoted, &unquoted); err != nil {
			t.Fatal(err)
		}
		for how, got := range map[string]string{
			"String": s.String(), "GoString": s.GoString(), "fmt": fmt.Sprintf("%#v", s), "text": string(text),
			"json": unquoted, "slog": s.LogValue().String(),
		} {
			if got != want {
				t.Errorf("%s of %q is %q, want %q", how, value, got, want)
			}
		}
		if s.IsZero() != (value == "") {
			t.Errorf("IsZero of %q is %v", value, s.IsZero())
		}
	}
}

// Every way to write a token, right or wrong, with a mistake on its line or next
// to it, so that the line is shown.
func TestProblemsShowNoSecret(t *testing.T) {
	t.Parallel()
	for _, src := range []string{
		"slack: {token: hush, nope: 1}",
		"slack: {nope: 1, token: hush}",
		"slack: {token: 'hush', nope: 1}",
		"slack: {token: 'it''s hush', nope: 1}",
		`slack: {token: "a\"hush", nope: 1}`,
		`slack: {"token":"hush","nope":1}`,
		"slack: {'token' : hush, nope: 1}",
		"slack: {token: hush}\nslack: {token: hush}",
		"slack: {token: hush, token: hush}",
		"slack: {token: [hush]}",
		"slack: {token: {hush: hush}}",
		"slack: {token: !hush hush}",
		"slack: {token: !!int hush}",
		"slack: {tokn: hush}",
		"slack: {tken: hush}",
		"slack: {Token: hush}",
		"slack: {tokens: hush}",
		"slack_token: hush",
		"slack: token hush xoxb-1-hush",
		"slack: {tkn: xoxb-1-hush}",
		"slack: {xoxb-1-hush: token}",
		"slack: {t: xoxe.xoxp-1-hush}",
		"slack: {app: xapp-1-hush}",
		"slack: {token: \"hush",
		"slack: {token: hush",
		"slack: {token: 'hush'hush'}",
		"slack:\n  token: hush\n nope: 1",
		"slack:\n  token: hush: hush",
		"slack:\n  token: |\n    hush\n    hush",
		"slack:\n  token: >-\n\n    hush\n\n    hush\n  nope: 1",
		"slack:\n  token:\n    hush\n  nope: 1",
		"slack:\n  token: a\n    hush\n  api_url: hush nope",
		"slack:\n  token: \"a\n    hush\"\n  nope: 1",
		"slack:\n  token: hush # comment hush\n  token: hush",
		"slack:\n  ? token\n  : [hush, hush]",
		"slack:\n  ? token\n  : \"hush\\n\"",
		"slack: {token: &t \"hush\\t\"}\nhttp: {listen: *t}",
		"slack: {token: [a, hush], nope: 1}",
		"slack: {token: {a: b, hush: c}, nope: 1}",
		"slack: {token: !!str \"a, hush\", nope: 1}",
		"slack: {token: &t 'a, hush', nope: 1}",
		"slack: {token: 'a'', hush', nope: 1}",
		"slack: {token:\nhush, nope: [}",
		`slack: {token: "a\", hush", nope: 1}`,
		"slack: {token: 'a'#hush\n}",
		"slack: {token: 'a\nhush', nope: 1}\nnope: 2",
		"slack: {token: \"a\nhush\", nope: 1}",
		"slack: {token: a\nhush, nope: 1}",
		"slack: {token:\nhush, nope: 1}",
		"slack: {token: [a,\nhush], nope: 1}",
		"slack:\n  token: 'a\n\nhush'\n  nope: 1",
		"slack: {\n  token: a,\n  nope: 1}\npassword: hush",
		"slack:\n  token: ${TOKEN},hush\n  token: x",
		"slack:\n  token: ${TOKEN}}hush\n  token: x: y",
		"slack: {token: ${TOKEN}#hush, nope: 1}",
		"password: hush\nclient_secret: 'hush'",
		"slack: {token: hush$}",
		"slack: {token: \"${NONE}hush\"}",
		"slack: {token: \"${NONE:-hush}$\"}",
		"slack: {token: \"${hush hush}\"}",
		"slack: {token: ${TOKEN}, token_file: x}",
		"routes: [{slack: ${TOKEN}}]",
		"webhooks: [{name: a, url: hush, secret: hush, secret_file: x}]",
		"webhooks: [{name: a, ulr: hush}]",
		"webhooks: [{name: a, url: [hush], nope: ${TOKEN}}]",
		"webhooks: [{name: a, url: ${TOKEN}}]",
		"webhooks: [{name: a, nope: 'https://hooks.slack.com/services/T/hush'}]",
		"scoring: {engine: ${TOKEN}}",
		"slack: {api_url: ${TOKEN}}",
		"actors: [{name: ${TOKEN}}, {name: ${TOKEN}}, {name: X, aliases: [${TOKEN}]}]",
		strings.Repeat(" ", 20_000) + "slack: {token: hush, nope: 1}",
	} {
		src = strings.ReplaceAll(src, "api_url: hush", "api_url: ") // only for what must show
		_, err := configs.Parse("test.yaml", []byte(minimal+src), func(name string) (string, bool) { return "hush", name == "TOKEN" })
		problems := mustProblems(t, err)
		out, err := json.Marshal(problems)
		if err != nil {
			t.Fatal(err)
		}
		if text := problems.Error(); strings.Contains(text, "hush") || bytes.Contains(out, []byte("hush")) {
			t.Errorf("a secret is shown for\n%s\n\n%s", src, text)
		}
	}
}

// What hides a secret hides no more of its line than need be.
func TestRestOfASecretsLineIsShown(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"slack: {token: hush, nope: 1}":             "slack: {token: <redacted>, nope: 1}\n                           ^",
		"slack: {nope: 1, token: 'a, b'}":           "slack: {nope: 1, token: <redacted>}\n        ^",
		`slack: {token: "a", nope: 1}`:              "slack: {token: <redacted>, nope: 1}\n                           ^",
		"slack: {token: ${NONE}}":                   "slack: {token: ${NONE}}\n               ^",
		"slack: {token_file: [x]}":                  "slack: {token_file: [x]}\n                    ^",
		"slack:\n  token:\n    - a":                 "    <redacted>\n    ^",
		"slack: {tken: xoxb-1-abc}\n":               "slack: {tken: <redacted>}\n        ^",
		"http: {token_file_: xoxb-1-abc, xoxb-2-a}": "http: {token_file_: <redacted>, <redacted>}\n       ^",
	} {
		_, err := configs.Parse("test.yaml", []byte(minimal+src), noVariables)
		if got := mustProblems(t, err)[0].Excerpt; got != want {
			t.Errorf("excerpt of %q is\n%s\nwant\n%s", src, got, want)
		}
	}
}
