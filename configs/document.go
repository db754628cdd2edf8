package configs

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v4"
)

// document parses the one YAML document of the file; an empty file is an empty
// mapping. It returns nil where there is nothing to go on with.
func (f *file) document() *yaml.Node {
	empty := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: 1, Column: 1}
	if len(f.text) > maxFile {
		f.tell(empty, "", "larger than %d bytes", maxFile)
		return nil
	}
	if line, column, message := checkText([]byte(f.text)); message != "" {
		f.tell(&yaml.Node{Line: line, Column: column}, "", "%s", message)
		return nil
	}
	loader, err := yaml.NewLoader(strings.NewReader(shield(f.text)))
	if err != nil {
		f.syntax(err)
		return nil
	}
	var first, second yaml.Node
	if err := loader.Load(&first); errors.Is(err, io.EOF) {
		return empty
	} else if err != nil {
		f.syntax(err)
		return nil
	}
	if err := loader.Load(&second); err == nil {
		f.tell(&second, "keep one and remove the other", "a second YAML document starts here")
	} else if !errors.Is(err, io.EOF) {
		f.syntax(err)
	}
	if root := first.Content[0]; root.ShortTag() != "!!null" {
		return root
	}
	return empty
}

// syntax tells an error of the YAML parser.
func (f *file) syntax(err error) {
	var e *yaml.LoadError
	if !errors.As(err, &e) {
		f.tell(&yaml.Node{Line: 1, Column: 1}, "", "%s", err.Error())
		return
	}
	at, message := e.Mark, "not YAML: "+e.Message
	if e.ContextMsg != "" {
		message += " " + e.ContextMsg
		if e.ContextMark.Line > 0 && e.ContextMark != e.Mark {
			message += fmt.Sprintf(" that starts on line %d", e.ContextMark.Line)
		}
	}
	at = f.inside(at, e.ContextMark)
	f.tell(&yaml.Node{Line: at.Line, Column: at.Column}, f.syntaxHint(at), "%s", message)
}

// inside moves a place at or beyond the end of the file to where what is left
// open there opens, if that is known, and any place into the file.
func (f *file) inside(at, opens yaml.Mark) yaml.Mark {
	last := len(f.lines)
	end := yaml.Mark{Line: last, Column: 1 + len(f.lines[last-1])}
	if at.Line > last || at.Line == last && at.Column >= end.Column {
		at = end
		if opens.Line > 0 && opens.Line <= last {
			at = opens
		}
	}
	return yaml.Mark{Line: max(1, at.Line), Column: max(1, at.Column)}
}

// syntaxHint knows the characters that trip people up.
func (f *file) syntaxHint(at yaml.Mark) string {
	line := f.lines[at.Line-1]
	if at.Column > len(line) {
		return ""
	}
	switch r := line[at.Column-1]; r {
	case '\t':
		return "indent with spaces, not with tabs"
	case '@', '`', '%':
		return fmt.Sprintf("a value that begins with %q must be quoted", r)
	}
	return ""
}
