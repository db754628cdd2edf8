package configs

import (
	"errors"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// validate checks what the values mean and derives the defaults that hang on
// other values.
func (f *file) validate(c *Config) {
	f.must(c.Store.Path != "", &c.Store.Path, "a file")
	f.feeds(c)
	f.fetch(&c.Fetch)
	f.actors(c)
	f.oneOf(&c.Scoring.Engine, Engines()...)
	f.rules(c)
	f.keep(c)
	f.muteTimes(c)
	f.webhooks(c)
	f.routes(c)
	f.messages(c)
	f.slack(c)
	f.must(isListenAddress(c.HTTP.Listen), &c.HTTP.Listen, `an address like "127.0.0.1:8080"`)
	f.oneOf(&c.Log.Level, "debug", "info", "warn", "error")
	f.oneOf(&c.Log.Format, "auto", "text", "json")
}

func (f *file) feeds(c *Config) {
	seen := map[string]int{}
	for i := range c.Feeds {
		feed := &c.Feeds[i]
		if f.require(feed, &feed.URL, "url") {
			f.feedURL(feed, seen)
		}
		f.must(f.absent(&feed.Outlet) || feed.Outlet != "", &feed.Outlet, "a name")
		f.schedule(&feed.Every)
		if f.absent(&feed.Adaptive) {
			feed.Adaptive = f.absent(&feed.Every) // who says when means it
		}
	}
}

// feedURL checks a feed's address and names the outlet after it.
func (f *file) feedURL(feed *Feed, seen map[string]int) {
	u, err := url.Parse(feed.URL)
	if err != nil || !isWeb(u) {
		f.wrong(&feed.URL, "", "must be an http or https address")
		return
	}
	u.Host, u.Fragment = strings.ToLower(u.Host), ""
	if line := seen[u.String()]; line > 0 {
		f.wrong(&feed.URL, "", "is already polled by the feed on line %d", line)
	}
	seen[u.String()] = f.places[&feed.URL].value.Line
	if f.absent(&feed.Outlet) {
		feed.Outlet = u.Hostname()
		for _, prefix := range []string{"www.", "feeds.", "rss."} {
			feed.Outlet = strings.TrimPrefix(feed.Outlet, prefix)
		}
	}
}

func isWeb(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != ""
}

// schedule checks when something is done.
func (f *file) schedule(when *string) {
	const hint = `write "@every 15m", "@hourly", or a cron expression of five fields, as "*/15 * * * *"`
	schedule, err := parseSchedule(*when)
	if err != nil {
		detail := strings.TrimPrefix(err.Error(), "failed to ")
		if f.expanded(when) {
			detail = f.quote(when)
		}
		f.wrong(when, hint, "is no schedule: %s", detail)
		return
	}
	if every, ok := schedule.(cron.ConstantDelaySchedule); ok {
		f.must(every.Delay >= time.Minute, when, "a minute or longer")
	}
	// Any year would do that has a leap day within the five years looked at.
	if schedule.Next(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		f.wrong(when, "", "never comes: no month has such a day")
	}
}

// parseSchedule is cron.ParseStandard without its panic on a lone time zone.
func parseSchedule(spec string) (cron.Schedule, error) {
	zoned := strings.HasPrefix(spec, "TZ=") || strings.HasPrefix(spec, "CRON_TZ=")
	if zoned && !strings.Contains(spec, " ") {
		return nil, errors.New("nothing follows the time zone")
	}
	return cron.ParseStandard(spec)
}

func (f *file) fetch(c *Fetch) {
	f.must(c.Timeout > 0, &c.Timeout, "longer than 0")
	f.must(c.MaxFeedBytes > 0, &c.MaxFeedBytes, "more than 0 bytes")
	f.must(c.MaxPageBytes > 0, &c.MaxPageBytes, "more than 0 bytes")
	f.must(c.HostRequests >= 1, &c.HostRequests, "1 or more")
	f.must(c.HostPause >= 0 && c.HostPause <= Duration(time.Minute), &c.HostPause, "from 0 to a minute")
	ascii := !strings.ContainsFunc(c.Contact, func(r rune) bool { return r > '~' })
	f.must(ascii, &c.Contact, "ASCII text, because it is sent in a header")
}

// actors checks that a phrase means one actor only.
func (f *file) actors(c *Config) {
	if f.require(c, &c.Actors, "actors") && len(c.Actors) == 0 {
		f.wrong(&c.Actors, "", "is empty: there must be someone to track")
	}
	names := map[string]int{}
	phrases := map[string]int{} // the line of each name and alias
	for i := range c.Actors {
		a := &c.Actors[i]
		f.tracked[a.Name] = true
		if f.uniqueName(a, &a.Name, names) {
			if slices.Contains([]string{AllActors, AnyVoice, OutletVoices}, strings.ToLower(a.Name)) {
				f.wrong(&a.Name, "", "is taken: %s has a meaning in rules", f.quote(&a.Name))
			}
			phrases[a.Name] = f.places[&a.Name].value.Line
		}
	}
	for i := range c.Actors {
		a := &c.Actors[i]
		f.kind(a)
		for _, list := range [][]string{a.Aliases, a.Titles, a.Not} {
			for j := range list {
				f.must(strings.TrimSpace(list[j]) != "", &list[j], "a phrase")
			}
		}
		for j := range a.Aliases {
			alias := &a.Aliases[j]
			if line := phrases[*alias]; line > 0 {
				f.wrong(alias, "", "is taken: %s is on line %d", f.quote(alias), line)
			}
			phrases[*alias] = f.places[alias].value.Line
		}
	}
}

// kind checks what an actor is, and what goes with some kinds only.
func (f *file) kind(a *Actor) {
	f.oneOf(&a.Kind, ActorKinds()...)
	f.oneOf(&a.Pronouns, "he", "she", "they")
	if f.broken(&a.Kind) {
		return
	}
	if a.Kind != kindPerson {
		f.wrong(&a.Pronouns, `add "kind: person" if it is one`, "are followed of a person only")
	}
	if a.Kind != kindCountry {
		f.wrong(&a.Expand, `add "kind: country" if it is one`, "is for countries only")
	}
}

// userID is a person as Slack itself calls them.
var userID = regexp.MustCompile(`^[UW][A-Z0-9]{7,}$`)

func (f *file) slack(c *Config) {
	s := &c.Slack
	if !f.absent(&s.Token) && !f.absent(&s.TokenFile) {
		f.wrong(&s.TokenFile, "remove one", `cannot stand beside "token"`)
	}
	if !f.absent(&s.AppToken) && !f.absent(&s.AppTokenFile) {
		f.wrong(&s.AppTokenFile, "remove one", `cannot stand beside "app_token"`)
	}
	// The two are easily taken for each other.
	if strings.HasPrefix(s.Token.Reveal(), "xapp-") {
		f.wrong(&s.Token, "the bot token begins with xoxb-, and stands under OAuth & Permissions", "is an app-level token")
	}
	if strings.HasPrefix(s.AppToken.Reveal(), "xoxb-") {
		f.wrong(&s.AppToken, "the app-level token begins with xapp-, and stands under Basic Information", "is a bot token")
	}
	for i := range s.Users {
		f.must(userID.MatchString(s.Users[i]), &s.Users[i], `the ID of a person, as "U0123456789"`)
	}
	if s.APIURL != "" {
		u, err := url.Parse(s.APIURL)
		f.must(err == nil && isWeb(u), &s.APIURL, "an http or https address")
	}
}

func isListenAddress(s string) bool {
	_, port, err := net.SplitHostPort(s)
	if err != nil {
		return false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err == nil
}
