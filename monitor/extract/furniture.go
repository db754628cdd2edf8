package extract

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Furniture takes out of an article, paragraph by paragraph, what was printed
// around it and is not its text: the dateline that opens a paragraph, the
// credits that close one, and whole paragraphs of bylines, advertisements,
// newsletters, sharing, rights and links to more. It matters for tone, because a
// dateline names a place and a byline a person. Paragraphs stand between blank
// lines, as in [Text]; those kept are substrings of the original.
func Furniture(text string) string {
	var kept []string
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		paragraph = strings.TrimSpace(paragraph)
		paragraph = strings.TrimSpace(withoutDateline(paragraph))
		paragraph = strings.TrimSpace(closingCredits.ReplaceAllLiteralString(paragraph, ""))
		if paragraph != "" && !isFurniture(paragraph) {
			kept = append(kept, paragraph)
		}
	}
	return strings.Join(kept, "\n\n")
}

// maxFurniture is the longest paragraph, in bytes, that is taken out whole: what
// is longer is more likely an article's than a page's.
const maxFurniture = 300

func isFurniture(paragraph string) bool {
	if len(paragraph) > maxFurniture {
		return false
	}
	for _, pattern := range furniture {
		if pattern.MatchString(paragraph) {
			return true
		}
	}
	return false
}

// The parts of the patterns. A name is a run of capitalised words, so that a
// sentence, which has others, is never taken for a line of names.
const (
	word     = `\p{Lu}[\p{L}\p{M}.'’-]*`
	small    = `and|of|for|in|at|the|by|with|de|da|del|di|du|la|le|van|von|der|den|bin|al`
	between  = `(?:\s*[,;|/&·•]\s*|\s+)`
	others   = `(?:` + between + `(?:` + word + `|\d+|` + small + `))`
	credit   = `(?:[Aa]dditional\s+)?(?:[Rr]eporting|[Ww]riting|[Ee]diting|[Cc]ompiled|[Rr]eported|[Ww]ritten|[Ee]dited|[Tt]ranslation|[Pp]roduction|[Gg]raphics?)`
	month    = `(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?`
	date     = month + `\s+\d{1,2}(?:,?\s+\d{4})?`
	dash     = `\s*(?:--|[-–—])(?:\s+|$)`
	capitals = `[\p{Lu}\p{M}.'’/ -]`
	country  = `(?:,\s*\p{Lu}[\p{L}.'’ -]{1,30})?`
	place    = `\p{Lu}` + capitals + `{1,40}` + country
	agency   = `\(\s*\p{Lu}[\p{L}\d./&-]{1,15}(?:\s+\p{Lu}[\p{L}\d]{1,12})?\s*\)`
	wire     = `\(\s*(?:Reuters|AP|AFP|UPI|KCNA|Yonhap|Xinhua|TASS|Interfax|dpa|DPA|ANSA|EFE|PTI|ANI|IANS|Kyodo|Bloomberg|CNN|BBC)\s*\)`
)

// A dateline is a place in capitals with an agency, a date or a long dash, or
// any place with one of the great agencies: "SEOUL, South Korea (AP) —",
// "KARSHOLM, March 3 —", "WASHINGTON —", "Pyongyang, January 1 (KCNA) --".
var datelines = []*regexp.Regexp{
	regexp.MustCompile(`^` + place + `(?:,\s*` + date + `)?\s*` + agency + dash),
	regexp.MustCompile(`^` + place + `,\s*` + date + dash),
	regexp.MustCompile(`^(?:\p{Lu}{4}|\p{Lu}{2,3}[. ]+\p{Lu}{2})` + capitals + `*` + country + `\s+[–—]\s+`),
	regexp.MustCompile(`^\p{Lu}[\p{L}\p{M}\d.,'’/ -]{1,60}` + wire + dash),
}

// withoutDateline cuts a dateline where a sentence begins after it: what goes on
// in lower case is a sentence that began with the place.
func withoutDateline(paragraph string) string {
	for _, pattern := range datelines {
		if at := pattern.FindStringIndex(paragraph); at != nil {
			rest := paragraph[at[1]:]
			if first, _ := utf8.DecodeRuneInString(rest); !unicode.IsLower(first) {
				return rest
			}
		}
	}
	return paragraph
}

// closingCredits stand in brackets at the end of the last paragraph or alone.
var closingCredits = regexp.MustCompile(`\(\s*` + credit + `(?:\s+and\s+` + credit + `)?\s+(?:by|from)\b[^()]*\)?\s*$`)

var furniture = []*regexp.Regexp{
	// By Jane Doe and John Roe, Staff Writers
	regexp.MustCompile(`^B[Yy]\s+` + word + others + `*` + between + word + others + `*$`),
	// Reporting by Jane Doe in Seoul; Editing by John Roe
	regexp.MustCompile(`^` + credit + `(?:\s+and\s+` + credit + `)?\s+by\s+` + word +
		`(?:` + between + `(?:` + word + `|` + small + `|` + credit + `))*\.?$`),
	regexp.MustCompile(`(?i)^\W*(?:skip )?(?:advertisement|advertising|advert|ad|sponsored(?: content)?|paid (?:content|post))\W*$`),
	regexp.MustCompile(`(?i)^\W*advertisement\b[^.]{0,40}\b(?:below|continue reading)\b[^.]{0,20}$`),
	regexp.MustCompile(`(?i)^\W*(?:story|article) continues (?:below|after)\b[^.]{0,40}$`),
	regexp.MustCompile(`(?i)^\W*(?:continue reading|scroll to continue)\b[^.]{0,40}$`),
	regexp.MustCompile(`(?i)^\W*(?:sign up|subscribe|register)\b.*\b(?:newsletters?|inbox|e-?mails?|briefing|alerts|notifications|subscribers?)\b`),
	regexp.MustCompile(`(?i)^\W*subscribe (?:now|today|to (?:continue|read|unlock))\b`),
	regexp.MustCompile(`(?i)^\W*get\b.*\b(?:newsletter|your inbox)\b`),
	regexp.MustCompile(`(?i)^\W*(?:click to )?share(?: this)?(?: (?:article|story|page|post))?(?: (?:on|via) [^.]{1,60})?\W*$`),
	regexp.MustCompile(`(?i)^\W*(?:follow|like) (?:us|our page|@\w+)\b[^.]{0,80}\.?$`),
	regexp.MustCompile(`^Follow ` + word + `(?:\s+` + word + `){0,3} on (?:Twitter|X|Facebook|Instagram|Threads|Bluesky|LinkedIn|YouTube|Telegram|WhatsApp)\b`),
	regexp.MustCompile(`(?i)^\W*(?:copyright\W{0,3}(?:©|\(c\)|\d{4})|©|\(c\)\s*\d{4})`),
	regexp.MustCompile(`(?i)\ball rights reserved\W*$`),
	regexp.MustCompile(`(?i)^\W*this (?:material|article|story|content) may not be (?:published|reproduced|redistributed|copied)\b`),
	regexp.MustCompile(`(?i)^\W*our standards\s*:`),
	regexp.MustCompile(`(?i)^\W*(?:read (?:more|also|next)|also read|see (?:also|more)|more (?:on|from|about)\b[^.:]{0,40}|related(?: \w+)?|recommended|most read)\s*:`),
	regexp.MustCompile(`(?i)^\W*(?:read (?:more|also|next)|see also|related (?:articles|stories|coverage|news|content)|recommended|most read|more on this story)\W*$`),
}
