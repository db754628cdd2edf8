package configs

import (
	"net/netip"
	"time"
)

// Config is a whole configuration, defaults filled in and checked. The sections
// stand in the order in which an article passes them.
type Config struct {
	Store   Store   `yaml:"store"`
	Feeds   []Feed  `yaml:"feeds"`
	Fetch   Fetch   `yaml:"fetch"`
	Actors  []Actor `yaml:"actors"` // at least one
	Scoring Scoring `yaml:"scoring"`
	Rules   []Rule  `yaml:"rules"`
	Routes  []Route `yaml:"routes"` // default: everything to the console
	// MuteTimes and Webhooks are what routes name.
	MuteTimes []MuteTime `yaml:"mute_times"`
	Webhooks  []Webhook  `yaml:"webhooks"`
	Tell      Tell       `yaml:"tell"`
	Slack     Slack      `yaml:"slack"`
	HTTP      HTTP       `yaml:"http"`
	Log       Log        `yaml:"log"`

	file string // its name, for CheckRun
	hash string
}

// Store is where everything that must survive a restart is kept.
type Store struct {
	// Path is the SQLite file, relative to the working directory. Default
	// "tonewatch.db".
	Path string `yaml:"path"`

	// Keep is for how long.
	Keep Keep `yaml:"keep"`
}

// Keep is how long news stays in the store.
type Keep struct {
	// Articles is for texts, the sentences that are shown as evidence and episodes
	// that are over: at least 7d, and the window and cool-down of any rule. Default
	// 400d.
	Articles Duration `yaml:"articles"`

	// Series is for the sums that rules are held against: at least what any rule
	// looks back to, window and baseline. Default 5y.
	Series Duration `yaml:"series"`
}

// Feed is an RSS, Atom or JSON feed to poll.
type Feed struct {
	// URL is the feed's http or https address; no two feeds share one.
	URL string `yaml:"url"`

	// Outlet is the publisher; feeds of one publisher share it. Default: the
	// host of URL without a leading "www.", "feeds." or "rss.".
	Outlet string `yaml:"outlet"`

	// Every is when to poll: a cron expression of five fields (in UTC, unless it
	// starts with "CRON_TZ=Area/City "), or a descriptor such as "@hourly" or
	// "@every 15m". At most once a minute. It is never polled more often; less
	// often when its publisher asks for that, or it is adaptive. Default
	// "@every 15m".
	Every string `yaml:"every"`

	// Adaptive lets a feed that publishes seldom be polled less often than Every
	// says: four times in the mean time between its last ten articles, and once a
	// day at least. Default: true where Every is left out.
	Adaptive bool `yaml:"adaptive"`

	// Critical makes the health check fail, not only warn, when the feed is
	// stale.
	Critical bool `yaml:"critical"`
}

// Fetch bounds what is downloaded, and says who asks.
type Fetch struct {
	// Timeout is for one download, from dialling to the last byte. Above 0;
	// default 20s.
	Timeout Duration `yaml:"timeout"`

	// MaxFeedBytes and MaxPageBytes end a longer download of a feed or of an
	// article's page, counted after decompression. Above 0; defaults 8MB, 2MB.
	MaxFeedBytes Size `yaml:"max_feed_bytes"`
	MaxPageBytes Size `yaml:"max_page_bytes"`

	// HostRequests is how many requests a site gets at once, and HostPause how much
	// time lies between the beginnings of two. A site is a registrable domain with
	// all its subdomains, feeds and pages. From 1, 0 or more; defaults 2, 1s.
	HostRequests int      `yaml:"host_requests"`
	HostPause    Duration `yaml:"host_pause"`

	// Contact is a web or mail address that goes into the User-Agent, for
	// publishers to complain to. ASCII. Default none.
	Contact string `yaml:"contact"`

	// Allow lists the private networks that may be fetched from; all others
	// (loopback, link-local, 10.0.0.0/8 ...) are refused. Default none.
	Allow []netip.Prefix `yaml:"allow"`
}

// Actor is someone or something whose tone is tracked.
type Actor struct {
	// Name is how rules, routes and alerts call the actor, and the first phrase
	// looked for in a text. Unique whatever the case; "*", "any" and "outlets"
	// are taken.
	Name string `yaml:"name"`

	// Kind is one of [ActorKinds]: of a person, surname and pronouns are followed
	// too; of a country, see Expand. Default "", where none of that is done.
	Kind string `yaml:"kind,omitempty"`

	// Pronouns are a person's: "he", "she" or "they". Default "": the given name
	// or the text is to tell.
	Pronouns string `yaml:"pronouns,omitempty"`

	// Expand lets a country's capital, seat of government and demonym stand for
	// it where they mean its government: "Seoul said", "the South Korean army".
	Expand bool `yaml:"expand,omitempty"`

	// Aliases always mean the actor. No two actors share a name or an alias.
	Aliases []string `yaml:"aliases"`

	// Titles mean the actor only after the text has named it; actors may share
	// them.
	Titles []string `yaml:"titles"`

	// Not are longer phrases that hold a name and mean something else.
	Not []string `yaml:"not"`
}

// ActorKinds are the values of Actor.Kind. Pronouns go with the first alone,
// Expand with the second.
func ActorKinds() []string { return []string{kindPerson, kindCountry, "organisation"} }

const (
	kindPerson  = "person"
	kindCountry = "country"
)

// Scoring says what judges the tone.
type Scoring struct {
	Engine string `yaml:"engine"` // one of [Engines]; default the first
}

// Engines are the names that Scoring.Engine may take, the default first.
func Engines() []string { return []string{"encoder", "bayes"} }

// AnyVoice and OutletVoices are the two voices that are no actor's name: whoever
// speaks, and the outlets' own narration.
const (
	AnyVoice     = "any"
	OutletVoices = "outlets"
)

// AllMentions and NamedMentions are the values of Rule.Mentions.
const (
	AllMentions   = "all"
	NamedMentions = "named"
)

// AllActors is the one item of Rule.Toward that stands for every actor.
const AllActors = "*"

// Rule is a change worth telling.
type Rule struct {
	Name   string   `yaml:"name"`   // unique whatever the case
	Toward []string `yaml:"toward"` // actors by name, or only [AllActors]
	Voice  string   `yaml:"voice"`  // [AnyVoice], [OutletVoices] or an actor; default any

	// Mentions says which of them count: [AllMentions], or [NamedMentions] for
	// those alone that call the actor by name, alias or surname, not by title,
	// pronoun or metonym. Default all.
	Mentions string `yaml:"mentions"`

	// Exactly one of these is set.
	Shift  *Shift  `yaml:"shift,omitempty"`
	Level  *Level  `yaml:"level,omitempty"`
	Drift  *Drift  `yaml:"drift,omitempty"`
	Volume *Volume `yaml:"volume,omitempty"`
	Split  *Split  `yaml:"split,omitempty"`

	// For is how long the change must last before it is told. Default 0.
	For Duration `yaml:"for"`

	// KeepFiringFor is how long it must be over before that is told. Default 0.
	KeepFiringFor Duration `yaml:"keep_firing_for"`

	// CoolDown is how long after its end the next one is not yet told. Default 0.
	CoolDown Duration `yaml:"cool_down"`

	// Rearm is the hysteresis. Of a level: the way in tone points from the line
	// back to the quiet side, 0 or more and inside the scale; default 0.05. Of the
	// other kinds: the size under which the change may end, above 0 and below
	// their By, in the unit of it; default By/2.
	Rearm float64 `yaml:"rearm"`
}

// Budget is where a rule's budget of false alarms stands, nil for a kind that has
// none.
func (r *Rule) Budget() *Budget {
	switch {
	case r.Shift != nil:
		return &r.Shift.FalseAlarms
	case r.Drift != nil:
		return &r.Drift.FalseAlarms
	case r.Volume != nil:
		return &r.Volume.FalseAlarms
	case r.Split != nil:
		return &r.Split.FalseAlarms
	}
	return nil
}

// Shift asks for a change of tone against the actor's own past.
type Shift struct {
	By          float64  `yaml:"by"`                     // tone points, in (0, 2]; required
	Sigma       float64  `yaml:"sigma"`                  // standard errors, 0 or more; default 3
	FalseAlarms Budget   `yaml:"false_alarms,omitempty"` // learns a limit in place of Sigma; default none
	Window      Duration `yaml:"window"`                 // the news under test, above 0; default 24h
	Baseline    Duration `yaml:"baseline"`               // the news before it, at least Window; default 28d
	Stories     int      `yaml:"stories"`                // fewest stories in the window, from 1; default 8
	Outlets     int      `yaml:"outlets"`                // fewest outlets in the window, from 1; default 3
}

// Level asks for mean tone beyond a line. Exactly one of Below and Above is set.
type Level struct {
	Below   *float64 `yaml:"below,omitempty"` // tone, in [-1, 1]
	Above   *float64 `yaml:"above,omitempty"` // tone, in [-1, 1]
	Window  Duration `yaml:"window"`          // the news looked at, above 0; default 24h
	Stories int      `yaml:"stories"`         // fewest stories in the window, from 1; default 8
	Outlets int      `yaml:"outlets"`         // fewest outlets in the window, from 1; default 3
}

// Drift asks for a change that creeps in: tone that has been off the baseline
// since some day of the window, whichever day shows it best.
type Drift struct {
	By          float64  `yaml:"by"`                     // tone points since that day, in (0, 2]; required
	Sigma       float64  `yaml:"sigma"`                  // standard errors, 0 or more; default 4
	FalseAlarms Budget   `yaml:"false_alarms,omitempty"` // learns a limit in place of Sigma; default none
	Window      Duration `yaml:"window"`                 // how long ago it may have begun, from 1d; default 14d
	Baseline    Duration `yaml:"baseline"`               // the news before it, at least Window; default 28d
	Stories     int      `yaml:"stories"`                // fewest stories in the window, from 1; default 20
	Outlets     int      `yaml:"outlets"`                // fewest outlets in the window, from 1; default 3
}

// Volume asks for more stories, or fewer, than the same hours of the weeks
// before had.
type Volume struct {
	By          float64  `yaml:"by"`                     // part of what is expected, in (0, 1000], with Fewer in (0, 1]; 1 is twice as many; required
	Sigma       float64  `yaml:"sigma"`                  // how unlikely, as standard deviations of a normal distribution, 0 or more; default 4
	FalseAlarms Budget   `yaml:"false_alarms,omitempty"` // learns a limit in place of Sigma; default none
	Fewer       bool     `yaml:"fewer"`                  // asks for too few instead of too many
	Window      Duration `yaml:"window"`                 // the news under test, above 0; default 24h
	Baseline    Duration `yaml:"baseline"`               // the news before it, at least Window; default 28d
	Stories     int      `yaml:"stories"`                // fewest stories in the window, or expected there with Fewer, from 1; default 8
}

// Split asks for two sides whose tones part ways: the shift of the first minus
// the shift of the second.
type Split struct {
	Between     []Side   `yaml:"between"`                // two sides, which differ; required
	By          float64  `yaml:"by"`                     // tone points, in (0, 2]; required
	Sigma       float64  `yaml:"sigma"`                  // standard errors, 0 or more; default 3
	FalseAlarms Budget   `yaml:"false_alarms,omitempty"` // learns a limit in place of Sigma; default none
	Window      Duration `yaml:"window"`                 // the news under test, above 0; default 72h
	Baseline    Duration `yaml:"baseline"`               // the news before it, at least Window; default 28d
	Stories     int      `yaml:"stories"`                // fewest stories of each side in the window, from 1; default 8
	Outlets     int      `yaml:"outlets"`                // fewest outlets of each side in the window, from 1; default 1
}

// Side is one of the two that a split compares. A voice alone may stand in its
// place.
type Side struct {
	Voice   string   `yaml:"voice"`             // as Rule.Voice, which is its default
	Outlets []string `yaml:"outlets,omitempty"` // by their names; default all
}

// Tell says what else there is to tell, and when alerts are too many.
type Tell struct {
	// Storm is how many alerts a receiver gets one by one Within a time; more go into
	// one digest. 0 is never; default 5.
	Storm int `yaml:"storm"`

	// Within is the time of a storm, above 0. Default 5m.
	Within Duration `yaml:"within"`

	// Notes are messages about tonewatch itself. Default: none.
	Notes *Notes `yaml:"notes,omitempty"`
}

// Notes are messages that come by a schedule, written as Feed.Every. Exactly one of
// Slack and Console is set, and one of Quiet and Heartbeat at least.
type Notes struct {
	Slack   string `yaml:"slack,omitempty"`   // a channel, as Route.Slack
	Console bool   `yaml:"console,omitempty"` // to standard output

	// Quiet is when to say that nothing moved within a day, or what did.
	Quiet string `yaml:"quiet,omitempty"`

	// Heartbeat is when to say that tonewatch is at work.
	Heartbeat string `yaml:"heartbeat,omitempty"`
}

// Slack is the workspace that routes with a channel post to.
type Slack struct {
	// Token is a bot token. Required, here or in TokenFile, where a route names
	// a channel.
	Token Secret `yaml:"token,omitempty"`

	// TokenFile holds the token, relative to the folder of the configuration
	// file. [Load] puts what it reads into Token.
	TokenFile string `yaml:"token_file,omitempty"`

	// AppToken is an app-level token with the scope connections:write: alerts have
	// buttons with it, and /tonewatch answers. AppTokenFile holds it, as TokenFile
	// does Token. Default none.
	AppToken     Secret `yaml:"app_token,omitempty"`
	AppTokenFile string `yaml:"app_token_file,omitempty"`

	// Users may acknowledge, snooze, mute and call a tone wrong, by their IDs, as
	// "U0123456789". Default: everyone in the workspace.
	Users []string `yaml:"users,omitempty"`

	// APIURL replaces Slack's own address, for a proxy or a test. Default "".
	APIURL string `yaml:"api_url"`
}

// HTTP is the listener for health, metrics and pages.
type HTTP struct {
	// Listen is host:port. The default, "127.0.0.1:8080", is not reachable from
	// other machines; port 0 takes any free one.
	Listen string `yaml:"listen"`
}

// Log says what is logged to standard error, and how.
type Log struct {
	Level  string `yaml:"level"`  // debug, info, warn or error; default info
	Format string `yaml:"format"` // text, json, or auto: text on a terminal; default auto
}

func (c *Config) setDefaults() {
	c.Store = Store{Path: "tonewatch.db", Keep: Keep{Articles: Duration(400 * day), Series: Duration(5 * year)}}
	c.Fetch = Fetch{
		Timeout: Duration(20 * time.Second), MaxFeedBytes: 8 * megabyte, MaxPageBytes: 2 * megabyte,
		HostRequests: 2, HostPause: Duration(time.Second),
	}
	c.Scoring.Engine = Engines()[0]
	c.Routes = []Route{{Console: true}}
	c.Tell = Tell{Storm: 5, Within: Duration(5 * time.Minute)}
	c.HTTP.Listen = "127.0.0.1:8080"
	c.Log = Log{Level: "info", Format: "auto"}
}

func (f *Feed) setDefaults() { f.Every = "@every 15m" }

func (r *Rule) setDefaults() { r.Voice, r.Mentions = AnyVoice, AllMentions }

func (s *Shift) setDefaults() {
	*s = Shift{Sigma: 3, Window: Duration(day), Baseline: Duration(28 * day), Stories: 8, Outlets: 3}
}

func (l *Level) setDefaults() {
	*l = Level{Window: Duration(day), Stories: 8, Outlets: 3}
}

func (d *Drift) setDefaults() {
	*d = Drift{Sigma: 4, Window: Duration(14 * day), Baseline: Duration(28 * day), Stories: 20, Outlets: 3}
}

func (v *Volume) setDefaults() {
	*v = Volume{Sigma: 4, Window: Duration(day), Baseline: Duration(28 * day), Stories: 8}
}

func (s *Split) setDefaults() {
	*s = Split{Sigma: 3, Window: Duration(3 * day), Baseline: Duration(28 * day), Stories: 8, Outlets: 1}
}

// inShort implements [abbreviated].
func (s *Side) inShort() any { return &s.Voice }
