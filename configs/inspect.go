package configs

import "go.yaml.in/yaml/v4"

// Inspection is a sound configuration with warnings: what in it is allowed and
// yet hardly meant.
type Inspection struct {
	Config *Config
	file   *file
}

// Inspect is [Load] with warnings.
func Inspect(path string) (*Inspection, error) {
	f, c, err := load(path)
	if err != nil {
		return nil, err
	}
	i := &Inspection{c, f}
	i.advise()
	i.doubtRules()
	return i, nil
}

// Warn adds a warning about a field of Config, which is given by its address.
// One that is not in the file has a default, and no line to be shown.
func (i *Inspection) Warn(field any, hint, format string, args ...any) {
	f := i.file
	at := f.places[field].value
	if at == nil {
		f.tell(&yaml.Node{Line: 1, Column: 1}, hint, format, args...)
		return
	}
	f.tell(at, hint, format, args...)
	f.problems[len(f.problems)-1].Excerpt = f.excerpt(at.Line, at.Column)
}

// Warnings are all there are so far, sorted by position.
func (i *Inspection) Warnings() Problems { return i.file.problems.sorted() }
