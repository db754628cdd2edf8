package fetch

import (
	"net/http"
	"strings"
	"time"

	"tonewatch/monitor"
)

// maxValidator is the longest validator that is kept and sent back.
const maxValidator = 1024

// setConditions makes a request conditional on v.
func setConditions(h http.Header, v monitor.Validators) {
	if v.ETag != "" {
		h.Set("If-None-Match", v.ETag)
	}
	if v.LastModified != "" {
		h.Set("If-Modified-Since", v.LastModified)
	}
}

func isConditional(h http.Header) bool {
	return h.Get("If-None-Match") != "" || h.Get("If-Modified-Since") != ""
}

// refreshed are the validators to send next time: old, replaced by those that
// an answer carries. After a 200 old holds the address alone, so that no
// validator outlives the answer it belonged to.
func refreshed(old monitor.Validators, h http.Header) monitor.Validators {
	replace := func(old, name string) string {
		if value := h.Get(name); value != "" && len(value) <= maxValidator {
			return value
		}
		return old
	}
	return monitor.Validators{
		URL:          old.URL,
		ETag:         replace(old.ETag, "Etag"),
		LastModified: replace(old.LastModified, "Last-Modified"),
	}
}

// freshFor is how long an answer says it stays fresh: the longer of
// Cache-Control's max-age and the span from Date to Expires, within [0, 24 h].
func freshFor(h http.Header, now time.Time) time.Duration {
	var wait time.Duration
	for directive := range strings.SplitSeq(strings.Join(h.Values("Cache-Control"), ","), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		if strings.EqualFold(name, "max-age") {
			wait = max(wait, seconds(strings.Trim(value, `"`)))
		}
	}
	return max(wait, untilDate(h, "Expires", now))
}

// saysHowFresh says whether an answer replaces what an earlier one said (RFC
// 9111, 4.3.4).
func saysHowFresh(h http.Header) bool {
	return h.Get("Cache-Control") != "" || h.Get("Expires") != ""
}

// retryAfter is how long a refusing server asks to be left alone, within
// [0, 24 h]; 0 when it does not say.
func retryAfter(h http.Header, now time.Time) time.Duration {
	return max(seconds(h.Get("Retry-After")), untilDate(h, "Retry-After", now))
}

// seconds reads a number of seconds, 0 when it is none.
func seconds(text string) time.Duration {
	return monitor.ParseWait(text, time.Second)
}

// untilDate is the span from the answer's Date to the date in the named header,
// within [0, 24 h]. Both are the server's clock, so that ours may be wrong; it
// serves only where there is no Date.
func untilDate(h http.Header, name string, now time.Time) time.Duration {
	until, err := http.ParseTime(h.Get(name))
	if err != nil {
		return 0
	}
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date
	}
	return min(max(until.Sub(now), 0), monitor.MaxWait)
}
