package slack_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"tonewatch/alerts/slack"
)

// reader writes a message down as a person would see it in Slack, from the JSON
// that is sent, so that a golden file can be read.
type reader struct {
	t *testing.T
	strings.Builder
}

// object is one object of the JSON.
type object map[string]any

func (o object) text(name string) string { s, _ := o[name].(string); return s }

func (o object) object(name string) object { m, _ := o[name].(map[string]any); return m }

func (o object) list(name string) (list []object) {
	items, _ := o[name].([]any)
	for _, item := range items {
		m, _ := item.(map[string]any)
		list = append(list, m)
	}
	return list
}

// read is a message as text: what a notification says, a rule, the blocks, and
// those in the coloured attachment after a bar.
func read(t *testing.T, m slack.Message) string {
	t.Helper()
	var whole object
	if err := json.Unmarshal(encode(t, m), &whole); err != nil {
		t.Fatal(err)
	}
	r := &reader{t: t}
	fmt.Fprintf(r, "Notification: %s\n%s\n", whole.text("text"), strings.Repeat("-", 60))
	for _, b := range whole.list("blocks") {
		r.block(b)
	}
	for _, a := range whole.list("attachments") {
		fmt.Fprintf(r, "▌ bar of %s\n", a.text("color"))
		for _, b := range a.list("blocks") {
			inner := &reader{t: t}
			inner.block(b)
			for line := range strings.Lines(strings.TrimSuffix(inner.String(), "\n")) {
				r.WriteString("▌ " + line)
			}
			r.WriteString("\n")
		}
	}
	return r.String()
}

func (r *reader) block(b object) {
	switch kind := b.text("type"); kind {
	case "header":
		fmt.Fprintf(r, "# %s\n\n", b.object("text").text("text"))
	case "section":
		for _, f := range b.list("fields") {
			fmt.Fprintf(r, "%s\n", strings.Replace(f.text("text"), "*\n", "*  ", 1))
		}
		r.WriteString("\n")
	case "context":
		for _, e := range b.list("elements") {
			fmt.Fprintf(r, "%s\n", e.text("text"))
		}
		r.WriteString("\n")
	case "actions":
		var labels []string
		for _, e := range b.list("elements") {
			label := e.object("text").text("text")
			for _, o := range e.list("options") {
				label += "|" + o.object("text").text("text")
			}
			if name := e.object("placeholder").text("text"); name != "" {
				label = name + ":" + strings.TrimPrefix(label, "|")
			}
			labels = append(labels, "["+label+"]")
		}
		r.WriteString(strings.Join(labels, " ") + "\n\n")
	case "data_visualization":
		r.chart(b)
	case "table":
		r.table(b)
	case "rich_text":
		r.rich(b)
	default:
		r.t.Errorf("a block of type %q, which nobody can read", kind)
	}
}

func (r *reader) rich(b object) {
	for _, part := range b.list("elements") {
		switch kind := part.text("type"); kind {
		case "rich_text_section":
			r.words(part)
		case "rich_text_quote":
			r.WriteString("\n> ")
			r.words(part)
			r.WriteString("\n")
		case "rich_text_list":
			for _, item := range part.list("elements") {
				r.WriteString("• ")
				r.words(item)
				r.WriteString("\n")
			}
		default:
			r.t.Errorf("rich text of type %q, which nobody can read", kind)
		}
	}
	r.WriteString("\n\n")
}

func (r *reader) words(part object) {
	for _, e := range part.list("elements") {
		words := e.text("text")
		switch kind := e.text("type"); kind {
		case "text":
		case "link":
			words = fmt.Sprintf("%s (%s)", words, e.text("url"))
		case "user":
			words = "@user:" + e.text("user_id")
		case "usergroup":
			words = "@group:" + e.text("usergroup_id")
		case "broadcast":
			words = "@" + e.text("range")
		default:
			r.t.Errorf("a word of type %q, which nobody can read", kind)
		}
		if bold, _ := e.object("style")["bold"].(bool); bold {
			words = "*" + words + "*"
		}
		r.WriteString(words)
	}
}

// chart lists the values, and a dot for where each lies.
func (r *reader) chart(b object) {
	fmt.Fprintf(r, "Chart: %s\n", b.text("title"))
	series := b.object("chart").list("series")
	low, high := 0.0, 0.0
	for _, s := range series {
		for _, p := range s.list("data") {
			v, _ := p["value"].(float64)
			low, high = min(low, v), max(high, v)
		}
	}
	axes := b.object("chart").object("axis_config")
	labels, _ := axes["categories"].([]any)
	for i, label := range labels {
		fmt.Fprintf(r, "  %-12s", label)
		row := []rune(strings.Repeat(" ", 31))
		var values []string
		for n, s := range series {
			p := s.list("data")[i]
			v, _ := p["value"].(float64)
			row[int((v-low)/(high-low)*30+0.5)] = rune("ox"[n])
			values = append(values, fmt.Sprintf("%c %s %+.2f", "ox"[n], s.text("name"), v))
		}
		fmt.Fprintf(r, "|%s| %s\n", string(row), strings.Join(values, ", "))
	}
	fmt.Fprintf(r, "  (%s, %s)\n\n", axes.text("y_label"), axes.text("x_label"))
}

func (r *reader) table(b object) {
	rows, _ := b["rows"].([]any)
	for _, row := range rows {
		cells := object{"cells": row}.list("cells")
		var texts []string
		for _, c := range cells {
			texts = append(texts, c.text("text"))
		}
		fmt.Fprintf(r, "| %s |\n", strings.Join(texts, " | "))
	}
	r.WriteString("\n")
}
