package web

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"tonewatch/monitor"
)

const (
	// maxListed is how many feeds in trouble a report names.
	maxListed = 100
)

// judged is a feed with what there is to say against it.
type judged struct {
	monitor.Feed
	verdict Verdict
	err     error // of its schedule
}

// checkFeeds counts the stale feeds, and names those in trouble, the worst
// first. Each stale feed is a warning; more than half of them, or one that is
// critical, is a failure.
func checkFeeds(st monitor.Status, now time.Time) []Finding {
	var trouble []judged
	stale := 0
	for _, feed := range st.Feeds {
		j := judge(feed, now)
		if j.verdict != Pass {
			stale++
		}
		if j.verdict != Pass || feed.Problem != "" {
			trouble = append(trouble, j)
		}
	}
	slices.SortStableFunc(trouble, func(a, b judged) int { // never is the oldest time
		return cmp.Or(cmp.Compare(b.verdict.badness(), a.verdict.badness()), a.Succeeded.Compare(b.Succeeded))
	})

	all := observe("feeds:stale", float64(stale), "feeds", now)
	var say []string
	if stale > 0 {
		all.Status = Warn
		say = append(say, fmt.Sprintf("%d of %s stale", stale, count(len(st.Feeds), "feed")))
	}
	if 2*stale > len(st.Feeds) {
		all.Status = Fail
		say = append(say, "if their errors are alike, look at this machine's network")
	}
	if len(trouble) > maxListed {
		say = append(say, fmt.Sprintf("feed:age lists %d of %d in trouble", maxListed, len(trouble)))
		trouble = trouble[:maxListed]
	}
	all.Output = strings.Join(say, "; ")

	list := []Finding{all}
	for _, j := range trouble {
		list = append(list, j.finding(now))
	}
	return list
}

// judge is quick, for every feed there is; finding is for those that are
// listed.
func judge(feed monitor.Feed, now time.Time) judged {
	stale, err := feed.Stale(now)
	switch {
	case !stale:
		return judged{feed, Pass, nil}
	case feed.Critical:
		return judged{feed, Fail, err}
	default:
		return judged{feed, Warn, err}
	}
}

func (j judged) finding(now time.Time) Finding {
	f := observe("feed:age", seconds(since(j.Succeeded, now)), "s", now)
	if j.Succeeded.IsZero() {
		f.ObservedValue, f.ObservedUnit = nil, ""
	}
	f.ComponentID, f.Status = j.Name(), j.verdict
	switch {
	case !j.Gone.IsZero():
		f.Output = because(fmt.Sprintf("gone for %s and polled no more: take it out of the configuration, or correct its address", span(since(j.Gone, now))), j.Problem)
	case j.err != nil:
		f.Output = plain(j.err.Error()) + "; correct the feed's schedule in the configuration"
	case j.Failures > 0:
		f.Output = history(j.Feed, now)
		if j.verdict != Pass {
			f.Output += "; if this lasts, correct the feed's address in the configuration or take it out"
		}
	case j.verdict != Pass:
		f.Output = fmt.Sprintf("%s, not polled although due for %s; see jobs:waiting", success(j.Feed, now), span(since(j.Next, now)))
	default:
		f.Output = plain(j.Problem)
	}
	return f
}

// history is a failing feed's, in words.
func history(feed monitor.Feed, now time.Time) string {
	text := fmt.Sprintf("%s, %s", success(feed, now), count(feed.Failures, "failure"))
	if wait := feed.Next.Sub(now); wait > 0 {
		text += ", next try in " + span(wait)
	}
	return because(text, feed.Problem)
}

func success(feed monitor.Feed, now time.Time) string {
	if feed.Succeeded.IsZero() {
		return "never succeeded"
	}
	return fmt.Sprintf("last success %s ago", span(since(feed.Succeeded, now)))
}
