package main

import (
	"math"
	"slices"
	"strconv"
	"time"

	"tonewatch/cmd/tonewatch/internal/history"
	"tonewatch/configs"
)

// dial is one key of a rule, and the values that it may take: the present one
// comes first, the others in order of how far they are from it.
type dial struct {
	key    string
	values []string
}

// ways are those in which a rule may be set, the present one first. Each writes
// all of its dials out.
func ways(r configs.Rule) []tried {
	list := []tried{{}}
	for _, d := range dialsOf(r) {
		var next []tried
		for _, way := range list {
			for far, value := range d.values {
				change := configs.Change{Rule: r.Name, Key: d.key, Value: value}
				next = append(next, tried{append(slices.Clone(way.changes), change), history.Option{Change: way.Change + far}})
			}
		}
		list = next
	}
	return list
}

// dialsOf are the thresholds of a rule's kind. A budget is one: it stands in for
// sigma, and learns for the "by" there is.
func dialsOf(r configs.Rule) []dial {
	switch {
	case r.Shift != nil:
		return thresholds("shift", r.Shift.By, r.Shift.Sigma, r.Shift.FalseAlarms)
	case r.Drift != nil:
		return thresholds("drift", r.Drift.By, r.Drift.Sigma, r.Drift.FalseAlarms)
	case r.Volume != nil:
		return thresholds("volume", r.Volume.By, r.Volume.Sigma, r.Volume.FalseAlarms)
	case r.Split != nil:
		return thresholds("split", r.Split.By, r.Split.Sigma, r.Split.FalseAlarms)
	case r.Level.Below != nil:
		return []dial{around("level.below", *r.Level.Below, offsets(-0.05, 6)...)}
	default:
		return []dial{around("level.above", *r.Level.Above, offsets(0.05, 6)...)}
	}
}

func thresholds(kind string, by, sigma float64, budget configs.Budget) []dial {
	if budget != (configs.Budget{}) {
		d := dial{key: kind + ".false_alarms"}
		for _, factor := range []float64{1, 2, 0.5, 4, 0.25} {
			span := time.Duration(float64(budget.Per) * factor).Round(time.Hour)
			d.values = append(d.values, configs.Budget{Alarms: budget.Alarms, Per: configs.Duration(span)}.String())
		}
		return []dial{d}
	}
	return []dial{
		around(kind+".by", by, 0.25*by, -0.25*by, 0.5*by, -0.5*by, by, 2*by),
		around(kind+".sigma", sigma, 0.5, -0.5, 1, -1, 1.5, -1.5, 2, 3, 4),
	}
}

// around are values about the present one, which stays as it is written.
func around(key string, now float64, offsets ...float64) dial {
	d := dial{key: key, values: []string{strconv.FormatFloat(now, 'g', -1, 64)}}
	for _, offset := range offsets {
		d.values = append(d.values, rounded(now+offset))
	}
	return d
}

// offsets are n steps to both sides, the side of step first.
func offsets(step float64, n int) (list []float64) {
	for i := range n {
		far := step * float64(i+1)
		list = append(list, far, -far)
	}
	return list
}

// rounded is a value as someone would write it: with two digits, of 1 and more
// with one place.
func rounded(value float64) string {
	if math.Abs(value) >= 1 {
		return strconv.FormatFloat(math.Round(value*10)/10, 'f', -1, 64)
	}
	short, err := strconv.ParseFloat(strconv.FormatFloat(value, 'g', 2, 64), 64)
	if err != nil {
		short = value // unreachable: it was just written
	}
	return strconv.FormatFloat(short, 'f', -1, 64)
}
