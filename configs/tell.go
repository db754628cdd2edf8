package configs

import "strings"

// messages checks storms and notes.
func (f *file) messages(c *Config) {
	t := &c.Tell
	f.must(t.Storm >= 0, &t.Storm, "0 or more")
	f.must(t.Within > 0, &t.Within, "longer than 0")
	n := t.Notes
	if n == nil {
		return
	}
	switch {
	case !f.absent(&n.Slack):
		f.channel(c, &n.Slack)
		if n.Console {
			f.wrong(&n.Console, "remove one", `cannot stand beside "slack"`)
		}
	default:
		f.require(n, &n.Console, "slack", "console")
		f.must(n.Console, &n.Console, "true in notes without a channel")
	}
	if f.absent(&n.Quiet) && f.absent(&n.Heartbeat) {
		f.require(n, &n.Quiet, "quiet", "heartbeat")
	}
	for _, when := range []*string{&n.Quiet, &n.Heartbeat} {
		if !f.absent(when) {
			f.schedule(when)
		}
	}
}

// channel checks a channel of Slack, and that there is a token to post to it.
func (f *file) channel(c *Config, field *string) {
	isChannel := strings.HasPrefix(*field, "#") && len(*field) > 1 || channelID.MatchString(*field)
	f.must(isChannel, field, `a channel like "#desk", or its ID`)
	t := &c.Slack
	none := t.Token.IsZero() && t.TokenFile == "" && !f.broken(&t.Token) && !f.broken(&t.TokenFile) && !f.broken(t)
	if none {
		const hint = "set slack.token (as ${SLACK_BOT_TOKEN}) or slack.token_file; to try without Slack, write console: true"
		f.wrong(field, hint, "cannot be posted to: missing token")
	}
}
