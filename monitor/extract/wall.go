package extract

import (
	"errors"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"
)

// ErrWall says that a page asks for something, consent, a login, a
// subscription, proof of being human, instead of telling anything. What it says
// comes with the error; the feed's own text is certainly better.
var ErrWall = errors.New("a wall in place of an article")

const (
	// A wall is short; even a long list of partners that want consent ends here.
	maxWall = 6_000
	// The share of its sentences, by length, that ask.
	minAsking = 0.5
)

var (
	// Where a redirect to a wall ends.
	wallHost = regexp.MustCompile(`(?i)^(?:consent|cmp|gdpr|login|signin|accounts?|auth|sso)\.`)
	wallPath = regexp.MustCompile(`(?i)/(?:log-?in|sign-?in|sign-?up|register|subscribe|consent|cookie-?wall|paywall|captcha)(?:/|\.\w+)?$`)

	// A title that only a wall has.
	wallTitle = regexp.MustCompile(`(?i)^\W*(?:(?:please )?(?:log|sign)[ -]?(?:in|up|on)\b|register\b|subscribe\b|create (?:an|your) account|before you continue|` +
		`your privacy (?:choices|matters)|privacy (?:settings|preferences|notice)|cookie (?:settings|preferences|notice|consent|policy)|` +
		`access (?:denied|to this page)|just a moment|attention required|are you (?:a robot|human)|verify (?:you|that you)|(?:403|404|451|503)\b|page not found|forbidden$)`)

	// What a wall talks about, and how it talks: to its reader.
	wallTopic = regexp.MustCompile(`(?i)\b(?:log(?:ged)?[ -]?(?:in|on|out)|sign(?:ed)?[ -]?(?:in|up)|register(?:ed)?|passwords?|user ?names?|e-?mail address|(?:an|your|my|free) account|` +
		`subscri(?:be|ber|bers|ption|ptions)|free trial|unlimited (?:digital )?access|(?:continue|keep) reading|free articles?|cancel any ?time|paywall|` +
		`cookies?|consent|privacy|personal data|similar technolog(?:y|ies)|tracking|legitimate interests?|personali[sz]ed (?:ads|content|advertising)|our partners|vendors|accept all|reject all|manage (?:settings|preferences|options|cookies)|` +
		`javascript|ad ?blockers?|captcha|a robot|not a bot|human|unusual traffic|browser|terms (?:of (?:use|service)|and conditions)|gdpr|your (?:country|region|location)|data protection|unavailable|access (?:is )?denied)\b`)
	toReader = regexp.MustCompile(`(?i)\b(?:you|your|yours|my|our|us|we)\b|^\W*(?:please|log|sign|register|subscribe|create|enter|enable|accept|reject|agree|manage|choose|continue|forgot(?:ten)?|remember|already|have|start|get|click|try|keep|cancel|show|e-?mail|password|user ?name|necessary|access)\b`)
	sentence = regexp.MustCompile(`[^.!?\n]+[.!?\n]*`)
	quoted   = regexp.MustCompile(`^\W*["“]|["”]\W*(?:\w+ ){0,4}(?:said|says|told|added|wrote)\b`)
)

// isWall says whether a page that was found at an address is a wall.
func isWall(t Text, at *url.URL) bool {
	if wallHost.MatchString(at.Hostname()) || wallPath.MatchString(strings.TrimRight(at.Path, "/")) {
		return true
	}
	length := utf8.RuneCountInString(t.Body)
	if length > maxWall {
		return false
	}
	var asking int
	for _, s := range sentence.FindAllString(t.Body, -1) {
		if wallTopic.MatchString(s) && toReader.MatchString(s) && !quoted.MatchString(s) {
			asking += utf8.RuneCountInString(s)
		}
	}
	share := float64(asking) / float64(max(length, 1))
	// A title that gives it away halves the proof that is asked for.
	return share >= minAsking || wallTitle.MatchString(t.Title) && share >= minAsking/2
}
