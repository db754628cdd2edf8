package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sort"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"tonewatch/scoring"
)

// maxLine bounds one line of input; an article of five megabytes fits.
const maxLine = 16 << 20

// newEncoder returns an encoder whose text reads as it was written: "AT&T".
func newEncoder(w io.Writer) *json.Encoder {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e
}

// jsonLines answers every line of in with one JSON line on out, in order. A
// line that cannot be answered gets {"error": ...} with its number, and makes
// the command fail in the end; the lines after it are still answered. What was
// answered is written, however it ends.
func jsonLines(ctx context.Context, in io.Reader, out io.Writer, answer func(line []byte) (any, error)) error {
	w := bufio.NewWriter(out)
	failed, err := answerLines(ctx, in, newEncoder(w), answer)
	if err := errors.Join(err, w.Flush()); err != nil {
		return err
	}
	if failed {
		return errSilent
	}
	return nil
}

// answerLines says whether a line could not be answered.
func answerLines(ctx context.Context, in io.Reader, out *json.Encoder, answer func(line []byte) (any, error)) (failed bool, err error) {
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 64<<10), maxLine)
	for n := 1; lines.Scan(); n++ {
		if err := ctx.Err(); err != nil {
			return failed, err
		}
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		reply, err := answer(lines.Bytes())
		if err != nil && ctx.Err() != nil {
			return failed, ctx.Err()
		}
		if err != nil {
			failed = true
			reply = failure{ID: idOf(lines.Bytes()), Line: n, Error: err.Error()}
		}
		if err := out.Encode(reply); err != nil {
			return failed, err
		}
	}
	return failed, lines.Err()
}

type failure struct {
	ID    json.RawMessage `json:"id,omitempty"`
	Line  int             `json:"line"`
	Error string          `json:"error"`
}

// idOf finds the id of a line that could not be answered, if it has one.
func idOf(line []byte) json.RawMessage {
	var with struct {
		ID json.RawMessage `json:"id"`
	}
	if json.Unmarshal(line, &with) != nil {
		return nil
	}
	return with.ID
}

// jsonlFlag adds the flag --jsonl, which names the only form of input there is.
func jsonlFlag(c *cobra.Command) {
	c.Flags().Bool("jsonl", false, "read and write JSON lines (required)")
	_ = c.MarkFlagRequired("jsonl") // unreachable: the flag was just added
}

// span is a half-open range of Unicode code points, as outsiders count.
type span struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// codePoints converts between byte offsets into one text and code points.
type codePoints struct {
	at []int // byte offset of each code point, and the text's length
}

func newCodePoints(text string) *codePoints {
	at := make([]int, 0, utf8.RuneCountInString(text)+1)
	for i := range text {
		at = append(at, i)
	}
	return &codePoints{append(at, len(text))}
}

// bytes turns code points into a byte span.
func (c *codePoints) bytes(s span) (scoring.Span, error) {
	if s.Start < 0 || s.End < s.Start || s.End >= len(c.at) {
		return scoring.Span{}, fmt.Errorf("span [%d,%d) outside a text of %d code points", s.Start, s.End, len(c.at)-1)
	}
	return scoring.Span{Start: c.at[s.Start], End: c.at[s.End]}, nil
}

// span turns a byte span into code points.
func (c *codePoints) span(s scoring.Span) span {
	return span{sort.SearchInts(c.at, s.Start), sort.SearchInts(c.at, s.End)}
}
