// Package monitor is the heart of tonewatch: what was published, and how its
// tone toward each tracked actor moves.
//
// Read it in the order of an article's way:
//
//	feed.go      a polled address, its state, the document it serves
//	redact.go    its name without credentials, as it is shown and logged
//	schedule.go  when a feed is polled next
//	wait.go      how long its publisher may have it left alone
//	host.go      whose an address is, and for how long a host is left alone
//	article.go   one published item and its identity
//	change.go    an article whose text has changed: how often it is read again
//	poll.go      POLL: fetch a feed, keep what is new
//	sketch.go    what is kept of a text to find others that print its story
//	story.go     an article and its copies: one piece of evidence
//	reading.go   the tone of one story toward one actor in one voice
//	read.go      READ: fetch a page, extract its text, judge it
//	reread.go    stories judged anew after the engine has changed
//	series.go    readings as bucket sums, so that a window is an addition
//	rolling.go   the sums of a window and its baseline, kept as time goes on
//	baseline.go  what tone was to be expected, outlet by outlet
//	burst.go     how much less many stories prove because they come in bursts
//	rule.go      what an operator calls a change worth telling
//	condition.go what a rule asks, one by one, beside what was measured
//	shift.go     recent tone minus expected tone, with its standard error
//	level.go     tone itself against a line
//	drift.go     a slow change: the last days that show it best
//	volume.go    stories against those expected at this time of the week
//	split.go     two sides that part ways
//	episode.go   the life of one shift under one rule: the state machine Step
//	budget.go    false alarms allowed, turned into a limit on sigma
//	learn.go     which limits are to be learnt, and when
//	detect.go    DETECT: step every rule that watches an actor
//	cache.go     the series that detections keep in memory
//	evidence.go  the stories that moved a shift
//	chart.go     how it went, for the eye
//	replay.go    the same Step over history, without clock or database
//	delivery.go  the intent and the receipt of showing one message in one receiver
//	silence.go   when nothing new is told
//	act.go       what people did about an episode
//	note.go      messages about the program itself, and the day that they tell of
//	status.go    what a monitor of the monitor wants to know
//
// The three steps POLL, READ and DETECT are jobs: each takes an id, does its
// work and commits its result together with the next job in one transaction of
// the store, so that whatever dies, wherever, the work is still there. The
// interfaces that a step needs are declared beside it; the folders store, fetch
// and extract implement them and are named only by the program's wiring.
//
// Time is an argument everywhere. Nothing here reads a clock.
//
// Limits: text is judged in English; a feed gives at most [MaxNewItems] new
// articles a poll; tones are kept by the hour, so a window's edge is exact to
// one hour.
package monitor
