package configs

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one mistake in a configuration file.
type Problem struct {
	File    string `json:"file"`
	Line    int    `json:"line"`   // from 1
	Column  int    `json:"column"` // in characters, from 1
	Message string `json:"message"`

	// Excerpt is the line of the file, secrets blanked, and below it a caret
	// under the column. Empty where no line is to blame, or a very long one.
	Excerpt string `json:"excerpt,omitempty"`

	// Hint says how to mend it; empty where the message does.
	Hint string `json:"hint,omitempty"`
}

// Error is "file:line:column: message".
func (p Problem) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Message)
}

// Problems is everything that is wrong with a file. It is the error of [Load],
// [Parse] and [Config.CheckRun], sorted by position.
type Problems []Problem

// Error shows every problem, each with its excerpt and hint.
func (ps Problems) Error() string {
	var b strings.Builder
	for i, p := range ps {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(p.Error())
		for _, more := range []string{p.Excerpt, p.Hint} {
			if more != "" {
				b.WriteString("\n    " + strings.ReplaceAll(more, "\n", "\n    "))
			}
		}
	}
	return b.String()
}

// sorted puts problems in order, and tells one of an aliased value once.
func (ps Problems) sorted() Problems {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.Compact(ps)
}
