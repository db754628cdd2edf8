package configs

import (
	"slices"
	"strconv"
	"strings"
)

// The checks below take a field by its address, and find by it where the field
// stands in the file.

// absent says whether a field is not in the file.
func (f *file) absent(field any) bool { return f.places[field].value == nil }

// broken says whether a field has a problem already.
func (f *file) broken(field any) bool { return f.told[f.places[field].value] }

// sound says whether a field is in the file and has no problem so far.
func (f *file) sound(field any) bool { return !f.absent(field) && !f.broken(field) }

// quote is the value of a field that is in the file as a message quotes it.
func (f *file) quote(field any) string {
	if f.absent(field) {
		return ""
	}
	return f.show(f.places[field].value)
}

// expanded says whether a variable was put into a field's value.
func (f *file) expanded(field any) bool {
	_, ok := f.written[f.places[field].value]
	return ok
}

// wrong tells a problem of a field that is in the file, unless it has one.
func (f *file) wrong(field any, hint, format string, args ...any) {
	if f.sound(field) {
		f.wrongValue(f.places[field], hint, format, args...)
	}
}

// must tells what a field must be where it is not.
func (f *file) must(ok bool, field any, what string) {
	if !ok && f.sound(field) {
		f.wrong(field, "", "must be %s, not %s", what, f.quote(field))
	}
}

// require tells that a field is missing from its owner, where one of several
// keys may fill it, and says whether the field is fit for use.
func (f *file) require(owner, field any, keys ...string) bool {
	if f.absent(field) && f.sound(owner) {
		f.tell(f.places[owner].value, "", "missing key %s", either(keys))
	}
	return f.sound(field)
}

// either lists keys of which one is meant: "a", "b" or "c".
func either(keys []string) string {
	var b strings.Builder
	for i, key := range keys {
		switch {
		case i > 0 && i == len(keys)-1:
			b.WriteString(" or ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(strconv.Quote(key))
	}
	return b.String()
}

// uniqueName checks the name of an actor or a rule; lines holds where the names
// before it are.
func (f *file) uniqueName(owner any, name *string, lines map[string]int) bool {
	if !f.require(owner, name, "name") {
		return false
	}
	f.must(strings.TrimSpace(*name) != "", name, "a name")
	key := strings.ToLower(*name)
	if line := lines[key]; line > 0 {
		f.wrong(name, "", "is taken: %s is on line %d", f.quote(name), line)
	}
	lines[key] = f.places[name].value.Line
	return f.sound(name)
}

// oneOf checks a field that takes one of few words.
func (f *file) oneOf(field *string, words ...string) {
	if !slices.Contains(words, *field) && f.sound(field) {
		f.wrong(field, f.suggest(*field, words), "cannot be %s", f.quote(field))
	}
}
