package history

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"os"
	"strings"
	"time"

	"tonewatch/monitor"
)

// maxLine bounds one line of a file; an article of five megabytes fits.
const maxLine = 16 << 20

// line is a reading as a file keeps it. Voice is "" for the outlet's own
// narration; a line without it is of any voice.
type line struct {
	T        string          `json:"t"`
	Actor    string          `json:"actor"`
	Voice    *string         `json:"voice"`
	Outlet   string          `json:"outlet"`
	Tone     *float64        `json:"tone"`
	Named    *float64        `json:"named,omitempty"`
	Backfill bool            `json:"backfill,omitempty"`
	Title    string          `json:"title,omitempty"`
	URL      string          `json:"url,omitempty"`
	Copies   int             `json:"copies,omitempty"`
	Outlets  int             `json:"outlets,omitempty"`
	Quotes   []monitor.Quote `json:"quotes,omitempty"`
}

// ReadFile reads a file of readings, JSON lines, gzipped where its name ends in
// ".gz", in any order of time.
func ReadFile(path string) ([]monitor.Reading, error) {
	var readings []monitor.Reading
	names := make(map[string]string) // one copy of each name, however often it is read
	err := EachLine(path, func(text []byte) error {
		var l line
		if err := json.Unmarshal(text, &l); err != nil {
			return err
		}
		r, err := l.reading(names)
		readings = append(readings, r)
		return err
	})
	return readings, err
}

func (l line) reading(names map[string]string) (r monitor.Reading, err error) {
	voice := monitor.AnyVoice
	if l.Voice != nil {
		voice = *l.Voice
	}
	if r.At, err = ParseTime(l.T); err != nil {
		return r, err
	}
	if l.Actor == "" {
		return r, errors.New("actor is missing")
	}
	for _, tone := range []*float64{l.Tone, l.Named} {
		if tone != nil && math.Abs(*tone) > 1 {
			return r, fmt.Errorf("tone %v is not from -1 to 1", *tone)
		}
	}
	if l.Tone == nil {
		return r, errors.New("tone is missing")
	}
	once := func(name string) string {
		if _, ok := names[name]; !ok {
			names[name] = name
		}
		return names[name]
	}
	r.Actor, r.Voice, r.Outlet = once(l.Actor), once(voice), once(cmp.Or(l.Outlet, UnknownOutlet))
	r.Tone, r.Named, r.Backfill, r.Quotes = *l.Tone, l.Named, l.Backfill, l.Quotes
	r.Story = monitor.Story{Title: l.Title, URL: l.URL, Copies: l.Copies, Outlets: l.Outlets}
	return r, nil
}

// UnknownOutlet stands for the publisher where a file does not name it.
const UnknownOutlet = "(unknown)"

// ParseTime reads RFC 3339, the same without its zone, or a date, as UTC.
func ParseTime(s string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", time.DateOnly} {
		if at, err := time.Parse(layout, s); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("time %q is neither RFC 3339 nor YYYY-MM-DD", s)
}

// EachLine visits every line of a file that is not blank. Its errors name the
// line.
func EachLine(path string, visit func(text []byte) error) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	var in io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if in, err = gzip.NewReader(bufio.NewReader(f)); err != nil {
			return err
		}
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 64<<10), maxLine)
	n := 1
	for ; lines.Scan(); n++ {
		if len(strings.TrimSpace(lines.Text())) == 0 {
			continue
		}
		if err := visit(lines.Bytes()); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("line %d: %w", n, err)
	}
	return nil
}

// WriteFile writes readings so that [ReadFile] gives the same, gzipped where the
// name of the file ends in ".gz". A file that is there is replaced.
func WriteFile(path string, readings iter.Seq[monitor.Reading]) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	buffer := bufio.NewWriter(f)
	defer func() { err = errors.Join(err, buffer.Flush()) }()
	var out io.Writer = buffer
	if strings.HasSuffix(path, ".gz") {
		zip := gzip.NewWriter(buffer)
		defer func() { err = errors.Join(err, zip.Close()) }()
		out = zip
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for r := range readings {
		if err := encoder.Encode(line{
			T: r.At.Format(time.RFC3339Nano), Actor: r.Actor, Voice: &r.Voice, Outlet: r.Outlet,
			Tone: &r.Tone, Named: r.Named, Backfill: r.Backfill,
			Title: r.Story.Title, URL: r.Story.URL, Copies: r.Story.Copies, Outlets: r.Story.Outlets, Quotes: r.Quotes,
		}); err != nil {
			return err
		}
	}
	return nil
}
