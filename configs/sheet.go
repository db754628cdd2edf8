package configs

import (
	"fmt"
	"os"
	"reflect"
)

// Sheet is another YAML file of the operator's, read as strictly as the
// configuration: every unknown key and wrong value is a problem with its line
// and column.
type Sheet struct{ f *file }

// ReadSheet fills v, a pointer to a struct with yaml tags, from a file, with
// variables from the environment. Problems are kept until [Sheet.Err]; the error
// is only of a file that cannot be read.
func ReadSheet(path string, v any) (*Sheet, error) {
	src, err := readFile(path, maxFile)
	if err != nil {
		return nil, fmt.Errorf("read %q: %w", path, err)
	}
	s := &Sheet{newFile(path, src)}
	if root := s.f.document(); root != nil {
		s.f.expand(root, os.LookupEnv)
		s.f.value(place{name: "file", value: root}, reflect.ValueOf(v).Elem())
	}
	return s, nil
}

// Err is all that is wrong with the sheet, as [Problems]; nil for nothing.
func (s *Sheet) Err() error {
	_, err := s.f.result(nil)
	return err
}

// Has says whether a field, given by its address, is in the file.
func (s *Sheet) Has(field any) bool { return !s.f.absent(field) }

// Need tells that a field is missing from its owner, where one of several keys
// may fill it, and says whether the field is there and sound.
func (s *Sheet) Need(owner, field any, keys ...string) bool {
	return s.f.require(owner, field, keys...)
}

// Wrong tells a problem of a field that is in the file, unless it has one.
func (s *Sheet) Wrong(field any, hint, format string, args ...any) {
	s.f.wrong(field, hint, format, args...)
}

// OneOf checks a text that takes one of some words; absent is good, too.
func (s *Sheet) OneOf(field *string, words ...string) { s.f.oneOf(field, words...) }

// At is where a field stands: "file:line:column"; the file alone for one that is
// not in it.
func (s *Sheet) At(field any) string {
	if s.f.absent(field) {
		return s.f.name
	}
	n := s.f.places[field].value
	return fmt.Sprintf("%s:%d:%d", s.f.name, n.Line, n.Column)
}

// Rules checks rules that stand in the sheet as if in a configuration with these
// actors, and fills in their defaults.
func (s *Sheet) Rules(rules []Rule, actors []string) {
	c := &Config{Rules: rules}
	for _, name := range actors {
		c.Actors = append(c.Actors, Actor{Name: name})
		s.f.tracked[name] = true
	}
	s.f.rules(c)
}
