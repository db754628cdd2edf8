package web

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"tonewatch/monitor"
)

// The limits. A poll is due every quarter of an hour or so: work that waits
// longer delays the next round, and work that waits for an hour leaves feeds
// stale.
const (
	storeSlow     = time.Second
	backlogLong   = 1000 // articles
	waitLong      = 15 * time.Minute
	waitTooLong   = time.Hour
	untoldLong    = 2 * time.Minute
	untoldTooLong = 10 * time.Minute
)

// examine holds a snapshot against every check that needs nothing else.
func examine(st monitor.Status, receivers map[string]error, now time.Time) []Finding {
	list := checkFeeds(st, now)
	list = append(list, checkBacklog(st, now), checkEmpty(st, now), checkForeign(st, now), checkWaiting(st, now), checkFailed(st, now))
	list = append(list, checkUntold(st, now), checkDead(st, now))
	return append(list, checkReceivers(receivers, now)...)
}

// observe is a finding that passes until said otherwise.
func observe(key string, value float64, unit string, now time.Time) Finding {
	return Finding{
		Key: key, ComponentType: "component", ObservedValue: &value, ObservedUnit: unit,
		Status: Pass, Time: now.UTC(),
	}
}

// grade is Fail past the upper limit, Warn past the lower.
func grade(value, warn, fail time.Duration) Verdict {
	switch {
	case value > fail:
		return Fail
	case value > warn:
		return Warn
	default:
		return Pass
	}
}

func checkBeat(loop string, beat time.Time, every time.Duration, now time.Time) Finding {
	age := since(beat, now)
	f := observe(loop+":heartbeat", seconds(age), "s", now)
	if age > missed*every {
		f.Status = Fail
		f.Output = fmt.Sprintf("no beat for %s, expected every %s: the loop is stuck or dead; restart tonewatch", span(age), span(every))
	}
	return f
}

// checkSnapshot looks at the age of the snapshot; taken is zero before the
// first.
func checkSnapshot(taken time.Time, every time.Duration, now time.Time) Finding {
	const key = "snapshot:age"
	if taken.IsZero() {
		return Finding{Key: key, ComponentType: "component", Status: Fail, Time: now.UTC(), Output: "starting: no snapshot taken yet"}
	}
	age := since(taken, now)
	f := observe(key, seconds(age), "s", now)
	if age > missed*every {
		f.Status = Fail
		f.Output = fmt.Sprintf("snapshot is %s old, expected every %s: the other checks are out of date; look at the store", span(age), span(every))
	}
	return f
}

// checkStore looks at how the store gave the snapshot.
func checkStore(took time.Duration, err error, now time.Time) Finding {
	f := observe("store:responseTime", float64(took.Milliseconds()), "ms", now)
	f.ComponentType = "datastore"
	switch {
	case err != nil:
		f.Status = Fail
		f.Output = plain(err.Error()) + "; see that the database can be reached and its disk has room"
	case took > storeSlow:
		f.Status = Warn
		f.Output = fmt.Sprintf("a snapshot took %d ms, more than %d ms: the database or its disk is slow", took.Milliseconds(), storeSlow.Milliseconds())
	}
	return f
}

func checkBacklog(st monitor.Status, now time.Time) Finding {
	f := observe("articles:unread", float64(st.Unread), "articles", now)
	if st.Unread > backlogLong {
		f.Status = Warn
		f.Output = fmt.Sprintf("%s not yet read, more than %d: if the number does not fall, poll fewer feeds or less often", count(st.Unread, "article"), backlogLong)
	}
	return f
}

// checkEmpty never warns: a feed may well hold an article without text now and
// then. It only says so.
func checkEmpty(st monitor.Status, now time.Time) Finding {
	f := observe("articles:empty", float64(st.Empty), "articles", now)
	if st.Empty > 0 {
		f.Output = because(count(st.Empty, "article")+" of the last day without a text to read", st.EmptyProblem)
	}
	return f
}

// checkForeign never warns either: outlets print what they like.
func checkForeign(st monitor.Status, now time.Time) Finding {
	f := observe("articles:foreign", float64(st.Foreign), "articles", now)
	if st.Foreign > 0 {
		f.Output = because(count(st.Foreign, "article")+" of the last day not judged, not being in English", st.ForeignExample)
	}
	return f
}

func checkWaiting(st monitor.Status, now time.Time) Finding {
	age := since(st.Oldest, now)
	f := observe("jobs:waiting", seconds(age), "s", now)
	if f.Status = grade(age, waitLong, waitTooLong); f.Status != Pass {
		f.Output = fmt.Sprintf("%s waiting, the oldest for %s: the work is more than this machine does, or a job is stuck", count(st.Waiting, "job"), span(age))
	}
	return f
}

func checkFailed(st monitor.Status, now time.Time) Finding {
	f := observe("jobs:failed", float64(st.Failed), "jobs", now)
	switch {
	case st.Failed > 0:
		f.Status = Warn
		f.Output = because(count(st.Failed, "job")+" given up", st.Problem)
	case st.Failing > 0:
		f.Output = because(count(st.Failing, "job")+" failed and will be tried again", st.Problem)
	}
	return f
}

func checkUntold(st monitor.Status, now time.Time) Finding {
	out := st.Outbox
	age := since(out.Oldest, now)
	f := observe("outbox:unsent", seconds(age), "s", now)
	f.Status = grade(age, untoldLong, untoldTooLong)
	if f.Status != Pass || out.Unsent > 0 && out.Problem != "" {
		f.Output = because(fmt.Sprintf("%s unsent, the oldest for %s", count(out.Unsent, "message"), span(age)), out.Problem)
	}
	return f
}

func checkDead(st monitor.Status, now time.Time) Finding {
	f := observe("outbox:dead", float64(st.Outbox.Dead), "messages", now)
	if st.Outbox.Dead > 0 {
		f.Status = Warn
		f.Output = because(count(st.Outbox.Dead, "message")+" given up until a restart", cmp.Or(st.Outbox.DeadProblem, st.Outbox.Problem))
	}
	return f
}

// checkReceivers warns of each that cannot tell anything, and fails when none
// can.
func checkReceivers(receivers map[string]error, now time.Time) []Finding {
	var list []Finding
	broken := 0
	for _, name := range slices.Sorted(maps.Keys(receivers)) {
		f := Finding{Key: "receiver:usable", ComponentID: plain(name), ComponentType: "component", Status: Pass, Time: now.UTC()}
		if err := receivers[name]; err != nil {
			f.Status, f.Output = Warn, plain(err.Error())
			broken++
		}
		list = append(list, f)
	}
	if broken > 0 && broken == len(list) {
		for i := range list {
			list[i].Status = Fail
		}
	}
	return list
}

// because puts an error, where there is one, behind what it led to.
func because(what, problem string) string {
	if problem == "" {
		return what
	}
	return what + ": " + plain(problem)
}

// since is never negative, and 0 where nothing has waited.
func since(t, now time.Time) time.Duration {
	if t.IsZero() {
		return 0
	}
	return max(0, now.Sub(t))
}

// seconds are whole; no limit here is finer.
func seconds(d time.Duration) float64 { return d.Truncate(time.Second).Seconds() }

// span is a duration as a person says it: its largest unit that leaves two or
// more.
func span(d time.Duration) string {
	const day = 24 * time.Hour
	for _, unit := range []struct {
		size time.Duration
		name string
	}{{day, "days"}, {time.Hour, "h"}, {time.Minute, "min"}, {time.Second, "s"}} {
		if d >= 2*unit.size {
			return fmt.Sprintf("%d %s", d/unit.size, unit.name)
		}
	}
	return fmt.Sprintf("%d ms", d.Milliseconds())
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
