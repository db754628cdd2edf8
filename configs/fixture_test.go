package configs_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"tonewatch/configs"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestTenMistakesAreToldAtOnce(t *testing.T) {
	t.Parallel()
	_, err := configs.Parse("ten-mistakes.yaml", mustRead(t, "testdata/ten-mistakes.yaml"), noVariables)
	if got := len(mustProblems(t, err)); got != 10 {
		t.Errorf("got %d problems, want 10", got)
	}
	golden := filepath.Join("testdata", "ten-mistakes.golden")
	got := err.Error() + "\n"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(string(mustRead(t, golden)), got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestExampleIsValid(t *testing.T) {
	t.Setenv("SLACK_BOT_TOKEN", "xoxb-1-example")
	c, err := configs.Load("example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.CheckRun(); err != nil {
		t.Errorf("CheckRun: %v", err)
	}
	if got := c.Slack.Token.Reveal(); got != "xoxb-1-example" {
		t.Errorf("token %q is not the variable's", got)
	}
}

// What the example says are the defaults are the defaults.
func TestExampleShowsTheDefaults(t *testing.T) {
	t.Parallel()
	example := mustParse(t, string(mustRead(t, "example.yaml")))
	plain := mustParse(t, minimal+`
rules:
  - {name: turn, toward: [Acme], shift: {by: 0.25}}
  - {name: frost, toward: [Acme], level: {below: -0.4}}
  - {name: chill, toward: [Acme], drift: {by: 0.1}}
  - {name: flood, toward: [Acme], volume: {by: 1}}
  - {name: rift, toward: [Acme], split: {between: [outlets, Acme], by: 0.3}}
`)
	example.Fetch.Allow = nil // [] in the example
	shift, drift, volume, split := example.Rules[0].Shift, example.Rules[3].Drift, example.Rules[4].Volume, example.Rules[5].Split
	for _, budget := range []*configs.Budget{&shift.FalseAlarms, &drift.FalseAlarms, &volume.FalseAlarms, &split.FalseAlarms} {
		if *budget == (configs.Budget{}) {
			t.Error("a rule of the example has no budget")
		}
		*budget = configs.Budget{} // by default there is none
	}
	split.Between = plain.Rules[4].Split.Between // has no default
	for name, pair := range map[string][2]any{
		"store":   {plain.Store, example.Store},
		"fetch":   {plain.Fetch, example.Fetch},
		"scoring": {plain.Scoring, example.Scoring},
		"shift":   {plain.Rules[0].Shift, shift},
		"level":   {plain.Rules[1].Level, example.Rules[1].Level},
		"drift":   {plain.Rules[2].Drift, drift},
		"volume":  {plain.Rules[3].Volume, volume},
		"split":   {plain.Rules[4].Split, split},
		"rearm":   {plain.Rules[0].Rearm, example.Rules[0].Rearm},
		"http":    {plain.HTTP, example.HTTP},
		"log":     {plain.Log, example.Log},
	} {
		if diff := cmp.Diff(pair[0], pair[1]); diff != "" {
			t.Errorf("%s (-default +example):\n%s", name, diff)
		}
	}
}

func TestExampleHoldsEveryKey(t *testing.T) {
	t.Parallel()
	src := string(mustRead(t, "example.yaml"))
	var root map[string]any
	if err := yaml.Load([]byte(strings.ReplaceAll(src, "${SLACK_BOT_TOKEN}", "x")), &root); err != nil {
		t.Fatal(err)
	}
	schema := schemaKeys(reflect.TypeFor[configs.Config](), "")
	if len(schema) < 40 {
		t.Fatalf("only %d keys found in the schema", len(schema))
	}
	shown := map[string]bool{}
	exampleKeys(root, "", shown)
	for _, key := range schema {
		if shown[key] {
			continue
		}
		// A key that excludes another is shown commented out.
		if !regexp.MustCompile(`(?m)^ +# ` + regexp.QuoteMeta(key[strings.LastIndex(key, ".")+1:]) + `: `).MatchString(src) {
			t.Errorf("example.yaml has no %s", key)
		}
	}
}

// schemaKeys lists the keys of a struct and those below, as "rules.shift.by".
func schemaKeys(t reflect.Type, prefix string) []string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	var keys []string
	for i := range t.NumField() {
		key, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		if key != "" {
			keys = append(keys, prefix+key)
			if of := t.Field(i).Type; of != reflect.SliceOf(t) { // a route holds routes
				keys = append(keys, schemaKeys(of, prefix+key+".")...)
			}
		}
	}
	return keys
}

func exampleKeys(v any, prefix string, shown map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			shown[prefix+key] = true
			exampleKeys(value, prefix+key+".", shown)
		}
	case []any:
		for _, item := range v {
			exampleKeys(item, prefix, shown)
		}
	}
}

// minimal is the least that Parse takes.
const minimal = "actors: [{name: Acme}]\n"

func mustParse(t *testing.T, src string) *configs.Config {
	t.Helper()
	c, err := configs.Parse("test.yaml", []byte(src), func(string) (string, bool) { return "value", true })
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func mustRead(t testing.TB, path string) []byte {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func mustProblems(t *testing.T, err error) configs.Problems {
	t.Helper()
	var problems configs.Problems
	if !errors.As(err, &problems) {
		t.Fatalf("error is %T (%v), want Problems", err, err)
	}
	return problems
}

func noVariables(string) (string, bool) { return "", false }
