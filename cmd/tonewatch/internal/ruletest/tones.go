package ruletest

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// interval is what is published at one time: so many stories of one tone.
type interval struct {
	stories int
	tone    float64
}

// item is one word of the shorthand.
var item = regexp.MustCompile(`^(?:(_)|(-?\d*\.?\d+)([+-]\d*\.?\d+)?(?:\*(\d{1,7}))?)(?:x(\d{1,7}))?$`)

// parseTones reads the shorthand for a stream of stories, words apart by blanks,
// each for one interval or more:
//
//	0.1         a story of tone 0.1
//	0.1x48      one in each of 48 intervals
//	_x6         none for six intervals
//	0.1+0.01x10 ten of 0.10, 0.11 ... 0.19; with "-" downward
//	0.1*3x48    three in each of 48 intervals
//
// Tones are from -1 to 1. The stories that may still be read, and as many
// intervals, are counted down.
func parseTones(text string, left *int) ([]interval, error) {
	var list []interval
	for word := range strings.FieldsSeq(text) {
		parts := item.FindStringSubmatch(word)
		if parts == nil {
			return nil, fmt.Errorf("holds %q, which is no tones", word)
		}
		of := interval{stories: whole(parts[4], 1), tone: number(parts[2])}
		step, times := number(parts[3]), whole(parts[5], 1)
		if parts[1] == "_" {
			of.stories = 0
		}
		if last := of.tone + step*float64(times-1); math.Abs(of.tone) > 1 || math.Abs(last) > 1+1e-9 {
			return nil, fmt.Errorf("holds %q, which runs from %g to %.4g: a tone is from -1 to 1", word, of.tone, last)
		}
		if *left -= max(1, of.stories) * times; *left < 0 {
			return nil, fmt.Errorf("holds too much: a file has room for %d stories", maxStories)
		}
		for i := range times {
			tone := of.tone + step*float64(i)
			list = append(list, interval{of.stories, max(-1, min(1, tone))})
		}
	}
	return list, nil
}

// whole reads a count that has the shape of one.
func whole(text string, absent int) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return absent
	}
	return n
}

func number(text string) float64 {
	value, _ := strconv.ParseFloat(text, 64) // absent is 0
	return value
}
