package alerts

import (
	"fmt"
	"time"

	"tonewatch/monitor"
)

// maxNote is how much is shown of what a person had to say.
const maxNote = 120

// Remarks say what people did about an episode, in the order of the acts.
func Remarks(acts []monitor.Act) []Remark {
	var list []Remark
	for _, a := range acts {
		list = append(list, Remark{At: a.At, By: a.By, Text: done(a)})
	}
	return list
}

// done says what was done, without the person.
func done(a monitor.Act) string {
	switch a.Kind {
	case monitor.ActAcknowledge:
		return "acknowledged"
	case monitor.ActSnooze:
		return "snoozed until " + clock(a.Until)
	case monitor.ActMute:
		return "muted " + Clean(a.Actor, maxName) + " until " + clock(a.Until)
	case monitor.ActWrong:
		return wrong(a)
	default: // of a later release
		return Clean(a.Kind, maxName)
	}
}

func wrong(a monitor.Act) string {
	text := "called the tone wrong"
	if story := Clean(a.Story, maxNote); story != "" {
		text = "called the tone of “" + story + "” wrong"
	}
	text += ": should be " + Clean(a.Label, maxName)
	if note := Clean(a.Note, maxNote); note != "" {
		text += fmt.Sprintf(" (“%s”)", note)
	}
	return text
}

// clock puts a time of the next days.
func clock(t time.Time) string { return t.UTC().Format("2 Jan 15:04 UTC") }
