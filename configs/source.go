package configs

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// source is the text of a configuration file, for showing parts of it.
type source struct {
	lines  [][]rune
	hidden map[int][]bool // by line from 0: the characters not to be shown
}

// newSource splits text into lines and hides what looks like a secret. It does
// so by the text alone, because it must also hold for a file that is no YAML.
func newSource(text string) source {
	s := source{hidden: map[int][]bool{}}
	for line := range strings.SplitSeq(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n") {
		s.lines = append(s.lines, []rune(line))
	}
	for i := range s.lines {
		s.hideSecrets(i)
	}
	return s
}

// isText says whether r may stand in a configuration file. YAML has more line
// breaks (NEL, LS, PS) than an editor shows, so these are refused with the
// control characters; the noncharacters are taken, see shield.
func isText(r rune) bool {
	switch r {
	case '\t', '\n', '\r':
		return true
	case '\u2028', '\u2029', '\ufeff', shieldOpen, shieldClose:
		return false
	}
	return !unicode.IsControl(r)
}

// checkText returns what is wrong with the bytes of a file before YAML is
// thought of, and where; an empty message is all right.
func checkText(src []byte) (line, column int, message string) {
	line, column = 1, 1
	for i := 0; i < len(src); {
		r, size := utf8.DecodeRune(src[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			return line, column, fmt.Sprintf("byte 0x%02x is not UTF-8 text", src[i])
		case !isText(r):
			return line, column, fmt.Sprintf("character %U is not allowed in a configuration file", r)
		case r == '\n', r == '\r' && (i+1 == len(src) || src[i+1] != '\n'):
			line, column = line+1, 1
		default:
			column++
		}
		i += size
	}
	return 0, 0, ""
}

var (
	// secretKey is a key whose value is hidden, also when it is misspelt.
	secretKey = regexp.MustCompile(`(?i)[\w-]*(?:tok|secret|passw)[\w-]*["']?\s*:`)

	// secretShape is a token of Slack's or the address of one of its webhooks,
	// wherever it stands.
	secretShape = regexp.MustCompile(`(?:(?:xox[a-z](?:\.xox[a-z])?|xapp)-[\w-]+|hooks\.slack(?:-gov)?\.com/[\w/.-]+)`)

	// secretName is a value that is no secret, because it only names a variable;
	// the group is an end that counts inside braces only.
	secretName = regexp.MustCompile(`^["']?\$\{\w+\}["']?(?:\s*$|\s+#|\s*([,}]))`)
)

// maxLine is the longest line, in characters, of which an excerpt is shown.
const maxLine = 10_000

// hideSecrets hides the secrets that begin on a line.
func (s source) hideSecrets(line int) {
	if len(s.lines[line]) > maxLine {
		return // it is not shown
	}
	text, start := string(s.lines[line]), indent(s.lines[line])
	if hidden := s.hidden[line]; hidden != nil && start < len(hidden) && hidden[start] {
		return // what a secret before goes on with
	}
	for _, m := range secretShape.FindAllStringIndex(text, -1) {
		s.hide(line, utf8.RuneCountInString(text[:m[0]]), utf8.RuneCountInString(text[:m[1]]))
	}
	for _, m := range secretKey.FindAllStringIndex(text, -1) {
		key := strings.TrimRight(text[m[0]:m[1]], ":\"' \t")
		value := strings.TrimLeft(text[m[1]:], " \t")
		if !strings.HasSuffix(key, "_file") {
			s.hideValue(line, utf8.RuneCountInString(text)-utf8.RuneCountInString(value))
		}
	}
}

// hideValue hides the YAML value that begins at a column from 0. Where it may
// end is guessed on the safe side: a few characters too many.
func (s source) hideValue(line, from int) {
	if line >= len(s.lines) {
		return // a key at the end of the file, with nothing after it
	}
	text := s.lines[line]
	from = min(from, len(text))
	if m := secretName.FindStringSubmatch(string(text[from:])); m != nil && (m[1] == "" || slices.Contains(text[:from], '{')) {
		return
	}
	to, closer := valueEnd(text, from)
	s.hide(line, from, to)
	for next := line + 1; closer != ended && next < len(s.lines); next++ {
		more := s.lines[next]
		n := indent(more)
		if closer == indented && n <= indent(text) && n < len(more) {
			return
		}
		s.hide(next, n, len(more))
		if slices.Contains(more, closer) {
			closer = indented
		}
	}
}

// What valueEnd may return in place of a closing character.
const (
	ended    rune = -1 // the value does not go on
	indented rune = 0  // it goes on as long as lines are indented deeper than its key
)

// valueEnd finds where a value ends on its line, and the character that must
// come before it can end on a later one.
func valueEnd(text []rune, from int) (to int, closer rune) {
	outer := indented
	if slices.Contains(text[:from], '{') {
		outer = '}'
	}
	if from == len(text) {
		return from, outer
	}
	switch first := text[from]; first {
	case '"', '\'':
		return quoteEnd(text, from, outer)
	case '[', '{', '!', '&', '*', '|', '>':
		return len(text), outer // seldom, and not worth the details
	}
	if outer == indented {
		return len(text), indented
	}
	variable := false // inside ${...}, whose braces do not count
	for i := from; i < len(text); i++ {
		switch r := text[i]; {
		case r == '{':
			variable = true
		case r == '}' && variable:
			variable = false
		case r == ',' || r == '}':
			return i, ended
		}
	}
	return len(text), outer
}

// quoteEnd is valueEnd for a quoted value.
func quoteEnd(text []rune, from int, outer rune) (to int, closer rune) {
	quote := text[from]
	for i := from + 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quote == '"', text[i] == quote && quote == '\'' && i+1 < len(text) && text[i+1] == quote:
			i++ // the next character is part of the value
		case text[i] == quote:
			after := strings.TrimLeft(string(text[i+1:]), " \t")
			if after == "" || outer != indented && strings.ContainsAny(after[:1], ",}") {
				return i + 1, ended
			}
			return len(text), quote
		}
	}
	return len(text), quote
}

// indent is the number of blanks a line begins with.
func indent(line []rune) int {
	n := 0
	for n < len(line) && (line[n] == ' ' || line[n] == '\t') {
		n++
	}
	return n
}

// hide keeps the characters from..to of a line, counted from 0, out of excerpts.
func (s source) hide(line, from, to int) {
	if from >= to {
		return
	}
	if s.hidden[line] == nil {
		s.hidden[line] = make([]bool, len(s.lines[line]))
	}
	for i := from; i < to; i++ {
		s.hidden[line][i] = true
	}
}

// maxExcerpt is the longest part of a line that is shown, in characters.
const maxExcerpt = 120

// excerpt is a line of the file and, below it, a caret under a column; both
// count from 1. A long line is cut around the caret, a very long one not shown.
func (s source) excerpt(line, column int) string {
	if len(s.lines[line-1]) > maxLine {
		return ""
	}
	shown, caret := s.blanked(line-1, column-1)
	if len(shown) > maxExcerpt {
		from := max(0, min(caret-maxExcerpt/2, len(shown)-maxExcerpt))
		shown, caret = shown[from:from+maxExcerpt], caret-from
	}
	var b strings.Builder
	for _, r := range shown {
		if r != '\t' && !unicode.IsPrint(r) {
			r = utf8.RuneError // a terminal must not obey what a file holds
		}
		b.WriteRune(r)
	}
	b.WriteByte('\n')
	for i := range caret {
		if i < len(shown) && shown[i] == '\t' {
			b.WriteByte('\t')
		} else {
			b.WriteByte(' ')
		}
	}
	b.WriteByte('^')
	return b.String()
}

// blanked is a line with its secrets replaced, and where the character at
// column (from 0) then stands.
func (s source) blanked(line, column int) (shown []rune, caret int) {
	text, hidden := s.lines[line], s.hidden[line]
	caret = -1
	for i, r := range text {
		secret := hidden != nil && hidden[i]
		first := secret && (i == 0 || !hidden[i-1])
		if i == column {
			caret = len(shown)
			if secret && !first {
				caret -= len(redacted)
			}
		}
		switch {
		case first:
			shown = append(shown, []rune(redacted)...)
		case !secret:
			shown = append(shown, r)
		}
	}
	if caret < 0 {
		caret = len(shown)
	}
	return shown, caret
}
