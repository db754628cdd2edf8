package configs

import (
	"encoding"
	"fmt"
	"math"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"
)

// maxValues bounds how often aliases can multiply a value.
const maxValues = 200_000

// defaulter fills in what a mapping that leaves keys out means.
type defaulter interface{ setDefaults() }

// abbreviated is a mapping in whose place the value of one of its keys may stand,
// which goes into the field returned.
type abbreviated interface{ inShort() any }

// decode fills c from the document. It walks structs and nodes side by side
// instead of leaving that to the YAML library, which skips list items that do
// not fit (so that later ones change their place), takes null for anything, and
// speaks of Go types.
func (f *file) decode(root *yaml.Node, c *Config) {
	f.value(place{name: "configuration", value: root}, reflect.ValueOf(c).Elem())
}

// value fills v, and notes where it stands in the file.
func (f *file) value(at place, v reflect.Value) {
	if at.value.Kind == yaml.AliasNode {
		at.value = at.value.Alias
		if f.open[at.value] {
			f.wrongValue(at, "", "contains itself")
			return
		}
	}
	n := at.value
	if f.values++; f.values > maxValues {
		if f.values == maxValues+1 {
			f.tell(n, "", "more than %d values", maxValues)
		}
		return
	}
	if holdsSecret(v.Type()) && n.Kind != yaml.MappingNode {
		f.hideValue(n.Line-1, n.Column-1)
	}
	if f.spare && v.Type() == reflect.TypeFor[Secret]() {
		f.places[v.Addr().Interface()] = at
		f.told[n] = true // nothing more is asked of it
		return
	}
	f.tellUnsolved(n)
	null, compound := n.ShortTag() == "!!null", isCompound(v.Type())
	if null && compound && at.key != nil {
		return // a heading with nothing below it, as if it were not there
	}
	f.places[v.Addr().Interface()] = at
	switch {
	case null:
		f.noValue(at)
	case n.Style&yaml.TaggedStyle != 0:
		f.wrongValue(at, "", "has a tag, which is not supported")
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.value(at, v.Elem())
	case compound:
		f.compound(at, v)
	case n.Kind == yaml.ScalarNode:
		f.scalar(at, v)
	default:
		f.wrongType(at, v)
	}
}

// compound fills a struct or a list.
func (f *file) compound(at place, v reflect.Value) {
	n := at.value
	f.open[n] = true
	defer delete(f.open, n)
	short, canBeShort := v.Addr().Interface().(abbreviated)
	switch {
	case v.Kind() == reflect.Struct && n.Kind == yaml.MappingNode:
		f.mapping(n, v)
	case v.Kind() == reflect.Slice && n.Kind == yaml.SequenceNode:
		v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
		for i, item := range n.Content {
			f.value(place{name: fmt.Sprintf("%s[%d]", at.name, i), value: item}, v.Index(i))
		}
	case canBeShort && n.Kind == yaml.ScalarNode:
		f.value(at, reflect.ValueOf(short.inShort()).Elem())
	default:
		f.wrongType(at, v)
	}
}

// mapping fills a struct from key and value pairs.
func (f *file) mapping(n *yaml.Node, v reflect.Value) {
	if d, ok := v.Addr().Interface().(defaulter); ok {
		d.setDefaults()
	}
	first := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		name := key.Value
		field, known := fieldOf(v, name)
		switch {
		case key.Kind != yaml.ScalarNode:
			f.tell(key, "", "a key must be text")
		case name == "<<":
			f.tell(key, "alias the whole value, or write it out", "merge keys are not supported")
		case first[name] > 0:
			f.tell(key, "", "key %q is already on line %d", name, first[name])
		case known:
			f.value(place{name: name, key: key, value: value}, field)
		default:
			f.unknownKey(key, value, v)
		}
		first[name] = key.Line
	}
}

// unknownKey tells of a key that v has not. One that is misspelt counts as the
// key that was meant, so that this is not told to be missing, too.
func (f *file) unknownKey(key, value *yaml.Node, v reflect.Value) {
	keys, parents := keysOf(v.Type(), key.Value)
	if len(parents) > 0 {
		f.tell(key, "it belongs under "+either(parents), "unknown key %q", key.Value)
		return
	}
	f.tell(key, f.suggest(key.Value, keys), "unknown key %q", key.Value)
	meant, _ := nearest(key.Value, keys)
	field, ok := fieldOf(v, meant)
	if !ok {
		return
	}
	if holdsSecret(field.Type()) {
		f.hideValue(value.Line-1, value.Column-1)
	}
	if address := field.Addr().Interface(); f.absent(address) {
		f.places[address] = place{name: meant, key: key, value: value}
		f.told[value] = true
	}
}

// keysOf lists the keys of a struct, and those under which a key would be known.
func keysOf(t reflect.Type, key string) (keys, parents []string) {
	for i := range t.NumField() {
		k, below := keyOf(t.Field(i)), t.Field(i).Type
		if k == "" {
			continue
		}
		keys = append(keys, k)
		if below.Kind() == reflect.Pointer {
			below = below.Elem()
		}
		if below.Kind() == reflect.Struct && isCompound(below) {
			if nested, _ := keysOf(below, ""); slices.Contains(nested, key) {
				parents = append(parents, k)
			}
		}
	}
	return keys, parents
}

// keyOf is the YAML key of a field, empty for a field that is not in the file.
func keyOf(field reflect.StructField) string {
	key, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
	return key
}

// fieldOf is the field of a struct that a YAML key fills.
func fieldOf(v reflect.Value, key string) (field reflect.Value, ok bool) {
	for i := range v.NumField() {
		if key != "" && keyOf(v.Type().Field(i)) == key {
			return v.Field(i), true
		}
	}
	return reflect.Value{}, false
}

// scalar fills a text, number or switch.
func (f *file) scalar(at place, v reflect.Value) {
	n := at.value
	if strings.ContainsFunc(n.Value, unicode.IsControl) {
		f.wrongValue(at, "", "must be one line of text")
		return
	}
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if u.UnmarshalText([]byte(n.Value)) != nil {
			f.wrongType(at, v)
		}
		return
	}
	if v.Kind() == reflect.String {
		v.SetString(n.Value) // whatever YAML takes it for: a name may be "No" or "2020"
		return
	}
	var resolved any // nil where a variable put in nothing or "null", which Load would pass over
	if n.Load(&resolved) != nil || resolved == nil || n.Load(v.Addr().Interface()) != nil || !finite(v) {
		f.wrongType(at, v)
	}
}

func finite(v reflect.Value) bool {
	return v.Kind() != reflect.Float64 || !math.IsNaN(v.Float()) && !math.IsInf(v.Float(), 0)
}

// isCompound says whether a type is written as a mapping or a list.
func isCompound(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		return false
	}
	return t.Kind() == reflect.Struct || t.Kind() == reflect.Slice
}

// holdsSecret says whether a secret stands in a field or right below it.
func holdsSecret(t reflect.Type) bool {
	if t == reflect.TypeFor[Secret]() {
		return true
	}
	for i := 0; t.Kind() == reflect.Struct && i < t.NumField(); i++ {
		if t.Field(i).Type == reflect.TypeFor[Secret]() {
			return true
		}
	}
	return false
}

// want says in an operator's words what a field takes.
func want(v reflect.Value) string {
	switch v.Interface().(type) {
	case Duration:
		return `a duration like "90m", "24h" or "28d"`
	case Size:
		return `a size like "8MB", or a number of bytes`
	case Budget:
		return `a rate like "1 per 90d"`
	case Clock:
		return `a time of the day like "22:30"`
	case Weekday:
		return `a day of the week like "mon"`
	case Names:
		return "a name or a list of names"
	case Side:
		return "a voice, or a mapping with a voice, outlets or both"
	case netip.Prefix:
		return `a network like "10.0.0.0/8"`
	case Secret:
		return "text"
	}
	switch v.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	case reflect.Slice:
		return "a list"
	case reflect.Struct:
		return "a mapping of keys to values"
	}
	return "text"
}

// wrongType tells that a value is none that v can hold.
func (f *file) wrongType(at place, v reflect.Value) {
	hint := ""
	switch v.Kind() {
	case reflect.Struct:
		if _, is := v.Interface().(Budget); is {
			hint = `a number above 0, the word "per", and a span of time; without a budget leave the key out`
		}
	case reflect.Slice:
		if at.value.Kind == yaml.ScalarNode {
			hint = "put it in brackets: [...]"
		}
	case reflect.Bool, reflect.Int, reflect.Float64:
		if at.value.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
			hint = "without quotes, if it is one"
		}
	}
	is := f.show(at.value)
	if holdsSecret(v.Type()) && at.value.Kind == yaml.ScalarNode {
		is = "text"
	}
	f.wrongValue(at, hint, "must be %s, not %s", want(v), is)
}

// wrongValue tells a problem of a value under its name, unless it has one.
func (f *file) wrongValue(at place, hint, format string, args ...any) {
	if !f.told[at.value] {
		f.told[at.value] = true
		f.tell(at.value, hint, "%q "+format, append([]any{at.name}, args...)...)
	}
}

// show is a value as a message quotes it. What a variable held is not quoted: it
// may be a secret in the wrong place.
func (f *file) show(n *yaml.Node) string {
	const longest = 60
	switch text, expanded := f.written[n]; {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case expanded:
		return fmt.Sprintf("the value of %q", text)
	case len(n.Value) > longest:
		return fmt.Sprintf("%q...", strings.ToValidUTF8(n.Value[:longest], ""))
	}
	return fmt.Sprintf("%q", n.Value)
}

// noValue tells of a key or a list item with nothing after it.
func (f *file) noValue(at place) {
	hint := ""
	if at.key != nil {
		at.value.Line, at.value.Column = at.key.Line, at.key.Column // YAML puts nothing where the next thing is
		_, after, _ := strings.Cut(string(f.lines[at.key.Line-1][at.key.Column-1:]), ":")
		if words := strings.Fields(after); len(words) > 0 && len(words[0]) > 1 && words[0][0] == '#' {
			hint = fmt.Sprintf(`"#" begins a comment: write %q, with the quotes`, words[0])
		}
	}
	f.wrongValue(at, hint, "has no value")
}
