package slack

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"

	slackgo "github.com/slack-go/slack"

	"tonewatch/alerts"
	"tonewatch/monitor"
)

const methodView = "views.open"

// formWrong is the callback_id of the form; the blocks of it, each with one input
// of the same name.
const (
	formWrong  = "wrong"
	fieldStory = "story"
	fieldLabel = "label"
	fieldNote  = "note"
)

// Slack's limits of a form: an option's text, and what a person may write.
const (
	maxOption  = 75
	maxWritten = 500
)

// open shows the form behind "Wrong tone".
func (s *Socket) open(ctx context.Context, at place, key, trigger string) {
	a, err := s.desk.Alert(ctx, key)
	if err != nil {
		s.answer(ctx, at, alerts.Note{}, err)
		return
	}
	_, err = s.api.OpenViewContext(ctx, trigger, form(a))
	if err == nil {
		return
	}
	var refusal slackgo.SlackErrorResponse
	if errors.As(err, &refusal) && (refusal.Err == "expired_trigger_id" || refusal.Err == "exchanged_trigger_id") {
		s.answer(ctx, at, alerts.Note{}, alerts.Refusal("That took too long: press the button again."))
		return
	}
	s.answer(ctx, at, alerts.Note{}, s.failure(methodView, err, true))
}

// form asks which story was judged wrong, what it should be, and for a word
// about it. Where the alert has no stories, it is about the alert.
func form(a alerts.Alert) slackgo.ModalViewRequest {
	var blocks []slackgo.Block
	if stories := options(a); len(stories) > 0 {
		choice := slackgo.NewOptionsSelectBlockElement(slackgo.OptTypeStatic, plain("Story"), fieldStory, stories...)
		blocks = append(blocks, slackgo.NewInputBlock(fieldStory, plain("Whose tone is wrong?"), nil, choice))
	}
	var labels []*slackgo.OptionBlockObject
	for _, label := range monitor.Labels() {
		labels = append(labels, slackgo.NewOptionBlockObject(label, plain(label), nil))
	}
	label := slackgo.NewInputBlock(fieldLabel,
		plain(alerts.Clean("What is its tone toward "+a.Episode.Actor+"?", 150)), nil,
		slackgo.NewRadioButtonsBlockElement(fieldLabel, labels...))
	words := slackgo.NewPlainTextInputBlockElement(plain("What misled it?"), fieldNote)
	words.Multiline, words.MaxLength = true, maxWritten
	note := slackgo.NewInputBlock(fieldNote, plain("Note"), nil, words)
	note.Optional = true
	return slackgo.ModalViewRequest{
		Type: slackgo.VTModal, CallbackID: formWrong, PrivateMetadata: a.Key,
		Title: plain("Wrong tone"), Submit: plain("Save"), Close: plain("Cancel"),
		Blocks: slackgo.Blocks{BlockSet: append(blocks, label, note)},
	}
}

// options are the stories of the evidence.
func options(a alerts.Alert) []*slackgo.OptionBlockObject {
	var list []*slackgo.OptionBlockObject
	seen := make(map[string]bool)
	for _, e := range a.Episode.Evidence {
		if id := storyID(e); !seen[id] {
			seen[id] = true
			list = append(list, slackgo.NewOptionBlockObject(id, plain(titled(e, maxOption)), nil))
		}
	}
	return list
}

func titled(e monitor.Evidence, most int) string {
	if title := alerts.Clean(e.Title, most); title != "" {
		return title
	}
	return "(no title)"
}

// storyID is short, and stays the same when the alert's stories change.
func storyID(e monitor.Evidence) string {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s\n%s", e.URL, e.Title)
	return fmt.Sprintf("%016x", h.Sum64())
}

// submit keeps what was put into the form. Its reply is nil, which closes the
// form, or says below a field what is wrong with it.
func (s *Socket) submit(ctx context.Context, c *slackgo.InteractionCallback, envelope string) any {
	complain := func(err error) any {
		return slackgo.NewErrorsViewSubmissionResponse(map[string]string{fieldLabel: s.sorry(err).Title})
	}
	if !s.mayAct(c.User.ID, c.User.TeamID, c.Team.ID) {
		return complain(notAllowed)
	}
	key := c.View.PrivateMetadata
	a, err := s.desk.Alert(ctx, key)
	if err != nil {
		return complain(err)
	}
	act := s.by(c, envelope)
	act.Kind, act.Label, act.Note = monitor.ActWrong, input(c, fieldLabel).SelectedOption.Value, input(c, fieldNote).Value
	chosen := input(c, fieldStory).SelectedOption
	if chosen.Text != nil { // the alert's stories may have changed since it was opened
		act.Story = alerts.Clean(chosen.Text.Text, maxOption)
	}
	for _, e := range a.Episode.Evidence {
		if storyID(e) == chosen.Value {
			act.Story, act.Link = titled(e, maxWritten), e.URL
		}
	}
	if err := s.desk.Act(ctx, key, act, 0); err != nil {
		return complain(err)
	}
	return nil
}

func input(c *slackgo.InteractionCallback, name string) slackgo.BlockAction {
	if c.View.State == nil {
		return slackgo.BlockAction{}
	}
	return c.View.State.Values[name][name]
}
