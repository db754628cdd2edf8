package slack

import (
	"context"
	"fmt"
	"slices"
	"strings"

	slackgo "github.com/slack-go/slack"

	"tonewatch/alerts"
)

const methodAuth = "auth.test"

// The states of a finding.
const (
	StateOK   = "ok"
	StateWarn = "warn"
	StateFail = "fail"
)

// Finding is one thing that was looked at.
type Finding struct {
	Check string `json:"check"` // what
	State string `json:"state"` // [StateOK], [StateWarn] or [StateFail]
	Text  string `json:"text"`  // what was found
	Mend  string `json:"mend"`  // how to mend it; empty where that is in Text, or there is nothing to mend
}

// Examine asks Slack whether all is there that telling these channels takes: the
// token, its scopes, the bot in each channel, and, where there is an app token,
// the socket. It posts nothing.
func (c *Client) Examine(ctx context.Context, channels []string) []Finding {
	who, err := c.api.AuthTestContext(ctx)
	if err != nil {
		return []Finding{{"token", StateFail, c.failure(methodAuth, err, true).Error(), ""}}
	}
	found := []Finding{{"token", StateOK, alerts.Clean(fmt.Sprintf("%s in the workspace %s", who.User, who.Team), maxText), ""}}
	found = append(found, c.examineScopes()...)
	found = append(found, c.examineChannels(ctx, channels)...)
	return append(found, c.examineSocket(ctx))
}

// examineScopes compares what the last answer said with what is used.
func (c *Client) examineScopes() (found []Finding) {
	given, _ := c.scopes.Load().(string)
	if given == "" {
		return []Finding{{"scopes", StateWarn, "Slack did not say which scopes the token has", ""}}
	}
	has := strings.FieldsFunc(given, func(r rune) bool { return r == ',' || r == ' ' })
	for _, s := range scopes {
		if slices.Contains(has, s.name) {
			continue
		}
		f := Finding{"scopes", StateWarn, fmt.Sprintf("%s is missing, %s", s.name, s.use),
			"add it under OAuth & Permissions and install the app again, or compare the app with: tonewatch slack manifest"}
		if s.name == "chat:write" {
			f.State = StateFail
		}
		found = append(found, f)
	}
	if found == nil {
		found = []Finding{{"scopes", StateOK, fmt.Sprintf("all %d that are used", len(scopes)), ""}}
	}
	return found
}

// examineChannels looks for each channel among those that the bot is in.
func (c *Client) examineChannels(ctx context.Context, channels []string) (found []Finding) {
	if len(channels) == 0 {
		return nil
	}
	in := make(map[string]bool) // by name and by ID
	for _, kind := range []string{"public_channel", "private_channel"} {
		err := c.visitMine(ctx, kind, func(ch slackgo.Channel) (more bool) {
			in["#"+ch.Name], in[ch.ID] = true, true
			return true
		})
		if err != nil {
			f := Finding{"channels", StateFail, err.Error(), ""}
			if kind == "private_channel" {
				f.State = StateWarn
			}
			found = append(found, f)
		}
	}
	for _, name := range channels {
		f := Finding{"channel " + name, StateOK, "the bot is a member", ""}
		if !in[name] {
			f = Finding{"channel " + name, StateFail, "the bot is not a member, or there is no such channel", "invite it there: /invite, then the app's name"}
		}
		found = append(found, f)
	}
	return found
}

// examineSocket asks for a socket and does not open it.
func (c *Client) examineSocket(ctx context.Context) Finding {
	if c.appToken == "" {
		return Finding{"socket", StateWarn, "no buttons and no /tonewatch: slack.app_token is not set",
			"make an app-level token with the scope connections:write, and set slack.app_token (as ${SLACK_APP_TOKEN}) or slack.app_token_file"}
	}
	_, address, err := c.api.StartSocketModeContext(ctx)
	switch {
	case err != nil:
		return Finding{"socket", StateFail, c.socketProblem(err), ""}
	case !ticket.MatchString(address):
		return Finding{"socket", StateFail, methodOpen + ": " + errNotSlack.Error(), ""}
	}
	return Finding{"socket", StateOK, "Socket Mode may be opened: buttons and /tonewatch work", ""}
}
