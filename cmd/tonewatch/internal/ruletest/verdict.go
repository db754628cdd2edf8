package ruletest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"tonewatch/configs"
	"tonewatch/monitor"
)

// Verdict is what is to be said of a test.
type Verdict struct {
	File  string  `json:"file"`
	At    string  `json:"at"` // where the test stands: file:line:column
	Name  string  `json:"name"`
	Pass  bool    `json:"pass"`
	Wrong []Wrong `json:"wrong,omitempty"`
}

// Wrong is one thing that came out otherwise.
type Wrong struct {
	At    string   `json:"at"`
	About string   `json:"about"`
	Want  []string `json:"want"`
	Got   []string `json:"got"`
}

// String is a line, and below it each difference: "-" wanted, "+" got.
func (v Verdict) String() string {
	if v.Pass {
		return "PASS  " + v.File + ": " + v.Name
	}
	var b strings.Builder
	fmt.Fprintf(&b, "FAIL  %s: %s", v.At, v.Name)
	for _, w := range v.Wrong {
		fmt.Fprintf(&b, "\n    %s: %s", w.At, w.About)
		for _, line := range w.Want {
			b.WriteString("\n      - " + line)
		}
		for _, line := range w.Got {
			b.WriteString("\n      + " + line)
		}
	}
	return b.String()
}

// holdEpisodes holds what was told against the whole list of what was to be.
func (s *stage) holdEpisodes() {
	t := s.test
	slices.SortStableFunc(s.told, func(a, b told) int {
		return cmp.Or(a.start.Compare(b.start), cmp.Compare(a.actor, b.actor))
	})
	w := Wrong{At: t.at, About: "episodes"}
	taken := make([]bool, len(s.told))
	for _, e := range t.Episodes {
		i := slices.IndexFunc(s.told, func(got told) bool { return t.same(e, got) })
		for i >= 0 && taken[i] {
			rest := slices.IndexFunc(s.told[i+1:], func(got told) bool { return t.same(e, got) })
			if rest < 0 {
				i = -1
				break
			}
			i += 1 + rest
		}
		if i >= 0 {
			taken[i] = true
			continue
		}
		end := ""
		if !e.open {
			end = offset(e.End)
		}
		w.Want = append(w.Want, episodeLine(s.rules[e.Rule], e.Actor, e.direction, offset(e.Start), end)+" ("+e.at+")")
	}
	for i, got := range s.told {
		if taken[i] {
			continue
		}
		end := ""
		if !got.end.IsZero() {
			end = t.since(got.end)
		}
		w.Got = append(w.Got, episodeLine(s.rules[got.rule], got.actor, got.direction, t.since(got.start), end))
	}
	if len(w.Want)+len(w.Got) > 0 {
		s.verdict.Wrong = append(s.verdict.Wrong, w)
	}
}

func (t *Test) same(e Episode, got told) bool {
	end := time.Time{}
	if !e.open {
		end = t.time(e.End)
	}
	return e.Rule == got.rule && e.Actor == got.actor && (e.direction == 0 || e.direction == got.direction) &&
		got.start.Equal(t.time(e.Start)) && got.end.Equal(end)
}

func (t *Test) since(at time.Time) string { return offset(configs.Duration(at.Sub(t.start))) }

func episodeLine(r monitor.Rule, actor string, direction int, start, end string) string {
	if end == "" {
		end = "the end of the input"
	}
	return fmt.Sprintf("%s, %s", actor, phrase(r.Name, direction, r)) + " from " + start + " to " + end
}

// phrase puts a direction in the words of the rule's kind, if there is one.
func phrase(what string, direction int, r monitor.Rule) string {
	words := [2]string{"colder", "warmer"}
	if r.Volume != nil {
		words = [2]string{"fewer", "more"}
	}
	switch {
	case direction < 0:
		return what + ", " + words[0]
	case direction > 0:
		return what + ", " + words[1]
	default:
		return what
	}
}

func measured(s monitor.Shift) string {
	return fmt.Sprintf(" (size %+.2f, sigma %+.1f; %d stories of %d outlets against %d before)", s.Size, s.Sigma(), s.Stories, s.Outlets, s.Before)
}

// offset puts a time since the start as a file would: "2d6h30m".
func offset(d configs.Duration) string {
	const day = 24 * time.Hour
	days, rest := time.Duration(d)/day, time.Duration(d)%day
	text := rest.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	switch {
	case days == 0:
		return text
	case rest == 0:
		return fmt.Sprintf("%dd", days)
	default:
		return fmt.Sprintf("%dd%s", days, text)
	}
}
