package monitor

import (
	"net/netip"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"
)

// HostOf is whom an address belongs to: a registrable domain ("example.co.uk"),
// whatever the subdomain; else the address or the name as it is.
func HostOf(u *url.URL) string {
	name := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if _, err := netip.ParseAddr(name); err == nil {
		return name
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(name)
	if err != nil {
		return name // a name without a dot, or a public suffix itself
	}
	return domain
}

// Rest is a time for which a host asked to be left alone, for all that it
// serves. A host is a registrable domain ("example.co.uk"), or an IP address.
type Rest struct {
	Until time.Time
	Span  time.Duration // from the request to Until
}

// shortestRest is for a host that says "too many requests", and not for how long.
const shortestRest = 5 * time.Minute

// NextRest is how long to leave a host alone that was too busy at now. Where it
// does not say for how long (asked is 0), the rest doubles if it comes soon after
// the last. It is [MaxWait] at most, and never ends one that lasts longer.
func NextRest(last Rest, asked time.Duration, now time.Time) Rest {
	span := asked
	if span == 0 {
		span = shortestRest
		soon := now.Before(last.Until.Add(max(last.Span, time.Hour)))
		if soon && !now.Before(last.Until) { // before, it is the answer to a request made earlier
			span = max(span, 2*last.Span)
		}
	}
	span = min(span, MaxWait)
	until := now.Add(span)
	if until.Before(last.Until) {
		return last
	}
	return Rest{Until: until, Span: span}
}
