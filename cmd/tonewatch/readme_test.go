package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// Every tonewatch command line in the README must exist, with its flags.
func TestReadmeCommandsExist(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(text), -1)
	seen := make(map[string]bool)
	for _, block := range blocks {
		for line := range strings.Lines(block[1]) {
			line, _, _ = strings.Cut(line, "#")
			args := strings.Fields(line)
			switch {
			case strings.HasPrefix(line, "go run ./cmd/tonewatch "):
				args = args[3:]
			case strings.HasPrefix(line, "tonewatch "), strings.HasPrefix(line, "./tonewatch "):
				args = args[1:]
			default:
				continue
			}
			c, rest, err := newRoot().Find(args)
			if err != nil || c.Name() == "tonewatch" {
				t.Errorf("README: %q: no such command: %v", strings.TrimSpace(line), err)
				continue
			}
			seen[c.CommandPath()] = true
			if err := c.ParseFlags(rest); err != nil {
				t.Errorf("README: %q: %v", strings.TrimSpace(line), err)
			}
			if c.Args != nil {
				if err := c.Args(c, c.Flags().Args()); err != nil {
					t.Errorf("README: %q: %v", strings.TrimSpace(line), err)
				}
			}
		}
	}
	for _, c := range leaves(newRoot()) {
		if !seen[c.CommandPath()] {
			t.Errorf("README does not show %q", c.CommandPath())
		}
	}
	if !strings.Contains(string(text), "```sh\ngo run ./cmd/tonewatch demo\n```") || !strings.Contains(string(text), "```sh\ngo test ./...\n```") {
		t.Error("README does not show the two commands of the quick start")
	}
}

func leaves(c *cobra.Command) (list []*cobra.Command) {
	if len(c.Commands()) == 0 {
		return []*cobra.Command{c}
	}
	for _, sub := range c.Commands() {
		if sub.Name() != "help" && sub.Name() != "completion" {
			list = append(list, leaves(sub)...)
		}
	}
	return list
}
