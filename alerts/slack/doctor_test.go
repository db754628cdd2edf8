package slack_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tonewatch/alerts/slack"
)

// The app that the manifest makes is one that the doctor finds nothing wrong
// with.
func TestManifestHasTheScopesThatAreUsed(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(slack.Manifest("the desk's"))
	must(t, err)
	var got struct {
		Display struct{ Name string } `json:"display_information"`
		OAuth   struct {
			Scopes struct{ Bot []string }
		} `json:"oauth_config"`
		Settings struct {
			Interactivity struct {
				On bool `json:"is_enabled"`
			}
			Socket bool `json:"socket_mode_enabled"`
		}
		Features struct {
			Commands []struct{ Command string } `json:"slash_commands"`
		}
	}
	must(t, json.Unmarshal(text, &got))
	if diff := cmp.Diff(strings.Split(botScopes, ","), got.OAuth.Scopes.Bot); diff != "" {
		t.Errorf("scopes (-want +got):\n%s", diff)
	}
	if !got.Settings.Socket || !got.Settings.Interactivity.On || len(got.Features.Commands) != 1 || got.Features.Commands[0].Command != "/tonewatch" || got.Display.Name != "the desk's" {
		t.Errorf("manifest %s", text)
	}
}

func TestExamine(t *testing.T) {
	t.Parallel()
	const reinstall = "add it under OAuth & Permissions and install the app again, or compare the app with: tonewatch slack manifest"
	good := []slack.Finding{
		{Check: "token", State: "ok", Text: "tonewatch in the workspace The Desk"},
		{Check: "scopes", State: "ok", Text: "all 8 that are used"},
		{Check: "channel #desk-korea", State: "ok", Text: "the bot is a member"},
		{Check: "channel C0DESKKOREA", State: "ok", Text: "the bot is a member"},
		{Check: "socket", State: "ok", Text: "Socket Mode may be opened: buttons and /tonewatch work"},
	}
	channels := []string{"#desk-korea", "C0DESKKOREA"}
	for name, c := range map[string]struct {
		fault    func(*fake, *slack.Options)
		channels []string
		want     []slack.Finding
	}{
		"all is well":   {func(*fake, *slack.Options) {}, channels, good},
		"in private":    {func(f *fake, _ *slack.Options) { f.private = true }, channels, good},
		"no such token": {func(_ *fake, o *slack.Options) { o.Token = "xoxb-other" }, channels, []slack.Finding{{Check: "token", State: "fail", Text: "auth.test: invalid_auth: set slack.token to the bot token of the installed app"}}},
		"no app token":  {func(_ *fake, o *slack.Options) { o.AppToken = "" }, nil, []slack.Finding{good[0], good[1], {Check: "socket", State: "warn", Text: "no buttons and no /tonewatch: slack.app_token is not set", Mend: "make an app-level token with the scope connections:write, and set slack.app_token (as ${SLACK_APP_TOKEN}) or slack.app_token_file"}}},
		"another's app": {func(_ *fake, o *slack.Options) { o.AppToken = "xapp-other" }, nil, []slack.Finding{good[0], good[1], {Check: "socket", State: "fail", Text: "apps.connections.open: invalid_auth: set slack.app_token to an app-level token (xapp-...) with the scope connections:write"}}},
		"scopes missing": {func(f *fake, _ *slack.Options) {
			f.socket.scopes = "channels:read, groups:read,channels:history,groups:history,reactions:write,commands"
		}, nil, []slack.Finding{good[0],
			{Check: "scopes", State: "fail", Text: "chat:write is missing, to post and edit alerts", Mend: reinstall},
			{Check: "scopes", State: "warn", Text: "files:write is missing, to show charts as pictures", Mend: reinstall}, good[4]}},
		"not a member": {func(*fake, *slack.Options) {}, []string{"#desk-korea", "#desk-japan"}, []slack.Finding{good[0], good[1], good[2],
			{Check: "channel #desk-japan", State: "fail", Text: "the bot is not a member, or there is no such channel", Mend: "invite it there: /invite, then the app's name"}, good[4]}},
		"channels cannot be listed": {func(f *fake, _ *slack.Options) {
			f.answer("users.conversations", `{"ok":false,"error":"missing_scope"}`)
		}, channels[:1], []slack.Finding{good[0], good[1],
			{Check: "channels", State: "fail", Text: "users.conversations: missing_scope: give the app the scope channels:read (groups:read for a private channel) and install it again"},
			{Check: "channels", State: "warn", Text: "users.conversations: missing_scope: give the app the scope channels:read (groups:read for a private channel) and install it again"},
			{Check: "channel #desk-korea", State: "fail", Text: "the bot is not a member, or there is no such channel", Mend: "invite it there: /invite, then the app's name"}, good[4]}},
		"an address that is none": {func(f *fake, _ *slack.Options) { f.answer("apps.connections.open", `{"ok":true}`) }, nil, []slack.Finding{good[0], good[1],
			{Check: "socket", State: "fail", Text: "apps.connections.open: the answer is not one of Slack's"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			var log bytes.Buffer
			o := slack.Options{Token: token, AppToken: appToken, APIURL: f.GetAPIURL(), Log: slog.New(slog.NewTextHandler(&log, nil))}
			c.fault(f, &o)
			got := slack.New(o).Examine(t.Context(), c.channels)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if said := fmt.Sprint(got, log.String()); strings.Contains(said, "do-not-print") {
				t.Errorf("a secret is in %s", said)
			}
		})
	}
}
