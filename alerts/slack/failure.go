package slack

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"tonewatch/alerts"
)

// errNotSlack is an answer of status 200 that says neither yes nor no, as a
// proxy between may give.
var errNotSlack = errors.New("the answer is not one of Slack's")

// How much is kept, in characters, of what an answer says.
const (
	maxReason = 60
	maxText   = 600
)

// Bounds on what Slack may wish us to wait, and the wait where it says to wait
// but not how long.
const (
	minRetry     = time.Second
	maxRetry     = time.Hour
	defaultRetry = time.Minute
)

// failure says what is known after a request failed. Unless it surely was not
// accepted, it is unclear. The cause is kept as text without the token, not
// wrapped: whoever prints it, prints no secret.
func (c *Client) failure(method string, err error, connected bool) *alerts.Failure {
	var limited *slackgo.RateLimitedError
	var status slackgo.StatusCodeError
	var refusal slackgo.SlackErrorResponse
	f := new(alerts.Failure)
	hint := ""
	switch {
	case errors.As(err, &limited):
		*f = alerts.Failure{Reason: "rate_limited", RetryAfter: min(max(limited.RetryAfter, minRetry), maxRetry)}
	case errors.As(err, &refusal):
		*f, hint = refused(method, refusal)
	case errors.As(err, &status):
		*f = answered(status.Code)
	default:
		*f = alerts.Unanswered(err, connected)
	}
	text := method + ": " + err.Error()
	if hint != "" {
		text += ": " + hint
	}
	f.Reason, text = c.redact(f.Reason, maxReason), c.redact(text, maxText)
	f.Err = errors.New(text)
	if final(f.Reason) {
		f.Err = fmt.Errorf("%s: %w", text, alerts.ErrFinal)
	}
	return f
}

// redact makes what an answer says fit to print, and takes out the tokens that
// it may echo: before the cut, which could leave half of one.
func (c *Client) redact(text string, most int) string {
	text = alerts.Clean(text, maxBody)
	for _, token := range []string{c.token, c.appToken} {
		if token != "" {
			text = strings.ReplaceAll(text, token, "[token]")
		}
	}
	return alerts.Clean(text, most)
}

// answered judges a status other than 200.
func answered(code int) alerts.Failure {
	f := alerts.Failure{Reason: fmt.Sprintf("http_%d", code)}
	switch {
	case code == http.StatusTooManyRequests:
		f.Reason, f.RetryAfter = "rate_limited", defaultRetry
	case code >= 500 || code == http.StatusRequestTimeout:
		f.Unclear = true
	}
	return f
}

// refused judges an answer "ok": false by its code and says how to mend it.
func refused(method string, r slackgo.SlackErrorResponse) (f alerts.Failure, hint string) {
	f = alerts.Failure{Reason: r.Err}
	switch r.Err {
	case "internal_error", "fatal_error", "service_unavailable":
		// Slack says of the first two that a part may have succeeded.
		f.Unclear = true
		return f, ""
	case "ratelimited", "rate_limited", "message_limit_exceeded":
		f.Reason, f.RetryAfter = "rate_limited", defaultRetry
		return f, ""
	case "request_timeout":
		return f, "" // the request reached Slack in part only
	}
	f.Permanent = true
	switch r.Err {
	case "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type", "org_login_required":
		hint = "set slack.token to the bot token of the installed app"
	case "missing_scope":
		hint = fmt.Sprintf("give the app the scope %s and install it again", scope(method, r.Needed))
	case "channel_not_found":
		hint = "check the channel's name, and invite the bot if it is private: /invite"
	case "not_in_channel":
		hint = "invite the bot to the channel: /invite"
	case "is_archived":
		hint = "unarchive the channel, or route to another"
	default:
		f.Message = !barred(r.Err)
		hint = strings.Join(r.ResponseMetadata.Messages, "; ")
	}
	return f, hint
}

// barred says whether a refusal without a hint is of the app or its place, whatever
// the message.
func barred(reason string) bool {
	switch reason {
	case "access_denied", "no_permission", "ekm_access_denied", "enterprise_is_restricted", "team_access_not_granted",
		"team_not_found", "restricted_action", "restricted_action_read_only_channel",
		"messages_tab_disabled", "two_factor_setup_required":
		return true
	}
	return false
}

// scope names what an app lacks: what Slack says is needed, else what the
// method takes.
func scope(method, needed string) string {
	if needed != "" {
		return needed
	}
	switch method {
	case methodReact:
		return "reactions:write"
	case methodHistory, methodReplies:
		return "channels:history (groups:history for a private channel)"
	case methodMine:
		return "channels:read (groups:read for a private channel)"
	default:
		return "chat:write"
	}
}

// final says whether a message can never be edited again, or its thread is gone.
func final(reason string) bool {
	switch reason {
	case "message_not_found", "cant_update_message", "edit_window_closed",
		"thread_not_found", "cannot_reply_to_message":
		return true
	}
	return false
}

// layoutRefused says whether Slack finds fault with blocks, not with the message.
func layoutRefused(reason string) bool {
	switch reason {
	case "invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "invalid_attachments", "attachment_payload_limit_exceeded":
		return true
	}
	return false
}
