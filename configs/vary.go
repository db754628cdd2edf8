package configs

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Change is another value for a key of rules.
type Change struct {
	Rule  string // its name; "" is every rule with the key's section
	Key   string // "for", or with its section: "shift.by"
	Value string // as it would be written
}

// LoadWith is [LoadWithoutSecrets] of a file in which some keys of rules have other
// values, or had them written out where they are left to their defaults. The file
// itself stays as it is. It is an error where a change fits no rule.
func LoadWith(path string, changes []Change) (*Config, error) {
	src, err := readFile(path, maxFile)
	if err != nil {
		return nil, fmt.Errorf("load configuration %q: %w", path, err)
	}
	f := newFile(path, src)
	f.spare = true
	c := f.blank()
	if root := f.document(); root != nil {
		f.expand(root, os.LookupEnv)
		for _, change := range changes {
			if !change.apply(root) {
				return nil, fmt.Errorf("configuration %q: no rule to set %q of", path, change.Key)
			}
		}
		f.decode(root, c)
		if f.values <= maxValues {
			f.validate(c)
		}
	}
	return f.result(c)
}

// apply changes the nodes of a document, and says whether there was a rule to
// change. What is written once and repeated by aliases is changed only where the
// change is meant.
func (c Change) apply(root *yaml.Node) (found bool) {
	rules := valueOf(root, "rules")
	if rules == nil || rules.Kind != yaml.SequenceNode {
		return false
	}
	section, key, nested := strings.Cut(c.Key, ".")
	if !nested {
		section, key = "", c.Key
	}
	for i := range rules.Content {
		rule := ownCopy(&rules.Content[i])
		name := valueOf(rule, "name")
		if c.Rule != "" && (name == nil || name.Value != c.Rule) || section != "" && valueOf(rule, section) == nil {
			continue
		}
		found = true
		if section != "" {
			rule = ownCopy(nodeOf(rule, section))
		}
		set(rule, key, c.Value)
	}
	return found
}

// ownCopy makes a node that others may share one of its own.
func ownCopy(n **yaml.Node) *yaml.Node {
	own := **n
	if own.Kind == yaml.AliasNode {
		own = *own.Alias
	}
	own.Anchor = ""
	own.Content = slices.Clone(own.Content)
	*n = &own
	return &own
}

// nodeOf is the value of a key, to be replaced; nil where a mapping lacks it.
func nodeOf(mapping *yaml.Node, key string) **yaml.Node {
	for i := 0; mapping.Kind == yaml.MappingNode && i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return &mapping.Content[i+1]
		}
	}
	return nil
}

func valueOf(mapping *yaml.Node, key string) *yaml.Node {
	n := nodeOf(mapping, key)
	if n == nil {
		return nil
	}
	if (*n).Kind == yaml.AliasNode {
		return (*n).Alias
	}
	return *n
}

func set(mapping *yaml.Node, key, value string) {
	node := &yaml.Node{Kind: yaml.ScalarNode, Value: value, Line: mapping.Line, Column: mapping.Column}
	if n := nodeOf(mapping, key); n != nil {
		node.Line, node.Column = (*n).Line, (*n).Column
		*n = node
		return
	}
	name := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key, Line: mapping.Line, Column: mapping.Column}
	mapping.Content = append(mapping.Content, name, node)
}
