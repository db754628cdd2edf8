package main

import (
	"encoding/json"
	"math/rand/v2"
	"strconv"
	"testing"

	"tonewatch/configs"
)

// noisy is white noise to which a step is added at a line.
func noisy(n, at int, step float64) (list []observation) {
	rng := rand.New(rand.NewPCG(7, 7))
	for i := range n {
		y := 40 + rng.NormFloat64()
		if i >= at {
			y += step
		}
		list = append(list, observation{T: json.RawMessage(strconv.Itoa(i)), Y: &y})
	}
	return list
}

func TestDrifts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		step float64
	}{{"up", 3}, {"down", -3}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := drifts(noisy(300, 200, c.step), bareLimit)
			if len(got) != 1 {
				t.Fatalf("got %d alarms, want 1: %+v", len(got), got)
			}
			a := got[0]
			if a.Index < 200 || a.Index > 212 || a.Since < 194 || a.Since > 206 || a.Size*c.step <= 0 || a.Sigma*c.step <= 0 {
				t.Errorf("got %+v, want an alarm within 12 lines of 200, dated about 200", a)
			}
		})
	}
}

// An alarm must not depend on anything later.
func TestDriftsAreOnline(t *testing.T) {
	t.Parallel()
	all := noisy(400, 200, 2.5)
	whole := drifts(all, bareLimit)
	if len(whole) == 0 {
		t.Fatal("no alarm")
	}
	for _, a := range whole {
		if cut := drifts(all[:a.Index+1], bareLimit); len(cut) == 0 || cut[len(cut)-1].Index != a.Index {
			t.Errorf("alarm at %d is not there when the series ends there: %+v", a.Index, cut)
		}
	}
}

func TestConstantSeriesIsSilent(t *testing.T) {
	t.Parallel()
	y := 0.1
	list := make([]observation, 500)
	for i := range list {
		list[i] = observation{T: json.RawMessage("0"), Y: &y}
	}
	if got := drifts(list, bareLimit); len(got) != 0 {
		t.Errorf("got %+v, want none", got)
	}
}

func TestLimitOf(t *testing.T) {
	t.Parallel()
	hourly := noisy(3, 3, 0)
	daily := []observation{{T: json.RawMessage(`"2024-01-01T00:00:00Z"`)}, {T: json.RawMessage(`"2024-01-02T00:00:00Z"`)}}
	for _, c := range []struct {
		budget    string
		observed  []observation
		low, high float64
	}{
		{"1 per 90d", hourly, 3.3, 3.6},
		{"1 per 24w", daily, 2.5, 2.51},
		{"1 per 14000h", hourly, 3.9, 4.1},
		{"1 per 1y", hourly, 3.75, 3.9},
		{"0.5 per 1w1d", hourly, 2.7, 2.9},
	} {
		budget, err := configs.ParseBudget(c.budget)
		must(t, err)
		if got := limitOf(budget, c.observed); got < c.low || got > c.high {
			t.Errorf("%q: got %.3f, want %.2f to %.2f", c.budget, got, c.low, c.high)
		}
	}
}

// White noise keeps the budget it was given, within what 60,000 lines can show.
func TestBareLimitForKeepsItsBudget(t *testing.T) {
	t.Parallel()
	const lines = 60_000
	n := len(drifts(noisy(lines, lines, 0), bareLimitFor(1000)))
	if n < 40 || n > 90 {
		t.Errorf("got %d alarms in %d lines, want about 60", n, lines)
	}
}
