package configs_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"tonewatch/configs"
)

// A sheet is read as strictly as a configuration: every mistake at once, those
// that its reader finds among them, each where it stands.
func TestSheet(t *testing.T) {
	t.Parallel()
	type item struct {
		Name string           `yaml:"name"`
		For  configs.Duration `yaml:"for"`
		Word string           `yaml:"word"`
	}
	var v struct {
		Items []item         `yaml:"items"`
		Rules []configs.Rule `yaml:"rules"`
		None  []item         `yaml:"none"`
	}
	path := write(t, `items:
  - {name: a, for: 1d}
  - {nome: b, for: soon}
  - {for: 1h, word: yellow}
rules:
  - {name: r, toward: [Acme], shift: {by: 0.4}}
  - {name: s, toward: [Krone], shift: {by: 9}}
none: []
`)
	sheet, err := configs.ReadSheet(path, &v)
	if err != nil {
		t.Fatal(err)
	}
	for i := range v.Items {
		it := &v.Items[i]
		sheet.Need(it, &it.Name, "name")
		sheet.OneOf(&it.Word, "red", "blue", "")
		if it.For == 0 {
			sheet.Wrong(&it.For, "", "is nothing")
		}
	}
	sheet.Rules(v.Rules, []string{"Acme"})
	if !sheet.Has(&v.None) || sheet.Has(&v.Items[0].Word) {
		t.Error("does not tell what is there")
	}
	if got, want := sheet.At(&v.Items[2]), path+":4:5"; got != want {
		t.Errorf("stands at %s, want %s", got, want)
	}
	if v.Rules[0].Rearm != 0.2 || v.Rules[0].Voice != configs.AnyVoice {
		t.Errorf("the defaults of a rule are not filled in: %+v", v.Rules[0])
	}
	var got []string
	for _, p := range sheet.Err().(configs.Problems) { //nolint:errorlint // Err gives nothing else
		p.File = ""
		got = append(got, p.Error())
	}
	want := []string{
		`:3:6: unknown key "nome"`,
		`:3:20: "for" must be a duration like "90m", "24h" or "28d", not "soon"`,
		`:4:5: missing key "name"`,
		`:4:21: "word" cannot be "yellow"`,
		`:7:24: "toward[0]" names no actor: "Krone"`,
		`:7:44: "by" must be above 0 and at most 2, not "9"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if _, err := configs.ReadSheet(path+".none", &v); err == nil {
		t.Error("a file that is not there was read")
	}
}
