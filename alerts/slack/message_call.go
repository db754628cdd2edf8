package slack

import (
	"regexp"
	"strings"

	slackgo "github.com/slack-go/slack"

	"tonewatch/alerts"
	"tonewatch/monitor"
)

// maxCalls is how many people and groups one message calls.
const maxCalls = 10

// maxCaller is how much is shown of a name that Slack does not know, in runes.
const maxCaller = 40

// IDs as Slack gives them to users and to groups of users.
var (
	userID  = regexp.MustCompile(`^[UW][A-Z0-9]{7,20}$`)
	groupID = regexp.MustCompile(`^S[A-Z0-9]{7,20}$`)
)

// calling are those whom the operator asked to call; nobody in an edit, which
// would only leave the names standing.
func calling(a alerts.Alert, l Look) (list []slackgo.RichTextSectionElement) {
	if l.Edit {
		return nil
	}
	for i, name := range a.Mention[:min(maxCalls, len(a.Mention))] {
		if i > 0 {
			list = append(list, text(" ", nil))
		}
		list = append(list, called(name))
	}
	return list
}

// called is one of them: by ID, or "@here" and its like. Any other name is text.
func called(name string) slackgo.RichTextSectionElement {
	switch id := strings.TrimPrefix(name, "@"); {
	case userID.MatchString(id):
		return slackgo.NewRichTextSectionUserElement(id, nil)
	case groupID.MatchString(id):
		return slackgo.NewRichTextSectionUserGroupElement(id)
	case id == "here" || id == "channel" || id == "everyone":
		return slackgo.NewRichTextSectionBroadcastElement(id)
	default:
		return named(name)
	}
}

// person is who did something: by name in an edit, where that rings nobody.
func person(by string, l Look) slackgo.RichTextSectionElement {
	switch {
	case !userID.MatchString(by):
		return named(by)
	case l.Edit:
		return slackgo.NewRichTextSectionUserElement(by, nil)
	default:
		return text("Somebody", nil)
	}
}

// named is a name as text; it is never empty, which Slack would refuse.
func named(name string) slackgo.RichTextSectionElement {
	if name = alerts.Clean(name, maxCaller); name == "" {
		name = "?"
	}
	return text(name, nil)
}

// The buttons of an alert, by the IDs that come back when one is pressed. Each
// element carries the alert's key; that of the snooze is in the block's ID.
const (
	actionsBlock = "tonewatch:" // and the key
	maxKey       = 200          // an ID has 255 at most; ours are far shorter

	actionAcknowledge = "acknowledge"
	actionSnooze      = "snooze"
	actionMute        = "mute"
	actionWrong       = "wrong"
	actionExplain     = "explain"
)

// buttons are what a reader can do; about an episode that is over, only ask and
// complain.
func buttons(a alerts.Alert) *slackgo.ActionBlock {
	key := alerts.Clean(a.Key, maxKey)
	button := func(action, label string) slackgo.BlockElement {
		return slackgo.NewButtonBlockElement(action, key, plain(label))
	}
	list := []slackgo.BlockElement{button(actionWrong, "Wrong tone"), button(actionExplain, "Explain")}
	if a.Episode.Phase != monitor.Quiet {
		var spans []*slackgo.OptionBlockObject
		for _, o := range [][2]string{{"1h", "1 hour"}, {"8h", "8 hours"}, {"24h", "24 hours"}} {
			spans = append(spans, slackgo.NewOptionBlockObject(o[0], plain(o[1]), nil))
		}
		list = append([]slackgo.BlockElement{
			button(actionAcknowledge, "Acknowledge"),
			slackgo.NewOptionsSelectBlockElement(slackgo.OptTypeStatic, plain("Snooze"), actionSnooze, spans...),
			button(actionMute, "Mute actor"),
		}, list...)
	}
	return slackgo.NewActionBlock(actionsBlock+key, list...)
}
