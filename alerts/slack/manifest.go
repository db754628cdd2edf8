package slack

import (
	"net/http"
)

// scopes are what the bot token is to have, each with what it is for. Those for
// private channels may be left out where there are none.
var scopes = []struct{ name, use string }{
	{"chat:write", "to post and edit alerts"},
	{"channels:read", "to find its channels"},
	{"channels:history", "to look whether a message is there before it is sent again"},
	{"groups:read", "to find its private channels"},
	{"groups:history", "to look into its private channels"},
	{"reactions:write", "to mark alerts that are over"},
	{"files:write", "to show charts as pictures"},
	{"commands", "for /tonewatch"},
}

// Manifest describes the app as Slack takes it under "From a manifest": with
// Socket Mode, the buttons, /tonewatch, and no more scopes than are used. The
// app-level token, with the scope connections:write, cannot be asked for in it.
func Manifest(name string) map[string]any {
	var bot []string
	for _, s := range scopes {
		bot = append(bot, s.name)
	}
	return map[string]any{
		"display_information": map[string]any{
			"name": name, "description": "Tells when the tone of the news toward an actor shifts",
		},
		"features": map[string]any{
			"bot_user": map[string]any{"display_name": name, "always_online": false},
			"slash_commands": []any{map[string]any{
				"command": "/tonewatch", "description": "What goes on, and why", "should_escape": false,
				"usage_hint": "status | actor NAME | why NAME or KEY | mute NAME 8h | digest | help",
			}},
		},
		"oauth_config": map[string]any{"scopes": map[string]any{"bot": bot}},
		"settings": map[string]any{
			"interactivity":          map[string]any{"is_enabled": true},
			"socket_mode_enabled":    true,
			"org_deploy_enabled":     false,
			"token_rotation_enabled": false,
		},
	}
}

// noteScopes keeps what Slack says, with each answer, that the bot token has.
// The answer about a socket is about the other token.
func (c *Client) noteScopes(path string, header http.Header) {
	if given := header.Get("X-OAuth-Scopes"); given != "" && path != methodOpen {
		c.scopes.Store(given)
	}
}
