package parse

import (
	"strings"
	"time"

	"github.com/mmcdole/gofeed"

	"tonewatch/monitor"
)

// wait is how long the feed itself wants to be left alone, within [0, 24 h]: the
// longer of RSS's ttl, in minutes, and the syndication module's update period
// divided by its frequency.
func (f *found) wait() time.Duration {
	var wait time.Duration
	if f.rss != nil {
		wait = monitor.ParseWait(f.rss.TTL, time.Minute)
	}
	return max(wait, updatePeriod(f.feed))
}

func updatePeriod(feed *gofeed.Feed) time.Duration {
	value := func(name string) string {
		if found := feed.Extensions["sy"][name]; len(found) > 0 {
			return strings.ToLower(strings.TrimSpace(found[0].Value))
		}
		return ""
	}
	period := map[string]time.Duration{
		"hourly": time.Hour, "daily": 24 * time.Hour, "weekly": 7 * 24 * time.Hour,
		"monthly": 30 * 24 * time.Hour, "yearly": 365 * 24 * time.Hour,
	}[value("updatePeriod")]
	times := max(monitor.ParseWait(value("updateFrequency"), 1), 1)
	return min(period/times, monitor.MaxWait)
}
