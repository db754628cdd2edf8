package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"go.yaml.in/yaml/v4"

	"tonewatch/alerts"
	"tonewatch/configs"
)

// patch writes the changed keys as the part of a configuration that holds them.
func patch(config *configs.Config, changes []proposedChange) (string, error) {
	var rules []*yaml.Node
	for _, r := range config.Rules {
		sections := make(map[string]*yaml.Node)
		rule := yamlMapping("name", yamlText(r.Name))
		for _, c := range changes {
			if c.Rule != r.Name {
				continue
			}
			section, key, _ := strings.Cut(c.Key, ".")
			if sections[section] == nil {
				sections[section] = yamlMapping()
				sections[section].Style = yaml.FlowStyle
				rule.Content = append(rule.Content, yamlText(section), sections[section])
			}
			sections[section].Content = append(sections[section].Content, yamlText(key), &yaml.Node{Kind: yaml.ScalarNode, Value: c.To})
		}
		if len(sections) > 0 {
			rules = append(rules, rule)
		}
	}
	if len(rules) == 0 {
		return "", nil
	}
	out, err := yaml.Dump(yamlMapping("rules", &yaml.Node{Kind: yaml.SequenceNode, Content: rules}))
	return string(out), err
}

func yamlText(value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}
}

func yamlMapping(pairs ...any) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for i := 0; i+1 < len(pairs); i += 2 {
		n.Content = append(n.Content, yamlText(pairs[i].(string)), pairs[i+1].(*yaml.Node))
	}
	return n
}

// print writes the patch below comments, so that the whole is YAML.
func (p *proposal) print(out io.Writer) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%.2f alerts a week instead of %.2f, wished were at most %v (history: %.1f weeks)\n", p.Then, p.Now, p.Wish, p.Weeks)
	if len(p.labelled) > 0 {
		fmt.Fprintf(&b, "labelled right: %d, of which %d are told instead of %d\n", p.Right.Labels, p.Right.Then, p.Right.Now)
		fmt.Fprintf(&b, "labelled wrong: %d, of which %d are told instead of %d\n", p.Wrong.Labels, p.Wrong.Then, p.Wrong.Now)
	}
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, c := range p.Changes {
		fmt.Fprintf(w, "%s\t%s\t%s\tinstead of %s\n", c.Rule, c.Key, c.To, c.From)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(p.Changes) == 0 {
		fmt.Fprintln(&b, "nothing to change")
	}
	for _, part := range []struct {
		title    string
		episodes []labelledEpisode
	}{{"missed", p.Missed}, {"gained", p.Gained}} {
		fmt.Fprintf(w, "%s: %d\n", part.title, len(part.episodes))
		for _, e := range part.episodes {
			fmt.Fprintf(w, "  %s\t%s %s\n", episodeRow(e.Episode), e.Verdict, alerts.Visible(e.Note))
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for line := range strings.Lines(b.String()) {
		fmt.Fprintf(out, "# %s\n", strings.TrimRight(line, " \n"))
	}
	_, err := io.WriteString(out, p.Patch)
	return err
}
