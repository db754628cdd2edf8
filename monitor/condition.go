package monitor

import "math"

// Condition is one thing that a rule asks of what it measured. What was got
// meets it when it is at least what is asked.
type Condition struct {
	Name  string  `json:"name"` // "stories", "outlets", "stories before", "stories expected", "hours watched", "size", "sigma" or "level"
	Got   float64 `json:"got"`
	Asked float64 `json:"asked"`
}

// Met says whether the condition holds.
func (c Condition) Met() bool { return c.Got >= c.Asked }

// Conditions are all that a rule asks, as measured; [Rule.Judge] says Beyond when
// every one of them is met. Sizes and sigmas are taken in the direction that the
// shift has, or that the rule looks to; of a level, so are tone and line.
func (r Rule) Conditions(s Shift) []Condition {
	list := []Condition{
		{"stories", float64(s.Stories), float64(r.Stories)},
		{"outlets", float64(s.Outlets), float64(r.Outlets)},
	}
	if l := r.Level; l != nil {
		direction := 1.0
		if l.Below {
			direction = -1
		}
		list[0].Asked = max(1, list[0].Asked)
		return append(list, Condition{"level", direction * s.Recent, direction * l.Line})
	}
	direction := math.Copysign(1, s.Size)
	if r.Volume != nil {
		direction = 1
		if r.Volume.Fewer { // few stories are the finding there, not a gap
			direction = -1
			list = []Condition{{"stories expected", s.Expected, float64(r.Stories)}}
			if s.Missed > 0 {
				hours := float64(r.window())
				list = append(list, Condition{"hours watched", hours - float64(s.Missed), hours - mostMissed(r)})
			}
		}
	} else {
		list[0].Asked = max(1, list[0].Asked)
	}
	by, sigma := r.Threshold()
	return append(list,
		Condition{"stories before", float64(s.Before), max(1, float64(r.Stories))},
		Condition{"size", direction * s.Size, by},
		Condition{"sigma", direction * s.Sigma(), sigma})
}
