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
	Slack   Slack   `yaml:"slack"`
	HTTP    HTTP    `yaml:"http"`
	Log     Log     `yaml:"log"`

	file string // its name, for CheckRun
}

// Store is where everything that must survive a restart is kept.
type Store struct {
	// Path is the SQLite file, relative to the working directory. Default
	// "tonewatch.db".
	Path string `yaml:"path"`
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
	// "@every 15m". At most once a minute. Default "@every 15m".
	Every string `yaml:"every"`

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

	// Exactly one of Shift and Level is set.
	Shift *Shift `yaml:"shift,omitempty"`
	Level *Level `yaml:"level,omitempty"`

	// For is how long the change must last before it is told. Default 0.
	For Duration `yaml:"for"`

	// KeepFiringFor is how long it must be over before that is told. Default 0.
	KeepFiringFor Duration `yaml:"keep_firing_for"`

	// Rearm is the hysteresis, in tone points. Of a shift: the size under which
	// it may end, above 0 and below By; default By/2. Of a level: the way from
	// the line back to the quiet side, 0 or more and inside the scale; default
	// 0.05.
	Rearm float64 `yaml:"rearm"`
}

// Shift asks for a change of tone against the actor's own past.
type Shift struct {
	By       float64  `yaml:"by"`       // tone points, in (0, 2]; required
	Sigma    float64  `yaml:"sigma"`    // standard errors, 0 or more; default 3
	Window   Duration `yaml:"window"`   // the news under test, above 0; default 24h
	Baseline Duration `yaml:"baseline"` // the news before it, at least Window; default 28d
	Stories  int      `yaml:"stories"`  // fewest stories in the window, from 1; default 8
	Outlets  int      `yaml:"outlets"`  // fewest outlets in the window, from 1; default 3
}

// Level asks for mean tone beyond a line. Exactly one of Below and Above is set.
type Level struct {
	Below   *float64 `yaml:"below,omitempty"` // tone, in [-1, 1]
	Above   *float64 `yaml:"above,omitempty"` // tone, in [-1, 1]
	Window  Duration `yaml:"window"`          // the news looked at, above 0; default 24h
	Stories int      `yaml:"stories"`         // fewest stories in the window, from 1; default 8
	Outlets int      `yaml:"outlets"`         // fewest outlets in the window, from 1; default 3
}

// Route says where alerts go. Exactly one of Slack and Console is set.
type Route struct {
	Match Match `yaml:"match"`

	// Slack is a channel: "#name", or its ID as in "C0123456789".
	Slack string `yaml:"slack,omitempty"`

	// Console prints to standard output.
	Console bool `yaml:"console,omitempty"`
}

// Match picks alerts; an empty field matches all.
type Match struct {
	Actor string `yaml:"actor,omitempty"` // an actor's name
	Rule  string `yaml:"rule,omitempty"`  // a rule's name
	Voice string `yaml:"voice,omitempty"` // [AnyVoice] is read as empty
}

// Slack is the workspace that routes with a channel post to.
type Slack struct {
	// Token is a bot token. Required, here or in TokenFile, where a route names
	// a channel.
	Token Secret `yaml:"token,omitempty"`

	// TokenFile holds the token, relative to the folder of the configuration
	// file. [Load] puts what it reads into Token.
	TokenFile string `yaml:"token_file,omitempty"`

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
	c.Store.Path = "tonewatch.db"
	c.Fetch = Fetch{Timeout: Duration(20 * time.Second), MaxFeedBytes: 8 * megabyte, MaxPageBytes: 2 * megabyte}
	c.Scoring.Engine = Engines()[0]
	c.Routes = []Route{{Console: true}}
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
