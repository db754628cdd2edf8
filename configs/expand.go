package configs

import (
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

// The braces of a variable while YAML is parsed. A plain YAML value may not hold
// braces inside braces, but {token: ${TOKEN}} is what everyone writes; so they
// are swapped for noncharacters, which Unicode keeps for such internal use. One
// character stands for one, so that columns stay true.
const (
	shieldOpen  = '\ufdd0'
	shieldClose = '\ufdd1'
)

var (
	braces       = regexp.MustCompile(`\$\{([\w.-]*(?::-[^{}\r\n]*)?)\}`)
	variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

func shield(text string) string {
	return braces.ReplaceAllString(text, "$$"+string(shieldOpen)+"${1}"+string(shieldClose))
}

func unshield(text string) string {
	return strings.NewReplacer(string(shieldOpen), "{", string(shieldClose), "}").Replace(text)
}

// expand puts variables into every value below n. Keys hold none.
func (f *file) expand(n *yaml.Node, env func(string) (string, bool)) {
	n.Value = unshield(n.Value)
	for i, child := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 && child.Kind == yaml.ScalarNode {
			child.Value = unshield(child.Value)
			continue
		}
		f.expand(child, env)
	}
	if n.Kind != yaml.ScalarNode || !strings.Contains(n.Value, "$") {
		return
	}
	value, mistakes := expandText(n.Value, env)
	f.unsolved[n] = mistakes
	if !f.spare {
		f.tellUnsolved(n)
	}
	f.written[n] = n.Value
	n.Value = value
	if n.Tag == "!!str" && n.Style == 0 {
		n.Tag = "" // a bare ${COUNT} may well be a number
	}
}

// tellUnsolved tells what is wrong with the variables of a value.
func (f *file) tellUnsolved(n *yaml.Node) {
	for _, m := range f.unsolved[n] {
		f.tell(n, m.hint, "%s", m.message)
		f.told[n] = true
	}
	delete(f.unsolved, n)
}

// mistake is what is wrong with one use of a variable.
type mistake struct{ message, hint string }

// expandText replaces ${NAME}, ${NAME:-default} (also for a NAME that is set but
// empty, as in a shell) and $$. What a variable holds is not expanded again.
func expandText(text string, env func(string) (string, bool)) (string, []mistake) {
	var out strings.Builder
	var mistakes []mistake
	for {
		before, after, found := strings.Cut(text, "$")
		out.WriteString(before)
		switch {
		case !found:
			return out.String(), mistakes
		case strings.HasPrefix(after, "$"):
			out.WriteByte('$')
			text = after[1:]
		case strings.HasPrefix(after, "{"):
			body, rest, closed := strings.Cut(after[1:], "}")
			value, m := lookUp(body, closed, env)
			if m != nil {
				mistakes = append(mistakes, *m)
			}
			out.WriteString(value)
			text = rest
		default:
			mistakes = append(mistakes, mistake{`a single "$" means nothing here`, `write ${NAME} for a variable, $$ for a dollar sign`})
			text = after
		}
	}
}

// lookUp is the value of what stands between "${" and "}".
func lookUp(body string, closed bool, env func(string) (string, bool)) (string, *mistake) {
	name, fallback, hasFallback := strings.Cut(body, ":-")
	switch {
	case !closed:
		return "", &mistake{`"${" without its "}"`, "write ${NAME}, or $${ for these two characters"}
	case !variableName.MatchString(name):
		return "", &mistake{`"${...}" holds no name of a variable`, "write ${NAME} or ${NAME:-default}"}
	case strings.Contains(fallback, "$"):
		return "", &mistake{fmt.Sprintf("the default of %q holds a variable", name), "a default is plain text"}
	}
	value, set := env(name)
	switch {
	case hasFallback && value == "":
		return fallback, nil
	case !set:
		return "", &mistake{fmt.Sprintf("environment variable %q is not set", name), fmt.Sprintf("set it, or give a default: ${%s:-...}", name)}
	}
	return value, nil
}
