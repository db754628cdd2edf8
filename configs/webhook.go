package configs

import (
	"net/url"
	"strings"
)

// Webhook is an address that alerts are posted to.
type Webhook struct {
	Name string `yaml:"name"` // unique whatever the case

	// URL is an http or https address. It is hidden, as such addresses often hold
	// what lets one post there.
	URL Secret `yaml:"url"`

	// Format is what is posted, one of [Formats]. Default the first.
	Format string `yaml:"format"`

	// Secret signs what is posted, so that its receiver knows that it is ours.
	// Default none.
	Secret Secret `yaml:"secret,omitempty"`

	// SecretFile holds the secret, relative to the folder of the configuration
	// file. [Load] puts what it reads into Secret.
	SecretFile string `yaml:"secret_file,omitempty"`
}

// Formats are the values of Webhook.Format: the JSON of Alertmanager's webhooks, or
// that which Slack's incoming webhooks take.
func Formats() []string { return []string{"alertmanager", SlackFormat} }

// SlackFormat is the one for Slack, which takes no signature.
const SlackFormat = "slack"

func (w *Webhook) setDefaults() { w.Format = Formats()[0] }

func (f *file) webhooks(c *Config) {
	names := map[string]int{}
	for i := range c.Webhooks {
		w := &c.Webhooks[i]
		f.uniqueName(w, &w.Name, names)
		if f.require(w, &w.URL, "url") {
			// A configuration as it is printed is one, too.
			u, err := url.Parse(w.URL.Reveal())
			switch {
			case w.URL.Reveal() == redacted:
			case err != nil || !isWeb(u):
				f.wrong(&w.URL, "", "must be an http or https address")
			case strings.HasPrefix(u.Hostname(), "hooks.slack") && w.Format != SlackFormat:
				f.wrong(&w.URL, "add format: slack", "is one of Slack's, which takes no other format")
			}
		}
		f.oneOf(&w.Format, Formats()...)
		if w.Format == SlackFormat {
			const hint = "take it out: what Slack knows a post by is the address"
			f.wrong(&w.Secret, hint, "signs nothing that Slack takes")
			f.wrong(&w.SecretFile, hint, "signs nothing that Slack takes")
		}
		if !f.absent(&w.Secret) && !f.absent(&w.SecretFile) {
			f.wrong(&w.SecretFile, "remove one", `cannot stand beside "secret"`)
		}
	}
}
