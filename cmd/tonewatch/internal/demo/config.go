package demo

import (
	"bytes"
	"fmt"
	"net/url"
	"text/template"
)

// Config returns the demo's configuration, in YAML, for a [Publisher] that
// serves at base: "http://127.0.0.1:40123", without a path. Alerts go to the
// Slack whose API is at slackAPI, or to the console where that is empty.
func Config(base, slackAPI string) ([]byte, error) {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" || u.Host == "" || base != u.Scheme+"://"+u.Host {
		return nil, fmt.Errorf("render demo configuration: base %q: want http://host:port", base)
	}
	outlets, _, err := load()
	if err != nil {
		return nil, err
	}
	type feed struct{ Key, Name string }
	feeds := make([]feed, len(outlets))
	for i, o := range outlets {
		feeds[i] = feed{o.key, o.name}
	}
	tmpl, err := template.ParseFS(files, "fortnight/demo.yaml.tmpl")
	if err != nil {
		return nil, fmt.Errorf("parse demo configuration: %w", err)
	}
	var out bytes.Buffer
	if err := tmpl.Execute(&out, map[string]any{"Base": base, "Outlets": feeds, "Slack": slackAPI}); err != nil {
		return nil, fmt.Errorf("render demo configuration: %w", err)
	}
	return out.Bytes(), nil
}
