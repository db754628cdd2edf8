package configs

import (
	"slices"
	"strings"
)

// sides checks what a split compares, and gives a side without a voice that of
// its rule.
func (f *file) sides(c *Config, r *Rule) {
	s := r.Split
	if !f.require(s, &s.Between, "between") {
		return
	}
	if n := len(s.Between); n != 2 {
		f.wrong(&s.Between, "a side is a voice, or a mapping with a voice, outlets or both", "must be two sides, not %d", n)
	}
	for i := range s.Between {
		side := &s.Between[i]
		switch {
		case !f.absent(&side.Voice):
			f.voice(c, &side.Voice)
		case f.require(side, &side.Outlets, "voice", "outlets"):
			side.Voice = r.Voice
		}
		if !f.absent(&side.Outlets) && len(side.Outlets) == 0 {
			f.wrong(&side.Outlets, "leave the key out for all outlets", "is empty")
		}
		for j := range side.Outlets {
			outlet := &side.Outlets[j]
			f.must(strings.TrimSpace(*outlet) != "", outlet, "a name")
			if slices.Contains(side.Outlets[:j], *outlet) {
				f.wrong(outlet, "", "names %s again", f.quote(outlet))
			}
		}
	}
	if len(s.Between) == 2 && s.Between[0].equal(s.Between[1]) {
		f.wrong(&s.Between[1], "nothing parts ways with itself", "is the first side again")
	}
}

func (s Side) equal(o Side) bool {
	return s.Voice == o.Voice && slices.Equal(slices.Sorted(slices.Values(s.Outlets)), slices.Sorted(slices.Values(o.Outlets)))
}
